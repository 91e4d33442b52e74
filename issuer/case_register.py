"""The case register of a month: how many cases were opened and how they ended, and a Merkle root over all of them.

Pure. The root is data for a notice of the authority. It binds a body to every case that it had, also to those that it
refused or that went elsewhere: whoever shops for an evaluator leaves a leaf at each. A leaf is salted with a secret of
the desk, so the root tells nothing, and one case can be shown without the others. RFC 6962 hashing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from issuer.case import State, lapse_time
from issuer.machine import LAPSING
from verifier.dates import day_start
from verifier.encoding import b64u, canonical, unb64u
from verifier.errors import NotFoundError, WrongUseError
from verifier.log.merkle import EMPTY_ROOT, leaf_hash, verify_inclusion
from verifier.log.tree import MemoryTree, inclusion_path

FORM = "shirushi-case-register-1"
ENDS = {
    "submit": "submitted",
    "grant": "granted",
    "refuse": "refused",
    "return": "returned",
    "withdraw": "withdrawn",
    "lapse": "lapsed",
}


@dataclass(frozen=True)
class Month:
    """A calendar month in a zone, as the instants [begins, until)."""

    name: str
    zone: str
    begins: int
    until: int


@dataclass(frozen=True)
class CaseLine:
    """A case as the register has it, with what happened to it: instant, event and state, oldest first."""

    case: str
    scheme: str
    level: int
    subject: str
    opened_at: int
    events: tuple[tuple[int, str, str], ...]

    def state_before(self, until: int, zone: str) -> str:
        """Return the state at the end of a month: what its events left, and what the clock made of that."""
        left = [state for at, _, state in self.events if at < until][-1:] or [State.DRAFT.value]
        has_lapsed = State(left[0]) in LAPSING and until >= lapse_time(self.opened_at, zone)
        return State.LAPSED.value if has_lapsed else left[0]


@dataclass(frozen=True)
class CaseRegister:
    """The register of one month: its leaves in the order of the case ids, and its 32-byte root."""

    month: Month
    lines: tuple[CaseLine, ...]
    leaves: tuple[bytes, ...]
    root: bytes


def month_of(text: str, zone: str) -> Month:
    """Return the month that is written YYYY-MM. Raises WrongUseError."""
    matched = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", text)
    if matched is None:
        raise WrongUseError(f"{text[:20]!r} is not a month", hint="Write it as 2026-11.")
    year, number = int(matched[1]), int(matched[2])
    after = date(year + number // 12, number % 12 + 1, 1)
    return Month(text, zone, day_start(date(year, number, 1), zone), day_start(after, zone))


def build_register(lines: Iterable[CaseLine], month: Month, *, secret: bytes) -> CaseRegister:
    """Return the register at the end of a month: every case that was opened before."""
    kept = tuple(sorted((one for one in lines if one.opened_at < month.until), key=lambda one: one.case))
    leaves = tuple(_leaf(one, month, secret) for one in kept)
    return CaseRegister(month, kept, leaves, _tree(leaves).root() if leaves else EMPTY_ROOT)


def register_data(register: CaseRegister, *, body: str) -> dict[str, Any]:
    """Return what may be published of a register: counts by tier, and the root."""
    month, happened, standing = register.month, dict[str, Counter[str]](), dict[str, Counter[str]]()
    for one in register.lines:
        tier = f"{one.scheme}/{one.level}"
        within = [event for at, event, _ in one.events if month.begins <= at < month.until]
        happened.setdefault(tier, Counter()).update(ENDS[event] for event in within if event in ENDS)
        standing.setdefault(tier, Counter())[one.state_before(month.until, month.zone)] += 1
    return {
        "form": FORM,
        "body": body,
        "month": month.name,
        "zone": month.zone,
        "cases": len(register.lines),
        "happened": {tier: dict(sorted(counts.items())) for tier, counts in sorted(happened.items())},
        "standing": {tier: dict(sorted(counts.items())) for tier, counts in sorted(standing.items())},
        "root": b64u(register.root),
    }


def show_case(register: CaseRegister, case_id: str) -> dict[str, Any]:
    """Return the leaf of one case, its salt included, with its path to the root. Raises NotFoundError."""
    for index, one in enumerate(register.lines):
        if one.case == case_id:
            path = inclusion_path(_tree(register.leaves), index, len(register.leaves))
            shown = {"index": index, "size": len(register.leaves), "path": [b64u(node) for node in path]}
            return {"leaf": register.leaves[index].decode(), **shown, "root": b64u(register.root)}
    raise NotFoundError(f"the register of {register.month.name} has no case {case_id[:20]!r}")


def check_shown(shown: dict[str, Any]) -> None:
    """Check that a case which a desk shows is in the register under its root. Raises ProofError."""
    verify_inclusion(
        leaf=leaf_hash(shown["leaf"].encode()),
        index=shown["index"],
        size=shown["size"],
        path=[unb64u(node) for node in shown["path"]],
        root=unb64u(shown["root"]),
    )


def draw_sample(register: CaseRegister, *, body: str, seed: str, count: int) -> tuple[CaseLine, ...]:
    """Return ``count`` decided cases of a register, chosen by the seed alone, in the order in which they were drawn.

    Whoever knows the seed and the ids draws the same: each case's place is SHA-256(JCS([form, seed, body, case])).
    """
    month = register.month
    decided = (State.GRANTED.value, State.REFUSED.value)
    eligible = [one for one in register.lines if one.state_before(month.until, month.zone) in decided]
    return tuple(sorted(eligible, key=lambda one: _rank(seed, body, one.case))[:count])


def _rank(seed: str, body: str, case: str) -> bytes:
    return hashlib.sha256(canonical(["shirushi-audit-sample-1", seed, body, case])).digest()


def _leaf(line: CaseLine, month: Month, secret: bytes) -> bytes:
    salt = hmac.digest(secret, f"{month.name} {line.case}".encode(), "sha256")[:16]
    return canonical(
        {
            "case": line.case,
            "scheme": line.scheme,
            "level": line.level,
            "subject": line.subject,
            "opened_at": line.opened_at,
            "state": line.state_before(month.until, month.zone),
            "salt": b64u(salt),
        }
    )


def _tree(leaves: Sequence[bytes]) -> MemoryTree:
    tree = MemoryTree()
    for leaf in leaves:
        tree.append(leaf_hash(leaf))
    return tree
