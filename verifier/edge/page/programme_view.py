"""Which programmes a mark satisfies now, in words: subsidies, tenders, insurance (verifier/programme.py).

Only what is met in full is listed. It is what the programmes' own policy files say of this mark, and no promise that
anybody is chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.programme import shipped_programmes, unmet

if TYPE_CHECKING:
    from verifier.edge.i18n import Translator
    from verifier.verdict import Verdict

KINDS = ("subsidy", "tender", "insurance")
STATES = ("open", "not_yet_open", "closed")


@dataclass(frozen=True)
class ProgrammeView:
    """A programme whose demands a mark meets: what it is called, who offers it, and from when to when."""

    title: str
    offered_by: str
    kind: str
    state: str
    days: str
    notes: tuple[str, ...]


def programme_message_ids() -> set[str]:
    """Return the ids of the texts whose names are put together here."""
    return {*(f"programmes.kind.{one}" for one in KINDS), *(f"programmes.state.{one}" for one in STATES)}


def satisfied_programmes(verdict: Verdict, *, now: int, t: Translator) -> tuple[ProgrammeView, ...]:
    """Return the shipped programmes, not yet closed, all of whose demands a valid mark meets; none for another one."""
    found = []
    for one in shipped_programmes():
        state = one.state(now, verdict.zone)
        if state == "closed" or unmet(one, verdict, now=now) != ():
            continue
        head = one.head
        found.append(
            ProgrammeView(
                title=head.title.ja if t.lang == "ja" else head.title.en,
                offered_by=head.offered_by.ja if t.lang == "ja" else head.offered_by.en,
                kind=t.gettext(f"programmes.kind.{head.kind}"),
                state=t.gettext(f"programmes.state.{state}"),
                days=f"{head.opens.isoformat()} – {head.closes.isoformat()}",
                notes=(t.gettext("programmes.illustrative"),) if head.illustrative else (),
            )
        )
    return tuple(found)
