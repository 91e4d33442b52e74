"""Forms of the console as values: what the macro of ``foreign/parts.html`` draws, and nothing that decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Choice:
    """Something to choose; ``attributes`` is ``selected`` or ``checked`` for what is chosen."""

    value: str
    text: str
    attributes: str = ""


@dataclass(frozen=True)
class Typed:
    """A line to type into."""

    type: str
    value: str
    attributes: str = ""


@dataclass(frozen=True)
class Area:
    """Several lines to type into."""

    value: str
    rows: str = "3"


@dataclass(frozen=True)
class Hint:
    """A sentence under a label, with the element id by which its field names it."""

    id: str
    text: str


@dataclass(frozen=True)
class Field:
    """One thing to fill in: just one of ``typed``, ``selects``, ``areas``, ``files`` and ``boxes`` holds something."""

    id: str
    name: str
    label: str
    hints: tuple[Hint, ...] = ()
    typed: tuple[Typed, ...] = ()
    selects: tuple[tuple[Choice, ...], ...] = ()
    areas: tuple[Area, ...] = ()
    files: tuple[str, ...] = ()
    boxes: tuple[tuple[Choice, ...], ...] = ()

    @property
    def described_by(self) -> str:
        """Return the ids of the hints."""
        return " ".join(one.id for one in self.hints)


@dataclass(frozen=True)
class Button:
    """A way to send a form; ``value`` says which one was pressed. ``looks`` is ``quiet`` for the lesser ones."""

    value: str
    text: str
    looks: str = ""


@dataclass(frozen=True)
class FormView:
    """A form: ``id`` begins the ids of its elements."""

    id: str
    action: str
    title: str
    fields: tuple[Field, ...]
    buttons: tuple[Button, ...]
    notes: tuple[str, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    enctype: str = "application/x-www-form-urlencoded"
    mistakes: tuple[str, ...] = field(default=())


UPLOADS = "multipart/form-data"


def options(choices: Iterable[tuple[str, str]], chosen: str) -> tuple[Choice, ...]:
    """Return choices of which one is chosen."""
    return tuple(Choice(value, text, "selected" if value == chosen else "") for value, text in choices)


class FieldMaker:
    """Makes the fields of one form, so that no two elements of a page have the same id."""

    def __init__(self, form: str) -> None:
        self._form = form

    def line(
        self, name: str, label: str, value: str = "", *, type: str = "text", hint: str = "", required: bool = False
    ) -> Field:
        """Return a field of one line."""
        typed = Typed(type, value, "required" if required else "")
        return Field(self._id(name), name, label, self._hints(name, hint), typed=(typed,))

    def area(self, name: str, label: str, value: str = "", *, rows: int = 3, hint: str = "") -> Field:
        """Return a field of several lines."""
        return Field(self._id(name), name, label, self._hints(name, hint), areas=(Area(value, str(rows)),))

    def select(self, name: str, label: str, choices: tuple[Choice, ...], *, hint: str = "") -> Field:
        """Return a list of which one is chosen."""
        return Field(self._id(name), name, label, self._hints(name, hint), selects=(choices,))

    def boxes(self, name: str, label: str, choices: tuple[Choice, ...], *, hint: str = "") -> Field:
        """Return a group of boxes of which any number is ticked."""
        return Field(self._id(name), name, label, self._hints(name, hint), boxes=(choices,))

    def file(self, name: str, label: str, *, accept: str, hint: str = "") -> Field:
        """Return a file to be chosen."""
        return Field(self._id(name), name, label, self._hints(name, hint), files=(accept,))

    def _id(self, name: str) -> str:
        return f"{self._form}-{name}"

    def _hints(self, name: str, hint: str) -> tuple[Hint, ...]:
        return (Hint(f"{self._id(name)}-hint", hint),) if hint else ()
