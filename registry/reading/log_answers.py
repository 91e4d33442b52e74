"""What the published log says of itself: its newest checkpoint, its entries, and proofs that anybody can check again.

Every proof is built from the published tiles and checked by the judge's own functions against the newest checkpoint
that a quorum of witnesses signed; one that does not hold is an error and never an answer.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from registry.publishing.published import Published, checkpoint_path, kept_sizes
from verifier.edge.page.tree_picture import proof_ranges
from verifier.encoding import b64u
from verifier.errors import MarkError, NotFoundError, ProofError, WrongUseError
from verifier.examine.log_evidence import policy_at
from verifier.log.cosignature import cosigned_times
from verifier.log.merkle import leaf_hash, verify_consistency, verify_inclusion
from verifier.log.tile import TileReader
from verifier.log.tree import consistency_path, inclusion_path, root_at
from verifier.log.vkey import MLDSA44_COSIGNATURE, parse_vkey
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from pathlib import Path

    from registry.publishing.published import PublishedCheckpoint
    from verifier.trust.root import TrustRoot

ON_A_PAGE = 50


class LogAnswers:
    """Answers over one public folder."""

    def __init__(self, public: Path, root: TrustRoot) -> None:
        self._public = public
        self._root = root
        self._published = Published(public, root)

    def overview(self, before: int | None) -> dict[str, Any]:
        """Return the newest checkpoint with its witnesses, and a page of entries that end before an index.

        Raises NotFoundError before the first checkpoint, WrongUseError for an index that the log does not have.
        """
        latest = self._latest()
        end = latest.size if before is None else before
        if not 0 < end <= latest.size:
            raise WrongUseError(f"the log has {latest.size} entries", hint="Give a smaller number.")
        start = max(0, end - ON_A_PAGE)
        reader = self._reader(latest)
        rows = [_row(index, reader.entry(index)) for index in range(start, end)]
        return {
            "log": latest.signed.checkpoint.origin,
            "checkpoint": self._checkpoint(latest),
            "witnesses": self._witnesses(latest),
            "quorum": self._quorum(latest),
            "entries": rows[::-1],
            "older": start or None,
            "newer": min(end + ON_A_PAGE, latest.size) if end < latest.size else None,
        }

    def entry(self, index: int) -> dict[str, Any]:
        """Return one entry with its proof. Raises NotFoundError beyond the newest checkpoint, ProofError."""
        latest = self._latest()
        if index >= latest.size:
            raise NotFoundError(f"the published log has {latest.size} entries", hint="The first one is 0.")
        reader = self._reader(latest)
        data = reader.entry(index)
        leaf, path = leaf_hash(data), inclusion_path(reader, index, latest.size)
        verify_inclusion(leaf=leaf, index=index, size=latest.size, path=path, root=latest.root)
        sizes = sorted(kept_sizes(self._public))
        at = bisect_right(sizes, index)
        first = self._published.at(sizes[at]) if at < len(sizes) else None
        return {
            "log": latest.signed.checkpoint.origin,
            "index": index,
            "entry": data.decode("utf-8", "replace"),
            "statement": _statement(data),
            "leaf": b64u(leaf),
            "proof": [b64u(one) for one in path],
            "checkpoint": self._checkpoint(latest),
            "first_seen": self._checkpoint(first) if first else None,
        }

    def consistency(self, old: int | None, new: int | None) -> dict[str, Any]:
        """Return the proof that the log of the smaller size is the beginning of that of the larger one.

        Where the log keeps a checkpoint of one of the sizes, its root has to be the one that the tiles give. Without
        sizes the last two checkpoints are compared. Raises WrongUseError for sizes that the log does not have,
        ProofError for a proof that does not hold.
        """
        latest = self._latest()
        new = latest.size if new is None else new
        old = self._before(new) if old is None else old
        if not 0 < old <= new <= latest.size:
            raise WrongUseError(
                f"the log has {latest.size} entries: sizes run from 1 to that, the smaller one first",
                hint="For example /explore/consistency?from=1&to=2.",
            )
        reader = self._reader(latest)
        roots = root_at(reader, old), root_at(reader, new)
        for size, root in zip((old, new), roots, strict=True):
            self._agree(size, root)
        path = _consistent(reader, (old, new), roots)
        onwards = _consistent(reader, (new, latest.size), (roots[1], latest.root))
        return {
            "log": latest.signed.checkpoint.origin,
            "from": {"size": old, "root": b64u(roots[0]), "checkpoint": self._kept(old)},
            "to": {"size": new, "root": b64u(roots[1]), "checkpoint": self._kept(new)},
            "proof": _proof(path, old, new),
            "checkpoint": self._checkpoint(latest),
            "onwards": _proof(onwards, new, latest.size),
        }

    def _latest(self) -> PublishedCheckpoint:
        latest = self._published.latest()
        if latest is None or not latest.size:
            raise NotFoundError("no checkpoint is published yet", hint="Ask again in a while.")
        return latest

    def _reader(self, latest: PublishedCheckpoint) -> TileReader:
        return TileReader(self._published.plane.fetch, latest.size)

    def _checkpoint(self, one: PublishedCheckpoint) -> dict[str, Any]:
        kept = self._kept(one.size) or "/log/checkpoint"
        return {"size": one.size, "root": b64u(one.root), "quorum_at": one.time, "path": kept}

    def _kept(self, size: int) -> str | None:
        return f"/{checkpoint_path(size)}" if (self._public / checkpoint_path(size)).is_file() else None

    def _agree(self, size: int, root: bytes) -> None:
        kept = self._published.at(size)
        if kept is not None and kept.root != root:
            raise ProofError(f"the tiles give another root than the checkpoint of size {size}")

    def _before(self, size: int) -> int:
        return max((one for one in kept_sizes(self._public) if 0 < one < size), default=size)

    def _witnesses(self, latest: PublishedCheckpoint) -> list[dict[str, Any]]:
        listed = [(one, parse_vkey(one.vkey)) for one in self._root.content.witnesses if one.holds(latest.size)]
        times = cosigned_times(latest.signed, tuple(key for _, key in listed))
        return [
            {
                "name": key.name,
                "operator": one.operator,
                "country": one.country,
                "algorithm": "ML-DSA-44" if key.type == MLDSA44_COSIGNATURE else "Ed25519",
                "cosigned_at": times.get(key),
            }
            for one, key in listed
        ]

    def _quorum(self, latest: PublishedCheckpoint) -> list[dict[str, Any]]:
        """Return the groups that the trust root's policy asks for, the one that decides first."""
        policy = policy_at(self._root, latest.size)
        groups = sorted(policy.groups, key=lambda one: one.name != policy.quorum)
        return [{"group": one.name, "threshold": one.threshold, "members": list(one.members)} for one in groups]


def _row(index: int, data: bytes) -> dict[str, Any]:
    told = _statement(data)
    return {"index": index, **({name: told[name] for name in ("type", "object", "iss", "iat")} if told else {})}


def _statement(data: bytes) -> dict[str, Any] | None:
    """Return a statement's members and the key that signed it; None for one that this version cannot read."""
    try:
        token = parse_statement(data).token
    except MarkError:
        return None
    return {**token.payload, "kid": token.kid}


def _consistent(reader: TileReader, sizes: tuple[int, int], roots: tuple[bytes, bytes]) -> list[bytes]:
    path = consistency_path(reader, *sizes)
    verify_consistency(old_size=sizes[0], new_size=sizes[1], old_root=roots[0], new_root=roots[1], path=path)
    return path


def _proof(path: list[bytes], old: int, new: int) -> list[dict[str, Any]]:
    ranges = proof_ranges(old, new)
    return [{"from": start, "to": end, "hash": b64u(one)} for (start, end), one in zip(ranges, path, strict=True)]
