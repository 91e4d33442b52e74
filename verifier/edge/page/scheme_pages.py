"""The pages of schemes: all versions of their criteria, and one version with tiers, days and items.

The words of a pack are the pack's own; nothing here adds a requirement or a criterion to what it lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import plain, translator
from verifier.edge.page.account import Fact, Link, banners
from verifier.edge.page.bodies_page import body_link, standing_tag
from verifier.edge.page.grid import Cell, Grid, Tag, grid
from verifier.edge.page.scheme_view import CategoryView, categories, tiers, transition_facts
from verifier.edge.page.wording import pinned_appearance
from verifier.edge.rendering import render
from verifier.edge.scheme_text import PHASES
from verifier.encoding import canonical
from verifier.scheme.head import PackHead

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.i18n import Translator


def schemes_page(answer: Mapping[str, Any], *, environment: str, zone: str, lang: str) -> str:
    """Return the page of all schemes."""
    t = translator(lang)
    return render(
        "schemes.html",
        lang=lang,
        path="/schemes",
        title=t.gettext("schemes.title"),
        banners=banners(environment, t),
        moments=[t.moment(answer["as_of"], zone)],
        grids=[_versions(one, t) for one in answer["schemes"]],
    )


def scheme_page(answer: Mapping[str, Any], *, environment: str, zone: str, lang: str) -> str:
    """Return the page of one version."""
    t = translator(lang)
    head = PackHead.model_validate_json(canonical(answer["pack"])) if answer["pack"] else None
    label = head.label.in_(lang) if head else plain(answer["scheme"])
    return render(
        "scheme.html",
        lang=lang,
        path=f"/s/{answer['scheme']}/{answer['version']}",
        title=f"{label} {answer['version']}",
        banners=banners(environment, t),
        label=label,
        version=answer["version"],
        tag=_tag(answer["standing"], t),
        explanation=t.gettext(f"schemes.{answer['standing']}.text"),
        notes=[words.in_(lang) for words in (head.notice, head.limits, head.closed) if words] if head else [],
        facts=_facts(answer, head, zone, t),
        tiers=tiers(head, lang, t) if head else [],
        bodies=_bodies(answer["bodies"], t),
        categories=_categories(answer, head, lang, t),
        alternates=[],
    )


def _versions(scheme: Mapping[str, Any], t: Translator) -> Grid:
    columns = tuple(
        t.gettext(one) for one in ("table.criteria", "schemes.phase", "schemes.tiers", "schemes.days", "schemes.pinned")
    )
    rows = [_version(one, t) for one in scheme["versions"]]
    return grid(scheme["scheme"], scheme["label"][t.lang], columns, rows, empty="")


def _version(one: Mapping[str, Any], t: Translator) -> tuple[Cell, ...]:
    declared = [t.gettext("schemes.tier.declared", level=f"★{level}") for level in one["declared"]]
    days = [f"{fact.label}: {' '.join(fact.texts)}" for fact in transition_facts(one["transition"], t)]
    return (
        Cell(links=(Link(one["version"], one["address"]),)),
        Cell(texts=(PHASES[one["phase"]].in_(t.lang),)),
        Cell(texts=(*([" ".join(f"★{level}" for level in one["tiers"])] if one["tiers"] else []), *declared)),
        Cell(texts=tuple(days) or (t.gettext("schemes.days.none"),)),
        Cell(tags=(_tag(one["standing"], t),)),
    )


def _tag(standing: str, t: Translator) -> Tag:
    return Tag(pinned_appearance(standing), t.gettext(f"schemes.{standing}.title"))


def _facts(answer: Mapping[str, Any], head: PackHead | None, zone: str, t: Translator) -> list[Fact]:
    published = answer["published"]
    facts = [Fact(t.gettext("schemes.id"), texts=(answer["scheme"],))]
    if head:
        facts.append(Fact(t.gettext("schemes.phase"), texts=(PHASES[answer["phase"]].in_(t.lang),)))
        facts += transition_facts(head.transition.members(), t)
        source = head.source
        named = (Link(plain(source.title), source.url),) if source.url else ()
        facts.append(Fact(t.gettext("schemes.source"), texts=() if named else (plain(source.title),), links=named))
    if published:
        entry = t.gettext("schemes.entry", entry=str(published["entry"]))
        links = (Link(entry, f"/explore/{published['entry']}"), Link(t.gettext("schemes.history"), answer["history"]))
        facts.append(Fact(t.gettext("schemes.pinned"), moments=(t.moment(published["at"], zone),), links=links))
        if published.get("replaced_issuable_until"):
            ends = t.last_day(published["replaced_issuable_until"], zone)
            facts.append(Fact(t.gettext("schemes.replaced_until"), moments=(ends,)))
    return [*facts, Fact(t.gettext("schemes.digest"), texts=(answer["sha256"],))]


def _bodies(bodies: list[Mapping[str, Any]], t: Translator) -> Grid:
    columns = tuple(t.gettext(one) for one in ("table.state", "bodies.body", "statistics.column.role", "schemes.tiers"))
    rows = [
        (
            Cell(tags=(standing_tag(one["standing"], t),)),
            Cell(links=(body_link(one, t),)),
            Cell(texts=(t.gettext(f"body.role.{one['role']}"),)),
            Cell(texts=(" ".join(f"★{level}" for level in one["levels"]),)),
        )
        for one in sorted(bodies, key=lambda one: (one["standing"] != "active", one["no"]))
    ]
    return grid("bodies", t.gettext("schemes.bodies"), columns, rows, empty=t.gettext("schemes.bodies.none"))


def _categories(answer: Mapping[str, Any], head: PackHead | None, lang: str, t: Translator) -> list[CategoryView]:
    return categories(head, answer["requirements"], answer["criteria"], lang=lang, t=t) if head else []


def scheme_message_ids() -> list[str]:
    """Return the message ids that are put together out of codes."""
    standings = ("published", "not_published", "differs")
    return [f"schemes.{standing}.{part}" for standing in standings for part in ("title", "text")]
