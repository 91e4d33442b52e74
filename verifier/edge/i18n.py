"""Languages: gettext catalogues, dates in words, and the choice between Japanese and English (RFC 9110, 12.5.4).

Message ids are names such as ``headline.forged.title``; both languages have a catalogue of their own, read from its
.po file at run time, so that a text is changed in one place and there is nothing to compile.
"""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations
from importlib import resources
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from verifier.dates import day_start, last_valid_day, local_date, utc_text
from verifier.errors import WrongUseError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from babel.messages.catalog import Catalog

GENERAL = "shirushi.po"
LANGUAGES = {"ja": "日本語", "en": "English"}
"""The languages, each by the name that it gives itself."""

# British dates put the day before the month's name, which no reader can take for the other.
_LOCALES = {"ja": "ja_JP", "en": "en_GB"}
_LONGEST_HEADER = 1000
_WEIGHT = re.compile(r"q=([01](?:\.[0-9]{0,3})?)")
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True)
class Moment:
    """An instant or a day in words, as an HTML ``datetime`` and, for an instant, exactly in UTC."""

    words: str
    machine: str
    utc: str

    def __str__(self) -> str:
        return f"{self.words} ({self.utc})"


class Translator:
    """One language: its texts and its way to write dates."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        buffer = io.BytesIO()
        write_mo(buffer, read_catalog(lang))
        buffer.seek(0)
        self._texts = GNUTranslations(buffer)

    def gettext(self, message_id: str, **values: object) -> str:
        """Return the text of that id with its ``%(name)s`` filled in."""
        text = self._texts.gettext(message_id)
        return text % values if values else text

    def ngettext(self, message_id: str, number: int, **values: object) -> str:
        """Return the text of that id for a number of things; the text may use ``%(number)s``."""
        return self._texts.ngettext(message_id, message_id, number) % {"number": number, **values}

    def has(self, message_id: str) -> bool:
        """Say whether there is a text of that id."""
        return self._texts.gettext(message_id) != message_id

    def moment(self, instant: int, zone: str) -> Moment:
        """Return an instant (UTC seconds) to the minute in that zone."""
        there = datetime.fromtimestamp(instant, ZoneInfo(zone))
        day = format_date(there.date(), "long", locale=_LOCALES[self.lang])
        time = format_time(there, "HH:mm", locale=_LOCALES[self.lang])
        utc = utc_text(instant)
        return Moment(self.gettext("date.moment", day=day, time=time, zone=zone_name(instant, zone)), utc, utc)

    def first_day(self, nbf: int, zone: str) -> Moment:
        """Return from when on something is valid that is valid from ``nbf``: a day, where one begins then."""
        return self._edge("date.first_day", "date.after", local_date(nbf, zone), nbf, zone)

    def last_day(self, exp: int, zone: str) -> Moment:
        """Return how long something is valid that is valid until ``exp``: the last day, where one ends then."""
        return self._edge("date.last_day", "date.before", last_valid_day(exp, zone), exp, zone)

    def end_of(self, state: str, until: int, zone: str) -> Moment:
        """Return how long a mark's listed state lasts: to its last day, or until the clock withdraws a suspended one.

        A directory does not hold the last valid day of a suspended mark.
        """
        if state != "suspended":
            return self.last_day(until, zone)
        moment = self.moment(until, zone)
        return Moment(self.gettext("date.unless_lifted", moment=moment.words), moment.machine, moment.utc)

    def _edge(self, whole: str, broken: str, day: date, instant: int, zone: str) -> Moment:
        moment = self.moment(instant, zone)
        if day_start(local_date(instant, zone), zone) != instant:
            return Moment(self.gettext(broken, moment=moment.words), moment.machine, moment.utc)
        words = format_date(day, "long", locale=_LOCALES[self.lang])
        return Moment(self.gettext(whole, day=words, zone=zone_name(instant, zone)), day.isoformat(), moment.utc)


@cache
def translator(lang: str) -> Translator:
    """Return the language's texts. Raises WrongUseError for a language that has no catalogue."""
    if lang not in LANGUAGES:
        raise WrongUseError(f"there is no language {lang[:20]!r}", hint="Known: " + ", ".join(LANGUAGES))
    return Translator(lang)


def read_catalog(lang: str) -> Catalog:
    """Return the language's catalogue: the texts of all its .po files, one file an area of the product."""
    files = resources.files("verifier.edge").joinpath("locale", lang).iterdir()
    first, *others = sorted((one for one in files if one.name.endswith(".po")), key=_first_is_general)
    whole = read_po(io.BytesIO(first.read_bytes()), locale=lang, abort_invalid=True)
    for one in others:
        for message in read_po(io.BytesIO(one.read_bytes()), locale=lang, abort_invalid=True):
            if message.id and message.id in whole:
                raise WrongUseError(f"{one.name} has a text that another catalogue has: {message.id}")
            if message.id:
                whole[message.id] = message
    return whole


def _first_is_general(file: Traversable) -> tuple[bool, str]:
    return (file.name != GENERAL, file.name)


def choose_language(accept_language: str | None, query: str | None) -> str:
    """Return the language to answer in: the one asked for, else the best that the header accepts.

    Without a wish it is Japanese, the scheme's own; whoever wishes for neither gets English.
    """
    if query in LANGUAGES:
        return query
    header = (accept_language or "")[:_LONGEST_HEADER].strip()
    if not header:
        return "ja"
    wishes = sorted((_wish(part) for part in header.split(",")), key=lambda wish: -wish[1])
    for language, weight in wishes:
        if weight > 0 and language == "*":
            return "ja"
        if weight > 0 and language in LANGUAGES:
            return language
    return "en"


def plain(text: str) -> str:
    """Return text of others without what steers terminals or turns the reading direction."""
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(one) in _UNSHOWN else one for one in text)


def zone_name(instant: int, zone: str) -> str:
    """Return the zone's usual short name at that instant, or its distance from UTC where it has none."""
    there = datetime.fromtimestamp(instant, ZoneInfo(zone))
    name = there.tzname() or ""
    if name.isalpha():
        return name
    distance = there.strftime("%z")
    return f"UTC{distance[:3]}:{distance[3:5]}"


def _wish(part: str) -> tuple[str, float]:
    language, _, parameter = part.strip().partition(";")
    matched = _WEIGHT.fullmatch(parameter.strip() or "q=1")
    return language.strip().partition("-")[0].lower(), float(matched[1]) if matched else 0.0
