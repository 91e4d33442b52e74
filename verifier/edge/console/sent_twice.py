"""A form that is sent twice, by two clicks or over a slow line, does its deed once.

Each page that is shown has a number of its own, which its forms carry: the same form with the same number is the same
wish. The second one waits for the first and gets its answer. A deed that was refused leaves no trace: the page that
says so has another number.
"""

from __future__ import annotations

import time
from hashlib import sha256
from typing import TYPE_CHECKING

from verifier.edge.answered_once import AnsweredOnce

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from verifier.edge.console.form import Form

HELD = 600.0
"""Seconds for which an answer is given again."""
SEE_OTHER = 303


class SentTwice:
    """What was answered to the forms of one console, in this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._once = AnsweredOnce(held=HELD, clock=clock, keeps=lambda answer: answer.status_code == SEE_OTHER)

    def do(self, session: str, path: str, form: Form, act: Callable[[], Response]) -> Response:
        """Answer with what ``act`` returns, or returned before to this very form; only a way on is given again."""
        return self._once.do(_digest(session, path, form), act)


def _digest(session: str, path: str, form: Form) -> str:
    files = {name: [one.filename, sha256(one.data).hexdigest()] for name, one in form.files.items()}
    fields = {name: list(values) for name, values in form.fields.items()}
    return sha256(repr([session, path, fields, files]).encode()).hexdigest()
