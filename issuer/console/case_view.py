"""What the pages tell of a case: its facts, who did what, its answers with the criteria's own text, its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from issuer.answers import open_items
from issuer.case import Case, State
from issuer.console.words import answer_tag, case_tag, event_words
from issuer.machine import state_at
from issuer.workplace import pack_of, rules_of
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact, Link, identifier_fact, scheme_words, stars
from verifier.edge.page.grid import Cell, Grid, Tag, grid
from verifier.errors import MarkError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from issuer.answers import ItemAnswer
    from issuer.issuance import CaseEvent, Issuance
    from verifier.edge.i18n import Translator
    from verifier.mark import Holder
    from verifier.scheme.pack import SchemePack

ZONE = "Asia/Tokyo"
"""The zone in which a case's days are told whose pack is not installed any more."""


@dataclass(frozen=True)
class Answered:
    """One item as the page shows it: the criterion, what was answered, the reason and the evidence."""

    item: str
    label: str
    tag: Tag
    facts: tuple[Fact, ...]
    approvable: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """The items of one requirement, how many of them are settled; ``attributes`` is ``open`` where one is not."""

    title: str
    summary: str
    items: tuple[Answered, ...]
    attributes: str


def zone_of(case: Case) -> str:
    """Return the zone in which the case's days are counted."""
    try:
        return rules_of(case).zone
    except MarkError:
        return ZONE


def present_state(case: Case, now: int) -> State:
    """Return where a case stands, as the clock has it; what is stored where its pack is not installed any more."""
    try:
        return state_at(case, now, rules_of(case))
    except MarkError:
        return case.state


def cases_grid(cases: Iterable[Case], now: int, t: Translator) -> Grid:
    """Return a table of cases, the latest first."""
    columns = ("case", "state", "tier", "holder", "number", "opened")
    rows = [
        (
            Cell(links=(Link(one.id, f"/cases/{one.id}"),)),
            Cell(tags=(case_tag(present_state(one, now), t),)),
            Cell(texts=(f"★{one.level}",)),
            Cell(texts=(plain(one.holder.name),)),
            Cell(codes=(one.reservation.number,) if one.reservation else ()),
            Cell(moments=(t.moment(one.opened_at, zone_of(one)),)),
        )
        for one in reversed(list(cases))
    ]
    titles = tuple(t.gettext(f"evaluator.column.{name}") for name in columns)
    return grid("cases", t.gettext("evaluator.cases.title"), titles, rows, empty=t.gettext("evaluator.cases.none"))


def case_facts(case: Case, t: Translator) -> tuple[Fact, ...]:
    """Return who applies for what."""
    return tuple(_facts(case, t))


def _facts(case: Case, t: Translator) -> Iterator[Fact]:
    yield _text("holder", t, *filter(None, (case.holder.name, case.holder.name_latin)))
    yield from (identifier_fact(one, t) for one in case.holder.identifiers)
    yield from listing_facts(case.holder, t)
    if case.handling.person is not None:
        yield _text("person", t, case.handling.person.name)
    if case.holder.domains:
        yield _text("domains", t, *case.holder.domains)
    shown = stars(case.level, None, t)
    yield _text("tier", t, f"{scheme_words(case.scheme, t)} {shown.text}", case.version)
    yield _text("scope", t, case.scope.scope_summary, t.gettext(f"scope_kind.{case.scope.scope_kind}"))
    if case.scope.covered:
        yield _text("covered", t, *case.scope.covered)
    yield _text("ot", t, t.gettext(f"ot.{case.scope.ot}"))
    if case.reservation:
        yield _text("number", t, case.reservation.number)
        yield _text("mark", t, case.reservation.mark)
    yield Fact(t.gettext("evaluator.fact.opened"), moments=(t.moment(case.opened_at, zone_of(case)),))


def listing_facts(holder: Holder, t: Translator) -> Iterator[Fact]:
    """Yield that a holder is found by its number only, for one that is unlisted."""
    if holder.unlisted:
        yield _text("listing", t, t.gettext("evaluator.listing.unlisted"))


def people_facts(case: Case, t: Translator) -> tuple[Fact, ...]:
    """Return who was assigned and who confirmed, swore, tested, attested and decided, and when."""
    return tuple(_people(case, t))


def _people(case: Case, t: Translator) -> Iterator[Fact]:
    zone = zone_of(case)
    for part, party in case.handling.assignment.members().items():
        yield Fact(t.gettext(f"evaluator.part.{part}"), texts=(party,))
    done: list[tuple[str, tuple[str, ...], int]] = []
    if case.confirmation:
        kind = t.gettext(f"evaluator.confirmer.{case.confirmation.kind}")
        done.append(("confirmed", (case.confirmation.by, kind), case.confirmation.at))
    if case.oath:
        done.append(("sworn", (case.oath.officer,), case.oath.at))
    if case.technical:
        done.append(("tested", (case.technical.body,), case.technical.date))
    if case.attested:
        done.append(("attested", (case.attested.holder,), case.attested.at))
    if case.decision:
        outcome = t.gettext(f"evaluator.outcome.{case.decision.outcome}")
        said = tuple(filter(None, (case.decision.by, outcome, case.decision.reason)))
        done.append(("decided", said, case.decision.at))
    for name, texts, at in done:
        label = t.gettext(f"evaluator.fact.{name}")
        yield Fact(label, texts=tuple(map(plain, texts)), moments=(t.moment(at, zone),))
    if case.decision and case.decision.nbf:
        yield Fact(t.gettext("evaluator.fact.begins"), moments=(t.first_day(case.decision.nbf, zone),))


def answer_groups(case: Case, t: Translator) -> tuple[Group, ...]:
    """Return the answers by requirement, each with the criterion's text. Raises as ``pack_of`` does."""
    pack = pack_of(case)
    given = {one.item: one for one in case.answers}
    wanted = [(item, given[item.id]) for item in pack.items_for(case.level) if item.id in given]
    groups = []
    for requirement, label in _requirements(pack, case.level, t):
        items = [(item.label(t.lang), answer) for item, answer in wanted if item.requirement == requirement]
        if items:
            groups.append(_group(f"{requirement} {label}", items, t))
    return tuple(groups)


def _requirements(pack: SchemePack, level: int, t: Translator) -> list[tuple[str, str]]:
    return [(one.id, one.label_ja if t.lang == "ja" else one.label_en) for one in pack.requirements_for(level)]


def _group(title: str, items: Sequence[tuple[str, ItemAnswer]], t: Translator) -> Group:
    settled = sum(answer.settled for _, answer in items)
    shown = tuple(
        Answered(
            item=answer.item,
            label=label,
            tag=answer_tag(answer.word, t),
            facts=tuple(_answer_facts(answer, t)),
            approvable=(answer.item,) if answer.word == "not_applicable" and not answer.approved_by else (),
        )
        for label, answer in items
    )
    summary = t.ngettext("evaluator.answers.settled", len(items), settled=settled)
    return Group(title, summary, shown, "" if settled == len(items) else "open")


def _answer_facts(answer: ItemAnswer, t: Translator) -> Iterator[Fact]:
    for name, text in (
        ("evidence", answer.evidence),
        ("justification", answer.justification),
        ("approved_by", answer.approved_by),
    ):
        if text:
            yield _text(name, t, text)


def to_approve(case: Case) -> tuple[str, ...]:
    """Return the items whose reason for not applying nobody has approved."""
    return tuple(one.item for one in case.answers if one.word == "not_applicable" and not one.approved_by)


def open_count(case: Case) -> int:
    """Return how many answered items are not settled."""
    return len(open_items(case.answers))


def history_grid(events: Iterable[CaseEvent], zone: str, t: Translator) -> Grid:
    """Return what happened to a case, the latest first."""
    rows = [
        (
            Cell(moments=(t.moment(one.at, zone),)),
            Cell(texts=(event_words(one.event, t),)),
            Cell(codes=(one.by,)),
            Cell(texts=(plain(one.note.partition("\n")[0]),)),
        )
        for one in reversed(list(events))
    ]
    titles = tuple(t.gettext(f"evaluator.column.{name}") for name in ("at", "event", "by", "note"))
    return grid(
        "history", t.gettext("evaluator.history.title"), titles, rows, empty=t.gettext("evaluator.history.none")
    )


def next_step(state: State, issuance: Issuance | None) -> str | None:
    """Return what has to be done next at the desk, by a code of ``words.NEXT``; None where nothing is."""
    if state is State.GRANTED:
        if issuance is None or issuance.admitted is None:
            return "issue"
        return "package" if issuance.finished_at is None else None
    return _NEXT.get(state)


_NEXT = {
    State.DRAFT: "complete",
    State.SUBMITTED: "accept",
    State.ACCEPTED: "answers",
    State.RETURNED: "answers",
    State.IN_ASSESSMENT: "assess",
    State.ASSESSED: "decide",
    State.IN_REVIEW: "decide",
}


def _text(name: str, t: Translator, *texts: str) -> Fact:
    return Fact(t.gettext(f"evaluator.fact.{name}"), texts=tuple(map(plain, texts)))
