"""What stands in a cell of a supplier list: an identifier, a mark or a tier, or why it cannot be read.

Spreadsheets drop leading zeros, round long numbers and write 5.01E+12. A number that was damaged is refused with what
to do; it is never completed, because a completed number may be another company's.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from operator import mul

from verifier.errors import MarkError, NewerVersionError
from verifier.identifier import CODED, HYPHENS, REGISTERS, SCIENTIFIC, Identifier
from verifier.markid import normalise_mark_id
from verifier.names import HOST, parse_name
from verifier.scheme.shipped import check_awarded, shipped_packs
from verifier.tier import LEVEL, Tier, parse_tier
from verifier.verify import present

_FRACTION = re.compile(r"[+-]?\d+\.\d+")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+")
_ADDRESS = re.compile(r"https?://([^/\s]+)/m/([^/?#\s.]+)/?(?:\?[^#\s]*)?")
_LENGTHS = {"0188": 13, "0060": 9, "uk": 8}
_SHORTEST = {"0060": 6, "uk": 5}
_WEIGHTS = (2, 1) * 6
"""Of the twelve digits behind the check digit of a 法人番号, from the left."""

_CODES = {code.upper(): code for code in REGISTERS}


@dataclass(frozen=True)
class Refused:
    """A cell that cannot be read; ``reason`` is one of ``verifier.check.outcome.REASONS``."""

    reason: str


@dataclass(frozen=True)
class Claim:
    """A mark that a row names. ``told`` is what a token or a QR says beside the id: (scheme, tier, nbf, exp)."""

    id: str
    host: str | None = None
    subject: str | None = None
    told: tuple[str, int, int, int] | None = None


def read_identifier(text: str, register: str | None) -> Identifier | Refused:
    """Return the identifier in a cell of a column; ``register`` is None where the column may hold any of them."""
    if len(text) == 13 and text.isascii() and text.isdecimal() and register in ("0188", None):
        # What nearly every cell of a list is: the rule of the register without the repairs of the general way.
        total = sum(map(mul, map(int, text[1:]), _WEIGHTS))
        return Identifier("0188", text) if int(text[0]) == 9 - total % 9 else Refused("check_digit")
    typed = _unescaped(unicodedata.normalize("NFKC", text).translate(HYPHENS)).upper()
    coded = CODED.fullmatch(typed)
    if coded and coded[1] in _CODES and (register is None or _CODES[coded[1]] == register):
        return _of_register(coded[2], _CODES[coded[1]])
    bare = re.sub(r"\s", "", typed)
    if SCIENTIFIC.fullmatch(bare):
        return Refused("scientific")
    if _FRACTION.fullmatch(bare):
        return Refused("fraction")
    if register is not None:
        return _of_register(bare, register)
    return _of_any(bare)


def _unescaped(text: str) -> str:
    """Return a cell without the apostrophe by which people tell spreadsheet programmes that it is text."""
    return text.strip().removeprefix("'")


def _of_any(bare: str) -> Identifier | Refused:
    digits = _digits(bare)
    match len(digits), digits.isdecimal():
        case 13, True:
            return _of_register(digits, "0188")
        case 12, True:
            return Refused("digits_lost")
        case ((8 | 9), True):
            return Refused("which_register")
        case _, True:
            return Refused("wrong_length")
        case _:
            return _of_register(bare, "0199") if len(bare) == 20 else Refused("not_identifier")


def _of_register(value: str, register: str) -> Identifier | Refused:
    bare = re.sub(r"\s", "", value)
    digits = _digits(bare) if register in ("0188", "0060", "uk") else bare
    length = _LENGTHS.get(register)
    if length is not None and digits.isdecimal() and len(digits) != length:
        return Refused(_short(register, len(digits), length))
    try:
        return Identifier(register, REGISTERS[register].normalise(digits))
    except MarkError:
        is_numeric = digits.isdecimal() and len(digits) == length
        return Refused("check_digit" if is_numeric or _is_lei(digits, register) else "not_identifier")


def _short(register: str, given: int, length: int) -> str:
    if register == "0188":
        return "digits_lost" if given == length - 1 else "wrong_length"
    return "zeros_lost" if _SHORTEST[register] <= given < length else "wrong_length"


def _is_lei(value: str, register: str) -> bool:
    return register == "0199" and re.fullmatch(r"[A-Z0-9]{18}[0-9]{2}", value) is not None


def _digits(bare: str) -> str:
    ungrouped = bare.replace(",", "") if _GROUPED.fullmatch(bare) else bare
    plain = ungrouped.replace("-", "")
    return plain[1:] if re.fullmatch(r"T[0-9]{12,13}", plain) else plain


def read_mark(text: str) -> Claim | Refused:
    """Return the mark that a cell names: an id, an address, the text of a QR or a token. No signature is checked."""
    typed = _unescaped(text)
    try:
        if typed.startswith("eyJ") or "#" in typed:
            return _of_text(typed)
        address = _ADDRESS.fullmatch(typed)
        if address:
            host = address[1].lower()
            return Claim(normalise_mark_id(address[2]), host) if HOST.fullmatch(host) else Refused("not_mark")
        return Claim(normalise_mark_id(unicodedata.normalize("NFKC", typed).translate(HYPHENS)))
    except NewerVersionError:
        return Refused("newer")
    except MarkError:
        return Refused("not_mark")


def _of_text(typed: str) -> Claim:
    shown = present(typed)
    if shown.seal is not None:
        seal = shown.seal.content
        return Claim(shown.id, shown.host, seal.subject, (seal.scheme, seal.tier, seal.nbf, seal.exp))
    mark = shown.mark
    assert mark is not None  # present() returns one of the two
    told = (mark.content.scheme, mark.content.tier, mark.nbf, mark.exp)
    return Claim(mark.id, mark.host, parse_name(mark.sub).value, told)


def read_tier(text: str, wanted: Tier) -> Tier | Refused:
    """Return the tier that a row asks for; a level alone, such as ★4, is one of the scheme that the policy asks for."""
    typed = re.sub(r"\s", "", _unescaped(unicodedata.normalize("NFKC", text)))
    stars = len(typed) if set(typed) <= {"★", "☆"} else 0
    level = str(stars) if stars else typed.removeprefix("★")
    try:
        asked = Tier(wanted.scheme, int(level)) if LEVEL.fullmatch(level) else parse_tier(typed)
    except MarkError:
        return Refused("tier_unreadable")
    return asked if _is_awarded(asked, wanted.scheme) else Refused("tier_unknown")


@cache
def _is_awarded(tier: Tier, scheme: str) -> bool:
    """Say whether somebody could hold the tier, as far as is known here. ``scheme`` is the policy's own."""
    try:
        check_awarded(tier)
    except MarkError:
        return False
    return tier.scheme == scheme or any(pack.scheme == tier.scheme for pack in shipped_packs())
