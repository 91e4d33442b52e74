"""The passkey ceremonies of one console: what an authenticator is asked, and whether its answer holds.

Web Authentication Level 3 by the library ``webauthn``; user verification is always required, so that a passkey is two
factors. Attestation is not asked for: which make an authenticator is, is nobody's business here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from verifier.edge.console.errors import PasskeyError
from verifier.errors import WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.edge.console.people import Passkey

LONGEST_ANSWER = 16_384
_ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_REFUSED = (WebAuthnException, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What the reader of an answer raises that has another shape or is nested without end."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,1400}", re.ASCII)


@dataclass(frozen=True)
class RelyingParty:
    """A console to an authenticator: passkeys made for one address answer at no other."""

    name: str
    origin: str

    @property
    def id(self) -> str:
        """The host that passkeys are bound to."""
        return urlsplit(self.origin).hostname or ""

    @property
    def is_secure(self) -> bool:
        """Say whether it is served by https."""
        return self.origin.startswith("https://")

    def checked(self) -> RelyingParty:
        """Return this one. Raises WrongUseError where browsers have no passkeys."""
        try:
            parts = urlsplit(self.origin)
            _ = parts.port
        except ValueError as error:
            raise WrongUseError(f"{self.origin} is no address", hint="Such as https://desk.example.") from error
        is_address = self.id.replace(".", "").isdigit() or ":" in self.id
        if is_address or parts.path or not (parts.scheme == "https" or self.id == "localhost"):
            raise WrongUseError(
                f"no browser keeps passkeys for {self.origin}", hint="Serve at http://localhost:PORT or https://HOST."
            )
        return self

    def ask_to_create(self, challenge: bytes, *, handle: bytes, name: str, known: Iterable[Passkey]) -> str:
        """Return the options for a new passkey, as JSON for ``navigator.credentials.create``."""
        options = generate_registration_options(
            rp_id=self.id,
            rp_name=self.name,
            user_id=handle,
            user_name=name,
            user_display_name=name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                require_resident_key=True,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(one.id)) for one in known],
            supported_pub_key_algs=_ALGORITHMS,
        )
        return str(options_to_json(options))

    def created(self, answer: str) -> Created:
        """Return what a new passkey says of itself, not yet judged. Raises PasskeyError."""
        return Created(self, answer, _challenge_of(answer))

    def ask_to_sign(self, challenge: bytes) -> str:
        """Return the options to sign in with any passkey, as JSON for ``navigator.credentials.get``."""
        required = UserVerificationRequirement.REQUIRED
        return str(
            options_to_json(
                generate_authentication_options(rp_id=self.id, challenge=challenge, user_verification=required)
            )
        )

    def signed(self, answer: str) -> Signed:
        """Return an authenticator's answer, not yet judged. Raises PasskeyError."""
        challenge, passkey_id = _challenge_of(answer), str(_members(answer).get("id", ""))
        if not _ID.fullmatch(passkey_id):
            raise _refused()
        return Signed(self, answer, challenge, passkey_id)


@dataclass(frozen=True)
class Created:
    """An answer to ``ask_to_create``; ``challenge`` is the one that it says it answers."""

    party: RelyingParty
    answer: str
    challenge: bytes

    def judge(self) -> tuple[str, str, int]:
        """Return id, public key (both base64url) and counter. Raises PasskeyError."""
        try:
            found = verify_registration_response(
                credential=self.answer,
                expected_challenge=self.challenge,
                expected_rp_id=self.party.id,
                expected_origin=self.party.origin,
                require_user_verification=True,
                supported_pub_key_algs=_ALGORITHMS,
            )
        except _REFUSED as error:
            raise _refused() from error
        return (
            bytes_to_base64url(found.credential_id),
            bytes_to_base64url(found.credential_public_key),
            found.sign_count,
        )


@dataclass(frozen=True)
class Signed:
    """An answer to ``ask_to_sign`` by the passkey ``passkey_id``."""

    party: RelyingParty
    answer: str
    challenge: bytes
    passkey_id: str

    def judge(self, passkey: Passkey) -> int:
        """Return the new counter. Raises PasskeyError, also when the counter went back: the passkey was copied."""
        try:
            found = verify_authentication_response(
                credential=self.answer,
                expected_challenge=self.challenge,
                expected_rp_id=self.party.id,
                expected_origin=self.party.origin,
                credential_public_key=base64url_to_bytes(passkey.public_key),
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except _REFUSED as error:
            raise _refused() from error
        return found.new_sign_count


def _members(answer: str) -> dict[str, object]:
    if len(answer) > LONGEST_ANSWER:
        raise _refused()
    try:
        read = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise _refused() from error
    if not isinstance(read, dict):
        raise _refused()
    return read


def _challenge_of(answer: str) -> bytes:
    try:
        client = json.loads(base64url_to_bytes(_members(answer)["response"]["clientDataJSON"]))  # type: ignore[index]  # a wrong shape is refused below
        return bytes(base64url_to_bytes(client["challenge"]))
    except _REFUSED as error:
        raise _refused() from error


def _refused() -> PasskeyError:
    return PasskeyError("the passkey's answer does not hold", hint="Try again; a page is too old after five minutes.")
