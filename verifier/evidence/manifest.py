"""The manifest: a head that the log pins, and salted rows under the Merkle root that the head names.

The head's digest is what ``evidence.sealed`` carries. The root in it binds every row, so the digest binds the whole
file; and one row can be shown with its path in the tree while all others stay hidden: that is a part. Rows stand in the
order of their commitments, so that a place in the tree tells nothing about a name. Specification:
docs/specification/evidence.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from verifier.encoding import b64u, canonical, digest, read_object, unb64u
from verifier.errors import MalformedError, NotFoundError, ProofError, StatementError
from verifier.evidence.row import FileRow, PlanRow, Row, Text, commitment
from verifier.log.merkle import MAX_PATH, leaf_hash, verify_inclusion
from verifier.log.tree import Frontier, MemoryTree, inclusion_path
from verifier.names import log_origin, parse_name
from verifier.schema import Closed, Count, Digest, Index, Instant, Many, One, Uri, read_model

MAX_BYTES = 536_870_912
MOST_ROWS = 1_000_000

SealKind = Literal["plan", "results", "correction"]
LongText = Annotated[str, Field(min_length=1, max_length=4000)]


class Terms(Closed):
    """The terms under which the evidence may be used: words, and the first second after which it may not be."""

    text: LongText
    until: Instant | None = None


class PackPin(Closed):
    """The scheme pack that a plan follows, pinned by its digest."""

    name: Text
    sha256: Digest


class Head(Closed):
    """What a manifest says of itself. ``made_at`` is the evaluator's own clock and proves nothing.

    ``plan`` and ``corrects`` are digests of the heads of earlier manifests of the same object.
    """

    v: One
    log: Annotated[str, Field(max_length=120)]
    object: Uri
    kind: SealKind
    by: Uri
    made_at: Instant
    subject: Text
    terms: Terms | None = None
    pack: PackPin | None = None
    late_after: Annotated[int, Field(ge=0, le=31_536_000)] | None = None
    plan: Digest | None = None
    corrects: Digest | None = None
    reason: Text | None = None
    count: Count
    root: Digest

    @property
    def sha256(self) -> str:
        """The digest under which the log seals the manifest."""
        return digest(canonical(self.members()))


class _Manifest(Closed):
    head: dict[str, Any]
    rows: Annotated[Many[dict[str, Any]], Field(max_length=MOST_ROWS)]


class _Shown(Closed):
    row: dict[str, Any]
    index: Index
    path: Annotated[Many[Digest], Field(max_length=MAX_PATH)]


class _Part(Closed):
    head: dict[str, Any]
    shown: Annotated[Many[_Shown], Field(max_length=MOST_ROWS)]


@dataclass(frozen=True)
class Manifest:
    """A manifest whose rows fit its head. ``is_part`` says that rows are hidden: then nothing is said about those."""

    head: Head
    rows: tuple[Row, ...]
    is_part: bool = False

    @property
    def sha256(self) -> str:
        """The digest under which the log seals the manifest."""
        return self.head.sha256

    @property
    def files(self) -> tuple[FileRow, ...]:
        """The rows that are files."""
        return tuple(row for row in self.rows if isinstance(row, FileRow))

    @property
    def items(self) -> tuple[PlanRow, ...]:
        """The rows that are items of a plan."""
        return tuple(row for row in self.rows if isinstance(row, PlanRow))

    def serialize(self) -> bytes:
        """Return the manifest's file: canonical JSON and a line feed. A part is written by ``show``."""
        members = {"head": self.head.members(), "rows": [row.members() for row in self.rows]}
        return canonical(members) + b"\n"

    def show(self, keys: Iterable[str]) -> bytes:
        """Return the file of a part that shows these names or items only. Raises NotFoundError, ProofError."""
        wanted = set(keys)
        if self.is_part:
            raise ProofError("a part cannot show more than it was shown", hint="Cut parts out of the whole manifest.")
        missing = wanted - {row.key for row in self.rows}
        if missing:
            raise NotFoundError(f"the manifest has no row {min(missing)!r}")
        tree = MemoryTree()
        for row in self.rows:
            tree.append(leaf_hash(self._commitment(row)))
        shown = [
            {
                "row": row.members(),
                "index": index,
                "path": [b64u(one) for one in inclusion_path(tree, index, tree.size)],
            }
            for index, row in enumerate(self.rows)
            if row.key in wanted
        ]
        return canonical({"head": self.head.members(), "shown": shown}) + b"\n"

    def _commitment(self, row: Row) -> bytes:
        return commitment(row, log=self.head.log, object=self.head.object)


def build_manifest(members: dict[str, Any], rows: Iterable[Row]) -> Manifest:
    """Return the manifest over these rows; ``members`` are those of its head, without count and root.

    Raises StatementError when head and rows do not make a manifest.
    """
    pairs = sorted((commitment(row, log=members["log"], object=members["object"]), row) for row in _unique(rows))
    head = {**members, "v": 1, "count": len(pairs), "root": b64u(_root([one for one, _ in pairs]))}
    manifest = Manifest(read_model(Head, head, what="manifest's head"), tuple(row for _, row in pairs))
    _check_head(manifest)
    return manifest


def parse_manifest(data: bytes) -> Manifest:
    """Return the manifest of a file, whole or a part, once its rows fit its head.

    Afterwards every row may be trusted as far as the head's digest is: it is for sealing.py to say whether the log
    sealed it. Raises MalformedError or StatementError for a file of another form, ProofError for rows that are not
    those that were sealed: changed, left out, doubled or under another salt.
    """
    if len(data) > MAX_BYTES:
        raise MalformedError(f"a manifest is at most {MAX_BYTES} bytes long")
    value = read_object(data)
    manifest = _read_part(value) if "shown" in value else _read_whole(value)
    _check_head(manifest)
    return manifest


def _read_whole(value: dict[str, Any]) -> Manifest:
    model = read_model(_Manifest, value, what="manifest")
    head = read_model(Head, model.head, what="manifest's head")
    manifest = Manifest(head, tuple(_unique(_read_rows(head, model.rows))))
    commitments = [manifest._commitment(row) for row in manifest.rows]
    if len(commitments) != head.count:
        raise ProofError(f"the manifest has {len(commitments)} rows, {head.count} were sealed")
    if commitments != sorted(commitments) or b64u(_root(commitments)) != head.root:
        raise ProofError("the rows of the manifest are not those that its head was made over")
    return manifest


def _read_part(value: dict[str, Any]) -> Manifest:
    model = read_model(_Part, value, what="part of a manifest")
    head = read_model(Head, model.head, what="manifest's head")
    manifest = Manifest(head, tuple(_unique(_read_rows(head, [one.row for one in model.shown]))), is_part=True)
    for one, row in zip(model.shown, manifest.rows, strict=True):
        verify_inclusion(
            leaf=leaf_hash(manifest._commitment(row)),
            index=one.index,
            size=head.count,
            path=[unb64u(step) for step in one.path],
            root=unb64u(head.root),
        )
    return manifest


def _read_rows(head: Head, rows: Sequence[dict[str, Any]]) -> list[Row]:
    model: type[PlanRow] | type[FileRow] = PlanRow if head.kind == "plan" else FileRow
    return [read_model(model, row, what=f"row {number}") for number, row in enumerate(rows, 1)]


def _unique(rows: Iterable[Row]) -> list[Row]:
    found = list(rows)
    for what, seen in (("name", [row.key for row in found]), ("salt", [row.salt for row in found])):
        if len(set(seen)) != len(seen):
            raise StatementError(f"a manifest has every {what} once")
    return found


def _root(commitments: Iterable[bytes]) -> bytes:
    frontier = Frontier()
    for one in commitments:
        frontier.append(leaf_hash(one))
    return frontier.root()


def _check_head(manifest: Manifest) -> None:
    head = manifest.head
    names = [parse_name(head.object), parse_name(head.by)]
    if [name.kind for name in names] != ["v", "e"] or {log_origin(name.host) for name in names} != {head.log}:
        raise StatementError("a manifest is about evidence of a body, in the log of their authority")
    if (head.corrects is not None, head.reason is not None) != (head.kind == "correction",) * 2:
        raise StatementError("a correction, and nothing else, names what it corrects and why")
    if head.kind == "plan" and head.plan is not None:
        raise StatementError("a plan has no plan")
    for row in manifest.rows:
        if isinstance(row, PlanRow) != (head.kind == "plan"):
            raise StatementError("a plan holds items, every other manifest holds files")
        if isinstance(row, PlanRow) and row.last < row.first:
            raise StatementError(f"the runs of {row.item} end before they begin")
        if isinstance(row, FileRow) and (row.measured_at is None) != (row.measured_by is None):
            raise StatementError("a time of measuring stands with where it is from")
