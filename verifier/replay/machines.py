"""The state machines, each one closed table: (state, event) -> next state. Terminal states have no exit.

An event is the type of a statement; a second word says which kind of evidence was sealed, which status a mapping got,
or that only a part of an agreement is meant. Timed transitions (a
term ends, a suspension's deadline passes, a report is overdue) are not in the tables: every answer computes them, and
clock.py lists them. ``make docs`` draws the tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.errors import RefusedError
from verifier.statement.public import EvidenceSealed
from verifier.statement.recognition import AgreementInForce, AgreementStopped, MappingPublished

if TYPE_CHECKING:
    from verifier.statement import Statement

Table = dict[tuple[str | None, str], str]

BODY: Table = {
    (None, "body.accredited"): "active",
    ("active", "body.amended"): "active",
    ("active", "body.suspended"): "suspended",
    ("active", "body.withdrawn"): "withdrawn",
    ("suspended", "body.reinstated"): "active",
    ("suspended", "body.withdrawn"): "withdrawn",
}

EXPERT: Table = {
    (None, "expert.listed"): "active",
    ("active", "expert.listed"): "active",
    ("active", "expert.delisted"): "delisted",
    ("delisted", "expert.listed"): "active",
}
"""A number of the register belongs to one expert for ever, so who comes back is listed under it again."""

KEY: Table = {
    (None, "key.added"): "active",
    ("active", "key.retired"): "retired",
    ("active", "key.revoked"): "revoked",
    ("retired", "key.revoked"): "revoked",
    ("revoked", "key.revoked"): "revoked",
}

MARK: Table = {
    (None, "mark.issued"): "active",
    ("active", "mark.corrected"): "active",
    ("active", "annual_report.filed"): "active",
    ("active", "duty.extended"): "active",
    ("active", "mark.suspended"): "suspended",
    ("active", "mark.scope_changed"): "superseded",
    ("active", "mark.superseded"): "superseded",
    ("active", "mark.withdrawn"): "withdrawn",
    ("active", "mark.cancelled"): "cancelled",
    ("active", "mark.annulled"): "annulled",
    ("suspended", "annual_report.filed"): "suspended",
    ("suspended", "duty.extended"): "suspended",
    ("suspended", "mark.reinstated"): "active",
    ("suspended", "mark.scope_changed"): "superseded",
    ("suspended", "mark.superseded"): "superseded",
    ("suspended", "mark.withdrawn"): "withdrawn",
    ("suspended", "mark.cancelled"): "cancelled",
    ("suspended", "mark.annulled"): "annulled",
}

ORGANISATION: Table = {
    (None, "declaration.registered"): "declared",
    (None, "disclosure.erased"): "noted",
    ("noted", "declaration.registered"): "declared",
    ("noted", "disclosure.erased"): "noted",
    ("declared", "declaration.registered"): "declared",
    ("declared", "declaration.stopped"): "stopped",
    ("declared", "disclosure.erased"): "declared",
    ("stopped", "declaration.registered"): "declared",
    ("stopped", "disclosure.erased"): "stopped",
}
"""The declaration of one organisation under one scheme. What is said of several schemes at once, the best one says."""

EVIDENCE: Table = {
    (None, "evidence.sealed plan"): "planned",
    (None, "evidence.sealed results"): "unplanned",
    ("planned", "evidence.sealed plan"): "planned",
    ("planned", "evidence.sealed results"): "sealed",
    ("sealed", "evidence.sealed results"): "sealed",
    ("sealed", "evidence.sealed correction"): "corrected",
    ("corrected", "evidence.sealed results"): "corrected",
    ("corrected", "evidence.sealed correction"): "corrected",
    ("unplanned", "evidence.sealed plan"): "unplanned",
    ("unplanned", "evidence.sealed results"): "unplanned",
    ("unplanned", "evidence.sealed correction"): "unplanned",
}
"""A series of seals. One that began without a plan stays unplanned, whatever is sealed later."""

NOTICE: Table = {
    (None, "notice.published"): "published",
    ("published", "notice.published"): "published",
}

POLICY: Table = {
    (None, "policy.changed"): "published",
    ("published", "policy.changed"): "published",
}

SCHEME: Table = {(None, "scheme.published"): "published"}

TRUST: Table = {
    (None, "trust_root.published"): "published",
    ("published", "trust_root.published"): "published",
}

DIRECTORY: Table = {
    (None, "directory.published"): "published",
    ("published", "directory.published"): "published",
}

LOG: Table = {
    (None, "log.closed"): "closed",
}

MAPPING: Table = {
    (None, "mapping.published draft"): "draft",
    (None, "mapping.published complete"): "complete",
    ("draft", "mapping.published draft"): "draft",
    ("draft", "mapping.published complete"): "complete",
    ("draft", "mapping.published superseded"): "superseded",
    ("complete", "mapping.published complete"): "complete",
    ("complete", "mapping.published superseded"): "superseded",
}
"""Versions of one mapping, by the status of the newest. What was complete is not made a draft again, and one that was
superseded has its successor under another name."""

AGREEMENT: Table = {
    (None, "agreement.proposed"): "proposed",
    (None, "agreement.announced"): "announced",
    ("proposed", "agreement.proposed"): "proposed",
    ("proposed", "agreement.announced"): "announced",
    ("proposed", "agreement.declined"): "declined",
    ("declined", "agreement.proposed"): "proposed",
    ("announced", "agreement.proposed"): "proposed",
    ("announced", "agreement.announced"): "announced",
    ("announced", "agreement.declined"): "declined",
    ("announced", "agreement.in_force"): "in_force",
    ("in_force", "agreement.proposed"): "in_force",
    ("in_force", "agreement.announced"): "in_force",
    ("in_force", "agreement.declined"): "in_force",
    ("in_force", "agreement.in_force"): "in_force",
    ("in_force", "agreement.in_force part"): "in_force",
    ("in_force", "agreement.suspended"): "suspended",
    ("in_force", "agreement.suspended part"): "in_force",
    ("in_force", "agreement.terminated"): "terminated",
    ("in_force", "agreement.terminated part"): "in_force",
    ("suspended", "agreement.proposed"): "suspended",
    ("suspended", "agreement.announced"): "suspended",
    ("suspended", "agreement.declined"): "suspended",
    ("suspended", "agreement.in_force"): "in_force",
    ("suspended", "agreement.in_force part"): "suspended",
    ("suspended", "agreement.suspended"): "suspended",
    ("suspended", "agreement.suspended part"): "suspended",
    ("suspended", "agreement.terminated"): "terminated",
    ("suspended", "agreement.terminated part"): "suspended",
}
"""An agreement. A later version is proposed and announced while the earlier one decides; a part is one issuer or one
mapping, and an event about it leaves the state of the whole alone."""

RECOGNITION: Table = {
    (None, "recognition.recorded"): "recorded",
    ("recorded", "recognition.ended"): "ended",
}

MACHINES: dict[str, Table] = {
    "e": BODY,
    "x": EXPERT,
    "k": KEY,
    "m": MARK,
    "o": ORGANISATION,
    "v": EVIDENCE,
    "n": NOTICE,
    "s": SCHEME,
    "p": MAPPING,
    "a": AGREEMENT,
    "r": RECOGNITION,
    "policy": POLICY,
    "trust": TRUST,
    "directory": DIRECTORY,
    "log": LOG,
}
"""The machine of each kind of object (see names.py) that this version can replay."""

ENDS = frozenset({"superseded", "withdrawn", "cancelled", "annulled", "closed", "terminated", "ended"})
"""The states that nothing leads out of."""


def event_of(statement: Statement) -> str:
    """Return the event that a statement is to the machine of its object."""
    match statement.public:
        case EvidenceSealed(kind=kind) | MappingPublished(status=kind):
            return f"{statement.type} {kind}"
        case AgreementInForce(is_part=True) | AgreementStopped(is_part=True):
            return f"{statement.type} part"
        case _:
            return statement.type


def type_of(event: str) -> str:
    """Return the type of the statements that are this event."""
    return event.partition(" ")[0]


def next_state(object_kind: str, state: str | None, event: str) -> str:
    """Return the state that an event leads to. Raises RefusedError when the table has no such step."""
    machine = MACHINES.get(object_kind)
    if machine is None:
        raise RefusedError(f"this version does not keep a history for {event}")
    following = machine.get((state, event))
    if following is None:
        raise RefusedError(f"{event} is not possible while the object is {state or 'unknown'}")
    return following
