"""What somebody filled into the form for searches, as the question that programs ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from registry.verification.search_models import Search
from verifier.check.supplier import fold_name
from verifier.dates import parse_instant
from verifier.errors import MarkError
from verifier.identifier import parse_identifier

if TYPE_CHECKING:
    from collections.abc import Callable

FIELDS = ("name", "identifier", "number", "scheme", "least_tier", "state", "body", "valid_on", "after")
"""The fields of the form that are part of a question."""
NUMBERS = ("least_tier", "body")
MOST_FIELDS = 16


def read_search(given: dict[str, str], *, zone: str) -> tuple[Search | None, list[str]]:
    """Return the question, or None and the names of the fields that cannot be read."""
    mistakes = [name for name, check in _checks(zone).items() if name in given and not _fits(check, given[name])]
    if mistakes:
        return None, mistakes
    members = {name: int(text) if name in NUMBERS else text for name, text in given.items() if name in FIELDS}
    try:
        return Search.model_validate(members), []
    except ValidationError as error:
        return None, sorted({str(one["loc"][0]) for one in error.errors()})


def _checks(zone: str) -> dict[str, Callable[[str], bool]]:
    return {
        "name": lambda text: bool(fold_name(text)),
        "identifier": lambda text: bool(parse_identifier(text)),
        "valid_on": lambda text: parse_instant(text, zone=zone) > 0,
        **dict.fromkeys(NUMBERS, lambda text: text.isascii() and text.isdecimal() and len(text) < 10),
    }


def _fits(check: Callable[[str], bool], text: str) -> bool:
    try:
        return check(text)
    except MarkError:
        return False
