"""What only a registry can meet, as leaves of the one error tree."""

from __future__ import annotations

from verifier.errors import EvidenceError, NotFoundError, RefusedError, UnavailableError


class WitnessesUnavailableError(UnavailableError):
    """No checkpoint met the witness policy for too long: nothing can be granted that a verifier would date."""

    code = "witnesses_unavailable"


class PublishRefusedError(EvidenceError):
    """Signing the tree would contradict what was signed, published or witnessed before."""

    code = "publish_refused"


class DatabaseBehindError(PublishRefusedError):
    """The database holds fewer entries than were signed, published or cosigned: it is an old copy."""

    code = "database_behind"


class LogForkedError(PublishRefusedError):
    """The log key signed another tree than the one in the database: there are two histories."""

    code = "log_forked"


class SignerStoreBehindError(PublishRefusedError):
    """The signer store does not know what was published: it is lost, old or of another key."""

    code = "signer_store_behind"


class ClockBehindError(PublishRefusedError):
    """The clock of this machine stands before the last cosignature: what is dated now would be dated wrongly."""

    code = "clock_behind"


class ErasedError(NotFoundError):
    """It was here and was erased for good: only its commitment is left."""

    code = "erased"


class NotReadyError(UnavailableError):
    """It is being made: ask again in a moment."""

    code = "not_ready"


class TooManyError(UnavailableError):
    """More was sent than is taken in this time."""

    code = "too_many"


class QueueFullError(TooManyError):
    """So much waits already that more is not taken for now."""

    code = "queue_full"


class NotAdmittedError(RefusedError):
    """Whoever asks is not known here."""

    code = "not_admitted"


class KeyReusedError(RefusedError):
    """The idempotency key was sent before with something else."""

    code = "idempotency_key_reused"


class LimitReachedError(TooManyError):
    """A client asked more often than it may within a minute."""

    code = "limit_reached"


class ShareTakenError(TooManyError):
    """Whoever asks holds its share of the places while others ask."""

    code = "share_taken"


class DocumentKeyMissingError(UnavailableError):
    """This registry has no key that signs documents."""

    code = "document_key_missing"
