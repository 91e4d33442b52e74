"""Lists that are looked at again: what was remembered of each, and every change that was seen since.

The state moves on only after the changes were written down, so an interrupted look tells them again.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.check.watching import WatchState, parse_state
from verifier.edge.buyer.kept_checks import LIST, ORDER, KeptCheck
from verifier.edge.buyer.order import ID, Order, ordered_list, parse_order
from verifier.edge.check.list_watch import look_again
from verifier.edge.check.supplier_list import many_values, read_file, unreliable
from verifier.edge.whole_file import write_whole
from verifier.encoding import canonical, read_object
from verifier.errors import EvidenceError, NotFoundError, RefusedError, UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.edge.buyer.desk_folder import DeskFolder

STATE, LOOKS = "state.json", "looks"
MOST_LOOKS = 50


@dataclass(frozen=True)
class Look:
    """One look at a list: when, under which epoch, and what had another answer than before."""

    at: int
    epoch: int
    watched: int
    changes: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class KeptWatch:
    """A watched list."""

    id: str
    folder: Path
    order: Order

    def looks(self) -> list[Look]:
        """Return the newest looks, the newest first."""
        files = sorted((self.folder / LOOKS).glob("*.json"), reverse=True)[:MOST_LOOKS]
        return [_look(read_object(read_file(file))) for file in files]

    def look(self, desk: DeskFolder) -> Look:
        """Look again. Raises UnavailableError for a copy that is older than what is remembered, or damaged."""
        policy, copy = self.order.requirement, desk.directory()
        listed = ordered_list(read_file(self.folder / LIST), self.order, wanted=policy.wanted)
        old = self._remembered(copy.epoch.index.log)
        if old is not None and old.epoch > copy.epoch.size:
            raise UnavailableError(
                f"the copy is at epoch {copy.epoch.size}, the watch at {old.epoch}", hint="Pull first."
            )
        known = desk.statements(copy, policy)
        try:
            with many_values():
                new, found = look_again(listed, copy, policy, known, old=old, since=None, tell=lambda done, total: None)
        except EvidenceError as error:
            raise unreliable(error) from error
        seen = Look(copy.now, new.epoch, len(new.subjects), tuple(one.members() for one in found))
        (self.folder / LOOKS).mkdir(exist_ok=True, mode=0o700)
        number = len(list((self.folder / LOOKS).glob("*.json"))) + 1
        told = {"at": seen.at, "epoch": seen.epoch, "watched": seen.watched, "changes": list(seen.changes)}
        write_whole(self.folder / LOOKS / f"{number:08}.json", canonical(told) + b"\n")
        write_whole(self.folder / STATE, new.serialize())
        return seen

    def _remembered(self, log: str) -> WatchState | None:
        place = self.folder / STATE
        return parse_state(place.read_bytes(), log=log) if place.exists() else None


def watch_check(watched: Path, check: KeptCheck, desk: DeskFolder) -> KeptWatch:
    """Keep the list of a check, with its columns and its policy, and look at it for the first time.

    Raises RefusedError for a list that is watched, and as ``KeptWatch.look`` does; then nothing is kept.
    """
    try:
        (watched / check.id).mkdir(mode=0o700)
    except FileExistsError:
        raise RefusedError("this list is watched already") from None
    watch = KeptWatch(check.id, watched / check.id, check.order)
    try:
        write_whole(watch.folder / LIST, check.data())
        write_whole(watch.folder / ORDER, check.order.serialize())
        watch.look(desk)
    except BaseException:
        forget_watch(watch)
        raise
    return watch


def find_watch(watched: Path, id: str) -> KeptWatch:
    """Return a watched list. Raises NotFoundError."""
    folder = watched / id
    if not ID.fullmatch(id) or not (folder / ORDER).exists():
        raise NotFoundError("there is no such watch here")
    return KeptWatch(id, folder, parse_order(read_file(folder / ORDER)))


def all_watches(watched: Path) -> list[KeptWatch]:
    """Return every watched list, the newest first."""
    found = sorted((one.name for one in watched.iterdir() if (one / ORDER).exists()), reverse=True)
    return [find_watch(watched, one) for one in found]


def forget_watch(watch: KeptWatch) -> None:
    """Watch a list no more."""
    shutil.rmtree(watch.folder)


def _look(told: dict[str, Any]) -> Look:
    return Look(told["at"], told["epoch"], told["watched"], tuple(told["changes"]))
