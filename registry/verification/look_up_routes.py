"""The routes that answer one question. What is looked up stands in bodies only: never in a path, a query or a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query, Request
from starlette.responses import Response

from registry.admission.api_models import problem_answers
from registry.verification.judging_threads import judged
from registry.verification.models import EXAMPLE_MARK, AnswerDocument, LookUp
from registry.verification.paths import IMAGES, LOOK_UPS, MARKS
from registry.web.web_api import ANSWER_HEADERS, ANYONE
from verifier.edge.drawing.qr import MAX_IMAGE_BYTES, decode_qr
from verifier.encoding import canonical
from verifier.errors import MalformedError, WrongUseError
from verifier.markid import normalise_mark_id

if TYPE_CHECKING:
    from fastapi import FastAPI

    from registry.verification.answering import Answering
    from registry.verification.hot_marks import HotMarks

IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "image/tiff")
_IMAGE_BODY: dict[str, Any] = {
    "required": True,
    "content": {one: {"schema": {"type": "string", "contentMediaType": one}} for one in IMAGE_TYPES},
}


def add_look_ups(app: FastAPI, answering: Answering, hot: HotMarks) -> None:
    """Add the routes."""

    @app.post(
        LOOK_UPS,
        name="look_up",
        response_model=AnswerDocument,
        openapi_extra=ANYONE,
        responses=problem_answers(400, 404, 408, 413, 422, 429, 503),
    )
    async def look_up(asked: LookUp) -> Response:
        """Answer about a mark, a QR's text or an organisation, with a signed receipt; "none" is an answer, not a 404.

        ``history`` is null where the log had no entry about the mark at that time. Of an organisation it tells each
        mark and declaration; none is an answer. Of a day to come there is no history: `if_nothing_changes` says so.
        """
        return _answered(await judged(answering.document, asked))

    @app.post(
        IMAGES,
        name="look_up_image",
        response_model=AnswerDocument,
        openapi_extra={**ANYONE, "requestBody": _IMAGE_BODY},
        responses=problem_answers(400, 408, 413, 422, 429, 503),
    )
    async def look_up_image(request: Request, evidence: Annotated[bool, Query()] = False) -> Response:
        """Answer about the mark whose QR an image shows: PNG, JPEG, WebP, GIF, BMP or TIFF, 20 MB at most."""
        if request.headers.get("content-type", "").lower().startswith("multipart/"):
            raise WrongUseError("a form is no image", hint="Send its bytes alone, with Content-Type: image/png.")
        image = await request.body()
        return _answered(await judged(_of_image, answering, image, with_evidence=evidence))

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


def _of_image(answering: Answering, image: bytes, *, with_evidence: bool) -> dict[str, Any]:
    assert len(image) <= MAX_IMAGE_BYTES  # the cap on bodies is the same
    if not image:
        raise WrongUseError("no image was sent", hint="Send its bytes as the body, with Content-Type: image/png.")
    texts = decode_qr(image)
    marks = [text for text in texts if "/m/" in text]
    if len(marks) > 1:
        raise WrongUseError("the image shows several marks", hint="Send one with a single QR.")
    if not texts:
        raise MalformedError("no QR can be read in the image", hint="Photograph the code closer and sharper.")
    return answering.document(LookUp(text=(marks or texts)[0], evidence=with_evidence))


def _answered(document: dict[str, Any]) -> Response:
    return Response(canonical(document), media_type="application/json", headers=ANSWER_HEADERS)
