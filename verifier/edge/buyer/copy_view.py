"""How old the copy of the directory is, as every page says that answers out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.edge.page.wording import Appearance
from verifier.errors import MarkError

if TYPE_CHECKING:
    from verifier.edge.buyer.desk import Desk
    from verifier.edge.console.visit import Visit
    from verifier.edge.i18n import Moment

OLD = 48 * 3600
"""Seconds after which a copy is called old; a policy says for itself how old one may be."""
HOUR, DAY = 3600, 86_400


@dataclass(frozen=True)
class CopyFacts:
    """The copy: its sign and tone, a line about its age, and what else is known; empty where there is none."""

    appearance: Appearance
    text: str
    as_of: tuple[Moment, ...] = ()
    epoch: tuple[str, ...] = ()
    details: tuple[str, ...] = ()


def copy_facts(desk: Desk, visit: Visit) -> CopyFacts:
    """Return what is known about the copy."""
    t = visit.t
    try:
        epoch = desk.folder.directory().epoch
    except MarkError as error:
        return CopyFacts(Appearance("bad", "absent", "∅"), t.gettext("buyer.copy.none"), details=(error.message,))
    age = max(visit.now - epoch.as_of, 0)
    unit, size = ("buyer.copy.days", DAY) if age >= 2 * DAY else ("buyer.copy.hours", HOUR)
    looks = Appearance("ended", "clock", "◷") if age > OLD else Appearance("good", "check", "✓")
    text = t.ngettext(unit, age // size) if age >= HOUR else t.gettext("buyer.copy.now")
    return CopyFacts(looks, text, (visit.moment(epoch.as_of),), (f"{epoch.size:,}",))
