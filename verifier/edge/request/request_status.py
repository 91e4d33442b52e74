"""What suppliers have beside what they were asked for: each request is a row of a list, judged as every list is."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.check.lookup import check_suppliers
from verifier.check.outcome import SATISFIED, UNDECIDED
from verifier.edge.check.supplier_list import case_of, parse_list
from verifier.errors import MarkError
from verifier.requirement import requirement_of
from verifier.scheme.shipped import shipped_packs
from verifier.tier import parse_tier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.check.outcome import Outcome
    from verifier.check.recognised import Recognitions
    from verifier.edge.check.supplier_list import Copy
    from verifier.level_request import Asked

ANY_AGREEMENT = ("unilateral", "bilateral", "multilateral")


@dataclass(frozen=True)
class Standing:
    """A request and how the supplier stands to it."""

    asked: Asked
    outcome: Outcome

    @property
    def exit_code(self) -> int:
        """0 is met, 1 is not met, 2 could not be decided."""
        if self.outcome.verdict in SATISFIED:
            return 0
        return 2 if self.outcome.verdict in UNDECIDED else 1


def standings(asked: Sequence[Asked], copy: Copy, recognitions: Recognitions) -> list[Standing]:
    """Return how each request stands by the copy and by what is known about recognitions.

    Raises as checking a list does.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("identifier", "name", "required tier"))
    for one in asked:
        request = one.request
        writer.writerow((request.supplier.identifier, request.supplier.name, request.tier))
    lowest = min((one.request.wanted for one in asked), key=lambda tier: tier.level)
    policy = requirement_of({"version": 1, "tier": str(lowest), "recognition": list(ANY_AGREEMENT)})
    listed = parse_list(text.getvalue().encode(), filename="requests.csv", wanted=policy.wanted)
    case = case_of(copy, policy, None)
    outcomes, _ = check_suppliers(
        listed.suppliers, copy.directory(), case, names=listed.names(), recognitions=recognitions
    )
    return [Standing(one, outcome) for one, outcome in zip(asked, outcomes, strict=True)]


def gap_of(standing: Standing) -> tuple[str, ...]:
    """Return the ids of the criteria that the level asked for has and the level held has not.

    Empty where it is met, and where nobody knows whether a foreign document meets it.
    """
    if standing.exit_code == 0 or standing.outcome.reason == "recognition_unknown":
        return ()
    wanted = standing.asked.request.wanted
    packs = [pack for pack in shipped_packs() if pack.scheme == wanted.scheme and pack.head.closed is None]
    held = _level_held(standing, wanted.scheme)
    for pack in reversed(packs):
        try:
            below = {item.id for item in pack.items_for(held)} if held else set()
            return tuple(item.id for item in pack.items_for(wanted.level) if item.id not in below)
        except MarkError:
            continue
    return ()


def _level_held(standing: Standing, scheme: str) -> int:
    if not standing.outcome.tier or standing.outcome.state not in ("active", "recorded"):
        return 0
    held = parse_tier(standing.outcome.tier)
    return held.level if held.scheme == scheme else 0
