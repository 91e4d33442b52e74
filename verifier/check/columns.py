"""Which column of a supplier list holds what: told by its heading, in Japanese or English, or else by its content."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verifier.check.subject import Refused, read_identifier, read_mark
from verifier.errors import MalformedError
from verifier.identifier import REGISTERS

NAME, MARK, TIER, ANY = "name", "mark", "tier", "identifier"
ROLES = (*REGISTERS, ANY, MARK, NAME, TIER)
SAMPLE = 200
MOST_ROWS_ABOVE = 10
"""How many rows of title may stand above the headings."""

# A bare "URL", "Tier" or "番号" is not among them: in most lists that is a homepage, a supplier's tier, an own number.
_HEADINGS = {
    "0188": "法人番号 法人番号13桁 国税庁法人番号 corporatenumber corporateno houjinbangou hojinbango インボイス番号"
    " インボイス登録番号 適格請求書発行事業者登録番号 t番号 invoicenumber 0188",
    "0199": "lei leiコード legalentityidentifier 取引主体識別子 0199",
    "0060": "duns dunsnumber dunsno duns番号 ダンズ ダンズナンバー ダンズ番号 0060",
    "0195": "uen シンガポールuen 0195",
    "uk": "ukcompanynumber companynumber ukcompanyno companieshouse companieshousenumber crn 英国会社番号",
    "uei": "uei samuei",
    "euid": "euid",
    "x": "個人事業主の番号 個人事業主番号 soleproprietor",
    ANY: "識別子 企業識別子 identifier supplieridentifier orgidentifier",
    MARK: "マークid マーク番号 マーク mark markid markurl qr qrコード qr文字列 token トークン 登録マーク 証明url",
    NAME: "会社名 企業名 取引先名 取引先 名称 商号 商号又は名称 法人名 仕入先 仕入先名 委託先 委託先名 組織名"
    " name company companyname supplier suppliername vendor vendorname organisation organization organisationname"
    " organizationname",
    TIER: "必要レベル 要求レベル 必要段階 要求段階 求める段階 必要な段階 requiredtier requiredlevel askedtier",
}
_ROLE_OF = {heading: role for role, headings in _HEADINGS.items() for heading in headings.split()}
_IDENTIFIERS = frozenset((*REGISTERS, ANY))
_COMPANY = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|財団法人|社団法人|協同組合|\(株\)|\(有\)|\b(inc|ltd|llc|plc|gmbh|co|corp|kk|ag|sa|bv)\b\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Columns:
    """What the columns hold, by their place from 0; ``first`` is the row of the first supplier, counted from 0."""

    roles: Mapping[int, str]
    first: int

    def of(self, role: str) -> list[int]:
        """Return the places of the columns with that role."""
        return [place for place, one in self.roles.items() if one == role]


def detect_columns(rows: Sequence[Sequence[str]], named: Mapping[str, str]) -> Columns:
    """Return what the columns hold. ``named`` gives a column to a role by its heading, or by its number from 1.

    Raises MalformedError when no column tells who the suppliers are.
    """
    headings = _heading_row(rows, named)
    first = 0 if headings is None else headings + 1
    roles = {} if headings is None else _told(rows[headings])
    for role, wish in named.items():
        place = _place(wish, rows[headings] if headings is not None else ())
        roles = {at: one for at, one in roles.items() if at != place and one != role} | {place: role}
    sample = rows[first : first + SAMPLE]
    width = max((len(row) for row in rows[: first + SAMPLE]), default=0)
    for place in range(width):
        if place not in roles:
            guess = _guess([row[place] for row in sample if place < len(row) and row[place]])
            # Beside a column of identifiers another one holds somebody else's: a parent's, a bank's.
            taken = _IDENTIFIERS if guess == ANY else {guess}
            if guess is not None and taken.isdisjoint(roles.values()):
                roles[place] = guess
    if not any(role != TIER for role in roles.values()):
        raise MalformedError(
            "no column tells who the suppliers are",
            hint="Head a column 法人番号, LEI, マークID or 会社名, or say which `column` it is: 0188=HEADING.",
        )
    return Columns(dict(sorted(roles.items())), first)


def heading_key(text: str) -> str:
    """Return a heading without case, width, spaces and punctuation."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()


def _heading_row(rows: Sequence[Sequence[str]], named: Mapping[str, str]) -> int | None:
    wished = {heading_key(wish) for wish in named.values() if not wish.isdecimal()}
    for number, row in enumerate(rows[:MOST_ROWS_ABOVE]):
        keys = {heading_key(cell) for cell in row if cell}
        if keys & (_ROLE_OF.keys() | wished):
            return number
        if any(_of_content(cell) is not None for cell in row):
            return None
    # Headings in words that are not known here: the first row, where it holds nothing that a supplier's row holds.
    return 0 if len(rows) > 1 and rows[0] and not any(_COMPANY.search(cell) for cell in rows[0]) else None


def _told(headings: Sequence[str]) -> dict[int, str]:
    roles: dict[int, str] = {}
    for place, heading in enumerate(headings):
        role = _ROLE_OF.get(heading_key(heading))
        # A second column of names or tiers is the buyer's own. Numbers stand in two when one is an invoice number.
        if role is not None and not (role in (NAME, TIER) and role in roles.values()):
            roles[place] = role
    return roles


def _place(wish: str, headings: Sequence[str]) -> int:
    keys = [heading_key(heading) for heading in headings]
    if heading_key(wish) in keys:
        return keys.index(heading_key(wish))
    if wish.isdecimal() and 0 < int(wish) <= 500:
        return int(wish) - 1
    raise MalformedError(f"there is no column {wish[:40]!r}", hint=f"Headings: {', '.join(headings)[:200]}")


def _guess(cells: Sequence[str]) -> str | None:
    """Return the role that most cells of a column speak for."""
    found = [_of_content(cell) for cell in cells]
    for role in (MARK, ANY):
        if cells and found.count(role) * 10 >= len(cells) * 6:
            return role
    return NAME if cells and sum(bool(_COMPANY.search(cell)) for cell in cells) * 2 >= len(cells) else None


def _of_content(cell: str) -> str | None:
    if len(cell) >= 26 and not isinstance(read_mark(cell), Refused):
        return MARK
    return ANY if len(cell) >= 12 and not isinstance(read_identifier(cell, None), Refused) else None
