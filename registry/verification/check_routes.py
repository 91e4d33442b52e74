"""The routes of lists: send one, ask how far it is, fetch the answers row by row, as a table, or their receipt."""

from __future__ import annotations

import csv
import io
import os
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal

from fastapi import File, Form, Path, Query, UploadFile
from starlette.concurrency import run_in_threadpool
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from registry.admission.api_models import problem_answers
from registry.contracts.openapi_links import followed_by
from registry.verification.check_folder import RESULTS
from registry.verification.check_models import (
    LANG,
    LEFT_OUT,
    MOST_ROWS,
    CheckOrder,
    CheckProgress,
    CheckStarted,
    Lang,
    without_default,
)
from registry.verification.checking import Order
from registry.verification.fair_share import SENDER
from registry.verification.models import A_DAY
from registry.verification.paths import CHECKS
from registry.web.idempotency import AnsweredBefore, OptionalKey
from registry.web.web_api import ANSWER_HEADERS, ANYONE
from verifier.edge.i18n import choose_language
from verifier.encoding import canonical, read_object
from verifier.errors import NotFoundError
from verifier.requirement import parse_requirement, requirement_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI

    from registry.verification.check_jobs import CheckJobs

MOST_BYTES = 50_331_648
_HEADINGS = ("identifier", "mark", "name", "required tier")
Secret = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{32}$", description="What only who sent the list knows.")]


class SecretConvertor(StringConvertor):
    """The part of a path that is such a secret, so that no other address is taken for a check."""

    regex = "[A-Za-z0-9_-]{32}"


register_url_convertor("check", SecretConvertor())
_CHUNK = 65_536


def add_checks(app: FastAPI, jobs: CheckJobs) -> None:
    """Add the routes."""
    _add_orders(app, jobs)
    _add_forgetting(app, jobs)
    _add_answers(app, jobs)


def _add_orders(app: FastAPI, jobs: CheckJobs) -> None:
    begun = followed_by(
        "check_progress", "check_rows", "check_result", "forget_check", parameter="check", member="check"
    )
    answers = {202: begun, **problem_answers(400, 408, 413, 422, 429, 503)}

    @app.post(
        CHECKS,
        status_code=202,
        name="check_list",
        response_model=CheckStarted,
        openapi_extra=ANYONE,
        responses=answers,
    )
    async def check_list(request: Request, asked: CheckOrder, key: OptionalKey = None) -> Response:
        """Send a list of at most 100,000 suppliers as JSON, to be checked against a policy.

        The same list under the same Idempotency-Key is no second check, as long as the first one is kept.
        """
        order = Order("list.csv", requirement_of(asked.policy).members(), asked.at, lang=_language(request, asked.lang))
        return await _begun(
            await run_in_threadpool(_as_csv, asked), order, partial(jobs.begin, key=key, sender=_sender(request))
        )

    @app.post(
        f"{CHECKS}/file",
        status_code=202,
        name="check_file",
        response_model=CheckStarted,
        openapi_extra=ANYONE,
        responses=answers,
    )
    async def check_file(
        request: Request,
        *,
        suppliers: Annotated[UploadFile, File(description="CSV in any encoding, or .xlsx.")],
        policy: Annotated[str, Form(max_length=65_536, description="A policy file: TOML, or its members as JSON.")],
        at: Annotated[str | None, Form(max_length=40, description=f"ISO 8601. {A_DAY}")] = None,
        column: Annotated[list[str], Form(max_length=16, description="ROLE=HEADING")] = [],  # noqa: B006 - FastAPI copies it
        sheet: Annotated[str | None, Form(max_length=120)] = None,
        lang: Annotated[Lang, Form(description=LANG, json_schema_extra=without_default)] = LEFT_OUT,
        key: OptionalKey = None,
    ) -> Response:
        """Send a list as a spreadsheet has it: its columns are found by their headings, and kept in their order.

        The same list under the same Idempotency-Key is no second check, as long as the first one is kept.
        """
        is_json = policy.lstrip().startswith("{")
        demanded = requirement_of(read_object(policy.encode())) if is_json else parse_requirement(policy.encode())
        name = (suppliers.filename or "list")[-120:]
        order = Order(name, demanded.members(), at, tuple(column), sheet, _language(request, lang))
        return await _begun(await suppliers.read(), order, partial(jobs.begin, key=key, sender=_sender(request)))


def _add_forgetting(app: FastAPI, jobs: CheckJobs) -> None:
    before = AnsweredBefore()

    @app.delete(
        f"{CHECKS}/{{check:check}}",
        status_code=204,
        name="forget_check",
        openapi_extra=ANYONE,
        responses=problem_answers(400, 404, 422, 429, 503),
    )
    async def forget_check(check: Secret, key: OptionalKey = None) -> Response:
        """Delete the list and its answers now. Under the same Idempotency-Key, once more is no mistake for a minute."""

        def forget() -> Response:
            jobs.forget(check)
            return Response(status_code=204, headers=ANSWER_HEADERS)

        def forget_all() -> Response:
            answer = before.do(key, ["DELETE", check], forget)
            with suppress(NotFoundError):
                # A list that came to the same address after the first answer goes too.
                jobs.forget(check)
            return answer

        return await run_in_threadpool(forget_all)


def _add_answers(app: FastAPI, jobs: CheckJobs) -> None:
    @app.get(
        f"{CHECKS}/{{check:check}}",
        name="check_progress",
        response_model=CheckProgress,
        openapi_extra=ANYONE,
        responses=problem_answers(400, 404, 422, 429, 503),
    )
    async def check_progress(check: Secret) -> Response:
        """Say how far the check is."""
        return _json((await run_in_threadpool(jobs.progress, check)).members())

    @app.get(
        f"{CHECKS}/{{check:check}}/rows",
        name="check_rows",
        response_class=Response,
        openapi_extra=ANYONE,
        responses={
            200: {
                "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
                "description": "A row a line.",
            },
            **problem_answers(400, 404, 409, 422, 429, 503),
        },
    )
    async def check_rows(check: Secret, after: Annotated[int, Query(ge=0, le=MOST_ROWS)] = 0) -> Response:
        """Stream the answers, one JSON object a line; `after` skips so many, to go on where a line broke.

        `row` counts from 1 and with the line of headings, if there is one: of a list that was sent as JSON,
        `suppliers[0]` is row 2.
        """
        answers = await run_in_threadpool(jobs.result, check, "rows")
        return StreamingResponse(_lines(answers, after), media_type=RESULTS["rows"][1], headers=ANSWER_HEADERS)

    @app.get(
        f"{CHECKS}/{{check:check}}/{{kind}}",
        name="check_result",
        response_class=Response,
        openapi_extra=ANYONE,
        responses={
            200: {
                "content": {
                    "text/csv": {},
                    "application/json": {},
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {},
                },
                "description": "The list with the answers in further columns, or the signed receipt.",
            },
            **problem_answers(400, 404, 409, 422, 429, 503),
        },
    )
    async def check_result(check: Secret, kind: Literal["csv", "xlsx", "receipt"]) -> Response:
        """Fetch the list with its answers, or the receipt, of which single rows verify alone."""
        answers = await run_in_threadpool(jobs.result, check, kind)
        name, media_type = RESULTS[kind]
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(os.fstat(answers.fileno()).st_size),
        }
        return StreamingResponse(_lines(answers, 0), media_type=media_type, headers=ANSWER_HEADERS | headers)


def _sender(request: Request) -> str:
    return str(request.scope.get(SENDER, ""))


async def _begun(data: bytes, order: Order, begin: Callable[[bytes, Order], str]) -> Response:
    secret = await run_in_threadpool(begin, data, order)
    address = f"{CHECKS}/{secret}"
    answer = _json({"check": secret, "progress": address}, status=202)
    answer.headers["Location"] = address
    return answer


def _language(request: Request, wished: str | None) -> str:
    return choose_language(request.headers.get("accept-language", ""), wished)


def _json(members: dict[str, Any], *, status: int = 200) -> Response:
    return Response(canonical(members), status, media_type="application/json", headers=ANSWER_HEADERS)


def _as_csv(asked: CheckOrder) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADINGS)
    writer.writerows([one.identifier, one.mark, one.name, one.tier] for one in asked.suppliers)
    return text.getvalue().encode("utf-8", "replace")


def _lines(answers: BinaryIO, after: int) -> Iterator[bytes]:
    with answers as file:
        for _ in range(after):
            if not file.readline():
                return
        while chunk := file.read(_CHUNK):
            yield chunk
