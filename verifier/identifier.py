"""Identifiers of organisations: an ISO/IEC 6523 ICD and a value in its register's normal form.

Written ``ICD-value`` in options, files and paths; thirteen bare digits mean 0188. Check digits follow the registers'
published rules through python-stdnum, with the LEI's length check added. The check digit of a 法人番号 (mod 9) cannot
tell 0 from 9, so whoever uses one confirms the name too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from stdnum import lei
from stdnum.exceptions import ValidationError
from stdnum.jp import cn
from stdnum.sg import uen

from verifier.errors import MalformedError
from verifier.markid import normalise_mark_id

SOLE_PROPRIETOR = "x"
"""The code of people in business under their own name: their number is a random one, so it tells nothing of them."""


HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−ー－", "-"))
"""What people type and programmes write for a hyphen."""

CODED = re.compile(r"(?:iso6523-actorid-upis::)?([0-9A-Za-z]{1,4})[-:](.+)", re.IGNORECASE)
"""A number with its register; with the colon as networks that follow ISO 6523 write it."""

_LEI = r"[A-Z0-9]{18}[0-9]{2}"

SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?E[+-]\d+|[+-]?\d+\.\d+E\d+")
"""What spreadsheet programmes write for a long number, in capitals."""


@dataclass(frozen=True, order=True)
class Identifier:
    """One organisation's number in one register, in normal form."""

    icd: str
    value: str

    def __str__(self) -> str:
        return f"{self.icd}-{self.value}"


@dataclass(frozen=True)
class Register:
    """A register of organisations: its ICD or short code, its names and its rule."""

    code: str
    label_ja: str
    label_en: str
    normalise: Callable[[str], str]


@lru_cache(maxsize=8192)
def parse_identifier(text: str) -> Identifier:
    """Return the identifier of ``ICD-value``, or of a number whose form alone tells its register, however it is spaced:
    thirteen digits are a corporate number (ICD 0188), twenty letters and digits an LEI (ICD 0199).

    Raises MalformedError.
    """
    typed = unicodedata.normalize("NFKC", text).translate(HYPHENS).strip()
    coded = CODED.fullmatch(typed)
    register = REGISTERS.get(coded[1].lower()) if coded else None
    if coded is None or register is None:
        bare = re.sub(r"[\s-]", "", typed).upper()
        if re.fullmatch(r"T?[0-9]{13}", bare):
            return Identifier("0188", _corporate_number(bare))
        if re.fullmatch(_LEI, bare):
            return Identifier("0199", _lei(bare))
        raise _unknown(typed)
    return Identifier(register.code, register.normalise(coded[2].strip()))


def _unknown(typed: str) -> MalformedError:
    """Return what is wrong with a number whose form tells no register: what people and spreadsheets make of one."""
    hint = "Write ICD-value, for example 0188-1180301018771, or a 法人番号 or an LEI alone; known: "
    hint += ", ".join(sorted(REGISTERS))
    bare = re.sub(r"\s", "", typed).upper()
    if not bare:
        return MalformedError("the identifier is empty", hint=hint)
    if SCIENTIFIC.fullmatch(bare):
        told = "Take the number from its register, and keep it as text."
        return MalformedError(f"a spreadsheet programme wrote {typed[:40]!r}: digits of the number are lost", hint=told)
    digits = bare.removeprefix("T")
    if not (digits.isascii() and digits.isdecimal()):
        return MalformedError(f"unknown kind of identifier: {typed[:40]!r}", hint=hint)
    if len(digits) in (8, 9):
        return MalformedError(f"{len(digits)} digits alone do not say which register they are of", hint=hint)
    return MalformedError(
        f"a corporate number (法人番号) has 13 digits, and an LEI 20: here are {len(digits)}", hint=hint
    )


def _corporate_number(value: str) -> str:
    digits = value.upper().removeprefix("T")
    try:
        return str(cn.validate(digits))
    except ValidationError as error:
        raise MalformedError(
            "not a corporate number (法人番号): 13 digits whose first is the check digit",
            hint="Spreadsheets drop digits or write 1.23E+12: enter the number as text.",
        ) from error


def _lei(value: str) -> str:
    text = value.upper()
    if not re.fullmatch(_LEI, text):
        raise MalformedError("an LEI has 20 letters and digits and ends with two digits")
    try:
        return str(lei.validate(text))
    except ValidationError as error:
        raise MalformedError("the check digits of the LEI do not fit") from error


def _duns(value: str) -> str:
    return _matching(value.replace("-", ""), r"[0-9]{9}", "a D-U-N-S number has nine digits")


def _uen(value: str) -> str:
    try:
        return str(uen.validate(value.upper()))
    except ValidationError as error:
        raise MalformedError(
            "not a Singapore UEN", hint="0195 is the register of Singapore; known: " + ", ".join(sorted(REGISTERS))
        ) from error


def _uk_company(value: str) -> str:
    padded = value.upper().zfill(8) if value.isdigit() else value.upper()
    return _matching(padded, r"([0-9]{8}|[A-Z]{2}[0-9]{6}|R[0-9]{7})", "not a UK company number")


def _uei(value: str) -> str:
    return _matching(value.upper(), r"[A-HJ-NP-Z1-9][A-HJ-NP-Z0-9]{11}", "a UEI has twelve letters and digits")


def _euid(value: str) -> str:
    return _matching(value.upper(), r"[A-Z]{2}[A-Z0-9]{1,30}\.[A-Z0-9-]{1,40}(_[A-Z0-9])?", "not an EUID")


def _sole_proprietor(value: str) -> str:
    try:
        return normalise_mark_id(value)
    except MalformedError as error:
        raise MalformedError("a sole proprietor's number has 26 symbols, the last one a check symbol") from error


def _matching(value: str, pattern: str, complaint: str) -> str:
    if not re.fullmatch(pattern, value):
        raise MalformedError(complaint)
    return value


REGISTERS = {
    register.code: register
    for register in (
        Register("0188", "法人番号", "Corporate number (Japan)", _corporate_number),
        Register("0199", "LEI", "Legal entity identifier (LEI)", _lei),
        Register("0060", "D-U-N-S", "D-U-N-S number", _duns),
        Register("0195", "UEN", "Unique entity number (Singapore)", _uen),
        Register("uk", "英国会社番号", "UK company number", _uk_company),
        Register("uei", "UEI", "Unique entity identifier (United States)", _uei),
        Register("euid", "EUID", "European unique identifier (EUID)", _euid),
        Register(SOLE_PROPRIETOR, "個人事業主の番号", "Sole proprietor's number", _sole_proprietor),
    )
}
