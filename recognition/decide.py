"""The decision whether a foreign certificate counts as a home tier: a pure function of a question.

Integers and sets only: no clock, no network, no search through chains of mappings, no percentage; the order of any
input plays no part. The steps: gates of certificate and agreement, coverage as the minimum over
the pinned mappings, then for each tier its cap, its criteria, its assurance and its gaps after supplements.
"""

from __future__ import annotations

from recognition.coverage import CompiledMappings, Covers, Held
from recognition.decision import Decision, Gate, Outcome, TierDecision, Verdict, verdict_of
from recognition.gates import common_gates
from recognition.home import HomeTier
from recognition.question import Question
from recognition.supplement import closing_dates
from verifier.scheme.rule import Words

DAY = 86_400


def decide(question: Question, *, compiled: CompiledMappings | None = None) -> Decision:
    """Return the decision for the target tier and every tier below it.

    What may be trusted: the answer follows from the question and from nothing else. That those inputs are
    genuine is the caller's to have checked. ``compiled`` are the mappings that the agreement pins, made ready once for
    many questions. Raises RefusedError when the scheme has no level as on the certificate.
    """
    pins = {pin.sha256 for pin in question.agreement.mappings}
    used = [mapping for mapping in question.mappings if mapping.digest in pins]
    compiled = compiled or CompiledMappings(used)
    common = common_gates(question)
    asked = [tier for tier in question.home.tiers if question.target.covers(tier.tier)]
    lowest_first = sorted(asked, key=lambda tier: tier.tier.level)
    tiers = tuple(_decide_tier(question, tier, common, compiled) for tier in lowest_first)
    return Decision(question.target, tiers, _watermarks(question))


def _decide_tier(
    question: Question, tier: HomeTier, common: tuple[Gate, ...], compiled: CompiledMappings
) -> TierDecision:
    certificate = question.certificate
    controls = question.scheme.controls_of(certificate.level) - set(certificate.excluded_controls)
    covers = compiled.cover(Held(controls, frozenset(certificate.conditions_met)), tier.criteria)
    coverage, gaps = _coverage(question, tier, covers)
    gates = (
        *common,
        _level_cap(question, tier),
        _recognition_term(question, tier),
        _criteria_known(tier),
        _assurance(question, tier),
        coverage,
    )
    verdict = verdict_of(gates)
    ends = [gate.until for gate in gates if gate.until is not None]
    until = min(ends) if verdict is Verdict.RECOGNISED else None
    return TierDecision(tier.tier, verdict, gates, covers.all, gaps, until)


def _level_cap(question: Question, tier: HomeTier) -> Gate:
    level = question.certificate.level
    cap = question.agreement.cap_by_level.get(level, 0)
    outcome: Outcome = "passed" if tier.tier.level <= cap else "failed"
    return Gate("level_cap", outcome, {"level": level, "cap": str(cap) if cap else "-"})


def _recognition_term(question: Question, tier: HomeTier) -> Gate:
    recognised_at = question.as_of if question.recognised_at is None else question.recognised_at
    end = recognised_at + tier.max_days * DAY
    outcome: Outcome = "passed" if question.as_of < end else "failed"
    return Gate("recognition_term", outcome, {"days": str(tier.max_days)}, end)


def _criteria_known(tier: HomeTier) -> Gate:
    known, all_of_them = len(tier.criteria), tier.criteria_count
    outcome: Outcome = "passed" if known == all_of_them else "undecided"
    return Gate("criteria_known", outcome, {"known": str(known), "all": str(all_of_them)})


def _assurance(question: Question, tier: HomeTier) -> Gate:
    held = question.scheme.level(question.certificate.level).assurance
    missing = tier.assurance.missing_from(held)
    required = tier.assurance.members()
    facts = {"missing": ", ".join(f"{component}={required[component]}" for component in missing) or "-"}
    return Gate("assurance", "failed" if missing else "passed", facts)


def _coverage(question: Question, tier: HomeTier, covers: Covers) -> tuple[Gate, tuple[str, ...]]:
    raw = covers.open
    limit = question.agreement.max_supplement
    # Beyond the limit the agreement does not let a supplement stand in for the foreign certificate at all.
    closing = closing_dates(question, tier) if len(raw) <= limit else {}
    gaps = tuple(criterion for criterion in raw if criterion not in closing)
    outcome: Outcome = "passed"
    if gaps:
        outcome = "open" if len(raw) <= limit else "failed"
    ends = [closing[criterion] for criterion in raw if criterion in closing]
    facts = {
        "criteria": str(len(covers.all)),
        "partial": str(covers.partial),
        "none": str(covers.none),
        "gaps": str(len(gaps)),
        "limit": str(limit),
    }
    return Gate("coverage", outcome, facts, min(ends, default=None)), gaps


def _watermarks(question: Question) -> tuple[Words, ...]:
    drafts = [mapping.head for mapping in question.mappings if mapping.head.status == "draft"]
    notices = [head.notice for head in sorted(drafts, key=lambda head: head.id)]
    return (*([question.agreement.draft] if question.agreement.draft else []), *notices)
