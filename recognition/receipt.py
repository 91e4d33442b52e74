"""Receipt: the canonical JSON (RFC 8785) of a decision and of the digests of everything it was made from.

Whoever holds the inputs recomputes the same bytes. It is not signed here, and its gap lists are for the holder and
for the evaluator whom the holder chooses.
"""

from __future__ import annotations

from typing import Any

from recognition.decision import Decision, Gate, TierDecision
from recognition.question import Question
from verifier.encoding import canonical, digest

ENGINE = 1
"""Raised whenever the same inputs would give other bytes."""


def receipt_bytes(question: Question, decision: Decision) -> bytes:
    """Return the receipt of the decision on that question."""
    return canonical(
        {
            "receipt": "recognition",
            "engine": ENGINE,
            "inputs": _inputs(question),
            "as_of": question.as_of,
            "known_at": question.known_at,
            "recognised_at": question.recognised_at,
            "target": str(question.target),
            "scope": question.scope.members() if question.scope else None,
            "tiers": [_tier(tier) for tier in decision.tiers],
        }
    )


def _inputs(question: Question) -> dict[str, Any]:
    return {
        "agreement": question.agreement.digest,
        "certificate": question.certificate.digest,
        "scheme": question.scheme.digest,
        "home": question.home.digest,
        "mappings": sorted(mapping.digest for mapping in question.mappings),
        "supplements": sorted(supplement.digest for supplement in question.supplements),
        "evaluators": sorted(digest(canonical(evaluator.members())) for evaluator in question.evaluators),
    }


def _tier(tier: TierDecision) -> dict[str, Any]:
    return {
        "tier": str(tier.tier),
        "verdict": tier.verdict.word,
        "until": tier.until,
        "gates": [_gate(gate) for gate in tier.gates],
        "criteria": {
            cover.criterion: {
                "cover": cover.cover.word,
                "conflict": cover.conflict,
                "rows": [f"{pin}#{number}" for pin, number in cover.rows],
                "conditions": list(cover.conditions),
            }
            for cover in tier.covers
        },
        "gaps": list(tier.gaps),
    }


def _gate(gate: Gate) -> dict[str, Any]:
    return {"code": gate.code, "outcome": gate.outcome, "facts": dict(gate.facts), "until": gate.until}
