"""Two versions of a mapping compared, and a mapping turned round: what is told, and what is never claimed."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from recognition.commands import app
from recognition.coverage import cover_criteria
from recognition.inverse import INVERSES, inverse
from recognition.mapping import ControlMapping, MappingRow, parse_mapping
from recognition.mapping_diff import best_cover, mapping_difference
from recognition.mapping_lint import is_marked, lint_mapping
from recognition.mapping_writing import write_mapping
from recognition.relation import RELATIONS, Relation
from recognition.shipped import ids_of, load_mapping, mapping_files, names_at_hand
from tests.recognition.worlds import CONTROLS, HIGH, mapping, row
from verifier.errors import RefusedError

CE = "ce-to-scs3-draft"


def holds(relation: Relation, source: frozenset[int], target: frozenset[int]) -> bool:
    """Say whether two sets of duties stand in the relation; equivalence is equality of what is asked for."""
    match relation:
        case "equal-to" | "equivalent-to":
            return source == target
        case "superset-of":
            return source > target
        case "subset-of":
            return source < target
        case "intersects-with":
            return bool(source & target) and not (source <= target or source >= target)
        case "no-relationship":
            return not source & target


@pytest.mark.parametrize("relation", RELATIONS)
def test_an_inverted_relation_holds_exactly_where_the_relation_holds(relation: Relation) -> None:
    duties = [frozenset(part) for part in ((), (1,), (2,), (3,), (1, 2), (1, 3), (2, 3), (1, 2, 3))]
    held = [(one, other) for one, other in product(duties, duties) if holds(relation, one, other)]
    assert held
    assert all(holds(INVERSES[relation], other, one) for one, other in held)
    assert INVERSES[INVERSES[relation]] == relation


def test_a_joint_row_is_never_turned_round() -> None:
    found = inverse(mapping([row("s1 s2", "c1", "equal-to"), row("s1", "c2", "subset-of", number=3)]))
    assert [(sorted(one.sources), one.target, one.relation) for one in found.rows] == [(["c2"], "s1", "superset-of")]
    assert [one.number for one in found.joint] == [2]


def test_a_qualified_row_is_never_turned_round() -> None:
    qualified = MappingRow(2, frozenset({"s1"}), "c1", "equal-to", "", "addressable", "with-mfa")
    found = inverse(mapping([qualified]))
    assert (found.rows, found.qualified) == ((), (qualified,))


def test_an_inverse_is_a_draft_whatever_the_mapping_is() -> None:
    complete = load_mapping("partner-to-scs3")
    found = inverse(complete)
    assert complete.head.status == "complete"
    assert found.head.status == "draft"
    assert is_marked(found.head.notice.ja, found.head.notice.en)
    assert found.head.source.scheme == "jp.meti.scs"
    assert (found.head.target.scheme, found.head.target.version) == ("example.partner-scheme", "2026")
    assert inverse(complete, version="2025").head.target.version == "2025"
    with pytest.raises(RefusedError, match="not drawn on"):
        inverse(complete, version="9")


@pytest.mark.parametrize("name", [CE, "partner-to-scs3"])
def test_the_inverse_of_a_shipped_mapping_reads_and_has_no_error(name: str) -> None:
    found = inverse(load_mapping(name))
    files = write_mapping(found.head, found.rows)
    assert [one for one in lint_mapping(files, known=names_at_hand()) if one.severity == "error"] == []
    sources = ids_of("jp.meti.scs", "2026-03-27")
    targets = ids_of(found.head.target.scheme, found.head.target.version)
    read = parse_mapping(files, sources=sources, targets=targets)
    assert read.rows == found.rows


def changed(old: str, new: str) -> ControlMapping:
    """Return the draft for Cyber Essentials with one text of its table replaced."""
    files = dict(mapping_files()[CE])
    assert old.encode() in files[f"{CE}.csv"]
    files[f"{CE}.csv"] = files[f"{CE}.csv"].replace(old.encode(), new.encode(), 1)
    sources, targets = ids_of("uk.ncsc.cyber-essentials", "3.1"), ids_of("jp.meti.scs", "2026-03-27")
    return parse_mapping(files, sources=sources, targets=targets)


CHANGES = {
    "a row is removed": ("CE-MF-1,4-1-3-4,equal-to,\n", "", "removed", ("4-1-3-4", "full", "none")),
    "a row is added": (
        "CE-MF-1,4-1-3-4",
        "CE-MF-1,1-2-1-1,intersects-with,\nCE-MF-1,4-1-3-4",
        "added",
        ("1-2-1-1", "none", "partial"),
    ),
    "a relation gets weaker": (
        "CE-SC-7,4-1-4-2,equal-to",
        "CE-SC-7,4-1-4-2,subset-of",
        "changed",
        ("4-1-4-2", "full", "partial"),
    ),
    "a relation gets stronger": (
        "CE-UA-1,4-1-1-1,subset-of",
        "CE-UA-1,4-1-1-1,equal-to",
        "changed",
        ("4-1-1-1", "partial", "full"),
    ),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_is_told_with_the_criterion_that_gains_or_loses(kind: str) -> None:
    old, new, told, cover = CHANGES[kind]
    found = mapping_difference(load_mapping(CE), changed(old, new))
    assert [change.kind for change in found.rows] == [told]
    assert [(one.criterion, one.old, one.new) for one in found.covers] == [cover]
    assert bool(found.losing) is (kind in ("a row is removed", "a relation gets weaker"))


def test_a_note_changes_a_row_and_no_criterion() -> None:
    found = mapping_difference(load_mapping(CE), changed("approval of creation only", "approval only"))
    assert [(one.kind, sorted(one.members)) for one in found.rows] == [("changed", ["note_en"])]
    assert found.covers == ()


def test_a_mapping_does_not_differ_from_itself() -> None:
    found = mapping_difference(load_mapping(CE), load_mapping(CE))
    assert (found.head, found.rows, found.covers) == ({}, (), ())


def test_mappings_between_other_schemes_are_not_versions_of_one() -> None:
    with pytest.raises(RefusedError, match="not two versions"):
        mapping_difference(load_mapping(CE), load_mapping("partner-to-scs3"))


@pytest.mark.parametrize(
    ("qualifier", "most"), [("", "full"), ("addressable", "full"), ("restricted", "partial"), ("blocked", "none")]
)
def test_the_most_that_a_qualified_row_can_give(qualifier: str, most: str) -> None:
    one = MappingRow(2, frozenset({"s1"}), "c1", "equal-to", "", qualifier)  # type: ignore[arg-type]
    assert best_cover(mapping([one]), "c1") == most


@st.composite
def mappings(draw: st.DrawFn, most: int = 2) -> ControlMapping:
    """Small mappings, with joint rows unless told otherwise."""
    keys = st.tuples(st.frozensets(st.sampled_from(CONTROLS), min_size=1, max_size=most), st.sampled_from(HIGH))
    pairs = draw(st.dictionaries(keys, st.sampled_from(RELATIONS)))
    return mapping([row(" ".join(s), t, r, number=n) for n, ((s, t), r) in enumerate(pairs.items(), 2)])


@given(mappings())
def test_the_most_that_a_mapping_gives_is_what_the_decision_counts_for_a_holder_of_everything(
    one: ControlMapping,
) -> None:
    counted = cover_criteria((one,), held=CONTROLS, criteria=HIGH)
    assert {found.criterion: found.cover.word for found in counted} == {name: best_cover(one, name) for name in HIGH}


@given(mappings(), mappings())
def test_what_one_direction_gains_the_other_loses(one: ControlMapping, other: ControlMapping) -> None:
    there, back = mapping_difference(one, other), mapping_difference(other, one)
    assert {(cover.criterion, cover.old, cover.new) for cover in there.covers} == {
        (cover.criterion, cover.new, cover.old) for cover in back.covers
    }
    assert len(there.rows) == len(back.rows)


@given(mappings(most=1))
def test_turning_round_twice_gives_the_rows_again(one: ControlMapping) -> None:
    def told(rows: tuple[MappingRow, ...]) -> set[tuple[frozenset[str], str, str]]:
        return {(found.sources, found.target, found.relation) for found in rows}

    once = inverse(one)
    twice = inverse(ControlMapping(once.head, once.rows, one.digest))
    assert told(twice.rows) == told(one.rows)


def test_the_diff_command_ends_with_one_when_a_criterion_loses(tmp_path: Path) -> None:
    for name, data in mapping_files()[CE].items():
        (tmp_path / name).write_bytes(data.replace(b"CE-MF-1,4-1-3-4,equal-to,\n", b""))
    new = str(tmp_path / f"{CE}.csv")
    result = CliRunner().invoke(app, ["diff", CE, new])
    assert result.exit_code == 1
    assert "criterion 4-1-3-4 loses: full -> none" in result.output
    gained = CliRunner().invoke(app, ["diff", new, CE, "--json"])
    assert gained.exit_code == 0
    assert json.loads(gained.output)["criteria"] == [{"id": "4-1-3-4", "old": "none", "new": "full"}]
    assert "nothing changes" in CliRunner().invoke(app, ["diff", CE, CE]).output


def test_the_inverse_command_writes_a_marked_draft(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["inverse", CE, "--out", str(tmp_path)])
    assert result.exit_code == 0
    assert "35 rows; left out: 3 joint, 0 qualified" in result.output
    assert 'status = "draft"' in (tmp_path / f"{CE}-inverse.toml").read_text("utf-8")
    assert CliRunner().invoke(app, ["lint", str(tmp_path)]).exit_code == 0
