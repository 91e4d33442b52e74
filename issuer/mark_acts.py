"""What a body says about a mark of its own after it was issued: suspend, lift, withdraw, cancel, report filed.

The decider signs. Lifting and withdrawing need the word of another holder of the body: an approval of exactly what is
going to be said, given apart from the decider, at another time and place if need be. The log's rules judge the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from issuer.identity import open_signer
from verifier.envelope import parse_token
from verifier.errors import RefusedError, WrongUseError
from verifier.markid import normalise_mark_id
from verifier.names import mark_uri
from verifier.replay.mark_rules import LONGEST_SUSPENSION
from verifier.statement import Draft, new_token_id, sign_statement
from verifier.statement.approval import TYP as APPROVAL
from verifier.statement.approval import parse_approval, sign_approval
from verifier.statement.kinds import Role, kind_of

if TYPE_CHECKING:
    from issuer.desk import Desk
    from issuer.issuance import Admitted

TWO_PERSON = {
    "reinstate": "mark.reinstated",
    "withdraw": "mark.withdrawn",
    "supersede": "mark.superseded",
    "change-scope": "mark.scope_changed",
}
"""What another holder of the body approves before the decider says it, and the type of the statement."""


@dataclass(frozen=True)
class Act:
    """One thing to say about a mark: the statement's type and its public part."""

    mark: str
    type: str
    public: dict[str, Any]

    @property
    def needs_second(self) -> bool:
        """Whether another holder of the body has to approve."""
        return all(way.second for way in kind_of(self.type).signings if way.first is Role.DECIDER)


def suspension(mark: str, *, reason: str, lift_by: int, now: int) -> Act:
    """Return a suspension that is to be lifted before ``lift_by``. Raises RefusedError for more than six months."""
    if not now < lift_by <= now + LONGEST_SUSPENSION:
        raise RefusedError("a suspension ends within six months", hint="Name an earlier day with --lift-by.")
    return Act(mark, "mark.suspended", {"reason": reason, "lift_by": lift_by})


def cancellation(mark: str) -> Act:
    """Return the end of a mark as its holder wishes."""
    return Act(mark, "mark.cancelled", {})


def report_filed(mark: str, *, due: int) -> Act:
    """Return that the holder filed the yearly report which fell due at ``due``."""
    return Act(mark, "annual_report.filed", {"due": due})


def act_of_two(what: str, mark: str, *, reason: str | None = None, successor: str | None = None) -> Act:
    """Return an act that another holder of the body has to approve; ``what`` is a key of TWO_PERSON.

    Raises WrongUseError for a withdrawal without a reason, a replacement without a successor, or the other way round.
    """
    if what not in TWO_PERSON:
        raise WrongUseError(f"{what[:40]!r} is none of {', '.join(TWO_PERSON)}")
    if (what == "withdraw") != (reason is not None):
        raise WrongUseError("a withdrawal has a reason, nothing else has", hint="Give --reason with withdraw.")
    if (what in ("supersede", "change-scope")) != (successor is not None):
        raise WrongUseError("what is replaced has a successor, nothing else has", hint="Give --successor ID.")
    public: dict[str, Any] = {"reason": reason} if reason is not None else {}
    if successor is not None:
        public["successor"] = normalise_mark_id(successor)
    return Act(mark, TWO_PERSON[what], public)


def approve(desk: Desk, act: Act) -> str:
    """Return the assessor's approval of an act, for the decider. Raises RefusedError where none is needed."""
    if not act.needs_second:
        raise RefusedError(f"{act.type} needs no second person")
    return sign_approval(
        _draft(desk, act).approval_subject,
        iss=desk.identity.uri,
        log=desk.identity.log,
        iat=desk.clock(),
        signer=open_signer(desk.signers, "assessor"),
        entropy=desk.entropy,
    )


def say(desk: Desk, act: Act, approval: str | None = None, **companions: str) -> Admitted:
    """Sign an act as the decider and have it logged; ``companions`` are the tokens that it names.

    Raises RefusedError, or as the registry answers.
    """
    statement = sign_act(desk, act, approval)
    return desk.registry.send(statement, **companions, **({"second": approval} if approval else {}))


def sign_act(desk: Desk, act: Act, approval: str | None = None) -> str:
    """Return the decider's statement of an act, over a fresh anchor. Raises RefusedError."""
    draft, now = _draft(desk, act), desk.clock()
    if act.needs_second and approval is None:
        raise RefusedError(f"{act.type} needs another holder's approval", hint="shirushi issuer mark approve")
    if not act.needs_second and approval is not None:
        raise RefusedError(f"{act.type} takes no approval")
    if approval is not None and parse_approval(approval, log=draft.log).subject != draft.approval_subject:
        raise RefusedError("the approval is for something else", hint="Have exactly this approved.")
    return sign_statement(
        draft,
        iss=desk.identity.uri,
        iat=now,
        jti=new_token_id(now, desk.entropy),
        prev=desk.registry.head_of(draft.object),
        anchor=desk.registry.anchor(draft.log),
        signer=open_signer(desk.signers, "decider"),
        second=parse_token(approval, APPROVAL).digest if approval else None,
    )


def _draft(desk: Desk, act: Act) -> Draft:
    uri = mark_uri(desk.identity.host, normalise_mark_id(act.mark))
    return Draft(desk.identity.log, act.type, uri, act.public)
