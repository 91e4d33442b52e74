"""Whether every row of a sheet can be issued, as the desk's own files say. Nothing is written and nobody is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from issuer import queries, queries_batch
from issuer.batch.group import Rulebook, in_groups
from issuer.batch.record import Batch
from issuer.batch.rows import CASE, IDENTIFIER, TIER, BatchSheet, Fault, Line
from issuer.case import Case, State
from issuer.decision import granted
from issuer.issuance import Issuance
from issuer.issue import check_rules
from issuer.workplace import Workplace
from verifier.dates import utc_text
from verifier.errors import MalformedError, MarkError, NotFoundError
from verifier.statement.attestation import parse_attestation

AT_A_TIME = 100
Progress = Callable[[int, int], None]
_Found = tuple[Case, Issuance | None]


@dataclass
class Preview:
    """What a sheet holds: its faults in their order, and how many rows are at which point."""

    sheet: BatchSheet
    batch: Batch | None
    faults: tuple[Fault, ...] = ()
    tiers: Counter[str] = field(default_factory=Counter)
    unsigned: int = 0
    spooled: int = 0
    admitted: int = 0

    def check(self) -> None:
        """Raise MalformedError that names the first faults when there is any."""
        if self.faults:
            shown = [f"{self.sheet.filename}, {fault}" for fault in self.faults[:MOST_SHOWN]]
            if len(self.faults) > MOST_SHOWN:
                shown.append(f"and {len(self.faults) - MOST_SHOWN} more: `batch check --faults FILE.csv` writes all")
            raise MalformedError("\n".join(shown), hint="Nothing was signed. Correct these cells and check again.")


MOST_SHOWN = 50


def preview(place: Workplace, sheet: BatchSheet, *, progress: Progress) -> Preview:
    """Return how the rows stand: read, decided by another person than the assessor, complete, not issued elsewhere."""
    with place.database.transaction() as session:
        seen = Preview(sheet, queries_batch.find_batch(session, sheet.sha256))
        taken = queries_batch.unfinished_batches(session)
    faults, rulebook, done = list(sheet.faults), Rulebook(), 0
    for lines in in_groups(sheet.lines, AT_A_TIME):
        stored = _stored(place, lines)
        for line in lines:
            faults += _judged(place, line, stored.get(line.case), seen, rulebook)
            other = taken.get(line.case)
            if other is not None and (seen.batch is None or other != seen.batch.id):
                faults.append(Fault(line.row, CASE, f"stands in {other}, which is not finished: finish that first"))
        done += len(lines)
        progress(done, len(sheet.lines))
    seen.faults = tuple(sorted(faults, key=lambda one: (one.row, one.column)))
    return seen


def _stored(place: Workplace, lines: Sequence[Line]) -> Mapping[str, _Found]:
    found = {}
    with place.database.transaction() as session:
        for line in lines:
            try:
                case = queries.load_case(session, line.case)
            except NotFoundError:
                continue
            found[line.case] = (case, queries.load_issuance(session, line.case))
    return found


def _judged(place: Workplace, line: Line, found: _Found | None, seen: Preview, rulebook: Rulebook) -> Iterator[Fault]:
    if found is None:
        yield Fault(line.row, CASE, "there is no such case: `shirushi issuer case list` shows all")
        return
    case, issuance = found
    seen.tiers[f"{case.scheme}/{case.level}"] += 1
    if line.identifier != case.holder.identifiers[0]:
        own = case.holder.identifiers[0]
        yield Fault(line.row, IDENTIFIER, f"the case is of {own}: correct the identifier or the case id")
    if line.tier != case.level:
        yield Fault(line.row, TIER, f"the case is for tier {case.level}: correct the tier or the case id")
    if issuance is not None and issuance.admitted is not None:
        seen.admitted += 1
        if seen.batch is None:
            yield Fault(line.row, CASE, f"is issued already, log entry {issuance.admitted.index}: remove the row")
        return
    if case.state is not State.GRANTED:
        yield Fault(line.row, CASE, f"is {case.state}, not granted: have it decided, or remove the row")
        return
    if issuance is not None and issuance.signed is not None:
        seen.spooled += 1
    else:
        seen.unsigned += 1
    try:
        decided = granted(case, rulebook.of(case), place.identity)
        check_rules(place, decided)
        ends = parse_attestation(decided.attested.compact, log=place.identity.log).exp
    except MarkError as error:
        yield Fault(line.row, CASE, f"{error.message}: {error.hint or 'look at the case, or remove the row'}")
        return
    if ends <= place.clock():
        yield Fault(line.row, CASE, f"its attestation ended {utc_text(ends)}: open a new case")
