"""Matters of the casebook as the console shows them, what is due on each, and the steps that are possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.casebook.inbox import Inbox
from registry.casebook.machines import MACHINES
from registry.casebook.matter import DAY, LED_TO, Event, Limits, begin, proceed
from registry.casebook.store import Casebook
from verifier.schema import read_model

if TYPE_CHECKING:
    from registry.casebook.machines import Kind
    from registry.casebook.matter import Decided, Matter
    from registry.data_folder import DataFolder
    from verifier.injected import Entropy

CLOSED = frozenset({"closed"})


def open_casebook(data: DataFolder) -> Casebook:
    """Return the casebook, with the reports that came in over the public form."""
    book = Casebook(data.casebook)
    Inbox(data.reports).take_in(book)
    return book


def matters_listed(book: Casebook, *, now: int) -> list[dict[str, Any]]:
    """Return every matter, those that wait first, the most urgent in front."""
    found = [matter_line(one, now=now) for one in book.all()]
    return sorted(found, key=lambda one: (one["state"] in CLOSED, one["due"] or one["received"], one["id"]))


def matter_line(matter: Matter, *, now: int) -> dict[str, Any]:
    """Return a matter in one line."""
    due = due_of(matter)
    return {
        "id": matter.id,
        "kind": matter.kind,
        "object": matter.object,
        "state": matter.state,
        "received": matter.received,
        "due": due,
        "is_late": due is not None and now >= due,
    }


def matter_shown(book: Casebook, matter: Matter, *, now: int) -> dict[str, Any]:
    """Return a matter with its steps, who reported it, and what can be done next."""
    return {
        **matter_line(matter, now=now),
        "contact": book.contact(matter.id),
        "events": [one.members() for one in matter.events],
        "steps": [
            {"step": step, "leads_to": sorted(LED_TO.get((matter.kind, step), ()))}
            for (state, step) in MACHINES[matter.kind]
            if state == matter.state
        ],
        "panel": sorted({one for event in matter.events for one in event.panel}),
    }


def due_of(matter: Matter) -> int | None:
    """Return by when the next step is due: an acknowledgement, or a holder's explanation; None where nothing is."""
    if matter.state in CLOSED:
        return None
    if len(matter.events) == 1:
        return matter.received + Limits().acknowledge_days * DAY
    until = [one.until for one in matter.events if one.until is not None]
    return until[-1] if until and matter.state == "holder_notified" else None


def open_matter(
    book: Casebook, kind: Kind, object_uri: str, event: dict[str, Any], *, decided: Decided | None, contact: str,
    entropy: Entropy,
) -> Matter:  # fmt: skip
    """Record what came in. Raises RefusedError, MalformedError or StatementError."""
    first = read_model(Event, {"step": "receive", **event}, what="step")
    matter = begin(f"{kind[0].upper()}-{entropy(5).hex()}", kind, object_uri, first, decided=decided, limits=Limits())
    book.add(matter, contact=contact or None)
    return matter


def take_step(book: Casebook, id: str, event: dict[str, Any], *, decided: Decided | None) -> Matter:
    """Take a step in a matter. Raises RefusedError, NotFoundError or StatementError."""
    matter = proceed(book.get(id), read_model(Event, event, what="step"), decided=decided)
    book.append(matter)
    return matter
