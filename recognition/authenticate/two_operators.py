"""Two operators: a record counts once two different people of the authority have approved exactly this record.

The approvals are the ``approval+jwt`` of every other second person (``verifier.statement.approval``). Each is over the
digest of the whole record, which holds a nonce, so an approval fits one record and no later one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.encoding import canonical, digest
from verifier.envelope import CLOCK_SKEW, DAY, verify_token
from verifier.errors import RefusedError, SignatureError
from verifier.keys import VerifyingKey
from verifier.names import authority_uri
from verifier.schema import Closed
from verifier.statement.approval import Approval, parse_approval
from verifier.trust.root import TrustRoot

DECIDE_WITHIN = 14 * DAY


@dataclass(frozen=True)
class Operator:
    """One person of the authority: the lasting pseudonym that the key was added under, and the key."""

    holder: str
    key: VerifyingKey


@dataclass(frozen=True)
class Office:
    """Whose approvals count: the authority's URI, its log as the audience, and its operators by kid."""

    authority: str
    audience: str
    operators: Mapping[str, Operator]


def office_of(root: TrustRoot) -> Office:
    """Return the authority's office: the operators that its trust root lists now, without retired or cut-off keys."""
    operators = {
        kid: Operator(listed.holder, key)
        for kid, (listed, key) in root.keys.items()
        if listed.role == "operator" and listed.cutoff is None and listed.ends is None
    }
    return Office(authority_uri(root.host), root.origin, operators)


def approval_subject(kind: str, record: Closed) -> str:
    """Return what both operators sign: the digest over the kind of record and the record."""
    content: dict[str, Any] = {"kind": kind, "record": record.members()}
    return digest(canonical(content))


def check_two(subject: str, approvals: Sequence[str], office: Office, *, recorded_at: int, now: int) -> tuple[str, str]:
    """Return the holders of the two keys that approved. Raises EvidenceError.

    Approvals are given after the record was made and within 14 days, so the answer stays the same on any later day.
    """
    if len(approvals) != 2:
        raise RefusedError("exactly two approvals are needed")
    first, second = (_approved(compact, subject, office, recorded_at=recorded_at, now=now) for compact in approvals)
    if first.holder == second.holder or first.key.kid == second.key.kid:
        raise RefusedError("both approvals come from one person")
    return first.holder, second.holder


def _approved(compact: str, subject: str, office: Office, *, recorded_at: int, now: int) -> Operator:
    approval: Approval = parse_approval(compact, log=office.audience)
    operator = office.operators.get(approval.token.kid)
    if operator is None or approval.iss != office.authority:
        raise SignatureError("the approval is not signed by an operator of the authority")
    verify_token(approval.token, operator.key)
    if approval.subject != subject:
        raise RefusedError("the approval is over another record")
    latest = min(now + CLOCK_SKEW, recorded_at + DECIDE_WITHIN)
    if not recorded_at - CLOCK_SKEW <= approval.iat <= latest:
        raise RefusedError("the approval was not given in the fourteen days after the record was made")
    return operator
