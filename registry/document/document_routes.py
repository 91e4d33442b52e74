"""The routes of documents: the signed PDF of a mark or a recognition, and the certificate that its signature shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Path, Query, Request
from starlette.responses import Response

from registry.admission.api_models import problem_answers
from registry.verification.judging_threads import judged
from registry.verification.paths import DOCUMENT_KEY, MARKS, RECOGNITIONS
from registry.web.validators import has_it
from registry.web.web_api import ANYONE
from verifier.edge.i18n import choose_language
from verifier.encoding import digest
from verifier.errors import WrongUseError
from verifier.markid import normalise_mark_id

if TYPE_CHECKING:
    from fastapi import FastAPI

    from registry.document.document_maker import DocumentMaker, Kind

PDF = "application/pdf"
PEM = "application/x-pem-file"
Id = Annotated[str, Path(pattern="^[0-9a-z]{26}$")]
Lang = Annotated[Literal["ja", "en"] | None, Query(description="ja or en; the browser's wish where it is missing.")]
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "It is still the one whose ETag was sent."}}


def add_documents(app: FastAPI, maker: DocumentMaker) -> None:
    """Add the routes."""

    @app.get(
        f"{MARKS}/{{id}}/certificate.pdf",
        name="mark_document",
        response_class=Response,
        openapi_extra=ANYONE,
        responses={**_content(PDF, "%PDF-1.7"), **_UNCHANGED, **problem_answers(400, 404, 422, 429, 503)},
    )
    async def mark_document(request: Request, id: Id, lang: Lang = None) -> Response:
        """Return the document of a mark that is valid now: PDF/A-3, signed, with the mark and its evidence attached."""
        return await _document(request, maker, "m", id, lang)

    @app.get(
        f"{RECOGNITIONS}/{{id}}/certificate.pdf",
        name="recognition_document",
        response_class=Response,
        openapi_extra=ANYONE,
        responses={**_content(PDF, "%PDF-1.7"), **_UNCHANGED, **problem_answers(400, 404, 422, 429, 503)},
    )
    async def recognition_document(request: Request, id: Id, lang: Lang = None) -> Response:
        """Return the document of a foreign assessment that is recognised now; it looks unlike that of a mark."""
        return await _document(request, maker, "r", id, lang)

    @app.get(
        DOCUMENT_KEY,
        name="document_certificate",
        response_class=Response,
        openapi_extra=ANYONE,
        responses={**_content(PEM, "-----BEGIN CERTIFICATE-----"), **problem_answers(400, 503)},
    )
    async def document_certificate(request: Request) -> Response:
        """Return the certificate (PEM) that the signatures of documents show; compare its fingerprint elsewhere."""
        return _file(request, maker.certificate, PEM)


async def _document(request: Request, maker: DocumentMaker, kind: Kind, label: str, lang: str | None) -> Response:
    if normalise_mark_id(label) != label:
        raise WrongUseError("the id is not written as ids are", hint=f"Write {normalise_mark_id(label)}.")
    chosen = choose_language(request.headers.get("accept-language", ""), lang)
    data = await judged(maker.make, kind, label, lang=chosen)
    answer = _file(request, data, PDF)
    answer.headers["Vary"] = "Accept-Language"
    answer.headers["Content-Language"] = chosen
    answer.headers["Content-Disposition"] = f'inline; filename="{label}-{chosen}.pdf"'
    return answer


def _file(request: Request, data: bytes, media_type: str) -> Response:
    """Return a file whole, or that the asker has it already."""
    etag = f'"{digest(data)}"'
    # It is asked for again each time: a document of a mark that was suspended since is not served from a cache.
    headers = {"Cache-Control": "no-cache", "ETag": etag, "X-Content-Type-Options": "nosniff"}
    if has_it(request, etag):
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=media_type, headers=headers)


def _content(media_type: str, first_line: str) -> dict[int | str, dict[str, Any]]:
    """Return the description of a file; no document could hold a whole one as an example."""
    described = {"schema": {"type": "string"}, "example": first_line}
    return {200: {"description": "The file.", "content": {media_type: described}}}
