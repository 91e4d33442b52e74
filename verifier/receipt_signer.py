"""Whether a registry signed a receipt: that of one answer (``answer_receipt``) or that of a checked list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.envelope import verify_token
from verifier.errors import SignatureError, UnavailableError

if TYPE_CHECKING:
    from verifier.envelope import Token
    from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class SaidBy:
    """What a receipt says of its own making: the log, the size of the checkpoint, and when it was signed.

    ``what`` is the word for such a receipt, and ``hint`` what to do where the signer is another one.
    """

    log: str
    size: int
    at: int
    what: str
    hint: str


def verify_signer(token: Token, said: SaidBy, root: TrustRoot) -> None:
    """Check that a receipt key of this trust root, which counted at that checkpoint, signed the receipt.

    The root has to have been in force when the receipt says that it was signed; later it vouches for it still. Raises
    SignatureError, or UnavailableError where the root had expired by then.
    """
    listed = root.keys.get(token.kid)
    if said.log != root.origin or listed is None or listed[0].role != "receipt":
        raise SignatureError(f"{said.what} is not signed by a receipt key of the trust root", hint=said.hint)
    if not listed[0].counts(said.size):
        raise SignatureError("the receipt key did not count at that checkpoint")
    verify_token(token, listed[1])
    if said.at >= root.content.expires:
        raise UnavailableError("the trust root has expired", hint="Fetch the newest one.")
