"""Programmes: who may apply for a subsidy, bid in a tender or have a discount, as a buyer's policy file and a date.

A programme is a folder of two files (docs/specification/programme.md). Who meets it is answered by the same judge as
everything else, with the same reasons and the same receipt; nothing here decides who is chosen.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from verifier.dates import local_date
from verifier.encoding import canonical, digest
from verifier.errors import MalformedError, NotFoundError
from verifier.faults import faults_text
from verifier.policy import Facts
from verifier.requirement import Requirement, parse_requirement
from verifier.schema import Closed, One
from verifier.verdict import Check, Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.verdict import Verdict

HEAD, POLICY = "programme.toml", "policy.toml"
Text = Annotated[str, Field(min_length=1, max_length=200)]


class Words(Closed):
    """A text in both languages."""

    ja: Text
    en: Text


class Head(Closed):
    """What a programme is. ``judged_on`` is the day as of which dates are judged; absent: the day of asking."""

    version: One
    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=80)]
    kind: Literal["subsidy", "tender", "insurance"]
    illustrative: bool = False
    opens: date
    closes: date
    judged_on: date | None = None
    title: Words
    offered_by: Words

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.closes < self.opens:
            raise ValueError("it closes before it opens")
        return self


@dataclass(frozen=True)
class Programme:
    """A programme and what it demands of a mark."""

    head: Head
    requirement: Requirement

    @property
    def sha256(self) -> str:
        """The digest of the programme: of its head and of the digest of its policy."""
        return digest(canonical([self.head.model_dump(mode="json"), self.requirement.sha256]))

    def state(self, now: int, zone: str) -> Literal["open", "not_yet_open", "closed"]:
        """Return how it stands on the day of ``now`` (UTC seconds) in the scheme's zone; both days count as open."""
        today = local_date(now, zone)
        if today < self.head.opens:
            return "not_yet_open"
        return "open" if today <= self.head.closes else "closed"


def parse_programme(files: Mapping[str, bytes]) -> Programme:
    """Return the programme of a folder's files. Raises MalformedError that names what is wrong."""
    missing = [name for name in (HEAD, POLICY) if name not in files]
    if missing:
        raise MalformedError(f"a programme has no {missing[0]}", hint=f"It is a folder with {HEAD} and {POLICY}.")
    try:
        value = tomllib.loads(files[HEAD].decode("utf-8-sig"))
        head = Head.model_validate(value)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MalformedError(f"{HEAD} is not TOML: {error}", hint="Save it as UTF-8; texts stand in quotes.") from error
    except ValidationError as error:
        faults = faults_text(error.errors(), whole="file")
        raise MalformedError(f"{HEAD} is wrong: {faults}", hint="docs/specification/programme.md has it.") from error
    return Programme(head, parse_requirement(files[POLICY]))


@cache
def shipped_programmes() -> tuple[Programme, ...]:
    """Return the programmes that come with the product, by their ids. All of them are illustrative."""
    folders = [one for one in resources.files("verifier").joinpath("programmes").iterdir() if one.is_dir()]
    found = (parse_programme({file.name: file.read_bytes() for file in folder.iterdir()}) for folder in folders)
    return tuple(sorted(found, key=lambda one: one.head.id))


def find_programme(programme_id: str) -> Programme:
    """Return a shipped programme. Raises NotFoundError."""
    for one in shipped_programmes():
        if one.head.id == programme_id:
            return one
    known = ", ".join(one.head.id for one in shipped_programmes())
    raise NotFoundError(f"no programme {programme_id[:80]!r} is at hand", hint=f"Give a folder, or one of: {known}")


def shipped_files(programme_id: str) -> dict[str, bytes]:
    """Return the two files of a shipped programme, for a programme of one's own to begin with. Raises NotFoundError."""
    folder = resources.files("verifier").joinpath("programmes", find_programme(programme_id).head.id)
    return {name: folder.joinpath(name).read_bytes() for name in (HEAD, POLICY)}


def unmet(programme: Programme, verdict: Verdict, *, now: int) -> tuple[Check, ...] | None:
    """Return the demands of a programme that a valid mark does not meet or that cannot be told; empty is all are met.

    None where the mark is not valid: then no demand of anybody is met by it.
    """
    if verdict.mark is None or verdict.exit_code != 0:
        return None
    facts = Facts(verdict.mark, now, verdict.known_at)
    checks = programme.requirement.policy(verdict.zone).judge(facts)
    return tuple(one for one in checks if one.result is not Result.PASSED)
