"""Foreign scheme files: the catalogue as shipped, two versions alive at once, and faults refused."""

from __future__ import annotations

import json
from importlib import resources

import pytest
from typer.testing import CliRunner

from recognition.commands import app
from recognition.coverage import Cover, cover_criteria
from recognition.decide import decide
from recognition.scheme import Control, ForeignScheme, parse_scheme, read_scheme
from recognition.shipped import load_mapping, load_scheme, scheme_files, shipped_schemes
from tests.recognition.worlds import CONTROLS, SCHEME, certificate, question
from verifier.dates import parse_instant
from verifier.errors import MalformedError, NotFoundError, RefusedError
from verifier.scheme.shipped import load_shipped

CE = "uk.ncsc.cyber-essentials"


@pytest.fixture
def files() -> dict[str, bytes]:
    folder = resources.files("recognition").joinpath("catalogue", CE)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def scheme() -> ForeignScheme:
    return load_scheme(CE)


def test_cyber_essentials_has_33_statements_in_five_themes(scheme: ForeignScheme) -> None:
    assert len(scheme.controls) == len(scheme.control_ids) == 33
    assert len({control.theme for control in scheme.controls}) == 5


def test_only_plus_is_assessed_by_somebody_else(scheme: ForeignScheme) -> None:
    assert scheme.level("basic").assurance.members() == {"assessor": "self", "technical_test": "none"}
    assert scheme.level("plus").assurance.members() == {"assessor": "accredited_body", "technical_test": "hands_on"}
    with pytest.raises(RefusedError):
        scheme.level("gold")


@pytest.mark.parametrize(
    ("day", "level", "alive"),
    [
        ("2023-04-23", "basic", []),
        ("2023-04-24", "basic", ["3.1"]),
        ("2025-06-01", "basic", ["3.1", "3.2"]),
        ("2025-10-29", "basic", ["3.2"]),
        ("2025-10-29", "plus", ["3.1", "3.2"]),
        ("2026-10-27T22:59:00+00:00", "basic", ["3.2", "3.3"]),
        ("2026-10-28", "basic", ["3.3"]),
        ("2026-10-28", "plus", ["3.2", "3.3"]),
        ("2027-01-28", "plus", ["3.3"]),
    ],
)
def test_two_versions_are_alive_at_the_same_time(scheme: ForeignScheme, day: str, level: str, alive: list[str]) -> None:
    at = parse_instant(day, zone=scheme.head.zone)
    assert [version.id for version in scheme.alive(level=level, at=at)] == alive
    assert all(scheme.issues(version, level=level, at=at) for version in alive)
    assert not scheme.issues("9.9", level=level, at=at)


CATALOGUE = {
    # id: levels with (assessor, technical test, months), number of control ids
    "example.partner-scheme": (
        [
            ("declared", "self", "none", 12),
            ("reviewed", "expert", "none", 12),
            ("tested", "accredited_body", "hands_on", 12),
        ],
        33,
    ),
    "jp.jama-japia.cybersecurity": ([(f"level{no}", "self", "none", 12) for no in (1, 2, 3)], 0),
    "jp.meti.semiconductor-ot": ([], 0),
    "kr.kisa.isms-p": ([(name, "accredited_body", "none", 36) for name in ("isms", "isms-p")], 0),
    "org.enx.tisax": (
        [("al1", "self", "none", 36), ("al2", "accredited_body", "none", 36), ("al3", "accredited_body", "none", 36)],
        0,
    ),
    "org.iso.27001": ([("certified", "accredited_body", "none", 36)], 93),
    "sg.csa.cyber-essentials": ([("certified", "accredited_body", "none", 24)], 0),
    "sg.csa.cyber-trust": (
        [
            (name, "accredited_body", "none", 36)
            for name in ("supporter", "practitioner", "promoter", "performer", "advocate")
        ],
        0,
    ),
    "uk.ncsc.cyber-essentials": ([("basic", "self", "none", 12), ("plus", "accredited_body", "hands_on", 12)], 33),
    "us.dod.cmmc": (
        [
            ("l1-self", "self", "none", 12),
            ("l2-self", "self", "none", 36),
            ("l2-c3pao", "accredited_body", "none", 36),
            ("l3-dibcac", "accredited_body", "none", 36),
        ],
        110,
    ),
    "us.nist.csf": ([], 106),
}


def test_the_catalogue_holds_each_scheme_with_its_levels_and_ids() -> None:
    found = {
        scheme.id: (
            [
                (level.id, level.assurance.assessor, level.assurance.technical_test, scheme.months(level.id))
                for level in scheme.head.levels
            ],
            len(scheme.control_ids),
        )
        for scheme in shipped_schemes()
    }
    assert found == CATALOGUE


def test_nothing_in_the_catalogue_goes_by_another_name() -> None:
    for name in ("mappings", "", "../catalogue"):
        with pytest.raises(NotFoundError):
            load_scheme(name)


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_scheme_says_where_its_facts_are_from_and_what_it_leaves_out(name: str) -> None:
    scheme, findings = read_scheme(scheme_files()[name])
    assert scheme is not None
    assert scheme.head.sources
    # Two pages about the older versions of Cyber Essentials were read before days of reading were kept.
    undated = 2 if name == CE else 0
    assert [finding.code for finding in findings] == ["source_undated"] * undated
    assert scheme.control_ids or "controls" in scheme.head.omitted
    if scheme.head.standing == "certification":
        assert scheme.head.authentication
        assert scheme.head.statuses or "statuses" in scheme.head.omitted


@pytest.mark.parametrize("name", ["us.nist.csf", "jp.meti.semiconductor-ot"])
def test_what_is_informative_has_no_level_that_could_count(name: str) -> None:
    scheme = load_scheme(name)
    assert scheme.head.standing == "informative"
    with pytest.raises(RefusedError, match="no level"):
        scheme.level("certified")
    with pytest.raises(RefusedError):
        scheme.months("certified")


def test_a_level_has_its_own_controls_and_those_below_it() -> None:
    cmmc = load_scheme("us.dod.cmmc")
    assert len(cmmc.controls_of("l1-self")) == 17
    assert cmmc.controls_of("l1-self") < cmmc.controls_of("l2-self") == cmmc.controls_of("l2-c3pao")
    assert load_scheme(CE).controls_of("basic") == load_scheme(CE).control_ids
    with pytest.raises(RefusedError):
        cmmc.controls_of("l4")


def test_a_holder_is_not_credited_with_what_only_higher_levels_do() -> None:
    levelled = tuple(Control(name, "theme", name, "" if name == "s1" else "tested") for name in CONTROLS)
    scheme = ForeignScheme(SCHEME.head, levelled, SCHEME.digest)
    whole = decide(question(scheme=scheme, certificate=certificate(level="tested")))
    part = decide(question(scheme=scheme, certificate=certificate(level="checked")))
    assert whole.tiers[-1].gaps == ()
    assert part.tiers[-1].gaps == ("c2", "c3")


def test_a_version_without_a_known_first_day_issues_nothing() -> None:
    tisax = load_scheme("org.enx.tisax")
    at = parse_instant("2026-11-01", zone=tisax.head.zone)
    assert tisax.alive(level="al3", at=at) == ()
    assert "versions_days" in tisax.head.omitted


def test_a_certificate_of_iso_27001_needs_its_statement_of_applicability() -> None:
    assert load_scheme("org.iso.27001").head.documents == ("soa",)


def test_the_scheme_that_does_not_exist_says_so() -> None:
    synthetic = [scheme.id for scheme in shipped_schemes() if scheme.head.synthetic]
    assert synthetic == ["example.partner-scheme"]
    assert "does not exist" in load_scheme(synthetic[0]).head.notice.en


def test_the_partners_mapping_covers_every_criterion_of_the_third_tier() -> None:
    mapping, pack = load_mapping("partner-to-scs3"), load_shipped("jp.meti.scs", "2026-03-27")
    wanted = {criterion.id for criterion in pack.criteria_for(3)}
    assert len(wanted) == 81
    assert {row.target for row in mapping.rows} == wanted
    held = load_scheme("example.partner-scheme").controls_of("reviewed")
    covers = cover_criteria((mapping,), held=held, criteria=wanted)
    assert {found.cover for found in covers} == {Cover.FULL}


FAULTS = {
    "a level twice": ("scheme.toml", b'id = "plus"', b'id = "basic"', "named twice"),
    "a version twice": ("scheme.toml", b'id = "3.2"', b'id = "3.1"', "named twice"),
    "an end for an unknown level": ("scheme.toml", b"basic = 2025-10-28", b"gold = 2025-10-28", "does not have"),
    "an unknown assessor": ("scheme.toml", b'assessor = "self"', b'assessor = "friend"', "assessor"),
    "an unknown member": ("scheme.toml", b"operator", b"grade = 1\noperator", "grade"),
    "a date as text": ("scheme.toml", b"first_day = 2023-04-24", b'first_day = "2023-04-24"', "first_day"),
    "a statement twice": ("statements.csv", b"\nCE-FW-2,", b"\nCE-FW-1,", "row 3"),
    "a bad id": ("statements.csv", b"\nCE-FW-1,", b"\n-FW-1,", "row 2"),
    "no theme": ("statements.csv", b"CE-FW-1,firewalls", b"CE-FW-1,", "row 2"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_scheme_with_a_fault_is_refused(files: dict[str, bytes], fault: str) -> None:
    name, old, new, complaint = FAULTS[fault]
    assert old in files[name]
    with pytest.raises(MalformedError, match=complaint):
        parse_scheme({**files, name: files[name].replace(old, new, 1)})


def test_a_scheme_is_exactly_two_files(files: dict[str, bytes]) -> None:
    with pytest.raises(MalformedError, match="exactly the files"):
        parse_scheme({"scheme.toml": files["scheme.toml"]})


def test_the_digest_pins_the_statements(files: dict[str, bytes], scheme: ForeignScheme) -> None:
    assert parse_scheme(files).digest == scheme.digest
    changed = {**files, "statements.csv": files["statements.csv"].replace(b"removed", b"deleted")}
    assert parse_scheme(changed).digest != scheme.digest


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_command_shows_each_scheme(lang: str) -> None:
    listed = CliRunner().invoke(app, ["schemes", "--lang", lang]).output
    assert all(name in listed for name in CATALOGUE)
    for name, (levels, _) in CATALOGUE.items():
        shown = CliRunner().invoke(app, ["schemes", name, "--lang", lang])
        assert shown.exit_code == 0
        assert all(level[0] in shown.output for level in levels)
        assert load_scheme(name).head.notice.in_(lang) in shown.output
    assert len(json.loads(CliRunner().invoke(app, ["schemes", "--json"]).output)) == len(CATALOGUE)
