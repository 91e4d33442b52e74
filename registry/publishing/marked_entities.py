"""Who holds a valid mark of a type: the files that the registry writes of it, and one holder looked up for the reader.

Holders who are found by number only (``x-`` identifiers, and whose mark is unlisted) stand in no list; whoever knows
their number finds them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from registry.reading.standing import standing_of
from verifier.directory.record import IdentifierRecord
from verifier.encoding import canonical, read_json
from verifier.errors import MalformedError, MarkError, NotFoundError
from verifier.gather import gather
from verifier.identifier import SOLE_PROPRIETOR
from verifier.mark import parse_mark
from verifier.names import SCHEME, authority_uri, parse_name
from verifier.tier import LEVEL
from verifier.trust.federation_metadata import marked_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Set

    from verifier.directory.record import MarkLine
    from verifier.gather import Fetcher
    from verifier.injected import Clock
    from verifier.replay.records import MarkRecord

_TYPE = re.compile(f"/tm/({SCHEME.pattern})/({LEVEL.pattern})")


class Tier(NamedTuple):
    """A scheme and a level of it: what a trust mark type names."""

    scheme: str
    level: int


def split_type(kind: str, host: str) -> Tier:
    """Return the tier that a trust mark type of this authority names. Raises NotFoundError for any other text."""
    at = authority_uri(host)
    matched = _TYPE.fullmatch(kind.removeprefix(at)) if kind.startswith(at) else None
    if matched is None:
        raise NotFoundError("not a trust mark type of this authority")
    return Tier(matched[1], int(matched[2]))


class Listing:
    """Which marks are of listed holders. Entries of the log do not tell: it is read in the marks, one after the other.

    Until a mark is read, its holder stands in a list if the one that is written so far has it: after a start it takes a
    while until all are read.
    """

    def __init__(self) -> None:
        self._unread: set[str] = set()
        self._unlisted: set[str] = set()

    def add(self, uris: Iterable[str]) -> None:
        """Note marks that are to be read."""
        self._unread |= set(uris)

    def read(self, uri: str, mark: bytes) -> None:
        """Take from a mark's newest version whether its holder is listed. One that cannot be read stays unread."""
        try:
            is_listed = parse_mark(mark).content.org.is_listed
        except MarkError:
            return
        self._unread.discard(uri)
        (self._unlisted.discard if is_listed else self._unlisted.add)(uri)

    def over(self, written: Callable[[str], bytes | None]) -> Callable[[MarkRecord], bool]:
        """Return what says of a mark whether it puts its holder into a list; ``written`` reads a list as it is now."""
        before: dict[Tier, frozenset[str]] = {}

        def has(mark: MarkRecord) -> bool:
            if mark.uri not in self._unread:
                return mark.uri not in self._unlisted
            tier = Tier(mark.issued.scheme, mark.issued.tier)
            if tier not in before:
                before[tier] = frozenset(_holders(written(marked_path(*tier))))
            return mark.issued.sub in before[tier]

        return has


def marked_files(
    marks: Iterable[MarkRecord], void: Set[str], is_listed: Callable[[MarkRecord], bool], *, now: int
) -> dict[str, bytes]:
    """Return, for each type that there is a mark of, the file with the holders of those that are valid now."""
    holders: dict[Tier, set[str]] = {}
    for mark in marks:
        issued = mark.issued
        listed = holders.setdefault(Tier(issued.scheme, issued.tier), set())
        is_valid = mark.state == "active" and issued.nbf <= now < issued.exp and mark.uri not in void
        is_person = parse_name(issued.sub).value.startswith(f"{SOLE_PROPRIETOR}-")
        if is_valid and not is_person and is_listed(mark):
            listed.add(issued.sub)
    return {marked_path(*tier): canonical(sorted(listed)) + b"\n" for tier, listed in holders.items()}


def _holders(written: bytes | None) -> list[str]:
    try:
        found = read_json(written) if written is not None else []
    except MalformedError:
        return []
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


class MarkedEntities:
    """Looks holders up in a published plane."""

    def __init__(self, fetcher: Fetcher, host: str, *, now: Clock) -> None:
        self._fetcher = fetcher
        self._host = host
        self._now = now

    def listed(self, tier: Tier) -> bytes:
        """Return the JSON array of the holders of a valid mark; of a type that was never given, an empty one."""
        try:
            return self._fetcher.fetch(marked_path(*tier))
        except NotFoundError:
            return b"[]\n"

    def newest(self, tier: Tier, sub: str) -> bytes | None:
        """Return the newest valid mark of a tier whose subject is exactly this entity, None where there is none.

        Raises UnavailableError.
        """
        for line in sorted(self._held(tier, sub), key=lambda one: one.nbf, reverse=True):
            mark = gather(self._fetcher, line.mark).mark
            if mark is not None and parse_mark(mark).sub == sub:
                return mark.encode("ascii")
        return None

    def _held(self, tier: Tier, sub: str) -> list[MarkLine]:
        try:
            name = parse_name(sub)
            if (name.host, name.kind) != (self._host, "o"):
                return []
            record = standing_of(self._fetcher, name.value).record
        except (MalformedError, NotFoundError):
            return []
        now, marks = self._now(), record.marks if isinstance(record, IdentifierRecord) else ()
        return [
            one
            for one in marks
            if (one.link, one.state, one.scheme, one.tier) == ("held", "active", *tier) and one.nbf <= now < one.until
        ]
