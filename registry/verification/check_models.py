"""The JSON of lists of suppliers that are checked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from registry.verification.models import A_DAY

MOST_ROWS = 100_000
LEFT_OUT: Any = None
"""Stands where a member is left out; null itself is no language and refused."""
LANG = "Language of the answers: ja or en; without it Accept-Language decides."
Lang = Literal["ja", "en"]


def without_default(schema: dict[str, Any]) -> None:
    """Take the default out of a schema: what stands in its place is no value that may be sent."""
    schema.pop("default", None)


class SupplierRow(BaseModel):
    """One supplier: at least one of identifier, mark and name. A list with one that has none is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    identifier: Annotated[str, Field(max_length=120)] = ""
    mark: Annotated[str, Field(max_length=4000)] = ""
    name: Annotated[str, Field(max_length=400)] = ""
    tier: Annotated[str, Field(max_length=60, description="What is asked of this one, such as ★4.")] = ""

    @model_validator(mode="after")
    def _names_somebody(self) -> SupplierRow:
        # An empty row would be skipped as the empty lines of a spreadsheet are, and its answer would be missing.
        if not any(one.strip() for one in (self.identifier, self.mark, self.name)):
            raise ValueError("give at least one of identifier, mark and name")
        return self


class CheckOrder(BaseModel):
    """A list as JSON. ``policy`` has the members of a policy file; ``at`` is the day that dates are judged at.

    Each supplier gets one answer, in this order. Its ``row`` counts as a spreadsheet does, from 1 and with the line of
    headings that the list is kept with: ``suppliers[0]`` is row 2.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "suppliers": [{"identifier": "5010001067883", "name": "見本商事"}, {"name": "名前だけ"}],
                    "policy": {"version": 1, "tier": "jp.meti.scs/3"},
                }
            ]
        },
    )

    suppliers: Annotated[list[SupplierRow], Field(min_length=1, max_length=MOST_ROWS)]
    policy: Annotated[dict[str, Any], Field(max_length=32)]
    at: Annotated[str, Field(max_length=40, description=f"ISO 8601. {A_DAY}")] | None = None
    lang: Annotated[Lang, Field(description=LANG, json_schema_extra=without_default)] = LEFT_OUT


class CheckStarted(BaseModel):
    """Where the list is asked after. The address is a secret: whoever has it reads the answers."""

    check: str
    progress: str


class CheckProgress(BaseModel):
    """How far the check is; ``until`` is when list and answers are deleted (UTC seconds).

    Of a workbook, ``sheet`` is the one that is read; ``not_read`` names other sheets that hold something.
    """

    state: Literal["waiting", "checking", "done", "failed"]
    done: int
    total: int
    rows: int
    until: int | None = None
    detail: str | None = None
    hint: str | None = None
    sheet: str | None = None
    not_read: list[str] | None = None
