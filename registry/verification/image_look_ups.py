"""The route that answers about the mark whose QR an image shows: its bytes alone, or in JSON with what is expected.

Both ways take the same images. What is expected of the mark stands in the JSON only, never in the address.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query, Request
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from registry.admission.api_models import problem_answers
from registry.verification.judging_threads import judged
from registry.verification.models import LONGEST_IMAGE, AnswerDocument, ImageLookUp, LookUp
from registry.verification.paths import IMAGES
from registry.web.web_api import ANSWER_HEADERS, ANYONE
from verifier.edge.drawing.qr import MAX_IMAGE_BYTES, decode_qr
from verifier.edge.question import mark_among
from verifier.encoding import canonical, read_json, unb64
from verifier.errors import MalformedError, WrongUseError
from verifier.faults import faults_text

if TYPE_CHECKING:
    from fastapi import FastAPI

    from registry.verification.answering import Answering

IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "image/tiff")
MOST_BESIDE = 65_536
"""Bytes of the JSON beside the image: as many as any other question has."""
MOST_BYTES = LONGEST_IMAGE + MOST_BESIDE
_ONE_WAY = "Send its bytes alone, with Content-Type: image/png."
_BASE64 = (string.ascii_letters + string.digits + "+/=").encode()
_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        **{one: {"schema": {"type": "string", "contentMediaType": one}} for one in IMAGE_TYPES},
        "application/json": {"schema": ImageLookUp.model_json_schema()},
    },
}


def add_image_look_ups(app: FastAPI, answering: Answering) -> None:
    """Add the route."""

    @app.post(
        IMAGES,
        name="look_up_image",
        response_model=AnswerDocument,
        openapi_extra={**ANYONE, "requestBody": _BODY},
        responses=problem_answers(400, 408, 413, 422, 429, 503),
    )
    async def look_up_image(request: Request, evidence: Annotated[bool, Query()] = False) -> Response:
        """Answer about the mark whose QR an image shows: PNG, JPEG, WebP, GIF, BMP or TIFF, 20 MB at most.

        Send the bytes alone, or as JSON the image in base64 with what is expected beside it, as in a look-up by text.
        """
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type.startswith("multipart/"):
            hint = f"{_ONE_WAY} What is expected beside it goes into JSON, with the image in base64."
            raise WrongUseError("a form is no image", hint=hint)
        body, is_json = await request.body(), media_type == "application/json"
        image, beside = await judged(_question, body) if is_json else (body, {})
        document = await judged(_answer, answering, image, beside | ({"evidence": True} if evidence else {}))
        return Response(canonical(document), media_type="application/json", headers=ANSWER_HEADERS)


def _answer(answering: Answering, image: bytes, beside: dict[str, Any]) -> dict[str, Any]:
    if not image:
        raise WrongUseError("no image was sent", hint=_ONE_WAY)
    if len(image) > MAX_IMAGE_BYTES:
        raise HTTPException(413)
    return answering.document(LookUp(text=_text_in(image), **beside))


def _question(body: bytes) -> tuple[bytes, dict[str, Any]]:
    """Return the image of a question as JSON, and what is asked beside it. Raises MalformedError."""
    # An image in base64 has no other characters. Counted first: reading 27 MB of brackets takes all memory there is.
    if len(body.translate(None, _BASE64)) > MOST_BESIDE:
        raise HTTPException(413)
    try:
        asked = ImageLookUp.model_validate(read_json(body))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise MalformedError(faults_text(faults[:3], whole="request")) from error
    if len(body) - len(asked.image) > MOST_BESIDE:
        raise HTTPException(413)
    try:
        image = unb64(asked.image)
    except MalformedError as error:
        hint = "Write the image's bytes in standard base64 (RFC 4648) with padding, on one line."
        raise MalformedError(f"image: {error.message}", hint=hint) from error
    return image, asked.model_dump(exclude={"image"})


def _text_in(image: bytes) -> str:
    texts = decode_qr(image)
    if not texts:
        raise MalformedError("no QR can be read in the image", hint="Photograph the code closer and sharper.")
    return mark_among(texts, "the image")
