"""Golden and rejection vectors of the evidence: directory proofs and files, and whole bundles with their verdicts.

A bundle's case is a base and a patch (RFC 6902: add, remove, replace), so that each shows what it changes. The trust
root carries randomised signatures (ML-DSA-65): as long as what is signed stays the same, the committed ones are kept.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY
from tests.vectors.token_vectors import Case, accepted, rejected
from tests.world import World
from verifier.bundle import parse_bundle
from verifier.directory.files import parse_index, shard_of, shard_path, write_files
from verifier.directory.record import ObjectRecord, line_of
from verifier.directory.tree import BucketProof, DirectoryTree
from verifier.encoding import b64u, canonical
from verifier.mark import parse_mark
from verifier.names import body_uri, log_origin
from verifier.statement import parse_statement
from verifier.trust.root import TrustRoot, pin
from verifier.verdict import Verdict
from verifier.verify import verify_text

FOLDER = Path(__file__).parent

# --- directory -------------------------------------------------------------------------------------------------------


def directory_vectors() -> dict[str, Any]:
    """Return the content of directory.json."""
    records = [_record(no) for no in range(1, 21)]
    tree = DirectoryTree([line_of(record) for record in records], bits=2)
    here, gone = body_uri(HOST, 7), body_uri(HOST, 4711)
    proof, absence = tree.prove(here), tree.prove(gone)

    def given(one: BucketProof, subject: str = here, **changes: Any) -> dict[str, Any]:
        shown = {
            "bits": 2,
            "root": b64u(tree.root),
            "subject": subject,
            "bucket": one.bucket,
            "lines": [line.decode() for line in one.lines],
            "path": [b64u(value) for value in one.path],
        }
        return shown | changes

    lines = proof.lines
    return {
        "format": "directory proof, and directory files",
        "spec": "docs/specification/directory.md",
        "cases": [
            accepted("presence", given(proof), "the bucket holds the record", {"record": records[6].members()}),
            accepted("absence", given(absence, gone), "the bucket lacks the record", {"record": None}),
            accepted("an empty directory", _empty(), "absence in nothing", {"record": None}),
            rejected("another bucket", given(absence), "the bucket is the subject's"),
            rejected(
                "another bucket under the right number", given(replace(absence, bucket=proof.bucket)), "the path fits"
            ),
            rejected("another root", given(proof, root=b64u(bytes(32))), "the path leads to the logged root"),
            rejected("more bits", given(proof, bits=3), "the path has the tree's height"),
            rejected("no path", given(replace(proof, path=())), "the path leads to the root"),
            rejected("a longer path", given(replace(proof, path=(*proof.path, bytes(32)))), "the path has its length"),
            rejected("a line left out", given(replace(proof, lines=lines[1:])), "the bucket is whole"),
            rejected("a line twice", given(replace(proof, lines=(lines[0], *lines))), "the bucket is as hashed"),
            rejected("lines out of order", _disordered(here), "keys strictly ascend"),
            rejected("a changed state", given(replace(proof, lines=_changed(lines))), "the bucket is as hashed"),
            *_file_cases(tree, here, gone),
        ],
    }


def _record(no: int) -> ObjectRecord:
    return ObjectRecord(object=body_uri(HOST, no), head=no, leaf=b64u(bytes([no] * 32)), state="active", until=None)


def _changed(lines: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return (lines[0].replace(b'"active"', b'"ended"'), *lines[1:])


def _empty() -> dict[str, Any]:
    root = DirectoryTree([], bits=0).root
    return {"bits": 0, "root": b64u(root), "subject": body_uri(HOST, 7), "bucket": 0, "lines": [], "path": []}


def _disordered(subject: str) -> dict[str, Any]:
    """Return a proof of a directory whose operator sorted wrongly: everything fits but the order."""
    first, second = sorted((line_of(_record(no)) for no in (7, 8)), key=lambda line: line.key)
    swapped = DirectoryTree([replace_key(first, second.key), replace_key(second, first.key)], bits=0)
    proof = swapped.prove(subject)
    lines = [line.decode() for line in proof.lines]
    return {"bits": 0, "root": b64u(swapped.root), "subject": subject, "bucket": 0, "lines": lines, "path": []}


def replace_key(line: Any, key: bytes) -> Any:
    """Return a line that is sorted under another key."""
    return type(line)(key, line.data)


def _file_cases(tree: DirectoryTree, here: str, gone: str) -> list[Case]:
    files = write_files(tree, log=log_origin(HOST), size=21)
    index = parse_index(files.index)

    def given(
        subject: str, *, change: tuple[str, str] = ("", ""), shard_change: tuple[str, str] = ("", "")
    ) -> dict[str, Any]:
        name = shard_path(index, shard_of(subject, index.bits)).rpartition("/")[2]
        return {
            "index": files.index.decode().replace(*change, 1),
            "shard": files.shards[name].decode().replace(*shard_change, 1),
            "subject": subject,
        }

    return [
        accepted(
            "presence, from files", given(here), "index and shard give the proof", {"record": _record(7).members()}
        ),
        accepted("absence, from files", given(gone), "index and shard give the proof", {"record": None}),
        rejected(
            "a shard that was changed",
            given(here, shard_change=('"active"', '"ending"')),
            "a shard is named by its content",
        ),
        rejected("an index of another version", given(here, change=('"v":1', '"v":2')), "v is 1", error="newer"),
        rejected(
            "an index with an unknown member",
            given(here, change=('"v":1', '"v":1,"w":1')),
            "never skipped",
            error="newer",
        ),
        rejected("an index with other bits", given(here, change=('"bits":2', '"bits":3')), "one line for each shard"),
    ]


# --- bundle ----------------------------------------------------------------------------------------------------------


@cache
def _world() -> tuple[World, str]:
    """Return the world of the vectors, with the committed signatures of its trust root where they still fit."""
    world = World("vectors")
    mark_id = world.issue()
    world.pinned = kept_root(world.pinned)
    world.sim.files["trust/1.json"] = world.pinned.serialize()
    return world, mark_id


def kept_root(root: TrustRoot) -> TrustRoot:
    """Return the committed root instead of one that says the same under other signatures."""
    try:
        committed = pin(canonical(json.loads((FOLDER / "bundle.json").read_text(encoding="utf-8"))["root"]) + b"\n")
    except FileNotFoundError:
        return root
    return committed if committed.signed == root.signed else root


def bundle_vectors() -> dict[str, Any]:
    """Return the content of bundle.json."""
    world, mark_id = _world()
    ended = world.fork()
    ended.suspend(mark_id)
    bases = {"good": members_of(world, mark_id), "suspended": members_of(ended, mark_id)}
    texts = {"mark": world.mark(mark_id), "qr": world.qr(mark_id)}
    return {
        "format": "bundle and verdict",
        "spec": "docs/specification/bundle.md, docs/specification/verdict.md",
        "root": json.loads(world.pinned.serialize()),
        "bases": bases,
        "texts": texts,
        "cases": [*_verdict_cases(bases, texts), *_refused_bundles()],
    }


def members_of(world: World, mark_id: str) -> dict[str, Any]:
    """Return a bundle as JSON, without the parts that stand elsewhere in the vectors or are not needed."""
    members: dict[str, Any] = json.loads(world.bundle(mark_id).serialize())
    return members | {"trust_roots": []}


def patched(base: dict[str, Any], patch: list[dict[str, Any]]) -> dict[str, Any]:
    """Apply the operations of RFC 6902 that the vectors use."""
    members: dict[str, Any] = json.loads(json.dumps(base))
    for step in patch:
        *parents, name = step["path"].removeprefix("/").split("/")
        place: Any = members
        for parent in parents:
            place = place[int(parent)] if isinstance(place, list) else place[parent]
        key: Any = int(name) if isinstance(place, list) else name
        if step["op"] == "remove":
            del place[key]
        else:
            place[key] = step["value"]
    return members


def judged(vectors: dict[str, Any], given: dict[str, Any]) -> Verdict:
    """Return the verdict on a case's input. Raises MarkError when the bundle is refused."""
    bundle = parse_bundle(canonical(patched(vectors["bases"][given["base"]], given["patch"])))
    root = _pinned(canonical(vectors["root"]))
    text = vectors["texts"].get(given["text"], given["text"])
    return verify_text(text, bundle=bundle, root=root, now=given["now"], as_of=given["as_of"], live=given["live"])


_pinned = cache(pin)


def _verdict_cases(bases: dict[str, Any], texts: dict[str, str]) -> list[Case]:
    world, _ = _world()
    now = world.sim.now + 60
    exp, nbf = parse_mark(texts["mark"]).exp, parse_mark(texts["mark"]).nbf
    vectors = {"bases": bases, "texts": texts, "root": json.loads(world.pinned.serialize())}

    def case(name: str, why: str, *steps: dict[str, Any], base: str = "good", text: str = "mark", **asked: Any) -> Case:
        given = {"base": base, "patch": list(steps), "text": text, "now": now, "as_of": now, "live": False} | asked
        verdict = judged(vectors, given)
        checks = {check.name.value: check.result.value for check in verdict.checks}
        return accepted(
            name, given, why, {"headline": verdict.headline.value, "exit": verdict.exit_code, "checks": checks}
        )

    def at(kind: str, base: str = "good") -> int:
        return next(
            number
            for number, one in enumerate(bases[base]["statements"])
            if parse_statement(one["statement"]).type == kind
        )

    def without(kind: str, base: str = "good") -> dict[str, Any]:
        return {"op": "remove", "path": f"/statements/{at(kind, base)}"}

    cut = {"op": "remove", "path": "/directory"}
    flipped = texts["mark"][:-10] + ("A" if texts["mark"][-10] != "A" else "B") + texts["mark"][-9:]
    return [
        case("a good mark", "everything passes"),
        case("a good mark, asked live", "the directory is of the last two hours", live=True),
        case("a good mark by its QR", "the seal stands for the mark", text="qr"),
        case(
            "evidence of yesterday, asked live",
            "an old answer is never better",
            now=now + DAY,
            as_of=now + DAY,
            live=True,
        ),
        case("after the end", "the interval is half-open", as_of=exp),
        case("before the beginning", "the interval is half-open", as_of=nbf - 1),
        case("the root expired", "an expired root decides nothing", now=world.pinned.content.expires),
        case("a flipped character in the token", "the signature does not fit", text=flipped),
        case("a look-alike host", "the digits are a known mark's", text=texts["qr"].replace(HOST, "shirushi.exarnple")),
        case("no text of a mark", "it cannot be read", text="nothing"),
        case("suspended", "the log and the directory say so", base="suspended"),
        case(
            "suspended, the entry cut out",
            "the directory tells",
            without("mark.suspended", "suspended"),
            base="suspended",
        ),
        case(
            "suspended, entry and directory cut out",
            "nothing tells, so nothing is confirmed",
            without("mark.suspended", "suspended"),
            cut,
            base="suspended",
        ),
        case("the directory cut out", "nothing later is hidden: could not be made", cut),
        case("the attestation cut out", "two persons: could not be made", {"op": "remove", "path": "/attestation"}),
        case(
            "the approvals cut out",
            "second persons: could not be made",
            {"op": "replace", "path": "/approvals", "value": []},
        ),
        case("the latest checkpoint cut out", "nothing is proven", {"op": "remove", "path": "/latest"}),
        case(
            "witnesses cut below the quorum",
            "3 of 4 are needed",
            {"op": "replace", "path": "/latest", "value": _cosigned(bases["good"]["latest"], 2)},
        ),
        case(
            "witnesses cut to the quorum",
            "3 of 4 are enough",
            {"op": "replace", "path": "/latest", "value": _cosigned(bases["good"]["latest"], 3)},
        ),
        case("the anchor cut out", "dating: could not be made", {"op": "remove", "path": "/anchor"}),
        case("the first checkpoint cut out", "dating: could not be made", {"op": "remove", "path": "/first"}),
        case(
            "an inclusion path cut",
            "the entry is not proven",
            {"op": "replace", "path": "/statements/0/path", "value": []},
        ),
        *(
            case(f"{kind} cut out", "what the mark rests on is missing", without(kind))
            for kind in ("scheme.published", "body.accredited", "key.added", "mark.issued", "directory.published")
        ),
    ]


def _cosigned(note: str, count: int) -> str:
    """Return the note with its log signature and so many cosignatures."""
    text, _, signatures = note.partition("\n\n")
    return text + "\n\n" + "\n".join(signatures.split("\n")[: 1 + count]) + "\n"


def _refused_bundles() -> list[Case]:
    def case(name: str, op: str, path: str, value: Any, why: str, *, error: str = "refused") -> Case:
        step = {"op": op, "path": path} | ({} if op == "remove" else {"value": value})
        given = {"base": "good", "patch": [step], "text": "mark", "now": 1, "as_of": 1, "live": False}
        return rejected(name, given, why, error=error)

    return [
        case("another version", "replace", "/v", 2, "v is 1", error="newer"),
        case("an unknown member", "add", "/later", 1, "never skipped", error="newer"),
        case("an unknown member of a part", "add", "/anchor/later", 1, "never skipped", error="newer"),
        case("no log", "remove", "/log", None, "log is required"),
        case("no statements", "remove", "/statements", None, "the lists are required"),
        case("a negative index", "replace", "/statements/0/index", -1, "indices are not negative"),
        case("an index as text", "replace", "/statements/0/index", "0", "indices are numbers"),
        case("a hash of another length", "replace", "/statements/0/path", ["AAAA"], "hashes are 32 bytes"),
        case("a hash with spare bits", "replace", "/statements/0/path", ["A" * 42 + "B"], "base64url is canonical"),
        case("a checkpoint that is no text", "replace", "/latest", 5, "checkpoints are text"),
        case("a bucket without a path", "remove", "/directory/buckets/0/path", None, "a proof has a path"),
    ]
