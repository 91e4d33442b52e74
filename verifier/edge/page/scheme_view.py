"""What is told about a version's tiers, days and items, in one language and in the pack's own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.page.account import Fact, Stars, stars
from verifier.edge.scheme_text import BASES, ISSUERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.i18n import Translator
    from verifier.scheme.head import PackHead
    from verifier.scheme.rule import TierRule

DAYS = ("accepted_from", "evaluations_until", "marks_until", "replaced_by")


@dataclass(frozen=True)
class TierView:
    """A tier in words; ``name`` is an element's id."""

    name: str
    stars: Stars
    method: str
    facts: tuple[Fact, ...]
    means_not: tuple[str, ...]


@dataclass(frozen=True)
class ItemView:
    """A requirement or a criterion: its id, its short label, and the lowest tier that asks for it."""

    id: str
    label: str
    level: str
    criteria: tuple[ItemView, ...] = ()


@dataclass(frozen=True)
class CategoryView:
    """A heading, what usually shows its requirements to be met, and the requirements under it."""

    title: str
    summary: str
    hints: tuple[str, ...]
    requirements: tuple[ItemView, ...]


def tiers(head: PackHead, lang: str, t: Translator) -> list[TierView]:
    """Return every tier of a version, those that cannot be issued too."""
    issued = [_tier(one, lang, t) for one in head.tiers]
    declared = [
        TierView(
            name=f"tier-{one.level}",
            stars=Stars("☆" * one.level, one.label.in_(lang), t.gettext("schemes.tier.none")),
            method=one.note.in_(lang),
            facts=(),
            means_not=(),
        )
        for one in head.declared
    ]
    return [*issued, *declared]


def transition_facts(transition: Mapping[str, Any], t: Translator) -> list[Fact]:
    """Return the fixed days of a version, and what replaces it."""
    facts = [
        Fact(t.gettext(f"schemes.day.{name}"), texts=(str(transition[name]),)) for name in DAYS if transition.get(name)
    ]
    replaces = [one["version"] for one in transition.get("replaces", ())]
    if replaces:
        facts.append(Fact(t.gettext("schemes.day.replaces"), texts=(" ".join(replaces),)))
    if transition.get("illustrative") and facts:
        facts.append(Fact(t.gettext("schemes.day.note"), texts=(t.gettext("schemes.illustrative"),)))
    return facts


def categories(
    head: PackHead,
    requirements: list[Mapping[str, Any]],
    criteria: list[Mapping[str, Any]],
    *,
    lang: str,
    t: Translator,
) -> list[CategoryView]:
    """Return the requirements and criteria that the pack lists, under its headings."""
    below: dict[str, list[ItemView]] = {}
    for one in criteria:
        below.setdefault(one["requirement"], []).append(_item(one, lang))
    views = []
    for category in head.categories:
        listed = [_item(one, lang, below.get(one["id"], ())) for one in requirements if one["category"] == category.id]
        number = sum(len(one.criteria) for one in listed)
        views.append(
            CategoryView(
                title=category.label.in_(lang),
                summary=t.gettext("schemes.category.count", requirements=str(len(listed)), criteria=str(number)),
                hints=(category.evidence.in_(lang),) if category.evidence else (),
                requirements=tuple(listed),
            )
        )
    return [view for view in views if view.requirements]


def _tier(rule: TierRule, lang: str, t: Translator) -> TierView:
    counts = rule.counts
    term = t.gettext("schemes.term", months=str(rule.term_months))
    numbers = t.ngettext("schemes.requirements", counts.requirements)
    listed = [numbers]
    if counts.criteria is not None:
        listed.append(t.gettext("schemes.criteria", number=str(counts.criteria), listed=str(counts.criteria_listed)))
    facts = [
        Fact(t.gettext("schemes.issuer"), texts=(ISSUERS[rule.issuer].in_(lang),)),
        Fact(t.gettext("schemes.basis"), texts=(BASES[rule.basis].in_(lang),)),
        Fact(t.gettext("schemes.items"), texts=tuple(listed)),
        Fact(t.gettext("schemes.lasts"), texts=(_marked(term, rule, "term_months", t),)),
    ]
    for duty in rule.duties:
        every = t.gettext("schemes.duty", months=str(duty.every_months), days=str(duty.grace_days))
        facts.append(Fact(duty.label.in_(lang), texts=(_marked(every, rule, "duties", t),)))
    return TierView(
        name=f"tier-{rule.level}",
        stars=stars(rule.level, rule.basis, t),
        method=rule.method.in_(lang),
        facts=tuple(facts),
        means_not=(rule.wording.means_not.in_(lang),),
    )


def _marked(text: str, rule: TierRule, figure: str, t: Translator) -> str:
    return f"{text} – {t.gettext('schemes.illustrative')}" if figure in rule.illustrative else text


def _item(one: Mapping[str, Any], lang: str, criteria: Any = ()) -> ItemView:
    label = one["label_ja"] if lang == "ja" else one["label_en"]
    return ItemView(one["id"], label, f"★{one['lowest_tier']}", tuple(criteria))


def scheme_view_message_ids() -> list[str]:
    """Return the message ids that are put together out of codes."""
    return [f"schemes.day.{name}" for name in DAYS]
