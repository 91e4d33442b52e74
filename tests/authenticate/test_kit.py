"""The conformance kit over a real registry: an honest one passes, and each fault is found by the check of its name."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from recognition.authenticate.edge.advice import ADVICE, report_members, report_text
from recognition.authenticate.edge.conformance import Report, aimed_at, run_kit
from recognition.authenticate.edge.guarded_http import GuardedHttp
from recognition.authenticate.record import Claimed
from tests.authenticate import foreign_registry as does
from tests.authenticate.foreign import HOLDER, answer, look_up_profile
from verifier.edge.main import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.authenticate.foreign_registry import Behaviour, Handler, Registry


@pytest.fixture(scope="module")
def registry() -> Iterator[Registry]:
    with does.running() as running:
        yield running


def kit(registry: Registry, behaviour: Behaviour, claimed: Claimed | None = None) -> Report:
    registry.behaviour = behaviour
    profile = aimed_at(look_up_profile("https://operator.example"), f"{registry.base}/certificates")
    http = GuardedHttp(limits=does.limits_for(behaviour), allow_loopback=True)
    wanted = claimed or Claimed(number="C-1", holder=HOLDER)
    return run_kit(profile, wanted, http, clock=lambda: int(time.time()), allow_loopback=True)


def failed(report: Report) -> set[str]:
    return {finding.name for finding in report.findings if finding.result == "failed"}


def for_known(behaviour: Behaviour) -> Behaviour:
    """Return the behaviour of answering so about C-1, and honestly about everything else."""
    return lambda handler: behaviour(handler) if handler.path == "/certificates/C-1" else does.good(handler)


def test_an_honest_registry_passes_everything_but_the_encryption_that_a_rehearsal_lacks(registry: Registry) -> None:
    report = kit(registry, does.good)
    assert failed(report) == set()
    assert [finding.name for finding in report.findings if finding.result == "not_made"] == ["encrypted"]
    assert report.exit_code == 0


def test_every_check_that_is_made_has_advice_and_every_advice_a_check(registry: Registry) -> None:
    assert {finding.name for finding in kit(registry, does.good).findings} == set(ADVICE)


def served(**headers: str) -> Behaviour:
    return for_known(does.body(json.dumps(answer()).encode(), **headers))


def extra(handler: Handler) -> None:
    handler.send(json.dumps({**answer(), "contact_person": "A. Smith", "score": 7}).encode(), Cache_Control="no-cache")


def everything_is_200(handler: Handler) -> None:
    handler.send(json.dumps(answer()).encode(), Cache_Control="no-cache")


def odd_break(handler: Handler) -> None:
    does.status(500)(handler) if "%" in handler.path else does.good(handler)


def no_clock(handler: Handler) -> None:
    handler.date_time_string = lambda timestamp=None: "Thu, 01 Jan 2015 00:00:00 GMT"  # type: ignore[method-assign]
    does.good(handler)


FAULTS = [
    pytest.param(for_known(does.status(404)), "answers_200", 1, id="404"),
    pytest.param(for_known(does.body(json.dumps(answer()).encode(), "text/plain")), "media_type", 1, id="text"),
    pytest.param(for_known(does.body(b"{")), "readable", 1, id="half"),
    pytest.param(for_known(does.says(level=None)), "facts", 1, id="no level"),
    pytest.param(for_known(does.says(certificate="C-2")), "number", 1, id="another"),
    pytest.param(for_known(does.says(holder="0199-7LTWFZYICNSX8D621K86")), "holder", 1, id="holder"),
    pytest.param(for_known(does.flapping(does.says(), does.says(version="2"))), "same_twice", 1, id="changes its mind"),
    pytest.param(served(Cache_Control="max-age=9999999"), "caching", 0, id="kept too long"),
    pytest.param(served(), "caching", 0, id="no header"),
    pytest.param(for_known(extra), "sparing", 0, id="too much"),
    pytest.param(everything_is_200, "unknown_is_404", 1, id="200 for all"),
    pytest.param(everything_is_200, "odd_numbers", 1, id="200 for odd ones"),
    pytest.param(odd_break, "odd_numbers", 1, id="500 for odd ones"),
    pytest.param(no_clock, "clock", 1, id="clock"),
    pytest.param(for_known(does.flapping(does.good, does.good, does.good, does.status(500))), "burst", 0, id="burst"),
    pytest.param(for_known(does.body(json.dumps(answer()).encode() + b" " * 20_000)), "small", 0, id="large"),
]


@pytest.mark.parametrize(("behaviour", "name", "code"), FAULTS)
def test_each_fault_is_found_by_the_check_of_its_name(registry: Registry, behaviour: Any, name: str, code: int) -> None:
    report = kit(registry, behaviour)
    assert name in failed(report)
    assert report.exit_code == code


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        pytest.param(for_known(does.status(302, Location="https://elsewhere.example/")), "redirected", id="redirect"),
        pytest.param(for_known(does.gzip_bomb), "compressed", id="compressed"),
        pytest.param(does.drip_body, "timed_out", id="drip"),
    ],
)
def test_an_answer_that_is_not_taken_ends_the_kit_with_its_reason(
    registry: Registry, behaviour: Any, reason: str
) -> None:
    report = kit(registry, behaviour)
    assert [(one.name, one.met) for one in report.findings if one.result == "failed"] == [("reached", reason)]
    assert report.exit_code == 2


def test_an_inner_address_is_not_asked() -> None:
    profile = aimed_at(look_up_profile("https://operator.example"), "https://10.0.0.1/certificates")
    report = run_kit(
        profile, Claimed(number="C-1", holder=HOLDER), GuardedHttp(), clock=lambda: 1, allow_loopback=False
    )
    assert (failed(report), report.exit_code) == ({"address"}, 1)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_what_did_not_pass_is_told_with_advice(registry: Registry, lang: str) -> None:
    report = kit(registry, everything_is_200)
    lines = report_text(report, lang)
    assert any("unknown_is_404" in line for line in lines)
    assert ADVICE["unknown_is_404"].to_do.in_(lang) in "\n".join(lines)
    told = {check["name"]: check for check in report_members(report, lang)["checks"]}  # type: ignore[attr-defined]
    assert told["unknown_is_404"]["advice"] == ADVICE["unknown_is_404"].to_do.in_(lang)


def test_the_command_says_the_same_and_ends_with_its_exit_code(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.behaviour = does.good
    arguments = ["adapter", "check", f"{registry.base}/certificates", "--certificate", "C-1", "--holder", HOLDER]
    assert run([*arguments, "--allow-loopback"]) == 0
    assert "Every required check passed." in capsys.readouterr().out
    assert run([*arguments, "--allow-loopback", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {check["name"] for check in told["checks"]} == set(ADVICE)
    assert run(arguments) == 1
    assert "FAILED" in capsys.readouterr().out
    registry.behaviour = does.hang_up
    assert run([*arguments, "--allow-loopback", "--lang", "ja"]) == 2


def test_the_recommended_profile_can_be_printed_and_used(
    tmp_path: Path, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["adapter", "form"]) == 0
    (tmp_path / "authentication.toml").write_text(capsys.readouterr().out, "utf-8")
    registry.behaviour = does.good
    assert (
        run(
            [
                "adapter",
                "check",
                f"{registry.base}/certificates/{{certificate}}",
                "--certificate",
                "C-1",
                "--holder",
                HOLDER,
                "--allow-loopback",
                "--profile",
                str(tmp_path / "authentication.toml"),
            ]
        )
        == 0
    )
