"""The shipped packs say what is known, no more; three topologies are data; what is not defined is not issued."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuer.case import Rules
from tests.scheme.packs import SCS, edited, files_of
from verifier.errors import RefusedError
from verifier.scheme.pack import SchemePack
from verifier.scheme.reading import parse_pack, read_pack
from verifier.scheme.rule import DeclaredTier, Words
from verifier.scheme.shipped import check_awarded, load_shipped, shipped_packs
from verifier.scheme.written import write_pack
from verifier.statement.public import SchemePublished
from verifier.tier import Tier

INTERIM = ("jp.meti.scs", "2025-04")
SECURITY_ACTION = ("jp.ipa.security-action", "2026-04")
JC_STAR = ("jp.ipa.jc-star", "2024R1")
INSPECTION = ("example.inspection-record", "1")


@pytest.fixture(params=[pack.name for pack in shipped_packs()])
def pack(request: pytest.FixtureRequest) -> SchemePack:
    return load_shipped(*request.param.split("/"))


def test_every_shipped_pack_says_that_it_is_demonstration_data(pack: SchemePack) -> None:
    assert "Demonstration data" in pack.head.notice.en
    assert "デモ用データ" in pack.head.notice.ja


def test_no_shipped_pack_says_of_a_holder_more_than_is_true(pack: SchemePack) -> None:
    held = [words for tier in pack.tiers for words in (tier.wording.held.ja, tier.wording.held.en)]
    assert not [words for words in held if re.search("認定|認証|certif|mandatory", words, re.IGNORECASE)]


def test_the_statement_that_pins_a_shipped_pack_fits_the_log(pack: SchemePack) -> None:
    if not pack.tiers:
        with pytest.raises(RefusedError, match="nothing to publish"):
            pack.statement_public()
        return
    public = SchemePublished.model_validate(pack.statement_public())
    assert public.sha256 == pack.digest
    assert [terms.level for terms in public.tiers] == [tier.level for tier in pack.tiers]


def test_a_pack_that_is_written_reads_back_the_same(pack: SchemePack) -> None:
    again = parse_pack(write_pack(pack.head, pack.requirements, pack.criteria))
    assert (again.head, again.requirements, again.criteria) == (pack.head, pack.requirements, pack.criteria)


@settings(max_examples=100)
@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Co"]), min_size=1, max_size=40))
def test_any_text_that_can_be_read_survives_writing(text: str) -> None:
    pack = load_shipped(*INSPECTION)
    said = unicodedata.normalize("NFC", text)
    head = pack.head.model_copy(update={"notice": Words(ja=said, en=f'"{said}"\\')})
    assert parse_pack(write_pack(head, pack.requirements, pack.criteria)).head == head


def test_the_interim_version_has_25_and_44_items_and_is_closed() -> None:
    pack = load_shipped(*INTERIM)
    counts = {tier.level: tier.counts.requirements for tier in pack.head.declared if tier.counts}
    assert counts == {3: 25, 4: 44}
    assert pack.head.closed is not None
    assert pack.phase(1_800_000_000) == "closed"
    assert not pack.tiers
    for level in (3, 4, 5):
        with pytest.raises(RefusedError, match="cannot be issued"):
            pack.items_for(level)


def test_a_body_issues_stars_three_and_four() -> None:
    three, four = load_shipped(*SCS).tiers
    assert {three.issuer, four.issuer} == {"body"}
    assert (three.expert_confirmation, three.executive_oath, three.technical_verification) == (True, True, False)
    assert (four.expert_confirmation, four.executive_oath, four.technical_verification) == (False, False, True)
    listings = {part.deed: (part.listing, part.listed_at) for part in (*three.parts, *four.parts)}
    assert listings["confirms"] == ("expert", ("confirmation",))
    assert listings["tests"] == ("technical_verification", ("test",))
    assert listings["decides"] == ("evaluation", ("decision",))


def test_four_stars_owe_a_yearly_self_assessment_whose_figures_are_illustrative() -> None:
    three, four = load_shipped(*SCS).tiers
    [duty] = four.duties
    assert (duty.code, duty.every_months, duty.grace_days, duty.overdue) == ("annual_report", 12, 30, "suspend")
    assert "duties" in four.illustrative
    assert not three.duties


def test_a_holder_declares_and_a_registrar_registers() -> None:
    pack = load_shipped(*SECURITY_ACTION)
    assert [tier.level for tier in pack.tiers] == [1, 2]
    for tier in pack.tiers:
        assert (tier.issuer, tier.basis, tier.assurance.assessor) == ("holder", "self_declared", "self")
        assert [(part.role, part.deed) for part in tier.parts] == [("holder", "declares"), ("registrar", "registers")]
        assert (tier.wording.held.ja, tier.wording.held.en) == ("自己宣言", "self-declared")
        assert "term_months" in tier.illustrative


def test_a_registrar_issues_where_no_body_evaluates_after_an_expert_and_an_executive() -> None:
    tier = load_shipped(*INSPECTION).issuable_tier(1)
    assert tier.issuer == "registrar"
    assert [part.deed for part in tier.parts] == ["assesses", "confirms", "swears", "registers"]
    assert {part.listing for part in tier.parts} == {None, "expert", "registrar"}


def test_three_stars_work_without_a_body_by_changing_data_only() -> None:
    changes = (
        ('issuer = "body"', 'issuer = "registrar"'),
        ('  { role = "assessor", deed = "attests", listing = "evaluation", listed_at = ["evaluation"] },\n', ""),
        (
            '{ role = "decider", deed = "decides", listing = "evaluation", listed_at = ["decision"] }',
            '{ role = "registrar", deed = "registers", listing = "registrar", listed_at = ["registration"] }',
        ),
    )
    pack, findings = read_pack(edited(files_of(*SCS), "pack.toml", *changes))
    assert findings == ()
    assert pack is not None
    three = pack.issuable_tier(3)
    assert (three.issuer, three.expert_confirmation, three.executive_oath) == ("registrar", True, True)
    assert len(pack.items_for(3)) == 81
    assert SchemePublished.model_validate(pack.statement_public()).tiers[0].issuer == "registrar"


def test_the_second_scheme_has_four_levels_of_two_years() -> None:
    pack = load_shipped(*JC_STAR)
    assert {tier.level: tier.term_months for tier in pack.tiers} == {1: 24, 2: 24, 3: 24, 4: 24}
    assert [tier.basis for tier in pack.tiers] == ["self_declared", "self_declared", "evaluation", "evaluation"]
    assert [tier.issuer for tier in pack.tiers] == ["registrar", "registrar", "body", "body"]
    assert {tier.counts.criteria for tier in pack.tiers} == {None}
    assert not pack.criteria


def test_inspection_records_have_rules_for_plan_results_and_corrections() -> None:
    rules = load_shipped(*INSPECTION).head.evidence
    assert rules is not None
    assert rules.kinds == ("plan", "results", "correction")
    assert rules.plan_before_results
    assert rules.runs_without_gap
    assert rules.late_after_hours == 24


def test_every_level_of_every_scheme_can_be_assessed_item_by_item(pack: SchemePack) -> None:
    for tier in pack.tiers:
        items = pack.items_for(tier.level)
        assert items
        assert Rules.of(pack, tier.level).items == {item.id for item in items}


@pytest.mark.parametrize(("scheme", "level"), [("jp.meti.scs", 5), ("jp.meti.scs", 6), ("jp.ipa.jc-star", 5)])
def test_a_demand_for_a_tier_that_is_not_awarded_is_refused(scheme: str, level: int) -> None:
    with pytest.raises(RefusedError):
        check_awarded(Tier(scheme, level))


@pytest.mark.parametrize(("scheme", "level"), [("jp.meti.scs", 3), ("jp.ipa.security-action", 1), ("org.unknown", 7)])
def test_a_demand_for_a_tier_that_may_be_awarded_is_taken(scheme: str, level: int) -> None:
    check_awarded(Tier(scheme, level))


def test_the_declared_fifth_star_is_named_and_refused_by_everything_that_asks_for_a_level() -> None:
    pack = load_shipped(*SCS)
    assert isinstance(pack.tier(5), DeclaredTier)
    for ask in (pack.issuable_tier, pack.items_for, pack.requirements_for, pack.criteria_for):
        with pytest.raises(RefusedError, match="cannot be issued"):
            ask(5)
    with pytest.raises(RefusedError, match="cannot be issued"):
        Rules.of(pack, 5)
