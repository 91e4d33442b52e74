"""Judging one row: the best of the marks that the directory lists for an organisation, against what is asked.

The directory says which marks there are, their tiers, scope kinds, states and terms. It does not say what a mark's
scope is in words, nor whether operational technology is in it; what it does not say is never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain
from typing import TYPE_CHECKING

from verifier.check.outcome import RANK, SATISFIED, Outcome
from verifier.check.supplier import NameBook, Supplier
from verifier.dates import LAST_INSTANT
from verifier.names import parse_name
from verifier.scheme.shipped import shipped_packs
from verifier.tier import Tier

if TYPE_CHECKING:
    from verifier.check.listed import Listed
    from verifier.check.recognised import Recognised
    from verifier.directory.record import ListedMark
    from verifier.requirement import Requirement

_ENDED = frozenset({"superseded", "cancelled", "withdrawn", "annulled"})
_DECLARED_LEVELS = (1, 2)


@dataclass(frozen=True)
class Case:
    """What all rows are judged by. ``at`` is the instant that is asked about, ``now`` the present (UTC seconds).

    ``as_of`` is the instant of the directory.
    """

    requirement: Requirement
    host: str
    zone: str
    environment: str
    at: int
    now: int
    as_of: int

    @cached_property
    def wanted(self) -> Tier:
        """The tier that is asked of rows that name none themselves."""
        return self.requirement.wanted

    @cached_property
    def through(self) -> int | None:
        """The instant up to which a mark has to be valid."""
        return self.requirement.ends_at(self.zone)

    @property
    def is_stale(self) -> bool:
        """Say whether the copy is older than the policy allows."""
        oldest = self.requirement.max_age
        return oldest is not None and self.now - self.as_of > oldest


@dataclass(frozen=True)
class Found:
    """What the directory holds: the marks of identifiers, the holders of marks, recognised tiers by identifier.

    ``declared`` are the organisations that declare something themselves, with the end of it in UTC seconds.
    ``knows_recognised`` says whether all statements about recognitions were at hand: without them nobody knows what
    else is recognised.
    """

    marks: Mapping[str, tuple[ListedMark, ...]]
    holders: Mapping[str, str] = field(default_factory=dict)
    recognised: Mapping[str, tuple[Recognised, ...]] = field(default_factory=dict)
    declared: Mapping[str, int | None] = field(default_factory=dict)
    knows_recognised: bool = True

    def marks_of(self, identifier: str) -> tuple[ListedMark, ...]:
        """Return the marks that an organisation holds or is covered by."""
        return self.marks.get(identifier, ())


def judge_supplier(supplier: Supplier, found: Found, case: Case, names: NameBook) -> Outcome:
    """Return the answer about a row."""
    wanted = supplier.asked or case.wanted
    if supplier.refused:
        return Outcome(supplier.refused, wanted=str(wanted), column=supplier.column)
    if not supplier.subject:
        candidates = names.candidates(supplier.name)
        return Outcome("name_only" if candidates else "no_candidate", wanted=str(wanted), candidates=candidates)
    if case.is_stale:
        return Outcome("stale", wanted=str(wanted))
    judged = _of_claim(supplier, found, case, wanted) if supplier.claim else _of_holder(supplier, found, case, wanted)
    reason, asked = _bounded(judged, case), str(wanted)
    if (judged.reason, judged.wanted) == (reason, asked):
        return judged
    return judged._replace(reason=reason, wanted=asked)


def judge_listed(listed: Listed, case: Case) -> Outcome:
    """Return the answer about one organisation, by all that a proven directory lists for it."""
    number = str(listed.identifier)
    found = Found(
        marks={number: listed.marks},
        recognised={number: listed.recognised},
        declared={number: listed.declared_until} if listed.declared else {},
    )
    return judge_supplier(Supplier(0, (number,)), found, case, NameBook([]))


def _bounded(outcome: Outcome, case: Case) -> str:
    """Return the reason of an outcome as far as the directory can answer for it."""
    if outcome.verdict not in SATISFIED:
        return outcome.reason
    if case.environment == "sandbox":
        return "test_mark"
    return "ot_unknown" if case.requirement.ot == "included" else outcome.reason


def _of_claim(supplier: Supplier, found: Found, case: Case, wanted: Tier) -> Outcome:
    claim = supplier.claim
    assert claim is not None  # the caller asked
    if claim.host is not None and claim.host != case.host:
        # Another host over the id of a mark that is known here: somebody's copy, as the judge of one mark says too.
        return Outcome("look_alike" if claim.id in found.holders else "other_host", mark=claim.id)
    holder = found.holders.get(claim.id)
    if holder is None:
        return Outcome("mark_absent", mark=claim.id)
    subjects = supplier.identifiers or (holder,)
    lines = [(line, one) for one in subjects for line in found.marks_of(one) if line.mark == claim.id]
    if not lines:
        return Outcome("subject_mismatch", mark=claim.id, holder=holder)
    line = lines[0][0]
    if claim.told is not None and claim.told[:3] != (line.scheme, line.tier, line.nbf):
        return Outcome("contradicts_record", mark=claim.id, holder=holder)
    judged = _best_mark(lines, case, wanted)[0]
    own = {one for _, one in lines}
    others = [group for group in _organisations(supplier.identifiers, found) if own.isdisjoint(group)]
    if not others:
        return judged
    agreed = _agreed([judged, *(_of_organisation(group, found, case, wanted) for group in others)])
    return _unless_recognised(agreed, supplier, found, case)


def _of_holder(supplier: Supplier, found: Found, case: Case, wanted: Tier) -> Outcome:
    groups = _organisations(supplier.identifiers, found)
    agreed = _agreed([_of_organisation(group, found, case, wanted) for group in groups])
    return _unless_recognised(agreed, supplier, found, case)


def _unless_recognised(outcome: Outcome, supplier: Supplier, found: Found, case: Case) -> Outcome:
    """Return the answer about organisations, left open where a recognised equivalent nobody knows of would change it.

    Under a policy that accepts none it could change the reason alone: then the row says what was left out, as one does
    that several organisations meet. What their own marks say stays in the row. A claim that is judged by its mark alone
    does not come here.
    """
    if found.knows_recognised:
        return outcome
    is_met = outcome.verdict in SATISFIED
    if is_met and len(supplier.identifiers) < 2:
        return outcome
    if case.requirement.recognition and not is_met:
        return outcome._replace(reason="recognition_unknown")
    return outcome._replace(left_out="recognitions")


def _organisations(identifiers: tuple[str, ...], found: Found) -> list[tuple[str, ...]]:
    """Return the identifiers of a row, those together under which one mark is listed: they are one organisation's."""
    if len(identifiers) < 2:  # Nearly every row of nearly every list.
        return [identifiers] if identifiers else []
    groups: list[tuple[set[str], tuple[str, ...]]] = []
    for identifier in identifiers:
        marks = {line.mark for line in found.marks_of(identifier) if line.link != "covered"}
        linked = [group for group in groups if not marks.isdisjoint(group[0])]
        groups = [group for group in groups if group not in linked]
        groups.append(
            (marks.union(*(one for one, _ in linked)), (*chain.from_iterable(one for _, one in linked), identifier))
        )
    return [group for _, group in groups]


def _agreed(outcomes: list[Outcome]) -> Outcome:
    """Return the answer about a row that may name several organisations: never the better one's.

    An identifier that nothing is listed under says nothing: most lists hold numbers of registers beside the one that
    marks are listed under.
    """
    if len(outcomes) == 1:
        return outcomes[0]
    known = [one for one in outcomes if one.reason != "absent"]
    if len({one.verdict in SATISFIED for one in known}) > 1:
        return Outcome("holders_differ")
    return min(known or outcomes, key=_order)


def _of_organisation(identifiers: tuple[str, ...], found: Found, case: Case, wanted: Tier) -> Outcome:
    marks = ((line, one) for one in identifiers for line in found.marks_of(one))
    outcomes = _best_mark(marks, case, wanted)
    outcomes += [
        _recognised(one, identifier, case, wanted)
        for identifier in identifiers
        for one in found.recognised.get(identifier, ())
    ]
    outcomes += [
        Outcome("self_declared", holder=identifier, state="declared", until=found.declared[identifier])
        for identifier in identifiers
        if identifier in found.declared and case.at < (found.declared[identifier] or LAST_INSTANT)
    ]
    if len(outcomes) < 2:
        return outcomes[0] if outcomes else Outcome("absent", str(wanted))
    return min(outcomes, key=_order)


def _order(outcome: Outcome) -> tuple[int, int, str]:
    return RANK[outcome.reason], -(outcome.until or 0), outcome.mark


def state_at(line: ListedMark, at: int) -> str:
    """Return the state of a mark at an instant: what was said of it, and what the clock made of that."""
    if line.state == "suspended":
        # A suspension that nobody lifts withdraws the mark.
        return "suspended" if at < line.until else "withdrawn"
    if line.state != "active":
        return line.state
    if at < line.nbf:
        return "not_yet_valid"
    return "active" if at < line.until else "expired"


def _reason(line: ListedMark, state: str, case: Case, wanted: Tier) -> str:
    """Return the reason that a mark gives; ``state`` is its state at the instant that is asked about."""
    if line.scheme != wanted.scheme:
        is_declared = state == "active" and _is_self_declared(line.scheme, line.tier)
        return "self_declared" if is_declared else "other_scheme"
    if state in _ENDED or state in ("suspended", "not_yet_valid"):
        return state
    if state not in ("active", "expired"):
        return "state_unknown"
    if state == "expired" and case.at >= line.until + case.requirement.grace:
        return "expired"
    if line.tier < wanted.level:
        return "self_declared" if _is_self_declared(line.scheme, line.tier) else "below"
    return _enough(line, state, case)


def _best_mark(marks: Iterable[tuple[ListedMark, str]], case: Case, wanted: Tier) -> list[Outcome]:
    """Return the outcome of the best mark, given with the identifier that it is listed under; nothing for none."""
    best: tuple[int, int, str] | None = None
    found: tuple[str, str, ListedMark, str] | None = None
    for line, holder in marks:
        state = state_at(line, case.at)
        reason = _reason(line, state, case, wanted)
        key = (RANK[reason], -line.until, line.mark)
        if best is None or key < best:
            best, found = key, (reason, state, line, holder)
    if found is None:
        return []
    reason, state, line, holder = found
    tier = f"{line.scheme}/{line.tier}"
    return [Outcome(reason, str(wanted), mark=line.mark, tier=tier, state=state, until=line.until, holder=holder)]


def _enough(line: ListedMark, state: str, case: Case) -> str:
    asked = case.requirement
    through = case.through
    if line.link == "covered" and not asked.covered:
        return "group_not_accepted"
    if line.scope_kind not in asked.scope:
        return "unit" if line.scope_kind == "unit" else "scope_not_accepted"
    if through is not None and line.until + asked.grace < through:
        return "ends_early"
    if state == "expired":
        return "in_grace"
    return "covered" if line.link == "covered" else "ok"


def _recognised(one: Recognised, identifier: str, case: Case, wanted: Tier) -> Outcome:
    through = case.through
    tier = Tier(one.scheme, one.tier)
    label = parse_name(one.uri).value
    told = Outcome("recognised", mark=label, tier=str(tier), state="recorded", until=one.until, holder=identifier)
    if not tier.covers(wanted):
        return told._replace(reason="below" if tier.scheme == wanted.scheme else "other_scheme")
    if case.at >= one.until:
        return told._replace(reason="expired")
    if not one.kind:
        return told._replace(reason="state_unknown")
    if one.kind not in case.requirement.recognition:
        return told._replace(reason="recognition_not_accepted")
    return told._replace(reason="ends_early") if through is not None and one.until < through else told


@cache
def _is_self_declared(scheme: str, level: int) -> bool:
    bases = {
        rule.basis for pack in shipped_packs() if pack.scheme == scheme for rule in pack.tiers if rule.level == level
    }
    return bases == {"self_declared"} if bases else level in _DECLARED_LEVELS
