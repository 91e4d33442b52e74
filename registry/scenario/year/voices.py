"""What actors say: each statement is signed by whom the rules ask, sent to the registry's writer, and counted.

A day's statements share one anchor, the newest checkpoint; an object is spoken of once a day, because the anchor has to
cover what was said of it before.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.admission.accept import read_submission
from registry.admission.reserve import read_wish
from verifier.encoding import b64u
from verifier.envelope import parse_token
from verifier.errors import UnavailableError
from verifier.names import authority_uri, log_origin
from verifier.replay.companions import Companions
from verifier.statement import Anchor, Draft, new_token_id, sign_statement
from verifier.statement.approval import TYP as APPROVAL
from verifier.statement.approval import sign_approval
from verifier.statement.commitment import committed

if TYPE_CHECKING:
    from concurrent.futures import Future

    from registry.admission.accept import Admission
    from registry.rows.queries import Reserved
    from registry.scenario.one_process import OneProcess
    from registry.scenario.year.people import Body
    from verifier.injected import Entropy
    from verifier.signer import Signer
    from verifier.statement.commitment import Disclosure


@dataclass(frozen=True)
class Voice:
    """Who signs, for whom, and who approves where two persons are needed."""

    iss: str
    first: Signer
    second: Signer | None = None


@dataclass(frozen=True)
class Beside:
    """What travels with a statement; ``second_typ`` is the kind of the second person's token that is among it."""

    companions: Companions
    second_typ: str = APPROVAL


class Voices:
    """All that is said in one registry, and how often each type of statement was."""

    def __init__(self, world: OneProcess, entropy: Entropy) -> None:
        self.entropy = entropy
        self.said: Counter[str] = Counter()
        self.host = world.stage.root.host
        self.log = log_origin(self.host)
        self.authority_uri = authority_uri(self.host)
        self._world = world
        self._heads: dict[str, int] = {}
        self._waiting: dict[str, Future[Admission]] = {}
        self._anchor: Anchor | None = None

    @property
    def now(self) -> int:
        """The simulated time, UTC seconds."""
        return self._world.clock()

    def open_day(self) -> None:
        """Take the newest published checkpoint for the anchor of what is said from now on."""
        latest = self._world.registry.office.published.latest()
        if latest is None:
            raise UnavailableError("nothing is published yet")
        self._anchor = Anchor(size=latest.size, root=b64u(latest.root))

    def close_day(self) -> None:
        """Wait until all that was said is durable. Raises the error that admission answered with."""
        for uri, future in self._waiting.items():
            self._heads[uri] = future.result().index
        self._waiting.clear()

    def size(self) -> int:
        """Return how many entries the log has by now, with all that was said today."""
        return self._world.registry.size().result()

    def authority(self, *, alone: bool = False) -> Voice:
        """Return the authority's voice: one operator, approved by the other unless one is enough."""
        first, second = self._world.ceremony.keys.operators
        return Voice(self.authority_uri, first, None if alone else second)

    def clock_work(self) -> Voice:
        """Return the voice of the directory key, which logs what the clock did."""
        return Voice(self.authority_uri, self._world.ceremony.keys.directory)

    def body(self, body: Body, *, two: bool = False) -> Voice:
        """Return a body's voice: its decider's, approved by its assessor where two persons are needed."""
        return Voice(body.uri, body.keys["decider"], body.keys["assessor"] if two else None)

    def reserve(self, wish: dict[str, Any], assertion: str) -> Reserved:
        """Reserve a mark's id, number and status place for a desk's assertion over the wish."""
        read = read_wish(assertion, scheme=wish["scheme"], level=wish["level"])
        return self._world.registry.reserve(read).result()

    def say(
        self,
        type_: str,
        uri: str,
        public: dict[str, Any],
        *,
        by: Voice,
        beside: Beside | None = None,
        disclosures: tuple[Disclosure, ...] = (),
    ) -> None:
        """Say one thing about one object; ``beside`` brings a second person's token that is no approval of now."""
        sd = committed(log=self.log, object=uri, disclosures=disclosures, entropy=self.entropy) if disclosures else ()
        draft = Draft(self.log, type_, uri, public, sd)
        beside = beside or Beside(Companions())
        if by.second is not None:
            approval = self.approve(draft, by.second, iss=by.iss)
            beside = Beside(Companions(**{**vars(beside.companions), "second": approval}))
        second = beside.companions.second
        compact = sign_statement(
            draft,
            iss=by.iss,
            iat=self.now,
            jti=new_token_id(self.now, self.entropy),
            prev=self._heads.get(uri),
            anchor=self._anchor,
            signer=by.first,
            second=parse_token(second, beside.second_typ).digest if second else None,
        )
        if uri in self._waiting:
            raise UnavailableError(f"{uri} was spoken of today: its next entry waits for a checkpoint")
        self._waiting[uri] = self._world.registry.submit(read_submission(compact, beside.companions, disclosures))
        self.said[type_] += 1

    def approve(self, draft: Draft, signer: Signer, *, iss: str) -> str:
        """Return the second person's approval of a draft."""
        return sign_approval(
            draft.approval_subject, iss=iss, log=self.log, iat=self.now, signer=signer, entropy=self.entropy
        )
