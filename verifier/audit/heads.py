"""Checkpoints as an auditor judges them: the log's signature, every line of a witness, the time of the quorum.

A verifier ignores lines of strangers, as C2SP signed-note wants. An auditor reports them: where a bit flips inside a
cosignature's key name, the line would otherwise turn into one that everybody ignores.
"""

from __future__ import annotations

from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.audit.kinds import Code
from verifier.audit.plane import CHECKPOINT, checkpoint_path, optional
from verifier.encoding import sha256
from verifier.errors import EvidenceError, MarkError, NotFoundError
from verifier.examine.log_evidence import policy_at
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.cosignature import verify_cosignature
from verifier.log.merkle import verify_consistency
from verifier.log.note import known_signatures, open_note
from verifier.log.tile import TileReader
from verifier.log.tlog_policy import quorum_time
from verifier.log.tree import Frontier, consistency_path
from verifier.log.vkey import parse_vkey

if TYPE_CHECKING:
    from verifier.audit.finding import Findings
    from verifier.gather import Fetcher
    from verifier.log.note import VerifierKey
    from verifier.log.tlog_policy import Policy
    from verifier.trust.root import TrustRoot

_REMEMBERED = 4096


@dataclass(frozen=True)
class Head:
    """A checkpoint that was judged. ``time`` is when its cosignatures met the policy, None when they do not."""

    size: int
    root: bytes
    time: int | None


class Growth:
    """The tree as it grows: the root of every size from where it was taken up, 32 bytes each."""

    def __init__(self, frontier: Frontier | None = None) -> None:
        """Go on from a frontier, or start with the empty tree."""
        self.frontier = frontier or Frontier()
        self.start = self.frontier.size
        self._roots = bytearray(self.frontier.root())

    def append(self, leaf: bytes) -> None:
        """Add a 32-byte leaf hash."""
        self.frontier.append(leaf)
        self._roots += self.frontier.root()

    def root(self, size: int) -> bytes | None:
        """Return the root of the first ``size`` leaves, None for a size outside what was seen here."""
        at = (size - self.start) * 32
        return bytes(self._roots[at : at + 32]) if 0 <= at < len(self._roots) else None


class Heads:
    """The checkpoints of one log. Each note is judged once; what is wrong with it becomes a finding then."""

    def __init__(self, fetcher: Fetcher, root: TrustRoot, findings: Findings) -> None:
        self._fetcher = fetcher
        self._root = root
        self._findings = findings
        self._logs = tuple(dict.fromkeys(parse_vkey(one.vkey) for one in root.content.log_keys))
        self._witnesses = tuple(dict.fromkeys(parse_vkey(one.vkey) for one in root.content.witnesses))
        self._policies: dict[int, Policy] = {}
        windows = (*root.content.log_keys, *root.content.witnesses)
        self._bounds = sorted({0, *(at for one in windows for at in (one.begins, one.ends) if at is not None)})
        self._judged: dict[bytes, Head] = {}
        self._kept: dict[int, Head | None] = {}
        self.count = 0
        """How many different checkpoint notes were judged."""

    def latest(self) -> tuple[SignedCheckpoint, Head]:
        """Return the latest checkpoint. Raises NotFoundError, UnavailableError or MalformedError."""
        signed = SignedCheckpoint.parse(self._fetcher.fetch(CHECKPOINT))
        return signed, self.judge(signed, CHECKPOINT)

    def kept(self, size: int) -> Head | None:
        """Return the checkpoint kept for that size; None where there is none that can be read."""
        if size not in self._kept:
            self._kept[size] = self._read_kept(size)
        return self._kept[size]

    def judge(self, signed: SignedCheckpoint, path: str) -> Head:
        """Return the checkpoint's head; ``path`` is where findings are said to be."""
        # A proof repeats the note of a kept checkpoint: the same bytes are judged once.
        fingerprint = sha256(signed.serialize())
        head = self._judged.get(fingerprint)
        if head is None:
            if len(self._judged) >= _REMEMBERED:
                self._judged.clear()
            head = self._judged[fingerprint] = self._judge(signed, path)
        return head

    def witness_times(self, signed: SignedCheckpoint) -> dict[str, int]:
        """Return when each witness of the policy cosigned, by its name there; bad lines are left out, not reported."""
        names = {witness.key: witness.name for witness in self.policy(signed.checkpoint.size).witnesses}
        times: dict[str, int] = {}
        for line, key in known_signatures(signed.note, tuple(names)):
            with suppress(EvidenceError):
                times[names[key]] = max(verify_cosignature(key, line, signed), times.get(names[key], 0))
        return times

    def policy(self, size: int) -> Policy:
        """Return the trust root's policy with the keys whose windows hold at that size."""
        begin = self._bounds[bisect_right(self._bounds, size) - 1]
        if begin not in self._policies:
            self._policies[begin] = policy_at(self._root, size)
        return self._policies[begin]

    def _read_kept(self, size: int) -> Head | None:
        path = checkpoint_path(size)
        data = optional(self._fetcher, path)
        if data is None:
            self._findings.add(Code.MISSING_FILE, "a checkpoint that has to be kept", path=path)
            return None
        try:
            signed = SignedCheckpoint.parse(data)
        except EvidenceError as error:
            self._findings.add(Code.MALFORMED_FILE, error.message, path=path)
            return None
        if signed.serialize() != data:
            self._findings.add(Code.NOT_ITS_FORM, path=path)
        if signed.checkpoint.size != size:
            self._findings.add(Code.CHECKPOINT_MISPLACED, f"it is of size {signed.checkpoint.size}", path=path)
            return None
        return self.judge(signed, path)

    def _judge(self, signed: SignedCheckpoint, path: str) -> Head:
        self.count += 1
        checkpoint = signed.checkpoint
        policy = self.policy(checkpoint.size)
        try:
            policy.check_log(signed)
        except MarkError as error:
            self._findings.add(Code.LOG_SIGNATURE_BAD, error.message, path=path)
        self._check_lines(signed, policy, path)
        names = {witness.key: witness.name for witness in policy.witnesses}
        times: dict[str, int] = {}
        for key, time in self._cosigned(signed, path):
            if key in names:
                times[names[key]] = min(time, times.get(names[key], time))
        met = quorum_time(policy, times)
        if met is None:
            detail = f"{len(times)} of {len(names)} witnesses cosigned size {checkpoint.size}"
            self._findings.add(Code.QUORUM_MISSING, detail, path=path)
        return Head(checkpoint.size, checkpoint.root, met)

    def _check_lines(self, signed: SignedCheckpoint, policy: Policy, path: str) -> None:
        known = known_signatures(signed.note, (*self._logs, *self._witnesses))
        lines = [line for line, _ in known]
        for line in signed.note.signatures:
            if line not in lines:
                self._findings.add(Code.UNKNOWN_SIGNATURE_LINE, f"{line.name}, key id {line.key_id.hex()}", path=path)
        counting = {log.key for log in policy.logs}
        for key in {key for _, key in known if key in self._logs and key not in counting}:
            try:
                open_note(signed.note, [key])
            except EvidenceError as error:
                self._findings.add(Code.LOG_SIGNATURE_BAD, error.message, path=path)

    def _cosigned(self, signed: SignedCheckpoint, path: str) -> list[tuple[VerifierKey, int]]:
        times = []
        for line, key in known_signatures(signed.note, self._witnesses):
            try:
                times.append((key, verify_cosignature(key, line, signed)))
            except EvidenceError as error:
                self._findings.add(Code.COSIGNATURE_BAD, error.message, path=path)
        return times


def is_beginning(fetcher: Fetcher, earlier: Head, later: Head) -> bool:
    """Say whether the published tiles prove that the later tree begins with the earlier one.

    Raises UnavailableError; a tile that is missing proves nothing.
    """
    try:
        path = consistency_path(TileReader(fetcher.fetch, later.size), earlier.size, later.size)
        verify_consistency(
            old_size=earlier.size, new_size=later.size, old_root=earlier.root, new_root=later.root, path=path
        )
    except (EvidenceError, NotFoundError):
        return False
    return True
