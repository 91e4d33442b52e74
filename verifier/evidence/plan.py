"""The plan of an inspection as its author writes it: TOML, JSON or CSV in, rows of a manifest out.

A plan says before the first result what is measured, by which method, in how many numbered runs, which files will hold
them, how soon after measuring they are sealed, and under which terms they may be used. In ``files`` the text ``{run}``
stands for the run's number and ``*`` for any text within one part of the name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from verifier.dates import day_start
from verifier.encoding import read_object
from verifier.errors import MalformedError, RefusedError
from verifier.evidence.manifest import LongText, PackPin, Terms
from verifier.evidence.row import PlanRow, Text
from verifier.injected import Entropy
from verifier.schema import Closed, Count, Label, Many, read_model
from verifier.scheme.pack import SchemePack
from verifier.scheme.rule import Zone
from verifier.scheme.tables import read_rows, read_toml
from verifier.statement.commitment import salt_from

MOST_ITEMS = 10_000
MOST_STARS = 4
HOUR = 3600
COLUMNS = ("item", "label", "method", "unit", "first", "last", "files", "criterion")
_NUMBERS = frozenset({"first", "last"})
_RUN = "0*(?P<run>[1-9][0-9]{0,8})"


def _day(value: Any) -> Any:
    # TOML has days, JSON and CSV have their text.
    return date.fromisoformat(value) if isinstance(value, str) else value


def _checked_pattern(pattern: str) -> str:
    if pattern.count("{run}") != 1 or pattern.count("*") > MOST_STARS:
        raise ValueError(f"a pattern of files has {{run}} once and at most {MOST_STARS} stars")
    return pattern


Day = Annotated[date, BeforeValidator(_day)]
Pattern = Annotated[Text, AfterValidator(_checked_pattern)]


class PlanTerms(Closed):
    """Terms of use; ``until`` is the last day on which they allow any use."""

    text: LongText
    until: Day | None = None


class PlanItem(Closed):
    """One item of the plan, see ``PlanRow``."""

    item: Label
    label: Text
    method: Text
    unit: Text | None = None
    first: Count = 1
    last: Count
    files: Pattern | None = None
    criterion: Label | None = None


class Plan(Closed):
    """A plan as it was written; ``late_after_hours`` counts from measuring to sealing."""

    subject: Text
    zone: Zone = "Asia/Tokyo"
    pack: Text | None = None
    late_after_hours: Annotated[int, Field(ge=0, le=8760)] | None = None
    terms: PlanTerms | None = None
    items: Annotated[Many[PlanItem], Field(min_length=1, max_length=MOST_ITEMS)]

    def rows(self, entropy: Entropy) -> list[PlanRow]:
        """Return the plan's items as rows under fresh salts."""
        members = (one.members() for one in self.items)
        return [read_model(PlanRow, {**one, "salt": salt_from(entropy)}, what="item") for one in members]

    def sealed_terms(self) -> Terms | None:
        """Return the terms as they stand in a manifest."""
        if self.terms is None:
            return None
        until = self.terms.until
        end = day_start(until + timedelta(days=1), self.zone) if until else None
        return Terms(text=self.terms.text, until=end)


@dataclass(frozen=True)
class PackRules:
    """What the pack that a plan names adds to its head: the pin and the limit for sealing late, in seconds."""

    pin: PackPin | None
    late_after: int | None


def read_plan(data: bytes, *, filename: str, options: Mapping[str, Any] | None = None) -> Plan:
    """Return the plan of a .toml, .json or .csv file; a CSV holds the items only, ``options`` the other members.

    Raises MalformedError or StatementError naming what is wrong, RefusedError for an item that stands twice or ends
    before it begins.
    """
    match filename.rpartition(".")[2].lower():
        case "toml":
            plan = read_toml(data, Plan, file=filename)
        case "json":
            plan = read_model(Plan, read_object(data), what=filename)
        case "csv":
            items = [_item(row.cells) for row in read_rows(data, file=filename, columns=COLUMNS)]
            plan = read_model(Plan, {**(options or {}), "items": items}, what=filename)
        case _:
            raise MalformedError(f"{filename} is neither .toml, .json nor .csv")
    names = [one.item for one in plan.items]
    if len(set(names)) != len(names):
        raise RefusedError("a plan names every item once")
    for one in plan.items:
        if one.last < one.first:
            raise RefusedError(f"the runs of {one.item} end before they begin")
    return plan


def pack_rules(plan: Plan, pack: SchemePack | None) -> PackRules:
    """Return what the plan's pack adds; ``pack`` is the one that it names, None where it names none.

    Raises RefusedError for a criterion that the pack does not have and for a limit looser than the pack's.
    """
    own = plan.late_after_hours * HOUR if plan.late_after_hours is not None else None
    named = [one for one in plan.items if one.criterion is not None]
    if pack is None:
        if named:
            raise RefusedError(f"{named[0].item} names a criterion, but the plan names no pack", hint="Name the pack.")
        return PackRules(None, own)
    known = {row.id for row in pack.criteria}
    for one in named:
        if one.criterion not in known:
            raise RefusedError(f"{pack.name} has no criterion {one.criterion}, which {one.item} names")
    pin = PackPin(name=pack.name, sha256=pack.digest)
    rules = pack.head.evidence
    if rules is None:
        return PackRules(pin, own)
    longest = rules.late_after_hours * HOUR
    if own is not None and own > longest:
        raise RefusedError(f"{pack.name} seals within {rules.late_after_hours} hours, the plan allows more")
    return PackRules(pin, longest if own is None else own)


def match_run(pattern: str, path: str) -> int | None:
    """Return the number of the run that a file holds by a pattern, None where it does not fit."""
    parts = (re.escape(part).replace(r"\*", "[^/]*") for part in pattern.split("{run}"))
    found = re.fullmatch(_RUN.join(parts), path)
    return int(found["run"]) if found else None


def _item(cells: Mapping[str, str]) -> dict[str, Any]:
    filled = {name: text for name, text in cells.items() if text}
    return {name: _number(text) if name in _NUMBERS else text for name, text in filled.items()}


def _number(text: str) -> int | str:
    return int(text) if re.fullmatch("[1-9][0-9]{0,8}", text) else text
