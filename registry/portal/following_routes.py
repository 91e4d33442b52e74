"""The routes of followings, for anybody: no account. Number, address and codes are in bodies, never in an address.

Pages for people stand at the reader, under /follow, and come here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from registry.admission.api_models import problem_answers
from registry.portal.followings import CODE_HOLDS
from registry.portal.paths import FOLLOWINGS
from registry.reading.sender import sender_of
from registry.web.idempotency import AnsweredBefore, OptionalKey
from registry.web.web_api import ANSWER_HEADERS, ANYONE

if TYPE_CHECKING:
    from fastapi import FastAPI

    from registry.portal.followings import Followings

Language = Literal["ja", "en"]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$", description="The last part of the link in a letter.")]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FollowingOrder(_Sent):
    """Who wants to be told about which number. The address is asked first."""

    number: Annotated[str, Field(max_length=80, description="An organisation's number, such as a 法人番号.")]
    address: Annotated[str, Field(max_length=254, description="A mail address.")]
    lang: Language = "ja"


class FollowingAsked(BaseModel):
    """The same whatever is known of the address: if it can be written to, it gets a link within this many seconds."""

    confirm_within: int


class FollowingCode(_Sent):
    """The code that came to the address; ``lang`` changes the language of letters."""

    code: Code
    lang: Language | None = None


class FollowingDocument(BaseModel):
    """What is followed, and until when the address's consent holds."""

    number: str
    until: int


class FollowingEnd(_Sent):
    """The code at the end of every letter."""

    code: Code


def add_followings(app: FastAPI, followings: Followings) -> None:
    """Add the routes."""
    before = AnsweredBefore()

    @app.post(
        FOLLOWINGS,
        name="add_following",
        status_code=202,
        openapi_extra=ANYONE,
        responses=problem_answers(400, 408, 413, 422, 429, 503),
    )
    def add_following(request: Request, order: FollowingOrder, response: Response) -> FollowingAsked:
        """Ask an address whether it wants to be told by mail what is listed under a number. No account is needed.

        Sent again within ten minutes it is answered alike, and no second letter leaves.
        """
        followings.order(order.number, order.address, order.lang, sender=sender_of(request))
        response.headers.update(ANSWER_HEADERS)
        return FollowingAsked(confirm_within=CODE_HOLDS)

    @app.post(
        f"{FOLLOWINGS}/confirmation",
        name="confirm_following",
        response_model=FollowingDocument,
        openapi_extra=ANYONE,
        responses=problem_answers(400, 404, 408, 413, 422, 503),
    )
    def confirm_following(told: FollowingCode, key: OptionalKey = None) -> Response:
        """Say yes, by the code that came to the address: at the beginning, and again after a year.

        A code counts once. For a minute, in memory alone, the same Idempotency-Key gets the first answer again.
        """

        def confirm() -> Response:
            follower, until = followings.confirm(told.code, told.lang)
            return JSONResponse({"number": follower.number, "until": until}, headers=ANSWER_HEADERS)

        return before.do(key, [FOLLOWINGS, told.model_dump()], confirm)

    @app.post(
        f"{FOLLOWINGS}/end",
        name="end_following",
        status_code=204,
        openapi_extra=ANYONE,
        responses=problem_answers(400, 404, 408, 413, 422, 503),
    )
    def end_following(told: FollowingEnd) -> Response:
        """Send no more, and forget address and number. Once more is no mistake."""
        followings.end(told.code)
        return Response(status_code=204, headers=ANSWER_HEADERS)
