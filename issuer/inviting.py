"""Deeds by invitation: give out a one-time token for a case, and take in who confirmed or swore by it.

Using the token and keeping what it was for are one transaction: of two who try the same token, one succeeds.
"""

from __future__ import annotations

from dataclasses import replace

from issuer import queries_register as queries
from issuer.assigning import check_impartial
from issuer.case import Case, State
from issuer.invitation import Invitation, Purpose, check_usable, new_invitation, token_digest
from issuer.listing import check_expert_listed
from issuer.record import Confirmation, Oath
from issuer.workplace import Workplace, rules_of
from verifier.errors import RefusedError
from verifier.names import expert_uri
from verifier.schema import read_model


def invite(place: Workplace, case_id: str, purpose: Purpose, *, invited: str | None = None) -> tuple[str, Invitation]:
    """Return a one-time token for a case in assessment; an earlier open one for the same purpose dies with it.

    ``invited`` is the register number of the only expert who may use it. Raises RefusedError, UnavailableError.
    """
    case = place.case(case_id)
    _check_inviting(place, case, purpose)
    if invited is not None:
        _check_expert(place, case, invited)
    token, invitation = new_invitation(case, purpose, invited=invited, at=place.clock(), entropy=place.entropy)
    with place.database.transaction() as session:
        queries.add_invitation(session, invitation)
        # The revision stands for the result: a change meanwhile is a conflict here, not a useless token out there.
        place.store(session, case, by=place.identity.holder("desk"), event=f"invite_{purpose}", note=invited or "")
    return token, invitation


def confirm_by_token(place: Workplace, token: str, *, expert: str) -> Case:
    """Record that a listed expert confirmed the result, by the token that they were given.

    Raises RefusedError for a token that is unknown, used, replaced or expired, for a result that was changed since and
    for an expert whom the log does not list today; UnavailableError when the log cannot be read.
    """
    case, invitation = _usable(place, token, "confirm")
    if invitation.invited not in (None, expert):
        raise RefusedError("the token was given to another expert", hint="Ask the desk for an invitation of your own.")
    _check_expert(place, case, expert)
    members = {"kind": "listed_expert", "by": expert, "at": place.clock(), "answers_sha256": case.digest}
    confirmed = replace(case, confirmation=read_model(Confirmation, members, what="confirmation"))
    return _redeem(place, confirmed, invitation, by=expert, event="confirm", note="listed_expert by invitation")


def swear_by_token(place: Workplace, token: str, *, officer: str) -> Case:
    """Record that an executive swore to the result, by the token that they were given; the name stays at this desk.

    Raises RefusedError as ``confirm_by_token`` does, StatementError.
    """
    case, invitation = _usable(place, token, "swear")
    members = {"officer": officer, "at": place.clock(), "answers_sha256": case.digest}
    sworn = replace(case, oath=read_model(Oath, members, what="oath"))
    by = place.identity.holder("desk")
    return _redeem(place, sworn, invitation, by=by, event="oath", note="by invitation")


def _usable(place: Workplace, token: str, purpose: Purpose) -> tuple[Case, Invitation]:
    with place.database.transaction() as session:
        found = queries.find_invitation(session, token_digest(token))
    case = place.case(found.case_id) if found else None
    invitation = check_usable(found, purpose, case.digest if case else "", at=place.clock())
    case = place.case(invitation.case_id)
    _check_inviting(place, case, purpose)
    return case, invitation


def _redeem(place: Workplace, case: Case, invitation: Invitation, *, by: str, event: str, note: str) -> Case:
    with place.database.transaction() as session:
        if not queries.use_invitation(session, invitation.token_sha256):
            raise RefusedError("the token is used: it was good once", hint="Invite again.")
        return place.store(session, case, by=by, event=event, note=note)


def _check_inviting(place: Workplace, case: Case, purpose: Purpose) -> None:
    rule = rules_of(case).tier
    if case.state is not State.IN_ASSESSMENT:
        raise RefusedError(f"case {case.id} is {case.state}: nobody confirms or swears now")
    if not (rule.expert_confirmation if purpose == "confirm" else rule.executive_oath):
        raise RefusedError(f"level {case.level} of {case.scheme} asks nobody to {purpose}")
    if purpose == "swear" and rule.expert_confirmation:
        confirmation = case.confirmation
        if confirmation is None or confirmation.answers_sha256 != case.digest:
            raise RefusedError("the executive swears to what an expert has confirmed", hint="Have it confirmed first.")


def _check_expert(place: Workplace, case: Case, expert: str) -> None:
    check_expert_listed(place.registry, expert_uri(place.identity.host, expert), at=place.clock())
    check_impartial(place, case, expert=expert)
