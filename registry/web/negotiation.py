"""Which of an answer's forms is sent: by ``Accept`` (RFC 9110 section 12.5.1), for ranges without parameters.

A question that accepts none of the forms gets the first one: an answer that can be read is worth more than a refusal,
as that section allows.
"""

from __future__ import annotations

import re

_WEIGHT = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


def preferred(accept: str, offered: tuple[str, ...]) -> str:
    """Return the media type that is wanted most; of those wanted alike, and where none is, the one offered first."""
    ranges = [_range_of(one) for one in accept.split(",") if one.strip()]
    return max(offered, key=lambda one: _weight(one, ranges)) if ranges else offered[0]


def _range_of(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip() for part in text.split(";"))
    weights = [float(found[1]) for one in parameters if (found := _WEIGHT.fullmatch(one))]
    return name.lower(), weights[0] if weights else 1.0


def _weight(media_type: str, ranges: list[tuple[str, float]]) -> float:
    """Return the weight that the most exact range gives."""
    for name in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        weights = [weight for one, weight in ranges if one == name]
        if weights:
            return max(weights)
    return 0.0
