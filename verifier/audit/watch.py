"""What a monitor watches beyond admission's rules: own certification, bursts, duplicates, watched numbers (R4-R7, R15).

These are questions, not proofs, except R4: a burst or a duplicate may have a good reason.
"""

from __future__ import annotations

from statistics import fmean, pstdev
from typing import TYPE_CHECKING

from verifier.audit.finding import Findings
from verifier.audit.kinds import Code
from verifier.envelope import DAY
from verifier.names import mark_uri, parse_name
from verifier.statement.public import MarkIssued

if TYPE_CHECKING:
    from verifier.audit.settings import Settings
    from verifier.replay.records import MarkRecord
    from verifier.replay.state import LogState
    from verifier.statement import Statement

LOOK_BACK = 28
LIVE = ("active", "suspended")

Rates = dict[str, dict[int, int]]
"""How many marks each body issued on each day since 1970 (UTC), for the past weeks."""

_Scope = tuple[str, str, str, tuple[str, ...]]


class Watch:
    """Looks at every issuance of one log. ``rates`` is kept up and can be saved."""

    def __init__(self, settings: Settings, subjects: frozenset[str], state: LogState, rates: Rates) -> None:
        self._settings = settings
        self._subjects = subjects
        self._state = state
        self.rates = rates
        self._findings = Findings()
        self._held: dict[_Scope, list[str]] = {}
        for uri, mark in state.marks.items():
            self._held.setdefault(_scope(mark), []).append(uri)

    def take(self, index: int, statement: Statement, findings: Findings) -> None:
        """Look at an entry that was folded into the state just now."""
        self._findings = findings
        mark = self._state.marks.get(statement.object)
        if not isinstance(statement.public, MarkIssued) or mark is None:
            return
        self._check_related(index, statement, mark)
        self._check_duplicate(index, statement.object, mark)
        self._check_rate(index, statement)
        for identifier in sorted(self._subjects & set(named(mark))):
            self._findings.add(Code.SUBJECT_NAMED, identifier, entry=index, object=statement.object)

    def _check_related(self, index: int, statement: Statement, mark: MarkRecord) -> None:
        body = self._state.bodies.get(statement.iss)
        if body is None:
            return
        related = {body.identifier, *self._settings.related.get(str(body.no), ())}
        for identifier in sorted(related & set(named(mark))):
            self._findings.add(Code.OWN_CERTIFICATION, identifier, entry=index, object=statement.object)

    def _check_duplicate(self, index: int, uri: str, mark: MarkRecord) -> None:
        held = self._held.setdefault(_scope(mark), [])
        supersedes = mark.issued.supersedes and mark_uri(self._state.host, mark.issued.supersedes)
        for other in held:
            record = self._state.marks[other]
            overlaps = mark.issued.nbf < record.issued.exp and record.issued.nbf < mark.issued.exp
            if other not in (uri, supersedes) and record.state in LIVE and overlaps:
                self._findings.add(Code.DUPLICATE_LIVE_MARK, f"beside {other}", entry=index, object=uri)
        held[:] = [one for one in held if self._state.marks[one].state in LIVE]
        held.append(uri)

    def _check_rate(self, index: int, statement: Statement) -> None:
        day, days = statement.iat // DAY, self.rates.setdefault(statement.iss, {})
        days[day] = count = days.get(day, 0) + 1
        for past in [one for one in days if one < day - LOOK_BACK]:
            del days[past]
        usual = [days.get(day - back, 0) for back in range(1, LOOK_BACK + 1)]
        most = fmean(usual) + self._settings.burst_deviations * pstdev(usual)
        limits = [max(self._settings.burst_least, int(most))]
        body = self._state.bodies.get(statement.iss)
        if body is not None and str(body.no) in self._settings.capacity:
            limits.append(self._settings.capacity[str(body.no)])
        # Exactly at the first mark above it, so that a day is reported once.
        if count == min(limits) + 1:
            detail = f"more than {min(limits)} marks in one day"
            self._findings.add(Code.ISSUE_BURST, detail, entry=index, object=statement.iss)


def named(mark: MarkRecord) -> tuple[str, ...]:
    """Return the identifiers that a mark names: its holder and those covered."""
    return parse_name(mark.issued.sub).value, *mark.issued.covered


def _scope(mark: MarkRecord) -> _Scope:
    return mark.issued.sub, mark.issued.scheme, mark.issued.scope_kind, mark.issued.covered
