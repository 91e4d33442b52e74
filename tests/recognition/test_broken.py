"""The linter names each kind of fault in a corpus of broken files by file, row and code, and none in good ones."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from recognition.commands import app
from recognition.finding import RecognitionFinding
from recognition.finding_text import DOUBTS, MAPPING_RULES, OSCAL_RULES, RULES, SCHEME_RULES
from recognition.mapping_lint import lint_mapping
from recognition.oscal_reading import read_collection
from recognition.scheme import parse_scheme, read_scheme
from tests.recognition.broken import (
    GOOD_MAPPING,
    GOOD_SCHEME,
    KNOWN,
    MAPPINGS,
    SCHEMES,
    Fault,
)
from tests.recognition.broken_documents import DOCUMENTS, good_document
from verifier.errors import MalformedError

SPECIFICATIONS = Path(__file__).parents[2] / "docs/specification"


def lint_document(fault: Fault) -> tuple[RecognitionFinding, ...]:
    return read_collection(fault.files[fault.file], file=fault.file, known=KNOWN)[1]


def check(findings: tuple[RecognitionFinding, ...], fault: Fault, *, is_doubt: bool) -> None:
    told = [(finding.code, finding.file, finding.row) for finding in findings]
    assert (fault.code, fault.file, fault.row) in told
    named = next(finding for finding in findings if finding.code == fault.code)
    assert (named.severity == "warning") is is_doubt
    for lang in ("ja", "en"):
        assert named.text(lang)
        assert not re.search(r"\{[a-z]+\}", named.text(lang))


def test_the_good_files_have_no_fault() -> None:
    scheme, findings = read_scheme(GOOD_SCHEME)
    assert scheme is not None
    assert findings == ()
    assert lint_mapping(GOOD_MAPPING, known=KNOWN) == ()
    read, told = read_collection(json.dumps(good_document()).encode(), file="m.json", known=KNOWN)
    assert read is not None
    assert told == ()


@pytest.mark.parametrize("kind", SCHEMES)
def test_a_broken_scheme_is_named(kind: str) -> None:
    fault = SCHEMES[kind]
    is_doubt = kind.startswith("a doubt")
    scheme, findings = read_scheme(fault.files)
    check(findings, fault, is_doubt=is_doubt)
    assert (scheme is None) is not is_doubt
    if not is_doubt:
        with pytest.raises(MalformedError):
            parse_scheme(fault.files)


@pytest.mark.parametrize("kind", MAPPINGS)
def test_a_broken_mapping_is_named(kind: str) -> None:
    fault = MAPPINGS[kind]
    check(lint_mapping(fault.files, known=KNOWN), fault, is_doubt=kind.startswith("a doubt"))


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_broken_document_is_named(kind: str) -> None:
    fault = DOCUMENTS[kind]
    is_doubt = kind.startswith("a doubt")
    check(lint_document(fault), fault, is_doubt=is_doubt)
    assert (read_collection(fault.files[fault.file], file=fault.file, known=KNOWN)[0] is None) is not is_doubt


def test_one_fault_is_one_finding_wherever_it_is_alone() -> None:
    alone = ("relation_unknown", "row_source_unknown", "row_twice", "qualifier_unknown", "condition_missing")
    for fault in MAPPINGS.values():
        if fault.code in alone:
            assert [finding.code for finding in lint_mapping(fault.files, known=KNOWN)] == [fault.code]


def test_the_corpus_breaks_every_rule_of_the_three_formats() -> None:
    broken = {fault.code for corpus in (SCHEMES, MAPPINGS, DOCUMENTS) for fault in corpus.values()}
    # A scheme without a source cannot be made by taking one text away; it is made below.
    assert RULES.keys() - broken == {"source_missing"}
    assert len(broken) >= 60
    assert len(SCHEMES) + len(MAPPINGS) + len(DOCUMENTS) >= 100


def test_a_scheme_without_a_source_is_doubtful() -> None:
    cut = GOOD_SCHEME["scheme.toml"].partition(b"[[sources]]")[0]
    head = cut.replace(b'operator = "operator"', b'operator = "operator"\nsources = []')
    scheme, findings = read_scheme({**GOOD_SCHEME, "scheme.toml": head})
    assert scheme is not None
    assert [finding.code for finding in findings] == ["source_missing"]


def test_no_code_stands_for_two_rules() -> None:
    assert len(SCHEME_RULES) + len(MAPPING_RULES) + len(OSCAL_RULES) == len(RULES)
    assert DOUBTS.issubset(RULES)


def test_the_specifications_state_every_rule_with_its_severity() -> None:
    told: dict[str, str] = {}
    for page in ("foreign-scheme.md", "mapping.md"):
        text = (SPECIFICATIONS / page).read_text("utf-8")
        told |= dict(re.findall(r"^\| `([a-z_]+)` \| (error|warning) \|", text, re.MULTILINE))
    assert told == {code: "warning" if code in DOUBTS else "error" for code in RULES}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_command_names_file_row_and_code(tmp_path: Path, lang: str) -> None:
    for folder, files in (("foreign", SCHEMES["a statement twice"].files), ("pairs", MAPPINGS["no source"].files)):
        (tmp_path / folder).mkdir()
        for name, data in files.items():
            (tmp_path / folder / name).write_bytes(data)
    (tmp_path / "m.json").write_bytes(DOCUMENTS["banana"].files["m.json"])
    places = [str(tmp_path / "foreign"), str(tmp_path / "pairs"), str(tmp_path / "m.json")]
    result = CliRunner().invoke(app, ["lint", *places, "--lang", lang])
    assert result.exit_code == 1
    for place, code in (
        ("statements.csv, row 3", "statement_twice"),
        ("m.csv, row 5", "row_sourceless"),
        ("m.json, row 2", "relation_unknown"),
    ):
        assert any(place in line and code in line for line in result.output.splitlines())


def test_the_command_finds_no_error_in_what_is_shipped() -> None:
    result = CliRunner().invoke(app, ["lint", "--json"])
    assert result.exit_code == 0
    told = json.loads(result.output)
    assert len(told) >= 13
    assert {one["severity"] for thing in told for one in thing["findings"]} <= {"warning"}


def test_a_scheme_and_its_mapping_are_linted_together_before_either_is_shipped(tmp_path: Path) -> None:
    for name, data in {**GOOD_SCHEME, **GOOD_MAPPING}.items():
        folder = tmp_path / ("foreign" if name in GOOD_SCHEME else "maps")
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(
            data.replace(b'"home"', b'"jp.meti.scs"').replace(b'version = "1"', b'version = "2026-03-27"')
        )
    (tmp_path / "maps" / "m.csv").write_text("source_ids,target_id,relation,note_en\nS1,1-2-1-1,equal-to,\n")
    alone = CliRunner().invoke(app, ["lint", str(tmp_path / "foreign" / "scheme.toml")])
    assert (alone.exit_code, alone.output) == (0, "foreign: nothing to complain about\n")
    assert CliRunner().invoke(app, ["lint", str(tmp_path / "maps")]).exit_code == 1
    result = CliRunner().invoke(app, ["lint", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "80 of 81 targets are not mapped" in result.output


BYTES = st.sampled_from([b"", b'"', b",", b"\n", b"[", b"]]", b"=", b"\x00", b"\xff", b"{}", b"9" * 30, "草".encode()])


@given(st.data())
def test_no_file_however_broken_makes_the_linter_fail(data: st.DataObject) -> None:
    document = {"m.json": json.dumps(good_document()).encode()}
    files = dict(data.draw(st.sampled_from([GOOD_SCHEME, GOOD_MAPPING, document])))
    for _ in range(data.draw(st.integers(1, 3))):
        name = data.draw(st.sampled_from(sorted(files)))
        text, start = files[name], data.draw(st.integers(0, len(files[name])))
        end = data.draw(st.integers(start, min(len(text), start + 40)))
        files[name] = text[:start] + data.draw(BYTES) + text[end:]
    if "m.json" in files:
        found = read_collection(files["m.json"], file="m.json", known=KNOWN)[1]
    elif "m.csv" in files:
        found = lint_mapping(files, known=KNOWN)
    else:
        found = read_scheme(files)[1]
    assert all(finding.code in RULES or finding.text("ja") for finding in found)
    assert all(finding.row is not None and finding.row >= 1 for finding in found)
