"""A proposal as the second operator reads it: every field that will be said, what it concerns, and the JSON itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from verifier.edge.authority.bodies_view import cascade_card, marks_grid
from verifier.edge.authority.cards import Card
from verifier.edge.authority.keys_view import cutoff_card
from verifier.edge.authority.words import act_words, reason_words, scope_texts, term_facts
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact, Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from verifier.edge.i18n import Translator


def proposal_cards(answer: Mapping[str, Any], zone: str, t: Translator) -> tuple[Card, ...]:
    """Return the cards: ``saying`` is what is said, the others what it concerns, where it does."""
    saying = answer["saying"]
    cards = [_said(answer, zone, t)]
    if answer["present"] is not None:
        cards.append(_compared(answer["present"], saying["public"], zone, t))
    if answer["cascade"] is not None:
        cards.append(cascade_card(answer["cascade"], zone, t))
    if answer["cutoff"] is not None:
        cards.append(cutoff_card(answer["cutoff"], lambda name, marks: marks_grid(name, marks, zone, t), t))
    shown = {name: saying[name] for name in ("type", "object", "public", "sd") if name in saying}
    text = json.dumps(shown, ensure_ascii=False, indent=2)
    cards.append(Card("json", t.gettext("operator.proposal.exact"), codes=(plain_lines(text),)))
    return tuple(cards)


def plain_lines(text: str) -> str:
    """Return lines of others' text without what steers terminals or turns the reading direction."""
    return "\n".join(plain(line) for line in text.splitlines())


def _said(answer: Mapping[str, Any], zone: str, t: Translator) -> Card:
    saying, public = answer["saying"], answer["saying"]["public"]
    facts = [
        Fact(t.gettext("operator.proposal.act"), texts=(act_words(saying["type"], t), saying["type"])),
        Fact(t.gettext("operator.proposal.object"), texts=(plain(saying["object"]),), links=_ways(answer["way"], t)),
    ]
    facts += [
        Fact(t.gettext("operator.proposal.disclosed"), texts=(f"{one['name']}: {plain(one['value'])}",))
        for one in saying.get("disclosures", ())
    ]
    facts += [fact for name, value in public.items() for fact in _field(name, value, t)]
    if "from" in public and "until" in public:
        facts += term_facts(public["from"], public["until"], zone, t)
    if "lift_by" in public:
        facts.append(Fact(t.gettext("operator.marks.lift_by"), moments=(t.moment(public["lift_by"], zone),)))
    if "replaced_issuable_until" in public:
        label = t.gettext("operator.field.replaced_issuable_until")
        facts.append(Fact(label, moments=(t.moment(public["replaced_issuable_until"], zone),)))
    if answer["until"] is not None:
        facts.append(Fact(t.gettext("operator.proposal.until"), moments=(t.moment(answer["until"], zone),)))
    facts.append(Fact(t.gettext("operator.proposal.signed_by"), texts=(answer["key"],)))
    return Card("said", t.gettext("operator.proposal.title"), facts=tuple(facts))


def _compared(present: Mapping[str, Any], public: Mapping[str, Any], zone: str, t: Translator) -> Card:
    """Return how a body stands before its rows and window are replaced, and which rows come and go."""
    before, after = (_rows(one["scope"]) for one in (present, public))
    lists = {
        "added": [one for one in after if one not in before],
        "removed": [one for one in before if one not in after],
    }
    changes = tuple(
        Fact(t.gettext(f"operator.amend.{name}"), texts=tuple(found) or (t.gettext("operator.never"),))
        for name, found in lists.items()
    )
    scope = Fact(
        t.gettext("body.scope.title"), texts=scope_texts(present["scope"]) or (t.gettext("bodies.scope.none"),)
    )
    window = term_facts(present["from"], present["until"], zone, t)
    return Card("present", t.gettext("operator.amend.present"), facts=(*changes, scope, *window))


def _rows(scope: Iterable[Mapping[str, Any]]) -> list[str]:
    return [f"{one['scheme']} ★{one['level']} {one['criteria_sha256'][:12]}" for one in scope]


def _ways(way: str | None, t: Translator) -> tuple[Link, ...]:
    return (Link(t.gettext("operator.proposal.look"), way),) if way else ()


def _field(name: str, value: object, t: Translator) -> list[Fact]:
    if name in ("from", "until", "lift_by", "replaced_issuable_until"):
        return []
    label = t.gettext(f"operator.field.{name}") if name in FIELDS else name
    match value:
        case list() if name == "scope":
            texts: tuple[str, ...] = scope_texts(value) or (t.gettext("bodies.scope.none"),)
        case list() if name == "tiers":
            texts = tuple(_tier(one, t) for one in value)
        case list():
            texts = tuple(plain(str(one)) for one in value)
        case dict():
            texts = (plain(json.dumps(value)),)
        case str() if name == "reason":
            texts = (reason_words(value, t),)
        case _:
            texts = (plain(str(value)),)
    return [Fact(label, texts=texts)]


def _tier(terms: Mapping[str, Any], t: Translator) -> str:
    values = {name: str(terms[name]) for name in ("level", "issuer", "term_months")}
    return t.gettext("operator.field.tier", **values)


FIELDS = (
    "no",
    "role",
    "identifier",
    "scope",
    "operates",
    "jwk",
    "kid",
    "body",
    "holder",
    "proof",
    "reason",
    "cutoff_index",
    "register",
    "scheme",
    "version",
    "sha256",
    "tiers",
    "replaces",
)
"""Fields of what is said that have words."""


def field_message_ids() -> tuple[str, ...]:
    """Return the message ids that are put together out of codes."""
    return (*(f"operator.field.{one}" for one in FIELDS), "operator.amend.added", "operator.amend.removed")
