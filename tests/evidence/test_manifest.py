"""The manifest as a format: what was changed in it is found, and a part shows what it shows and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.encoding import canonical, sha256
from verifier.errors import (
    EvidenceError,
    MalformedError,
    MarkError,
    NewerVersionError,
    NotFoundError,
    ProofError,
    StatementError,
)
from verifier.evidence.manifest import Manifest, build_manifest, parse_manifest
from verifier.evidence.row import FileRow, PlanRow, commitment, name_problem
from verifier.injected import seeded_entropy
from verifier.statement.commitment import salt_from

LOG, OBJECT, BODY = "shirushi.example/log", "https://shirushi.example/v/lot7", "https://shirushi.example/e/1001"
HEAD: dict[str, Any] = {
    "log": LOG, "object": OBJECT, "kind": "results", "by": BODY, "made_at": 1_795_305_600, "subject": "Lot 7",
}  # fmt: skip
DIGEST = "A" * 43


def rows(*names: str) -> list[FileRow]:
    entropy = seeded_entropy("rows")
    return [FileRow(path=name, sha256=DIGEST, size=1, salt=salt_from(entropy)) for name in names]


def manifest(count: int = 9, **head: Any) -> Manifest:
    return build_manifest({**HEAD, **head}, rows(*(f"run-{number}.csv" for number in range(count))))


NAMES = st.text("ab/.é日 ", min_size=1, max_size=12).filter(lambda name: not name_problem(name))


@given(st.lists(NAMES, min_size=1, unique=True), st.sampled_from(["results", "correction"]))
def test_a_manifest_reads_back_as_it_was_written(names: list[str], kind: str) -> None:
    extra = {"corrects": DIGEST, "reason": "typing error"} if kind == "correction" else {}
    made = build_manifest({**HEAD, "kind": kind, **extra}, rows(*names))
    assert parse_manifest(made.serialize()) == made
    assert parse_manifest(made.serialize()).serialize() == made.serialize()
    assert made.head.count == len(names)


def test_the_digest_in_the_log_binds_the_head_and_through_its_root_every_row() -> None:
    one, other = (
        manifest(),
        build_manifest(HEAD, [*manifest().files[1:], rows("x")[0].model_copy(update={"salt": "A" * 22})]),
    )
    assert one.sha256 != other.sha256
    assert one.head.root != other.head.root
    assert manifest(subject="Lot 8").head.root == one.head.root
    assert manifest(subject="Lot 8").sha256 != one.sha256


def test_a_commitment_is_of_this_row_under_this_salt_for_this_object() -> None:
    row = rows("run-1.csv")[0]
    members = {"path": "run-1.csv", "sha256": DIGEST, "size": 1}
    expected = sha256(canonical(["shirushi-evidence-1", LOG, OBJECT, row.salt, members]))
    assert commitment(row, log=LOG, object=OBJECT) == expected
    assert commitment(row, log=LOG, object=f"{OBJECT}x") != expected


def test_places_in_the_tree_tell_nothing_about_names() -> None:
    names = [row.path for row in manifest(40).files]
    assert names != sorted(names)


Edit = Callable[[dict[str, Any]], None]


def _swap(value: dict[str, Any]) -> None:
    value["rows"][0], value["rows"][1] = value["rows"][1], value["rows"][0]


@pytest.mark.parametrize(
    ("edit", "error"),
    [
        (lambda value: value["rows"].pop(), ProofError),
        (lambda value: value["rows"].append(value["rows"][0]), StatementError),
        (lambda value: value["rows"].append({**value["rows"][0], "salt": "B" * 22}), StatementError),
        (lambda value: value["rows"].append({**value["rows"][0], "path": "other"}), StatementError),
        (lambda value: value["rows"][0].update(salt="B" * 22), ProofError),
        (lambda value: value["rows"][0].update(salt="B" * 21), StatementError),
        (lambda value: value["rows"][0].update(sha256="B" * 43), ProofError),
        (lambda value: value["rows"][0].update(path="renamed.csv"), ProofError),
        (lambda value: value["rows"][0].update(measured_at=1, measured_by="sheet"), ProofError),
        (lambda value: value["rows"][0].update(size=True), StatementError),
        (lambda value: value["rows"][0].update(mood="good"), NewerVersionError),
        (_swap, ProofError),
        (lambda value: value["head"].update(count=8), ProofError),
        (lambda value: value["head"].update(root=DIGEST), ProofError),
        (lambda value: value["head"].update(v=2), NewerVersionError),
        (lambda value: value["head"].update(kind="plan"), MarkError),
        (lambda value: value["head"].update(corrects=DIGEST), StatementError),
        (lambda value: value["head"].update(object="https://other.example/v/lot7"), ProofError),
        (lambda value: value["head"].update(object="https://shirushi.example/m/lot7"), MarkError),
        (lambda value: value["head"].update(subject="a\x07b"), StatementError),
        (lambda value: value.pop("rows"), StatementError),
    ],
    ids=[
        "truncated", "row doubled", "row doubled under another salt", "salt used twice", "wrong salt", "short salt",
        "other content", "other name", "other time", "size that is no number", "unknown member", "other order",
        "count", "root", "version", "kind", "correction of nothing", "foreign object", "object of another kind",
        "control character", "no rows",
    ],
)  # fmt: skip
def test_a_manifest_that_was_tampered_with_is_refused(edit: Edit, error: type[MarkError]) -> None:
    value = json.loads(manifest().serialize())
    edit(value)
    with pytest.raises(error):
        parse_manifest(json.dumps(value).encode())


@pytest.mark.parametrize("cut", [1, 40, 400])
def test_a_manifest_whose_file_was_cut_short_is_malformed(cut: int) -> None:
    with pytest.raises(MalformedError):
        parse_manifest(manifest().serialize()[:-1][:-cut])


def test_a_head_that_was_edited_has_another_digest() -> None:
    value = json.loads(manifest().serialize())
    value["head"]["made_at"] -= 86_400
    edited = parse_manifest(json.dumps(value).encode())
    assert edited.rows == manifest().rows
    assert edited.sha256 != manifest().sha256


@pytest.mark.parametrize(
    "name",
    [
        "", "/etc/passwd", "../up", "a/../../b", "a//b", "a/", "./a", "a/.", "a\\b", "..", "a\x00b", "a\nb",
        "e\u0301.csv", "x" * 256, "/".join(["d"] * 65), "a/" * 500 + "b",
    ],
)  # fmt: skip
def test_a_name_that_leads_out_or_reads_differently_elsewhere_is_none(name: str) -> None:
    assert name_problem(name)
    value = json.loads(manifest(1).serialize())
    value["rows"][0]["path"] = name
    with pytest.raises(EvidenceError):
        parse_manifest(json.dumps(value).encode())


@pytest.mark.parametrize("name", ["a", "a b.csv", "...", ".hidden", "日本語/é.csv", "a:b", "x" * 255, "-rf", "C:"])
def test_an_unusual_name_is_one(name: str) -> None:
    assert name_problem(name) == ""


@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, 100])
def test_one_file_is_shown_alone_under_the_same_digest(count: int) -> None:
    whole = manifest(count)
    for row in whole.files[:5]:
        data = whole.show([row.path])
        part = parse_manifest(data)
        assert (part.rows, part.is_part, part.sha256) == ((row,), True, whole.sha256)
        hidden = [one for one in whole.files if one is not row]
        assert [one.path for one in hidden if f'"{one.path}"'.encode() in data or one.salt.encode() in data] == []


def test_a_part_of_a_file_that_was_not_sealed_does_not_hold() -> None:
    whole = manifest()
    value = json.loads(whole.show(["run-3.csv"]))
    for edit in ({"path": "run-33.csv"}, {"sha256": "B" * 43}, {"salt": "B" * 22}):
        forged = json.loads(json.dumps(value))
        forged["shown"][0]["row"].update(edit)
        with pytest.raises(ProofError):
            parse_manifest(json.dumps(forged).encode())
    moved = json.loads(json.dumps(value))
    moved["shown"][0]["index"] = (moved["shown"][0]["index"] + 1) % 9
    with pytest.raises(ProofError):
        parse_manifest(json.dumps(moved).encode())


def test_a_part_shows_no_more_than_it_was_given() -> None:
    with pytest.raises(NotFoundError):
        manifest().show(["run-99.csv"])
    with pytest.raises(ProofError, match="cannot show more"):
        parse_manifest(manifest().show(["run-3.csv"])).show(["run-3.csv"])


def test_an_item_of_a_plan_has_runs_in_order() -> None:
    row = PlanRow(item="a", label="A", method="M", first=5, last=4, salt="A" * 22)
    with pytest.raises(StatementError, match="end before they begin"):
        build_manifest({**HEAD, "kind": "plan"}, [row])
