"""What is told about agreements and recognised certificates, in one language.

A recognised certificate never looks like an issued mark: it is "equivalent to" a tier, under a named agreement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact, Link, Stars, identifier_fact, scheme_words
from verifier.edge.page.treaty_words import AGREEMENT_STATES, RECOGNITION_STATES
from verifier.tier import parse_tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.i18n import Moment, Translator
    from verifier.edge.page.wording import Appearance


@dataclass(frozen=True)
class RecognitionView:
    """A recognised certificate in words."""

    appearance: Appearance
    title: str
    explanation: str
    stars: Stars
    facts: tuple[Fact, ...]
    receipt: tuple[Fact, ...]
    notices: tuple[str, ...]
    has_code: bool


@dataclass(frozen=True)
class LevelRow:
    """A foreign level and the home tier that it counts as at most."""

    level: str
    stars: tuple[Stars, ...]


@dataclass(frozen=True)
class EventRow:
    """Something that happened to an agreement."""

    moment: Moment
    text: str
    entry: str


@dataclass(frozen=True)
class AgreementView:
    """An agreement in words."""

    title: str
    link: Link
    appearance: Appearance
    state: str
    explanation: str
    facts: tuple[Fact, ...]
    levels: tuple[LevelRow, ...]
    events: tuple[EventRow, ...]
    notices: tuple[str, ...]


def recognition_view(answer: Mapping[str, Any], *, zone: str, lang: str, t: Translator) -> RecognitionView:
    """Return what is told about a recognised certificate."""
    receipt, state = answer["receipt"], answer["state"]
    tier = parse_tier(answer["tier"])
    label = answer["agreement"].rpartition("/")[2]
    moment = t.moment
    return RecognitionView(
        appearance=RECOGNITION_STATES[state],
        title=t.gettext(f"recognition.state.{state}.title"),
        explanation=t.gettext(f"recognition.state.{state}.explanation"),
        stars=_equivalent(tier.level, t),
        facts=(
            identifier_fact(answer["holder"], t),
            Fact(t.gettext("recognition.foreign"), texts=(_words(answer["scheme_label"], lang),)),
            Fact(t.gettext("recognition.level"), texts=(receipt["foreign_level"], receipt["foreign_version"])),
            Fact(t.gettext("recognition.issuer"), texts=(receipt["issuer"],)),
            Fact(t.gettext("recognition.home"), texts=(scheme_words(tier.scheme, t),)),
            Fact(t.gettext("recognition.agreement"), links=(Link(label, f"/a/{label}"),)),
            Fact(t.gettext("recognition.until"), moments=(moment(answer["until"], zone),)),
        ),
        receipt=(
            Fact(t.gettext("recognition.conditions"), texts=(str(receipt["conditions"]),)),
            Fact(t.gettext("recognition.recorded"), moments=(moment(answer["recorded"], zone),)),
            Fact(t.gettext("recognition.entry"), texts=(str(answer["entry"]),)),
            Fact(t.gettext("recognition.receipt_digest"), texts=(receipt["receipt_sha256"],)),
        ),
        notices=_notices(answer, t),
        has_code=state == "recognised",
    )


def agreement_view(row: Mapping[str, Any], *, zone: str, lang: str, t: Translator) -> AgreementView:
    """Return what is told about an agreement; ``events`` and ``versions`` may be absent."""
    state = row["state"]
    levels = tuple(
        LevelRow(_words(level["label"], lang), () if level["tier"] is None else (_equivalent(level["tier"], t),))
        for level in row["levels"]
    )
    signed = row["signed_by"]
    return AgreementView(
        title=_words(row["label"], lang),
        link=Link(_words(row["label"], lang), f"/a/{row['id']}"),
        appearance=AGREEMENT_STATES[state],
        state=t.gettext(f"agreement.state.{state}.title"),
        explanation=t.gettext(f"agreement.state.{state}.explanation"),
        facts=(
            Fact(t.gettext("agreement.foreign"), texts=(_words(row["foreign"]["label"], lang),)),
            Fact(t.gettext("agreement.home"), texts=(scheme_words(row["home"]["scheme"], t),)),
            Fact(t.gettext("agreement.kind"), texts=(t.gettext(f"agreement.kind.{row['kind']}"),)),
            Fact(
                t.gettext("agreement.signed_by"),
                links=(Link(signed, "/e/" + signed.rpartition("/")[2]),) if signed else (),
                texts=() if signed else (t.gettext("agreement.unsigned"),),
            ),
            Fact(t.gettext("agreement.version"), texts=(str(row["version"]),)),
            Fact(t.gettext("agreement.comment"), texts=(f"{row['comment']['opens']} – {row['comment']['closes']}",)),
            Fact(t.gettext("agreement.review_by"), texts=(row["review_by"],)),
            Fact(t.gettext("agreement.not_after"), texts=(row["not_after"],)),
            Fact(t.gettext("agreement.max_supplement"), texts=(str(row["max_supplement"]),)),
            Fact(
                t.gettext("agreement.document"),
                links=(Link(row["sha256"], f"/documents/{row['sha256']}.json"),),
            ),
        ),
        levels=levels,
        events=tuple(_event(one, zone, t) for one in row.get("events", ())),
        notices=_notices(row, t),
    )


def _event(one: Mapping[str, Any], zone: str, t: Translator) -> EventRow:
    words = t.gettext(f"agreement.event.{one['status']}")
    part = one.get("issuer") or one.get("mapping")
    if part:
        words = f"{words} ({t.gettext('agreement.part')}: {plain(part)})"
    if one.get("existing"):
        words = f"{words} {t.gettext('agreement.existing.' + one['existing'])}"
    return EventRow(t.moment(one["effective"], zone), words, str(one["index"]))


def _notices(answer: Mapping[str, Any], t: Translator) -> tuple[str, ...]:
    notices = [t.gettext("agreement.unsigned.notice")] if answer["notices"] else []
    if answer.get("is_draft"):
        notices.append(t.gettext("agreement.draft.notice"))
    if answer.get("list", {}).get("stale"):
        notices.append(t.gettext("agreement.stale.notice"))
    return tuple(notices)


def _words(label: Mapping[str, str], lang: str) -> str:
    return plain(label.get(lang) or label["en"])


def _equivalent(level: int, t: Translator) -> Stars:
    # Outlined: what was recognised never looks like what was issued.
    return Stars("☆" * level, f"★{level}", t.gettext("recognition.equivalent"))
