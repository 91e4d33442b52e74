"""The routes that answer one question. What is looked up stands in bodies only: never in a path, a query or a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import Response

from registry.admission.api_models import problem_answers
from registry.verification.image_look_ups import add_image_look_ups
from registry.verification.judging_threads import judged
from registry.verification.models import EXAMPLE_MARK, AnswerDocument, LookUp
from registry.verification.paths import LOOK_UPS, MARKS
from registry.web.web_api import ANSWER_HEADERS, ANYONE
from verifier.encoding import canonical
from verifier.errors import WrongUseError
from verifier.markid import normalise_mark_id

if TYPE_CHECKING:
    from fastapi import FastAPI

    from registry.verification.answering import Answering
    from registry.verification.hot_marks import HotMarks


def add_look_ups(app: FastAPI, answering: Answering, hot: HotMarks) -> None:
    """Add the routes."""
    add_image_look_ups(app, answering)

    @app.post(
        LOOK_UPS,
        name="look_up",
        response_model=AnswerDocument,
        openapi_extra=ANYONE,
        responses=problem_answers(400, 404, 408, 413, 422, 429, 503),
    )
    async def look_up(asked: LookUp) -> Response:
        """Answer about a mark, a QR's text or an organisation, with a signed receipt; "none" is an answer, not a 404.

        ``history`` is null where the log had no entry about the mark at that time, and of a text that names no mark of
        this registry. Of an organisation it tells each mark and declaration; none is an answer. Of a day to come there
        is no history: `if_nothing_changes` says so.
        """
        return _answered(await judged(answering.document, asked))

    @app.get(
        f"{MARKS}/{{id}}",
        name="mark",
        response_model=AnswerDocument,
        openapi_extra={
            **ANYONE,
            "parameters": [
                {
                    "in": "path",
                    "name": "id",
                    "required": True,
                    "schema": {"type": "string", "pattern": "^[0-9a-z]{26}$"},
                    "example": EXAMPLE_MARK,
                }
            ],
        },
        responses={
            304: {"description": "The answer is still the one whose ETag was sent."},
            404: {"model": AnswerDocument, "description": "There is no such mark; the receipt says so too."},
            **problem_answers(400, 422, 429, 503),
        },
    )
    async def mark(request: Request) -> Response:
        """Answer about a mark by its id, as of the last full minute at the latest; for pages and portals to poll."""
        mark_id = request.path_params["id"]
        if normalise_mark_id(mark_id) != mark_id:
            raise WrongUseError("the id is not written as ids are", hint=f"Write {normalise_mark_id(mark_id)}.")
        return await hot.answer(request, mark_id)


def _answered(document: dict[str, Any]) -> Response:
    return Response(canonical(document), media_type="application/json", headers=ANSWER_HEADERS)
