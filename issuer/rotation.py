"""Rotation of a desk's key: the next one is announced, the authority lists it, the desk switches, the old one retires.

Each step is refused as long as work in progress still needs the key that it would put away. Marks that the old key
signed stay valid: it stays listed, and was not retired when it signed them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from issuer.case import Case, State
from issuer.desk import Desk
from issuer.identity import KeyPlace, open_signer, prove_key
from issuer.issuance import Admitted
from issuer.keyring import Place, all_or_no_keys, make_key, open_key
from issuer.office import Settings, load_settings, write_settings
from verifier.envelope import parse_token
from verifier.errors import RefusedError, WrongUseError
from verifier.injected import Entropy
from verifier.names import key_uri
from verifier.statement import Draft, new_token_id, sign_statement
from verifier.statement.attestation import TYP as ATTESTATION
from verifier.statement.public import KeyRole

if TYPE_CHECKING:
    from collections.abc import Iterator

_OVER = frozenset({State.REFUSED, State.WITHDRAWN, State.LAPSED})


def announce(
    folder: Path, role: KeyRole, wanted: Place, secret: bytes, *, at: int, entropy: Entropy
) -> tuple[Place, str]:
    """Make the next key of a role and return its place with its proof of possession for the authority.

    Where one is announced already, only a fresh proof is made. Raises as ``make_key`` and ``write_settings`` do.
    """
    settings = load_settings(folder)
    place: Place | None = getattr(settings.announced, role)
    if place is None:
        # The number first: a contradiction must not leave a key behind.
        _with_others(settings, "announced", role, wanted)
        with all_or_no_keys(folder):
            place = make_key(folder, role, wanted, secret, entropy=entropy)
            write_settings(folder, _with_others(settings, "announced", role, place))
    identity = settings.identity
    places = {**identity.places, role: KeyPlace(place.holder, place.no)}
    with open_key(folder, role, place, secret) as signer:
        new = type(identity)(identity.host, identity.body_no, places)
        return place, prove_key(new, role, {role: signer}, at=at, entropy=entropy)


def switch(folder: Path, role: KeyRole, desk: Desk) -> Place:
    """Let the announced key sign from now on, and return the place of the one before.

    Raises WrongUseError when none is announced, RefusedError while the log does not list it, while the one before it is
    not retired, or while something that the old key signed is on its way.
    """
    settings = load_settings(folder)
    following: Place | None = getattr(settings.announced, role)
    if following is None or following.kid is None:
        raise WrongUseError(f"no next key of the {role} is announced", hint=f"shirushi issuer key announce {role}")
    if getattr(settings.former, role) is not None:
        raise RefusedError(f"an older key of the {role} is not retired", hint=f"shirushi issuer key retire {role}")
    state = desk.registry.state_of(key_uri(settings.host, following.kid))
    if state != "active":
        raise RefusedError(
            f"the next key is {state or 'not listed'} in the log", hint="Send its proof to the authority."
        )
    if role == "decider" and (waiting := list(_signed_not_sent(desk))):
        raise RefusedError(f"signed and not yet admitted: {', '.join(waiting)}", hint="Issue these cases first.")
    old = settings.place(role)
    moved = settings.model_copy(update={"keys": settings.keys.model_copy(update={role: following})})
    moved = _with_others(moved, "announced", role, None)
    write_settings(folder, _with_others(moved, "former", role, old))
    return old


def retire(folder: Path, role: KeyRole, desk: Desk) -> Admitted | None:
    """Have the key before the present one retired in the log, signed by the decider; None where it is already.

    Raises WrongUseError when there is none, RefusedError while a mark is to be issued that rests on what it signed.
    """
    settings = load_settings(folder)
    former: Place | None = getattr(settings.former, role)
    if former is None or former.kid is None:
        raise WrongUseError(f"the {role} has no former key to retire")
    if role == "assessor" and (waiting := list(_attested_not_issued(desk, former.kid))):
        raise RefusedError(f"attested with this key and not yet issued: {', '.join(waiting)}", hint="Issue them first.")
    uri = key_uri(settings.host, former.kid)
    admitted = _retire_in_log(desk, uri) if desk.registry.state_of(uri) == "active" else None
    write_settings(folder, _with_others(settings, "former", role, None))
    return admitted


def _retire_in_log(desk: Desk, uri: str) -> Admitted:
    identity, now = desk.identity, desk.clock()
    statement = sign_statement(
        Draft(identity.log, "key.retired", uri, {}),
        iss=identity.uri,
        iat=now,
        jti=new_token_id(now, desk.entropy),
        prev=desk.registry.head_of(uri),
        anchor=desk.registry.anchor(identity.log),
        signer=open_signer(desk.signers, "decider"),
    )
    return desk.registry.send(statement)


def _with_others(settings: Settings, group: str, role: KeyRole, place: Place | None) -> Settings:
    others = getattr(settings, group).model_copy(update={role: place})
    return settings.model_copy(update={group: others}).checked()


def _signed_not_sent(desk: Desk) -> Iterator[str]:
    for case in desk.cases():
        issuance = desk.issuance(case.id)
        if issuance is not None and issuance.signed is not None and issuance.admitted is None:
            yield case.id


def _attested_not_issued(desk: Desk, kid: str) -> Iterator[str]:
    for case in desk.cases():
        attested = case.attested
        if attested is None or case.state in _OVER or parse_token(attested.compact, ATTESTATION).kid != kid:
            continue
        if not _is_issued(desk, case):
            yield case.id


def _is_issued(desk: Desk, case: Case) -> bool:
    issuance = desk.issuance(case.id)
    return issuance is not None and issuance.admitted is not None
