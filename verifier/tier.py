"""Tier: one level of one scheme. Within a scheme a higher level covers a lower one; across schemes nothing does."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verifier.errors import MalformedError
from verifier.names import SCHEME

LEVEL = re.compile(r"[1-9]")


@dataclass(frozen=True)
class Tier:
    """One level of one scheme, written ``jp.meti.scs/3``."""

    scheme: str
    level: int

    def __str__(self) -> str:
        return f"{self.scheme}/{self.level}"

    def covers(self, other: Tier) -> bool:
        """Tell whether a mark of this tier satisfies a demand for the other one."""
        return self.scheme == other.scheme and self.level >= other.level


def parse_tier(text: str) -> Tier:
    """Return the tier of text such as ``jp.meti.scs/3``. Raises MalformedError."""
    scheme, separator, level = text.partition("/")
    if not separator or not SCHEME.fullmatch(scheme) or not LEVEL.fullmatch(level):
        raise MalformedError(f"not a tier: {text[:60]!r}", hint="Write scheme/level, for example jp.meti.scs/3.")
    return Tier(scheme, int(level))
