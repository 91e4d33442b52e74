"""The policy file: closed, with errors that name the member; and the same demands for one mark."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from registry.scenario.simulated_world import changed
from registry.scenario.simulator import DAY
from tests.check.suppliers import POLICY
from tests.world import fork, fork_issued
from verifier.edge.main import run
from verifier.errors import MalformedError, WrongUseError
from verifier.requirement import Requirement, parse_requirement
from verifier.verdict import Check, CheckName, Headline, Result

LEAST = 'version = 1\ntier = "jp.meti.scs/3"\n'


def test_a_short_file_asks_for_a_tier_of_a_company_or_its_group() -> None:
    asked = parse_requirement(LEAST.encode())
    assert (str(asked.wanted), asked.scope, asked.covered, asked.ot) == (
        "jp.meti.scs/3", ("company", "group"), True, "any",
    )  # fmt: skip
    assert (asked.recognition, asked.max_age, asked.grace, asked.ends_at("Asia/Tokyo")) == ((), None, 0, None)


def test_a_full_file_is_read_in_seconds_and_days() -> None:
    asked = parse_requirement((POLICY + "valid_until = 2027-03-31\n").encode("utf-8-sig"))
    assert (asked.max_age, asked.grace, asked.recognition) == (48 * 3600, 10 * DAY, ("unilateral",))
    # 2027-03-31T15:00:00Z: the first second after that day in Tokyo.
    assert asked.ends_at("Asia/Tokyo") == 1_806_505_200


def test_the_digest_is_of_what_is_asked_and_not_of_how_it_is_written() -> None:
    other = b'# a comment\ntier = "jp.meti.scs/3"\nversion = 1\ngrace_days = 0\n'
    assert parse_requirement(other).sha256 == parse_requirement(LEAST.encode()).sha256
    assert parse_requirement((LEAST + "grace_days = 1\n").encode()).sha256 != parse_requirement(other).sha256


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (LEAST + "grace_day = 3\n", "grace_day: there is no such member"),
        ('tier = "jp.meti.scs/3"\n', "version: is missing"),
        ("version = 1\n", "tier: is missing"),
        ('version = 2\ntier = "jp.meti.scs/3"\n', "version"),
        ('version = true\ntier = "jp.meti.scs/3"\n', "version"),
        (LEAST + 'scope = ["everything"]\n', "scope.0"),
        (LEAST + "scope = []\n", "scope"),
        (LEAST + 'ot = "yes"\n', "ot"),
        (LEAST + "max_age_hours = 0\n", "max_age_hours"),
        (LEAST + 'max_age_hours = "24"\n', "max_age_hours"),
        (LEAST + "grace_days = -1\n", "grace_days"),
        (LEAST + 'valid_until = "2027-03-31"\n', "valid_until"),
        (LEAST + "valid_until = 2027-03-31T00:00:00Z\n", "valid_until"),
        (LEAST + "valid_until = 9999-12-31\n", "valid_until"),
        (LEAST + 'recognition = ["friendly"]\n', "recognition.0"),
        ('version = 1\ntier = "3"\n', "tier"),
        ('version = 1\ntier = "jp.meti.scs/5"\n', "tier"),
        ("version = 1\ntier = jp\n", "not TOML"),
        ("version = 1\nversion = 1\n", "not TOML"),
        ("\x00", "not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_member_that_is_wrong(text: str, named: str) -> None:
    with pytest.raises(MalformedError, match="policy file") as raised:
        parse_requirement(text.encode())
    assert named in raised.value.message


def test_bytes_that_are_no_text_and_a_file_without_end_are_refused() -> None:
    for data in (b"\xff\xfe\x00", b"#" * 70_000):
        with pytest.raises(MalformedError):
            parse_requirement(data)


def _check(**policy: object) -> tuple[Headline, Check]:
    world, mark = fork_issued()
    asked = Requirement.model_validate({"version": 1, "tier": "jp.meti.scs/3", **policy})
    verdict = world.verdict(mark, demand=asked.policy("Asia/Tokyo"))
    check = verdict.check(CheckName.REQUIREMENT)
    assert check is not None
    return verdict.headline, check


def test_one_mark_is_judged_by_the_same_file() -> None:
    headline, check = _check()
    assert (headline, check.result) == (Headline.VALID_OFFLINE, Result.PASSED)
    for policy, reason in (
        ({"tier": "jp.meti.scs/4"}, "below_requirement"),
        ({"scope": ["group"]}, "scope_too_narrow"),
        ({"ot": "included"}, "ot_excluded"),
        ({"valid_until": date(2099, 1, 1)}, "ends_early"),
    ):
        headline, check = _check(**policy)
        assert (headline, check.result, check.reason) == (Headline.BELOW_REQUIREMENT, Result.FAILED, reason)


def test_a_seal_alone_does_not_tell_about_technology_and_nothing_is_guessed() -> None:
    world, mark = fork_issued()
    asked = Requirement.model_validate({"version": 1, "tier": "jp.meti.scs/3", "ot": "included"})
    bundle = world.bundle(mark)
    verdict = world.verdict(
        mark, text=world.qr(mark), bundle=replace(bundle, mark=None), demand=asked.policy("Asia/Tokyo")
    )
    check = verdict.check(CheckName.REQUIREMENT)
    assert check is not None
    assert (check.result, check.reason) == (Result.UNKNOWN, "ot_unknown")
    assert verdict.headline in (Headline.NOT_CONFIRMED, Headline.SEAL_ONLY)


def test_a_grace_of_the_buyer_makes_no_headline_better() -> None:
    world = fork()
    issuance = world.prepare()
    short = changed(issuance, exp=issuance.draft.nbf + 2 * DAY)
    mark = world.issue(short)
    asked = Requirement.model_validate({"version": 1, "tier": "jp.meti.scs/3", "grace_days": 366})
    later = world.sim.now + 5 * DAY
    verdict = world.verdict(mark, as_of=later, demand=asked.policy("Asia/Tokyo"))
    assert verdict.headline is Headline.EXPIRED


def test_the_command_reads_the_file_and_says_what_is_wrong_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world, mark = fork_issued()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("verifier.edge.command.verify_command.time.time", lambda: world.sim.now)
    files = {"root.json": world.pinned.serialize(), "bundle.json": world.bundle(mark).serialize()}
    files |= {"good.toml": LEAST.encode(), "bad.toml": b"tier = 3", "scope.toml": f'{LEAST}scope = ["unit"]'.encode()}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    command = ["verify", str(tmp_path / "bundle.json"), "--offline", "--root", str(tmp_path / "root.json"), "--json"]
    assert run([*command, "--policy", str(tmp_path / "good.toml")]) == 0
    assert run([*command, "--policy", str(tmp_path / "scope.toml")]) == 1
    assert "scope_too_narrow" in capsys.readouterr().out
    with pytest.raises(WrongUseError, match="version: is missing"):
        run([*command, "--policy", str(tmp_path / "bad.toml")])
