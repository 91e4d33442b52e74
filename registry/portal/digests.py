"""Digests by mail: what a client's watches saw within a day or a week, to an address that said yes.

An address is written to with a code, at most three times a day whoever asks for it; nothing else goes there before the
code came back. What is told is noted
before the letter is handed over: a letter of which nobody knows whether it was taken is never sent twice. No log holds
an address or a word of a letter.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from registry.portal import queries_clients
from registry.portal import queries_digests as queries
from registry.portal.letters import AGAIN, Fate
from registry.portal.queries_digests import AT_ONCE, NEVER, Digest
from registry.reading.hourly_limit import HourlyLimit
from verifier.edge.digest_text import confirmation_text, digest_text
from verifier.edge.i18n import translator
from verifier.edge.mail import Letter, UnknownOutcomeError, read_address
from verifier.encoding import b64u, digest, read_object
from verifier.errors import NotFoundError, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from registry.portal.desk import Desk
    from registry.portal.following_letters import FollowingLetters
    from registry.portal.letters import Letters
    from registry.portal.queries_digests import Period
    from registry.rows.database import Database

LASTS = {"daily": 86_400, "weekly": 7 * 86_400}
CODE_HOLDS = 86_400
MOST_CODES = 3
"""Codes that an address is sent in a day, by all clients together: it may be a stranger's."""
MOST_ORDERS = 10
"""Codes that one client has sent in a day."""
_DAY, _ALL = 86_400, 100_000
MOST_LINES = 200
MOST_SENT = 50


@dataclass(frozen=True)
class Digests:
    """The digests of one portal; ``letters`` is None where it has no mail server, ``followed`` writes to followers."""

    desk: Desk
    letters: Letters | None
    followed: FollowingLetters | None = None
    _to_address: HourlyLimit = field(default_factory=lambda: HourlyLimit(each=MOST_CODES, together=_ALL, span=_DAY))
    _by_client: HourlyLimit = field(default_factory=lambda: HourlyLimit(each=MOST_ORDERS, together=_ALL, span=_DAY))

    @property
    def _database(self) -> Database:
        return self.desk.database

    def order(self, client: str, address: str, period: Period, lang: str) -> Digest:
        """Keep a digest and send its code. Raises RefusedError, UnavailableError, WrongUseError for an address."""
        letters, now = self._open(), self.desk.now()
        code = b64u(self.desk.entropy(18))
        with self._database.write() as connection:
            queries_clients.hold_clients(connection, [client])
            before = queries.digest_of(connection, client)
            if before is not None and now - before.made < AGAIN:
                raise RefusedError("a code was sent just now", hint=f"Ask again after {AGAIN // 60} minutes.")
            self._check_often(client, to := read_address(address), now=now)
            after = queries.newest_event(connection, client)
            new = Digest(client, to, period, lang, now, 0, after, digest(code.encode()))
            queries.put_digest(connection, new)
        try:
            letters.send(self._letter(letters, new, confirmation_text(self.desk.host, code, translator(lang)), code))
        except UnknownOutcomeError:
            return new
        except (UnavailableError, RefusedError):
            self._take_back(new, before)
            raise
        return new

    def confirm(self, connection: Connection, client: str, code: str) -> Digest:
        """Take the code that came to the address. Raises NotFoundError, RefusedError for another or an old one."""
        now, kept = self.desk.now(), queries.digest_of(connection, client)
        if kept is None or kept.stopped == queries.ENDED:
            raise NotFoundError("there is no digest")
        if kept.code_sha256 is None:
            return kept
        is_right = hmac.compare_digest(digest(code.encode()), kept.code_sha256)
        if not is_right or now - kept.made > CODE_HOLDS:
            raise RefusedError("this is not the code, or it is too old", hint="Order the digest again.")
        confirmed = replace(kept, code_sha256=None, due=now + LASTS[kept.period])
        queries.put_digest(connection, confirmed)
        return confirmed

    def of(self, client: str) -> Digest:
        """Return a client's digest. Raises NotFoundError."""
        with self._database.read() as connection:
            found = queries.digest_of(connection, client)
        if found is None or found.stopped == queries.ENDED:
            raise NotFoundError("there is no digest")
        return found

    def end(self, connection: Connection, client: str) -> None:
        """Send no more. Raises NotFoundError where there is no digest."""
        kept = queries.digest_of(connection, client)
        if kept is None or not queries.end_digest(connection, client):
            raise NotFoundError("there is no digest")
        # What is answered again under an idempotency key holds the address too.
        queries_clients.forget_answers_with(connection, client, kept.address)

    def step(self) -> int:
        """Send what is due; return how many letters left. A time in which nothing changed sends none."""
        if self.letters is None:
            return 0
        with self._database.read() as connection:
            due = queries.due_digests(connection, now=self.desk.now(), most=MOST_SENT)
        return sum(self._send(self.letters, one) for one in due)

    def may_write_to(self, address: str, *, now: int) -> bool:
        """Count a question to an address, whoever asks for it, and say whether it may be sent."""
        return self._to_address.take(address.lower(), now=now)

    def _send(self, letters: Letters, kept: Digest) -> int:
        now = self.desk.now()
        next_due = NEVER if kept.period == AT_ONCE else now + LASTS[kept.period]
        with self._database.write() as connection:
            queries_clients.hold_clients(connection, [kept.client])
            queries.lock_digest(connection, kept.client)
            last = queries.newest_event(connection, kept.client)
            told = queries.payloads_between(connection, kept.client, after=kept.after, last=last, most=MOST_LINES + 1)
            noted = replace(kept, due=next_due, after=max(last, kept.after))
            if not queries.move_digest(connection, kept, due=noted.due, after=noted.after) or not told:
                return 0
        try:
            letter = self._written(letters, noted, [read_object(one)["data"] for one in told])
        except NotFoundError:
            return 0
        fate, reason = letters.hand_over(letter)
        if fate is Fate.LATER:
            self._put_back(noted, due=now + AGAIN, after=kept.after)
        elif fate is Fate.REFUSED:
            self._put_back(noted, due=noted.due, after=kept.after, stopped=reason)
        return int(fate is Fate.TAKEN)

    def _written(self, letters: Letters, noted: Digest, data: Sequence[Mapping[str, Any]]) -> Letter:
        """Return the letter about some changes. Raises NotFoundError where nobody wants it any more."""
        if noted.period != AT_ONCE:
            text = digest_text(
                data[:MOST_LINES], self.desk.host, translator(noted.lang), has_more=len(data) > MOST_LINES
            )
            return self._letter(letters, noted, text, str(noted.after))
        if self.followed is None:
            raise NotFoundError("nobody writes to followers here")
        return self.followed.told(letters, noted, data)

    def _check_often(self, client: str, address: str, *, now: int) -> None:
        allowed = self._by_client.take(client, now=now) and self.may_write_to(address, now=now)
        if not allowed:
            raise RefusedError("enough codes were sent today", hint="Use the one that came, or ask again tomorrow.")

    def _take_back(self, new: Digest, before: Digest | None) -> None:
        """Put what was there in the place of an order whose code did not leave."""
        with self._database.write() as connection:
            queries_clients.hold_clients(connection, [new.client])
            if queries.digest_of(connection, new.client) == new:
                queries.delete_digest(connection, new.client)
                if before is not None:
                    queries.put_digest(connection, before)

    def _put_back(self, noted: Digest, *, due: int, after: int, stopped: str = "") -> None:
        with self._database.write() as connection:
            queries.move_digest(connection, noted, due=due, after=after, stopped=stopped)

    def _letter(self, letters: Letters, to: Digest, text: tuple[str, str], which: str) -> Letter:
        named = digest(f"{to.client} {to.made} {which}".encode())
        subject, body = text
        message_id = f"<digest.{named}@{letters.domain}>"
        return Letter(letters.sender, to.address, subject, body, message_id, self.desk.now())

    def _open(self) -> Letters:
        if self.letters is None:
            raise RefusedError("this portal sends no mail", hint="Fetch the events, or follow the feeds.")
        return self.letters
