"""What every API of ours is made of: strict JSON, problem documents for every error, one name for every operation."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, get_origin

from fastapi import FastAPI
from fastapi import params as fastapi_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Match

from registry.contracts.openapi_examples import completed
from registry.web.problems import exception_handlers, http_problem, problem
from verifier import __version__
from verifier.encoding import read_json
from verifier.errors import MalformedError, WrongUseError
from verifier.faults import faults_text

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from fastapi import Response
    from fastapi.dependencies.models import Dependant
    from starlette.types import Message, Receive, Scope, Send


ANSWER_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def roles(*names: str) -> dict[str, Any]:
    """Return what an operation's description says of who may call it: anyone, or who signs what is sent."""
    return {"x-roles": list(names)}


ANYONE = roles("anyone")
SIGNATORIES = roles("body", "operator", "foreign_operator", "directory")
"""Whose statements there are; which kind each may sign is in the specification of statements."""


class _StrictRequest(Request):
    async def json(self) -> Any:
        try:
            return read_json(await self.body())
        except MalformedError as error:
            raise HTTPException(400, error.message) from error


class StrictRoute(APIRoute):
    """Reads JSON as the verifier does: no member twice, no NaN, no lone surrogate; and no parameter or field of a form
    that is not known, or that holds one value and comes twice.

    What would be skipped is a question that would be answered as another one. Whatever is fetched with GET is asked
    after with HEAD, as RFC 9110 wants it.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether the request is for here. The framework knows no HEAD, and would describe it as its own."""
        return super().matches({**scope, "method": "GET"} if scope.get("method") == "HEAD" else scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; HEAD gets the headers of GET alone."""
        if scope["method"] != "HEAD":
            await super().handle(scope, receive, send)
            return

        async def bare(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await super().handle({**scope, "method": "GET"}, receive, bare)

    def hint_about(self, unknown: str, known: frozenset[str]) -> str:
        """Return what to do about a parameter that is not known here."""
        return f"It takes {', '.join(sorted(known))}." if known else "It takes none: leave the parameter out."

    def check_fields(self, sent: Sequence[str]) -> None:
        """Refuse a form by the names of its fields, in their order. Raises WrongUseError, which names the field."""
        known = {one.alias for one in self.dependant.body_params}
        unknown = next((name for name in sent if name not in known), None)
        if unknown is not None:
            hint = f"It takes {', '.join(sorted(known))}."
            raise WrongUseError(f"this form takes no field {unknown[:40]!r}", hint=hint)
        if twice := self.given_twice(sent):
            raise WrongUseError(f"the form holds {twice!r} more than once", hint="Give it once.")

    def given_twice(self, sent: Sequence[str]) -> str:
        """Return the first field that holds one value and comes again; empty where there is none."""
        fields = self.dependant.body_params
        single = {one.alias for one in fields if get_origin(one.field_info.annotation) is not list}
        return next((name for place, name in enumerate(sent) if name in single and name in sent[:place]), "")

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()
        known = _query_names(self.dependant) | {
            one["name"] for one in (self.openapi_extra or {}).get("parameters", ()) if one["in"] == "query"
        }
        is_form = any(isinstance(one.field_info, fastapi_params.Form) for one in self.dependant.body_params)

        async def strictly(request: Request) -> Response:
            unknown = next((name for name in request.query_params if name not in known), None)
            if unknown is not None:
                hint = self.hint_about(unknown, known)
                raise WrongUseError(f"this address takes no parameter {unknown[:40]!r}", hint=hint)
            asked = [name for name, _ in request.query_params.multi_items()]
            if twice := next((name for name in known if asked.count(name) > 1), ""):
                raise WrongUseError(f"the parameter {twice!r} is given more than once", hint="Give it once.")
            read = _StrictRequest(request.scope, request.receive)
            if is_form:
                # The framework closes it, once it has it.
                form = await read.form()
                try:
                    self.check_fields([name for name, _ in form.multi_items()])
                except BaseException:
                    await form.close()
                    raise
            return await handle(read)

        return strictly


def new_api(host: str, *, name: str, prefix: str, title: str, summary: str) -> FastAPI:
    """Return an application without routes, whose errors are problem documents of the authority at ``host``.

    ``name`` is that of its document in ``openapi/``, and of its examples; ``prefix`` stands before its addresses.
    """
    app = FastAPI(
        title=title,
        version=__version__,
        summary=summary,
        openapi_url=f"{prefix}/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        exception_handlers=exception_handlers(host),
    )
    app.router.route_class = StrictRoute
    describe = app.openapi
    app.openapi = cache(lambda: _whole(describe(), name))  # type: ignore[method-assign]  # as FastAPI documents it
    # A redirect to or from a closing slash would repeat the Host header of whoever asks.
    app.router.redirect_slashes = False

    async def unreadable(request: Request, error: RequestValidationError) -> Response:
        media_type = request.headers.get("content-type", "")
        if isinstance(error.body, bytes) and "json" not in media_type:
            told = WrongUseError(
                f"the body is sent as {media_type[:60] or 'no type'}",
                hint="Send JSON with Content-Type: application/json.",
            )
            return problem(host, told)
        return http_problem(host, 400, faults_text(error.errors()[:3], whole="request"))

    app.add_exception_handler(RequestValidationError, unreadable)  # type: ignore[arg-type]  # Starlette's stub wants Exception
    return app


def _whole(described: dict[str, Any], name: str) -> dict[str, Any]:
    from registry.web.problem_codes import with_problems  # noqa: PLC0415 - it brings what sets documents

    return with_problems(completed(described, name), name)


def _query_names(dependant: Dependant) -> frozenset[str]:
    own = frozenset(one.alias for one in dependant.query_params)
    return own.union(*map(_query_names, dependant.dependencies))
