"""A folder of level requests and answers, and the days of a calendar that follow from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.dates import local_date
from verifier.edge.check.supplier_list import read_file
from verifier.edge.request.calendar_file import Day
from verifier.edge.request.request_text import answer_text
from verifier.errors import MarkError, WrongUseError
from verifier.level_request import MAX_BYTES, Asked, pair, parse_answer, parse_request

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from verifier.edge.i18n import Translator
    from verifier.edge.request.request_status import Standing

REMIND = 60
"""Days before a date at which a calendar brings it to mind."""


def read_asked(folder: Path) -> list[Asked]:
    """Return the requests of a folder with the newest answers to them. Raises WrongUseError."""
    requests, answers = [], []
    for file in sorted(folder.glob("*.json")):
        data = read_bounded(file)
        try:
            if b'"level-answer"' in data:
                answers.append(parse_answer(data))
            else:
                requests.append(parse_request(data))
        except MarkError as error:
            raise WrongUseError(f"{file}: {error.message}", hint=error.hint) from error
    if not requests:
        raise WrongUseError(f"{folder} holds no request", hint="Write one: shirushi request new.")
    try:
        return pair(requests, answers)
    except MarkError as error:
        raise WrongUseError(f"{folder}: {error.message}", hint="Keep requests as they were sent.") from error


def days_of(found: Iterable[Standing], zone: str, t: Translator) -> list[Day]:
    """Return the days to look at: until when a level was asked for, and when the marks that are held end."""
    days = []
    for one in found:
        name, tier = one.asked.request.supplier.name, one.asked.request.tier
        if one.exit_code != 0:
            summary = t.gettext("request.day.asked", name=name, tier=tier)
            days.append(Day(one.asked.by, summary, answer_text(one.asked, t), REMIND))
        elif one.outcome.until is not None:
            summary = t.gettext("request.day.ends", name=name, tier=one.outcome.tier or tier)
            days.append(Day(local_date(one.outcome.until - 1, zone), summary, one.outcome.mark, REMIND))
    return days


def read_bounded(path: Path) -> bytes:
    """Return the bytes of a request or an answer. Raises WrongUseError."""
    data = read_file(path)
    if len(data) > MAX_BYTES:
        raise WrongUseError(f"{path} is no request: it has more than {MAX_BYTES} bytes")
    return data
