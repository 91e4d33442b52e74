"""Vectors of the verdict's JSON form: one verdict for each headline, and what contradicts itself."""

from __future__ import annotations

from typing import Any

from registry.scenario.simulated_log import HOST
from tests.vectors.cases import Case, accepted, rejected, vector_file
from tests.vectors.token_vectors import DRAFT, EXP, MARK_ID, NBF, OTHER_ID, altered
from verifier.names import body_uri
from verifier.verdict import Check, CheckName, Headline, Result, Shown, Verdict

SHOWN = Shown(
    id=MARK_ID, issuer=body_uri(HOST, 1001), holder=DRAFT.holder.name, holder_latin=DRAFT.holder.name_latin,
    identifiers=DRAFT.holder.identifiers, scheme="jp.meti.scs", tier=3, number="SCS3-000007", criteria="2026-03-27",
    basis="evaluation", scope_kind="company", scope_summary="全社の IT 基盤", covered=(), domains=(), ot="excluded",
    nbf=NBF, exp=EXP,
)  # fmt: skip
FAULT = {
    0: (),
    1: (Check(CheckName.STATE, Result.FAILED, "not_in_force", "as the log says"),),
    2: (Check(CheckName.DIRECTORY, Result.UNKNOWN, "missing"),),
}
"""What keeps a verdict of this exit code from being valid."""


def verdict(headline: Headline) -> Verdict:
    """Return a verdict of the headline."""
    passed = (
        Check(CheckName.FORMAT, Result.PASSED),
        Check(CheckName.WITNESSES, Result.PASSED, as_of=NBF + 60),
    )
    bare = headline in (Headline.NOT_FOUND, Headline.UNKNOWN_REGISTRY)
    return Verdict(
        headline=headline,
        checks=(*passed, *FAULT[headline.exit_code]),
        as_of=NBF + 100,
        known_at=None if bare else NBF + 60,
        mark=None if bare else SHOWN,
        index=None if bare else 9,
        successor=OTHER_ID if headline is Headline.SUPERSEDED else None,
        environment="sandbox" if headline is Headline.TEST_MARK else "demonstration",
        zone="Asia/Tokyo",
    )


def verdict_vectors() -> dict[str, Any]:
    """Return the content of verdict.json."""
    good = [
        accepted(
            headline.value,
            {"verdict": verdict(headline).members()},
            "headline, checks and exit fit each other",
            {
                "headline": headline.value,
                "exit": headline.exit_code,
                "passed": [one.name.value for one in verdict(headline).checks if one.result is Result.PASSED],
            },
        )
        for headline in Headline
    ]
    return vector_file(
        "verdict (JSON)",
        "docs/specification/verdict.md",
        [*good, *_faults(), *_required()],
    )


VALID = verdict(Headline.VALID).members()


def _faults() -> list[Case]:
    passed, cosigned = VALID["checks"]
    failing = FAULT[1][0].members()

    def case(name: str, path: str, value: Any, why: str, *, error: str = "refused") -> Case:
        return rejected(name, {"verdict": altered(VALID, path, value)}, why, error=error)

    return [
        case("an unknown headline", "headline", "splendid", "the list is closed", error="newer"),
        case("an unknown member", "later", 1, "never skipped", error="newer"),
        case("an unknown member of the mark", "mark/later", 1, "never skipped", error="newer"),
        case("an unknown check", "checks", [passed | {"name": "colour"}], "the list is closed", error="newer"),
        case("an unknown result", "checks", [passed | {"result": "perhaps"}], "one of three", error="newer"),
        case("exit 1 for valid", "exit", 1, "the exit belongs to the headline"),
        case("exit true", "exit", True, "an exit is a number"),
        case("valid with a failed check", "checks", [passed, cosigned, failing], "every check has passed"),
        case("a check twice", "checks", [passed, passed], "a check stands once"),
        case("checks out of order", "checks", [cosigned, passed], "the order is that of the list"),
        case("a check without a reason", "checks", [altered(passed, "reason", ...)], "the member is required"),
        case("a reason in words", "checks", [passed | {"reason": "All is well."}], "reasons are codes"),
        case("a wrong mark id", "mark/id", MARK_ID[:-1], "the check symbol fits"),
        case("a date as text", "as_of", str(NBF), "dates are integers"),
        case("a negative index", "index", -1, "indices are not negative"),
        case("a successor that is no mark", "successor", "next", "a successor is a mark id"),
    ]


def _required() -> list[Case]:
    names = sorted(VALID)
    return [rejected(f"no {name}", {"verdict": altered(VALID, name, ...)}, "the member is required") for name in names]
