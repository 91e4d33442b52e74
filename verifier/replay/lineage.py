"""Lineage: one mark takes the place of another by renewal, upgrade, transfer, change of scope, rename or merger.

A renewal begins when the old mark ends, so that an early decision costs no day and wins none. What changes within the
term ends no later than the old mark. Only a higher tier begins a term of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.envelope import DAY
from verifier.errors import RefusedError
from verifier.names import parse_name

if TYPE_CHECKING:
    from verifier.replay.records import MarkRecord
    from verifier.statement import Statement
    from verifier.statement.public import MarkIssued

RENEWAL_OPENS = 90 * DAY
ENDED = frozenset({"withdrawn", "cancelled", "annulled"})


def check_supersedes(issued: MarkIssued, old: MarkRecord | None, follower: MarkRecord | None, *, at: int) -> None:
    """The mark issued at that instant may take the place of the old one; ``follower`` is the mark that already does."""
    if old is None:
        raise RefusedError("the mark that is superseded is not in this log")
    if old.state not in ("active", "suspended") or (old.lift_by is not None and at >= old.lift_by):
        raise RefusedError("a mark that has ended is not superseded")
    if old.issued.scheme != issued.scheme or not _same_holder(old, issued):
        raise RefusedError("a mark supersedes one of the same scheme and holder, or of an organisation that it covers")
    if follower is not None and follower.state not in ENDED:
        raise RefusedError("another mark supersedes that one already")
    if issued.nbf >= old.issued.exp:
        _check_renewal(issued, old, at=at)
    elif issued.tier <= old.issued.tier and issued.exp > old.issued.exp:
        raise RefusedError("a change within the term ends no later than the mark that it supersedes")


def check_successor(old: MarkRecord, following: MarkRecord | None, statement: Statement) -> None:
    """A mark is followed by one that names it and has begun; a change of scope stays with the body and the tier."""
    if following is None:
        raise RefusedError("the successor is not a mark of this log")
    if following.uri == old.uri or not _same_holder(old, following.issued):
        raise RefusedError("the successor is another mark of the same holder")
    if following.issued.supersedes != parse_name(old.uri).value:
        raise RefusedError("the successor does not name the mark that it supersedes")
    if following.state != "active":
        raise RefusedError(f"the successor is {following.state}")
    if statement.iat < following.issued.nbf:
        raise RefusedError("the successor has not begun")
    same = (following.issuer, following.issued.tier) == (old.issuer, old.issued.tier)
    if statement.type == "mark.scope_changed" and not same:
        raise RefusedError("a change of scope stays with the body and the tier")


def _check_renewal(issued: MarkIssued, old: MarkRecord, *, at: int) -> None:
    """After the old end a mark begins like any other; before it, exactly at that end."""
    if issued.nbf <= at:
        return
    if issued.nbf != old.issued.exp:
        raise RefusedError("a renewal begins when the mark that it supersedes ends")
    if at < old.issued.exp - RENEWAL_OPENS:
        raise RefusedError("a mark is renewed from 90 days before its end")
    if old.state != "active":
        raise RefusedError("a suspended mark is not renewed: lift the suspension first")


def _same_holder(old: MarkRecord, issued: MarkIssued) -> bool:
    return old.issued.sub == issued.sub or parse_name(old.issued.sub).value in issued.covered
