"""One group of a batch: signed together, stored before anybody sees it, sent in one request, each answer stored.

What an earlier run stored is sent first, byte for byte: the registry may have taken it without our hearing of it. Only
what it judged and refused is signed anew, because that is in no log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from issuer import queries, term
from issuer.case import Case, Rules
from issuer.decision import Granted, granted, sign_issue
from issuer.issuance import Admitted, CaseEvent, Issuance, Signed
from issuer.issue import check_rules, verify_own_output
from issuer.workplace import Workplace, rules_of
from verifier.errors import ConflictError, MarkError, RefusedError, UnavailableError

if TYPE_CHECKING:
    from sqlmodel import Session

    from verifier.statement import Anchor

Item = TypeVar("Item")
RESIGNED = "signed_again"


@dataclass(frozen=True)
class Work:
    """A granted case on its way to the log."""

    decided: Granted
    issuance: Issuance | None

    @property
    def case_id(self) -> str:
        """The case's id."""
        return self.decided.case.id

    @property
    def signed(self) -> Signed | None:
        """What is signed and stored."""
        return self.issuance.signed if self.issuance else None


@dataclass
class Settled:
    """What became of some cases. Those that are in neither list wait for the registry."""

    admitted: dict[str, Admitted] = field(default_factory=dict)
    refused: dict[str, MarkError] = field(default_factory=dict)
    away: UnavailableError | None = None

    def add(self, answers: dict[str, Admitted | MarkError]) -> None:
        """Sort the registry's answers."""
        for case_id, answer in answers.items():
            self.refused.pop(case_id, None)
            match answer:
                case Admitted():
                    self.admitted[case_id] = answer
                case UnavailableError():
                    self.away = answer
                case _:
                    self.refused[case_id] = answer

    def merge(self, other: Settled) -> None:
        """Add what became of other cases, or of the same ones later."""
        for case_id in other.admitted:
            self.refused.pop(case_id, None)
        self.admitted |= other.admitted
        self.refused |= other.refused
        self.away = other.away or self.away


class Rulebook:
    """The rules of the schemes of many cases, each read once."""

    def __init__(self) -> None:
        self._rules: dict[tuple[str, str, int, str], Rules] = {}

    def of(self, case: Case) -> Rules:
        """Return what the scheme demands of the case. Raises NotFoundError or RefusedError."""
        key = (case.scheme, case.version, case.level, case.criteria_sha256)
        if key not in self._rules:
            self._rules[key] = rules_of(case)
        return self._rules[key]


def in_groups(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield the items, so many at a time."""
    for at in range(0, len(items), size):
        yield items[at : at + size]


def load(place: Workplace, case_ids: Sequence[str], rulebook: Rulebook) -> list[Work]:
    """Return the granted cases with how far they have come. Raises NotFoundError, RefusedError."""
    with place.database.transaction() as session:
        stored = [(queries.load_case(session, one), queries.load_issuance(session, one)) for one in case_ids]
    return [Work(granted(case, rulebook.of(case), place.identity), issuance) for case, issuance in stored]


def settle(place: Workplace, works: Sequence[Work], *, signs: bool, sends: bool = True) -> Settled:
    """Bring these cases as far as the registry lets them: send what is signed, sign what is not, send that.

    Without ``signs`` no key is needed, and what the registry refused stays refused. While the registry is away, what is
    not signed yet is signed all the same if the read plane gives an anchor, and waits. Raises UnavailableError when it
    gives none.
    """
    settled = Settled()
    old = [one for one in works if one.signed is not None]
    if sends:
        _send(place, old, settled)
    if not signs:
        return settled
    stale = {one.case_id: settled.refused[one.case_id].message for one in old if _is_judged(settled, one)}
    fresh = [one for one in works if one.signed is None or one.case_id in stale]
    allowed = [one for one in fresh if _is_allowed(place, one, settled)]
    if allowed:
        made = sign(place, allowed, place.registry.anchor(place.identity.log), reasons=stale)
        if sends and settled.away is None:
            _send(place, made, settled)
    return settled


def sign(place: Workplace, works: Sequence[Work], anchor: Anchor, *, reasons: Mapping[str, str]) -> list[Work]:
    """Have the decider sign, check it with the judge's own code, and store all of it in one transaction.

    ``reasons`` says why cases are signed again. Where another process signed first, its bytes are returned.
    """
    made = [_signed(place, work, anchor) for work in works]
    with place.database.transaction() as session:
        pairs = zip(works, made, strict=True)
        return [_stored(place, session, (before, after), reasons.get(before.case_id)) for before, after in pairs]


def send(place: Workplace, works: Sequence[Work]) -> dict[str, Admitted | MarkError]:
    """Send what is signed and store what was admitted; return the answer to each case. Raises UnavailableError."""
    rows = [(one, one.signed) for one in works if one.signed is not None]
    if not rows:
        return {}
    answers = place.registry.send_many([(signed, one.decided.attested.compact) for one, signed in rows])
    with place.database.transaction() as session:
        for (one, signed), answer in zip(rows, answers, strict=True):
            if isinstance(answer, Admitted):
                queries.keep_admitted(session, one.case_id, signed, answer)
    return {one.case_id: answer for (one, _), answer in zip(rows, answers, strict=True)}


def _send(place: Workplace, works: Sequence[Work], settled: Settled) -> None:
    try:
        settled.add(send(place, works))
    except UnavailableError as error:
        settled.away = error


def _is_judged(settled: Settled, work: Work) -> bool:
    """Say whether the registry judged the statement itself, and did not take it: then it is in no log."""
    error = settled.refused.get(work.case_id)
    return isinstance(error, RefusedError) and not isinstance(error, ConflictError)


def _is_allowed(place: Workplace, work: Work, settled: Settled) -> bool:
    try:
        check_rules(place, work.decided)
        term.begun_by(work.decided, place.identity, at=place.clock())
    except RefusedError as error:
        settled.refused[work.case_id] = error
        return False
    return True


def _signed(place: Workplace, work: Work, anchor: Anchor) -> Work:
    now = place.clock()
    decided = term.begun_by(work.decided, place.identity, at=now)
    signed = sign_issue(
        decided.signable,
        anchor,
        identity=place.identity,
        signers=place.signers,
        at=now,
        entropy=place.entropy,
        earlier=work.signed,
    )
    verify_own_output(place, decided, signed)
    issuance = work.issuance or Issuance(work.case_id, now)
    return Work(decided, replace(issuance, signed=signed))


def _stored(place: Workplace, session: Session, step: tuple[Work, Work], reason: str | None) -> Work:
    before, after = step
    case_id, old, new = before.case_id, before.signed, after.signed
    if new is None:
        raise RefusedError(f"nothing is signed for case {case_id}")
    if queries.load_issuance(session, case_id) is None:
        queries.begin_issuance(session, case_id, at=place.clock())
    if old is None:
        is_kept = queries.keep_signed(session, case_id, new)
    else:
        is_kept = queries.replace_signed(session, case_id, old, new)
    if not is_kept:
        return replace(before, issuance=queries.load_issuance(session, case_id))
    by = before.decided.decision.by
    if old is not None:
        note = f"signed again, because it was refused: {reason}\n{old.statement}"
        line = CaseEvent(place.clock(), by, RESIGNED, before.decided.case.state.value, note)
        queries.add_event(session, before.decided.case, line)
    if after.decided.case is before.decided.case:
        return after
    note = term.told(before.decided, after.decided)
    case = place.store(session, after.decided.case, by=by, event=term.EVENT, note=note)
    return replace(after, decided=replace(after.decided, case=case))
