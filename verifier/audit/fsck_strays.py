"""fsck of a folder's listing: every file has to be one that the log accounts for.

Whether it is the right one is checked elsewhere. What lies beyond the latest checkpoint, or was left by a writer that
was stopped, is told apart from what nobody can explain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.audit.fsck_directory import is_whole_shard
from verifier.audit.fsck_tiles import in_tree
from verifier.audit.kinds import Code
from verifier.audit.plane import PathClass, classify, optional
from verifier.log.tile import TILE_WIDTH
from verifier.names import body_uri, mark_uri

if TYPE_CHECKING:
    from verifier.audit.chain import TrustChain
    from verifier.audit.finding import Findings
    from verifier.audit.fsck_directory import DirectoryCheck
    from verifier.audit.plane import Listing
    from verifier.gather import Fetcher
    from verifier.replay.state import LogState

INCOMING = ".incoming/"
_ALWAYS = (
    PathClass.CHECKPOINT,
    PathClass.DIRECTORY_POINTER,
    PathClass.TRUST_LIST,
    PathClass.RECOGNITION_LIST,
    PathClass.NOTICES,
    PathClass.ENTITY_CONFIGURATION,
    PathClass.AGGREGATION,
    PathClass.SUBORDINATES,
    PathClass.HISTORICAL_KEYS,
)


@dataclass(frozen=True)
class Accounted:
    """What the log accounts for, once it was read to its end."""

    state: LogState
    chain: TrustChain
    directory: DirectoryCheck
    key_proofs: set[str]
    status_lists: set[int]
    size: int


def check_strays(fetcher: Fetcher, listing: Listing, accounted: Accounted, findings: Findings) -> None:
    """Report every file of the folder that nothing in the log refers to. Raises UnavailableError."""
    for path in listing.paths():
        if path.startswith(INCOMING):
            findings.add(Code.UNFINISHED_FILE, "a writer left it", path=path)
            continue
        known = classify(path)
        code = _verdict(known[0], known[1], path, accounted) if known else Code.STRAY_FILE
        if path in accounted.directory.files:
            continue
        if code is Code.UNFINISHED_FILE and known and known[0] is PathClass.SHARD:
            data = optional(fetcher, path)
            code = code if data is None or is_whole_shard(known[1][0] or "", data) else Code.MALFORMED_FILE
        if code is not None:
            # A foreign file may have any name; a report and a terminal take only what can be printed.
            findings.add(code, path=ascii(path)[1:-1])


def _verdict(kind: PathClass, parts: tuple[str | None, ...], path: str, accounted: Accounted) -> Code | None:
    """Return None for a file that the log accounts for."""
    if kind in _ALWAYS:
        return None
    name = parts[0] or ""
    state = accounted.state
    match kind:
        case PathClass.KEPT_CHECKPOINT:
            return None if int(name) <= accounted.size else Code.UNFINISHED_FILE
        case PathClass.TILE | PathClass.BUNDLE:
            return _tile(kind, parts, accounted.size)
        case PathClass.SECOND:
            return None if name in state.seconds or name in accounted.key_proofs else Code.STRAY_FILE
        case PathClass.DOCUMENT:
            return None if name in _documents(state) else Code.STRAY_FILE
        case PathClass.SHARD:
            return None if name in accounted.directory.shards else Code.UNFINISHED_FILE
        case PathClass.EPOCH:
            return None if path in accounted.directory.files else _epoch(int(name), state)
        case PathClass.STATUS_LIST:
            return None if int(name) in accounted.status_lists else Code.STRAY_FILE
        case PathClass.TRUST_ROOT:
            return None if int(name) in accounted.chain.versions else Code.STRAY_FILE
        case PathClass.MARKED:
            listed = {(mark.issued.scheme, str(mark.issued.tier)) for mark in state.marks.values()}
            return None if parts in listed else Code.STRAY_FILE
        case PathClass.MARK_STATUS:
            record = state.marks.get(mark_uri(state.host, name))
            known = {version.mark_sha256 for version in record.versions} if record else set()
            return None if parts[1] in known else Code.STRAY_FILE
        case PathClass.BODY | PathClass.BODY_CONFIGURATION | PathClass.SUBORDINATE:
            return None if body_uri(state.host, int(name)) in state.bodies else Code.STRAY_FILE
        case PathClass.CORRECTED:
            record = state.marks.get(mark_uri(state.host, name))
            versions = record.versions[1:] if record else ()
            known = {digest for version in versions for digest in (version.mark_sha256, version.seal_sha256)}
            return None if parts[1] in known else Code.STRAY_FILE
        case _:
            return None if mark_uri(state.host, name) in state.marks else Code.STRAY_FILE


def _documents(state: LogState) -> set[str]:
    said = {one.terms.sha256 for record in state.agreements.values() for one in (*record.proposed, *record.announced)}
    receipts = {record.recorded.receipt_sha256 for record in state.recognitions.values()}
    notices = {one.sha256 for one in state.notices}
    mappings = {version.sha256 for record in state.mappings.values() for version in record.versions}
    return said | receipts | notices | mappings


def _tile(kind: PathClass, parts: tuple[str | None, ...], size: int) -> Code | None:
    level, position, width = ("0", *parts) if kind is PathClass.BUNDLE else parts
    index = int((position or "").replace("x", "").replace("/", ""))
    is_known = in_tree(int(level or 0), index, int(width or TILE_WIDTH), size)
    return None if is_known else Code.UNFINISHED_FILE


def _epoch(size: int, state: LogState) -> Code:
    """Tell an epoch whose entry is not published yet from one that was never logged."""
    newest = state.directory[1].size if state.directory else 0
    return Code.UNFINISHED_FILE if size > newest else Code.STRAY_FILE
