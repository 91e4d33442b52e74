"""The check of the status lists: each one is made again from the entries and compared, place by place.

A list is not logged, so it may be a moment behind its log: a place whose mark changed since the list was signed is
compared once the list had the time to follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.audit.kinds import Code
from verifier.audit.plane import STATUS, attestation_path, optional, status_path
from verifier.envelope import parse_token
from verifier.errors import EvidenceError, MarkError, RefusedError
from verifier.log.tile import TileReader
from verifier.names import key_uri, parse_name
from verifier.statement import parse_statement
from verifier.statement.attestation import TYP as ATTESTATION
from verifier.status_book import after_cut_off, status_book, void_among
from verifier.status_list import AGGREGATION, read_aggregation, read_status_list, write_aggregation

if TYPE_CHECKING:
    from verifier.audit.chain import TrustChain
    from verifier.audit.finding import Findings
    from verifier.audit.heads import Head
    from verifier.audit.plane import Listing
    from verifier.gather import Fetcher
    from verifier.replay.records import MarkRecord
    from verifier.replay.state import LogState
    from verifier.status_book import KidsOf, StatusBook
    from verifier.status_list import StatusList

FOLLOWS_WITHIN = 120
"""Seconds that a list has to say what an entry made true."""


class StatusCheck:
    """The published status lists of one log, judged under the entries up to one checkpoint."""

    def __init__(self, fetcher: Fetcher, chain: TrustChain, state: LogState, head: Head) -> None:
        self._fetcher = fetcher
        self._chain = chain
        self._state = state
        self._now = head.time or 0
        void = _void(fetcher, state, head.size)
        self._void = {mark.uri: _cut_at(mark, state) for mark in void}
        self._book: StatusBook = status_book(state, void=self._void)
        self._places = {(one.issued.status.list, one.issued.status.idx): one for one in state.marks.values()}
        self.numbers = set(self._book.numbers)
        """The lists that the log accounts for."""

    def check(self, findings: Findings, listing: Listing | None, *, all_needed: bool) -> None:
        """Check every list that is published; where all are needed, report those that are not.

        Raises UnavailableError.
        """
        for no in sorted(self.numbers | _listed(listing)):
            data = optional(self._fetcher, status_path(no))
            if data is None:
                if all_needed and self._is_overdue(no):
                    findings.add(Code.MISSING_FILE, "marks refer to this status list", path=status_path(no))
                continue
            try:
                self._check(no, read_status_list(data, self._chain.newest))
            except MarkError as error:
                findings.add(Code.STATUS_LIST_WRONG, error.message, path=status_path(no))
        try:
            self._check_aggregation(optional(self._fetcher, AGGREGATION))
        except MarkError as error:
            findings.add(Code.STATUS_LIST_WRONG, error.message, path=AGGREGATION)

    def _check_aggregation(self, data: bytes | None) -> None:
        """Check that only lists of this log are named; lists may be older than the newest mark."""
        if data is None:
            return
        named = read_aggregation(data, self._state.host)
        if not self.numbers.issuperset(named) or write_aggregation(self._state.host, named) != data:
            raise RefusedError("it does not name the status lists of this log in their one form")

    def _check(self, no: int, listed: StatusList) -> None:
        if listed.no != no:
            raise RefusedError(f"it is the list {listed.no}")
        if listed.exp <= self._now:
            raise RefusedError("it is older than three days")
        if listed.size > self._state.size:
            # It knows entries that no checkpoint at hand covers, and may begin with them.
            self.numbers.add(no)
            return
        if no not in self.numbers:
            raise RefusedError("no mark refers to it")
        expected = self._book.entries(no, now=listed.iat)
        for idx, (said, due) in enumerate(zip(listed.entries, expected, strict=True)):
            if said != due:
                self._check_place(no, idx, listed, said=said, due=due)
        changes_at = self._book.changes_at(no, now=listed.iat)
        if changes_at is not None and changes_at + FOLLOWS_WITHIN < self._now:
            raise RefusedError(f"it does not know what the clock changed at {changes_at}")

    def _check_place(self, no: int, idx: int, listed: StatusList, *, said: int, due: int) -> None:
        mark = self._places.get((no, idx))
        changed = self._changed(mark) if mark else []
        since = [index for index in changed if index >= listed.size]
        if mark is None or not since:
            raise RefusedError(f"place {idx} says {said}, the log says {due}")
        if any(self._is_old(index) for index in since):
            raise RefusedError(f"place {idx} does not follow entry {min(since)}")

    def _changed(self, mark: MarkRecord) -> list[int]:
        """Return the entries that changed what a mark's place says."""
        changed = [step.index for step in mark.steps]
        return [*changed, self._void[mark.uri]] if mark.uri in self._void else changed

    def _is_overdue(self, no: int) -> bool:
        return any(place[0] == no and self._is_old(mark.index) for place, mark in self._places.items())

    def _is_old(self, index: int) -> bool:
        reader = TileReader(self._fetcher.fetch, self._state.size)
        return parse_statement(reader.entry(index)).iat + FOLLOWS_WITHIN < self._now


def _listed(listing: Listing | None) -> set[int]:
    names = listing.names(STATUS) if listing is not None else []
    return {int(name) for name in names if name.isdecimal() and name.isascii() and len(name) < 10 and name[0] != "0"}


def _void(fetcher: Fetcher, state: LogState, size: int) -> list[MarkRecord]:
    keys = [key for key in state.keys.values() if key.cutoff is not None]
    return void_among(after_cut_off(state.marks.values(), keys), keys, _published_kids(fetcher, size))


def _published_kids(fetcher: Fetcher, size: int) -> KidsOf:
    reader = TileReader(fetcher.fetch, size)

    def kids(mark: MarkRecord) -> set[str]:
        found = {parse_statement(reader.entry(mark.index)).token.kid}
        attestation = optional(fetcher, attestation_path(parse_name(mark.uri).value))
        try:
            return found if attestation is None else {*found, parse_token(attestation, ATTESTATION).kid}
        except EvidenceError:
            # It is reported where the token is read.
            return found

    return kids


def _cut_at(mark: MarkRecord, state: LogState) -> int:
    """Return the newest entry that cut off a key of the mark's body."""
    cut = [key.kid for key in state.keys.values() if key.body == mark.issuer and key.cutoff is not None]
    return max(state.heads[key_uri(state.host, kid)].index for kid in cut)
