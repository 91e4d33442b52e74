"""The evaluator's invitation to swear, and the officer's reply to it (issuer/invitation.py has the file).

The invitation carries the answers as the evaluator has them. They are held against those that were approved here, so
that nobody swears to something else than they have read; who swears is somebody who answered nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from issuer.answers import answers_members
from issuer.case import result_bytes
from issuer.invitation import InvitationFile, read_reply
from issuer.supplier import queries_requests as queries
from verifier.encoding import digest, read_object
from verifier.errors import NotFoundError, RefusedError
from verifier.schema import read_model

if TYPE_CHECKING:
    from issuer.supplier.answering import Progress
    from issuer.supplier.place import SupplierPlace
    from issuer.supplier.queries_requests import KeptOath


EXCLUSIONS = "exclusions"


@dataclass(frozen=True)
class Oath:
    """An invitation, and the items to which the evaluator has another answer than the one that is here.

    Where the evaluator has the scope leave out something else, ``differing`` has EXCLUSIONS too.
    """

    kept: KeptOath
    invitation: InvitationFile
    differing: tuple[str, ...]


def take_invitation(place: SupplierPlace, data: bytes, *, by: str) -> int:
    """Keep an evaluator's invitation to swear, and return its number.

    Raises MalformedError, StatementError, or RefusedError for an invitation to something else or one that is over.
    """
    invitation = _read(data)
    if invitation.purpose != "swear":
        raise RefusedError(
            "this invites a security expert, not an officer", hint="Send it on to the expert who is to confirm."
        )
    if place.now() >= invitation.expires_at:
        raise RefusedError("the invitation is over", hint="Ask the evaluator for another one.")
    if digest(result_bytes(invitation.answers, invitation.exclusions)) != invitation.result_sha256:
        raise RefusedError("the answers in the invitation were changed on their way", hint="Ask for it again.")
    with place.database.transaction() as db:
        return queries.keep_oath(db, data, at=place.now(), by=by)


def list_oaths(place: SupplierPlace) -> tuple[Oath, ...]:
    """Return the invitations, the latest first."""
    progress = place.progress()
    with place.database.transaction() as db:
        kept = queries.kept_oaths(db)
    return tuple(_oath(one, progress) for one in kept)


def find_oath(place: SupplierPlace, number: int) -> Oath:
    """Return an invitation. Raises NotFoundError."""
    for one in list_oaths(place):
        if one.kept.no == number:
            return one
    raise NotFoundError("this invitation is not here")


def swear(place: SupplierPlace, number: int, *, officer: str, name: str) -> bytes:
    """Return the reply that the evaluator takes in, in the officer's name. Raises RefusedError, NotFoundError."""
    oath, progress = find_oath(place, number), place.need()
    if oath.differing:
        raise RefusedError(
            f"the evaluator has other answers than those here: {', '.join(oath.differing[:5])}",
            hint="Bring both to the same answers, and have them approved, before anybody swears.",
        )
    if officer in progress.answerers:
        raise RefusedError("whoever answered does not swear", hint="Another officer does.")
    filled = {**read_object(oath.kept.content), "by": name, "agrees": True}
    reply = (json.dumps(filled, ensure_ascii=False, indent=2) + "\n").encode()
    read_reply(reply, "swear")
    with place.database.transaction() as db:
        queries.reply_to_oath(db, number, reply, at=place.now(), by=officer)
    return reply


def _read(data: bytes) -> InvitationFile:
    return read_model(InvitationFile, read_object(data), what="invitation")


def _oath(kept: KeptOath, progress: Progress | None) -> Oath:
    invitation = _read(kept.content)
    own = answers_members(progress.answers) if progress else []
    # What the evaluator approved of it is the evaluator's word and no answer.
    here, there = ({str(one.get("item")): _said(one) for one in answers} for answers in (own, invitation.answers))
    differing = tuple(item for item in sorted({*here, *there}) if here.get(item) != there.get(item))
    own_left_out = [one.members() for one in progress.undertaking.profile.exclusions] if progress else []
    if sorted(map(_left_out, own_left_out)) != sorted(map(_left_out, invitation.exclusions)):
        differing = (*differing, EXCLUSIONS)
    return Oath(kept, invitation, differing)


def _said(answer: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(answer.get(name) for name in ("word", "justification", "evidence"))


def _left_out(exclusion: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(exclusion.get(name)) for name in ("kind", "what", "justification"))
