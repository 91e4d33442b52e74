"""The drill of a stolen key: a decider's key is revoked with a cut-off, and everybody's answer is looked at.

Played in one process with a clock that is moved by hand, so the seconds are those that a registry's own steps take: one
each. Marks from before the cut-off have to stay valid, later ones have to be refused in the promised time, and each of
them is issued anew under another key, as a mark that supersedes it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from issuer.identity import Identity, KeyPlace, prove_key
from registry.admission.affected import affected, cutoff_since
from registry.scenario import cast
from registry.scenario.outcome import verify_package
from registry.scenario.story import Story
from verifier.edge.folder import FolderFetcher
from verifier.envelope import DAY, parse_token
from verifier.gather import gather
from verifier.mark import parse_mark
from verifier.names import mark_uri, parse_name
from verifier.signer import SoftwareSigner
from verifier.statement import Draft, new_token_id, sign_statement
from verifier.statement.approval import TYP as APPROVAL
from verifier.statement.approval import sign_approval
from verifier.status_list import TTL, Status, read_status_list
from verifier.verdict import Headline
from verifier.verify import verify_text

if TYPE_CHECKING:
    from pathlib import Path

    from issuer.desk import Desk
    from registry.admission.affected import Affected
    from registry.scenario.one_process import OneProcess
    from registry.scenario.story import IssuedMark, Tell
    from verifier.verdict import Verdict

PROMISED = 60
"""Seconds within which whoever asks online is told; who keeps a status list is told when its ``ttl`` is over."""

LONGEST_LOOK = 120
NEW_DECIDER_NO = 4
LIFT_WITHIN = 90 * DAY


@dataclass(frozen=True)
class Answers:
    """What is said of one mark: online and by its status list, before and after the revocation, and offline."""

    mark: str
    is_late: bool
    before: Headline
    after: Headline
    listed: Status | None
    offline: Headline
    reissued: str | None = None
    superseded: Headline | None = None

    @property
    def is_right(self) -> bool:
        """Say whether an early mark stayed valid, and a late one is refused and has a valid successor."""
        if self.is_late:
            is_refused = self.after.exit_code == 1 and self.listed is not Status.VALID
            return is_refused and self.superseded is Headline.VALID
        return (self.before, self.after, self.listed) == (Headline.VALID, Headline.VALID, Status.VALID)

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "mark": self.mark,
            "signed": "after the cut-off" if self.is_late else "before the cut-off",
            "before": self.before.value,
            "after": self.after.value,
            "status_list": self.listed.name.lower() if self.listed is not None else None,
            "package_of_the_day": self.offline.value,
            "reissued_as": self.reissued,
            "reissued": self.superseded.value if self.superseded else None,
        }


@dataclass(frozen=True)
class Drill:
    """What a drill showed. ``online`` and ``listed`` are the seconds until everybody who asks was told."""

    key: str
    cutoff: int
    revoked_at: int
    online: int
    listed: int
    answers: tuple[Answers, ...]

    @property
    def is_passed(self) -> bool:
        """Say whether every answer is the right one and came in the promised time."""
        in_time = max(self.online, self.listed) <= PROMISED
        return (
            in_time
            and all(one.is_right for one in self.answers)
            and {one.is_late for one in self.answers}
            == {
                True,
                False,
            }
        )

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "key": self.key,
            "cutoff_index": self.cutoff,
            "revoked_at_index": self.revoked_at,
            "seconds_until_refused_online": self.online,
            "seconds_until_refused_by_the_status_list": self.listed,
            "promised_seconds": PROMISED,
            "status_list_kept_for_seconds": TTL,
            "marks": [one.members() for one in self.answers],
            "passed": self.is_passed,
        }


class KeyCompromise:
    """The drill on one registry in one process."""

    def __init__(self, world: OneProcess, *, tell: Tell) -> None:
        self._world = world
        self._tell = tell
        self._story = Story(world.stage, tell=lambda heading, detail: None)
        self._fetcher = FolderFetcher(world.public)

    def play(self, marks: Path) -> Drill:
        """Play the drill; the marks' packages lie under ``marks``."""
        desk = self._story.prepare()
        early = [self._story.award(desk, cast.SUPPLIER_3, 3, marks)]
        self._world.pass_time(DAY)
        stolen_at = self._world.clock()
        late = [self._story.award(desk, one, 3, marks) for one in (cast.SUPPLIER_4, cast.SUPPLIER_5)]
        self._tell("Key stolen", f"{len(early)} mark was signed before it, {len(late)} since")
        before = {one.issued.mark_id: self._ask(one.issued.mark_id).headline for one in (*early, *late)}
        found = self._find(desk, stolen_at)
        revoked_at, online, listed = self._revoke(found)
        after = {mark: (self._ask(mark).headline, self._listed(mark)) for mark in before}
        self._suspend(found)
        reissued = self._reissue(desk, late, marks)
        answers = []
        for one in (*early, *late):
            mark = one.issued.mark_id
            new = reissued.get(mark)
            offline = verify_package(one.issued.folder, self._world.public / "trust/1.json", now=self._world.clock())
            answers.append(
                Answers(
                    mark=mark,
                    is_late=one in late,
                    before=before[mark],
                    after=after[mark][0],
                    listed=after[mark][1],
                    offline=offline.headline,
                    reissued=new,
                    superseded=self._ask(new).headline if new else None,
                )
            )
        return Drill(found.kid, found.cutoff, revoked_at, online, listed, tuple(answers))

    def _find(self, desk: Desk, stolen_at: int) -> Affected:
        database, kid = self._world.registry.database, desk.signers["decider"].kid
        found = affected(database, cast.HOST, kid, cutoff=cutoff_since(database, stolen_at))
        stay, fall = len(found.before), len(found.after)
        self._tell("Affected marks listed", f"cut-off at log index {found.cutoff}: {stay} stays valid, {fall} fall")
        return found

    def _revoke(self, found: Affected) -> tuple[int, int, int]:
        admitted = self._story.authority.revoke_key(found.kid, reason="compromised", cutoff=found.cutoff)
        self._tell("Key revoked", f"two operators, log entry {admitted.index}")
        late = [parse_name(mark.uri).value for mark in found.after]
        online = listed = LONGEST_LOOK
        for second in range(1, LONGEST_LOOK):
            self._world.pass_time(1)
            if all(self._ask(mark).headline.exit_code == 1 for mark in late):
                online = min(online, second)
            if all(self._listed(mark) is not Status.VALID for mark in late):
                listed = min(listed, second)
            if max(online, listed) < LONGEST_LOOK:
                break
        self._tell("Verifiers refuse", f"online after {online} s, by a fresh status list after {listed} s")
        return admitted.index, online, listed

    def _suspend(self, found: Affected) -> None:
        lift_by = self._world.clock() + LIFT_WITHIN
        for mark in found.after:
            self._story.authority.suspend_mark(parse_name(mark.uri).value, reason="key_compromised", lift_by=lift_by)
            self._world.pass_time(1)
        self._tell("Later marks suspended", f"{len(found.after)}, each by two operators")

    def _reissue(self, desk: Desk, late: list[IssuedMark], marks: Path) -> dict[str, str]:
        desk = self._new_decider_key(desk)
        reissued = {}
        for one in late:
            old = one.issued.mark_id
            new = self._story.award(desk, one.holder, one.level, marks, supersedes=old).issued.mark_id
            self._supersede(desk, old, new)
            self._world.pass_time(1)
            self._world.pass_time(1)
            reissued[old] = new
        self._tell("Issued anew", ", ".join(f"{old} -> {new}" for old, new in reissued.items()))
        return reissued

    def _new_decider_key(self, desk: Desk) -> Desk:
        """Rotate: the decider's next key is announced, listed, and signs from now on."""
        stage, old = self._world.stage, desk.identity
        places = {**old.places, "decider": KeyPlace(old.holder("decider"), NEW_DECIDER_NO)}
        identity = Identity(old.host, old.body_no, places)
        signers = {**desk.signers, "decider": SoftwareSigner.generate(stage.entropy)}
        proof = prove_key(identity, "decider", signers, at=stage.clock(), entropy=stage.entropy)
        admitted = self._story.authority.add_key(proof)
        stage.pass_time(1)
        self._tell("Next key listed", f"the decider's, number {NEW_DECIDER_NO}: log entry {admitted.index}")
        return replace(desk, identity=identity, signers=signers)

    def _supersede(self, desk: Desk, old: str, new: str) -> None:
        identity, now, uri = desk.identity, desk.clock(), mark_uri(cast.HOST, old)
        draft = Draft(identity.log, "mark.superseded", uri, {"successor": new})
        approval = sign_approval(
            draft.approval_subject,
            iss=identity.uri,
            log=identity.log,
            iat=now,
            signer=desk.signers["assessor"],
            entropy=desk.entropy,
        )
        statement = sign_statement(
            draft,
            iss=identity.uri,
            iat=now,
            jti=new_token_id(now, desk.entropy),
            prev=desk.registry.head_of(uri),
            anchor=desk.registry.anchor(identity.log),
            signer=desk.signers["decider"],
            second=parse_token(approval, APPROVAL).digest,
        )
        desk.registry.send(statement, second=approval)

    def _ask(self, mark: str) -> Verdict:
        """Ask the registry online, as a portal does."""
        bundle, world = gather(self._fetcher, mark), self._world
        return verify_text(bundle.mark or "", bundle=bundle, root=world.stage.root, now=world.clock(), live=True)

    def _listed(self, mark: str) -> Status | None:
        """Ask the status list that the mark names, as a client does that knows nothing of the log."""
        read = parse_mark(self._fetcher.fetch(f"m/{mark}.jwt"))
        listed = read_status_list(self._fetcher.fetch(f"status/{read.status_no}"), self._world.stage.root)
        return listed.status(read.status_idx, now=self._world.clock())
