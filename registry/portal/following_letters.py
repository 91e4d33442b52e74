"""The letters to whoever follows a number: the question before, what changed, and the question after a year.

Each carries its own end: RFC 2369's List-Unsubscribe with RFC 8058's single POST. The codes in them are made by the
key, so none is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.portal import queries_followings as queries
from verifier.edge.following_text import Places, asking_text, change_text
from verifier.edge.i18n import translator
from verifier.edge.mail import Letter
from verifier.encoding import digest
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from registry.portal.desk import Desk
    from registry.portal.follow_key import FollowKey
    from registry.portal.letters import Letters
    from registry.portal.queries_digests import Digest
    from registry.portal.queries_followings import Following

CONFIRM, END = "/follow/confirm/", "/follow/end/"


class FollowingLetters:
    """Writes the letters of one portal; ``zone`` is that of the days in them."""

    def __init__(self, desk: Desk, key: FollowKey, *, zone: str) -> None:
        self._desk = desk
        self.key = key
        self._zone = zone

    def question(self, letters: Letters, kept: Following) -> Letter:
        """Return the letter that asks an address. Raises NotFoundError for what was sealed under another key."""
        follower, t = self.key.open(kept.id, kept.sealed), translator(kept.lang)
        link = f"{self._desk.base}{CONFIRM}{self.key.code(kept.id, f'yes {kept.made}')}?lang={kept.lang}"
        # Whoever never said yes is told nothing about an end: nothing is sent there.
        end = self._end(kept.id) if kept.confirmed else ""
        until = t.moment(kept.code_until, self._zone).words
        text = asking_text(kept.letter, follower.number, Places(self._desk.host, link, end), until, t)
        return self._letter(letters, kept, (follower.address, f"{kept.letter} {kept.made}", end), text)

    def told(self, letters: Letters, noted: Digest, changes: Sequence[Mapping[str, Any]]) -> Letter:
        """Return the letter about changes. Raises NotFoundError where nobody follows any more."""
        with self._desk.database.read() as connection:
            kept = queries.following_of(connection, noted.client)
        if kept is None:
            raise NotFoundError("nobody follows any more")
        follower, t, end = self.key.open(kept.id, kept.sealed), translator(kept.lang), self._end(kept.id)
        until = t.moment(kept.until, self._zone).words
        text = change_text(changes, follower.number, Places(self._desk.host, "", end), until, t)
        return self._letter(letters, kept, (follower.address, f"told {noted.after}", end), text)

    def _end(self, id: str) -> str:
        return f"{self._desk.base}{END}{self.key.code(id, 'end')}"

    def _letter(self, letters: Letters, kept: Following, to: tuple[str, str, str], text: tuple[str, str]) -> Letter:
        address, which, end = to
        message_id = f"<follow.{digest(f'{kept.id} {which}'.encode())}@{letters.domain}>"
        return Letter(letters.sender, address, *text, message_id, self._desk.now(), end)
