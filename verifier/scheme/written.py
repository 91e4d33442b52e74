"""Writing a pack: the three files of a head, its requirements and its criteria, as reading.py reads them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from verifier.scheme.consistency import HEAD
from verifier.scheme.head import PackHead
from verifier.scheme.pack import Criterion, Requirement
from verifier.scheme.reading import CRITERIA, CRITERION_COLUMNS, REQUIREMENT_COLUMNS, REQUIREMENTS


def write_pack(head: PackHead, requirements: Iterable[Requirement], criteria: Iterable[Criterion]) -> dict[str, bytes]:
    """Return the three files. What is wrong with them is for ``read_pack`` to say."""
    rows = [(r.id, r.category, str(r.lowest_tier), r.label_ja, r.label_en) for r in requirements]
    items = [(c.id, c.requirement, str(c.lowest_tier), c.label_ja, c.label_en) for c in criteria]
    return {
        HEAD: "\n".join(document_lines(head.model_dump(exclude_none=True, exclude_defaults=True))).encode(),
        REQUIREMENTS: write_table(REQUIREMENT_COLUMNS, rows),
        CRITERIA: write_table(CRITERION_COLUMNS, items),
    }


def write_table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> bytes:
    """Return the CSV file (RFC 4180, lines end with LF)."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    return text.getvalue().encode()


def document_lines(members: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a TOML document: plain members, a table for each object, a block for each item of a list."""
    tables = {name: value for name, value in members.items() if isinstance(value, dict)}
    lists = {name: value for name, value in members.items() if _is_list_of_objects(value)}
    for name, value in members.items():
        if name not in tables and name not in lists:
            yield f"{name} = {_value(value)}"
    for name, value in tables.items():
        yield from ("", f"[{name}]", *(f"{key} = {_value(one)}" for key, one in value.items()))
    for name, value in lists.items():
        for one in value:
            yield from ("", f"[[{name}]]", *(f"{key} = {_value(below)}" for key, below in one.items()))
    yield ""


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(one, dict) for one in value)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case date():
            return value.isoformat()
        case dict():
            return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(_value(one) for one in value) + "]"
        case _:
            # A JSON string is a basic string of TOML: the same escapes, and no others are written here.
            return json.dumps(str(value), ensure_ascii=False)
