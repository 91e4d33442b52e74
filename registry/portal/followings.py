"""Followings: whoever has a number is told by mail what changes in what is listed under it, without an account.

An address is asked first (double opt-in), by a letter that says nothing about the number's state, and again every year;
whoever does not answer is forgotten. A confirmed following is a client of nobody's: one watch of the kind ``number``,
and a digest whose letters leave at once, so telling is the same as for every digest. The answer to an order never
depends on whether the address is known.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from registry.errors import QueueFullError, TooManyError
from registry.portal import queries_digests, queries_watches
from registry.portal import queries_followings as queries
from registry.portal.event import new_id
from registry.portal.follow_key import PREFIX, Follower, id_in, no_such_link
from registry.portal.letters import AGAIN, Fate
from registry.portal.queries_digests import AT_ONCE, NEVER, Digest
from registry.portal.queries_followings import Following
from registry.portal.queries_watches import NewWatch
from registry.portal.tables import FOLLOWING
from registry.portal.watched import Watched
from registry.reading.hourly_limit import HourlyLimit
from verifier.edge.mail import read_address
from verifier.encoding import digest
from verifier.envelope import DAY
from verifier.errors import NotFoundError, RefusedError, UnavailableError
from verifier.identifier import parse_identifier

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from registry.portal.desk import Desk
    from registry.portal.digests import Digests
    from registry.portal.following_letters import FollowingLetters

CODE_HOLDS = DAY
CONSENT_HOLDS = 365 * DAY
ASKED_BEFORE = 30 * DAY
"""Seconds before the end of a consent at which the address is asked whether it should go on."""
AN_HOUR = 300
"""Questions that are sent within an hour, to all addresses together."""
EACH = 10
"""Orders that are taken within an hour from one sender, where the sender is known."""
MOST = 100_000
SOME = 50


class Followings:
    """The followings of one portal."""

    def __init__(self, desk: Desk, digests: Digests, written: FollowingLetters) -> None:
        self._desk = desk
        self._digests = digests
        self._written = written
        self._senders = HourlyLimit(each=EACH, together=10 * AN_HOUR)
        self._limit = HourlyLimit(each=AN_HOUR, together=AN_HOUR)
        self._is_stale = threading.Event()

    def order(self, number: str, address: str, lang: str, *, sender: str | None) -> None:
        """Let an address be asked whether it wants to follow a number; what is known of it changes nothing to see.

        Raises RefusedError, WrongUseError for an address, MalformedError for a number, TooManyError, QueueFullError.
        """
        now, key = self._desk.now(), self._written.key
        if self._digests.letters is None:
            raise RefusedError("this portal sends no mail", hint="Follow the number's feed.")
        follower = Follower(read_address(address), str(parse_identifier(number)))
        if not self._senders.take(sender, now=now) or not self._limit.take(None, now=now):
            raise TooManyError("too many orders came in within this hour", hint="Send it later.")
        with self._desk.database.write() as connection:
            before = queries.following_of_pair(connection, key.pair(follower))
            if before is not None and now - before.made < AGAIN:
                return
            if before is None and queries.count_followings(connection) >= MOST:
                raise QueueFullError("no more followings are kept for now", hint="Follow the number's feed.")
            if self._digests.may_write_to(follower.address, now=now):
                self._ask(connection, follower, before, lang)

    def confirm(self, code: str, lang: str | None) -> tuple[Follower, int]:
        """Take the code that came to the address; return who follows what until when. Raises NotFoundError."""
        now, named = self._desk.now(), id_in(code)
        with self._desk.database.write() as connection:
            kept = queries.following_of(connection, named)
            if kept is None or kept.code_until <= now or not self._written.key.is_code(code, named, f"yes {kept.made}"):
                raise no_such_link()
            follower, until, chosen = self._written.key.open(named, kept.sealed), now + CONSENT_HOLDS, lang or kept.lang
            changed = {"confirmed": now, "until": until, "lang": chosen, "code_until": 0, "letter": ""}
            if not queries.change_following(connection, kept, **changed):
                raise no_such_link()
            if not kept.confirmed:
                self._watch(connection, named, follower.number)
            last = queries_digests.digest_of(connection, named)
            after = last.after if last else queries_digests.newest_event(connection, named)
            queries_digests.put_digest(
                connection, Digest(named, "", AT_ONCE, chosen, now, last.due if last else NEVER, after, None)
            )
        return follower, until

    def end(self, code: str) -> None:
        """Forget a following; once more is no mistake. Raises NotFoundError for what no letter carried."""
        named = id_in(code)
        if not self._written.key.is_code(code, named, "end"):
            raise no_such_link()
        with self._desk.database.write() as connection:
            queries.forget_following(connection, named)
        self._is_stale.set()

    def step(self) -> int:
        """Forget what is over, and send the questions that are due; return how many letters left."""
        now, database = self._desk.now(), self._desk.database
        with database.write() as connection:
            ended = queries.ended_followings(connection, now=now, most=SOME * 10)
            for named in ended:
                queries.forget_following(connection, named)
            queries.ask_renewal(connection, now=now, ending_before=now + ASKED_BEFORE)
            due = queries.due_letters(connection, now=now, most=SOME)
        if ended:
            self._is_stale.set()
        self._forget()
        return sum(self._send(one) for one in due)

    def _ask(self, connection: Connection, follower: Follower, before: Following | None, lang: str) -> None:
        now, key = self._desk.now(), self._written.key
        asked = {"made": now, "code_until": now + CODE_HOLDS, "letter": "confirm", "due": now}
        if before is not None:
            # The language of whoever is followed already is changed by the code alone: anybody can order.
            more = {} if before.confirmed else {"until": now + CODE_HOLDS, "lang": lang}
            queries.change_following(connection, before, **asked, **more)
            return
        named = new_id(PREFIX, self._desk.entropy)
        sealed, pair = key.seal(named, follower, self._desk.entropy), key.pair(follower)
        until = now + CODE_HOLDS
        queries.add_following(connection, Following(named, pair, sealed, lang, now, until, "confirm", now, 0, until))

    def _watch(self, connection: Connection, named: str, number: str) -> None:
        entropy, now = self._desk.entropy, self._desk.now()
        feed = digest(entropy(24))
        watch = NewWatch(new_id("wch", entropy), named, Watched("number", number), "", feed, now)
        queries_watches.add_watch(connection, watch)

    def _send(self, kept: Following) -> int:
        letters = self._digests.letters
        if letters is None:
            return 0
        noted: Following = replace(kept, letter="")
        with self._desk.database.write() as connection:
            if not queries.change_following(connection, kept, letter=""):
                return 0
        try:
            letter = self._written.question(letters, kept)
        except NotFoundError:
            return 0
        fate, _ = letters.hand_over(letter)
        with self._desk.database.write() as connection:
            if fate is Fate.LATER:
                queries.change_following(connection, noted, letter=kept.letter, due=self._desk.now() + AGAIN)
            elif fate is Fate.REFUSED and not kept.confirmed:
                queries.forget_following(connection, kept.id)
        return int(fate is Fate.TAKEN)

    def _forget(self) -> None:
        if self._is_stale.is_set():
            self._is_stale.clear()
            try:
                self._desk.database.forget(FOLLOWING.name)
            except UnavailableError:
                # Somebody is reading: the next step does it.
                self._is_stale.set()
