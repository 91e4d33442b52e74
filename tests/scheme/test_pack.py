"""The shipped SCS pack says what was published, and a pack with any fault is refused by file and row."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib import resources

import pytest

from verifier.errors import MalformedError, NotFoundError, RefusedError
from verifier.scheme.pack import SchemePack
from verifier.scheme.reading import parse_pack
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
        {
            "level": 4,
            "basis": "evaluation",
            "issuer": "body",
            "term_months": 36,
            "technical_verification": True,
            "report": {"every_months": 12, "grace_days": 30},
        },
    ]


def test_a_pack_that_is_not_shipped_is_not_found() -> None:
    for name in [("jp.meti.scs", "2025-05"), ("../packs/jp.meti.scs", "2026-03-27"), ("", "")]:
        with pytest.raises(NotFoundError):
            load_shipped(*name)
    assert load_shipped(*SCS) in shipped_packs()


@pytest.mark.parametrize("missing", ["pack.toml", "requirements.csv", "criteria.csv"])
def test_a_pack_with_a_file_missing_is_refused(files: dict[str, bytes], missing: str) -> None:
    with pytest.raises(MalformedError, match="exactly the files"):
        parse_pack({name: data for name, data in files.items() if name != missing})


def test_a_pack_with_a_surplus_file_is_refused(files: dict[str, bytes]) -> None:
    with pytest.raises(MalformedError, match="exactly the files"):
        parse_pack({**files, "more.csv": b""})
