"""Rows of a list as suppliers: who is asked about, by which identifiers or mark, and which tier a row asks of them."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from verifier.check.columns import ANY, MARK, NAME, TIER, Columns
from verifier.check.subject import Claim, Refused, read_identifier, read_mark, read_tier
from verifier.tier import Tier

MOST_CANDIDATES = 5
_FORMS = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|(一般|公益|特例)?(財団|社団)法人|特定非営利活動法人|\((株|有|同|資|名)\)"
    r"|(カブシキ|ユウゲン|ゴウドウ|ゴウシ|ゴウメイ)[ガカ]イシャ"
    r"|\b(incorporated|inc|limited|ltd|llc|llp|plc|gmbh|company|co|corporation|corp|ag|kg|sa|bv|pte|pty)\b\.?"
    r"|\b(kabushiki|yugen|godo|goshi|gomei)[- ]?[gk]aisha\b|\b(k\.? ?k|g\.? ?k|y\.? ?k|s\.a|b\.v)\b\.?"
)
_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}

Damage = Mapping[tuple[int, int], str]
"""Cells that a spreadsheet changed, by row and column from 0, with the reason why they are refused."""


class Supplier(NamedTuple):
    """One row. ``row`` counts from 0; ``twin`` is the first row that asks about the same, where there is one.

    A row with ``refused`` is not asked about; ``column`` is where the refused cell stands. ``asked`` is the tier
    that the row itself asks for.
    """

    row: int
    identifiers: tuple[str, ...] = ()
    claim: Claim | None = None
    name: str = ""
    asked: Tier | None = None
    refused: str = ""
    column: int | None = None
    twin: int | None = None

    @property
    def subject(self) -> str:
        """What the row asks about: its first identifier, else its mark's id; empty for a name alone."""
        if self.identifiers:
            return self.identifiers[0]
        return self.claim.id if self.claim else ""

    @property
    def key(self) -> str:
        """What tells this question from others about the same subject: the mark and the tier that the row names."""
        claim = (self.claim.id if self.identifiers else "", self.claim.host or "") if self.claim else ()
        return " ".join(filter(None, (self.subject, *claim, str(self.asked or ""))))


def read_suppliers(
    rows: Sequence[Sequence[str]], columns: Columns, *, damage: Damage, wanted: Tier
) -> tuple[Supplier, ...]:
    """Return a supplier for each row from the first one on that is not empty."""
    found = []
    first_row: dict[tuple[str, str], int] = {}
    for number in range(columns.first, len(rows)):
        if not any(rows[number]):
            continue
        supplier = _read(number, rows[number], columns, damage=damage, wanted=wanted)
        if supplier.subject and not supplier.refused:
            host = supplier.claim.host or "" if supplier.claim else ""
            first = first_row.setdefault((supplier.subject, host), number)
            supplier = supplier._replace(twin=first) if first != number else supplier
        found.append(supplier)
    return tuple(found)


def _read(number: int, row: Sequence[str], columns: Columns, *, damage: Damage, wanted: Tier) -> Supplier:
    name, refused, column = "", "", None
    identifiers: list[str] = []
    claim: Claim | None = None
    asked: Tier | None = None
    for place, role in columns.roles.items():
        cell = row[place].strip() if place < len(row) else ""
        if cell and role == NAME:
            # A refused row keeps its name: by it people find whose number is to be put right.
            name = cell
            continue
        if not cell or refused:
            continue
        broken = damage.get((number, place)) if damage else None
        match Refused(broken) if broken else _cell(cell, role, wanted):
            case str() as identifier if any(_is_another(identifier, one) for one in identifiers):
                refused, column = "numbers_differ", place
            case str() as identifier:
                identifiers.append(identifier)
            case Refused(reason):
                refused, column = reason, place
            case Claim() as shown:
                claim = shown
            case Tier() as tier:
                asked = tier
    if not (refused or identifiers or claim or name):
        refused = "empty"
    return Supplier(number, tuple(dict.fromkeys(identifiers)), claim, name, asked, refused, column)


def _is_another(identifier: str, other: str) -> bool:
    """Say whether two identifiers of one register name two organisations."""
    register, _, number = identifier.partition("-")
    its_register, _, its_number = other.partition("-")
    return register == its_register and number != its_number


def _cell(cell: str, role: str, wanted: Tier) -> str | Claim | Tier | Refused:
    if role == MARK:
        return read_mark(cell)
    if role == TIER:
        return read_tier(cell, wanted)
    identifier = read_identifier(cell, None if role == ANY else role)
    return identifier if isinstance(identifier, Refused) else str(identifier)


def fold_name(name: str) -> str:
    """Return a name without what people write differently: width, case, kana, corporate form, spaces, punctuation."""
    plain = unicodedata.normalize("NFKC", name).casefold().translate(_TO_KATAKANA)
    return re.sub(r"[\W_]", "", _FORMS.sub(" ", plain))


class NameBook:
    """Names with identifiers, to propose candidates for a row that holds a name alone. It never decides."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        """Take pairs of identifier and name."""
        self._named = tuple(named)

    @cached_property
    def _entries(self) -> list[tuple[str, str, str]]:
        # Most lists hold no row with a name alone: then nobody looks here.
        return sorted({(fold_name(name), one, name) for one, name in self._named if fold_name(name)})

    def candidates(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return identifiers with the names that they stand beside: equal once folded, or beginning alike."""
        folded = fold_name(name)
        if not folded:
            return ()
        found: dict[str, str] = {}
        for key, one, written in self._entries[bisect_left(self._entries, (folded,)) :]:
            if not key.startswith(folded) or len(found) == MOST_CANDIDATES:
                break
            found.setdefault(one, written)
        return tuple(found.items())
