"""Closed JSON schemas: strict types, no unknown member, frozen values.

A member that this version does not know may change the meaning of those it knows. So it is never skipped: reading it
is an answer that could not be made, not a refusal.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from verifier.envelope import MAX_TIME
from verifier.errors import NewerVersionError, StatementError
from verifier.faults import faults_text
from verifier.markid import is_mark_id

Item = TypeVar("Item")
Many = Annotated[tuple[Item, ...], Strict(False)]

Digest = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
Nonce = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22}$")]
TokenId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
Uri = Annotated[str, StringConstraints(pattern=r"^https://[^\s\"<>\\^`{|}]{1,200}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Label = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Instant = Annotated[int, Field(gt=0, lt=MAX_TIME)]
Index = Annotated[int, Field(ge=0, lt=2**53)]
Level = Annotated[int, Field(ge=1, le=9)]
Count = Annotated[int, Field(ge=1, lt=2**31)]
# Python holds True and 1 for equal and Literal does too; in JSON they are two values.
One = Annotated[Literal[1], BeforeValidator(lambda value: None if isinstance(value, bool) else value)]
Yes = Annotated[Literal[True], BeforeValidator(lambda value: value if isinstance(value, bool) else None)]


class Closed(BaseModel):
    """A JSON object that holds exactly the members named here."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=True)

    def members(self) -> dict[str, Any]:
        """Return the JSON object as it stands in a token."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


Model = TypeVar("Model", bound=Closed)


def read_model(model: type[Model], value: Any, *, what: str) -> Model:
    """Return the value under the closed schema.

    Members are read under the names that stand in tokens only. Raises NewerVersionError for another version or a member
    that the schema does not know, StatementError for every other fault.
    """
    try:
        return model.model_validate(value, by_alias=True, by_name=False)
    except ValidationError as error:
        faults = _own(error.errors(include_url=False, include_input=False))
        where = faults_text(faults[:3], whole=what)
        if all(fault["type"] == "extra_forbidden" or fault["loc"] == ("v",) for fault in faults):
            raise NewerVersionError(f"{what} has a version or member unknown here: {where}") from error
        raise StatementError(f"{what} is outside its schema: {where}") from error


def _own(faults: list[ErrorDetails]) -> list[ErrorDetails]:
    """Return the faults without those lists that are too short only because their items have faults of their own."""
    inner = {fault["loc"][:length] for fault in faults for length in range(len(fault["loc"]))}
    return [fault for fault in faults if fault["type"] != "too_short" or fault["loc"] not in inner]


def checked_mark_id(value: str) -> str:
    """Return the mark id, for use as a validator."""
    if not is_mark_id(value):
        raise ValueError("not a mark id")
    return value
