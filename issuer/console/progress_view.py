"""How far a case is: what its tier asks for, in order, and which of it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from issuer.case import State
from issuer.console.words import bad_tag, done_tag, open_tag
from issuer.workplace import rules_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from issuer.case import Case
    from issuer.issuance import Issuance
    from issuer.record import Confirmation, Oath
    from verifier.edge.i18n import Translator
    from verifier.edge.page.grid import Tag

POINTS = ("reserved", "answers", "exclusions", "expert", "oath", "technical", "attested", "decided", "issued")


@dataclass(frozen=True)
class Point:
    """One thing that the tier asks for, whether it stands, and a word about it."""

    title: str
    tag: Tag
    notes: tuple[str, ...]


def checklist(case: Case, state: State, issuance: Issuance | None, t: Translator) -> tuple[Point, ...]:
    """Return what the tier asks for and how far each of it is. Raises as ``rules_of`` does."""
    points = _points(case, state, issuance, t)
    return tuple(Point(t.gettext(f"evaluator.point.{name}"), tag, notes) for name, tag, notes in points)


def _points(
    case: Case, state: State, issuance: Issuance | None, t: Translator
) -> Iterator[tuple[str, Tag, tuple[str, ...]]]:
    rules = rules_of(case)
    yield "reserved", _stands(case.reservation is not None, t), (case.reservation.number,) if case.reservation else ()
    settled = sum(one.settled for one in case.answers)
    count = t.ngettext("evaluator.answers.settled", len(rules.items), settled=settled)
    yield "answers", _stands(settled == len(rules.items), t), (count,)
    if case.handling.exclusions:
        yield "exclusions", _stands(all(one.approved_by for one in case.handling.exclusions), t), ()
    if rules.tier.expert_confirmation:
        yield "expert", _of_these(case.confirmation, case, t), ()
    if rules.tier.executive_oath:
        yield "oath", _of_these(case.oath, case, t), ()
    if rules.tier.technical_verification:
        yield "technical", _stands(case.technical is not None, t), ()
    yield "attested", _stands(case.attested is not None, t), (case.attested.holder,) if case.attested else ()
    yield "decided", _decided(case, state, t), (case.decision.by,) if case.decision else ()
    index = issuance.admitted.index if issuance and issuance.admitted else None
    logged = (t.gettext("evaluator.point.index", index=str(index)),) if index is not None else ()
    yield "issued", _stands(bool(issuance and issuance.finished_at), t), logged


def _stands(what: object, t: Translator) -> Tag:
    return done_tag(t.gettext("evaluator.stands.done")) if what else open_tag(t.gettext("evaluator.stands.open"))


def _of_these(said: Confirmation | Oath | None, case: Case, t: Translator) -> Tag:
    # What was confirmed or sworn to counts for those very answers only.
    if said is not None and said.answers_sha256 != case.digest:
        return bad_tag(t.gettext("evaluator.stands.outdated"))
    return _stands(said, t)


def _decided(case: Case, state: State, t: Translator) -> Tag:
    if state in (State.REFUSED, State.RETURNED):
        return bad_tag(t.gettext(f"evaluator.state.{state.value}"))
    return _stands(case.decision is not None, t)


def progress_message_ids() -> Iterator[str]:
    """Yield the message ids that are put together here."""
    yield from (f"evaluator.point.{name}" for name in (*POINTS, "index"))
    yield from (f"evaluator.stands.{name}" for name in ("done", "open", "outdated"))
