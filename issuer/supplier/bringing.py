"""Bringing answers in: a sheet of this very level as answers, any other questionnaire as proposals.

A sheet is taken whole or not at all. Where an answer differs from one that is there, the one that is there stays unless
it is to be replaced; what was replaced can be read afterwards. A proposal is no answer until somebody takes it over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from issuer.crosswalk import between, read_crosswalk
from issuer.questionnaire import Answered, read_questionnaire
from issuer.reuse import propose
from issuer.supplier import queries
from issuer.supplier.answering import Attached, Draft, Given, checked_answer, checked_name
from issuer.template import read_answers
from verifier.errors import MalformedError, MarkError

if TYPE_CHECKING:
    from sqlmodel import Session

    from issuer.answers import ItemAnswer
    from issuer.supplier.answering import Progress
    from issuer.supplier.place import SupplierPlace

_FILE = re.compile(r"(?P<name>.{1,120}) \(SHA-256 (?P<sha256>[0-9a-f]{64}), (?P<size>[0-9]{1,15}) bytes\)")


@dataclass(frozen=True)
class Sent:
    """A file that somebody gave."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Brought:
    """What came of a sheet: how many answers were taken, how many were there already, which stayed as they were."""

    taken: int
    same: int
    kept: tuple[str, ...]


def bring_sheet(place: SupplierPlace, sheet: Sent, *, by: str, replacing: bool) -> Brought:
    """Take the answers of a sheet of this level. Raises MalformedError with row and column, RefusedError."""
    progress = place.need()
    undertaking = progress.undertaking
    read = read_answers(sheet.data, filename=sheet.name, pack=undertaking.pack, level=undertaking.level)
    lines = [_split(one, by=by, at=place.now(), source=checked_name(sheet.name)) for one in read]
    taken, same, kept = 0, 0, []
    with place.database.transaction() as db:
        present = queries.present_answers(db, undertaking.id)
        files = queries.attached_files(db, undertaking.id)
        for given, attached in lines:
            if given.word == "unanswered":
                continue
            there = present.get(given.item)
            if there is not None and there.says == given.says:
                same += 1
            elif there is not None and there.word != "unanswered" and not replacing:
                kept.append(given.item)
                continue
            else:
                queries.insert_answer(db, undertaking.id, given)
                taken += 1
            _attach(db, undertaking.id, attached, files.get(given.item, ()))
    return Brought(taken, same, tuple(kept))


def draft_from(place: SupplierPlace, questionnaire: Sent, mapping: Sent) -> int:
    """Draw proposals out of another questionnaire by a mapping, and return how many. Raises as ``reuse`` does."""
    progress = place.need()
    known = read_questionnaire(questionnaire.data, filename=questionnaire.name)
    crosswalk = read_crosswalk(mapping.data, filename=mapping.name)
    wanted = _wanted(progress)
    directed = between(crosswalk, known=known, wanted=wanted)
    drafts = [
        Draft(
            one.item,
            one.draft,
            "; ".join(f"{' + '.join(sorted(link.known))} {link.relation}" for link in one.because)[:1000],
            "; ".join(one.evidence)[:1000],
            checked_name(questionnaire.name),
        )
        for one in propose(known, wanted, directed)
        if one.draft != "none"
    ]
    with place.database.transaction() as db:
        queries.replace_drafts(db, progress.undertaking.id, drafts, at=place.now())
    return len(drafts)


def _wanted(progress: Progress) -> dict[str, Answered]:
    items = progress.undertaking.pack.items_for(progress.undertaking.level)
    return {item.id: Answered(item.label_ja, "unanswered", "") for item in items}


def _split(answer: ItemAnswer, *, by: str, at: int, source: str) -> tuple[Given, list[Attached]]:
    """Return an answer of a sheet, and apart from it the files that it names as this place names them."""
    told, files = [], []
    for line in answer.evidence.splitlines():
        found = _FILE.fullmatch(line.strip())
        if found is None:
            told.append(line)
        else:
            files.append(Attached(0, answer.item, found["name"], found["sha256"], int(found["size"]), by, at))
    try:
        word, reason, evidence = checked_answer(answer.word, answer.justification, "\n".join(told))
    except MarkError as error:
        raise MalformedError(f"{source}, {answer.item}: {error.message}", hint=error.hint) from error
    return Given(answer.item, word, reason, evidence, by, at, source=source), files


def _attach(db: Session, undertaking: int, files: list[Attached], there: tuple[Attached, ...]) -> None:
    known = {one.sha256 for one in there}
    for file in files:
        if file.sha256 not in known:
            queries.insert_evidence(db, undertaking, file)
