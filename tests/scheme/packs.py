"""Packs for the tests: files of shipped ones, variants of them, a workbook of the same shape as the official one."""

from __future__ import annotations

import io
from importlib import resources

from openpyxl import Workbook

from verifier.scheme.pack import Criterion
from verifier.scheme.shipped import load_shipped
from verifier.scheme.written import write_pack

SCS = ("jp.meti.scs", "2026-03-27")
FIRST_ROW = 3


def files_of(scheme: str, version: str) -> dict[str, bytes]:
    """Return the files of a shipped pack."""
    folder = resources.files("verifier").joinpath("packs", scheme, version)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def edited(files: dict[str, bytes], name: str, *changes: tuple[str, str]) -> dict[str, bytes]:
    """Return the files with texts of one of them replaced, each exactly where it stands first."""
    text = files[name].decode()
    for old, new in changes:
        assert old in text, f"{old!r} must stand in {name}"
        text = text.replace(old, new, 1)
    return {**files, name: text.encode()}


def invented_criteria() -> list[tuple[str, int]]:
    """Return 153 ids with their lowest tier: the 81 that are known, and 72 invented for the test, in order of ids.

    Every requirement of ★4 gets one, and 6-1-1 takes the rest.
    """
    pack = load_shipped(*SCS)
    known = [(criterion.id, criterion.lowest_tier) for criterion in pack.criteria]
    owned: dict[str, int] = {}
    for criterion in pack.criteria:
        owned[criterion.requirement] = owned.get(criterion.requirement, 0) + 1
    further = [(f"{row.id}-{owned.get(row.id, 0) + 1}", 4) for row in pack.requirements]
    rest = 72 - len(further)
    further += [(f"6-1-1-{owned['6-1-1'] + 2 + number}", 4) for number in range(rest)]
    return sorted(known + further, key=lambda one: [int(part) for part in one[0].split("-")])


def official_workbook(changes: dict[tuple[int, str], object] | None = None, *, skip: int | None = None) -> bytes:
    """Return a workbook with the criteria in rows 3 to 155: B the id, D its wording, E and F the marks of ★3 and ★4.

    ``changes`` replaces cells by row and column letter; ``skip`` leaves out that row's criterion.
    """
    book = Workbook()
    page = book.worksheets[0]
    page.title = "要求事項・評価基準"
    page["A1"] = "見本：要求事項と評価基準"
    for column, heading in zip("ABCDEF", ("分類", "No.", "要求事項", "評価基準", "★3", "★4"), strict=True):
        page[f"{column}2"] = heading
    row = FIRST_ROW
    for number, (name, lowest) in enumerate(invented_criteria(), FIRST_ROW):
        if number == skip:
            continue
        page[f"B{row}"] = name
        page[f"D{row}"] = f"見本の文言 {name}"
        page[f"E{row}"] = "○" if lowest == 3 else "－"
        page[f"F{row}"] = "○"
        row += 1
    page[f"A{row}"] = "注：見本です。"
    for (at, column), value in (changes or {}).items():
        page[f"{column}{at}"] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def next_version(version: str = "2028-04", **ends: str) -> dict[str, bytes]:
    """Return a made-up version that follows 2026-03-27: one criterion moves, one is new, one goes, one is reworded.

    ``ends`` are the last days that it sets for 2026-03-27, such as marks_until="2029-03-31".
    """
    pack = load_shipped(*SCS)
    head = pack.head
    four = head.tiers[1].model_copy(
        update={"counts": head.tiers[1].counts.model_copy(update={"criteria_listed": 81}), "term_months": 24}
    )
    three = head.tiers[0].model_copy(
        update={"counts": head.tiers[0].counts.model_copy(update={"criteria": 80, "criteria_listed": 80})}
    )
    days = ", ".join(f"{name} = {day}" for name, day in ends.items())
    replaced = f'replaces = [{{ version = "2026-03-27"{", " if days else ""}{days} }}]'
    criteria = [_changed(one) for one in pack.criteria if one.id != "1-2-1-2"]
    criteria.append(Criterion("1-2-1-4", "1-2-1", 3, "新しい基準", "A new criterion"))
    files = write_pack(
        head.model_copy(update={"version": version, "tiers": (three, four)}), pack.requirements, criteria
    )
    text = files["pack.toml"].decode()
    assert 'replaces = [{ version = "2025-04" }]' in text
    text = text.replace('replaces = [{ version = "2025-04" }]', replaced).replace("2026-03-27\n", "2028-04-01\n", 1)
    return {**files, "pack.toml": text.encode()}


def _changed(criterion: Criterion) -> Criterion:
    if criterion.id == "4-1-1-1":
        return Criterion(criterion.id, criterion.requirement, 4, criterion.label_ja, criterion.label_en)
    if criterion.id == "1-2-1-1":
        return Criterion(criterion.id, criterion.requirement, 3, criterion.label_ja, "Duties of officer and unit set")
    return criterion
