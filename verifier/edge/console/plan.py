"""What a console is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from verifier.edge.console.people import ADMIN
from verifier.errors import RefusedError

if TYPE_CHECKING:
    from starlette.responses import Response

    from verifier.edge.console.people import Person
    from verifier.edge.console.proposal import Proposal
    from verifier.edge.console.visit import Visit

    Handler = Callable[[Visit], Response]

EVERYBODY: frozenset[str] = frozenset()
"""Whoever is signed in."""
SMALL = 262_144
LARGE = 33_554_432


@dataclass(frozen=True)
class Screen:
    """A page that is read: its path as Starlette writes it, what shows it, and which roles may."""

    path: str
    handler: Handler
    roles: frozenset[str] = EVERYBODY


@dataclass(frozen=True)
class Deed:
    """A form that is sent. When it is refused, ``again`` shows its page with the mistake and what was typed."""

    path: str
    handler: Handler
    roles: frozenset[str] = EVERYBODY
    again: Handler | None = None
    most_bytes: int = SMALL


@dataclass(frozen=True)
class ProposalKind:
    """Something that one person proposes and another carries out.

    ``template`` shows it, given what ``shown`` returns: it has to show everything that will be said. ``carry_out`` does
    it in the name of the one who approves, and returns what came of it in a line.
    """

    roles: frozenset[str]
    template: str
    shown: Callable[[Visit, Proposal], Mapping[str, Any]]
    carry_out: Callable[[Visit, Proposal], str]


def _no_keys(key: str, passphrase: bytes) -> None:
    raise AssertionError("this console has no keys")


@dataclass(frozen=True)
class Plan:
    """A console: ``name`` begins the ids of its texts (``NAME.title``, ``NAME.menu.SLUG``, ``NAME.role.ROLE``,
    ``NAME.key.KEY``, ``NAME.kind.KIND``).

    ``menu`` is paths by slug; ``keys`` says which roles may unlock which key, and ``try_key`` opens one. Nobody has two
    of the roles of a set in ``apart``, and a role in ``single`` is one person's at a time.
    """

    name: str
    roles: Sequence[str]
    screens: Sequence[Screen]
    deeds: Sequence[Deed] = ()
    menu: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
    try_key: Callable[[str, bytes], None] = _no_keys
    kinds: Mapping[str, ProposalKind] = field(default_factory=dict)
    apart: Sequence[frozenset[str]] = ()
    single: frozenset[str] = frozenset()
    zone: str = "Asia/Tokyo"

    @property
    def every_role(self) -> tuple[str, ...]:
        """Return the roles that people can have."""
        return (*self.roles, ADMIN)

    def check_roles(self, roles: frozenset[str], people: Iterable[Person]) -> None:
        """Check that somebody new may have these roles beside the people who are there. Raises RefusedError."""
        for group in self.apart:
            if len(group & roles) > 1:
                raise RefusedError(f"nobody is both {' and '.join(sorted(group & roles))}", hint="Invite two people.")
        for one in people:
            taken = sorted(self.single & roles & one.roles)
            if taken and one.blocked_at is None:
                raise RefusedError(f"{one.name} is the {taken[0]} already", hint="Block that account first.")

    def message_ids(self) -> tuple[str, ...]:
        """Return the ids of its texts that are put together out of codes."""
        return (
            f"{self.name}.title",
            *(f"{self.name}.menu.{one}" for one in self.menu),
            *(f"{self.name}.role.{one}" for one in self.roles),
            *(f"{self.name}.key.{one}" for one in self.keys),
            *(f"{self.name}.kind.{one}" for one in self.kinds),
        )
