"""Watching: for each directory that is published, which watched objects have another answer than before.

What was seen and the events about it are written in one transaction. So whatever moment this process dies at, a change
is told: either nothing of it is stored, and the next look finds it, or its deliveries stand in the outbox.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.portal import queries_clients, queries_digests
from registry.portal import queries_watches as queries
from registry.portal.event import new_event
from registry.portal.watched import changed_marks, changes_under, look
from verifier.directory.bulk import BulkDirectory
from verifier.directory.proven import POINTER, fetch_epoch, read_pointer
from verifier.edge.directory_store import FolderStore
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from registry.portal.event import Event
    from registry.portal.queries_watches import Watch
    from registry.portal.watched import Seen, Watched
    from registry.rows.database import Database
    from verifier.directory.proven import Pointer, ProvenEpoch
    from verifier.injected import Clock, Entropy
    from verifier.trust.root import TrustRoot

AT_ONCE = 500
"""Watches that are looked into, and noted, in one transaction."""
FOLLOWED = "number.changed"
"""The type of what is told to whoever follows a number."""


class Watching:
    """Looks from one public folder into the watches of one database."""

    def __init__(
        self, database: Database, public: Path, *, trust_root: TrustRoot, now: Clock, entropy: Entropy
    ) -> None:
        self._database = database
        self.store = FolderStore(public)
        self._root = trust_root
        self._now = now
        self._entropy = entropy
        self._epoch: ProvenEpoch | None = None
        self.watched: int | None = None
        """The entry of the directory that all watches were last looked into."""

    def step(self) -> int:
        """Look into every watch that is not up to date and return how many events there were.

        Nothing is looked into while no directory is published. Raises as proving and reading one does.
        """
        try:
            pointer = self._pointer()
        except NotFoundError:
            return 0
        epoch, now = self._proven(pointer), self._now()
        directory = BulkDirectory(self.store, epoch.index, copy=self.store)
        after = told = 0
        while True:
            with self._database.read() as connection:
                some = queries.stale_watches(connection, entry=epoch.entry, now=now, after=after, most=AT_ONCE)
            if not some:
                self.watched = epoch.entry
                return told
            after = some[-1].no
            found = look(directory, (one.watched for one in some), host=self._root.host, at=now)
            told += self._note([(one, found[one.watched]) for one in some], epoch)

    def look_at(self, watched: Watched) -> tuple[Seen, int]:
        """Return the answer about one object, and as of when; nothing is noted. Raises as ``newest`` does."""
        epoch = self.newest()
        directory = BulkDirectory(self.store, epoch.index, copy=self.store)
        return look(directory, [watched], host=self._root.host, at=self._now())[watched], epoch.as_of

    def newest(self) -> ProvenEpoch:
        """Return the newest epoch that is published and proven.

        Raises NotFoundError while there is none, and as proving one does.
        """
        return self._proven(self._pointer())

    def _pointer(self) -> Pointer:
        return read_pointer(self.store.fetch(POINTER))

    def _proven(self, pointer: Pointer) -> ProvenEpoch:
        if self._epoch is None or self._epoch.entry != pointer.entry:
            self._epoch = fetch_epoch(self.store, self._root, now=self._now())
        return self._epoch

    def _note(self, looked: list[tuple[Watch, Seen]], epoch: ProvenEpoch) -> int:
        with self._database.write() as connection:
            queries_clients.hold_clients(connection, {watch.client for watch, _ in looked})
            noted = [pair for pair in looked if queries.note_seen(connection, *pair, epoch.entry)]
            events = [self._event(watch, seen, epoch) for watch, seen in noted if _is_news(watch, seen)]
            queries.add_events(connection, events, entropy=self._entropy)
            told = {one.client for one in events if one.type == FOLLOWED}
            queries_digests.call_at_once(connection, told, now=self._now())
        return len(events)

    def _event(self, watch: Watch, seen: Seen, epoch: ProvenEpoch) -> Event:
        old = watch.seen or {}
        data: dict[str, Any] = {
            "watch": watch.id,
            "kind": watch.watched.kind,
            "object": watch.watched.object,
            "label": watch.label,
            "old": old,
            "new": seen.answer,
            "directory": {"entry": epoch.entry, "size": epoch.size, "as_of": epoch.as_of},
        }
        if watch.watched.kind == "subject":
            data["marks"] = changed_marks(old, seen.answer)
        elif watch.watched.kind == "number":
            data["marks"] = changes_under(old, seen.answer)
        named = f"{watch.watched.kind}.changed"
        return new_event(watch.client, named, data, now=self._now(), entropy=self._entropy, watch=watch.id)


def _is_news(watch: Watch, seen: Seen) -> bool:
    """The first look tells how it stands; only what is different after it is an event."""
    if watch.seen is None or watch.seen == seen.answer:
        return False
    # A follower is told of states and of ends; a corrected day alone is no letter.
    return watch.watched.kind != "number" or bool(changes_under(watch.seen, seen.answer))
