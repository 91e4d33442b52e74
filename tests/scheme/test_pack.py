"""The shipped SCS pack says what was published, and a pack with any fault is refused by file and row."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib import resources

import pytest

from verifier.errors import MalformedError, NotFoundError, RefusedError
from verifier.scheme.pack import SchemePack, parse_pack
from verifier.scheme.rule import DeclaredTier
from verifier.scheme.shipped import load_shipped, shipped_packs
from verifier.statement.public import SchemePublished

SCS = ("jp.meti.scs", "2026-03-27")


@pytest.fixture
def pack() -> SchemePack:
    return load_shipped(*SCS)


@pytest.fixture
def files() -> dict[str, bytes]:
    folder = resources.files("verifier").joinpath("packs", *SCS)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_three_stars_ask_for_26_requirements_and_81_criteria(pack: SchemePack) -> None:
    assert len(pack.requirements_for(3)) == 26
    assert len(pack.items_for(3)) == 81
    assert pack.tiers[0].term_months == 12


def test_four_stars_are_assessed_by_43_requirements(pack: SchemePack) -> None:
    items = pack.items_for(4)
    assert len(items) == 43
    assert all(item.id == item.requirement for item in items)
    assert pack.tiers[1].counts.criteria == 153
    assert pack.tiers[1].counts.criteria_listed == 81
    assert pack.tiers[1].term_months == 36


def test_four_stars_contain_three_stars(pack: SchemePack) -> None:
    assert set(pack.requirements_for(3)) < set(pack.requirements_for(4))
    assert set(pack.criteria_for(3)) <= set(pack.criteria_for(4))


@pytest.mark.parametrize(
    ("category", "three", "four"), [("1", 3, 6), ("2", 3, 5), ("3", 4, 6), ("4", 13, 21), ("5", 1, 3)]
)
def test_the_categories_have_the_published_numbers(pack: SchemePack, category: str, three: int, four: int) -> None:
    assert sum(row.category == category for row in pack.requirements_for(3)) == three
    assert sum(row.category == category for row in pack.requirements_for(4)) == four


def test_three_stars_need_an_expert_and_an_oath_and_four_a_technical_verification(pack: SchemePack) -> None:
    three, four = pack.issuable_tier(3), pack.issuable_tier(4)
    assert (three.expert_confirmation, three.executive_oath, three.technical_verification) == (True, True, False)
    assert (four.expert_confirmation, four.executive_oath, four.technical_verification) == (False, False, True)
    assert {three.issuer, four.issuer} == {"body"}


def test_five_stars_are_declared_but_cannot_be_issued(pack: SchemePack) -> None:
    assert isinstance(pack.tier(5), DeclaredTier)
    for ask in (pack.issuable_tier, pack.items_for, pack.requirements_for, pack.criteria_for):
        with pytest.raises(RefusedError, match="cannot be issued"):
            ask(5)


@pytest.mark.parametrize("level", [0, 1, 2, 6])
def test_a_level_outside_the_scheme_is_refused(pack: SchemePack, level: int) -> None:
    with pytest.raises(RefusedError, match="has no tier"):
        pack.tier(level)


def test_the_pack_says_that_it_is_demonstration_data_and_what_is_left_out(pack: SchemePack) -> None:
    assert "Demonstration data" in pack.head.notice.en
    assert "デモ用データ" in pack.head.notice.ja
    assert pack.head.limits is not None
    assert "72" in pack.head.limits.en


def test_the_digest_pins_every_byte_of_every_file(files: dict[str, bytes]) -> None:
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    canonical = json.dumps(hashes, sort_keys=True, separators=(",", ":")).encode()
    expected = base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()
    assert parse_pack(files).digest == expected
    changed = {**files, "criteria.csv": files["criteria.csv"].replace(b"Contact list kept", b"Contact list held")}
    assert parse_pack(changed).digest != expected


def test_the_statement_that_pins_the_pack_fits_the_log(pack: SchemePack) -> None:
    public = pack.statement_public()
    assert SchemePublished.model_validate(public).sha256 == pack.digest
    assert public["tiers"] == [
        {"level": 3, "basis": "evaluation", "issuer": "body", "term_months": 12, "technical_verification": False},
        {"level": 4, "basis": "evaluation", "issuer": "body", "term_months": 36, "technical_verification": True},
    ]


def test_a_pack_that_is_not_shipped_is_not_found() -> None:
    for name in [("jp.meti.scs", "2025-04"), ("../packs/jp.meti.scs", "2026-03-27"), ("", "")]:
        with pytest.raises(NotFoundError):
            load_shipped(*name)
    assert load_shipped(*SCS) in shipped_packs()


FAULTS = {
    "an unknown member": ("pack.toml", b'zone = "Asia/Tokyo"', b'zone = "Asia/Tokyo"\nscore = 3', "score"),
    "an unknown zone": ("pack.toml", b"Asia/Tokyo", b"Asia/Nowhere", "zone"),
    "a wrong type": ("pack.toml", b"term_months = 12", b'term_months = "12"', "term_months"),
    "no term": ("pack.toml", b"term_months = 12\n", b"", "term_months"),
    "an unknown issuer": ("pack.toml", b'issuer = "body"', b'issuer = "anyone"', "issuer"),
    "broken TOML": ("pack.toml", b"[label]", b"[label", "not TOML"),
    "a level twice": ("pack.toml", b"level = 4\n", b"level = 3\n", "named twice"),
    "a level both issuable and declared": ("pack.toml", b"level = 5\n", b"level = 4\n", "named twice"),
    "tiers out of order": ("pack.toml", b"level = 3\n", b"level = 6\n", "lowest first"),
    "a verification that is no test": (
        "pack.toml",
        b"technical_verification = true",
        b"technical_verification = false",
        "contradict",
    ),
    "an expert who does not confirm": (
        "pack.toml",
        b"expert_confirmation = true",
        b"expert_confirmation = false",
        "contradict",
    ),
    "a wrong number of requirements": ("pack.toml", b"requirements = 43", b"requirements = 44", "43 requirements"),
    "a wrong number of criteria": (
        "pack.toml",
        b"criteria = 153, criteria_listed = 81",
        b"criteria = 153, criteria_listed = 80",
        "81 criteria",
    ),
    "more criteria than exist": (
        "pack.toml",
        b"criteria = 153, criteria_listed = 81",
        b"criteria = 80, criteria_listed = 81",
        "more criteria are listed",
    ),
    "criteria missing where they are the items": (
        "pack.toml",
        b"criteria = 81, criteria_listed = 81",
        b"criteria = 82, criteria_listed = 81",
        "must list all",
    ),
    "a requirement twice": ("requirements.csv", b"\n1-2-2,", b"\n1-2-1,", "row 4.*second time"),
    "an unknown category": ("requirements.csv", b"1-1-1,1,", b"1-1-1,9,", "row 2.*category"),
    "a level that is no tier": ("requirements.csv", b"1-1-1,1,4", b"1-1-1,1,5", "row 2.*not a tier"),
    "an empty label": ("criteria.csv", "連絡先一覧の整備".encode(), b" ", "row 3.*label"),
    "a bad id": ("criteria.csv", b"\n1-2-1-1,", b"\n-1-2-1-1,", "row 2.*not an id"),
    "a criterion twice": ("criteria.csv", b"\n1-2-1-2,", b"\n1-2-1-1,", "row 3.*second time"),
    "a criterion of no requirement": ("criteria.csv", b"1-2-1-1,1-2-1,", b"1-2-1-1,1-2-9,", "row 2.*requirement"),
    "a criterion below its requirement": ("requirements.csv", b"1-2-1,1,3", b"1-2-1,1,4", "only from tier 4"),
    "a requirement without a criterion": ("criteria.csv", b"7-1-1-1,7-1-1,", b"7-1-1-1,6-1-1,", "no criterion"),
    "a foreign heading": ("criteria.csv", b"criterion_id,", b"id,", "row 1"),
    "a surplus cell": ("criteria.csv", b"Contact list kept", b"Contact list kept,", "row 3: 6 cells"),
    "a broken quote": ("criteria.csv", b"Contact list kept", b'"Contact list', "not CSV"),
    "another encoding": ("criteria.csv", "連絡先".encode(), "連絡先".encode("shift_jis"), "not UTF-8"),
    "a byte order mark": ("criteria.csv", b"criterion_id,", b"\xef\xbb\xbfcriterion_id,", "invisible"),
    "a character in two parts": ("criteria.csv", "連絡先".encode(), "テ\u3099".encode(), "NFC"),
    "a text that turns direction": ("criteria.csv", b"Contact list", "Contact\u202elist".encode(), "invisible"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_pack_with_a_fault_is_refused(files: dict[str, bytes], fault: str) -> None:
    name, old, new, complaint = FAULTS[fault]
    assert old in files[name], "the fault must change something"
    with pytest.raises(MalformedError, match=complaint) as caught:
        parse_pack({**files, name: files[name].replace(old, new, 1)})
    assert any(file in caught.value.message for file in files)


@pytest.mark.parametrize("missing", ["pack.toml", "requirements.csv", "criteria.csv"])
def test_a_pack_with_a_file_missing_is_refused(files: dict[str, bytes], missing: str) -> None:
    with pytest.raises(MalformedError, match="exactly the files"):
        parse_pack({name: data for name, data in files.items() if name != missing})


def test_a_pack_with_a_surplus_file_is_refused(files: dict[str, bytes]) -> None:
    with pytest.raises(MalformedError, match="exactly the files"):
        parse_pack({**files, "more.csv": b""})
