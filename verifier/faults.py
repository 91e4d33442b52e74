"""What is wrong with a member of a file or a body, in the words of this product: what to write there instead.

The validation library names faults by kinds and explains them in terms of Python. Kinds that are not listed here keep
its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_WORDS = {
    "extra_forbidden": "there is no such member",
    "missing": "is missing",
    "missing_argument": "is missing",
    "string_type": "write a text",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} characters",
    "string_pattern_mismatch": "not of the form {pattern}",
    "int_type": "write a whole number",
    "int_parsing": "write a whole number",
    "int_from_float": "write a whole number",
    "float_type": "write a number",
    "float_parsing": "write a number",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "tuple_type": "write a list",
    "list_type": "write a list",
    "set_type": "write a list",
    "dict_type": "write an object",
    "model_type": "write an object",
    "model_attributes_type": "write an object",
    "dataclass_type": "write an object",
    "literal_error": "write one of {expected}",
    "enum": "write one of {expected}",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "too_long": "at most {max_length} items",
    "too_short": "at least {min_length} items",
    "date_type": "write a day such as 2027-03-31",
    "date_parsing": "write a day such as 2027-03-31",
    "date_from_datetime_parsing": "write a day such as 2027-03-31",
    "date_from_datetime_inexact": "write a day such as 2027-03-31",
    "json_invalid": "not JSON: {error}",
    "value_error": "{error}",
}
_NOTHING = ("none_required",)

_ONE = re.compile(r"(?<= )(1 (?:item|character))s\Z")


def fault_text(fault: ErrorDetails | Mapping[str, Any]) -> str:
    """Return what is wrong with a member."""
    words = _WORDS.get(fault["type"])
    if words is None:
        return "must be left out" if fault["type"] in _NOTHING else str(fault["msg"])
    try:
        told = words.format(**fault.get("ctx", {}))
    except (KeyError, IndexError):
        return str(fault["msg"])
    return _ONE.sub(r"\1", told)


def faults_text(faults: Iterable[ErrorDetails | Mapping[str, Any]], *, whole: str) -> str:
    """Return every fault with the place of its member; ``whole`` stands for a fault of no member."""
    return "; ".join(f"{'.'.join(map(_name, one['loc'])) or whole}: {fault_text(one)}" for one in faults)


def _name(part: object) -> str:
    # A member that there is not has the name that the other side chose.
    name = str(part)
    return name if name.isprintable() else ascii(name)
