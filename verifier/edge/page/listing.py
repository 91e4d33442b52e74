"""Listing: what is told about an accredited body and about all marks of an organisation, in one language.

Both come from the directory, a body's scope and window from the trust list. States by statement are read with the
clock: a term that has ended has ended, whatever was last said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.edge.i18n import Moment, Translator, plain
from verifier.edge.page.account import Fact, Link, Stars, identifier_fact, scheme_words, stars
from verifier.edge.page.wording import Appearance, standing_appearance, state_words
from verifier.names import parse_name
from verifier.scheme.shipped import shipped_packs

if TYPE_CHECKING:
    from verifier.check.listed import Listed
    from verifier.directory.record import IdentifierRecord, MarkLine, ObjectRecord
    from verifier.trust.trustlist import ListedBody


@dataclass(frozen=True)
class Standing:
    """A standing as people read it."""

    appearance: Appearance
    title: str
    explanation: str


@dataclass(frozen=True)
class ScopeLine:
    """One row of what a body may evaluate."""

    scheme: str
    stars: Stars
    criteria: str


@dataclass(frozen=True)
class BodyView:
    """A body in words."""

    name: str
    standing: Standing
    facts: tuple[Fact, ...]
    scope: tuple[ScopeLine, ...]


@dataclass(frozen=True)
class MarkRow:
    """One mark in an organisation's list."""

    link: Link
    stars: Stars
    scheme: str
    relation: str
    scope_kind: str
    appearance: Appearance
    state: str
    until: Moment


@dataclass(frozen=True)
class OrganisationView:
    """An organisation's marks in words."""

    title: str
    facts: tuple[Fact, ...]
    summary: str
    rows: tuple[MarkRow, ...]


MEANINGS = ("number", "sole", "recognised", "security")
"""What the absence of a mark does not say."""


@dataclass(frozen=True)
class AbsentView:
    """A number that no mark is listed under, in words."""

    title: str
    meanings: tuple[str, ...]


def body_view(
    record: ObjectRecord, listed: ListedBody | None, name: str | None, *, now: int, zone: str, t: Translator
) -> BodyView:
    """Return what is told about a body; ``listed`` is its row in the trust list, None where it has none."""
    no = parse_name(record.object).value
    standing = body_standing(record.state, listed, now)
    stem = f"body.standing.{standing}"
    return BodyView(
        name=plain(name) if name else t.gettext("issuer.number", no=no),
        standing=Standing(standing_appearance(standing), t.gettext(f"{stem}.title"), t.gettext(f"{stem}.explanation")),
        facts=(Fact(t.gettext("fact.body_number"), texts=(no,)), *_window(listed, zone, t)),
        scope=tuple(
            ScopeLine(scheme_words(row.scheme, t), stars(row.level, None, t), _criteria(row.criteria_sha256))
            for row in (listed.scope if listed else ())
        ),
    )


def organisation_view(record: IdentifierRecord, *, now: int, zone: str, t: Translator) -> OrganisationView:
    """Return what is told about an organisation: every mark that it holds or that covers it."""
    fact = identifier_fact(record.identifier, t)
    return OrganisationView(
        title=" ".join((fact.label, *fact.texts)),
        facts=(fact,),
        summary=t.ngettext("organisation.summary", len(record.marks)),
        rows=tuple(_row(line, now, zone, t) for line in sorted(record.marks, key=lambda one: _order(one, now))),
    )


def absent_view(listed: Listed, t: Translator) -> AbsentView:
    """Return what is told about a number that no mark is listed under, by a directory that proves it."""
    fact = identifier_fact(str(listed.identifier), t)
    meanings = [*(("declared",) if listed.declared else ()), *MEANINGS]
    return AbsentView(
        title=" ".join((fact.label, *fact.texts)),
        meanings=tuple(t.gettext(f"organisation.absent.{one}") for one in meanings),
    )


def absent_message_ids() -> list[str]:
    """Return the message ids that are put together here."""
    return [f"organisation.absent.{one}" for one in ("declared", *MEANINGS)]


def state_at(line: MarkLine, now: int) -> str:
    """Return the state of a listed mark at that time (UTC seconds)."""
    if line.state == "suspended" and now >= line.until:
        return "withdrawn"
    if line.state != "active":
        return line.state
    if now < line.nbf:
        return "not_yet_valid"
    return "expired" if now >= line.until else "active"


def body_standing(state: str, listed: ListedBody | None, now: int) -> str:
    """Return how a body stands at that time (UTC seconds): its state by statements, read with its term."""
    if state in ("suspended", "withdrawn"):
        return state
    if state != "active" or listed is None:
        return "unknown"
    if now < listed.begins:
        return "not_yet"
    return "lapsed" if now >= listed.ends else "active"


def _window(listed: ListedBody | None, zone: str, t: Translator) -> tuple[Fact, ...]:
    if listed is None:
        return ()
    return (
        Fact(t.gettext("fact.role"), texts=(t.gettext(f"body.role.{listed.role}"),)),
        Fact(t.gettext("fact.from"), moments=(t.first_day(listed.begins, zone),)),
        Fact(t.gettext("fact.until"), moments=(t.last_day(listed.ends, zone),)),
    )


def _criteria(sha256: str) -> str:
    versions = (pack.version for pack in shipped_packs() if pack.digest == sha256)
    return next(versions, f"sha256 {sha256}")


def _order(line: MarkLine, now: int) -> tuple[bool, int, str]:
    return state_at(line, now) != "active", -line.until, line.mark


def _row(line: MarkLine, now: int, zone: str, t: Translator) -> MarkRow:
    state = state_at(line, now)
    return MarkRow(
        link=Link(line.mark, f"/m/{line.mark}"),
        stars=stars(line.tier, None, t),
        scheme=scheme_words(line.scheme, t),
        relation=t.gettext(f"link.{line.link}"),
        scope_kind=t.gettext(f"scope_kind.{line.scope_kind}"),
        appearance=standing_appearance(state),
        state=state_words(state, t),
        until=t.end_of(state, line.until, zone),
    )
