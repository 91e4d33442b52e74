"""Many statements in one request: each is judged and answered alone, and the writer commits them together.

A batch is no transaction: a row that is refused changes nothing for the others, and a batch that is sent again gets
for every row what a request of its own would get.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import structlog

from registry.admission.accept import Submission, read_submission
from registry.admission.api_models import (
    BatchAnswer,
    BatchRequest,
    ProblemDocument,
    RowAnswer,
    StatementRequest,
    problem_answers,
)
from registry.admission.receipt import sign_receipt
from registry.web.idempotency import OptionalKey
from registry.web.problems import members_of, problem_members
from registry.web.web_api import SIGNATORIES
from verifier.errors import MarkError
from verifier.replay.rules import Companions
from verifier.statement.commitment import Disclosure

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from fastapi import FastAPI

    from registry.admission.accept import Admission
    from registry.log.service import WritePlane
    from verifier.signer import Signer

    Answered = Callable[[Future[None]], Awaitable[None]]

PATH = "/api/v1/statements/batch"
MOST_BYTES = 8_388_608
AT_A_TIME = 16
"""Rows that are read or answered before other requests have their turn."""

FEWEST = 32
"""Rows from which on their signatures are checked beside the reading."""

_log = structlog.get_logger()


def submission_of(request: StatementRequest) -> Submission:
    """Return what a request asks to admit. Raises EnvelopeError, MalformedError, StatementError, NewerVersionError."""
    companions = Companions(request.second, request.mark, request.seal, request.proof, document=request.document)
    disclosures = tuple(Disclosure(one.salt, one.name, one.value) for one in request.disclosures)
    return read_submission(request.statement, companions, disclosures)


def add_batch(app: FastAPI, plane: WritePlane, receipt_signer: Signer, *, answered: Answered) -> None:
    """Add the endpoint; ``answered`` waits for the write plane, as long as requests wait."""

    @app.post(
        PATH,
        name="submit_statements",
        openapi_extra=SIGNATORIES,
        response_model_exclude_none=True,
        responses=problem_answers(400, 413, 422, 503),
    )
    async def submit(request: BatchRequest, key: OptionalKey = None) -> BatchAnswer:
        """Submit many signed statements. Each is answered like a request of its own, in the same order.

        The same batch again gets the first answers, with ``repeated``: each statement is its own idempotency key, and
        the header Idempotency-Key is taken and changes nothing.
        """
        read = []
        async for one in _read(request.statements):
            read.append(one)
            if isinstance(one, Submission) and len(request.statements) >= FEWEST:
                plane.expect(one)
        waiting = {at: plane.submit(one) for at, one in enumerate(read) if isinstance(one, Submission)}
        await answered(_all_of(list(waiting.values())))
        rows = []
        for at, one in enumerate(read):
            if at % AT_A_TIME == 0:
                await asyncio.sleep(0)
            outcome = waiting[at].exception() or waiting[at].result() if isinstance(one, Submission) else one
            rows.append(_row(one, outcome, host=plane.office.root.host, signer=receipt_signer))
        return BatchAnswer(answers=tuple(rows))


async def _read(requests: Sequence[StatementRequest]) -> Any:
    for at, request in enumerate(requests):
        if at % AT_A_TIME == 0:
            await asyncio.sleep(0)
        try:
            yield submission_of(request)
        except MarkError as error:
            yield error


def _row(asked: Submission | MarkError, outcome: Admission | BaseException, *, host: str, signer: Signer) -> RowAnswer:
    if isinstance(asked, Submission) and not isinstance(outcome, BaseException):
        receipt = sign_receipt(asked.statement, outcome.claims, host=host, signer=signer)
        return RowAnswer(index=outcome.index, receipt=receipt, repeated=outcome.repeated)
    if isinstance(outcome, MarkError):
        return RowAnswer(problem=ProblemDocument(**problem_members(host, outcome)))
    _log.error("a mistake of ours", route=PATH, exc_info=outcome)
    return RowAnswer(problem=ProblemDocument(**members_of(host, 500)))


def _all_of(futures: Sequence[Future[Any]]) -> Future[None]:
    """Return a future that is done when all are: waking the event loop for each costs more than an entry."""
    whole: Future[None] = Future()
    left, lock = [len(futures)], threading.Lock()

    def done(_: Future[Any]) -> None:
        with lock:
            left[0] -= 1
            is_last = left[0] == 0
        if is_last and whole.set_running_or_notify_cancel():
            whole.set_result(None)

    for future in futures:
        future.add_done_callback(done)
    if not futures:
        whole.set_result(None)
    return whole
