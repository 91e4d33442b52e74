"""What a console refuses, beside what the work itself refuses."""

from __future__ import annotations

from verifier.errors import RefusedError, UnavailableError


class SignedOutError(UnavailableError):
    """Nobody is signed in, or the session is over."""

    code = "signed_out"


class NotAllowedError(RefusedError):
    """The person has none of the roles that may do this."""

    code = "not_allowed"


class SecondPersonError(NotAllowedError):
    """It needs another person than the one who proposed it."""

    code = "second_person"


class ForeignFormError(RefusedError):
    """The form came from another site, or from a session that is over."""

    code = "foreign_form"


class PasskeyError(RefusedError):
    """The authenticator's answer does not hold."""

    code = "passkey"


class LockedError(RefusedError):
    """A signing key has to be unlocked first; ``key`` says which."""

    code = "key_locked"

    def __init__(self, key: str) -> None:
        super().__init__(f"the key {key} is locked", hint="Give its passphrase or PIN.")
        self.key = key
