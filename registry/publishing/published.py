"""What is published: checkpoints that met the trust root's witness policy, read back from the public folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.edge.folder import FolderFetcher
from verifier.errors import NotFoundError
from verifier.examine.log_evidence import policy_at
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.policy_file import parse_policy

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.log.tlog_policy import Policy
    from verifier.trust.root import TrustRoot

LATEST = "log/checkpoint"
_KEPT_FOLDER = "log/checkpoints"
_MOST_JUDGED = 256


def checkpoint_path(size: int) -> str:
    """Return where the checkpoint of that size is kept for ever."""
    return f"{_KEPT_FOLDER}/{size}"


def kept_sizes(public: Path) -> list[int]:
    """Return the sizes of which a checkpoint is kept, in no order."""
    folder = public / _KEPT_FOLDER
    return [int(file.name) for file in folder.iterdir() if file.name.isdecimal()] if folder.is_dir() else []


def witness_policy(root: TrustRoot) -> Policy:
    """Return the trust root's witness policy, of all times. Raises MalformedError or KeyRefusedError."""
    return parse_policy(root.content.policy.encode())


@dataclass(frozen=True)
class PublishedCheckpoint:
    """A checkpoint under the log's signature and a quorum of witnesses; ``time`` is when the quorum was met."""

    signed: SignedCheckpoint
    time: int

    @property
    def size(self) -> int:
        """The number of entries."""
        return self.signed.checkpoint.size

    @property
    def root(self) -> bytes:
        """The 32-byte root."""
        return self.signed.checkpoint.root


class Published:
    """The published checkpoints of one log. Each is judged by the trust root's policy before it is used."""

    def __init__(self, public: Path, root: TrustRoot) -> None:
        self._fetcher = FolderFetcher(public)
        self._folder = str(public)
        self._root = root
        self._judged: dict[bytes, PublishedCheckpoint] = {}
        self._seen: dict[str, tuple[tuple[int, int, int], PublishedCheckpoint]] = {}

    @property
    def host(self) -> str:
        """The registry's host."""
        return self._root.host

    @property
    def plane(self) -> FolderFetcher:
        """The published files."""
        return self._fetcher

    def latest(self) -> PublishedCheckpoint | None:
        """Return the newest published checkpoint. Raises ProofError or MalformedError for a bad file."""
        return self._read(LATEST)

    def at(self, size: int) -> PublishedCheckpoint | None:
        """Return the published checkpoint of that size. Raises ProofError or MalformedError for a bad file."""
        latest = self.latest()
        # A kept checkpoint above the latest is one whose publication was cut short.
        return None if latest is None or size > latest.size else self._read(checkpoint_path(size))

    def _read(self, path: str) -> PublishedCheckpoint | None:
        # A file of the public folder is replaced, never changed: the same file on the disk has the same bytes.
        stamp = self._stamp(path)
        known = self._seen.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        try:
            data = self._fetcher.fetch(path)
        except NotFoundError:
            return None
        judged = self._judge(data)
        if stamp is not None:
            if len(self._seen) >= _MOST_JUDGED:
                self._seen.clear()
            self._seen[path] = stamp, judged
        return judged

    def _stamp(self, path: str) -> tuple[int, int, int] | None:
        try:
            found = os.stat(f"{self._folder}/{path}")
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _judge(self, data: bytes) -> PublishedCheckpoint:
        if data not in self._judged:
            signed = SignedCheckpoint.parse(data)
            policy = policy_at(self._root, signed.checkpoint.size)
            judged = PublishedCheckpoint(signed, policy.check_checkpoint(signed).time)
            if len(self._judged) >= _MOST_JUDGED:
                self._judged.clear()
            self._judged[data] = judged
        return self._judged[data]
