"""The words that the page /verify brings along for the verdicts which its browser makes: those of every other place.

Everything is looked up here, so that a browser without a network has all it needs in one page and one language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.page.account import scheme_words
from verifier.edge.page.drop_words import drop_words
from verifier.edge.page.wording import (
    CHECK_GROUPS,
    REASONS,
    SELF_DECLARED_TIERS,
    answer_of,
    headline_appearance,
    result_appearance,
)
from verifier.envelope import TOKEN_RULES
from verifier.identifier import REGISTERS
from verifier.scheme.shipped import shipped_packs
from verifier.verdict import CheckName, Headline, Result

if TYPE_CHECKING:
    from verifier.edge.i18n import Translator

_LOCALES = {"ja": "ja-JP-u-ca-gregory", "en": "en-GB"}
_LABELS = {
    "next": "mark.next",
    "successor": "mark.successor",
    "checks": "mark.checks.title",
    "check_as_of": "mark.checks.as_of",
    "detail": "mark.checks.detail",
    "match": "mark.match.text",
    "as_of": "fact.as_of",
    "known_at": "fact.known_at",
    "known_at_none": "fact.known_at.none",
    "claim_registered": "claim.registered",
    "claim_unconfirmed": "claim.unconfirmed",
    "identifier": "fact.identifier",
    "from": "fact.from",
    "until": "fact.until",
    "number": "fact.number",
    "id": "fact.id",
    "scope": "fact.scope",
    "scope_kind": "fact.scope_kind",
    "covered": "fact.covered",
    "ot": "fact.ot",
    "criteria": "fact.criteria",
    "issuer": "fact.issuer",
    "issuer_number": "issuer.number",
    "domains": "fact.domains",
    "log_index": "fact.log_index",
}
_SAYS = {
    "camera_start": "scan.camera.start",
    "camera_stop": "scan.camera.stop",
    "camera_failed": "scan.camera.failed",
    "no_decoder": "scan.no_decoder",
    "no_ed25519": "scan.old_browser",
    "working": "scan.working",
    "unreadable": "scan.unreadable",
    "failed": "scan.failed",
    "verified_here": "scan.verified_here",
    "judged_here": "scan.judged_here",
    "victim": "note.victim",
    "other_host": "scan.other_host",
    "kept": "scan.kept",
    "no_evidence": "scan.no_evidence",
    "stale": "scan.stale",
    "root_version": "scan.root.version",
    "root_since": "scan.root.since",
    "root_pinned": "scan.root.pinned",
    "root_bad": "scan.root.bad",
    "root_missing": "scan.root.missing",
}


def scan_words(t: Translator) -> dict[str, Any]:
    """Return every word, sign and tone that a verdict may be shown with, as JSON; blanks stand as ``%(name)s``."""
    return {
        "locale": _LOCALES[t.lang],
        "headlines": {headline.value: _headline(headline, t) for headline in Headline},
        "checks": {
            name.value: {part: t.gettext(f"check.{name.value}.{part}") for part in ("title", "passed")}
            for name in CheckName
        },
        "results": {result.value: _result(result, t) for result in Result},
        "reasons": {code: _told(code, step, t) for code, step in REASONS.items()},
        "fallback": {
            "failed": _told("other_failed", "distrust", t),
            "unknown": _told("other_unknown", "fetch", t),
        },
        "groups": [
            {"title": t.gettext(f"group.{name}"), "checks": [one.value for one in members]}
            for name, members in CHECK_GROUPS.items()
        ],
        "summaries": _summaries(t),
        "labels": {name: t.gettext(message_id) for name, message_id in _LABELS.items()},
        "drop": drop_words(t),
        "token_types": sorted(TOKEN_RULES),
        "says": {name: t.gettext(message_id) for name, message_id in _SAYS.items()},
        "registers": {code: one.label_ja if t.lang == "ja" else one.label_en for code, one in REGISTERS.items()},
        "schemes": {pack.scheme: scheme_words(pack.scheme, t) for pack in shipped_packs()},
        "scope_kinds": {kind: t.gettext(f"scope_kind.{kind}") for kind in ("group", "company", "unit")},
        "ot": {kind: t.gettext(f"ot.{kind}") for kind in ("excluded", "included")},
        "tiers": {kind: t.gettext(f"tier.{kind}") for kind in ("self_declared", "evaluation")},
        "self_declared": list(SELF_DECLARED_TIERS),
    }


def icons() -> tuple[str, ...]:
    """Return the names of the signs that a verdict may be shown with."""
    shown = [headline_appearance(one).icon for one in Headline] + [result_appearance(one).icon for one in Result]
    return tuple(sorted(set(shown)))


def _headline(headline: Headline, t: Translator) -> dict[str, str]:
    appearance = headline_appearance(headline)
    words = {part: t.gettext(f"headline.{headline.value}.{part}") for part in ("title", "explanation", "next")}
    answer = t.gettext(f"answer.{answer_of(headline)}")
    return {**words, "answer": answer, "tone": appearance.tone, "icon": appearance.icon}


def _result(result: Result, t: Translator) -> dict[str, str]:
    appearance = result_appearance(result)
    return {"word": t.gettext(f"result.{result.value}"), "tone": appearance.tone, "icon": appearance.icon}


def _told(reason: str, step: str, t: Translator) -> dict[str, str]:
    return {"text": t.gettext(f"reason.{reason}"), "next": t.gettext(f"next.{step}")}


def _summaries(t: Translator) -> dict[str, list[str]]:
    """Return what is said of a group's checks, by their number and then by how many of them passed."""
    most = max(len(members) for members in CHECK_GROUPS.values())
    return {
        str(number): [t.ngettext("group.summary", number, passed=passed) for passed in range(number + 1)]
        for number in range(1, most + 1)
    }
