"""The two operators' word on a list of timed acts that waits: both sign the digest of exactly that list.

Each signature is an ``approval+jwt`` whose subject no statement can have. It holds for a day and for
this one hold: what is put back later, or laid over another list, confirms nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.timers.acts import Act
from registry.timers.limits import Reason
from verifier.encoding import canonical, digest
from verifier.envelope import CLOCK_SKEW, DAY, verify_token
from verifier.errors import MalformedError, RefusedError
from verifier.names import authority_uri, log_origin
from verifier.replay.signers import find_signer
from verifier.schema import Closed, Digest, Instant, Many
from verifier.statement.approval import parse_approval, sign_approval
from verifier.statement.kinds import Role

if TYPE_CHECKING:
    from verifier.injected import Entropy
    from verifier.replay.signers import KeyBook
    from verifier.signer import Signer
    from verifier.trust.root import TrustRoot

HOLDS_FOR = DAY
PURPOSE = "shirushi timed acts 1"


class Hold(Closed):
    """A list of acts that waits since an instant, and why. ``acts`` may be empty where only the clock is doubted."""

    since: Instant
    reasons: Many[Reason]
    acts: Many[Act] = ()

    def digest(self, host: str) -> str:
        """Return what the operators sign: it changes with every act, every reason and every new hold."""
        members = {"purpose": PURPOSE, "log": log_origin(host), **self.members()}
        return digest(canonical(members))


class Confirmation(Closed):
    """A hold as the operators saw it, with their approvals."""

    hold: Hold
    subject: Digest
    approvals: Many[str] = ()


def approve(hold: Hold, *, host: str, iat: int, signer: Signer, entropy: Entropy) -> str:
    """Return one operator's approval of a hold's list."""
    return sign_approval(
        hold.digest(host), iss=authority_uri(host), log=log_origin(host), iat=iat, signer=signer, entropy=entropy
    )


def check_confirmation(
    said: Confirmation, *, since: int, root: TrustRoot, book: KeyBook, size: int, now: int
) -> tuple[Act, ...]:
    """Return the acts that two operators confirmed, for the hold that began at ``since``.

    Raises RefusedError, MalformedError, NotFoundError, EnvelopeError or SignatureError when they did not.
    """
    if said.hold.since != since:
        raise RefusedError("the confirmation is for another hold", hint="Look at what waits now.")
    holders = {check_approval(one, said.hold, root=root, book=book, size=size, now=now) for one in said.approvals}
    if len(holders) < 2:
        raise RefusedError("two operators confirm what waits, and only one did")
    return said.hold.acts


def check_approval(compact: str, hold: Hold, *, root: TrustRoot, book: KeyBook, size: int, now: int) -> str:
    """Return the operator who approved the hold's list within the day. Raises as ``check_confirmation`` does."""
    approval = parse_approval(compact, log=log_origin(root.host))
    if approval.subject != hold.digest(root.host):
        raise RefusedError("an approval is for another list", hint="Look at what waits now.")
    if not approval.iat - CLOCK_SKEW <= now < approval.iat + HOLDS_FOR:
        raise RefusedError("an approval is not of this day", hint="Approve again.")
    signer = find_signer(approval.token, iss=approval.iss, index=size, root=root, book=book)
    verify_token(approval.token, signer.key)
    if signer.entity != authority_uri(root.host) or not signer.may_be(Role.OPERATOR):
        raise RefusedError("an approval is not an operator's")
    return signer.holder


def add_approval(said: Confirmation | None, hold: Hold, approval: str, *, host: str) -> Confirmation:
    """Return the confirmation with one more approval; those of another list are left behind."""
    subject = hold.digest(host)
    before = said.approvals if said is not None and said.subject == subject else ()
    if approval in before:
        raise MalformedError("this approval was given before")
    return Confirmation(hold=hold, subject=subject, approvals=(*before, approval))
