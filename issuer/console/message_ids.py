"""Every message id of the evaluator's pages that is put together out of codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from issuer.console.case_deeds import deed_message_ids
from issuer.console.correction_pages import correction_message_ids
from issuer.console.issue_pages import issue_message_ids
from issuer.console.mark_pages import mark_message_ids
from issuer.console.plan import KEYS, MENU, NAME, PEOPLE
from issuer.console.progress_view import progress_message_ids
from issuer.console.register_pages import register_message_ids
from issuer.console.reminder_pages import reminder_message_ids
from issuer.console.wallet_view import wallet_message_ids
from issuer.console.words import word_message_ids

if TYPE_CHECKING:
    from collections.abc import Iterator


def evaluator_message_ids() -> Iterator[str]:
    """Yield the ids."""
    yield from word_message_ids()
    yield from deed_message_ids()
    yield from issue_message_ids()
    yield from mark_message_ids()
    yield from progress_message_ids()
    yield from correction_message_ids()
    yield from wallet_message_ids()
    yield from register_message_ids()
    yield from reminder_message_ids()
    yield f"{NAME}.title"
    for group, codes in (("menu", MENU), ("role", PEOPLE), ("key", KEYS), ("kind", ("act", "asked"))):
        yield from (f"{NAME}.{group}.{code}" for code in codes)
