"""Searching for marks by what people know of a holder: a part of its name in any script, its number, what it holds."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.verification import queries_search as queries
from registry.verification.romaji import letters_of
from verifier.check.judge import state_at
from verifier.check.supplier import fold_name
from verifier.dates import parse_instant
from verifier.directory.record import ListedMark
from verifier.encoding import b64u, canonical, read_json, unb64u
from verifier.errors import MalformedError, UnavailableError, WrongUseError
from verifier.identifier import HYPHENS, parse_identifier
from verifier.names import body_uri

if TYPE_CHECKING:
    from pathlib import Path

    from registry.verification.search_models import Search
    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot

MOST_EXPORTED = 10_000
_PAGE = 500
_FIRST = ("", "")


@dataclass(frozen=True)
class Found:
    """A page of marks, the place from which the next one goes on, and the epoch that was searched."""

    rows: tuple[dict[str, Any], ...]
    following: str | None
    as_of: int
    directory_size: int


class Searching:
    """Searches in the index of one registry."""

    def __init__(self, file: Path, *, trust_root: TrustRoot, now: Clock) -> None:
        self._file = file
        self._root = trust_root
        self._now = now

    def find(self, asked: Search, *, most: int) -> Found:
        """Return the marks that fit, at most so many. Raises WrongUseError, MalformedError, UnavailableError."""
        at = parse_instant(asked.valid_on, zone=self._root.content.zone) if asked.valid_on else self._now()
        with queries.reading(self._file) as index:
            if index is None:
                raise UnavailableError("the search index is not made yet", hint="Ask again in a moment.")
            conditions = [*_conditions(asked, self._root.host), *_state_conditions(asked, at)]
            after = _opened(asked.after) if asked.after else _FIRST
            rows = queries.find(index.line, conditions, after=after, most=most + 1)
        following = None
        if len(rows) > most:
            rows = rows[:most]
            following = b64u(canonical([rows[-1].folded, rows[-1].mark]))
        return Found(tuple(_members(row, at) for row in rows), following, index.as_of, index.size)


def _conditions(asked: Search, host: str) -> list[queries.Condition]:
    found: list[queries.Condition] = []
    if asked.name:
        folded = fold_name(asked.name)
        if not folded:
            raise WrongUseError("the name holds no letter", hint="Write a part of the holder's name.")
        if letters := letters_of(folded):
            found.append(("(instr(n.folded, ?) OR instr(n.letters, ?))", folded, letters))
        else:
            found.append(("instr(n.folded, ?)", folded))
    if asked.identifier is not None:
        found.append(("l.identifier = ?", str(parse_identifier(asked.identifier))))
    else:
        # Who is found by number only is found by whoever knows the number, and is listed to nobody else.
        found.append(("n.listed",))
    if asked.number is not None:
        found.append(("n.number = ?", _number(asked.number)))
    if asked.scheme is not None:
        found.append(("l.scheme = ?", asked.scheme))
    if asked.tier is not None:
        found.append(("l.tier = ?", asked.tier))
    if asked.least_tier is not None:
        found.append(("l.tier >= ?", asked.least_tier))
    if asked.body is not None:
        found.append(("n.issuer = ?", body_uri(host, asked.body)))
    return found


def _number(typed: str) -> str:
    """Return a registration number as marks have it. Raises WrongUseError."""
    number = unicodedata.normalize("NFKC", typed).translate(HYPHENS).strip().upper()
    if not number:
        raise WrongUseError("the registration number is empty", hint="Write it as the mark shows it: SCS3-000001.")
    return number


def _state_conditions(asked: Search, at: int) -> list[queries.Condition]:
    """Return what a state at an instant means for what the directory says, which knows no clock."""
    match asked.state:
        case None:
            return [] if asked.valid_on is None else _active(at)
        case "active":
            return _active(at)
        case "expired":
            return [("l.state = 'active' AND l.until <= ?", at)]
        case "not_yet_valid":
            return [("l.state = 'active' AND l.nbf > ?", at)]
        case "suspended":
            return [("l.state = 'suspended' AND l.until > ?", at)]
        case "withdrawn":
            return [("(l.state = 'withdrawn' OR (l.state = 'suspended' AND l.until <= ?))", at)]
        case other:
            return [("l.state = ?", other)]


def _active(at: int) -> list[queries.Condition]:
    return [("l.state = 'active' AND l.nbf <= ?", at), ("l.until > ?", at)]


def _members(row: queries.Row, at: int) -> dict[str, Any]:
    line = ListedMark("held", row.mark, row.nbf, row.scheme, row.scope_kind, row.state, row.tier, row.until)
    return {
        "mark": row.mark,
        "holder": row.holder or None,
        "holder_latin": row.latin or None,
        "identifier": row.identifier,
        "issuer": row.issuer,
        "number": row.number,
        "scheme": row.scheme,
        "tier": row.tier,
        "scope_kind": row.scope_kind,
        "state": state_at(line, at),
        "nbf": row.nbf,
        "until": row.until,
    }


def _opened(after: str) -> tuple[str, str]:
    try:
        folded, mark = read_json(unb64u(after))
        if isinstance(folded, str) and isinstance(mark, str):
            return folded, mark
    except (MalformedError, ValueError, TypeError):
        pass
    raise WrongUseError("this is no place to go on from", hint="Give `next` of the page before, as it is.")
