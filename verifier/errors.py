"""One tree of errors for the whole product.

    MarkError
    |-- EvidenceError            the evidence is bad: asking again will not help
    |   |-- MalformedError         not the format it claims to be
    |   |-- EnvelopeError          a token outside the strict JOSE profile
    |   |-- SignatureError         a signature that does not verify
    |   |-- KeyRefusedError        a key outside the key gate
    |   |-- ProofError             a Merkle, directory or log proof that does not hold
    |   |-- StatementError         a statement outside its closed schema
    |   |-- TrustRootError         a trust root that cannot be followed
    |   `-- RefusedError           well formed, but the rules of the scheme do not allow it
    |       |-- ConflictError        the object moved on; carries the current head
    |       `-- AddressRefusedError  an address that may not be asked or sent to
    |-- UnavailableError         we could not find out: asking again may help
    |   |-- NotFoundError          the place that was asked does not hold it
    |   |-- NewerVersionError      needs a newer verifier
    |   `-- StoppedError           the work was stopped before its end; nothing is lost
    `-- WrongUseError            the call itself is wrong; says how to call
        `-- UnreadableFileError    a file in which nothing can be checked; ``why`` says what it is instead

Every class has a stable ``code`` that the command line, problem documents and docs/reference/errors.md show.
The message says what is wrong, ``hint`` what to do about it. Bad input never leaks ValueError.
"""

from __future__ import annotations

from typing import ClassVar


class MarkError(Exception):
    """Root of every error that this product raises on purpose."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class EvidenceError(MarkError):
    """The evidence is bad: asking again will not help."""

    code = "evidence_bad"


class MalformedError(EvidenceError):
    """The input is not the format that it claims to be."""

    code = "malformed"


class EnvelopeError(EvidenceError):
    """The token lies outside the strict JOSE profile."""

    code = "envelope"


class SignatureError(EvidenceError):
    """The signature does not verify."""

    code = "signature"


class KeyRefusedError(EvidenceError):
    """The key lies outside the key gate."""

    code = "key_refused"


class ProofError(EvidenceError):
    """The proof does not hold."""

    code = "proof"


class StatementError(EvidenceError):
    """The statement lies outside its closed schema."""

    code = "statement"


class TrustRootError(EvidenceError):
    """The trust root cannot be followed."""

    code = "trust_root"


class RefusedError(EvidenceError):
    """Well formed, but the rules of the scheme do not allow it."""

    code = "refused"


class ConflictError(RefusedError):
    """The object moved on since the caller last looked."""

    code = "conflict"

    def __init__(self, message: str, *, hint: str = "", head: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.head = head


class AddressRefusedError(RefusedError):
    """The address is none that this service asks or sends to."""

    code = "address_refused"


class UnavailableError(MarkError):
    """We could not find out: asking again may help."""

    code = "unavailable"


class NotFoundError(UnavailableError):
    """The place that was asked does not hold it."""

    code = "not_found"


class NewerVersionError(UnavailableError):
    """The question depends on something that this version does not know."""

    code = "needs_newer_verifier"


class StoppedError(UnavailableError):
    """The work was stopped before its end; what was done is kept."""

    code = "stopped"


class WrongUseError(MarkError):
    """The call itself is wrong."""

    code = "wrong_use"


class UnreadableFileError(WrongUseError):
    """The file holds nothing that can be checked. ``why`` is a stable code for what it holds instead."""

    code = "unreadable_file"

    def __init__(self, why: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.why = why
