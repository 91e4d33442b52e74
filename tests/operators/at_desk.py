"""Operators without a browser: they send forms, and give their passphrase where the page asks for it."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from tests.console.enrolled import Visitor, add_person
from tests.operators.room import PASSPHRASES

if TYPE_CHECKING:
    import httpx

    from tests.operators.room import Room


class Operator(Visitor):
    """A person with an account and, if they sign, with a key of their own."""

    def __init__(self, room: Room, name: str, key: str = "", role: str = "operator") -> None:
        self.person = add_person(room.console, name, role)
        super().__init__(room.console, self.person)
        self.key = key
        if key:
            assert self.send("/own-key", self.signed({"key": key})).status_code == 303

    def signed(self, fields: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the fields of a form with one's passphrase beside them."""
        return {**(fields or {}), "unlock_key": self.key, "unlock_passphrase": PASSPHRASES[self.key]}

    def propose(self, path: str, fields: dict[str, Any] | None = None) -> str:
        """Send a form that proposes something; return the proposal's path."""
        answer = self.send(path, self.signed(fields))
        assert answer.status_code == 303, text_of(answer)
        assert answer.headers["location"].startswith("/proposals/")
        return answer.headers["location"]

    def approve(self, proposal: str) -> httpx.Response:
        """Approve a proposal with one's own key."""
        return self.send(f"{proposal}/approve", self.signed())

    def read(self, path: str) -> str:
        """Return the words of a page."""
        answer = self.get(f"{path}{'&' if '?' in path else '?'}lang=en")
        assert answer.status_code == 200, text_of(answer)
        return text_of(answer)


def text_of(answer: httpx.Response) -> str:
    """Return the words of a page without its markup."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))
