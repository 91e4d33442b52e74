"""The JSON of searches."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_ON_A_PAGE = 100


class Search(BaseModel):
    """What is known of marks that are looked for; everything that is given has to fit.

    Holders who are found by number only (sole proprietors, and whoever's mark says so) are found by ``identifier``,
    with no name beside it, and by nothing else: numbers of marks run on, so ``number`` would tell them off one by one.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        json_schema_extra={
            "examples": [
                {"name": "見本精機", "least_tier": 3, "state": "active"},
                {"name": "mihon", "scheme": "jp.meti.scs", "valid_on": "2027-04-01", "limit": 20},
            ]
        },
    )

    name: Annotated[
        str,
        Field(
            max_length=120,
            description="A part of the name or Latin name on the mark, with or without 株式会社 or Co., Ltd.",
        ),
    ] = ""
    identifier: Annotated[str, Field(max_length=80)] | None = None
    number: (
        Annotated[
            str, Field(max_length=40, description="Registration number on the mark, such as SCS3-000001, exactly.")
        ]
        | None
    ) = None
    scheme: Annotated[str, Field(max_length=64)] | None = None
    tier: Annotated[int, Field(ge=1, le=9)] | None = None
    least_tier: Annotated[int, Field(ge=1, le=9)] | None = None
    state: (
        Literal["active", "expired", "not_yet_valid", "suspended", "withdrawn", "cancelled", "annulled", "superseded"]
        | None
    ) = None
    body: Annotated[int, Field(ge=1, le=999_999_999, description="Number of the body that issued.")] | None = None
    valid_on: (
        Annotated[
            str,
            Field(
                max_length=40,
                description=(
                    "ISO 8601: terms are judged as of then; without a state, marks are found whose term includes it. "
                    "Whether a mark was suspended, ended or replaced is as known now: one that was in force on that "
                    "day and has been ended since is not found as active."
                ),
            ),
        ]
        | None
    ) = None
    limit: Annotated[int, Field(ge=1, le=MOST_ON_A_PAGE)] = 20
    after: Annotated[str, Field(max_length=1200, description="`next` of the page before.")] | None = None


class FoundMark(BaseModel):
    """A mark that was found; times are UTC seconds. It is a hint: the mark's verdict is what counts.

    ``state`` is the newest that the directory knows, with what the clock makes of it by ``valid_on``, or by now.
    """

    mark: str
    holder: str | None
    holder_latin: str | None
    identifier: str
    issuer: str
    number: str
    scheme: str
    tier: int
    scope_kind: str
    state: str
    nbf: int
    until: int


class FoundPage(BaseModel):
    """Marks in the order of their holders' names, and where the next page begins. ``as_of`` is the directory's time."""

    results: tuple[FoundMark, ...]
    next: str | None
    as_of: int
    directory_size: int
