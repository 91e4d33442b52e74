"""The past of a registry, out of its published log: every entry about an object, and when witnesses saw it."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from verifier.audit.folded import fold_published
from verifier.audit.plane import attestation_path, optional, second_path
from verifier.envelope import Token, parse_token
from verifier.errors import EvidenceError
from verifier.names import parse_name
from verifier.replay.duties import report_duty
from verifier.statement.approval import TYP as APPROVAL
from verifier.statement.attestation import TYP as ATTESTATION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.audit.plane import Listing, Progress
    from verifier.gather import Fetcher
    from verifier.replay.duties import ReportDuty
    from verifier.replay.records import Entry, MarkRecord
    from verifier.statement import Statement
    from verifier.statement.public import SchemePublished
    from verifier.trust.root import TrustRoot


class PublishedPast:
    """A ``verifier.replay.incident.Past`` over everything that a registry has published. All entries are in memory."""

    def __init__(self, fetcher: Fetcher, pinned: TrustRoot, progress: Progress, listing: Listing | None = None) -> None:
        """Read the whole log. Raises as ``fold_published`` does."""
        self._fetcher = fetcher
        self._entries: dict[str, list[Entry]] = {}
        self.folded = fold_published(fetcher, pinned, progress, listing=listing, keep=self._keep)
        self._sizes = [size for size, _ in self.folded.seen]
        times = [time for _, time in self.folded.seen]
        # A later checkpoint that was seen earlier covers the entry as well.
        self._times = list(accumulate(reversed(times), min))[::-1]

    @property
    def host(self) -> str:
        """The authority's host."""
        return self.folded.chain.newest.host

    @property
    def zone(self) -> str:
        """The time zone of the scheme's calendar."""
        return self.folded.chain.newest.content.zone

    def entries(self, uri: str) -> Sequence[Entry]:
        """Return every entry about an object, in order; none where there is none."""
        return self._entries.get(uri, ())

    def covered_at(self, index: int) -> int | None:
        """Return when a quorum had seen the first known checkpoint over an entry, None where none is known."""
        at = bisect_right(self._sizes, index)
        return self._times[at] if at < len(self._times) else None

    def second(self, statement: Statement) -> Token | None:
        """Return the second person's token, None where it is not published or not readable."""
        return second_of(self._fetcher, statement)

    @property
    def size(self) -> int:
        """How many entries the log has."""
        return self.folded.size

    def criteria(self, mark: MarkRecord) -> SchemePublished | None:
        """Return the criteria version of a mark, None where the log does not hold it."""
        wanted = (mark.issued.scheme, mark.issued.criteria_sha256)
        schemes = self.folded.state.schemes.values()
        return next((one for one in schemes if (one.scheme, one.sha256) == wanted), None)

    def duty(self, mark: MarkRecord) -> ReportDuty | None:
        """Return the mark's duty to report, None where it has none or its criteria are not in the log."""
        criteria = self.criteria(mark)
        return report_duty(mark.issued, [criteria], zone=self.zone) if criteria else None

    def marks_of(self, identifier: str) -> Sequence[tuple[str, str]]:
        """Return link and id of every mark that an organisation holds or is covered by, in order of the ids."""
        found = []
        for uri, mark in self.folded.state.marks.items():
            links = ["held"] if parse_name(mark.issued.sub).value == identifier else []
            links += ["covered" for one in mark.issued.covered if one == identifier]
            found += [(link, parse_name(uri).value) for link in links]
        return sorted(found, key=lambda one: one[1])

    def _keep(self, entry: Entry) -> None:
        self._entries.setdefault(entry.statement.object, []).append(entry)


def second_of(fetcher: Fetcher, statement: Statement) -> Token | None:
    """Return the second person's token, None where it is not published or not readable. Raises UnavailableError."""
    if statement.second is None:
        return None
    if statement.type == "mark.issued":
        path, typ = attestation_path(parse_name(statement.object).value), ATTESTATION
    else:
        path, typ = second_path(statement.second), APPROVAL
    data = optional(fetcher, path)
    try:
        token = parse_token(data, typ) if data is not None else None
    except EvidenceError:
        return None
    return token if token is not None and token.digest == statement.second else None
