"""How many decisions a second, and how long a preview over 100,000 recognitions takes: `make bench-recognition`.

Real parts: the partner's scheme and mapping onto all criteria of tier 3, whole receipts, and certificates that differ.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.measuring import machine, report
from recognition.agreement import Agreement, ForeignSide, HomeSide, Listed, PinnedMapping, ScopeRule, StatusWords
from recognition.certificate import Certificate
from recognition.coverage import CompiledMappings
from recognition.decide import decide
from recognition.home import home_criteria
from recognition.preview import preview_cases, preview_event, totals
from recognition.public_receipt import PublicReceipt, public_receipt
from recognition.question import Question
from recognition.receipt import receipt_bytes
from recognition.shipped import load_mapping, load_scheme
from recognition.timeline import Event
from verifier.encoding import digest
from verifier.scheme.shipped import load_shipped
from verifier.tier import Tier

NOW, DAY = 1_795_305_600, 86_400
RESULT = Path(__file__).parent / "results" / "recognition.json"
CASES = 100_000
SEED = 5
PIN = digest(b"another mapping")


def questions(count: int) -> list[Question]:
    """Return different questions under one agreement: levels, dates, exclusions and states vary."""
    scheme, mapping = load_scheme("example.partner-scheme"), load_mapping("partner-to-scs3")
    pack = load_shipped("jp.meti.scs", "2026-03-27")
    home = home_criteria(pack)
    agreement = Agreement(
        id="bench",
        direction="inbound",
        kind="bilateral",
        depth=1,
        foreign=ForeignSide(scheme=scheme.id, versions=("2025", "2026")),
        home=HomeSide(scheme=home.scheme, version=home.version, sha256=home.sha256),
        mappings=(PinnedMapping(sha256=mapping.digest),),
        cap_by_level={"reviewed": 3, "tested": 4},
        scope=ScopeRule(kinds=("group", "company")),
        issuers=tuple(Listed(id=f"issuer-{no}", begins=1, ends=NOW + 3000 * DAY) for no in range(20)),
        status_words=StatusWords(valid=("active",), suspended=("paused",), invalid=("revoked",)),
        max_supplement=10,
        not_after=NOW + 1000 * DAY,
        timeline=(Event(effective_from=NOW - 900 * DAY, recorded_at=NOW - 900 * DAY, status="in_force"),),
    )
    chance = random.Random(SEED)
    controls = sorted(scheme.control_ids)
    asked = []
    for number in range(count):
        issued = NOW - chance.randint(1, 200) * DAY
        certificate = Certificate(
            scheme=scheme.id,
            version="2026",
            level=chance.choice(("reviewed", "tested")),
            basis="evaluation",
            evidence="authenticated",
            issuer=f"issuer-{chance.randint(0, 19)}",
            holder=f"0188-{number:013d}",
            scope_kind="company",
            status="active" if chance.random() < 0.95 else "paused",
            issued=issued,
            expires=issued + 365 * DAY,
            excluded_controls=tuple(chance.sample(controls, chance.choice((0, 0, 0, 1, 2)))),
        )
        asked.append(
            Question(
                home=home,
                agreement=agreement,
                scheme=scheme,
                mappings=(mapping,),
                certificate=certificate,
                target=Tier(home.scheme, 3),
                as_of=NOW,
                known_at=NOW,
            )
        )
    return asked


def measure() -> dict[str, Any]:
    """Return the figures."""
    load = os.getloadavg()
    asked = questions(CASES)
    compiled = CompiledMappings(asked[0].mappings)
    best = {"decisions": 0.0, "receipts": 0.0, "cold": 0.0}
    for _ in range(3):
        best["decisions"] = max(best["decisions"], _rate(lambda one: decide(one, compiled=compiled), asked[:20_000]))
        best["cold"] = max(best["cold"], _rate(decide, asked[:2_000]))
        best["receipts"] = max(
            best["receipts"], _rate(lambda one: receipt_bytes(one, decide(one, compiled=compiled)), asked[:2_000])
        )
    event = _previewed(asked)
    recognised = [(str(number), one) for number, one in enumerate(asked)]
    started = time.perf_counter(), time.process_time()
    smaller = _without_rows(asked[0])
    found = totals(preview_cases(recognised, smaller, progress=_tell))
    took = time.perf_counter() - started[0], time.process_time() - started[1]
    print(file=sys.stderr)
    return {
        "machine": machine(SEED, load),
        "decisions_per_second_of_one_core": round(best["decisions"]),
        "decisions_per_second_mapping_not_compiled": round(best["cold"]),
        "receipts_per_second_of_one_core": round(best["receipts"]),
        "preview_of_an_event": event,
        "preview_of_another_mapping": {
            "cases": CASES,
            "decisions": 2 * CASES,
            "seconds": round(took[0], 2),
            "cpu_seconds": round(took[1], 2),
            "effects": dict(found),
        },
    }


def _previewed(asked: list[Question]) -> dict[str, Any]:
    """Preview the suspension of one issuer of twenty over as many recorded recognitions."""
    recorded: list[tuple[str, PublicReceipt, int]] = []
    for number, question in enumerate(asked):
        decision = decide(question)
        if decision.recognised is not None and len(recorded) < 2000:
            receipt = public_receipt(question, decision, agreement="https://host.example/a/bench", terms_sha256=PIN)
            recorded.append((str(number), receipt, NOW - DAY // 2))
        if len(recorded) == 2000:
            break
    many = [recorded[number % len(recorded)] for number in range(CASES)]
    agreement = asked[0].agreement
    after = agreement.model_copy(update={"issuers": _with_issuer_stopped(agreement)})
    started = time.perf_counter(), time.process_time()
    found = totals(preview_event(many, (agreement, after), now=NOW, progress=_tell))
    took = time.perf_counter() - started[0], time.process_time() - started[1]
    return {
        "cases": CASES,
        "seconds": round(took[0], 2),
        "cpu_seconds": round(took[1], 2),
        "effects": dict(found),
    }


def _without_rows(question: Question) -> Callable[[Question], Question]:
    """Return the change to a mapping whose rows for one target in ten are gone."""
    (mapping,) = question.mappings
    kept = tuple(row for number, row in enumerate(mapping.rows) if number % 40)
    other = replace(mapping, rows=kept, digest=PIN)
    terms = question.agreement.model_copy(update={"mappings": (PinnedMapping(sha256=PIN),)})
    return lambda one: replace(one, agreement=terms, mappings=(other,))


def _with_issuer_stopped(agreement: Agreement) -> tuple[Listed, ...]:
    stop = Event(effective_from=NOW, recorded_at=NOW, status="suspended", reason="integrity")
    first, *others = agreement.issuers
    return (first.model_copy(update={"timeline": (stop,)}), *others)


def _rate(one: Any, asked: list[Question]) -> float:
    """Return how many a second of one core: what others do on the machine plays no part."""
    started = time.process_time()
    for question in asked:
        one(question)
    return len(asked) / (time.process_time() - started)


def _tell(done: int) -> None:
    if done % (CASES // 10) == 0:
        print(f"\rpreview: {done} of {CASES} cases", end="", file=sys.stderr, flush=True)


def main() -> None:
    """Measure, print and keep the figures."""
    report(measure(), RESULT)


if __name__ == "__main__":
    main()
