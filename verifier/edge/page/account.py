"""The account of a verdict: everything that people are told about it, in one language, for page and terminal alike.

Nothing is judged here and nothing is left out: the same verdict gives the same account wherever it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.edge.i18n import Moment, Translator, plain
from verifier.edge.page.wording import (
    CHECK_GROUPS,
    ENVIRONMENTS_WITH_BANNER,
    Appearance,
    CheckWords,
    HeadlineWords,
    check_words,
    headline_appearance,
    headline_words,
    result_appearance,
    tier_words,
)
from verifier.identifier import REGISTERS
from verifier.names import parse_name
from verifier.scheme.shipped import shipped_packs
from verifier.verdict import Check, CheckName, Headline, Result

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.verdict import Shown, Verdict


@dataclass(frozen=True)
class Link:
    """A text that leads somewhere."""

    text: str
    href: str


@dataclass(frozen=True)
class Fact:
    """A labelled fact: texts, moments and links, of which most facts have one."""

    label: str
    texts: tuple[str, ...] = ()
    moments: tuple[Moment, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Stars:
    """A tier: stars for the eye, the same as text, and how it came about."""

    drawn: str
    text: str
    words: str


@dataclass(frozen=True)
class Banner:
    """A warning above everything: this is no official data."""

    kind: str
    title: str
    text: str


@dataclass(frozen=True)
class CheckLine:
    """One check as people read it. ``detail`` is the judge's English for whoever repairs things."""

    words: CheckWords
    appearance: Appearance
    reason: str
    detail: tuple[str, ...]
    as_of: tuple[Moment, ...]


@dataclass(frozen=True)
class CheckGroup:
    """Checks that belong together, and how many of them passed."""

    title: str
    summary: str
    appearance: Appearance
    lines: tuple[CheckLine, ...]
    attributes: str
    """``open`` where something did not pass, as HTML's details element has it."""


@dataclass(frozen=True)
class Holder:
    """Who holds the mark, according to the mark. ``lang`` is the language of the name, empty where it is unknown."""

    name: str
    lang: str
    latin: tuple[str, ...]
    stars: Stars
    scheme: str


@dataclass(frozen=True)
class Account:
    """A verdict in words. ``holders`` is empty where no mark could be read."""

    words: HeadlineWords
    appearance: Appearance
    banners: tuple[Banner, ...]
    notes: tuple[str, ...]
    moments: tuple[Fact, ...]
    claim: str
    holders: tuple[Holder, ...]
    facts: tuple[Fact, ...]
    groups: tuple[CheckGroup, ...]


def account_of(verdict: Verdict, t: Translator) -> Account:
    """Return what is told about a verdict. The mark's own words are told as claims unless the log confirms them."""
    mark = verdict.mark
    return Account(
        words=headline_words(verdict.headline, t),
        appearance=headline_appearance(verdict.headline),
        banners=banners(verdict.environment, t),
        notes=tuple(_notes(verdict, t)),
        moments=moments(verdict.as_of, verdict.known_at, verdict.zone, t),
        claim=t.gettext("claim.registered" if is_registered(verdict) else "claim.unconfirmed"),
        holders=(_holder(mark, t),) if mark else (),
        facts=tuple(_facts(mark, verdict, t)) if mark else (),
        groups=tuple(_groups(verdict, t)),
    )


def banners(environment: str | None, t: Translator) -> tuple[Banner, ...]:
    """Return the warning that an environment other than production calls for."""
    if environment not in ENVIRONMENTS_WITH_BANNER:
        return ()
    stem = f"banner.{environment}"
    return (Banner(str(environment), t.gettext(f"{stem}.title"), t.gettext(f"{stem}.text")),)


def moments(as_of: int, known_at: int | None, zone: str, t: Translator) -> tuple[Fact, ...]:
    """Return the instant that an answer speaks for and that of its evidence."""
    spoken = Fact(t.gettext("fact.as_of"), moments=(t.moment(as_of, zone),))
    if known_at is None:
        return (spoken, Fact(t.gettext("fact.known_at"), texts=(t.gettext("fact.known_at.none"),)))
    return (spoken, Fact(t.gettext("fact.known_at"), moments=(t.moment(known_at, zone),)))


def is_registered(verdict: Verdict) -> bool:
    """Say whether what the mark says is what its issuer signed and the log holds."""
    needed = (verdict.check(CheckName.SIGNATURE), verdict.check(CheckName.REGISTRATION))
    return verdict.headline is not Headline.FORGED and all(one and one.result is Result.PASSED for one in needed)


def stars(level: int, basis: str | None, t: Translator) -> Stars:
    """Return a tier as stars and words."""
    return Stars("★" * level, f"★{level}", tier_words(level, basis, t))


def identifier_fact(identifier: str, t: Translator) -> Fact:
    """Return an organisation's identifier under the name of its register."""
    code, _, value = identifier.partition("-")
    register = REGISTERS.get(code)
    if register is None:
        return Fact(t.gettext("fact.identifier"), texts=(plain(identifier),))
    return Fact(register.label_ja if t.lang == "ja" else register.label_en, texts=(plain(value),))


def scheme_words(scheme: str, t: Translator) -> str:
    """Return the name of a scheme, its id where no shipped pack describes it."""
    labels = (pack.head.label for pack in shipped_packs() if pack.scheme == scheme)
    return next((label.ja if t.lang == "ja" else label.en for label in labels), plain(scheme))


def _notes(verdict: Verdict, t: Translator) -> Iterable[str]:
    mark = verdict.mark
    if verdict.headline is Headline.FORGED and mark is not None:
        yield t.gettext("note.victim", holder=plain(mark.holder))
    if verdict.headline is Headline.NOT_CONFIRMED and is_registered(verdict):
        yield t.gettext("note.genuine")
    if verdict.successor is not None:
        yield t.gettext("note.successor", id=plain(verdict.successor))


def _holder(mark: Shown, t: Translator) -> Holder:
    return Holder(
        name=plain(mark.holder),
        lang="ja" if mark.scheme.startswith("jp.") else "",
        latin=(plain(mark.holder_latin),) if mark.holder_latin else (),
        stars=stars(mark.tier, mark.basis, t),
        scheme=scheme_words(mark.scheme, t),
    )


def _facts(mark: Shown, verdict: Verdict, t: Translator) -> Iterable[Fact]:
    yield from (identifier_fact(one, t) for one in mark.identifiers)
    yield Fact(t.gettext("fact.from"), moments=(t.first_day(mark.nbf, verdict.zone),))
    yield Fact(t.gettext("fact.until"), moments=(t.last_day(mark.exp, verdict.zone),))
    yield from _given(t.gettext("fact.number"), mark.number)
    yield Fact(t.gettext("fact.id"), texts=(plain(mark.id),))
    yield from _given(t.gettext("fact.scope"), mark.scope_summary)
    yield Fact(t.gettext("fact.scope_kind"), texts=(t.gettext(f"scope_kind.{mark.scope_kind}"),))
    if mark.covered:
        yield Fact(t.gettext("fact.covered"), texts=tuple(plain(one) for one in mark.covered))
    if mark.ot is not None:
        yield Fact(t.gettext("fact.ot"), texts=(t.gettext(f"ot.{mark.ot}"),))
    yield from _given(t.gettext("fact.criteria"), mark.criteria)
    yield Fact(t.gettext("fact.issuer"), links=_issuer(mark.issuer, t))
    if mark.domains:
        yield Fact(t.gettext("fact.domains"), texts=tuple(plain(one) for one in mark.domains))
    if verdict.index is not None:
        yield Fact(t.gettext("fact.log_index"), texts=(str(verdict.index),))


def _given(label: str, text: str | None) -> tuple[Fact, ...]:
    return (Fact(label, texts=(plain(text),)),) if text else ()


def _issuer(uri: str, t: Translator) -> tuple[Link, ...]:
    # The identity host and the address listened on are two settings: the link stays where the page is.
    no = parse_name(uri).value
    return (Link(t.gettext("issuer.number", no=no), f"/e/{no}"),)


def _groups(verdict: Verdict, t: Translator) -> Iterable[CheckGroup]:
    for name, members in CHECK_GROUPS.items():
        found = [check for check in verdict.checks if check.name in members]
        if not found:
            continue
        results = {check.result for check in found}
        worst = next(one for one in (Result.FAILED, Result.UNKNOWN, Result.PASSED) if one in results)
        passed = sum(check.result is Result.PASSED for check in found)
        yield CheckGroup(
            title=t.gettext(f"group.{name}"),
            summary=t.ngettext("group.summary", len(found), passed=passed),
            appearance=result_appearance(worst),
            lines=tuple(_line(check, verdict.zone, t) for check in found),
            attributes="" if worst is Result.PASSED else "open",
        )


def _line(check: Check, zone: str, t: Translator) -> CheckLine:
    return CheckLine(
        words=check_words(check, t),
        appearance=result_appearance(check.result),
        reason=check.reason,
        detail=(plain(check.detail),) if check.detail else (),
        as_of=(t.moment(check.as_of, zone),) if check.as_of is not None else (),
    )
