"""One-time invitations: an expert confirms, or an executive swears, by a token that this desk gave out for one case.

Pure. The token is 256 random bits; the desk keeps its SHA-256 only, so whoever reads the database cannot use one. It is
good once, for fourteen days, and for the result as it stood: other answers need another invitation. The file form
carries the result and the token, and comes back with the answer; nothing has to listen on a network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from issuer.answers import answers_members
from issuer.case import Case, result_bytes
from verifier.dates import utc_text
from verifier.encoding import b64u, digest, read_object
from verifier.envelope import DAY
from verifier.errors import RefusedError
from verifier.injected import Entropy
from verifier.schema import Closed, Digest, Instant, Label, Level, read_model

TOKEN_BYTES = 32
LIFETIME = 14 * DAY
FORM = "shirushi-invitation-1"

Purpose = Literal["confirm", "swear"]
Standing = Literal["open", "used", "replaced"]
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]


@dataclass(frozen=True)
class Invitation:
    """An invitation as the desk keeps it. ``invited`` is the expert's register number, where one was named."""

    token_sha256: str
    case_id: str
    purpose: Purpose
    invited: str | None
    result_sha256: str
    created_at: int
    expires_at: int
    state: Standing = "open"


class InvitationFile(Closed):
    """The file that goes out and comes back: whoever answers fills in ``by`` and sets ``agrees`` to true."""

    form: Literal["shirushi-invitation-1"]
    purpose: Purpose
    case: Label
    organisation: Annotated[str, Field(max_length=200)]
    scheme: Label
    version: Label
    level: Level
    scope: dict[str, Any]
    answers: list[dict[str, Any]]
    exclusions: list[dict[str, Any]]
    result_sha256: Digest
    expires_at: Instant
    token: Token
    by: Annotated[str, Field(max_length=200)]
    agrees: bool


@dataclass(frozen=True)
class Reply:
    """What the desk takes out of a file that came back: whose token it is, and who agrees."""

    token: str
    by: str


def new_invitation(
    case: Case, purpose: Purpose, *, invited: str | None, at: int, entropy: Entropy
) -> tuple[str, Invitation]:
    """Return a fresh token and the invitation that is kept of it."""
    token = b64u(entropy(TOKEN_BYTES))
    return token, Invitation(token_digest(token), case.id, purpose, invited, case.digest, at, at + LIFETIME)


def token_digest(token: str) -> str:
    """Return the base64url SHA-256 of a token: all that the desk keeps of it."""
    return digest(token.encode())


def check_usable(invitation: Invitation | None, purpose: Purpose, case_digest: str, *, at: int) -> Invitation:
    """Return the invitation if it is good now, for this purpose and this result. Raises RefusedError otherwise."""
    if invitation is None or invitation.purpose != purpose:
        raise RefusedError("this desk gave out no such token", hint="Copy the whole token, or invite again.")
    if invitation.state != "open":
        raise RefusedError(f"the token is {invitation.state}: it was good once", hint="Invite again.")
    if at >= invitation.expires_at:
        raise RefusedError(f"the token expired at {utc_text(invitation.expires_at)}", hint="Invite again.")
    if invitation.result_sha256 != case_digest:
        raise RefusedError("the answers were changed after the invitation", hint="Invite again, on the new answers.")
    return invitation


def invitation_file(case: Case, invitation: Invitation, token: str) -> dict[str, Any]:
    """Return the members of the file for whoever is invited."""
    return {
        "form": FORM,
        "purpose": invitation.purpose,
        "case": case.id,
        "organisation": case.holder.name,
        "scheme": case.scheme,
        "version": case.version,
        "level": case.level,
        "scope": case.scope.members(),
        "answers": answers_members(case.answers),
        "exclusions": [one.members() for one in case.handling.exclusions],
        "result_sha256": invitation.result_sha256,
        "expires_at": invitation.expires_at,
        "token": token,
        "by": invitation.invited or "",
        "agrees": False,
    }


def read_reply(data: bytes, purpose: Purpose) -> Reply:
    """Return who agreed in a file that came back, to the very result that went out.

    Raises MalformedError, StatementError, or RefusedError when it agrees to nothing or was changed on its way.
    """
    read = read_model(InvitationFile, read_object(data), what="invitation")
    if read.purpose != purpose:
        raise RefusedError(f"the file is an invitation to {read.purpose}, not to {purpose}")
    result = result_bytes(read.answers, read.exclusions)
    if digest(result) != read.result_sha256:
        raise RefusedError("answers or exclusions in the file were changed", hint="Whoever disagrees says so instead.")
    if not read.agrees or not read.by.strip():
        raise RefusedError("the file does not say who agrees", hint="Whoever is invited fills in `by` and `agrees`.")
    return Reply(read.token, read.by.strip())
