"""Worlds for tests: forks of one that is built once, and what a verdict has to say."""

from __future__ import annotations

from functools import cache

from registry.scenario.simulated_world import Issuance, World, attested, changed, issued_public
from verifier.verdict import Check, CheckName, Headline, Result, Verdict

__all__ = ["Issuance", "World", "attested", "changed", "expect", "fork", "fork_issued", "issued_public"]


@cache
def _built() -> tuple[World, World, str]:
    empty = World()
    issued = empty.fork()
    return empty, issued, issued.issue()


def fork() -> World:
    """Return a world of one's own, without marks."""
    return _built()[0].fork()


def fork_issued() -> tuple[World, str]:
    """Return a world of one's own with one good mark, and the mark's id."""
    _, issued, mark_id = _built()
    return issued.fork(), mark_id


def expect(verdict: Verdict, headline: Headline, check: CheckName, result: Result, reason: str) -> Check:
    """Assert the headline, and that this check with this reason is behind it; returns the check."""
    made = verdict.check(check)
    assert made is not None, f"{check.value} was not made: {verdict.members()}"
    assert (verdict.headline, made.result, made.reason) == (headline, result, reason), verdict.members()["checks"]
    return made
