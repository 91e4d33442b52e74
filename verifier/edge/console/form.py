"""A form that was sent: its fields and its files, read under a cap."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from verifier.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import Message, Receive

MOST_FIELDS = 4000
_KINDS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True)
class Upload:
    """A file that came with a form."""

    filename: str
    data: bytes


@dataclass(frozen=True)
class Form:
    """Fields by name, in the order in which they were sent; files by name."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """Return a field without the white space around it."""
        return (self.fields.get(name) or (default,))[0].strip()

    def many(self, name: str) -> tuple[str, ...]:
        """Return every value of a field."""
        return tuple(self.fields.get(name, ()))

    def need(self, name: str) -> str:
        """Return a field that has to be there. Raises MalformedError."""
        found = self.get(name)
        if not found:
            raise MalformedError(f"{name} is missing", hint="Fill it in and send the form again.")
        return found

    def number(self, name: str) -> int:
        """Return a field that is a whole number. Raises MalformedError."""
        text = self.need(name)
        if not (text.isascii() and text.isdigit()) or len(text) > 15:
            raise MalformedError(f"{name} is not a whole number", hint="Use digits only.")
        return int(text)

    def file(self, name: str) -> Upload:
        """Return a file that has to be there. Raises MalformedError."""
        found = self.files.get(name)
        if found is None or not found.filename:
            raise MalformedError(f"{name}: no file was chosen", hint="Choose a file and send the form again.")
        return found


async def read_form(request: Request, *, most_bytes: int) -> Form:
    """Return the form that a request carries. Raises MalformedError, or HTTPException 413."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind.decode("latin-1") not in _KINDS:
        raise MalformedError("a form is sent as a form", hint=" or ".join(_KINDS))
    if options.get(b"charset", b"utf-8").lower() != b"utf-8":
        # Some decoders make what is no text: half a character, which no database keeps.
        raise MalformedError("a form is sent in UTF-8", hint="Open the page here and send it there.")
    capped = Request(request.scope, _capped(request, most_bytes))
    fields: dict[str, list[str]] = {}
    files: dict[str, Upload] = {}
    async with capped.form(max_files=8, max_fields=MOST_FIELDS, max_part_size=most_bytes) as sent:
        for name, value in sent.multi_items():
            if isinstance(value, UploadFile):
                files[name] = Upload(value.filename or "", await value.read())
            else:
                # Browsers end a line with two characters.
                fields.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\x00", ""))
    return Form(fields, files)


def _capped(request: Request, most_bytes: int) -> Receive:
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > most_bytes:
            raise HTTPException(413, "the form is too large")
        return message

    return receive
