"""Mark ids: 25 random symbols and one check symbol of the ISO/IEC 7064 hybrid system MOD 33,32.

Canonical form: lower case, no hyphens. What a person types is normalised first (case, hyphens, spaces, I and L for 1,
O for 0). The check symbol finds every single wrong symbol. Of swaps of two adjacent symbols it misses one in 500, all
of them of symbols that follow each other in the alphabet, such as y and z.
"""

from __future__ import annotations

import re
from functools import lru_cache

from verifier.errors import MalformedError
from verifier.injected import Entropy

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26

_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
# What a product becomes with the next symbol: a directory of a million marks holds as many ids to check.
_NEXT = [{symbol: ((product + value) % 32 or 32) * 2 % 33 for symbol, value in _VALUE.items()} for product in range(33)]
_FORM = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
_TYPED = str.maketrans({"i": "1", "l": "1", "o": "0", "-": None, " ": None})


def new_mark_id(entropy: Entropy) -> str:
    """Return a new id: 125 bits from the entropy and the check symbol."""
    number = int.from_bytes(entropy(16)) >> 3
    symbols = "".join(ALPHABET[number >> shift & 31] for shift in range(120, -1, -5))
    return symbols + _check_symbol(symbols)


@lru_cache(maxsize=1024)
def is_mark_id(text: str) -> bool:
    """Say whether the text is a mark id in canonical form, check symbol included."""
    return _FORM.fullmatch(text) is not None and _check_symbol(text[:-1]) == text[-1]


def normalise_mark_id(text: str) -> str:
    """Return the canonical id of what a person typed. Raises MalformedError."""
    canonical = text.strip().lower().translate(_TYPED)
    if not is_mark_id(canonical):
        raise MalformedError(
            "this is not a mark id", hint="An id has 26 letters and digits; one of them may be mistyped."
        )
    return canonical


def _check_symbol(symbols: str) -> str:
    product = 32
    for symbol in symbols:
        product = _NEXT[product][symbol]
    return ALPHABET[(33 - product) % 32]
