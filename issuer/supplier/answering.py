"""Answers at the supplier: who gave each, when, and what shows it. Pure.

An answer is checked here as strictly as the sheet is read that carries it to the evaluator: what is kept can be
exported, and what is exported is read back as what was kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from issuer.answers import WORDS, Answers, ItemAnswer, answers_members
from issuer.case import result_bytes
from verifier.encoding import canonical, digest
from verifier.errors import MalformedError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from issuer.answers import Word
    from issuer.supplier.undertaking import Undertaking

LONGEST_REASON = 2000
LONGEST_EVIDENCE = 1000
MOST_FILES = 10
LONGEST_NAME = 120
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Given:
    """The present answer to an item. ``no`` counts all answers: a form that shows another one is out of date."""

    item: str
    word: Word
    justification: str
    evidence: str
    by: str
    at: int
    source: str = ""
    no: int = 0

    @property
    def says(self) -> tuple[str, str, str]:
        """Return what it says, apart from who said it."""
        return self.word, self.justification, self.evidence


@dataclass(frozen=True)
class Attached:
    """A file that shows an answer: its name, SHA-256 (hex) and size. The file itself is not kept here."""

    no: int
    item: str
    name: str
    sha256: str
    size: int
    by: str
    at: int

    @property
    def line(self) -> str:
        """Return how a sheet names it."""
        return f"{self.name} (SHA-256 {self.sha256}, {self.size} bytes)"


@dataclass(frozen=True)
class Draft:
    """A proposal for an item that nobody confirmed: ``because`` says out of which answers elsewhere."""

    item: str
    draft: str
    because: str
    evidence: str
    source: str


@dataclass(frozen=True)
class Progress:
    """An undertaking with everything that was answered so far."""

    undertaking: Undertaking
    given: Mapping[str, Given]
    attached: Mapping[str, tuple[Attached, ...]]
    drafts: Mapping[str, Draft]

    @property
    def answers(self) -> Answers:
        """Return the answers to every item, in the pack's order, as the sheet has them."""
        items = self.undertaking.pack.items_for(self.undertaking.level)
        return tuple(self._answer(item.id) for item in items)

    @property
    def result_sha256(self) -> str:
        """Return the digest of what is sworn to: the answers, and exclusions if any."""
        exclusions = [one.members() for one in self.undertaking.profile.exclusions]
        return digest(result_bytes(answers_members(self.answers), exclusions))

    @property
    def whole_sha256(self) -> str:
        """Return the digest of what is approved: the result, and who applies for which level and scope with it."""
        return digest(canonical({**self.undertaking.members(), "result_sha256": self.result_sha256}))

    @property
    def answerers(self) -> frozenset[str]:
        """Return who gave the present answers, and who attached what shows them."""
        files = (file for files in self.attached.values() for file in files)
        return frozenset({*(one.by for one in self.given.values()), *(file.by for file in files)})

    def next_open(self, after: str = "") -> str | None:
        """Return the first item without an answer, looking on from ``after`` and then from the beginning."""
        ids = [item.id for item in self.undertaking.pack.items_for(self.undertaking.level)]
        start = ids.index(after) + 1 if after in ids else 0
        for item in (*ids[start:], *ids[:start]):
            if self._answer(item).word == "unanswered":
                return item
        return None

    def _answer(self, item: str) -> ItemAnswer:
        given = self.given.get(item)
        files = self.attached.get(item, ())
        lines = [given.evidence] if given and given.evidence else []
        evidence = "\n".join([*lines, *(file.line for file in files)])
        return ItemAnswer(item, given.word, given.justification, evidence) if given else ItemAnswer(item)


def checked_answer(word: str, justification: str, evidence: str) -> tuple[Word, str, str]:
    """Return an answer as it is kept. Raises MalformedError that says what is missing or too much."""
    known = next((one for one in WORDS if one == word), None)
    if known is None:
        raise MalformedError("choose one of the answers", hint=", ".join(WORDS))
    reason, shown = justification.strip(), evidence.strip()
    for name, text, most in (("reason", reason, LONGEST_REASON), ("evidence", shown, LONGEST_EVIDENCE)):
        if len(text) > most:
            raise MalformedError(f"the {name} is longer than {most} characters", hint="Refer to a document instead.")
        if _CONTROL.search(text):
            raise MalformedError(f"the {name} holds a control character", hint="Type it again.")
        if text.startswith("="):
            raise MalformedError(f"the {name} begins like a formula", hint="Begin it with a word.")
    if known == "not_applicable" and not reason:
        raise MalformedError("say why this does not apply", hint="The officer and the evaluator read the reason.")
    return known, reason, shown


def checked_name(filename: str) -> str:
    """Return a file's name as it is kept. Raises MalformedError."""
    name = re.split(r"[/\\]", filename)[-1].strip()
    if not name or len(name) > LONGEST_NAME or _CONTROL.search(name) or "\n" in name or "\t" in name:
        raise MalformedError("the file's name cannot be kept", hint=f"Give it a name of 1 to {LONGEST_NAME} letters.")
    return name


def check_files(files: Sequence[Attached], sha256: str) -> None:
    """Raise RefusedError where a file is attached already, or where there are enough."""
    if any(one.sha256 == sha256 for one in files):
        raise RefusedError("this very file is attached already")
    if len(files) >= MOST_FILES:
        raise RefusedError(f"{MOST_FILES} files are attached already", hint="Put them into one archive.")


def known_item(undertaking: Undertaking, item: str) -> str:
    """Return the id if the level has such an item. Raises MalformedError."""
    if item not in _ids(undertaking):
        raise MalformedError(f"{item[:40]!r} is not an item of this level")
    return item


def _ids(undertaking: Undertaking) -> Iterable[str]:
    return {item.id for item in undertaking.pack.items_for(undertaking.level)}
