"""Assurance: who assessed and how it was tested. A vector, not one ladder: each component is compared on its own."""

from __future__ import annotations

from typing import Literal, get_args

from verifier.schema import Closed

Assessor = Literal["self", "expert", "accredited_body"]
TechnicalTest = Literal["none", "remote", "hands_on"]
Component = Literal["assessor", "technical_test"]

ASSESSORS: tuple[Assessor, ...] = get_args(Assessor)
TECHNICAL_TESTS: tuple[TechnicalTest, ...] = get_args(TechnicalTest)


class Assurance(Closed):
    """Both components, each named from weak to strong in its type."""

    assessor: Assessor
    technical_test: TechnicalTest

    def missing_from(self, held: Assurance) -> tuple[Component, ...]:
        """Return the components of this requirement that the held assurance does not reach."""
        missing: list[Component] = []
        if ASSESSORS.index(held.assessor) < ASSESSORS.index(self.assessor):
            missing.append("assessor")
        if TECHNICAL_TESTS.index(held.technical_test) < TECHNICAL_TESTS.index(self.technical_test):
            missing.append("technical_test")
        return tuple(missing)
