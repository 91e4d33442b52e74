"""OSCAL 1.2 out and in: the same mapping both ways, valid for compliance-trestle, stricter than its schema."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trestle.oscal.mapping import MappingCollection
from typer.testing import CliRunner

from recognition.commands import app
from recognition.mapping import ControlMapping, MappingHead, MappingRow, MappingSource, MappingTarget
from recognition.mapping_writing import write_mapping
from recognition.oscal import NAMESPACE, WATERMARK, export_collection, id_prefix
from recognition.oscal_reading import Stated, read_collection
from recognition.relation import RELATIONS
from recognition.shipped import load_mapping, mapping_files, mapping_ids, names_at_hand
from tests.recognition.broken import KNOWN
from tests.recognition.broken_documents import DOCUMENTS, good_document
from verifier.encoding import digest
from verifier.errors import MarkError, WrongUseError
from verifier.scheme.rule import Words

AT = 1_795_700_000
SHIPPED = ("ce-to-scs3-draft", "partner-to-scs3")
SOURCES, TARGETS = KNOWN["foreign"]["1"], KNOWN["home"]["1"]


def exported(name: str, *, at: int = AT) -> dict[str, Any]:
    sources, targets = mapping_ids(mapping_files()[name])
    return export_collection(load_mapping(name), sources=sources, targets=targets, at=at)


def as_bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_mapping_comes_back_the_same(name: str) -> None:
    mapping = load_mapping(name)
    read, findings = read_collection(as_bytes(exported(name)), file=f"{name}.json", known=names_at_hand())
    assert findings == ()
    assert read is not None
    assert (read.head, read.rows) == (mapping.head, mapping.rows)
    assert write_mapping(read.head, read.rows)[f"{name}.csv"] == mapping_files()[name][f"{name}.csv"]


@pytest.mark.parametrize("name", SHIPPED)
def test_trestle_takes_what_is_exported(name: str, tmp_path: Path) -> None:
    file = tmp_path / "mapping-collection.json"
    file.write_bytes(as_bytes(exported(name)))
    read = MappingCollection.oscal_read(file)
    assert read is not None
    assert len(read.mappings[0].maps) == len(load_mapping(name).rows)
    # And what trestle writes again is still the same mapping to us.
    read.oscal_write(file)
    again, findings = read_collection(file.read_bytes(), file=file.name, known=names_at_hand())
    assert [finding for finding in findings if finding.severity == "error"] == []
    assert again is not None
    assert again.rows == load_mapping(name).rows


def test_trestle_takes_a_relation_of_no_vocabulary_and_the_strict_linter_does_not() -> None:
    banana = DOCUMENTS["banana"].files["m.json"]
    read = MappingCollection.model_validate(json.loads(banana)["mapping-collection"])
    assert "banana" in read.model_dump_json()
    refused, findings = read_collection(banana, file="m.json", known=KNOWN)
    assert refused is None
    assert [finding.code for finding in findings] == ["relation_unknown"]


def test_the_strict_linter_refuses_more_than_trestle_does() -> None:
    through = []
    for kind, fault in DOCUMENTS.items():
        try:
            MappingCollection.model_validate(json.loads(fault.files["m.json"])["mapping-collection"])
        except (ValueError, KeyError):
            continue
        if not kind.startswith("a doubt"):
            through.append(kind)
    assert {"banana", "an id that dangles", "a map twice", "a gap that is mapped"} <= set(through)


def test_the_same_mapping_and_time_give_the_same_bytes_and_another_time_changes_one_member() -> None:
    first, second = exported("ce-to-scs3-draft"), exported("ce-to-scs3-draft")
    assert as_bytes(first) == as_bytes(second)
    later = exported("ce-to-scs3-draft", at=AT + 86_400)
    assert later["mapping-collection"]["metadata"].pop("last-modified") == "2026-11-27T13:33:20Z"
    first["mapping-collection"]["metadata"].pop("last-modified")
    assert later == first


def test_a_changed_mapping_has_other_uuids() -> None:
    mapping = load_mapping("ce-to-scs3-draft")
    other = ControlMapping(mapping.head, mapping.rows, digest(b"another"))
    sources, targets = mapping_ids(mapping_files()["ce-to-scs3-draft"])
    changed = export_collection(other, sources=sources, targets=targets, at=AT)
    assert changed["mapping-collection"]["uuid"] != exported("ce-to-scs3-draft")["mapping-collection"]["uuid"]


def test_a_draft_is_watermarked_in_title_remarks_property_and_status() -> None:
    collection = exported("ce-to-scs3-draft")["mapping-collection"]
    metadata = collection["metadata"]
    assert WATERMARK in metadata["title"]
    assert metadata["remarks"].startswith(WATERMARK)
    assert {"name": "watermark", "ns": NAMESPACE, "value": WATERMARK} in metadata["props"]
    assert collection["provenance"]["status"] == "draft"
    assert "草案" in collection["provenance"]["remarks"]


def test_a_complete_mapping_carries_no_watermark_of_a_draft() -> None:
    collection = exported("partner-to-scs3")["mapping-collection"]
    assert WATERMARK not in collection["metadata"]["title"]
    assert all(prop["name"] != "watermark" for prop in collection["metadata"]["props"])


def test_every_criterion_is_either_mapped_or_listed_as_a_gap() -> None:
    mapping = exported("ce-to-scs3-draft")["mapping-collection"]["mappings"][0]
    mapped = {item["id-ref"] for one in mapping["maps"] for item in one["targets"]}
    silent = set(mapping["target-gap-summary"]["unmapped-controls"][0]["with-ids"])
    assert len(mapped) + len(silent) == 81
    assert len(silent) == 43
    assert not mapped & silent


def test_ids_that_begin_with_a_digit_get_a_prefix_and_others_do_not() -> None:
    assert id_prefix("jp.meti.scs", ["4-1-1-1"]) == "scs-"
    assert id_prefix("uk.ncsc.cyber-essentials", ["CE-FW-1"]) == ""
    assert exported("ce-to-scs3-draft")["mapping-collection"]["mappings"][0]["maps"][0]["targets"] == [
        {"type": "control", "id-ref": "scs-4-1-1-1"}
    ]


def elsewhere(ours: dict[str, Any] | None = None) -> bytes:
    """Return a document as others write it: nothing in it is of our namespace."""
    document = copy.deepcopy(ours or good_document())
    collection = document["mapping-collection"]
    collection["metadata"].pop("props")
    collection.pop("back-matter")
    for side in ("source", "target"):
        collection["mappings"][0][f"{side}-resource"] = {"type": "catalog", "href": f"{side}.json"}
    for one in collection["mappings"][0]["maps"]:
        one.pop("props", None)
        one.pop("qualifiers", None)
    collection["provenance"]["mapping-description"] = "A study"
    collection["provenance"].pop("remarks")
    return as_bytes(document)


def test_a_document_from_elsewhere_is_read_when_its_schemes_are_stated() -> None:
    refused, findings = read_collection(elsewhere(), file="study.json", known=KNOWN)
    assert refused is None
    assert [finding.code for finding in findings] == ["oscal_resource", "oscal_resource"]
    stated = Stated(source="foreign/1", target="home/1", target_prefix="home-")
    read, told = read_collection(elsewhere(), file="study.json", known=KNOWN, stated=stated)
    assert told == ()
    assert read is not None
    assert read.head.id == "study"
    assert len(read.rows) == 3


def test_a_draft_from_elsewhere_is_marked_as_one() -> None:
    stated = Stated(source="foreign/1", target="home/1", target_prefix="home-")
    read, _ = read_collection(elsewhere(), file="study.json", known=KNOWN, stated=stated)
    assert read is not None
    assert (read.head.notice.ja, read.head.notice.en) == ("草案：A study", "Draft: A study")


def test_a_document_cannot_make_itself_complete_by_a_property() -> None:
    document = good_document()
    props = document["mapping-collection"]["metadata"]["props"]
    next(prop for prop in props if prop["name"] == "mapping-status")["value"] = "complete"
    read, _ = read_collection(as_bytes(document), file="m.json", known=KNOWN)
    assert read is not None
    assert read.head.status == "draft"


def rows() -> st.SearchStrategy[list[MappingRow]]:
    """Rows that do not contradict each other: each set of sources and target once, nothing denied."""
    relations = st.sampled_from([relation for relation in RELATIONS if relation != "no-relationship"])
    keys = st.tuples(
        st.frozensets(st.sampled_from(sorted(SOURCES)), min_size=1), st.sampled_from(sorted(TARGETS)), relations
    )
    roles = st.sampled_from([("", ""), ("restricted", ""), ("addressable", "with-mfa"), ("addressable", "a.b")])
    notes = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), max_size=20)
    one = st.tuples(keys, roles, notes)
    listed = st.lists(one, min_size=1, max_size=8, unique_by=lambda found: found[0][:2])
    return listed.map(
        lambda found: [
            MappingRow(number, sources, target, relation, note, *role)  # type: ignore[arg-type]
            for number, ((sources, target, relation), role, note) in enumerate(found, 2)
        ]
    )


@given(rows())
def test_any_mapping_goes_to_oscal_and_back(drawn: list[MappingRow]) -> None:
    words = Words(ja="草案", en="Draft")
    head = MappingHead(
        id="m",
        status="draft",
        notice=words,
        source=MappingSource(scheme="foreign", versions=("1", "2")),
        target=MappingTarget(scheme="home", version="1"),
    )
    mapping = ControlMapping(head, tuple(drawn), digest(b"m"))
    document = export_collection(mapping, sources=SOURCES, targets=TARGETS, at=AT)
    MappingCollection.model_validate(document["mapping-collection"])
    read, findings = read_collection(as_bytes(document), file="m.json", known=KNOWN)
    assert [finding for finding in findings if finding.severity == "error"] == []
    assert read is not None
    assert (read.head, read.rows) == (head, tuple(drawn))


def test_the_commands_export_and_import(tmp_path: Path) -> None:
    file = tmp_path / "draft.json"
    out = ["oscal", "export", "ce-to-scs3-draft", "--at", "2026-11-27"]
    assert CliRunner().invoke(app, [*out, "--out", str(file)]).exit_code == 0
    assert CliRunner().invoke(app, out).stdout == file.read_text("utf-8")
    result = CliRunner().invoke(app, ["oscal", "import", str(file), "--out", str(tmp_path / "back")])
    assert result.exit_code == 0, result.output
    back = {path.name: path.read_bytes() for path in (tmp_path / "back").iterdir()}
    assert back["ce-to-scs3-draft.csv"] == mapping_files()["ce-to-scs3-draft"]["ce-to-scs3-draft.csv"]
    again = CliRunner().invoke(app, ["lint", str(tmp_path / "back")])
    assert again.exit_code == 0


def test_the_import_command_writes_nothing_from_a_document_with_an_error(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_bytes(DOCUMENTS["banana"].files["m.json"])
    result = CliRunner().invoke(app, ["oscal", "import", str(tmp_path / "m.json"), "--out", str(tmp_path / "back")])
    assert result.exit_code == 1
    assert "row 2: error: relation_unknown" in result.output
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["oscal", "import", "nowhere.json"],
        ["lint", "nowhere"],
        ["lint", "--lang", "fr"],
        ["oscal", "export", "nowhere"],
        ["inverse", "ce-to-scs3-draft", "--version", "9"],
    ],
)
def test_what_is_not_there_is_said_plainly(arguments: list[str]) -> None:
    assert isinstance(CliRunner().invoke(app, arguments).exception, MarkError)


def test_two_prefixes_are_written_with_a_comma(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_bytes(elsewhere())
    wrong = CliRunner().invoke(app, ["oscal", "import", str(tmp_path / "m.json"), "--prefixes", "scs-"])
    assert isinstance(wrong.exception, WrongUseError)
