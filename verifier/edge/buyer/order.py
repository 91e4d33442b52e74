"""What is asked about one list: which file, which column holds what, which policy, as of which day.

An order is kept beside its list. Its id begins with the time, so that a folder lists orders as they were made.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from verifier.check.columns import ROLES, TIER, Columns, detect_columns
from verifier.edge.check.supplier_file import MAX_CELL, MOST_SHEETS, SupplierFile, read_supplier_file
from verifier.edge.check.supplier_list import list_of
from verifier.encoding import canonical, read_object
from verifier.errors import MalformedError, NotFoundError
from verifier.requirement import Requirement, requirement_of
from verifier.schema import Closed, Index, Instant, Many, One, read_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.check.supplier_list import SupplierList
    from verifier.injected import Entropy
    from verifier.tier import Tier

ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{12}")


Title = Annotated[str, Field(max_length=MAX_CELL)]


class Column(Closed):
    """A column, counted from 0, and what it holds."""

    place: Annotated[int, Field(ge=0, lt=200)]
    role: Annotated[str, Field(max_length=20)]


class KeptSheet(Closed):
    """A sheet of the workbook that holds something and was not read."""

    title: Title
    is_hidden: bool = False


class KeptSheets(Closed):
    """Which sheet was read, and the others that hold something."""

    read: Title
    unread: Many[KeptSheet]


class Order(Closed):
    """What is asked. ``columns`` and ``first`` are those of the list; ``policy`` is None until one is chosen.

    ``programme`` is the id of the programme whose policy it is. ``title`` is the file's name. ``sheets`` is kept where
    the workbook has others than the one that was read.
    """

    v: One = 1
    title: Annotated[str, Field(min_length=1, max_length=200)]
    sheet: Annotated[str, Field(max_length=100)] | None = None
    sheets: KeptSheets | None = None
    by: Annotated[str, Field(max_length=100)]
    made: Instant
    columns: Many[Column] = ()
    first: Index = 0
    policy: dict[str, Any] | None = None
    programme: Annotated[str, Field(max_length=80)] = ""
    at: Annotated[str, Field(max_length=40)] | None = None

    @property
    def requirement(self) -> Requirement:
        """The policy. Raises MalformedError, NotFoundError where none was chosen yet."""
        if self.policy is None:
            raise NotFoundError("no policy was chosen yet")
        return requirement_of(self.policy)

    def serialize(self) -> bytes:
        """Return the file."""
        return canonical(self.members()) + b"\n"


def new_order_id(now: int, entropy: Entropy) -> str:
    """Return an id that sorts by the time."""
    return f"{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}-{entropy(6).hex()}"


def parse_order(data: bytes) -> Order:
    """Return the order of a file of ours. Raises EvidenceError."""
    return read_model(Order, read_object(data), what="order")


def detected(file: SupplierFile) -> Columns:
    """Return what the columns seem to hold; no roles where none tells who the suppliers are: then people say it."""
    try:
        return detect_columns(file.rows, {})
    except MalformedError:
        return Columns({}, 1 if len(file.rows) > 1 else 0)


def kept_sheets(file: SupplierFile) -> KeptSheets | None:
    """Return the sheets of a workbook as an order keeps them, None where no other one holds something."""
    if not file.unread:
        return None
    unread = tuple(KeptSheet(title=one.title, is_hidden=one.is_hidden) for one in file.unread[: MOST_SHEETS + 1])
    return KeptSheets(read=file.sheet, unread=unread)


def as_columns(roles: Mapping[int, str]) -> tuple[Column, ...]:
    """Return roles as an order keeps them."""
    return tuple(Column(place=place, role=role) for place, role in sorted(roles.items()))


def chosen_columns(order: Order, file: SupplierFile) -> Columns:
    """Return the columns of an order. Raises MalformedError for a choice by which nobody can be looked up."""
    roles = {one.place: one.role for one in order.columns}
    if not set(roles.values()) <= set(ROLES):
        raise MalformedError("a column has a role that there is not", hint=f"Roles: {', '.join(ROLES)}.")
    if not any(role != TIER for role in roles.values()):
        raise MalformedError(
            "no column tells who the suppliers are", hint="Choose one with a number, a mark or a name."
        )
    if order.first >= len(file.rows):
        raise MalformedError("the first supplier stands behind the last row", hint="Choose an earlier row.")
    return Columns(dict(sorted(roles.items())), order.first)


def file_of(data: bytes, order: Order) -> SupplierFile:
    """Return the rows of an order's list. Raises MalformedError."""
    return read_supplier_file(data, filename=order.title, sheet=order.sheet)


def ordered_list(data: bytes, order: Order, *, wanted: Tier) -> SupplierList:
    """Return the list with the columns that were chosen; a programme asks the same of all. Raises MalformedError."""
    file = file_of(data, order)
    listed = list_of(data, file, chosen_columns(order, file), wanted=wanted)
    return listed.asked_alike() if order.programme else listed
