"""How old the copy of the directory is, as every page says that answers out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.edge.page.wording import Appearance
from verifier.errors import MarkError, WrongUseError

if TYPE_CHECKING:
    from verifier.edge.buyer.desk import Desk
    from verifier.edge.console.visit import Visit
    from verifier.edge.i18n import Moment

OLD = 48 * 3600
"""Seconds after which a copy is called old; a policy says for itself how old one may be."""
HOUR, DAY = 3600, 86_400


@dataclass(frozen=True)
class CopyFacts:
    """The copy: its sign and tone, a line about its age, and what else is known; empty where there is none.

    ``statements`` counts what is at hand about recognitions; ``notes`` say where something is missing.
    """

    appearance: Appearance
    text: str
    as_of: tuple[Moment, ...] = ()
    epoch: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    statements: int = 0


def copy_facts(desk: Desk, visit: Visit) -> CopyFacts:
    """Return what is known about the copy."""
    t = visit.t
    try:
        copy = desk.folder.directory()
    except MarkError as error:
        return CopyFacts(Appearance("bad", "absent", "∅"), t.gettext("buyer.copy.none"), details=(error.message,))
    epoch = copy.epoch
    age = max(visit.now - epoch.as_of, 0)
    unit, size = ("buyer.copy.days", DAY) if age >= 2 * DAY else ("buyer.copy.hours", HOUR)
    looks = Appearance("ended", "clock", "◷") if age > OLD else Appearance("good", "check", "✓")
    text = t.ngettext(unit, age // size) if age >= HOUR else t.gettext("buyer.copy.now")
    as_of, number = (visit.moment(epoch.as_of),), (f"{epoch.size:,}",)
    try:
        known = desk.folder.statements(copy)
    except WrongUseError as error:
        told = t.gettext("buyer.recognitions.unreadable", reason=error.message)
        return CopyFacts(looks, text, as_of, number, notes=(told,))
    except MarkError as error:
        told = t.gettext("buyer.recognitions.missing")
        return CopyFacts(looks, text, as_of, number, details=(error.message,), notes=(told,))
    notes = (t.gettext(f"buyer.recognitions.{known.gap}"),) if known.gap else ()
    return CopyFacts(looks, text, as_of, number, notes=notes, statements=len(known.statements))


def copy_message_ids() -> list[str]:
    """Return the message ids that are put together here."""
    return [f"buyer.recognitions.{gap}" for gap in ("missing", "newer")]
