"""The sandbox: every fixture is answered as promised by reader, service, command line and the judge of the browser."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from registry.data_folder import DataFolder
from registry.reading.sandbox_routes import FIXTURES
from registry.scenario.sandbox.command import main as sandbox_command
from registry.scenario.sandbox.opening import PLACE, open_sandbox
from registry.scenario.served import household
from tests.browser.test_accessibility import EVERY, faults, open_page
from tests.browser.vectors import ask_browser, bare, demand_of
from verifier.bundle import parse_bundle
from verifier.edge.drawing.qr import decode_qr
from verifier.edge.main import run
from verifier.edge.page.sandbox_page import GROUPS
from verifier.edge.question import question_of_text
from verifier.examine.examination import Presented
from verifier.identifier import parse_identifier
from verifier.policy import About, AllOf, Policy
from verifier.requirement import parse_requirement, requirement_of
from verifier.trust.root import pin
from verifier.verdict import Headline
from verifier.verify import verify, verify_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from registry.household.household import Household
    from verifier.bundle import Bundle
    from verifier.trust.root import TrustRoot
    from verifier.verdict import Verdict

DAY = 86_400


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """A sandbox that opens now."""
    data = DataFolder(tmp_path_factory.mktemp("sandbox") / "out")
    open_sandbox(data, seed="test", at=int(time.time()))
    return data


@pytest.fixture(scope="module")
def served(sandbox: DataFolder) -> Iterator[Household]:
    """Its real processes."""
    with household(sandbox, read_port=0) as running:
        yield running


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def listed(data: DataFolder, group: str = "fixtures") -> list[dict[str, Any]]:
    return list(json.loads((data.sandbox / FIXTURES).read_bytes())[group])


def root_of(data: DataFolder) -> TrustRoot:
    return pin((data.path / "trust/1.json").read_bytes())


def in_production(root: TrustRoot) -> TrustRoot:
    return replace(root, content=root.content.model_copy(update={"environment": "production"}))


def demand(one: dict[str, Any]) -> Policy:
    asked = one["ask"]
    demands = [requirement_of(asked["policy"]).policy("Asia/Tokyo")] if "policy" in asked else []
    return AllOf((*demands, *([About(parse_identifier(asked["subject"]))] if "subject" in asked else [])))


def bundle_of(data: DataFolder, one: dict[str, Any]) -> Bundle | None:
    return parse_bundle((data.sandbox / one["name"] / "bundle.json").read_bytes()) if one["bundle"] else None


def judged(one: dict[str, Any], bundle: Bundle | None, root: TrustRoot, *, live: bool = False) -> Verdict:
    question, now = question_of_text(one["text"]), int(time.time())
    if question.text is not None:
        return verify_text(question.text, bundle=bundle, root=root, now=now, demand=demand(one), live=live)
    presented = Presented(question.mark_id or "", question.host or root.host)
    return verify(presented, bundle=bundle, root=root, now=now, demand=demand(one), live=live)


def options(data: DataFolder, one: dict[str, Any]) -> list[str]:
    policy = data.sandbox / one["name"] / "policy.toml"
    subject = one["ask"].get("subject")
    return [*(["--policy", str(policy)] if one["policy"] else []), *(["--expect", subject] if subject else [])]


Ask = Callable[[dict[str, Any], list[str]], tuple[str, int]] if TYPE_CHECKING else Any


@pytest.fixture
def commanded(sandbox: DataFolder, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Ask `shirushi verify`; returns the headline and the exit code."""

    def ask(one: dict[str, Any], how: list[str]) -> tuple[str, int]:
        pinned = ["--root", str(sandbox.path / "trust/1.json"), "--json"]
        code = run(["verify", one["text"], *pinned, *options(sandbox, one), *how])
        return json.loads(capsys.readouterr().out)["headline"], code

    return ask


def test_there_is_a_fixture_for_every_headline_that_a_sandbox_or_production_can_say(sandbox: DataFolder) -> None:
    said = [one["expect"][kind] for one in listed(sandbox) for kind in ("live", "offline") if one["expect"][kind]]
    assert {one["in_production"] for one in said} == {one.value for one in Headline} - {"test_mark"}
    assert {one["headline"] for one in said} == {one.value for one in Headline} - {
        "valid",
        "valid_offline",
        "seal_only",
    }
    assert all(one["exit"] == Headline(one["headline"]).exit_code != 0 for one in said)


def test_the_page_knows_every_fixture_and_every_fixture_is_on_the_page(sandbox: DataFolder) -> None:
    known = [(name, group) for group, names in GROUPS.items() for name in names]
    made = [*listed(sandbox), *listed(sandbox, "organisations")]
    assert sorted((one["name"], one["group"]) for one in made) == sorted(known)


def test_the_how_to_lists_every_fixture_with_its_answers(sandbox: DataFolder, request: pytest.FixtureRequest) -> None:
    page = (request.config.rootpath / "docs/how-to/practise-in-the-sandbox.md").read_text("utf-8")
    rows = [f"| `{one['name']}` | {told(one, 'live')} | {told(one, 'offline')} |" for one in listed(sandbox)]
    for one in listed(sandbox, "organisations"):
        rows.append(f"| `{one['name']}` | `{one['expect']['verdict']}` | `{one['expect']['reason']}` |")
    assert [line for line in page.partition("## The fixtures")[2].splitlines() if line.startswith("| `")] == rows


def told(one: dict[str, Any], kind: str) -> str:
    if (said := one["expect"][kind]) is None:
        return "-"
    elsewhere = f" (`{said['in_production']}`)" if said["in_production"] != said["headline"] else ""
    return f"`{said['headline']}`{elsewhere}"


def test_every_qr_shows_its_text_and_every_policy_file_says_what_is_asked(sandbox: DataFolder) -> None:
    for one in listed(sandbox):
        folder = sandbox.sandbox / one["name"]
        if one["qr"]:
            assert decode_qr((folder / "qr.png").read_bytes()) == [one["text"]]
        assert (folder / "text.txt").read_text().strip() == one["text"]
    for one in [*listed(sandbox), *listed(sandbox, "organisations")]:
        if one["policy"]:
            written = parse_requirement((sandbox.sandbox / one["name"] / "policy.toml").read_bytes())
            assert written == requirement_of(one["ask"]["policy"])


def test_without_a_network_every_fixture_is_judged_as_promised_here_and_in_production(sandbox: DataFolder) -> None:
    root = root_of(sandbox)
    for one in listed(sandbox):
        if (said := one["expect"]["offline"]) is None:
            continue
        bundle = bundle_of(sandbox, one)
        found = judged(one, bundle, root).headline.value, judged(one, bundle, in_production(root)).headline.value
        assert found == (said["headline"], said["in_production"]), one["name"]


def test_the_command_line_judges_every_fixture_without_a_network(sandbox: DataFolder, commanded: Ask) -> None:
    for one in listed(sandbox):
        if (said := one["expect"]["offline"]) is None:
            continue
        evidence = ["--bundle", str(sandbox.sandbox / one["name"] / "bundle.json")] if one["bundle"] else []
        assert commanded(one, ["--offline", *evidence]) == (said["headline"], said["exit"]), one["name"]


@pytest.mark.prove
def test_a_verifier_that_pins_production_never_takes_a_mark_of_the_sandbox(sandbox: DataFolder, tmp_path: Path) -> None:
    other = DataFolder(tmp_path / "other")
    open_sandbox(other, seed="another registry", at=int(time.time()) - 60)
    production = in_production(root_of(other))
    elsewhere = replace(production, content=production.content.model_copy(update={"host": "registry.example"}))
    for one in listed(sandbox):
        for root in (production, elsewhere):
            assert judged(one, bundle_of(sandbox, one), root).headline not in (
                Headline.VALID,
                Headline.VALID_OFFLINE,
                Headline.SEAL_ONLY,
            ), one["name"]


@pytest.mark.skipif(shutil.which("node") is None, reason="node runs the judge of the browser: it is not installed")
@pytest.mark.system
def test_the_judge_of_the_browser_says_the_same(sandbox: DataFolder, tmp_path: Path) -> None:
    root, questions, expected = root_of(sandbox), [], []
    for one in listed(sandbox):
        bundle = bundle_of(sandbox, one)
        if one["expect"]["offline"] is None or question_of_text(one["text"]).text is None:
            continue
        verdict = judged(one, bundle, root)
        asked = {"text": one["text"], "bundle": bundle.serialize().decode() if bundle else None, "live": False}
        asked |= {"root": root.serialize().decode(), "now": verdict.as_of, "as_of": None, "witnesses": None}
        questions.append(asked | {"demand": demand_of(demand(one))})
        expected.append((one["name"], verdict.members()))
    answers = ask_browser(questions, tmp_path / "asked.jsonl")
    for (name, said), answer in zip(expected, answers, strict=True):
        assert bare(answer) == bare(said), name


@pytest.mark.system
def test_reader_service_and_command_line_answer_every_fixture_as_promised(
    sandbox: DataFolder, served: Household, commanded: Ask
) -> None:
    reader, service = served.urls["reader"], served.urls["verification"]
    with httpx.Client() as http:
        for one in listed(sandbox):
            if (said := one["expect"]["live"]) is None:
                continue
            asked = http.post(f"{service}/verification/v1/lookups", json=one["ask"])
            assert asked.json()["answer"]["verdict"]["headline"] == said["headline"], one["name"]
            assert commanded(one, ["--via", reader]) == (said["headline"], said["exit"]), one["name"]
            if one["ask"].keys() == {"text"}:
                shown = http.get(f"{reader}/check", params={"q": one["text"]}, follow_redirects=True)
                assert shown.json()["headline"] == said["headline"], one["name"]


@pytest.mark.system
def test_questions_about_organisations_are_answered_as_promised(sandbox: DataFolder, served: Household) -> None:
    with httpx.Client() as http:
        for one in listed(sandbox, "organisations"):
            asked = http.post(f"{served.urls['verification']}/verification/v1/lookups", json=one["ask"])
            answer, said = asked.json()["answer"], one["expect"]
            counted = {"marks": len(answer["marks"]), "recognised": len(answer["recognised"])}
            outcome = {name: answer["outcome"][name] for name in ("verdict", "reason")}
            found = {"found": answer["found"], "declared": answer["declared"], **counted, **outcome}
            assert found == said, one["name"]


@pytest.mark.system
def test_the_page_and_the_files_are_served_and_nothing_else_of_the_folder_is(
    sandbox: DataFolder, served: Household
) -> None:
    reader = served.urls["reader"]
    page = httpx.get(f"{reader}/sandbox", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert page.status_code == 200
    assert all(f'id="{name}"' in page.text for names in GROUPS.values() for name in names)
    for one in listed(sandbox):
        for path in filter(None, (one["qr"], one["bundle"], one["policy"], one["page"])):
            # The page of an id that was never issued says so with its status.
            status = 404 if one["name"] == "not-found" and path == one["page"] else 200
            assert httpx.get(f"{reader}{path}").status_code == status, path
    for path in ("passphrase", "..%2Fpassphrase", "valid-3/..%2F..%2Fpassphrase", "valid-3/secret", "%2e%2e/run.json"):
        assert httpx.get(f"{reader}/sandbox/{path}").status_code in (404, 422), path


@pytest.mark.system
@pytest.mark.prove
@pytest.mark.parametrize("how", EVERY)
def test_the_page_has_no_fault_that_axe_finds(served: Household, chromium: Any, how: tuple[str, str, int]) -> None:
    page = open_page(chromium, *how)
    page.goto(f"{served.urls['reader']}/sandbox?lang={how[0]}")
    assert faults(page) == []
    assert all(one.startswith(served.urls["reader"]) for one in page.asked)


@pytest.mark.prove
def test_the_same_seed_and_day_give_the_same_sandbox(tmp_path: Path) -> None:
    at = int(time.time()) - 100 * DAY
    first, second = (open_sandbox(DataFolder(tmp_path / name), seed="1", at=at) for name in ("a", "b"))
    assert first == second
    checkpoints = {(tmp_path / name / "public/log/checkpoint").read_bytes().split(b"\n\n")[0] for name in ("a", "b")}
    assert len(checkpoints) == 1


@pytest.mark.prove
def test_a_sandbox_that_is_too_old_for_its_answers_is_made_anew_when_it_is_opened_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "old"
    open_sandbox(DataFolder(folder), seed="sandbox", at=int(time.time()) - 70 * DAY)
    sandbox_command(directory=folder, serve=False)
    assert "pin its new trust root" in capsys.readouterr().out
    made = json.loads((folder / "sandbox" / FIXTURES).read_bytes())
    assert made["fresh_until"] > time.time()
    assert made["host"] == PLACE.host
    sandbox_command(directory=folder, serve=False)
    assert "pin its new trust root" not in capsys.readouterr().out
    assert json.loads((folder / "sandbox" / FIXTURES).read_bytes()) == made
