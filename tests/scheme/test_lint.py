"""Every MUST of the pack format has a code of its own, is found by the linter, and makes the pack none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.scheme.packs import SCS, edited, files_of
from verifier.errors import MalformedError
from verifier.scheme.finding import MUSTS, WARNINGS
from verifier.scheme.reading import parse_pack, read_pack
from verifier.scheme.shipped import shipped_packs

SPECIFICATION = Path(__file__).parents[2] / "docs/specification/scheme-pack.md"
DUTY = """[[tiers.duties]]
code = "annual_report"
label = { ja = "報告", en = "report" }
every_months = 12
grace_days = 1
overdue = "show"

"""
THREE_PARTS = '{ role = "executive", deed = "swears" },'

FAULTS: dict[str, tuple[str, str, str, str]] = {
    "an unknown member": ("member_unknown", "pack.toml", 'zone = "Asia/Tokyo"', 'zone = "Asia/Tokyo"\nscore = 3'),
    "an unknown zone": ("member_value", "pack.toml", "Asia/Tokyo", "Asia/Nowhere"),
    "a wrong type": ("member_value", "pack.toml", "term_months = 12", 'term_months = "12"'),
    "a level without a term": ("level_without_term", "pack.toml", "term_months = 12\n", ""),
    "a tier without a method": ("member_missing", "pack.toml", 'issuer = "body"\n', ""),
    "an unknown issuer": ("member_value", "pack.toml", 'issuer = "body"', 'issuer = "anyone"'),
    "broken TOML": ("toml", "pack.toml", "[label]", "[label"),
    "a missing English label": ("label_missing", "pack.toml", ', en = "★4"', ""),
    "an empty Japanese label": ("label_missing", "pack.toml", '{ ja = "★4"', '{ ja = ""'),
    "a level twice": ("level_twice", "pack.toml", "level = 4\n", "level = 3\n"),
    "a level both issuable and declared": ("level_twice", "pack.toml", "level = 5\n", "level = 4\n"),
    "tiers out of order": ("level_order", "pack.toml", "level = 3\n", "level = 6\n"),
    "a closed version that issues": (
        "closed_tiers",
        "pack.toml",
        "[source]",
        '[closed]\nja = "終"\nen = "end"\n[source]',
    ),
    "a verification that is no test": ("verification_assurance", "pack.toml", '"hands_on"', '"none"'),
    "an expert who does not confirm": (
        "expert_assurance",
        "pack.toml",
        'assessor = "expert"',
        'assessor = "accredited_body"',
    ),
    "a deed that is not the role's": (
        "part_wrong",
        "pack.toml",
        THREE_PARTS,
        '{ role = "executive", deed = "tests" },',
    ),
    "a part twice": ("part_twice", "pack.toml", THREE_PARTS, THREE_PARTS + THREE_PARTS),
    "a listing without a day": ("part_unlisted", "pack.toml", ', listed_at = ["confirmation"]', ""),
    "a body that does not decide": (
        "part_missing",
        "pack.toml",
        'deed = "decides", listing = "evaluation"',
        'deed = "decides", listing = "expert"',
    ),
    "a body on a declaration": ("basis_issuer", "pack.toml", 'basis = "evaluation"', 'basis = "self_declared"'),
    "a declaration that an expert assessed": (
        "basis_assurance",
        "pack.toml",
        'basis = "evaluation"',
        'basis = "self_declared"',
    ),
    "a duty twice": (
        "duty_twice",
        "pack.toml",
        "[[tiers.duties]]",
        DUTY + "[[tiers.duties]]",
    ),
    "a word that claims too much": ("wording_forbidden", "pack.toml", "取得・登録", "認定"),
    "a demand that is called mandatory": (
        "wording_forbidden",
        "pack.toml",
        "obtained and registered",
        "mandatory and registered",
    ),
    "ends out of order": ("transition_order", "pack.toml", "illustrative = true", "evaluations_until = 2020-01-01"),
    "a version that replaces itself": ("transition_version", "pack.toml", '"2025-04"', '"2026-03-27"'),
    "a category twice": ("category_twice", "pack.toml", 'id = "2"', 'id = "1"'),
    "nothing said about what is left out": ("limits_missing", "pack.toml", "[limits]", "[closed]"),
    "a wrong number of requirements": ("requirement_count", "pack.toml", "requirements = 43", "requirements = 44"),
    "a wrong number of criteria": (
        "criteria_count",
        "pack.toml",
        "153, criteria_listed = 81",
        "153, criteria_listed = 80",
    ),
    "more criteria than exist": ("counts_exceeded", "pack.toml", "criteria = 153", "criteria = 80"),
    "criteria missing where they are the items": ("items_incomplete", "pack.toml", "criteria = 81", "criteria = 82"),
    "a requirement twice": ("id_twice", "requirements.csv", "\n1-2-2,", "\n1-2-1,"),
    "an unknown category": ("category_unknown", "requirements.csv", "1-1-1,1,", "1-1-1,9,"),
    "a level that is no tier": ("level_unknown", "requirements.csv", "1-1-1,1,4", "1-1-1,1,5"),
    "an empty label": ("label_missing", "criteria.csv", "連絡先一覧の整備", " "),
    "a bad id": ("id_form", "criteria.csv", "\n1-2-1-1,", "\n-1-2-1-1,"),
    "a criterion twice": ("id_twice", "criteria.csv", "\n1-2-1-2,", "\n1-2-1-1,"),
    "a criterion of no requirement": ("requirement_unknown", "criteria.csv", "1-2-1-1,1-2-1,", "1-2-1-1,1-2-9,"),
    "a criterion below its requirement": ("criterion_level", "requirements.csv", "1-2-1,1,3", "1-2-1,1,4"),
    "a requirement without a criterion": ("requirement_bare", "criteria.csv", "7-1-1-1,7-1-1,", "7-1-1-1,6-1-1,"),
    "a foreign heading": ("columns", "criteria.csv", "criterion_id,", "id,"),
    "a surplus cell": ("cells", "criteria.csv", "Contact list kept", "Contact list kept,"),
    "a broken quote": ("csv", "criteria.csv", "Contact list kept", '"Contact list'),
    "a byte order mark": ("text", "criteria.csv", "criterion_id,", "\ufeffcriterion_id,"),
    "a character in two parts": ("text", "criteria.csv", "連絡先", "テ\u3099"),
    "a text that turns direction": ("text", "criteria.csv", "Contact list", "Contact\u202elist"),
    "an escape that turns direction": ("member_value", "pack.toml", 'en = "★4"', 'en = "\\u202e4"'),
    "an empty category": (
        "category_empty",
        "pack.toml",
        "[[tiers]]",
        '[[categories]]\nid = "8"\nlabel = { ja = "八", en = "8" }\n\n[[tiers]]',
    ),
    "no dates": ("no_transition", "pack.toml", "accepted_from = 2026-03-27\n", ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_linter_finds_a_fault_under_its_own_code(fault: str) -> None:
    code, name, old, new = FAULTS[fault]
    files = edited(files_of(*SCS), name, (old, new))
    pack, findings = read_pack(files)
    found = {finding.code for finding in findings}
    assert code in found, [finding.members() for finding in findings]
    texts = [finding.text(lang) for finding in findings for lang in ("ja", "en")]
    assert all(texts)
    assert not any("{" in text for text in texts)
    if code in WARNINGS:
        assert pack is not None
        return
    assert pack is None
    with pytest.raises(MalformedError) as caught:
        parse_pack(files)
    assert any(file in caught.value.message for file in files)


def test_another_encoding_is_found_too() -> None:
    files = files_of(*SCS)
    wrong = {**files, "criteria.csv": files["criteria.csv"].decode().encode("shift_jis")}
    assert [finding.code for finding in read_pack(wrong)[1]] == ["text"]
    with pytest.raises(MalformedError, match="not UTF-8"):
        parse_pack(wrong)


def test_files_missing_or_surplus_are_found() -> None:
    files = files_of(*SCS)
    for wrong in (*({n: d for n, d in files.items() if n != gone} for gone in files), {**files, "more.csv": b""}):
        assert [finding.code for finding in read_pack(wrong)[1]] == ["files"]
        with pytest.raises(MalformedError, match="exactly the files"):
            parse_pack(wrong)


def test_where_nobody_vouches_for_an_evaluation_the_linter_says_so() -> None:
    changes = (
        ('issuer = "body"', 'issuer = "registrar"'),
        ('{ role = "assessor", deed = "attests", listing = "evaluation", listed_at = ["evaluation"] },', ""),
        (
            '{ role = "decider", deed = "decides", listing = "evaluation", listed_at = ["decision"] },',
            '{ role = "registrar", deed = "registers", listing = "registrar", listed_at = ["registration"] },',
        ),
        (THREE_PARTS, ""),
    )
    findings = read_pack(edited(files_of(*SCS), "pack.toml", *changes))[1]
    assert "nobody_vouches" in {finding.code for finding in findings}


def test_all_faults_are_told_at_once_with_their_rows() -> None:
    files = edited(files_of(*SCS), "criteria.csv", ("連絡先一覧の整備", " "), ("\n1-2-3-1,", "\n1-2-1-1,"))
    files = edited(files, "requirements.csv", ("1-1-1,1,4", "1-1-1,9,4"))
    places = {(finding.code, finding.place) for finding in read_pack(files)[1]}
    assert {("label_missing", "criteria.csv, row 3"), ("category_unknown", "requirements.csv, row 2")} <= places
    assert ("id_twice", "criteria.csv, row 5") in places


def test_every_code_of_the_linter_is_reached_by_a_test() -> None:
    reached = {code for code, *_ in FAULTS.values()} | {"files", "nobody_vouches"}
    assert reached == set(MUSTS)


def test_every_code_of_the_linter_is_in_the_specification() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (error|warning) \|", SPECIFICATION.read_text("utf-8"), re.MULTILINE)
    assert dict(rows) == {code: "warning" if code in WARNINGS else "error" for code in MUSTS}


def test_shipped_packs_have_nothing_to_complain_about() -> None:
    for pack in shipped_packs():
        assert read_pack(files_of(pack.scheme, pack.version))[1] == ()
