"""A fixture: what to present, and which answer to expect. fixtures.json holds all of them for programs.

In a sandbox nothing is ever valid: what would be, is a ``test_mark``. So each fixture also says ``like``: what the same
evidence would be called in production.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from verifier.verdict import Headline

if TYPE_CHECKING:
    from verifier.bundle import Bundle

Group = Literal["accepted", "refused", "demanded", "false", "open", "organisation"]
ACCEPTED = (Headline.VALID, Headline.VALID_OFFLINE, Headline.SEAL_ONLY)


@dataclass(frozen=True)
class Fixture:
    """One thing to practise on.

    ``text`` is what a QR or a token says; ``live`` is said where it is asked of the registry, ``offline`` where it is
    judged with ``bundle`` and nothing else; None where a fixture is not for that. ``has_page`` says that the page of
    the id gives the live answer: a page does not see the digits of a QR.
    """

    name: str
    group: Group
    text: str
    live: Headline | None = None
    offline: Headline | None = None
    bundle: Bundle | None = None
    policy: dict[str, Any] = field(default_factory=dict)
    subject: str | None = None
    has_page: bool = False

    @property
    def is_scanned(self) -> bool:
        """Say whether the text is that of a QR; a token is not."""
        return "/m/" in self.text

    def members(self, mark: str | None) -> dict[str, Any]:
        """Return the JSON object; ``mark`` is the id that the text claims."""
        folder = f"/sandbox/{self.name}"
        return {
            "name": self.name,
            "group": self.group,
            "mark": mark,
            "page": f"/m/{mark}" if self.has_page else None,
            "text": self.text,
            "qr": f"{folder}/qr.png" if self.is_scanned else None,
            "bundle": f"{folder}/bundle.json" if self.bundle else None,
            "policy": f"{folder}/policy.toml" if self.policy else None,
            "ask": {"text": self.text} | self._asks,
            "expect": {"live": expected(self.live), "offline": expected(self.offline)},
        }

    @property
    def _asks(self) -> dict[str, Any]:
        asked: dict[str, Any] = {"policy": self.policy} if self.policy else {}
        return asked | ({"subject": self.subject} if self.subject else {})


def expected(like: Headline | None) -> dict[str, Any] | None:
    """Return the headline and exit code that a sandbox gives, and what the same would be called in production."""
    if like is None:
        return None
    here = Headline.TEST_MARK if like in ACCEPTED else like
    return {"headline": here.value, "exit": here.exit_code, "in_production": like.value}


@dataclass(frozen=True)
class OrganisationFixture:
    """A question about an organisation: its number, a policy, and what is found and decided."""

    name: str
    identifier: str
    policy: dict[str, Any]
    marks: int = 0
    recognised: int = 0
    declared: bool = False
    outcome: str = "does_not_meet"
    reason: str = ""

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        found = bool(self.marks or self.recognised or self.declared)
        return {
            "name": self.name,
            "group": "organisation",
            "identifier": self.identifier,
            "page": f"/o/{self.identifier}",
            "policy": f"/sandbox/{self.name}/policy.toml",
            "ask": {"identifier": self.identifier, "policy": self.policy},
            "expect": {
                "found": found,
                "marks": self.marks,
                "recognised": self.recognised,
                "declared": self.declared,
                "verdict": self.outcome,
                "reason": self.reason,
            },
        }
