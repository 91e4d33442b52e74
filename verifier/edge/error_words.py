"""What an error's code means in the reader's language: what kind of thing went wrong, and what to do.

Messages and hints are English, name what is wrong in particular and may change; codes do not. So a page shows the
sentence of the code first, and the message below it. The codes are those of docs/reference/errors.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.edge.i18n import Translator

ERROR_CODES = frozenset(
    {
        "error",
        "evidence_bad",
        "malformed",
        "envelope",
        "signature",
        "key_refused",
        "proof",
        "statement",
        "trust_root",
        "publish_refused",
        "database_behind",
        "log_forked",
        "signer_store_behind",
        "clock_behind",
        "history_rewritten",
        "refused",
        "conflict",
        "address_refused",
        "unavailable",
        "not_found",
        "erased",
        "foreign_form",
        "signed_out",
        "not_allowed",
        "second_person",
        "passkey",
        "key_locked",
        "not_ready",
        "queue_full",
        "not_admitted",
        "idempotency_key_reused",
        "limit_reached",
        "share_taken",
        "too_many",
        "witnesses_unavailable",
        "font_missing",
        "letter_missing",
        "document_key_missing",
        "needs_newer_verifier",
        "stopped",
        "outcome_unknown",
        "wrong_use",
        "unreadable_file",
    }
)


def error_words(code: str, t: Translator) -> str:
    """Return the sentence of an error's code; one that says less for a code that no error of ours has."""
    return t.gettext(f"console.error.{code if code in ERROR_CODES else 'other'}")


def error_message_ids() -> tuple[str, ...]:
    """Return the message ids that are put together out of codes."""
    return tuple(f"console.error.{one}" for one in (*sorted(ERROR_CODES), "other"))
