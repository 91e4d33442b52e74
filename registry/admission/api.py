"""The write API over HTTP. What is read (marks, checkpoints, tiles, directory) comes from the read plane, never here.

Every endpoint is asynchronous and waits for the write plane; an answer of success means that the entry is durable. Only
here are receipts signed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, TypeVar

from fastapi import Query, Response

from registry.admission.accept import LONGEST_SILENCE
from registry.admission.api_batch import MOST_BYTES as MOST_BATCH_BYTES
from registry.admission.api_batch import PATH as BATCH
from registry.admission.api_batch import add_batch, submission_of
from registry.admission.api_models import (
    HealthAnswer,
    ObjectAnswer,
    ReservationAnswer,
    ReservationRequest,
    StatementAnswer,
    StatementRequest,
    StatusPlaceReserved,
    problem_answers,
)
from registry.admission.receipt import sign_receipt
from registry.admission.reserve import read_wish
from registry.web.body_limit import BodyLimit
from registry.web.idempotency import OptionalKey
from registry.web.web_api import ANYONE, SIGNATORIES, new_api, roles
from verifier.admission_receipt import PUBLISH_WITHIN
from verifier.errors import UnavailableError
from verifier.names import parse_name

if TYPE_CHECKING:
    from concurrent.futures import Future

    from fastapi import FastAPI

    from registry.log.service import WritePlane
    from verifier.signer import Signer

MOST_BYTES = 65_536
PREFIX = "/api/v1"
STATEMENTS = f"{PREFIX}/statements"
LARGER = {STATEMENTS: 2_097_152, BATCH: MOST_BATCH_BYTES}
"""A statement may bring a document, whose characters may take several bytes each."""

LONGEST_WAIT = 20.0
"""Seconds until a request that got no answer is told so. Its outcome is then unknown, and asking again is safe."""

Answer = TypeVar("Answer")


def create_api(plane: WritePlane, receipt_signer: Signer) -> FastAPI:
    """Return the application over a write plane that was started."""
    host = plane.office.root.host
    app = new_api(
        host,
        name="registry",
        prefix=PREFIX,
        title="Shirushi registry",
        summary="Statements, reservations and the heads of objects.",
    )
    app.add_middleware(BodyLimit, most_bytes=MOST_BYTES, host=host, larger=LARGER)
    _add_writes(app, plane, receipt_signer)
    add_batch(app, plane, receipt_signer, answered=_answered)
    _add_questions(app, plane)
    return app


def _add_writes(app: FastAPI, plane: WritePlane, receipt_signer: Signer) -> None:
    @app.post(
        f"{PREFIX}/reservations",
        status_code=201,
        name="reserve",
        openapi_extra=roles("body"),
        responses=problem_answers(400, 413, 422, 503),
    )
    async def reserve(request: ReservationRequest, key: OptionalKey = None) -> ReservationAnswer:
        """Reserve a mark id, a registration number and a place in the status lists.

        Under an Idempotency-Key the body gets the same reservation again, with the same assertion while it holds or
        with a new one; the key is kept as long as the reservation. Without one, each request makes a reservation.
        """
        wish = read_wish(request.assertion, scheme=request.scheme, level=request.level, key=key)
        reserved = await _answered(plane.reserve(wish))
        place = StatusPlaceReserved(list=reserved.status_list, idx=reserved.status_idx)
        return ReservationAnswer(mark=reserved.mark, number=reserved.number, status=place)

    @app.post(
        STATEMENTS,
        status_code=201,
        name="submit_statement",
        openapi_extra=SIGNATORIES,
        responses={200: {"model": StatementAnswer}, **problem_answers(400, 409, 413, 422, 503)},
    )
    async def submit(request: StatementRequest, response: Response, key: OptionalKey = None) -> StatementAnswer:
        """Submit a signed statement. The same one again gets 200 and the first answer, whenever it is sent.

        A statement is its own idempotency key: the header Idempotency-Key is taken and changes nothing.
        """
        submission = submission_of(request)
        admission = await _answered(plane.submit(submission))
        if admission.repeated:
            response.status_code = 200
        host = plane.office.root.host
        receipt = sign_receipt(submission.statement, admission.claims, host=host, signer=receipt_signer)
        return StatementAnswer(index=admission.index, receipt=receipt)


def _add_questions(app: FastAPI, plane: WritePlane) -> None:
    @app.get(
        f"{PREFIX}/objects", name="object_head", openapi_extra=ANYONE, responses=problem_answers(400, 503, "default")
    )
    async def object_head(uri: Annotated[str, Query(max_length=200)]) -> ObjectAnswer:
        """Return the newest entry of an object."""
        parse_name(uri)
        head, state = await _answered(plane.look_up(uri))
        return ObjectAnswer(object=uri, head=head, state=state)

    @app.get(f"{PREFIX}/health", name="health", openapi_extra=ANYONE, responses=problem_answers(400, 503))
    async def health() -> HealthAnswer:
        """Return how the log stands; for load balancers and people, not for verifiers."""
        size = await _answered(plane.size())
        latest, now = plane.office.published.latest(), plane.office.clock()
        published, age = (latest.size, now - latest.time) if latest else (0, None)
        oldest = await _answered(plane.admitted_at(published))
        waiting = now - oldest if oldest is not None else 0
        is_late = "publication_late" if waiting > PUBLISH_WITHIN else "ok"
        return HealthAnswer(
            status="waiting_for_witnesses" if age is None or age > LONGEST_SILENCE else is_late,
            size=size,
            published=published,
            checkpoint_age=age,
            waiting=waiting,
        )


async def _answered(future: Future[Answer]) -> Answer:
    try:
        return await asyncio.wait_for(asyncio.wrap_future(future), LONGEST_WAIT)
    except TimeoutError as error:
        raise UnavailableError(
            "the request got no answer in time, and what becomes of it is not known",
            hint="Send the very same again: what was stored gets its first answer.",
        ) from error
