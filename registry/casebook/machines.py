"""The state machines of a complaint, an appeal, a report of misuse and a hearing: (state, step) -> next state.

After ISO/IEC 17065:2012 § 7.13. What a matter leads to happens in the log: here stands only which entry did it.
"""

from __future__ import annotations

from typing import Literal

from verifier.errors import RefusedError

Kind = Literal["complaint", "appeal", "misuse", "hearing"]
Table = dict[tuple[str | None, str], str]

COMPLAINT: Table = {
    (None, "receive"): "received",
    ("received", "acknowledge"): "acknowledged",
    ("acknowledged", "investigate"): "investigating",
    ("investigating", "uphold"): "upheld",
    ("investigating", "dismiss"): "dismissed",
    ("upheld", "close"): "closed",
    ("dismissed", "close"): "closed",
}

APPEAL: Table = {
    (None, "receive"): "filed",
    ("filed", "admit"): "admitted",
    ("filed", "reject"): "rejected",
    ("admitted", "convene"): "before_panel",
    ("before_panel", "uphold"): "upheld",
    ("before_panel", "dismiss"): "dismissed",
    ("upheld", "close"): "closed",
    ("dismissed", "close"): "closed",
    ("rejected", "close"): "closed",
}

MISUSE: Table = {
    (None, "receive"): "reported",
    ("reported", "triage"): "triaged",
    ("triaged", "dismiss"): "dismissed",
    ("triaged", "notify"): "holder_notified",
    ("triaged", "warn"): "public_warning",
    ("holder_notified", "correct"): "corrected",
    ("holder_notified", "escalate"): "escalated",
    ("holder_notified", "warn"): "public_warning",
    ("corrected", "close"): "closed",
    ("escalated", "close"): "closed",
    ("public_warning", "close"): "closed",
    ("dismissed", "close"): "closed",
}

HEARING: Table = {
    (None, "receive"): "intended",
    ("intended", "notify"): "holder_notified",
    ("intended", "escalate"): "escalated",
    ("holder_notified", "hear"): "heard",
    ("holder_notified", "uphold"): "upheld",
    ("holder_notified", "dismiss"): "dismissed",
    ("holder_notified", "escalate"): "escalated",
    ("heard", "uphold"): "upheld",
    ("heard", "dismiss"): "dismissed",
    ("upheld", "close"): "closed",
    ("dismissed", "close"): "closed",
    ("escalated", "hear"): "heard",
    ("escalated", "close"): "closed",
}
"""A withdrawal for cause that is intended. ``escalate`` is the urgent exception: done first, heard afterwards."""

MACHINES: dict[Kind, Table] = {"complaint": COMPLAINT, "appeal": APPEAL, "misuse": MISUSE, "hearing": HEARING}


def next_state(kind: Kind, state: str | None, step: str) -> str:
    """Return the state that a step leads to. Raises RefusedError naming the steps that are possible."""
    table = MACHINES[kind]
    following = table.get((state, step))
    if following is None:
        possible = ", ".join(sorted(one for at, one in table if at == state)) or "nothing: it is closed"
        raise RefusedError(f"{step} is not possible while the {kind} is {state}", hint=f"Possible is: {possible}.")
    return following
