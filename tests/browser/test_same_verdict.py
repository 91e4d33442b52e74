"""The judge in the browser says what the judge in Python says: headline, every check and its reason, date and mark."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.vectors import ask_browser, bare, demand_of, few_of_each, mutations, record
from tests.world import attested, changed, fork
from verifier.bundle import parse_bundle
from verifier.errors import MarkError
from verifier.identifier import parse_identifier
from verifier.policy import About, AllOf, AnyOf, AtLeast, FreshWithin, HeldBy, Policy, ScopeIn, ValidThrough, WithOt
from verifier.tier import Tier
from verifier.trust.root import pin
from verifier.verify import verify_text

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(shutil.which("node") is None, reason="node runs the judge of the browser: it is not installed"),
]

ATTACKS = ("tests/attacks", "tests/verifier/test_vectors.py", "tests/verifier/test_verdict.py")
OF_VERDICTS = ATTACKS[1:]
LEAST = 300
LEAST_HEADLINES = 17


def recorded(place: Path, *tests: str) -> list[dict[str, Any]]:
    questions = record(place, *tests)
    without = [one for one in questions if one.get("without_json_form")]
    assert len(without) <= max(2, len(questions) // 100)
    return [one for one in questions if "expect" in one]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Every question that the tests of the attacks put."""
    return recorded(tmp_path_factory.mktemp("vectors") / "asked.jsonl", *ATTACKS)


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The questions that the tests of the verdict put."""
    return recorded(tmp_path_factory.mktemp("vectors") / "some.jsonl", *OF_VERDICTS)


def differences(questions: list[dict[str, Any]], place: Path) -> list[str]:
    answers = ask_browser(questions, place)
    assert len(answers) == len(questions)
    return [
        f"{one['test']}: {json.dumps(bare(one['expect']))} but {json.dumps(answer)}"
        for one, answer in zip(questions, answers, strict=True)
        if "error" in answer or bare(answer) != bare(one["expect"])
    ]


def test_every_question_of_the_verdicts_tests_meets_the_same_verdict(
    some: list[dict[str, Any]], tmp_path: Path
) -> None:
    assert len({one["expect"]["headline"] for one in some}) >= 7
    assert differences(some, tmp_path / "some.jsonl") == []


@pytest.mark.prove
def test_every_attack_meets_the_same_verdict_in_the_browser(asked: list[dict[str, Any]], tmp_path: Path) -> None:
    few = list(few_of_each(asked))
    assert len(few) >= LEAST
    assert len({one["expect"]["headline"] for one in few}) >= LEAST_HEADLINES
    assert differences(few, tmp_path / "few.jsonl") == []


@pytest.mark.prove
def test_every_question_of_every_attack_meets_the_same_verdict(asked: list[dict[str, Any]], tmp_path: Path) -> None:
    assert differences(asked, tmp_path / "all.jsonl") == []


HELD = parse_identifier("0188-1180301018771")
DEMANDS: tuple[Policy, ...] = (
    AtLeast(Tier("jp.meti.scs", 3)),
    AtLeast(Tier("jp.meti.scs", 4)),
    AtLeast(Tier("jp.ipa.sa", 1)),
    About(HELD),
    About(parse_identifier("0188-7000012050002")),
    HeldBy(HELD),
    HeldBy(parse_identifier("0188-7000012050002")),
    FreshWithin(1),
    FreshWithin(10**6),
    ScopeIn(("group", "company")),
    ScopeIn(("group",)),
    WithOt(),
    ValidThrough(1_800_000_000),
    ValidThrough(1_900_000_000),
)


@pytest.mark.prove
def test_every_demand_is_answered_alike(asked: list[dict[str, Any]], tmp_path: Path) -> None:
    headlines = ("valid_offline", "suspended", "seal_only", "not_found")
    bases = [next(one for one in asked if one["bundle"] and one["expect"]["headline"] == name) for name in headlines]
    pairs = [AllOf((one, other)) for one in DEMANDS for other in DEMANDS[:4]]
    either = [AnyOf((one, other)) for one in DEMANDS for other in DEMANDS[:4]]
    questions = []
    for base in bases:
        bundle, root = parse_bundle(base["bundle"].encode()), pin(base["root"].encode())
        for demand in (*DEMANDS, *pairs, *either, AnyOf(())):
            verdict = verify_text(
                base["text"],
                bundle=bundle,
                root=root,
                now=base["now"] + 10,
                as_of=base["as_of"],
                demand=demand,
                live=base["live"],
            )
            question = {**base, "now": base["now"] + 10, "demand": demand_of(demand), "witnesses": None}
            questions.append({**question, "expect": verdict.members()})
    assert {"below_requirement", "subject_mismatch", "not_confirmed"} <= {
        one["expect"]["headline"] for one in questions
    }
    assert differences(questions, tmp_path / "demands.jsonl") == []


def test_an_organisation_that_a_mark_covers_is_no_holder_of_it_in_the_browser_either(tmp_path: Path) -> None:
    world = fork()
    issuance = world.prepare()
    covered = parse_identifier("0188-7000012050002")
    scope = issuance.draft.scope.model_copy(update={"scope_kind": "group", "covered": (str(covered),)})
    mark = world.issue(attested(changed(issuance, scope=scope), scope_sha256=scope.digest))
    files = {"bundle": world.bundle(mark).serialize().decode(), "root": world.pinned.serialize().decode()}
    question = {"test": "covered", "text": world.mark(mark), **files, "now": world.sim.now, "as_of": None, "live": True}
    questions, reasons = [], []
    for subject in (HELD, covered, parse_identifier("0188-5010005007126")):
        verdict = world.verdict(mark, demand=HeldBy(subject), live=True)
        reasons.append([one.reason for one in verdict.checks if one.name.value in ("subject", "requirement")])
        demand = demand_of(HeldBy(subject))
        questions.append({**question, "demand": demand, "witnesses": None, "expect": verdict.members()})
    assert reasons == [["ok", "ok"], ["ok", "group_not_accepted"], ["subject_mismatch"]]
    assert differences(questions, tmp_path / "covered.jsonl") == []


MUTATED = ("valid_offline", "suspended", "superseded", "expired", "void_key", "withdrawn", "not_found")


def mutated(asked: list[dict[str, Any]], *, each: int, headlines: tuple[str, ...] = MUTATED) -> list[dict[str, Any]]:
    """Return questions with evidence changed at random, and what Python answers; "refused" where it reads no bundle."""
    bases = [next(one for one in asked if one["bundle"] and one["expect"]["headline"] == name) for name in headlines]
    made = []
    for seed, base in enumerate(bases):
        root = pin(base["root"].encode())
        for bundle, text in mutations(base["bundle"], base["text"], seed=seed, count=each):
            question = {**base, "test": f"mutation {seed}", "bundle": bundle, "text": text}
            question |= {"demand": {"all": []}, "witnesses": None}
            try:
                read = parse_bundle(bundle.encode())
            except MarkError as error:
                question["expect"] = {"error": error.code}
            else:
                asked_for = {"as_of": base["as_of"], "live": base["live"], "now": base["now"]}
                question["expect"] = verify_text(text, bundle=read, root=root, **asked_for).members()
            made.append(question)
    return made


def same_answers(questions: list[dict[str, Any]], place: Path) -> list[str]:
    answers = ask_browser(questions, place)
    said = [(bare(one["expect"]) if "checks" in one["expect"] else one["expect"]) for one in questions]
    got = [(bare(one) if "checks" in one else one) for one in answers]
    return [f"{one['bundle'][:200]}: {a} but {b}" for one, a, b in zip(questions, said, got, strict=True) if a != b]


def test_evidence_changed_at_random_meets_the_same_verdict(some: list[dict[str, Any]], tmp_path: Path) -> None:
    questions = mutated(some, each=30, headlines=("valid_offline", "expired"))
    assert len({one["expect"].get("headline", "refused") for one in questions}) >= 4
    assert same_answers(questions, tmp_path / "mutated.jsonl") == []


@pytest.mark.prove
def test_much_evidence_changed_at_random_meets_the_same_verdict(asked: list[dict[str, Any]], tmp_path: Path) -> None:
    assert same_answers(mutated(asked, each=800), tmp_path / "mutated.jsonl") == []


def test_the_runner_would_show_a_judge_that_differs(some: list[dict[str, Any]], tmp_path: Path) -> None:
    good = next(one for one in some if one["expect"]["headline"] == "valid_offline")
    lie = {**good, "expect": {**good["expect"], "headline": "forged"}}
    assert len(differences([good, lie], tmp_path / "lie.jsonl")) == 1


def test_the_judge_of_the_browser_is_made_of_modules_that_parse() -> None:
    folder = Path(__file__).parent.parent.parent / "verifier/edge/static"
    modules = [*folder.glob("judge/*.js"), *folder.glob("scan/*.js")]
    assert len(modules) > 20
    for module in modules:
        checked = subprocess.run(["node", "--check", module], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
