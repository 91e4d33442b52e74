"""What only a registry can meet, as leaves of the one error tree."""

from __future__ import annotations

from verifier.errors import EvidenceError, UnavailableError


class WitnessesUnavailableError(UnavailableError):
    """No checkpoint met the witness policy for too long: nothing can be granted that a verifier would date."""

    code = "witnesses_unavailable"


class PublishRefusedError(EvidenceError):
    """Signing the tree would contradict what was signed, published or witnessed before."""

    code = "publish_refused"
