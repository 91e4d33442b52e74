"""The credential for the holder's wallet, signed in the same act as the mark (verifier/credential.py: its form).

That one is wanted stands in the case, with the wallet's key if there is one. So whatever signs the case's mark signs it
too: alone, in a batch, on a machine without a network, anew after an outage, or when a slip is corrected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from issuer import queries
from issuer.record import Jwk, Wallet
from verifier.credential import check_credential, parse_credential, sign_credential
from verifier.encoding import read_object
from verifier.errors import KeyRefusedError, RefusedError
from verifier.keys import import_jwk
from verifier.mark import parse_mark
from verifier.schema import read_model

if TYPE_CHECKING:
    from issuer.case import Case
    from issuer.issuance import Signed
    from issuer.workplace import Workplace
    from verifier.injected import Entropy
    from verifier.keys import VerifyingKey
    from verifier.signer import Signer

EVENT = "wallet"


@dataclass(frozen=True)
class Wish:
    """That a credential is wanted: the key of the wallet that it is bound to, if any, and a sole proprietor's name."""

    holder_key: VerifyingKey | None = None
    name: str | None = None


def read_wallet_key(data: bytes) -> VerifyingKey:
    """Return a wallet's public key out of its JWK. Raises MalformedError, KeyRefusedError."""
    return import_jwk(read_object(data))


def wish_of(case: Case) -> Wish | None:
    """Return what the case's holder wishes for, None where no credential was asked for."""
    wallet, person = case.handling.wallet, case.handling.person
    if wallet is None:
        return None
    return Wish(import_jwk(wallet.jwk.members()) if wallet.jwk else None, person.name if person else None)


def ask(place: Workplace, case_ids: Sequence[str], key: VerifyingKey | None = None) -> tuple[str, ...]:
    """Record that these cases' holders want a credential; return those whose mark was signed before, without one.

    A wallet's key that a case names already stays, unless another ``key`` is given. Raises NotFoundError, RefusedError.
    """
    late = []
    with place.database.transaction() as session:
        for case_id in case_ids:
            case, issuance = queries.load_case(session, case_id), queries.load_issuance(session, case_id)
            if issuance is not None and issuance.signed is not None:
                late += [case_id] if issuance.signed.credential is None else []
                continue
            asked = _asking(case, key)
            if asked != case:
                note = key.kid if key is not None else ""
                place.store(session, asked, by=place.identity.holder("desk"), event=EVENT, note=note)
    return tuple(late)


def take_back(place: Workplace, case_id: str) -> Case:
    """Record that no credential is wanted; one that was signed stays what it is."""
    case = place.case(case_id)
    handling = case.handling.model_copy(update={"wallet": None})
    return place.change(
        replace(case, handling=handling), by=place.identity.holder("desk"), event=EVENT, note="taken back"
    )


def sign_wished(wish: Wish | None, mark: str, *, signer: Signer, entropy: Entropy) -> str | None:
    """Return the credential of a mark by the key that signed the mark, None where there is no wish."""
    if wish is None:
        return None
    read = parse_mark(mark)
    return sign_credential(read, entropy=entropy, signer=signer, name=wish.name, holder_key=wish.holder_key)


def check_own_credential(signed: Signed, key: VerifyingKey, *, name: str | None) -> None:
    """Check that the credential, where there is one, says what the mark says. Raises SignatureError, StatementError."""
    if signed.credential is not None:
        check_credential(parse_credential(signed.credential), parse_mark(signed.mark), key, name=name)


def check_is_wished(signed: Signed, wish: Wish | None) -> None:
    """Check that there is a credential if one was asked for and only then, bound to the wallet that was named.

    Raises RefusedError, KeyRefusedError.
    """
    if (signed.credential is None) != (wish is None):
        told = "lacks the credential that was asked for" if wish else "comes with a credential that nobody asked for"
        raise RefusedError(f"what was signed {told}", hint="Export it again.")
    if signed.credential is None or wish is None:
        return
    bound = parse_credential(signed.credential).claims.cnf
    wanted = wish.holder_key
    if (bound.jwk if bound else None) != (dict(wanted.jwk) if wanted else None):
        raise KeyRefusedError("the credential is bound to another key than the wallet's")


def _asking(case: Case, key: VerifyingKey | None) -> Case:
    if case.holder.name_sd is not None and case.handling.person is None:
        raise RefusedError(f"the name behind case {case.id} is erased: there is no credential of it")
    if key is None and case.handling.wallet is not None:
        return case
    jwk = read_model(Jwk, dict(key.jwk), what="wallet's key") if key is not None else None
    return replace(case, handling=case.handling.model_copy(update={"wallet": Wallet(jwk=jwk)}))
