"""Chance: repeatable choices out of seeded entropy."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.injected import Entropy

Choice = TypeVar("Choice")


class Chance:
    """Draws from one source; the same source and the same questions give the same answers."""

    def __init__(self, entropy: Entropy) -> None:
        self._entropy = entropy

    def between(self, first: int, last: int) -> int:
        """Return a whole number from ``first`` to ``last``, both included."""
        return first + int.from_bytes(self._entropy(8)) % (last - first + 1)

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """Return one of the choices."""
        return choices[self.between(0, len(choices) - 1)]
