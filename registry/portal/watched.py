"""What can be watched, and what the directory answers about it: the two sides of every event.

An organisation is watched by its number (the marks that are listed for it, and what it declares), a mark, a body and
an agreement by its name. Time alone changes answers too: ``due`` says when the next look is worth while.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from verifier.check.judge import state_at
from verifier.directory.record import IdentifierRecord, ListedMark, ObjectRecord
from verifier.envelope import DAY
from verifier.errors import MalformedError, WrongUseError
from verifier.identifier import parse_identifier
from verifier.markid import normalise_mark_id
from verifier.names import body_uri, mark_uri, org_uri, parse_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from verifier.directory.bulk import BulkDirectory
    from verifier.directory.record import Record

Kind = Literal["subject", "mark", "body", "agreement"]
AnyKind = Literal["subject", "mark", "body", "agreement", "number"]
"""With ``number``, which no client can order: what is listed under a number, and which of it ends soon."""
SOON = 30 * DAY
"""Seconds before a mark's end from which on whoever follows its number is told."""


@dataclass(frozen=True)
class Watched:
    """What is watched; ``object`` is the identifier of an organisation, else the URI."""

    kind: AnyKind
    object: str

    def subjects(self, host: str) -> tuple[str, ...]:
        """Return what is to be looked up about it in the directory."""
        if self.kind != "subject":
            return (self.object,)
        return (self.object, org_uri(host, parse_identifier(self.object)))


@dataclass(frozen=True)
class Seen:
    """The answer about one object at an instant; ``due`` is when it ends by the clock, None where it does not."""

    answer: dict[str, Any]
    due: int | None


def watched_object(kind: Kind, value: str, host: str) -> Watched:
    """Return what is watched. Raises MalformedError, or WrongUseError for an agreement that is not of this registry."""
    match kind:
        case "subject":
            return Watched(kind, str(parse_identifier(value)))
        case "mark":
            return Watched(kind, mark_uri(host, normalise_mark_id(value)))
        case "body":
            return Watched(kind, body_uri(host, int(value)))
        case "agreement":
            _check_agreement(value, host)
            return Watched(kind, value)


def _check_agreement(value: str, host: str) -> None:
    hint = f"Write the agreement's URI, such as https://{host}/a/NAME."
    try:
        name = parse_name(value)
    except MalformedError as error:
        raise MalformedError("not the URI of an agreement", hint=hint) from error
    if name.kind != "a" or name.host != host:
        raise WrongUseError("not an agreement of this registry", hint=hint)


def look(directory: BulkDirectory, objects: Iterable[Watched], *, host: str, at: int) -> dict[Watched, Seen]:
    """Return the answer about each object as it stands at that instant. Raises as looking up does."""
    wanted = dict.fromkeys(objects)
    records = dict(directory.records(subject for one in wanted for subject in one.subjects(host)))
    return {one: seen(one, records, host=host, at=at) for one in wanted}


def seen(watched: Watched, records: Mapping[str, Record | None], *, host: str, at: int) -> Seen:
    """Return the answer about one object out of the records that were looked up."""
    if watched.kind == "number":
        return _listed(records.get(watched.object), at=at)
    if watched.kind != "subject":
        return _object(records.get(watched.object), at=at)
    number, organisation = watched.subjects(host)
    marks = [_mark(line, at=at) for line in _lines(records.get(number))]
    declared = _object(records.get(organisation), at=at)
    dues = [one.due for one in (*marks, declared) if one.due is not None]
    answer = {"marks": [one.answer for one in marks], "declared": declared.answer}
    return Seen(answer, min(dues, default=None))


def changed_marks(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return which marks of an organisation have another state than before; None stands for none."""
    before, after = ({one["mark"]: one["state"] for one in answer.get("marks", ())} for answer in (old, new))
    return [
        {"mark": mark, "old_state": before.get(mark), "new_state": after.get(mark)}
        for mark in sorted(before.keys() | after.keys())
        if before.get(mark) != after.get(mark)
    ]


def changes_under(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what changed in what is listed under a number: marks in another state, and those that now end soon."""
    before, after = ({one["mark"]: one for one in answer.get("marks", ())} for answer in (old, new))
    changed = []
    for mark in sorted(before.keys() | after.keys()):
        was, here = before.get(mark), after.get(mark)
        is_soon = bool(here and here["soon"] and not (was and was["soon"]))
        states = tuple(one and one["state"] for one in (was, here))
        if is_soon or states[0] != states[1]:
            shown = {name: (here or was or {})[name] for name in ("mark", "scheme", "tier", "until")}
            changed.append({**shown, "old_state": states[0], "new_state": states[1], "soon": is_soon})
    return changed


def _listed(record: Record | None, *, at: int) -> Seen:
    answers, dues = [], []
    for line in _lines(record):
        seen_mark = _mark(line, at=at)
        is_active = seen_mark.answer["state"] == "active"
        answers.append(seen_mark.answer | {"soon": is_active and at >= line.until - SOON})
        dues += [one for one in (seen_mark.due, line.until - SOON) if one is not None and one > at]
    return Seen({"marks": answers}, min(dues, default=None))


def _lines(record: Record | None) -> list[ListedMark]:
    lines = record.marks if isinstance(record, IdentifierRecord) else ()
    return [ListedMark(**line.model_dump()) for line in lines]


def _mark(line: ListedMark, *, at: int) -> Seen:
    told = line._asdict() | {"state": state_at(line, at)}
    return Seen(told, min((one for one in (line.nbf, line.until) if one > at), default=None))


def _object(record: Record | None, *, at: int) -> Seen:
    """``over`` says that the time is up which statements gave; ``head`` is the newest entry about the object."""
    if not isinstance(record, ObjectRecord):
        return Seen({"state": None}, None)
    over = record.until is not None and record.until <= at
    told = {"state": record.state, "head": record.head, "until": record.until, "over": over}
    return Seen(told, None if over else record.until)
