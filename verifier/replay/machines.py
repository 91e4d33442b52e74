"""The state machines, each one closed table: (state, statement type) -> next state. Terminal states have no exit.

Timed transitions (a term ends, a suspension's deadline passes) are not in the tables: every answer computes them.
"""

from __future__ import annotations

from verifier.errors import RefusedError

Table = dict[tuple[str | None, str], str]

BODY: Table = {
    (None, "body.accredited"): "active",
    ("active", "body.amended"): "active",
    ("active", "body.suspended"): "suspended",
    ("active", "body.withdrawn"): "withdrawn",
    ("suspended", "body.reinstated"): "active",
    ("suspended", "body.withdrawn"): "withdrawn",
}

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
    ("active", "mark.suspended"): "suspended",
    ("active", "mark.scope_changed"): "superseded",
    ("active", "mark.superseded"): "superseded",
    ("active", "mark.withdrawn"): "withdrawn",
    ("active", "mark.cancelled"): "cancelled",
    ("active", "mark.annulled"): "annulled",
    ("suspended", "mark.reinstated"): "active",
    ("suspended", "mark.withdrawn"): "withdrawn",
    ("suspended", "mark.cancelled"): "cancelled",
    ("suspended", "mark.annulled"): "annulled",
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

MACHINES: dict[str, Table] = {
    "e": BODY,
    "k": KEY,
    "m": MARK,
    "s": SCHEME,
    "trust": TRUST,
    "directory": DIRECTORY,
    "log": LOG,
}
"""The machine of each kind of object (see names.py) that this version can replay."""


def next_state(object_kind: str, state: str | None, type_: str) -> str:
    """Return the state that a statement leads to. Raises RefusedError when the table has no such step."""
    machine = MACHINES.get(object_kind)
    if machine is None:
        raise RefusedError(f"this version does not keep a history for {type_}")
    following = machine.get((state, type_))
    if following is None:
        raise RefusedError(f"{type_} is not possible while the object is {state or 'unknown'}")
    return following
