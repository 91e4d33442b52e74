"""Looking at a watched list again: the answers of now beside those that were remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.check.lookup import check_suppliers
from verifier.check.watching import Changed, WatchState, changes, marks_of, remember
from verifier.edge.check.supplier_list import case_of

if TYPE_CHECKING:
    from verifier.check.lookup import Tell
    from verifier.check.recognised import Recognitions
    from verifier.edge.check.supplier_list import Copy, SupplierList
    from verifier.requirement import Requirement


def look_again(
    listed: SupplierList,
    copy: Copy,
    policy: Requirement,
    recognitions: Recognitions,
    *,
    old: WatchState | None,
    since: int | None,
    tell: Tell,
) -> tuple[WatchState, list[Changed]]:
    """Return what is to be remembered of a list now, and which of its rows have another answer than in ``old``.

    Raises MalformedError or ProofError for a copy that is damaged.
    """
    directory = copy.directory()
    case = case_of(copy, policy, None)
    outcomes, found = check_suppliers(
        listed.suppliers, directory, case, names=listed.names(), recognitions=recognitions, tell=tell
    )
    objects = dict(directory.records(marks_of(listed.suppliers, found, case.host)))
    subjects = remember(listed.suppliers, outcomes, found, objects, case)
    state = WatchState.model_validate(
        {
            "v": 1,
            "log": copy.epoch.index.log,
            "epoch": copy.epoch.size,
            "policy_sha256": policy.sha256,
            "subjects": subjects,
        }
    )
    return state, changes(listed.suppliers, subjects, old, since=since)
