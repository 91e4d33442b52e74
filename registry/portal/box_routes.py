"""The routes of one-time links' boxes, for anybody: no account, and logs that name the route and never the box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from registry.admission.api_models import problem_answers
from registry.portal.paths import BOXES, OPENING
from registry.web.idempotency import AnsweredBefore, OptionalKey
from registry.web.web_api import ANSWER_HEADERS, ANYONE
from verifier.encoding import b64u, unb64u
from verifier.schema import Digest
from verifier.share_box import MAX_SEALED

if TYPE_CHECKING:
    from fastapi import FastAPI

    from registry.portal.boxes import Boxes

OPENED = {"links": {"open_box": {"operationId": "open_box", "requestBody": {"id": "$request.body#/id"}}}}
"""The id that was sent is what opens it."""
Sealed = Annotated[
    str,
    Field(
        min_length=100,
        max_length=-(-MAX_SEALED * 4 // 3),
        pattern=r"^[A-Za-z0-9_-]+$",
        description="Encrypted, as base64url: see docs/specification/share.md.",
    ),
]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class BoxOrder(_Sent):
    """A box to be kept until it is opened, or until its time is over."""

    id: Digest
    sealed: Sealed
    until: Annotated[int, Field(gt=0, lt=2**53)]


class BoxOpening(_Sent):
    """Which box is opened. Only its link gives the id."""

    id: Digest


class BoxDocument(BaseModel):
    """What was in the box, which is gone now."""

    sealed: Sealed


def add_boxes(app: FastAPI, boxes: Boxes) -> None:
    """Add the routes."""
    before = AnsweredBefore()

    @app.post(
        BOXES,
        name="add_box",
        status_code=204,
        openapi_extra=ANYONE,
        responses={204: OPENED, **problem_answers(400, 408, 409, 413, 422, 429, 503)},
    )
    def add_box(order: BoxOrder, key: OptionalKey = None) -> Response:
        """Keep what a one-time link opens. It is encrypted; nothing is kept of who sent it.

        The very same box again, while it is there, is no second one. Under an Idempotency-Key it is answered alike for
        a minute even where it was opened in between.
        """

        def put() -> Response:
            boxes.put(order.id, unb64u(order.sealed), order.until)
            return Response(status_code=204, headers=ANSWER_HEADERS)

        return before.do(key, [BOXES, order.model_dump()], put)

    @app.post(
        OPENING,
        name="open_box",
        response_model=BoxDocument,
        openapi_extra=ANYONE,
        responses=problem_answers(400, 404, 408, 413, 422, 503),
    )
    def open_box(asked: BoxOpening, key: OptionalKey = None) -> Response:
        """Open a box, which is gone afterwards. Nothing is kept of who opened it.

        For a minute, in memory alone, the same Idempotency-Key gets the answer again that a broken line swallowed.
        """

        def take() -> Response:
            return JSONResponse({"sealed": b64u(boxes.open(asked.id))}, headers=ANSWER_HEADERS)

        return before.do(key, [OPENING, asked.id], take)
