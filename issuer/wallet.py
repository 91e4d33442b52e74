"""The credential for the holder's wallet, signed in the same act as the mark (verifier/credential.py: its form)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from issuer.identity import open_signer
from verifier.credential import check_credential, parse_credential, sign_credential
from verifier.mark import parse_mark

if TYPE_CHECKING:
    from issuer.decision import Granted
    from issuer.issuance import Signed
    from issuer.workplace import Workplace
    from verifier.keys import VerifyingKey


@dataclass(frozen=True)
class Wish:
    """That a credential is wanted, and the key of the wallet that it is bound to, if any."""

    holder_key: VerifyingKey | None = None


def with_credential(signed: Signed, granted: Granted, wish: Wish, place: Workplace) -> Signed:
    """Return what was signed with the credential beside it, by the decider's key."""
    credential = sign_credential(
        parse_mark(signed.mark),
        entropy=place.entropy,
        signer=open_signer(place.signers, "decider"),
        name=_own_name(granted),
        holder_key=wish.holder_key,
    )
    return replace(signed, credential=credential)


def check_own_credential(signed: Signed, granted: Granted, key: VerifyingKey) -> None:
    """Check that the credential, where there is one, says what the mark says. Raises SignatureError, StatementError."""
    if signed.credential is not None:
        credential = parse_credential(signed.credential)
        check_credential(credential, parse_mark(signed.mark), key, name=_own_name(granted))


def _own_name(granted: Granted) -> str | None:
    person = granted.case.handling.person
    return person.name if person is not None else None
