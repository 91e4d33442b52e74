"""Which programmes a mark or an organisation satisfies now, in words (verifier/programme.py).

Only what is met in full is listed. It is what the programmes' own policy files say of it, and no promise that
anybody is chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from verifier.check.judge import Case, judge_listed
from verifier.check.outcome import SATISFIED
from verifier.edge.i18n import plain
from verifier.edge.page.account import Link
from verifier.programme import unmet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.check.listed import Listed
    from verifier.edge.i18n import Translator
    from verifier.programme import Programme
    from verifier.verdict import Verdict

KINDS = ("subsidy", "tender", "insurance")
STATES = ("open", "not_yet_open", "closed")


@dataclass(frozen=True)
class ProgrammeView:
    """A programme whose demands are met: what it is called, who offers it, from when to when, and by which marks."""

    title: str
    offered_by: str
    kind: str
    state: str
    days: str
    notes: tuple[str, ...]
    marks: tuple[Link, ...] = ()


class Where(Protocol):
    """When and for which registry a page is made."""

    @property
    def now(self) -> int:
        """The time that the page speaks for, in UTC seconds."""

    @property
    def zone(self) -> str:
        """The scheme's zone."""

    @property
    def environment(self) -> str:
        """The registry's environment."""


def programme_message_ids() -> set[str]:
    """Return the ids of the texts whose names are put together here."""
    return {*(f"programmes.kind.{one}" for one in KINDS), *(f"programmes.state.{one}" for one in STATES)}


def satisfied_programmes(
    programmes: Iterable[Programme], verdict: Verdict, *, now: int, t: Translator
) -> tuple[ProgrammeView, ...]:
    """Return the programmes, not yet closed, all of whose demands a valid mark meets; none for another one."""
    return tuple(
        _view(one, one.state(now, verdict.zone), t)
        for one in programmes
        if one.state(now, verdict.zone) != "closed" and unmet(one, verdict, now=now) == ()
    )


def eligible_programmes(
    programmes: Iterable[Programme], listed: Listed, where: Where, *, t: Translator
) -> tuple[ProgrammeView, ...]:
    """Return the programmes, not yet closed, that an organisation is eligible for by a proven directory.

    The judge is that of `shirushi programme check`. Each is told with the mark that does it.
    """
    found = []
    for one in programmes:
        state = one.state(where.now, where.zone)
        if state == "closed":
            continue
        outcome = judge_listed(listed, _case(one, listed, where))
        if outcome.verdict in SATISFIED:
            found.append(_view(one, state, t, marks=(Link(outcome.mark, f"/m/{outcome.mark}"),)))
    return tuple(found)


def _case(programme: Programme, listed: Listed, where: Where) -> Case:
    return Case(
        requirement=programme.requirement,
        host="",  # No claim to a mark is judged here, only what is listed.
        zone=where.zone,
        environment=where.environment,
        at=where.now,
        now=where.now,
        as_of=listed.as_of,
    )


def _view(programme: Programme, state: str, t: Translator, marks: tuple[Link, ...] = ()) -> ProgrammeView:
    head = programme.head
    return ProgrammeView(
        title=plain(head.title.ja if t.lang == "ja" else head.title.en),
        offered_by=plain(head.offered_by.ja if t.lang == "ja" else head.offered_by.en),
        kind=t.gettext(f"programmes.kind.{head.kind}"),
        state=t.gettext(f"programmes.state.{state}"),
        days=f"{head.opens.isoformat()} – {head.closes.isoformat()}",
        notes=(t.gettext("programmes.illustrative"),) if head.illustrative else (),
        marks=marks,
    )
