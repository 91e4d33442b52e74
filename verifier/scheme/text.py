"""Text that reads as it is written: Unicode form NFC, without control or invisible characters."""

from __future__ import annotations

import unicodedata

ALLOWED = frozenset("\r\n\t")
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


def text_fault(text: str) -> str:
    """Return what is wrong with the text, empty for nothing."""
    # Two spellings of one character would give two digests of what a reader sees as the same file.
    if not unicodedata.is_normalized("NFC", text):
        return "the text is not in Unicode form NFC"
    if any(unicodedata.category(character) in _UNSEEN for character in text if character not in ALLOWED):
        return "the text holds a control or invisible character"
    return ""


def readable(text: str) -> str:
    """Return the text, for use as a validator: an escape in TOML may bring in what the file itself may not hold."""
    if fault := text_fault(text):
        raise ValueError(fault)
    return text
