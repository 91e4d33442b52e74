"""Level requests: which level a client would like to see at a supplier, why, by when, and who talks about the cost.

Private files of the two parties (docs/specification/level-request.md); the registry learns nothing of them. A request
without a need or without somebody to talk to about the cost cannot be written: asking is fair only with both. It is a
request, and nothing in it can say more than that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from verifier.encoding import canonical, digest, read_object
from verifier.errors import MarkError, RefusedError
from verifier.identifier import parse_identifier
from verifier.schema import Closed, Many, One, read_model
from verifier.scheme.shipped import check_awarded
from verifier.tier import parse_tier

if TYPE_CHECKING:
    from verifier.tier import Tier

MAX_BYTES = 65_536
Question = Literal["confidential", "outage", "access"]
QUESTIONS: tuple[Question, ...] = ("confidential", "outage", "access")
"""The three questions: is our important confidential information handled there, would an outage there delay us
unacceptably, is our internal system reached from there. One yes suggests the level above the basic one."""
BASIC, STANDARD = 3, 4

_PRESSING = re.compile(
    r"義務|強制|必須|必ず|取引(?:を)?(?:停止|中止|打ち切|終了|解除)|契約(?:を)?解除|命じ|命令|従わな|応じない場合|しない場合"
    r"|\b(?:mandatory|compulsory|obligatory|obliged|required to|must"
    r"|shall|or else|terminat\w+|stop trading|otherwise we)\b",
    re.IGNORECASE,
)
"""Words by which a request becomes an order or a threat; there is no closed list of them."""

Day = Annotated[date, Field(strict=False)]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Words = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$")]


class Party(Closed):
    """A company: its name and, in its one form, its identifier."""

    name: Line
    identifier: Annotated[str, Field(max_length=120)]

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        try:
            if str(parse_identifier(self.identifier)) != self.identifier:
                raise ValueError("the identifier is not in its one form")
        except MarkError as error:
            raise ValueError(error.message) from error
        return self


class LevelRequest(Closed):
    """What one company asks of another. ``need`` says in words why; ``cost_contact`` who talks about the cost."""

    v: One
    kind: Literal["level-request"] = "level-request"
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}$")]
    made: Day
    client: Party
    supplier: Party
    tier: Annotated[str, Field(max_length=60)]
    reasons: Annotated[Many[Question], Field(max_length=3)]
    need: Annotated[str, Field(min_length=10, max_length=2000, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$")]
    by: Day
    cost_contact: Line

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.by <= self.made:
            raise ValueError("the date must lie ahead")
        if len(set(self.reasons)) != len(self.reasons):
            raise ValueError("a reason stands twice")
        try:
            parse_tier(self.tier)
        except MarkError as error:
            raise ValueError(error.message) from error
        return self

    @property
    def wanted(self) -> Tier:
        """The level that is asked for."""
        return parse_tier(self.tier)

    @property
    def sha256(self) -> str:
        """The digest that an answer names."""
        return digest(self.serialize())

    def serialize(self) -> bytes:
        """Return the file."""
        return canonical(self.model_dump(mode="json")) + b"\n"


class LevelAnswer(Closed):
    """What the supplier says: it accepts, asks about the cost, or proposes another date."""

    v: One
    kind: Literal["level-answer"] = "level-answer"
    request_sha256: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
    made: Day
    answer: Literal["accepts", "asks_about_cost", "proposes_date"]
    by: Day | None = None
    words: Words = ""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.answer == "proposes_date" and self.by is None:
            raise ValueError("a date is proposed, and none is named: give it (--by)")
        if self.answer != "proposes_date" and self.by is not None:
            raise ValueError(f"{self.answer} goes with no date: leave it out, or propose it (proposes_date)")
        return self

    def serialize(self) -> bytes:
        """Return the file."""
        return canonical(self.model_dump(mode="json")) + b"\n"


@dataclass(frozen=True)
class Asked:
    """A request with the newest answer to it, None for none yet."""

    request: LevelRequest
    answer: LevelAnswer | None

    @property
    def by(self) -> date:
        """The day that both have in mind: the one proposed last."""
        return self.answer.by if self.answer is not None and self.answer.by is not None else self.request.by


def parse_request(data: bytes) -> LevelRequest:
    """Return the request of a file. Raises MalformedError, StatementError."""
    return read_model(LevelRequest, read_object(data[: MAX_BYTES + 1]), what="level request")


def parse_answer(data: bytes) -> LevelAnswer:
    """Return the answer of a file. Raises MalformedError, StatementError."""
    return read_model(LevelAnswer, read_object(data[: MAX_BYTES + 1]), what="answer to a level request")


def check_needed(request: LevelRequest) -> None:
    """Refuse to ask for more than the basic level without one of the three reasons.

    The need in words may be good all the same; but a level that nothing calls for is what a supplier may rightly
    refuse. Nor can a tier be asked for that nobody could hold. Raises RefusedError.
    """
    check_awarded(request.wanted)
    if request.wanted.level > BASIC and not request.reasons:
        raise RefusedError(
            f"{request.tier} is asked for without one of the reasons: {', '.join(QUESTIONS)}",
            hint=f"Name what applies with --because, or ask for level {BASIC}.",
        )


def pressing_words(text: str) -> tuple[str, ...]:
    """Return what a text says in words of an order or a threat, as they stand there.

    The text stays the writer's own: whoever shows it says what the guidance of the Fair Trade Commission and the
    ministry wants instead, a request with its reason and an open talk about the cost.
    """
    return tuple(dict.fromkeys(one.group() for one in _PRESSING.finditer(text)))


def suggested_level(reasons: tuple[Question, ...]) -> int:
    """Return the level that the answers to the three questions suggest."""
    return STANDARD if reasons else BASIC


def pair(requests: list[LevelRequest], answers: list[LevelAnswer]) -> list[Asked]:
    """Return each request with the newest answer that names it; of one day, the one that stands last.

    Raises RefusedError for an answer to a request that is not here.
    """
    by_digest: dict[str, LevelAnswer] = {}
    known = {one.sha256 for one in requests}
    for one in sorted(answers, key=lambda answer: answer.made):
        if one.request_sha256 not in known:
            raise RefusedError("an answer is about a request that is not here, or that was changed since")
        by_digest[one.request_sha256] = one
    return [Asked(one, by_digest.get(one.sha256)) for one in requests]


def members_of(asked: Asked) -> dict[str, Any]:
    """Return a request and its answer as one JSON object."""
    answer = asked.answer.model_dump(mode="json") if asked.answer is not None else None
    return {"request": asked.request.model_dump(mode="json"), "answer": answer, "by": asked.by.isoformat()}
