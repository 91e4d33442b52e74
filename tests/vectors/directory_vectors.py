"""Vectors of the directory's files: pointer, index, shard, delta, and the records in them. Proofs: directory.json."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from registry.scenario.simulated_log import HOST
from tests.vectors.cases import Case, accepted, rejected, replaced, vector_file
from tests.vectors.token_vectors import HOLDER, MARK_ID, MISTYPED, OTHER_ID
from verifier.directory.delta import Delta, in_order
from verifier.directory.files import parse_index, shard_path, write_files
from verifier.directory.record import IdentifierRecord, Line, MarkLine, ObjectRecord, line_of
from verifier.directory.tree import DirectoryTree
from verifier.encoding import b64u, canonical, digest
from verifier.names import body_uri, log_origin, mark_uri

LOG = log_origin(HOST)
BITS = 2
NBF, UNTIL = 1_806_505_200, 1_838_127_600


def body(no: int, state: str = "active") -> ObjectRecord:
    """Return the record of a body."""
    return ObjectRecord(object=body_uri(HOST, no), head=no, leaf=b64u(bytes([no] * 32)), state=state, until=UNTIL)


MARK = ObjectRecord(object=mark_uri(HOST, MARK_ID), head=9, leaf=digest(b"leaf"), state="active", until=None)
HELD = MarkLine(
    mark=MARK_ID, link="held", scheme="jp.meti.scs", tier=3, scope_kind="company", state="active", nbf=NBF, until=UNTIL
)
ORGANISATION = IdentifierRecord(identifier=HOLDER, marks=(HELD,))
TREE = DirectoryTree([line_of(one) for one in (*(body(no) for no in range(1, 9)), MARK, ORGANISATION)], bits=BITS)
FILES = write_files(TREE, log=LOG, size=21)


def directory_file_vectors() -> dict[str, Any]:
    """Return the content of directory-files.json."""
    return vector_file(
        "files of the directory: pointer, index, shard (with the index that names it), delta, record",
        "docs/specification/directory.md",
        [*_pointers(), *_records(), *_indices(), *_shards(), *_deltas()],
    )


def _given(kind: str, text: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "text": text, **more}


# --- pointer ---------------------------------------------------------------------------------------------------------


def _pointers() -> list[Case]:
    def case(name: str, text: str, why: str) -> Case:
        return rejected(name, _given("pointer", text), why)

    return [
        accepted("a pointer", _given("pointer", '{"entry":21,"size":21}\n'), "a hint", {"entry": 21, "size": 21}),
        case("a pointer that looks ahead", '{"entry":20,"size":21}\n', "size is at most the entry's index"),
        case("a pointer to nothing", '{"entry":0,"size":0}\n', "an epoch is over entries"),
        case("a pointer without a size", '{"entry":21}\n', "entry and size are required"),
        case("a pointer in text", '{"entry":"21","size":21}\n', "indices are numbers"),
        case("a pointer that is true", '{"entry":true,"size":true}\n', "indices are numbers"),
        case("a pointer with a member twice", '{"entry":1,"entry":21,"size":21}\n', "no member twice"),
    ]


# --- records ---------------------------------------------------------------------------------------------------------


def _records() -> list[Case]:
    line, listed = (line_of(one).data.decode() for one in (MARK, ORGANISATION))
    covered = HELD.model_copy(update={"mark": OTHER_ID, "link": "covered"})
    both = IdentifierRecord(identifier=HOLDER, marks=tuple(sorted((HELD, covered), key=lambda one: one.mark)))

    def good(name: str, record: ObjectRecord | IdentifierRecord, why: str) -> Case:
        read = {"subject": record.subject, "members": record.members(), "key": b64u(line_of(record).key)}
        return accepted(name, _given("record", line_of(record).data.decode()), why, read)

    def case(name: str, text: str, old: str, new: str, why: str, *, error: str = "refused") -> Case:
        return rejected(name, _given("record", replaced(text, (old, new))), why, error=error)

    return [
        good("an object", MARK, "keyed by its URI"),
        good("an object with an end", body(1), "until is when the clock changes it"),
        good("an organisation", ORGANISATION, "keyed by its identifier"),
        good("an organisation with a held and a covering mark", both, "marks in order of their ids"),
        case("an unknown member", line, "{", '{"a":1,', "never skipped", error="newer"),
        case("an unknown member of a mark", listed, '{"link"', '{"a":1,"link"', "never skipped", error="newer"),
        case("no head", line, '"head":9,', "", "the member is required"),
        case("a negative head", line, '"head":9', '"head":-9', "indices are not negative"),
        case("a short leaf", line, '"leaf":"', '"leaf":"A', "digests are 43 characters"),
        case("a state that is no code", line, '"active"', '"Active!"', "states are codes"),
        case("an object that is no URI", line, "https://", "http://", "objects are https URIs"),
        case("no marks", listed, canonical(HELD.members()).decode(), "", "an organisation stands for its marks"),
        case("a wrong mark id", listed, MARK_ID, MISTYPED, "the check symbol fits"),
        case("an unknown link", listed, '"held"', '"owned"', "held or covered"),
        case("a tier of 0", listed, '"tier":3', '"tier":0', "tiers are 1 to 9"),
    ]


# --- index and shards ------------------------------------------------------------------------------------------------


def _indices() -> list[Case]:
    text = FILES.index.decode()
    index = parse_index(FILES.index)
    read = {"log": LOG, "size": 21, "bits": BITS, "root": index.root, "shards": list(index.shards)}
    first, second = index.shards[:2]
    swapped = replaced(text, (first, "?"), (second, first), ("?", second))

    def case(name: str, old: str, new: str, why: str, *, error: str = "refused") -> Case:
        return rejected(name, _given("index", replaced(text, (old, new))), why, error=error)

    return [
        accepted("an index", _given("index", text), "the shards lead to the root", read),
        case("an index of another version", '"v":1', '"v":2', "v is 1", error="newer"),
        case("an index with an unknown member", '"v":1', '"v":1,"w":1', "never skipped", error="newer"),
        case("an index without a size", '"size":21,', "", "the member is required"),
        case("an index of 25 bits", '"bits":2', '"bits":25', "at most 24 bits"),
        case("an index of other bits", '"bits":2', '"bits":3', "one root for each shard"),
        case("an index without a shard", f'"{first}",', "", "one root for each shard"),
        case("an index of another root", index.root, digest(b"other"), "the shards lead to the root"),
        rejected("an index with two shards exchanged", _given("index", swapped), "the shards lead to the root"),
    ]


def _shards() -> list[Case]:
    index = parse_index(FILES.index)
    name = next(name for name, data in FILES.shards.items() if b'"object"' in data)
    number = next(at for at in range(1 << BITS) if shard_path(index, at).endswith(name))
    text = FILES.shards[name].decode()
    first, _, lines = text.partition("\n")

    def given(shard: str, at: int = number) -> dict[str, Any]:
        return _given("shard", shard, index=FILES.index.decode(), number=at)

    def case(name: str, shard: str, why: str, *, error: str = "refused") -> Case:
        return rejected(name, given(shard), why, error=error)

    other = canonical(body(200).members()).decode() + "\n"
    later, more = replaced(text, ('"v":1', '"v":1,"w":1')), replaced(text, ('"lengths":[', '"lengths":[0,'))
    return [
        accepted("a shard", given(text), "its buckets have its hashes", {"lines": lines[:-1].split("\n")}),
        rejected("a shard at another place", given(text, (number + 1) % (1 << BITS)), "the hashes lead to its root"),
        case("a changed record", replaced(text, ('"active"', '"ending"')), "buckets have their hashes"),
        case("a record more", text + other, "lengths are those of the buckets"),
        case("a shard that is cut", text[:-1], "lengths are those of the buckets"),
        case("a record left out", first + "\n", "lengths are those of the buckets"),
        case("a shard of another version", replaced(text, ('"v":1', '"v":2')), "v is 1", error="newer"),
        case("a shard with an unknown member", later, "never skipped", error="newer"),
        case("a shard with a bucket more", more, "as many as the index says"),
        case("a shard without its first line", lines, "lengths and hashes come first"),
        case("a shard without hashes", '{"lengths":[0],"v":1}\n', "the member is required"),
    ]  # fmt: skip


# --- delta -----------------------------------------------------------------------------------------------------------


def _deltas() -> list[Case]:
    lines = in_order([line_of(body(3, "ended")), line_of(MARK)])
    delta = Delta(LOG, 9, 21, BITS, TREE.root, lines)
    text = delta.serialize().decode()
    read = {
        "log": LOG, "from": 9, "size": 21, "bits": BITS, "root": b64u(TREE.root),
        "lines": [line.data.decode() for line in lines],
    }  # fmt: skip
    nothing = replace(delta, lines=())

    def case(name: str, old: str, new: str, why: str, *, error: str = "refused") -> Case:
        return rejected(name, _given("delta", replaced(text, (old, new))), why, error=error)

    def of(*lines: Line) -> dict[str, Any]:
        return _given("delta", replace(delta, lines=lines).serialize().decode())

    return [
        accepted("a delta", _given("delta", text), "records in order of their keys", read),
        accepted("a delta without records", of(), "nothing changed", read | {"lines": list(nothing.lines)}),
        rejected("a delta out of order", of(*reversed(lines)), "keys strictly ascend"),
        rejected("a delta with a record twice", of(lines[0], *lines), "keys strictly ascend"),
        rejected("a delta that is cut", _given("delta", text[:-1]), "each line ends in a line feed"),
        rejected("an empty delta", _given("delta", ""), "the epochs come first"),
        case("a delta of another version", '"v":1', '"v":2', "v is 1", error="newer"),
        case("a delta with an unknown member", '"v":1', '"v":1,"w":1', "never skipped", error="newer"),
        case("a delta backwards", '"from":9', '"from":21', "from lies below size"),
        case("a delta from nothing", '"from":9', '"from":0', "the first epoch has no delta"),
        case("a delta without a root", f'"root":"{b64u(TREE.root)}",', "", "the member is required"),
        case("a line that is no record", '{"head"', '{"heads"', "lines are records"),
    ]
