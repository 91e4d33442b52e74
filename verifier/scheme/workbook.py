"""The official workbook of criteria, read into a complete pack: one row for each criterion, over a base pack.

The base gives requirements, tiers, terms and the numbers that the scheme declares; the workbook gives the ids of the
criteria and from which tier each is asked for. It is taken whole or not at all, and every fault names row, column and
what to do. The wording of the criteria is its author's: it is taken over only when the caller asks for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from verifier.encoding import sha256
from verifier.errors import MalformedError, RefusedError
from verifier.scheme.head import PackHead
from verifier.scheme.pack import Criterion, Requirement, SchemePack
from verifier.scheme.reading import parse_pack
from verifier.scheme.rule import Words
from verifier.scheme.text import text_fault
from verifier.scheme.written import write_pack

Cells = tuple[str, ...]
CRITERION = re.compile(r"[0-9]{1,2}(?:-[0-9]{1,2}){3}")
YES = frozenset("○〇◯●◎✓✔レ1")
NO = frozenset({"", "-", "–", "—", "―", "×", "対象外", "n/a", "N/A"})
MOST_FAULTS = 20
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー－", "-"))
_UNCHANGED = (
    "Nothing was written. Correct these cells, or say which columns are meant with --columns, and import again."
)
WORDING = Words(
    ja="基準の文言は、取り込んだ者が公式のワークブックから写したものです。公開や再配布の可否は利用者が確認してください。",
    en="The wording of the criteria was copied out of the official workbook by whoever imported it: "
    "whether it may be published is for them to find out.",
)


@dataclass(frozen=True)
class Columns:
    """Where the columns are (0 is the first): the criterion's id, one for each tier, and its wording."""

    id: int
    tiers: Mapping[int, int]
    text: int | None = None


@dataclass(frozen=True)
class Workbook:
    """The rows of the sheet, the bytes they were read from and the name that faults show."""

    rows: tuple[Cells, ...]
    data: bytes
    filename: str


@dataclass(frozen=True)
class Wish:
    """How to import: the columns where they are not to be found by their headings, another version, the wording too."""

    columns: Columns | None = None
    version: str | None = None
    with_wording: bool = False


@dataclass
class _Read:
    criteria: dict[str, Criterion] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def import_workbook(base: SchemePack, workbook: Workbook, wish: Wish) -> tuple[SchemePack, dict[str, bytes]]:
    """Return the complete pack and its three files.

    Raises MalformedError that names every faulty row and column, RefusedError for a base that nothing can be issued
    under.
    """
    if not base.tiers:
        raise RefusedError(f"{base.name} is closed: there is nothing to complete", hint="Name another --base.")
    columns = wish.columns or find_columns(base, workbook)
    if wish.with_wording and columns.text is None:
        raise MalformedError(
            f"{workbook.filename}: no column holds the criteria's wording", hint="Name it: --columns id=B,...,text=D"
        )
    read, first = _Read(), _first(workbook, columns.id)
    for number, cells in enumerate(workbook.rows[first:], first):
        if _is_data(cells, columns):
            _take(base, columns, read, cells=cells, number=number)
    _check_whole(base, columns, read)
    if wish.with_wording:
        _take_wording(workbook, columns.text or 0, read)
    if read.faults:
        raise _explained(workbook.filename, read.faults)
    files = write_pack(_head(base, workbook, wish), base.requirements, read.criteria.values())
    return parse_pack(files), files


def find_columns(base: SchemePack, workbook: Workbook) -> Columns:
    """Return where ids and tiers stand: by the shape of the ids, and by headings such as ★3 above them.

    Raises MalformedError that says which column was not found.
    """
    width = max((len(row) for row in workbook.rows), default=0)
    counts = {column: sum(_is_id(_cell(row, column)) for row in workbook.rows) for column in range(width)}
    own = max(counts, key=lambda column: counts[column], default=0)
    if not counts or not counts[own]:
        raise _not_found(workbook, "holds criterion ids such as 1-2-1-1")
    first = _first(workbook, own)
    headings = {column: _heading(workbook.rows[:first], column) for column in range(width)}
    tiers: dict[int, int] = {}
    for tier in base.tiers:
        named = [column for column, text in headings.items() if re.search(rf"[★☆]\s*{tier.level}", text)]
        if len(named) != 1:
            raise _not_found(workbook, f"is headed ★{tier.level}, and only one")
        tiers[tier.level] = named[0]
    wording = [column for column, text in headings.items() if "評価基準" in text and column != own]
    return Columns(own, tiers, wording[0] if len(wording) == 1 else None)


def column_name(column: int) -> str:
    """Return the letters of a column; 0 is A."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def _take(base: SchemePack, columns: Columns, read: _Read, *, cells: Cells, number: int) -> None:
    name = _plain(_cell(cells, columns.id))
    place = f"row {number + 1}, column {column_name(columns.id)} (id)"
    faults = list(_id_faults(base, read, name, place))
    lowest, complaints = _lowest(base, columns, cells, number)
    faults += complaints
    if not faults and lowest is not None:
        faults += _level_faults(base, name, lowest, f"row {number + 1}, column {column_name(columns.tiers[lowest])}")
    read.faults += faults
    read.places.setdefault(name, number)
    if not faults and lowest is not None:
        read.criteria[name] = _labelled(base, name, lowest)


def _id_faults(base: SchemePack, read: _Read, name: str, place: str) -> Iterator[str]:
    if not CRITERION.fullmatch(name):
        yield f"{place}: {name[:40]!r} is not a criterion id: write it like 1-2-1-1, or remove the row"
    elif name in read.places:
        yield f"{place}: {name} stands in row {read.places[name] + 1} already: keep one of the rows"
    elif _owner(name) not in {requirement.id for requirement in base.requirements}:
        yield f"{place}: {base.name} has no requirement {_owner(name)}: correct the id, or take another base"


def _lowest(base: SchemePack, columns: Columns, cells: Cells, number: int) -> tuple[int | None, list[str]]:
    asked, faults = [], []
    for tier in base.tiers:
        mark, place = _plain(_cell(cells, columns.tiers[tier.level])), column_name(columns.tiers[tier.level])
        where = f"row {number + 1}, column {place} (★{tier.level})"
        if mark and (mark in YES or re.fullmatch(rf"[★☆]\s*{tier.level}", mark)):
            asked.append(tier.level)
        elif mark not in NO:
            faults.append(f"{where}: {mark[:20]!r} is neither ○ nor empty: write ○ where the tier asks for it")
        elif asked:
            faults.append(f"{where}: ★{asked[0]} asks for it, so every higher tier does: write ○")
    if not asked and not faults:
        last = column_name(columns.tiers[base.tiers[-1].level])
        faults.append(f"row {number + 1}, column {last}: no tier asks for it: write ○ or remove the row")
    return (asked[0] if asked else None), faults


def _level_faults(base: SchemePack, name: str, lowest: int, place: str) -> Iterator[str]:
    known = {criterion.id: criterion.lowest_tier for criterion in base.criteria}
    if known.get(name, lowest) != lowest:
        yield f"{place}: {base.name} asks for {name} from ★{known[name]}: correct the mark, or take another base"
    floor = next(one.lowest_tier for one in base.requirements if one.id == _owner(name))
    if lowest < floor:
        yield f"{place}: the requirement {_owner(name)} is asked for from ★{floor} only: correct the mark"


def _check_whole(base: SchemePack, columns: Columns, read: _Read) -> None:
    where = f"column {column_name(columns.id)} (id)"
    for criterion in base.criteria:
        if criterion.id not in read.places:
            read.faults.append(f"{where}: {criterion.id} of {base.name} is missing: put its row back")
    if read.faults:
        return
    for requirement in base.requirements:
        if not any(criterion.requirement == requirement.id for criterion in read.criteria.values()):
            read.faults.append(f"{where}: the requirement {requirement.id} has no criterion: put its rows back")
    for tier in base.tiers:
        found = sum(one.lowest_tier <= tier.level for one in read.criteria.values())
        if tier.counts.criteria is not None and found != tier.counts.criteria:
            read.faults.append(
                f"column {column_name(columns.tiers[tier.level])} (★{tier.level}): {found} criteria, but {base.name} "
                f"declares {tier.counts.criteria}: look for rows that are missing or too many"
            )


def _head(base: SchemePack, workbook: Workbook, wish: Wish) -> PackHead:
    def complete(level: int) -> int:
        return next(tier.counts.criteria or 0 for tier in base.tiers if tier.level == level)

    tiers = tuple(
        tier.model_copy(
            update={
                "items": "criteria",
                "counts": tier.counts.model_copy(update={"criteria_listed": complete(tier.level)}),
            }
        )
        for tier in base.tiers
    )
    source = base.head.source.model_copy(update={"sha256": sha256(workbook.data).hex()})
    changes = {"tiers": tiers, "source": source, "limits": WORDING if wish.with_wording else None}
    return base.head.model_copy(update={**changes, **({"version": wish.version} if wish.version else {})})


def _labelled(base: SchemePack, name: str, lowest: int) -> Criterion:
    for criterion in base.criteria:
        if criterion.id == name:
            return criterion
    owner: Requirement = next(one for one in base.requirements if one.id == _owner(name))
    no = name.rpartition("-")[2]
    return Criterion(name, owner.id, lowest, f"{owner.label_ja}（基準{no}）", f"{owner.label_en} (criterion {no})")


def _take_wording(workbook: Workbook, column: int, read: _Read) -> None:
    for name, criterion in read.criteria.items():
        number = read.places[name]
        text = unicodedata.normalize("NFC", " ".join(_cell(workbook.rows[number], column).split()))
        place = f"row {number + 1}, column {column_name(column)} (wording)"
        if not text:
            read.faults.append(f"{place}: is empty: fill it in, or import without --wording")
        elif problem := text_fault(text):
            read.faults.append(f"{place}: {problem}: type it again")
        read.criteria[name] = replace(criterion, label_ja=text)


def _heading(rows: tuple[Cells, ...], column: int) -> str:
    """Return the nearest text above: titles that stand higher are over other columns too."""
    return next((text for row in reversed(rows) if (text := _plain(_cell(row, column)))), "")


def _first(workbook: Workbook, column: int) -> int:
    """Return the row of the first criterion: what stands above are titles and headings."""
    numbers = (number for number, row in enumerate(workbook.rows) if _is_id(_cell(row, column)))
    first = next(numbers, None)
    if first is None:
        raise _not_found(workbook, "of the criteria's ids holds ids such as 1-2-1-1")
    return first


def _is_data(cells: Cells, columns: Columns) -> bool:
    """Tell a criterion's row from notes: it has an id, or the mark of a tier."""
    own = _plain(_cell(cells, columns.id))
    marks = (_plain(_cell(cells, column)) for column in columns.tiers.values())
    return any(character.isdigit() for character in own) or any(mark in YES for mark in marks if mark)


def _is_id(text: str) -> bool:
    return bool(CRITERION.fullmatch(_plain(text)))


def _cell(cells: Cells, column: int) -> str:
    return cells[column] if column < len(cells) else ""


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_DASHES).strip()


def _owner(name: str) -> str:
    return name.rpartition("-")[0]


def _not_found(workbook: Workbook, what: str) -> MalformedError:
    return MalformedError(
        f"{workbook.filename}: no column {what}",
        hint="Say where they are, for example --columns id=B,3=F,4=G, and which --sheet.",
    )


def _explained(filename: str, faults: Iterable[str]) -> MalformedError:
    told = list(faults)
    shown = told[:MOST_FAULTS]
    if len(told) > len(shown):
        shown.append(f"and {len(told) - len(shown)} more")
    return MalformedError("\n".join(f"{filename}, {fault}" for fault in shown), hint=_UNCHANGED)
