"""The desk behind the console's pages: the folder, the log, the operator's own key, and the way to the registry.

What needs two operators is signed in halves: who proposes approves the content with their key, and who approves signs
the statement itself with another one and sends it. The registry admits it, or says why not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.console.key_holders import KeyHolders
from registry.data_folder import OPERATORS
from registry.desk.operators import read_addresses
from registry.desk.saying import Circumstances, approve_saying, read_saying, sign_saying
from verifier.edge.authority.words import PROPOSED
from verifier.edge.keystore import load_signer
from verifier.edge.write_api import WriteApi
from verifier.envelope import CLOCK_SKEW
from verifier.errors import RefusedError
from verifier.statement.approval import parse_approval

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from starlette.responses import Response

    from registry.console.read_log import ReadLog
    from registry.data_folder import DataFolder
    from registry.desk.saying import Saying
    from verifier.edge.console.proposal import Proposal
    from verifier.edge.console.visit import Visit
    from verifier.edge.write_api import Admitted
    from verifier.injected import Clock, Entropy
    from verifier.signer import SoftwareSigner
    from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class Hand:
    """An operator's key as it is used now: its name, and the signer that its passphrase opened."""

    key: str
    signer: SoftwareSigner


@dataclass(frozen=True)
class Desk:
    """What every screen of the console works with."""

    data: DataFolder
    log: ReadLog
    http: httpx.Client
    clock: Clock
    entropy: Entropy
    pause: Callable[[], None]

    @property
    def root(self) -> TrustRoot:
        """The newest trust root."""
        return self.data.trust_root()

    @property
    def host(self) -> str:
        """The authority's host."""
        return self.root.host

    @property
    def holders(self) -> KeyHolders:
        """Whose each operator's key is."""
        return KeyHolders(self.data.path)

    def hand(self, visit: Visit) -> Hand:
        """Return the visitor's own key, opened.

        Raises LockedError until its passphrase is known, RefusedError for whoever has no key or one that no longer
        counts.
        """
        own = self.holders.key_of(visit.person.id)
        if own is None:
            raise RefusedError("no signing key is yours yet", hint="Choose your key on the first page.")
        key, kid = own
        signer = load_signer(self.data.key(key), visit.passphrase(key))
        if signer.kid != kid:
            raise RefusedError(f"{key} is another key than the one that was yours", hint="Choose your key again.")
        self._check_counts(signer)
        return Hand(key, signer)

    def take_key(self, visit: Visit, key: str) -> None:
        """Note that a key is the visitor's own, once its passphrase opened it. Raises as ``hand`` does."""
        if key not in OPERATORS:
            raise RefusedError(f"{key[:40]!r} is no operator's key", hint=f"One of {', '.join(OPERATORS)}.")
        signer = load_signer(self.data.key(key), visit.passphrase(key))
        self._check_counts(signer)
        self.holders.take(visit.person.id, key, signer.kid)

    def try_key(self, key: str, passphrase: bytes) -> None:
        """Open a key. Raises NotFoundError or KeyRefusedError when it does not open."""
        load_signer(self.data.key(key), passphrase)

    def free_keys(self) -> tuple[str, ...]:
        """Return the operators' keys of this folder that are nobody's yet."""
        taken = {name for name, _ in self.holders.all().values()}
        return tuple(name for name in OPERATORS if name not in taken and self.data.key(name).exists())

    def propose(self, visit: Visit, saying: Saying, *, about: str, more: dict[str, Any] | None = None) -> Response:
        """Keep a saying with the proposer's signed half, for another operator to approve."""
        hand = self.hand(visit)
        approval = approve_saying(saying, host=self.host, iat=visit.now, signer=hand.signer, entropy=self.entropy)
        members = {"saying": saying.members(), "approval": approval, "key": hand.key, **(more or {})}
        number = visit.house.proposals.propose(visit.person, saying.draft.type, about=about, members=members)
        return visit.go(f"/proposals/{number}", PROPOSED)

    def carry_out(self, visit: Visit, proposal: Proposal) -> str:
        """Sign what was proposed as the second operator, send it, and return where it stands in the log.

        Raises SecondPersonError or RefusedError unless it is another person with another key, LockedError, and the
        error that the registry answers with.
        """
        admitted = self.approve(self.hand(visit), proposal, now=visit.now)
        return f"log entry {admitted.index}"

    def approve(self, hand: Hand, proposal: Proposal, *, now: int) -> Admitted:
        """Sign and send what a proposal holds. Raises RefusedError, and the error that the registry answers with."""
        saying = read_saying(self.host, proposal.members["saying"])
        approval = str(proposal.members["approval"])
        said = parse_approval(approval, log=saying.draft.log)
        if said.token.kid == hand.signer.kid:
            raise RefusedError("both halves would bear one key", hint="Another operator approves, with another key.")
        if said.subject != saying.subject:
            raise RefusedError("what was proposed is not what the first operator signed", hint="Propose it again.")
        if not said.iat - CLOCK_SKEW <= now < said.exp:
            raise RefusedError("the first operator's half is too old", hint="Propose it again.")
        return self._send(saying, hand, approval)

    def say_alone(self, visit: Visit, saying: Saying) -> Admitted:
        """Sign and send what one operator says without another. Raises as ``hand`` and the registry do."""
        return self._send(saying, self.hand(visit), None)

    def _send(self, saying: Saying, hand: Hand, approval: str | None) -> Admitted:
        registry = WriteApi(self.http, read_addresses(self.data), pause=self.pause, root=self.root)
        prev = registry.head(saying.draft.object)
        anchor = registry.anchor_over(prev)
        there = Circumstances(self.clock(), prev, anchor)
        return registry.send(*sign_saying(saying, there, signer=hand.signer, approval=approval, entropy=self.entropy))

    def _check_counts(self, signer: SoftwareSigner) -> None:
        listed, _ = self.root.keys.get(signer.kid, (None, None))
        if listed is None or listed.role != "operator":
            raise RefusedError("the trust root names this key for no operator", hint="See the page of ceremonies.")
        with self.log.look() as reading:
            if not listed.counts(reading.state.size):
                raise RefusedError("the trust root lets this key sign no more", hint="See the page of ceremonies.")
