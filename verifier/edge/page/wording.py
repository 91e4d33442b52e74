"""Wording: which words, sign and tone each headline, check and reason is shown with, on pages and in the terminal.

Tiers 1 and 2 are declared by their holder and tiers 3 and up are obtained and registered; no text says more than that.
"Not found", "could not be confirmed" and "not valid" are three different answers. Texts are in the catalogues; here is
which text belongs to what, and ``message_ids`` lists every id that is put together here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.edge.check.check_words import check_message_ids
from verifier.edge.error_words import ERROR_CODES, error_words
from verifier.verdict import Check, CheckName, Headline, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.edge.i18n import Translator

SELF_DECLARED_TIERS = (1, 2)
ENVIRONMENTS_WITH_BANNER = ("demonstration", "sandbox")
PRINTED = ("document", "artwork", "artwork_pdf")
"""What is made to be printed, of valid marks only."""
DOWNLOADS = ("mark", "bundle", "tlog_proof", "attestation", "json", "qr_svg", "qr_png", *PRINTED)
"""What a mark's page offers for download, by the names under which it is given the addresses."""
LIMITS = (
    "persons",
    "evidence",
    "safety",
    "copy",
    "camera",
    "dropped",
    "witnesses",
    "keys",
    "present",
    "root",
    "asking",
)
"""What cannot be proven, in the order in which the page of limits tells it; names are kept, links lead to them."""

CHECK_GROUPS = {
    "mark": (
        CheckName.FORMAT,
        CheckName.REGISTRY,
        CheckName.SIGNATURE,
        CheckName.SEAL,
        CheckName.REGISTRATION,
    ),
    "issuer": (
        CheckName.TWO_PERSONS,
        CheckName.KEYS,
        CheckName.ACCREDITATION,
        CheckName.CRITERIA,
        CheckName.TECHNICAL_VERIFICATION,
    ),
    "record": (
        CheckName.TRUST_ROOT,
        CheckName.CHECKPOINT,
        CheckName.WITNESSES,
        CheckName.HISTORY,
        CheckName.INCLUSION,
        CheckName.DATING,
    ),
    "present": (CheckName.DIRECTORY, CheckName.STATE, CheckName.VALIDITY_PERIOD, CheckName.FRESHNESS),
    "demand": (CheckName.SUBJECT, CheckName.REQUIREMENT),
}
"""The checks as people read them: what was shown, who issued it, the public record, the present, the own demands."""


@dataclass(frozen=True)
class Appearance:
    """How something is shown beside its words: the colour's tone and the sign. Never one without the other."""

    tone: str
    icon: str
    sign: str


_GOOD = Appearance("good", "check", "✓")
_BAD = Appearance("bad", "cross", "✗")
_PAUSED = Appearance("ended", "pause", "‖")
_DATES = Appearance("ended", "clock", "◷")
_REPLACED = Appearance("ended", "arrow", "→")
_WARNING = Appearance("ended", "warning", "!")
_ABSENT = Appearance("bad", "absent", "∅")
_OPEN = Appearance("open", "question", "?")
_TEST = Appearance("test", "flask", "T")

_HEADLINES = {
    Headline.FORGED: _BAD,
    Headline.UNKNOWN_ISSUER: _BAD,
    Headline.ANNULLED: _BAD,
    Headline.WITHDRAWN: _BAD,
    Headline.CANCELLED: _BAD,
    Headline.SUSPENDED: _PAUSED,
    Headline.NOT_YET_VALID: _DATES,
    Headline.EXPIRED: _DATES,
    Headline.SUPERSEDED: _REPLACED,
    Headline.VOID_KEY: _BAD,
    Headline.BELOW_REQUIREMENT: _WARNING,
    Headline.SUBJECT_MISMATCH: _WARNING,
    Headline.TEST_MARK: _TEST,
    Headline.NOT_FOUND: _ABSENT,
    Headline.UNKNOWN_REGISTRY: _OPEN,
    Headline.NOT_CONFIRMED: _OPEN,
    Headline.SEAL_ONLY: _OPEN,
    Headline.VALID_OFFLINE: Appearance("good-then", "check", "✓"),
    Headline.VALID: _GOOD,
}
_RESULTS = {Result.PASSED: _GOOD, Result.FAILED: _BAD, Result.UNKNOWN: _OPEN}

# What to do next, by reason. The codes are those of the judge's checks and of the tree of errors.
_NEXT = {
    "distrust": (
        "malformed evidence_bad envelope signature key_refused proof statement refused conflict mark unknown_key seal "
        "another_mark not_admissible two_persons backdated postdated look_alike_host"
    ),
    "issuer": "unknown_issuer void_key not_accredited criteria technical_verification dating too_wide annulled",
    "holder": "superseded corrected expired below_requirement scope_too_narrow ot_excluded ends_early",
    "lifting": "suspended",
    "standing": "withdrawn",
    "another": "cancelled",
    "first_day": "not_yet_valid",
    "own_mark": "group_not_accepted",
    "number": "subject_mismatch",
    "registry": "trust_root root_not_agreed log_signature inconsistent not_included directory",
    "root": "root_expired unknown_registry",
    "fetch": "missing not_found key_missing quorum stale ot_unknown",
    "later": "unavailable stopped",
    "update": "needs_newer_verifier",
}
REASONS = {code: step for step, codes in _NEXT.items() for code in codes.split()}
_STATES = (
    "active",
    "suspended",
    "withdrawn",
    "cancelled",
    "annulled",
    "superseded",
    "expired",
    "not_yet_valid",
    "other",
)
_BODY_STANDINGS = ("active", "suspended", "withdrawn", "not_yet", "lapsed", "unknown")
_BODY_ROLES = ("evaluation", "technical_verification", "training", "registrar", "foreign_operator")
_PROBLEMS = (
    "malformed",
    "not_found",
    "erased",
    "unavailable",
    "foreign_form",
    "too_many",
    "method_not_allowed",
    "too_large",
    "internal",
    "http_error",
)


@dataclass(frozen=True)
class HeadlineWords:
    """A headline in words: which of the four answers it is, its title, what it means and what to do next."""

    answer: str
    title: str
    explanation: str
    next_step: str


@dataclass(frozen=True)
class CheckWords:
    """A check in words. ``next_step`` is empty where there is nothing to do."""

    title: str
    result: str
    explanation: str
    next_step: str


def headline_words(headline: Headline, t: Translator) -> HeadlineWords:
    """Return what people read for a headline."""
    stem = f"headline.{headline.value}"
    return HeadlineWords(
        answer=t.gettext(f"answer.{answer_of(headline)}"),
        title=t.gettext(f"{stem}.title"),
        explanation=t.gettext(f"{stem}.explanation"),
        next_step=t.gettext(f"{stem}.next"),
    )


def check_words(check: Check, t: Translator) -> CheckWords:
    """Return what people read for a check. A reason that this version has no words for is told by its result."""
    stem = f"check.{check.name.value}"
    title, result = t.gettext(f"{stem}.title"), t.gettext(f"result.{check.result.value}")
    if check.result is Result.PASSED:
        return CheckWords(title, result, t.gettext(f"{stem}.passed"), "")
    step = REASONS.get(check.reason)
    if step is None:
        fallback, step = (f"other_{check.result.value}", "distrust" if check.result is Result.FAILED else "fetch")
        return CheckWords(title, result, t.gettext(f"reason.{fallback}"), t.gettext(f"next.{step}"))
    return CheckWords(title, result, t.gettext(f"reason.{check.reason}"), t.gettext(f"next.{step}"))


def headline_appearance(headline: Headline) -> Appearance:
    """Return the sign and tone of a headline."""
    return _HEADLINES[headline]


def result_appearance(result: Result) -> Appearance:
    """Return the sign and tone of a check's result."""
    return _RESULTS[result]


def pinned_appearance(standing: str) -> Appearance:
    """Return the sign and tone of a version of criteria: whether the log pins what is shown of it."""
    return {"published": _GOOD, "differs": _WARNING}.get(standing, _OPEN)


def witness_appearance(cosigned_at: int | None) -> Appearance:
    """Return the sign and tone of a witness that cosigned, or did not: a quorum may do without some."""
    return _OPEN if cosigned_at is None else _GOOD


def standing_appearance(standing: str) -> Appearance:
    """Return the sign and tone of the standing of a body, or of a mark in a list."""
    match standing:
        case "active":
            return _GOOD
        case "suspended":
            return _PAUSED
        case "not_yet" | "not_yet_valid" | "lapsed" | "expired":
            return _DATES
        case "superseded":
            return _REPLACED
        case "withdrawn" | "cancelled" | "annulled":
            return _BAD
        case _:
            return _OPEN


def answer_of(headline: Headline) -> str:
    """Return which answer a headline is: valid, not_valid, not_found or not_confirmed."""
    if headline is Headline.NOT_FOUND:
        return "not_found"
    return ("valid", "not_valid", "not_confirmed")[headline.exit_code]


def tier_words(level: int, basis: str | None, t: Translator) -> str:
    """Return how a tier came about: declared by its holder, or obtained and registered."""
    is_declared = basis == "self_declared" if basis else level in SELF_DECLARED_TIERS
    return t.gettext("tier.self_declared" if is_declared else "tier.evaluation")


def state_words(state: str, t: Translator) -> str:
    """Return the state of a mark in words."""
    return t.gettext(f"state.{state if state in _STATES else 'other'}")


def problem_words(code: str, t: Translator) -> tuple[str, str]:
    """Return the title and the explanation of a page that could not be shown."""
    if code in ERROR_CODES and code not in _PROBLEMS:
        return t.gettext("problem.http_error.title"), error_words(code, t)
    stem = f"problem.{code if code in _PROBLEMS else 'http_error'}"
    return t.gettext(f"{stem}.title"), t.gettext(f"{stem}.explanation")


def message_ids() -> Iterator[str]:
    """Yield every message id that is put together out of codes; all others stand literally in code or templates."""
    yield from (f"headline.{one.value}.{part}" for one in Headline for part in ("title", "explanation", "next"))
    yield from (f"answer.{one}" for one in sorted({answer_of(headline) for headline in Headline}))
    yield from (f"check.{one.value}.{part}" for one in CheckName for part in ("title", "passed"))
    yield from (f"result.{one.value}" for one in Result)
    yield from (f"reason.{one}" for one in (*REASONS, "other_failed", "other_unknown"))
    yield from (f"next.{one}" for one in _NEXT)
    yield from (f"group.{one}" for one in CHECK_GROUPS)
    yield from (f"banner.{one}.{part}" for one in ENVIRONMENTS_WITH_BANNER for part in ("title", "text"))
    yield from (f"state.{one}" for one in _STATES)
    yield from (f"body.standing.{one}.{part}" for one in _BODY_STANDINGS for part in ("title", "explanation"))
    yield from (f"body.role.{one}" for one in _BODY_ROLES)
    yield from (f"problem.{one}.{part}" for one in _PROBLEMS for part in ("title", "explanation"))
    yield from (f"limits.{one}.{part}" for one in LIMITS for part in ("title", "explanation", "instead"))
    yield from (f"scope_kind.{one}" for one in ("group", "company", "unit"))
    yield from (f"ot.{one}" for one in ("excluded", "included"))
    yield from (f"link.{one}" for one in ("held", "covered"))
    yield from (f"download.{one}" for one in DOWNLOADS)
    yield from check_message_ids()
