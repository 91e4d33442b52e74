"""Where a member stands in a TOML document: tomllib tells the values and not their lines.

Only the plain layout that people write is followed: one key or table heading a line. What cannot be found stands at the
nearest line above it that can, in the end at line 1.
"""

from __future__ import annotations

import re

_HEADING = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")


def toml_row(data: bytes, member: str) -> int:
    """Return the line (from 1) of a member such as ``levels.1.assurance``, or of the nearest thing that holds it."""
    places = _places(data.decode("utf-8", "replace"))
    path = member.split(".") if member else []
    while path:
        if ".".join(path) in places:
            return places[".".join(path)]
        path.pop()
    return 1


def _places(text: str) -> dict[str, int]:
    places: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        heading, key = _HEADING.match(line), _KEY.match(line)
        if heading:
            name = heading[2]
            if heading[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
                name = f"{name}.{counts[name]}"
            places.setdefault(name, number)
            table = f"{name}."
        elif key:
            places.setdefault(table + key[1], number)
    return places
