"""What the witnesses saw (rule R13): each is asked for the last checkpoint that it cosigned, where it can be asked.

A witness's checkpoint proves something only under the log's own signature and the witness's line. Then it has to be a
beginning of what the log shows here, or the other way round; otherwise the log showed two histories.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.audit.heads import Head, is_beginning
from verifier.audit.kinds import Code
from verifier.encoding import sha256
from verifier.errors import EvidenceError, UnavailableError
from verifier.gather import Fetcher
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.cosignature import cosigned_times

if TYPE_CHECKING:
    from verifier.audit.finding import Findings
    from verifier.audit.heads import Heads
    from verifier.audit.memory import Memory
    from verifier.audit.settings import Settings
    from verifier.log.tlog_policy import PolicyWitness

AskWitness = Callable[[str], Fetcher]
"""Opens a witness's monitoring address."""


@dataclass(frozen=True)
class Verified:
    """The latest checkpoint of the log, verified here: its note, its head, and when it is looked at."""

    note: str
    head: Head
    now: int


class WitnessViews:
    """Compares one log with its witnesses."""

    def __init__(self, fetcher: Fetcher, heads: Heads, ask: AskWitness | None, findings: Findings) -> None:
        self._fetcher = fetcher
        self._heads = heads
        self._ask = ask
        self._findings = findings

    def check(self, verified: Verified, memory: Memory, settings: Settings) -> None:
        """Ask every witness of the policy; note in ``memory`` when each was last seen. Raises UnavailableError."""
        signed = SignedCheckpoint.parse(verified.note.encode())
        policy = self._heads.policy(verified.head.size)
        for name, time in self._heads.witness_times(signed).items():
            memory.witnesses[name] = max(time, memory.witnesses.get(name, 0))
        for witness in policy.witnesses:
            for note in (memory.claims.pop(witness.name, None), self._asked(witness, signed.checkpoint.origin)):
                if note is not None:
                    self._compare(witness, note, verified, memory)
            # One that was never seen is silent since this monitor began to look.
            seen = memory.witnesses.setdefault(witness.name, verified.now)
            if verified.now - seen > settings.witness_silence:
                detail = f"{witness.name} last cosigned {verified.now - seen} seconds ago"
                self._findings.add(Code.WITNESS_SILENT, detail, object=witness.key.name)

    def _asked(self, witness: PolicyWitness, origin: str) -> str | None:
        if self._ask is None or not witness.url:
            return None
        try:
            data = self._ask(witness.url).fetch(f"{sha256(origin.encode()).hex()}/checkpoint")
            return data.decode("utf-8", "replace")
        except UnavailableError:
            # One that cannot be asked is only silent; whether for too long is told by its last cosignature.
            return None

    def _compare(self, witness: PolicyWitness, note: str, verified: Verified, memory: Memory) -> None:
        try:
            signed = SignedCheckpoint.parse(note.encode())
            self._heads.policy(signed.checkpoint.size).check_log(signed)
            times = cosigned_times(signed, [witness.key])
        except EvidenceError as error:
            self._findings.add(Code.COSIGNATURE_BAD, f"{witness.name}: {error.message}", object=witness.key.name)
            return
        if not times:
            return
        time = min(times.values())
        memory.witnesses[witness.name] = max(time, memory.witnesses.get(witness.name, 0))
        seen = Head(signed.checkpoint.size, signed.checkpoint.root, time)
        if seen.size > verified.head.size:
            memory.claims[witness.name] = note
        elif not self._agrees(seen, verified.head):
            detail = f"{witness.name} cosigned another tree of {seen.size} entries"
            self._findings.add(Code.WITNESS_DISAGREES, detail, object=witness.key.name, evidence=(note, verified.note))

    def _agrees(self, seen: Head, head: Head) -> bool:
        return seen.root == head.root if seen.size == head.size else is_beginning(self._fetcher, seen, head)
