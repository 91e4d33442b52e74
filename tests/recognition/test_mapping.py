"""The linter refuses by file and row what a schema lets through, and says when a mapping can never recognise."""

from __future__ import annotations

import pytest

from recognition.finding import RecognitionFinding
from recognition.mapping import MappingRow, parse_mapping, read_head
from recognition.mapping_lint import lint_mapping
from recognition.mapping_writing import write_mapping
from recognition.shipped import load_mapping
from verifier.errors import MalformedError, NotFoundError

HEAD = b"""
id = "m"
status = "draft"
notice = { ja = "\xe8\x8d\x89\xe6\xa1\x88", en = "draft" }
source = { scheme = "foreign", versions = ["1"] }
target = { scheme = "home", version = "1" }
"""
GOOD = "s1,c1,equal-to,\ns1 s2,c2,superset-of,joint\ns2,c1,intersects-with,\n"
IDS = {"sources": ("s1", "s2"), "targets": ("c1", "c2")}
KNOWN = {"foreign": {"1": frozenset(IDS["sources"])}, "home": {"1": frozenset(IDS["targets"])}}


def files(rows: str, *, head: bytes = HEAD) -> dict[str, bytes]:
    return {"m.toml": head, "m.csv": f"source_ids,target_id,relation,note_en\n{rows}".encode()}


def lint(rows: str) -> tuple[RecognitionFinding, ...]:
    return lint_mapping(files(rows), known=KNOWN)


def test_a_good_mapping_reads_and_pleases_the_linter() -> None:
    read = parse_mapping(files(GOOD), **IDS)
    assert [sorted(row.sources) for row in read.rows] == [["s1"], ["s1", "s2"], ["s2"]]
    assert [row.number for row in read.rows] == [2, 3, 4]
    assert lint(GOOD) == ()


FAULTS = {
    "s1,c1,banana,": "unknown relation 'banana'",
    "s1,c1,Equal-To,": "unknown relation 'Equal-To'",
    "s1,c1,,": "unknown relation ''",
    "s9,c2,equal-to,": "unknown source 's9'",
    "s1,c9,equal-to,": "unknown target 'c9'",
    ",c2,equal-to,": "no source",
    "s1 s1,c2,equal-to,": "a source stands in the row twice",
    "s1,c1,equal-to,": "the same sources and target as row 2",
    "s1,c1,subset-of,": "the same sources and target as row 2",
    "s2 s1,c2,equal-to,": "the same sources and target as row 3",
    "s1 s2,c1,no-relationship,": "contradicts row 2 about c1",
}


@pytest.mark.parametrize("row", FAULTS)
def test_a_bad_row_is_refused_by_file_and_row(row: str) -> None:
    bad = f"{GOOD}{row}\n"
    errors = [finding for finding in lint(bad) if finding.severity == "error"]
    assert [(finding.file, finding.row) for finding in errors] == [("m.csv", 5)]
    assert FAULTS[row] in errors[0].text("en")
    with pytest.raises(MalformedError, match=r"m\.csv, row 5: "):
        parse_mapping(files(bad), **IDS)


def test_the_linter_lists_every_fault_of_a_row_and_of_a_file() -> None:
    findings = [str(finding) for finding in lint("s9 s1,c9,banana,\ns1,c1,equal-to,\ns8,c2,equal-to,\n")]
    assert findings == [
        "m.csv, row 2: error: row_source_unknown: unknown source 's9'",
        "m.csv, row 2: error: row_target_unknown: unknown target 'c9'",
        "m.csv, row 2: error: relation_unknown: unknown relation 'banana'; known: equal-to, equivalent-to, "
        "superset-of, subset-of, intersects-with, no-relationship",
        "m.csv, row 4: error: row_source_unknown: unknown source 's8'",
        "m.csv, row 1: warning: targets_silent: 1 of 2 targets are not mapped",
    ]


def test_a_mapping_of_intersections_can_never_recognise_anything() -> None:
    findings = lint("s1,c1,intersects-with,\ns2,c2,subset-of,\n")
    assert [finding.severity for finding in findings] == ["warning"]
    assert "can never recognise" in findings[0].text("en")


def test_a_source_has_to_be_an_id_of_every_version_that_the_mapping_names() -> None:
    head = HEAD.replace(b'["1"]', b'["1", "2"]')
    known = {**KNOWN, "foreign": {"1": frozenset({"s1", "s2"}), "2": frozenset({"s1"})}}
    findings = lint_mapping(files("s1,c1,equal-to,\ns2,c2,equal-to,\n", head=head), known=known)
    assert [(one.code, one.row) for one in findings if one.severity == "error"] == [("row_source_unknown", 3)]


def test_a_denied_pair_beside_other_sources_is_no_contradiction() -> None:
    assert lint("s1,c1,equal-to,\ns2,c1,no-relationship,\ns2,c2,equal-to,\n") == ()


QUALIFIED = (
    "source_ids,target_id,relation,qualifier,note_en\n"
    "s1,c1,equal-to,,\n"
    "s2,c1,superset-of,addressable:cloud-mfa,only with MFA\n"
    "s1,c2,superset-of,restricted,\n"
    "s2,c2,intersects-with,blocked,\n"
)


def test_a_qualifier_is_read_with_its_condition() -> None:
    read = parse_mapping({"m.toml": HEAD, "m.csv": QUALIFIED.encode()}, **IDS)
    told = [(row.qualifier, row.condition) for row in read.rows]
    assert told == [("", ""), ("addressable", "cloud-mfa"), ("restricted", ""), ("blocked", "")]


def test_a_table_without_the_qualifier_column_reads_as_before() -> None:
    assert {(row.qualifier, row.condition) for row in parse_mapping(files(GOOD), **IDS).rows} == {("", "")}


def test_what_is_written_reads_back_and_is_written_alike() -> None:
    read = parse_mapping({"m.toml": HEAD, "m.csv": QUALIFIED.encode()}, **IDS)
    written = write_mapping(read.head, read.rows)
    again = parse_mapping(written, **IDS)
    assert (again.head, again.rows) == (read.head, read.rows)
    assert write_mapping(again.head, again.rows) == written
    assert written["m.csv"] == QUALIFIED.encode()


def test_sources_are_written_in_one_order_whatever_the_order_they_were_in() -> None:
    head = parse_mapping(files(GOOD), **IDS).head
    row = MappingRow(2, frozenset({"s2", "s1"}), "c1", "equal-to")
    assert b"\ns1 s2,c1,equal-to,\n" in write_mapping(head, [row])["m.csv"]


def test_the_digest_pins_both_files() -> None:
    first = parse_mapping(files(GOOD), **IDS).digest
    assert parse_mapping(files(GOOD.replace("joint", "together")), **IDS).digest != first
    assert parse_mapping(files(GOOD, head=HEAD.replace(b'"1"]', b'"2"]')), **IDS).digest != first


@pytest.mark.parametrize("names", [("m.toml",), ("m.csv",), ("m.toml", "n.csv"), ("m.toml", "m.csv", "n.csv")])
def test_a_mapping_is_exactly_two_files_of_one_name(names: tuple[str, ...]) -> None:
    with pytest.raises(MalformedError, match="exactly two files"):
        read_head(dict.fromkeys(names, b""))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"draft"\nnotice', b'"official"\nnotice'),
        (b'versions = ["1"]', b"versions = []"),
        (b"id =", b"strength = 5\nid ="),
    ],
)
def test_a_head_outside_its_schema_is_refused(old: bytes, new: bytes) -> None:
    assert old in HEAD
    with pytest.raises(MalformedError, match=r"m\.toml"):
        parse_mapping(files(GOOD, head=HEAD.replace(old, new, 1)), **IDS)


def test_the_shipped_mapping_is_a_draft_and_says_so() -> None:
    shipped = load_mapping("ce-to-scs3-draft")
    assert shipped.head.status == "draft"
    assert "Draft, demonstration" in shipped.head.notice.en
    assert "草案・デモ用" in shipped.head.notice.ja
    assert len(shipped.rows) == 38


def test_a_mapping_that_is_not_shipped_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        load_mapping("../uk.ncsc.cyber-essentials/scheme")
