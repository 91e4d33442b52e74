"""Questions to both judges: what the attacks asked, and evidence changed at random."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from verifier.policy import About, AllOf, AnyOf, AtLeast, FreshWithin, HeldBy, Policy, ScopeIn, ValidThrough, WithOt

REPOSITORY = Path(__file__).parent.parent.parent
RUNNER = Path(__file__).parent / "judge.mjs"
MOST_OF_ONE_TEST = 4
"""One attack asks the same question in a thousand ways; so many of them are put to the browser's judge by default."""


def record(place: Path, *tests: str) -> list[dict[str, Any]]:
    """Run tests and return every question that they put to the judge, with Python's answers."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.browser.recorder", "-p", "no:randomly", *tests]
    ran = subprocess.run(
        command, cwd=REPOSITORY, env={**os.environ, "SHIRUSHI_VECTORS": str(place)}, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout[-2000:]
    return [json.loads(line) for line in place.read_text("utf-8").splitlines()]


def few_of_each(questions: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the first questions of every test."""
    seen = Counter[str]()
    for question in questions:
        seen[question["test"]] += 1
        if seen[question["test"]] <= MOST_OF_ONE_TEST:
            yield question


def ask_browser(questions: list[dict[str, Any]], place: Path) -> list[dict[str, Any]]:
    """Return the verdicts of the browser's judge."""
    place.write_text("".join(json.dumps(one) + "\n" for one in questions), encoding="utf-8")
    ran = subprocess.run(["node", RUNNER, place], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return [json.loads(line) for line in ran.stdout.split("\n") if line]


def demand_of(policy: Policy) -> dict[str, Any]:
    """Return a demand as the browser's judge takes it."""
    match policy:
        case AtLeast(tier=tier):
            return {"atLeast": {"scheme": tier.scheme, "level": tier.level}}
        case About(subject=subject):
            return {"about": str(subject)}
        case HeldBy(subject=subject):
            return {"heldBy": str(subject)}
        case FreshWithin(seconds=seconds):
            return {"freshWithin": seconds}
        case ScopeIn(kinds=kinds):
            return {"scopeIn": list(kinds)}
        case WithOt():
            return {"withOt": True}
        case ValidThrough(end=end):
            return {"validThrough": end}
        case AllOf(each=each):
            return {"all": [demand_of(one) for one in each]}
        case AnyOf(each=each):
            return {"any": [demand_of(one) for one in each]}
    raise TypeError(policy)


def bare(verdict: dict[str, Any]) -> dict[str, Any]:
    """Return a verdict without the words for whoever repairs things, which are each judge's own."""
    checks = [{name: said for name, said in check.items() if name != "detail"} for check in verdict["checks"]]
    return {**verdict, "checks": checks}


def mutations(bundle: str, text: str, *, seed: int, count: int) -> Iterator[tuple[str, str]]:
    """Yield bundles and texts, each changed in one to three places, the same ones for the same seed."""
    drawn = random.Random(seed)
    for _ in range(count):
        value = json.loads(bundle)
        shown = text
        for _ in range(drawn.randint(1, 3)):
            if drawn.random() < 0.1:
                shown = _flipped(shown, drawn)
            else:
                _mutate(value, drawn)
        yield json.dumps(value), shown


def _mutate(value: Any, drawn: random.Random) -> None:
    place, key = _somewhere(value, drawn)
    found = place[key]
    match drawn.choice(("change", "change", "change", "drop", "repeat", "swap")):
        case "drop" if isinstance(place, list) or drawn.random() < 0.5:
            del place[key]
        case "repeat" if isinstance(place, list):
            place.insert(drawn.randrange(len(place) + 1), found)
        case "swap" if isinstance(place, list) and len(place) > 1:
            other = drawn.randrange(len(place))
            place[key], place[other] = place[other], place[key]
        case _:
            place[key] = _other(found, drawn)


def _somewhere(value: Any, drawn: random.Random) -> tuple[Any, Any]:
    """Return a random place in a JSON value."""
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = drawn.choice(keys)
        inner = value[key]
        if not isinstance(inner, dict | list) or not inner or drawn.random() < 0.15:
            return value, key
        value = inner


def _other(found: Any, drawn: random.Random) -> Any:
    match found:
        case bool() | None:
            return drawn.choice((None, True, 0, "", []))
        case int():
            return drawn.choice((found + 1, max(found - 1, 0), 0, -1, 2**53 - 1, str(found), None))
        case str():
            return drawn.choice((_flipped(found, drawn), _flipped(found, drawn), found[:-1], found + "\n", "", 7))
        case _:
            return drawn.choice((None, [], {}, "", 0))


def _flipped(text: str, drawn: random.Random) -> str:
    if not text:
        return "A"
    at = drawn.randrange(len(text))
    return text[:at] + drawn.choice('ABab019-_."{\n\u00e9') + text[at + 1 :]
