"""A folder of level requests and answers, and the days of a calendar that follow from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from verifier.dates import local_date
from verifier.edge.check.supplier_list import read_file
from verifier.edge.request.calendar_file import Day
from verifier.edge.request.request_text import answer_text
from verifier.errors import MarkError, RefusedError, WrongUseError
from verifier.level_request import MAX_BYTES, Asked, pair, parse_answer, parse_request

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from verifier.edge.i18n import Translator
    from verifier.edge.request.request_status import Standing
    from verifier.level_request import LevelAnswer, LevelRequest

REMIND = 60
"""Days before a date at which a calendar brings it to mind."""


class LeftOut(NamedTuple):
    """A file of the folder that is neither a request nor an answer to one here, and why."""

    file: Path
    error: MarkError


def read_asked(folder: Path) -> tuple[list[Asked], list[LeftOut]]:
    """Return the requests of a folder with the newest answers to them, and the files that are left out.

    Raises WrongUseError where there is no request.
    """
    requests: list[LevelRequest] = []
    answers: list[tuple[Path, LevelAnswer]] = []
    left: list[LeftOut] = []
    for file in sorted(folder.glob("*.json")):
        try:
            data = read_bounded(file)
            if b'"level-answer"' in data:
                answers.append((file, parse_answer(data)))
            else:
                requests.append(parse_request(data))
        except MarkError as error:
            left.append(LeftOut(file, error))
    if not requests and left:
        raise WrongUseError(f"{left[0].file}: {left[0].error.message}", hint=left[0].error.hint)
    if not requests:
        raise WrongUseError(f"{folder} holds no request", hint="Write one: shirushi request new.")
    known = {one.sha256 for one in requests}
    left += [LeftOut(file, _astray()) for file, one in answers if one.request_sha256 not in known]
    return pair(requests, [one for _, one in answers if one.request_sha256 in known]), left


def _astray() -> MarkError:
    return RefusedError(
        "an answer is about a request that is not here, or that was changed since",
        hint="Keep requests as they were sent.",
    )


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
