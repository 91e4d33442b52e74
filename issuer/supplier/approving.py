"""Approval: an officer who answered nothing has read the result and stands for it. Pure.

It holds for all that goes out as it stood, by its digest: another answer, another scope or another organisation needs
another approval. The scheme's oath is given to
the evaluator; what is sworn there is what was approved here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from issuer.readiness import readiness
from verifier.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from issuer.supplier.answering import Progress

Step = Literal["scope", "answers", "gaps", "expert", "approval", "package"]
State = Literal["done", "now", "later"]
STEPS: tuple[Step, ...] = get_args(Step)


@dataclass(frozen=True)
class Approval:
    """Who approved what, by its digest, and when."""

    whole_sha256: str
    by: str
    name: str
    at: int


def check_ready(progress: Progress) -> None:
    """Raise RefusedError for a result that is not one to be approved: without a scope, or with something open."""
    if not progress.undertaking.has_scope:
        raise RefusedError("it is not said yet who applies and for what", hint="Fill in the scope first.")
    left = readiness(progress.undertaking.pack, progress.undertaking.level, progress.answers)
    open_ones = [one.item.id for one in left.todo if one.why in ("unanswered", "not_met")]
    if open_ones:
        raise RefusedError(
            f"{len(open_ones)} items are unanswered or not met, such as {open_ones[0]}",
            hint="Every item has to be met, or not to apply for a reason.",
        )


def check_approvable(progress: Progress, *, officer: str, whole_sha256: str) -> None:
    """Raise RefusedError unless this officer may approve just this."""
    check_ready(progress)
    if progress.whole_sha256 != whole_sha256:
        raise RefusedError(
            "the answers or the scope were changed meanwhile", hint="Ask for approval again, on what they are now."
        )
    if officer in progress.answerers:
        raise RefusedError(
            "whoever answered does not approve", hint="Another person reads the answers and approves them."
        )


def standing_approval(progress: Progress, approvals: Sequence[Approval]) -> Approval | None:
    """Return the newest approval of what goes out as it stands now, None where there is none."""
    now = progress.whole_sha256
    return next((one for one in reversed(approvals) if one.whole_sha256 == now), None)


def steps_of(progress: Progress | None, approvals: Sequence[Approval]) -> dict[Step, State]:
    """Return where an undertaking stands: what is done, what is to do now, what comes later."""
    done: dict[Step, bool] = dict.fromkeys(STEPS[:-1], False)
    if progress is not None:
        undertaking = progress.undertaking
        left = readiness(undertaking.pack, undertaking.level, progress.answers)
        done["scope"] = undertaking.has_scope
        done["answers"] = left.counts["unanswered"] == 0
        done["gaps"] = done["answers"] and left.is_ready
        done["expert"] = not undertaking.wants_expert or undertaking.profile.expert is not None
        done["approval"] = done["gaps"] and standing_approval(progress, approvals) is not None
    first = next((one for one, is_done in done.items() if not is_done), "package")
    return {step: "now" if step == first else "done" if done.get(step) else "later" for step in STEPS}
