"""The worked cases: real schemes and drafts where there are any, small worlds elsewhere; each with what it teaches.

Run as ``python -m tests.recognition.worked_cases`` to write the golden files anew; then read what changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from recognition.agreement import ForeignSide, Listed, ScopeRule
from recognition.case_file import write_case
from recognition.certificate import Scope, Supplement
from recognition.decide import decide
from recognition.decision import Decision, Verdict
from recognition.demonstration import draft_question, stated_certificate
from recognition.home import HomeCriteria, HomeTier
from recognition.mapping import ControlMapping, MappingHead, MappingSource, MappingTarget
from recognition.question import Question
from recognition.reasons import explain
from recognition.receipt import receipt_bytes
from recognition.scheme import ForeignLevel, ForeignScheme, ForeignVersion
from recognition.shipped import load_scheme
from recognition.work_order import work_order
from tests.recognition import worlds
from tests.recognition.worlds import DAY, NOW, WORDS, agreement, certificate, event, mapping, question, row
from verifier.encoding import digest
from verifier.scheme.assurance import Assurance
from verifier.tier import Tier

GOLDEN = Path(__file__).parent / "golden"
CE, TODAY = "uk.ncsc.cyber-essentials", 1_750_000_000
"""In June 2025, when the versions 3.1 and 3.2 were both being issued; the draft mapping was drawn on 3.1."""

THREE = Tier("jp.meti.scs", 3)
IN_FORCE = (event(TODAY - 400 * DAY),)
BODY = Assurance(assessor="accredited_body", technical_test="hands_on")


def _ce(level: str, **terms: Any) -> Question:
    """Return the question about a Cyber Essentials certificate on which the draft mapping was drawn."""
    scheme = load_scheme(CE)
    stated = stated_certificate(scheme, level=level, issued=TODAY - 30 * DAY, version="3.1")
    asked = draft_question(stated, target=THREE, as_of=TODAY)
    authentic = stated.model_copy(update={"evidence": "authenticated", "status": "valid", "holder": "0188-1"})
    changed = asked.agreement.model_copy(update={"timeline": IN_FORCE, **terms})
    return replace(asked, certificate=authentic, agreement=changed)


def _ce_plus_with_supplement() -> Question:
    asked = _ce("plus", max_supplement=62)
    order = work_order(asked, decide(asked))
    evaluated = Supplement(
        issued=TODAY - DAY,
        expires=TODAY + 200 * DAY,
        holder="0188-1",
        evaluator="1001",
        criteria_sha256=asked.home.sha256,
        criteria=tuple(sorted(order.names)),
        assurance=BODY,
        work_order_sha256=order.digest,
    )
    return replace(asked, supplements=(evaluated,), evaluators=(Listed(id="1001", begins=1, ends=NOW),))


def _isms(*, tested: bool, documents: tuple[str, ...] = ("soa",), excluded: tuple[str, ...] = ()) -> Question:
    """Return the question whether an ISMS certificate counts as tier 4 of a small home scheme.

    The scheme's own level has no technical test. Where its operator has one made as well, that is another level.
    """
    shipped = load_scheme("org.iso.27001")
    (level,) = shipped.head.levels
    with_test = ForeignLevel(id="certified-and-tested", label=level.label, assurance=BODY)
    scheme = ForeignScheme(
        shipped.head.model_copy(update={"levels": (level, with_test)}), shipped.controls, shipped.digest
    )
    controls = sorted(shipped.control_ids)[:8]
    rows = tuple(
        row(control, criterion, "superset-of", number=number)
        for number, (control, criterion) in enumerate(zip(controls, "abcdefgh", strict=True), 2)
    )
    home = HomeCriteria("home", "1", worlds.PIN, (HomeTier(Tier("home", 4), frozenset("abcdefgh"), 8, BODY, 1095),))
    version = shipped.head.versions[-1].id
    drawn = _between(rows, scheme.id, version)
    asked = certificate(
        scheme=scheme.id,
        version=version,
        level="certified-and-tested" if tested else level.id,
        issuer="issuer",
        documents=documents,
        excluded_controls=excluded,
    )
    terms = agreement(
        (drawn,),
        foreign=ForeignSide(scheme=scheme.id, versions=(version,)),
        cap_by_level={level.id: 4, "certified-and-tested": 4},
    )
    return question((drawn,), home=home, scheme=scheme, agreement=terms, certificate=asked, target=Tier("home", 4))


def _between(rows: tuple[Any, ...], scheme: str, version: str) -> ControlMapping:
    head = MappingHead(
        id="worked",
        status="complete",
        notice=WORDS,
        source=MappingSource(scheme=scheme, versions=(version,)),
        target=MappingTarget(scheme="home", version="1"),
    )
    return ControlMapping(head, rows, digest(f"worked {scheme}".encode()))


def _asymmetric(direction: str) -> Question:
    """Labels of two countries: any of four levels there counts as one star here, one star here as level one there."""
    levels = ("one",) if direction == "outbound" else ("one", "two", "three", "four")
    head = worlds.SCHEME.head.model_copy(
        update={"levels": tuple(ForeignLevel(id=name, label=WORDS, assurance=BODY) for name in levels)}
    )
    scheme = replace(worlds.SCHEME, head=head)
    tiers = tuple(
        HomeTier(Tier("home", level), frozenset(f"c{number}" for number in range(1, level + 1)), level, BODY, 365)
        for level in ((1,) if direction == "inbound" else (1, 2, 3, 4))
    )
    home = HomeCriteria("home", "1", worlds.PIN, tiers)
    drawn = mapping([row("s1", f"c{number}", "superset-of", number=number + 1) for number in range(1, 5)])
    terms = agreement((drawn,), cap_by_level=dict.fromkeys(levels, 1))
    top = Tier("home", tiers[-1].tier.level)
    return question(
        (drawn,), home=home, scheme=scheme, agreement=terms, certificate=certificate(level=levels[-1]), target=top
    )


def _two_versions(version: str, *, pinned: tuple[str, ...] = ("1", "2")) -> Question:
    versions = (
        ForeignVersion(id="1", name="One", first_day=date(2020, 1, 1), last_day={"tested": date(2026, 12, 31)}),
        ForeignVersion(id="2", name="Two", first_day=date(2026, 6, 1)),
    )
    scheme = replace(worlds.SCHEME, head=worlds.SCHEME.head.model_copy(update={"versions": versions}))
    source = MappingSource(scheme="foreign", versions=("1", "2"))
    drawn = replace(worlds.FULL, head=worlds.FULL.head.model_copy(update={"source": source}))
    terms = agreement((drawn,), foreign=ForeignSide(scheme="foreign", versions=pinned))
    return question((drawn,), scheme=scheme, agreement=terms, certificate=certificate(version=version))


def _suspended(**stop: Any) -> Question:
    stopped = event(NOW - 10 * DAY, "suspended", **stop)
    terms = agreement(timeline=(event(NOW - 1000 * DAY), stopped))
    return question(agreement=terms, recognised_at=NOW - 50 * DAY)


CASES: dict[str, tuple[str, Callable[[], Question]]] = {
    "ce-basic": ("Cyber Essentials is self-assessed and leaves 62 criteria open.", lambda: _ce("basic")),
    "ce-plus": ("Cyber Essentials Plus has the assurance, and the same 62 gaps.", lambda: _ce("plus")),
    "ce-plus-work-order": (
        "An authority that signs a supplement of 62 criteria gets the exact work order.",
        lambda: _ce("plus", max_supplement=62),
    ),
    "ce-plus-with-supplement": ("The evaluation of these 62 criteria closes them.", _ce_plus_with_supplement),
    "isms-without-technical-verification": (
        "A management system certificate has no technical test, so it is no tier 4.",
        lambda: _isms(tested=False),
    ),
    "isms-with-technical-verification": ("With a hands-on test it is.", lambda: _isms(tested=True)),
    "isms-without-statement-of-applicability": (
        "Without the Statement of Applicability nobody can tell which controls are held.",
        lambda: _isms(tested=True, documents=()),
    ),
    "isms-with-excluded-control": (
        "A control that its holder declared not applicable is not held.",
        lambda: _isms(tested=True, excluded=(min(load_scheme("org.iso.27001").control_ids),)),
    ),
    "labels-inbound": ("Any of four foreign levels counts as the one star here.", lambda: _asymmetric("inbound")),
    "labels-outbound": ("The one star here counts as level one there, and no more.", lambda: _asymmetric("outbound")),
    "suspended-administratively": (
        "What was recognised before an administrative suspension stays until the day that the suspension names.",
        lambda: _suspended(existing="keep_until", existing_until=NOW + 170 * DAY),
    ),
    "suspended-under-review": (
        "Under review is neither yes nor no.",
        lambda: _suspended(existing="show_under_review", existing_until=NOW + 30 * DAY),
    ),
    "suspended-for-integrity": (
        "After a loss of integrity what was recognised stops at once.",
        lambda: _suspended(reason="integrity", existing="stop_now"),
    ),
    "body-accredited-too-late": (
        "The issuer was listed after it had issued the certificate.",
        lambda: question(
            agreement=agreement(issuers=(Listed(id="issuer", begins=NOW - 50 * DAY, ends=NOW + 500 * DAY),))
        ),
    ),
    "transitive-attempt": (
        "A mark that was itself recognised is never an input.",
        lambda: question(certificate=certificate(basis="recognition")),
    ),
    "two-live-versions-older": ("Two versions live at once: the older one still counts.", lambda: _two_versions("1")),
    "two-live-versions-newer-not-pinned": (
        "A new version counts only once the agreement pins it.",
        lambda: _two_versions("2", pinned=("1",)),
    ),
    "scope-one-site-of-two": (
        "A certificate of one site does not cover another one.",
        lambda: question(
            certificate=certificate(scope=Scope(entities=("e1",), sites=("tokyo",))),
            scope=Scope(entities=("e1",), sites=("osaka", "tokyo")),
            agreement=agreement(scope=ScopeRule(kinds=("group", "company"))),
        ),
    ),
    "addressable-condition": (
        "A row under a condition leaves exactly that condition in the work order.",
        lambda: question((conditional := _conditional(),), agreement=agreement((conditional,), max_supplement=1)),
    ),
}


def _conditional() -> ControlMapping:
    rows = [one for one in worlds.FULL.rows if one.target != "c1"]
    return mapping([*rows, row("s1", "c1", "equal-to", qualifier="addressable:log-review")], name="conditional")


def described(name: str) -> dict[str, Any]:
    """Return what a golden file says about a case."""
    teaches, made = CASES[name]
    asked = made()
    decision = decide(asked)
    order = work_order(asked, decision).members() if decision.verdict is Verdict.CONDITIONAL else None
    return {
        "teaches": teaches,
        "case_sha256": digest(write_case(asked)),
        "receipt_sha256": digest(receipt_bytes(asked, decision)),
        "target": str(decision.target),
        "verdict": decision.verdict.word,
        "tiers": [_tier(decision, number) for number in range(len(decision.tiers))],
        "work_order": order,
        "watermarks": [words.en for words in decision.watermarks],
    }


def _tier(decision: Decision, number: int) -> dict[str, Any]:
    tier = decision.tiers[number]
    return {
        "tier": str(tier.tier),
        "verdict": tier.verdict.word,
        "until": tier.until,
        "counts": tier.counts,
        "gaps": [*tier.gaps],
        "failing": {gate.code: f"{gate.outcome}: {explain(gate).en}" for gate in tier.failing},
    }


def text(name: str) -> str:
    """Return the golden file of a case."""
    return json.dumps(described(name), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for one in CASES:
        (GOLDEN / f"{one}.json").write_text(text(one), "utf-8")
