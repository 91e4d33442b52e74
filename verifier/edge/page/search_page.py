"""The page for searches: a form, a page of marks in the order of their holders' names, and the way to the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import plain, translator
from verifier.edge.page.account import Fact, Link, banners, identifier_fact, scheme_words, stars
from verifier.edge.page.grid import Cell, Grid, Tag, grid
from verifier.edge.page.wording import standing_appearance, state_words
from verifier.edge.rendering import render
from verifier.identifier import parse_identifier
from verifier.scheme.shipped import shipped_packs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from verifier.edge.i18n import Translator

PATH = "/verification/search"
FIELDS = ("name", "identifier", "number", "scheme", "least_tier", "state", "body", "valid_on", "after")
_STATES = (
    "active",
    "expired",
    "not_yet_valid",
    "suspended",
    "withdrawn",
    "cancelled",
    "annulled",
    "superseded",
)
_LEVELS = range(1, 6)


@dataclass(frozen=True)
class Choice:
    """An option; ``attributes`` is ``selected`` where it was chosen."""

    value: str
    text: str
    attributes: str


def search_page(answer: Mapping[str, Any], *, environment: str, zone: str, lang: str) -> str:
    """Return the page: the form with what was filled in, what is wrong with it, or what was found."""
    t = translator(lang)
    given = {name: plain(answer["given"].get(name, "")) for name in FIELDS}
    found = answer["found"]
    return render(
        "search.html",
        lang=lang,
        path=PATH,
        title=t.gettext("search.title"),
        banners=banners(environment, t),
        chosen=lang,
        given=given,
        mistakes=[t.gettext(f"search.mistake.{name}") for name in answer["mistakes"]],
        schemes=_choices(_schemes(t), given["scheme"], t),
        levels=_choices([(str(level), f"★{level}") for level in _LEVELS], given["least_tier"], t),
        states=_choices([(one, state_words(one, t)) for one in _STATES], given["state"], t),
        results=[_results(found["results"], zone, t)] if found else [],
        facts=_facts(found, zone, t) if found else [],
        asked=[(name, given[name]) for name in FIELDS if given[name] and name != "after"],
        following=[found["next"]] if found and found["next"] else [],
        proofs=[_proof(given["identifier"], found["as_of"], zone, t)] if _is_unfound_number(given, found) else [],
    )


@dataclass(frozen=True)
class Proof:
    """What is said where nothing was found under a number, and the way to the page that proves it."""

    text: str
    link: Link


def _is_unfound_number(given: Mapping[str, str], found: Mapping[str, Any] | None) -> bool:
    return bool(given["identifier"]) and found is not None and not found["results"] and not given["after"]


def _proof(number: str, as_of: int, zone: str, t: Translator) -> Proof:
    identifier = parse_identifier(number)
    text = t.gettext("search.none.number", as_of=t.moment(as_of, zone).words)
    return Proof(text, Link(t.gettext("search.none.proof", number=identifier.value), f"/o/{identifier}?lang={t.lang}"))


def search_message_ids() -> list[str]:
    """Return the message ids that are put together out of codes."""
    return [f"search.mistake.{name}" for name in FIELDS]


def _schemes(t: Translator) -> list[tuple[str, str]]:
    return [(scheme, scheme_words(scheme, t)) for scheme in dict.fromkeys(pack.scheme for pack in shipped_packs())]


def _choices(options: Iterable[tuple[str, str]], chosen: str, t: Translator) -> list[Choice]:
    every = [("", t.gettext("search.any")), *options]
    return [Choice(value, text, "selected" if value == chosen else "") for value, text in every]


def _facts(found: Mapping[str, Any], zone: str, t: Translator) -> list[Fact]:
    shown = t.ngettext("search.found", len(found["results"]))
    more = (t.gettext("search.more"),) if found["next"] else ()
    return [
        Fact(t.gettext("search.count"), texts=(shown, *more)),
        Fact(t.gettext("fact.as_of"), moments=(t.moment(found["as_of"], zone),)),
    ]


def _results(rows: list[Mapping[str, Any]], zone: str, t: Translator) -> Grid:
    names = ("table.state", "search.holder", "table.tier", "table.until", "table.mark")
    cells = [_row(one, zone, t) for one in rows]
    columns = tuple(t.gettext(one) for one in names)
    return grid("results", t.gettext("search.results"), columns, cells, empty=t.gettext("search.none"))


def _row(one: Mapping[str, Any], zone: str, t: Translator) -> tuple[Cell, ...]:
    number = identifier_fact(one["identifier"], t)
    numbered = " ".join((number.label, *number.texts))
    names = [plain(one[name]) for name in ("holder", "holder_latin") if one[name]]
    holder, *others = [*names, numbered]
    return (
        Cell(tags=(Tag(standing_appearance(one["state"]), state_words(one["state"], t)),)),
        Cell(links=(Link(holder, f"/o/{one['identifier']}"),), texts=tuple(others)),
        Cell(stars=(stars(one["tier"], None, t),), texts=(scheme_words(one["scheme"], t),)),
        Cell(moments=(t.end_of(one["state"], one["until"], zone),)),
        Cell(links=(Link(one["mark"], f"/m/{one['mark']}"),)),
    )
