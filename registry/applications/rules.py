"""When bodies may apply and what an application has to hold: data of the authority, never code."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib import resources
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from verifier.dates import local_date
from verifier.errors import MalformedError, NotFoundError, RefusedError
from verifier.schema import Closed, Label, Many, read_model

if TYPE_CHECKING:
    from pathlib import Path

FILE = "application-rules.toml"
Role = Literal["evaluation", "technical_verification", "training", "registrar"]
Wording = Annotated[str, Field(min_length=1, max_length=200)]


class Window(Closed):
    """The days on which applications for a role are taken, both included, in the zone of the scheme's calendar."""

    id: Label
    role: Role
    opens: date
    closes: date
    illustrative: bool = False

    def is_open(self, at: int, zone: str) -> bool:
        """Say whether an application may be opened at that instant (UTC seconds)."""
        return self.opens <= local_date(at, zone) <= self.closes


class Item(Closed):
    """What an application has to hold."""

    id: Label
    ja: Wording
    en: Wording


class Checklist(Closed):
    """Everything that an application for a role has to hold."""

    role: Role
    items: Many[Item]


class ApplicationRules(Closed):
    """The windows and checklists of one authority."""

    windows: Many[Window]
    checklists: Many[Checklist]

    def window(self, id: str) -> Window:
        """Return the window of that id. Raises NotFoundError naming those that there are."""
        for one in self.windows:
            if one.id == id:
                return one
        known = ", ".join(one.id for one in self.windows) or "none"
        raise NotFoundError(f"no window {id!r} is declared", hint=f"Declared: {known}.")

    def items(self, role: str) -> tuple[Item, ...]:
        """Return what an application for that role has to hold. Raises RefusedError where nothing is declared."""
        for one in self.checklists:
            if one.role == role:
                return one.items
        raise RefusedError(f"no checklist is declared for {role}", hint=f"Declare one in {FILE}.")


def read_rules(folder: Path) -> ApplicationRules:
    """Return the rules of a data folder, the shipped illustration where it has none. Raises as ``parse_rules``."""
    try:
        return parse_rules((folder / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return parse_rules(resources.files("registry").joinpath("applications", "rules.toml").read_text("utf-8"))


def parse_rules(text: str) -> ApplicationRules:
    """Return the rules. Raises MalformedError, StatementError or NewerVersionError for anything else."""
    try:
        rules = read_model(ApplicationRules, tomllib.loads(text), what=FILE)
    except tomllib.TOMLDecodeError as error:
        raise MalformedError(f"{FILE} is no TOML: {error}") from error
    for names in ([one.id for one in rules.windows], [one.role for one in rules.checklists]):
        if len(set(names)) != len(names):
            raise MalformedError(f"{FILE} names something twice")
    for window in rules.windows:
        if window.closes < window.opens:
            raise MalformedError(f"the window {window.id} closes before it opens")
    return rules
