"""What the pages tell of the credential that a case asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.keys import import_jwk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from issuer.case import Case
    from issuer.desk import Desk
    from verifier.edge.i18n import Translator


def wallet_state(desk: Desk, case: Case, t: Translator, *, may_change: bool) -> Mapping[str, Any]:
    """Return what is wanted, and whether it can still be asked for or taken back."""
    wallet, issuance = case.handling.wallet, desk.issuance(case.id)
    signed = issuance.signed if issuance is not None else None
    if signed is not None:
        word = "signed" if signed.credential is not None else "none"
    else:
        word = "no" if wallet is None else "wanted" if wallet.jwk is None else "bound"
    kid = import_jwk(wallet.jwk.members()).kid if wallet is not None and wallet.jwk is not None else None
    may = may_change and signed is None
    return {
        "wallet": t.gettext(f"evaluator.wallet.{word}"),
        "wallet_keys": [kid] if kid is not None else [],
        "ask_wallet": [case.id] if may else [],
        "drop_wallet": [case.id] if may and wallet is not None else [],
    }


def wallet_message_ids() -> tuple[str, ...]:
    """Return the message ids that are put together here."""
    return tuple(f"evaluator.wallet.{one}" for one in ("signed", "none", "no", "wanted", "bound"))
