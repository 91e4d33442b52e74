"""The reverse direction: what a mark of ours is worth over there, and what of it may cross the border."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from recognition.agreement_commands import app
from recognition.agreement_folder import first_draft, write_folder
from recognition.disclosure import Crossing
from recognition.due import calendar_of
from recognition.reverse import export_mark
from recognition.shipped import load_scheme, mapping_files, scheme_files
from recognition.treaty import Treaty, parse_treaty
from registry.scenario.simulated_plane import published
from tests.world import World, fork_issued
from verifier.edge.packs import load_pack
from verifier.errors import MalformedError, NotFoundError, RefusedError
from verifier.verdict import Verdict

SECRET = bytes(32)
TODAY = date(2026, 11, 1)
REVERSE = """\
partner = "example-partner"
foreign_scheme = "example.partner-scheme"
foreign_version = "2026"
home_scheme = "jp.meti.scs"
home_criteria = ["{criteria}"]
rule = "Rule 7 of the partner, read on 1 November 2026"
rule_sha256 = "{pin}"
not_after = 2028-01-01

[[worth]]
tier = 3
level = "reviewed"

[[worth]]
tier = 4
level = "tested"
only = ["company", "group"]
"""
DISCLOSURE = """\
partner = "XX"
review_by = 2027-06-01

[[places]]
name = "partner-registry"
kind = "partner"
jurisdiction = "XX"
operator = "the partner"

[[classes]]
id = "public-facts"
fields = ["tier", "scheme", "issued", "expires"]
personal = false
[[classes.assessed]]
jurisdiction = "XX"
localisation = "low"
government_access = "low"
mandatory_sharing = "none"
private = "low"
action = "send"
reason = "public in the log already"

[[classes]]
id = "who"
fields = ["identifier"]
personal = false
[[classes.assessed]]
jurisdiction = "XX"
localisation = "low"
government_access = "high"
mandatory_sharing = "unknown"
private = "low"
action = "pseudonym"
reason = "government access was not excluded"

[[classes]]
id = "names"
fields = ["name", "name-latin"]
personal = true
[[classes.assessed]]
jurisdiction = "XX"
localisation = "low"
government_access = "high"
mandatory_sharing = "low"
private = "high"
action = "consent"
reason = "a person's name where the holder is one"
"""


@cache
def issued() -> tuple[World, str, Verdict]:
    world, mark_id = fork_issued()
    return world, mark_id, world.verdict(mark_id)


def folder(**others: str) -> dict[str, bytes]:
    shown = issued()[2].mark
    assert shown is not None
    scheme = "example.partner-scheme"
    files = first_draft(
        "jp-partner",
        scheme=load_scheme(scheme),
        scheme_files=scheme_files()[scheme],
        mapping_files=mapping_files()["partner-to-scs3"],
        pack=load_pack("jp.meti.scs", "2026-03-27"),
        today=TODAY,
    )
    reverse = REVERSE.format(criteria=shown.criteria, pin="A" * 43)
    written = {"disclosure.toml": DISCLOSURE, "reverse.toml": reverse, **others}
    return files | {name: text.encode() for name, text in written.items()}


def treaty(**others: str) -> Treaty:
    return parse_treaty(folder(**others), pack_of=load_pack)


def crossing(**changes: object) -> Crossing:
    members = {
        "agreement": "jp-partner",
        "jurisdiction": "XX",
        "recipient": "partner",
        "day": TODAY,
        "at": 1_793_000_000,
    }
    return Crossing(**(members | changes))  # type: ignore[arg-type]


def test_a_mark_is_worth_what_the_partner_signed_and_only_allowed_fields_cross() -> None:
    pack = export_mark(issued()[2], treaty(), crossing(), secret=SECRET)
    assert pack.claim["level"] == "reviewed"
    assert pack.disclosed.members.keys() == {"tier", "scheme", "issued", "expires", "identifier"}
    assert issued()[2].mark.identifiers[0] not in json.dumps(pack.members())  # type: ignore[union-attr]
    actions = {one.field: one.action for one in pack.disclosed.passed}
    assert (actions["name"], actions["scope-summary"], actions["domains"]) == ("consent", "not_sent", "not_sent")


def test_a_pseudonym_stays_the_same_under_one_secret_and_differs_under_another() -> None:
    one, again, other = (
        export_mark(issued()[2], treaty(), crossing(), secret=secret).disclosed.members["identifier"]
        for secret in (SECRET, SECRET, b"\x01" * 32)
    )
    assert one == again
    assert one != other


def test_a_name_crosses_only_with_the_holders_consent() -> None:
    shown = issued()[2].mark
    assert shown is not None
    with_consent = export_mark(issued()[2], treaty(), crossing(consented=frozenset({"name"})), secret=SECRET)
    assert with_consent.disclosed.members["name"] == shown.holder
    assert "name-latin" not in with_consent.disclosed.members


def test_nothing_goes_where_nobody_assessed_the_risk() -> None:
    pack = export_mark(issued()[2], treaty(), crossing(jurisdiction="YY"), secret=SECRET)
    assert pack.disclosed.members == {}


def test_the_record_says_what_was_disclosed_without_saying_it_again() -> None:
    pack = export_mark(issued()[2], treaty(), crossing(), secret=SECRET)
    record = pack.disclosed.record
    assert record["fields"]["identifier"] == "pseudonym"
    assert set(record) == {"agreement", "jurisdiction", "recipient", "at", "fields", "sent_sha256"}


@pytest.mark.parametrize("day", [date(2027, 6, 1), date(2027, 12, 31)])
def test_from_the_review_day_on_nothing_is_sent(day: date) -> None:
    with pytest.raises(RefusedError, match="was to be reviewed"):
        export_mark(issued()[2], treaty(), crossing(day=day), secret=SECRET)


def test_without_a_register_nothing_crosses_the_border() -> None:
    files = folder()
    del files["disclosure.toml"]
    with pytest.raises(RefusedError, match="no disclosure register"):
        export_mark(issued()[2], parse_treaty(files, pack_of=load_pack), crossing(), secret=SECRET)


def test_data_in_clear_goes_only_where_every_risk_is_known_and_low() -> None:
    risky = DISCLOSURE.replace('localisation = "low"', 'localisation = "unknown"', 1)
    with pytest.raises(MalformedError, match="every risk is known"):
        treaty(**{"disclosure.toml": risky})


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("not_after = 2028-01-01", "not_after = 2026-10-01", "ended on"),
        ("tier = 3", "tier = 4", "gives tier 3 of this scope no level"),
        ('home_criteria = ["', 'home_criteria = ["0.', "not about"),
    ],
)
def test_a_mark_that_the_rule_does_not_reach_is_worth_nothing(old: str, new: str, rule: str) -> None:
    text = folder()["reverse.toml"].decode()
    assert old in text
    with pytest.raises(NotFoundError, match=rule):
        export_mark(issued()[2], treaty(**{"reverse.toml": text.replace(old, new, 1)}), crossing(), secret=SECRET)


def test_a_mark_that_is_not_valid_is_not_exported() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    with pytest.raises(RefusedError, match="only a valid mark"):
        export_mark(world.verdict(mark_id), treaty(), crossing(), secret=SECRET)


def test_a_rule_about_other_schemes_does_not_belong_to_the_agreement() -> None:
    text = (
        folder()["reverse.toml"].decode().replace('foreign_scheme = "example.partner-scheme"', 'foreign_scheme = "x"')
    )
    with pytest.raises(RefusedError, match="other schemes"):
        treaty(**{"reverse.toml": text})


def exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mark_id: str, world: World) -> Result:
    """Run the command on a published plane, at the time of the simulated registry."""
    plane, agreement = tmp_path / "plane", tmp_path / "agreement"
    for path, data in published(world.sim).files.items():
        (plane / path).parent.mkdir(parents=True, exist_ok=True)
        (plane / path).write_bytes(data)
    write_folder(agreement, folder())
    (tmp_path / "root.json").write_bytes(world.pinned.serialize())
    monkeypatch.setattr("recognition.agreement_export.time.time", lambda: world.sim.now)
    options = {"--recipient": "partner.example", "--out": tmp_path / "pack.json", "--register": tmp_path / "register"}
    options |= {"--secret": tmp_path / "secret", "--from": plane, "--root": tmp_path / "root.json"}
    words = [str(one) for pair in options.items() for one in pair]
    return CliRunner().invoke(app, ["export", mark_id, str(agreement), *words])


def test_the_command_puts_the_disclosure_on_record_before_anything_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, mark_id, _ = issued()
    done = exported(tmp_path, monkeypatch, mark_id, world)
    assert done.exit_code == 0, done.exception
    assert json.loads((tmp_path / "pack.json").read_bytes())["claim"]["level"] == "reviewed"
    assert json.loads((tmp_path / "register").read_text())["recipient"] == "partner.example"
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
    assert "name: consent" in done.output


def test_the_command_leaves_nothing_behind_of_a_mark_that_is_not_valid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    done = exported(tmp_path, monkeypatch, mark_id, world)
    assert "only a valid mark" in str(done.exception)
    assert not (tmp_path / "pack.json").exists()
    assert not (tmp_path / "register").exists()


def test_the_calendar_warns_before_anything_ends_and_names_what_is_overdue() -> None:
    found = {(one.what, one.part): one for one in calendar_of(treaty(), since=date(2027, 9, 1), days=90)}
    assert {what for what, _ in found} == {"review_due", "disclosure_review"}
    assert found["disclosure_review", ""].is_overdue(date(2027, 9, 1))
    assert not found["review_due", ""].is_overdue(date(2027, 9, 1))
    whole = {one.what for one in calendar_of(treaty(), since=TODAY, days=4000)}
    assert whole == {"comment_closes", "review_due", "agreement_ends", "disclosure_review", "reverse_ends"}
    assert calendar_of(treaty(), since=TODAY + timedelta(days=1), days=0) == []
