"""What commands print about a case."""

from __future__ import annotations

from collections.abc import Iterator

from issuer.answers import open_items
from issuer.case import Case
from issuer.options import CONSOLE
from verifier.dates import utc_text


def tell(case: Case) -> None:
    """Print a case in a line, and the items that are still open."""
    mark = f", {case.reservation.number} {case.reservation.mark}" if case.reservation else ""
    CONSOLE.print(f"{case.id} {case.state}: {case.holder.name}, {case.scheme}/{case.level}{mark}", markup=False)
    if case.answers and open_items(case.answers):
        CONSOLE.print(f"  items still open: {', '.join(open_items(case.answers))}")


def handling_lines(case: Case) -> Iterator[str]:
    """Yield what a case is about and how it is handled, a line each."""
    scope, handling = case.scope, case.handling
    covered = f", covers {', '.join(scope.covered)}" if scope.covered else ""
    yield f"scope: {scope.scope_kind}, OT {scope.ot}{covered}: {scope.scope_summary}"
    if case.holder.unlisted:
        yield "found by its number only"
    if handling.person is not None:
        yield f"person: {handling.person.name}"
    if handling.wallet is not None:
        yield "credential: for a wallet" + (", bound to its key" if handling.wallet.jwk else "")
    for part, party in handling.assignment.members().items():
        yield f"assigned: {part} {party}"
    for one in handling.exclusions:
        accepted = f"accepted by {one.approved_by}" if one.approved_by else "not accepted"
        yield f"excluded {one.no}: {one.kind} {one.what}, because {one.justification}; {accepted}"
    for back in handling.rounds:
        yield f"returned {back.no}: {utc_text(back.at)} by {back.by}: {back.reason}"
