"""`shirushi reuse`: answers carried over by a mapping are proposals that nobody confirmed, and never more than that."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from issuer.crosswalk import Crosswalk, Link, between, read_crosswalk
from issuer.questionnaire import Answered, read_questionnaire
from issuer.reuse import Draft, propose
from issuer.template import ANSWER, EVIDENCE
from tests.issuer.conftest import PACK, sheet_with
from verifier.edge.check.spreadsheet import Sheet, read_rows, write_csv, write_xlsx
from verifier.edge.main import run
from verifier.errors import EvidenceError, MalformedError, RefusedError, WrongUseError

CATALOGUE = resources.files("recognition").joinpath("catalogue")
MAPPING = Path(str(CATALOGUE.joinpath("mappings", "ce-to-scs3-draft.csv")))
STATEMENTS = Path(str(CATALOGUE.joinpath("uk.ncsc.cyber-essentials", "statements.csv")))


def answered(**words: Any) -> dict[str, Answered]:
    return {name: Answered("", word, f"file of {name}" if word == "met" else "") for name, word in words.items()}


def drafted(known: dict[str, Answered], *links: Link, wanted: str = "w") -> Draft:
    directed = between(Crosswalk(links), known=known, wanted=(wanted, "v"))
    [proposal] = propose(known, {wanted: Answered("", "unanswered", "")}, directed)
    return proposal.draft


def link(known: str, relation: Any, wanted: str = "w") -> Link:
    return Link(frozenset(known.split()), frozenset(wanted.split()), relation)


@pytest.mark.parametrize(
    ("relation", "if_met", "if_not_met"),
    [
        ("equal-to", "met", "not_met"),
        ("equivalent-to", "met", "not_met"),
        ("superset-of", "met", "none"),
        ("subset-of", "partly", "not_met"),
        ("intersects-with", "partly", "none"),
        ("no-relationship", "none", "none"),
    ],
)
def test_a_relation_carries_over_what_follows_from_it_and_no_more(relation: str, if_met: str, if_not_met: str) -> None:
    assert drafted(answered(k="met"), link("k", relation)) == if_met
    assert drafted(answered(k="not_met"), link("k", relation)) == if_not_met


@pytest.mark.parametrize("word", ["unanswered", "not_applicable"])
def test_what_is_not_answered_or_does_not_apply_proposes_nothing(word: str) -> None:
    assert drafted(answered(k=word), link("k", "equal-to")) == "none"


def test_a_joint_row_needs_all_its_parts() -> None:
    row = link("k l", "superset-of")
    assert drafted(answered(k="met", l="met"), row) == "met"
    assert drafted(answered(k="met", l="not_met"), row) == "partly"


def test_a_joint_row_read_backwards_accuses_nobody_alone() -> None:
    joint = link("k", "subset-of", "w v")
    assert drafted(answered(k="met"), joint) == "partly"
    assert drafted(answered(k="not_met"), joint) == "none"
    assert drafted(answered(k="met"), link("k", "equal-to", "w v")) == "met"


def test_rows_that_contradict_each_other_are_shown_as_a_conflict() -> None:
    known = answered(k="met", l="not_met")
    assert drafted(known, link("k", "equal-to"), link("l", "equal-to")) == "conflict"


def test_partial_rows_never_add_up() -> None:
    rows = (link("k", "subset-of"), link("l", "subset-of"))
    assert drafted(answered(k="met", l="met"), *rows) == "partly"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """★3 answered: everything met but 4-1-1-3."""
    file = tmp_path / "answers.xlsx"
    file.write_bytes(sheet_with({("4-1-1-3", ANSWER): "not_met", ("4-1-1-3", EVIDENCE): ""}, form="xlsx"))
    return file


def test_from_our_answers_a_draft_for_cyber_essentials(
    sheet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "draft.xlsx"
    where = ["--mapping", str(MAPPING), "--to", str(STATEMENTS), "--out", str(out), "--json"]
    assert run(["reuse", str(sheet), *where]) == 0
    members = json.loads(capsys.readouterr().out)
    drafts = {one["item"]: one for one in members["proposals"]}
    assert len(drafts) == 33
    assert members["mapping_status"] == "draft"
    # 4-1-1-3 is equivalent to CE-UA-3; 4-1-1-2 is within CE-UA-2 and so covers it in part only.
    assert drafts["CE-UA-3"]["proposal"] == "not_met"
    assert drafts["CE-UA-2"]["proposal"] == "partly"
    assert {one["confirmed"] for one in members["proposals"]} == {False}
    rows = read_rows(out.read_bytes(), filename="draft")
    assert "Unconfirmed proposals" in rows[0][1]
    assert rows[1][0] == "answers.xlsx / ce-to-scs3-draft.csv (draft)"
    assert [row[0] for row in rows[4:]] == list(drafts)


def test_and_back_from_cyber_essentials_to_our_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ids = [row[0] for row in read_rows(STATEMENTS.read_bytes(), filename="ce")[1:]]
    filled = (("id", "question", "answer", "evidence"), *((name, "", "yes", f"CE certificate {name}") for name in ids))
    foreign, ours, out = tmp_path / "ce.csv", tmp_path / "ours.csv", tmp_path / "draft.csv"
    foreign.write_bytes(write_csv(Sheet("ce", filled)))
    run(["issuer", "template", "--tier", "3", "--out", str(ours)])
    capsys.readouterr()
    run(["reuse", str(foreign), "--mapping", str(MAPPING), "--to", str(ours), "--out", str(out), "--json"])
    drafts = {one["item"]: one for one in json.loads(capsys.readouterr().out)["proposals"]}
    assert len(drafts) == 81
    assert drafts["4-1-1-2"]["proposal"] == "met"
    assert drafts["4-1-1-1"]["proposal"] == "partly"
    assert drafts["1-2-1-1"]["proposal"] == "none"
    assert drafts["4-1-2-6"]["because"] == [{"items": ["CE-UA-3", "CE-UA-6"], "relation": "superset-of"}]
    assert drafts["4-1-2-6"]["evidence"] == ["CE certificate CE-UA-3", "CE certificate CE-UA-6"]
    # As many as the mapping covers in full: all of them in category 4.
    full = [item for item, one in drafts.items() if one["proposal"] == "met"]
    assert len(full) == 19
    assert {item[0] for item in full} == {"4"}


def test_a_draft_is_never_taken_for_answers(sheet: Path, tmp_path: Path) -> None:
    out = tmp_path / "draft.xlsx"
    run(["reuse", str(sheet), "--mapping", str(MAPPING), "--to", str(STATEMENTS), "--out", str(out)])
    with pytest.raises(EvidenceError):
        run(["readiness", str(out), "--level", "3"])
    with pytest.raises(MalformedError, match="no row of headings"):
        read_questionnaire(out.read_bytes(), filename="draft.xlsx")


def test_the_text_counts_in_both_languages(sheet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for lang, word in (("en", "proposed as not met: 1"), ("ja", "満たさない（下書き）: 1")):
        out = ["--out", str(tmp_path / f"{lang}.csv"), "--lang", lang]
        run(["reuse", str(sheet), "--mapping", str(MAPPING), "--to", str(STATEMENTS), *out])
        assert word in capsys.readouterr().out


def test_an_oscal_mapping_gives_the_same_draft(sheet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = read_crosswalk(MAPPING.read_bytes(), filename=MAPPING.name).links
    maps = [
        {
            "relationship": one.relation,
            "sources": [{"type": "control", "id-ref": name} for name in sorted(one.known)],
            "targets": [{"type": "control", "id-ref": f"scs-{name}"} for name in one.wanted],
        }
        for one in rows
    ]
    collection = {"provenance": {"status": "draft"}, "mappings": [{"maps": maps}]}
    oscal = tmp_path / "mapping.json"
    oscal.write_text(json.dumps({"mapping-collection": collection}))
    told = []
    for mapping in (MAPPING, oscal):
        out = tmp_path / f"{mapping.stem}.csv"
        run(["reuse", str(sheet), "--mapping", str(mapping), "--to", str(STATEMENTS), "--out", str(out), "--json"])
        told.append(json.loads(capsys.readouterr().out))
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"{}",
        b'{"mapping-collection": {"mappings": [{"maps": [{}]}]}}',
        b'{"mapping-collection": {"mappings": [{"maps": [{"relationship": "like", "sources": [{"id-ref": "a"}], "targets": [{"id-ref": "b"}]}]}]}}',  # noqa: E501
        b"source_ids,target_id,relation,note_en\na,b,like,\n",
        b"source_ids,target_id,relation,note_en\n,b,equal-to,\n",
        b"source_ids,target_id,relation,qualifier,note_en\na,b,equal-to,maybe,\n",
        b"a,b\n",
    ],
)
def test_a_mapping_with_a_fault_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError, match="mapping"):
        read_crosswalk(data, filename="mapping")


@pytest.mark.parametrize(
    ("qualifier", "relation"),
    [
        ("", "equal-to"),
        ("restricted", "intersects-with"),
        ("addressable:x", "intersects-with"),
        ("blocked", "no-relationship"),
    ],
)
def test_a_qualified_row_never_proposes_more_than_a_part(qualifier: str, relation: str) -> None:
    table = f"source_ids,target_id,relation,qualifier,note_en\na,b,equal-to,{qualifier},\n"
    one: dict[str, Any] = {"relationship": "equal-to", "sources": [{"id-ref": "a"}], "targets": [{"id-ref": "b"}]}
    if qualifier:
        one["qualifiers"] = [{"category": qualifier.partition(":")[0]}]
    document = {"mapping-collection": {"mappings": [{"maps": [one]}]}}
    for data in (table.encode(), json.dumps(document).encode()):
        assert read_crosswalk(data, filename="mapping").links == (link("a", relation, "b"),)


def test_a_mapping_between_other_questionnaires_is_refused(tmp_path: Path, sheet: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_bytes(write_csv(Sheet("other", (("id", "answer"), ("A.5.1", "")))))
    with pytest.raises(RefusedError, match="names no item of the one sheet together with one of the other"):
        run(["reuse", str(sheet), "--mapping", str(MAPPING), "--to", str(other), "--out", str(tmp_path / "d.csv")])
    assert not (tmp_path / "d.csv").exists()


def test_an_existing_file_is_never_overwritten(tmp_path: Path, sheet: Path) -> None:
    where = ["--mapping", str(MAPPING), "--to", str(STATEMENTS)]
    with pytest.raises(WrongUseError, match="exists already"):
        run(["reuse", str(sheet), *where, "--out", str(sheet)])
    with pytest.raises(WrongUseError, match="neither"):
        run(["reuse", str(sheet), *where, "--out", str(tmp_path / "d.pdf")])


@pytest.mark.parametrize(
    ("headings", "answer", "word"),
    [
        (("id", "answer"), "yes", "met"),
        (("control_id", "answer"), "N/A", "not_applicable"),
        (("項目", "回答"), "いいえ", "not_met"),
        (("番号", "回答"), "", "unanswered"),
    ],
)
def test_a_questionnaire_of_others_is_read_by_its_headings(headings: tuple[str, str], answer: str, word: str) -> None:
    data = write_xlsx(Sheet("any", (("Some title",), headings, ("A.5.1", answer))))
    assert read_questionnaire(data, filename="any")["A.5.1"].word == word


def test_a_questionnaire_with_a_fault_names_its_cell() -> None:
    for rows, complaint in (
        ((("id", "answer"), ("a", "perhaps")), "row 2, column B: not an answer"),
        ((("id", "answer"), ("a", ""), ("a", "")), "row 3, column A: 'a' stands here a second time"),
    ):
        with pytest.raises(MalformedError, match=complaint):
            read_questionnaire(write_csv(Sheet("any", rows)), filename="any")


def test_our_own_template_is_a_questionnaire_too(sheet: Path) -> None:
    found = read_questionnaire(sheet.read_bytes(), filename="answers.xlsx")
    assert list(found) == [item.id for item in PACK.items_for(3)]
    assert found["4-1-1-3"].word == "not_met"
    assert found["1-2-1-2"].label == "Contact list kept"
