"""What an agreement's dates bring: comment, review, end, and the last days of versions, issuers and rules.

Agreements are forgotten quietly. So every date that ends something is warned about in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recognition.treaty import Treaty

What = Literal[
    "comment_closes", "review_due", "agreement_ends", "version_ends", "issuer_ends", "disclosure_review", "reverse_ends"
]


@dataclass(frozen=True, order=True)
class Due:
    """Something that happens on a day, and to which part."""

    day: date
    what: What
    part: str = ""

    def is_overdue(self, today: date) -> bool:
        """Say whether somebody had to act before today."""
        return self.day <= today and self.what in ("review_due", "disclosure_review")


def calendar_of(treaty: Treaty, *, since: date, days: int) -> list[Due]:
    """Return everything that falls due within some days, and the reviews that are overdue, in order of the day."""
    last = since + timedelta(days=days)
    return sorted(one for one in _all(treaty) if one.is_overdue(since) or since <= one.day <= last)


def _all(treaty: Treaty) -> Iterator[Due]:
    terms = treaty.terms
    yield Due(terms.comment.closes, "comment_closes")
    yield Due(terms.review_by, "review_due")
    yield Due(terms.not_after, "agreement_ends")
    if treaty.disclosure is not None:
        yield Due(treaty.disclosure.review_by, "disclosure_review")
    if treaty.reverse is not None:
        yield Due(treaty.reverse.not_after, "reverse_ends")
    for version in treaty.scheme.head.versions:
        for level, day in version.last_day.items():
            if version.id in terms.foreign.versions and level in terms.cap_by_level:
                yield Due(day, "version_ends", f"{version.id} {level}")
    for issuer in terms.issuers:
        if issuer.ends is not None:
            yield Due(issuer.ends, "issuer_ends", issuer.id)
