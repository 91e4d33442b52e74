"""The state of the house: what an operator looks at first in the morning.

Read from what is published, from the log's rows and from the processes' own file; nobody is asked over a network, and
nothing is judged better than a verifier would judge it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.publishing.published import checkpoint_path, kept_sizes, witness_policy
from registry.publishing.signer_store import last_signed
from registry.timers.store import TimerFolder
from registry.web.readiness import ReadinessOf
from verifier.edge.folder import FolderFetcher
from verifier.errors import MarkError, UnavailableError
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.cosignature import cosigned_times
from verifier.status_list import AGGREGATION, read_aggregation, read_status_list

if TYPE_CHECKING:
    from registry.console.read_log import Reading
    from registry.data_folder import DataFolder
    from verifier.log.note import VerifierKey
    from verifier.trust.root import TrustRoot

MOST_CHECKPOINTS = 40
"""Kept checkpoints that are looked through for a witness that is absent from the newest one."""


@dataclass(frozen=True)
class WitnessSeen:
    """A witness of the policy: who runs it where, and when it cosigned last among the checkpoints looked at."""

    name: str
    operator: str
    country: str
    at: int | None
    is_newest: bool


@dataclass(frozen=True)
class House:
    """How a registry stands. Times are UTC seconds, None where there is none."""

    status: str
    committed: int
    published: int
    signed: int | None
    checkpoint_at: int | None
    admitted_at: int | None
    directory_size: int | None
    directory_at: int | None
    lists: int
    oldest_list_at: int | None
    held: int
    processes: tuple[tuple[str, bool], ...]
    witnesses: tuple[WitnessSeen, ...]
    root_version: int
    root_expires: int


def look_at_house(data: DataFolder, root: TrustRoot, reading: Reading, *, now: int) -> House:
    """Return how the registry of a data folder stands at ``now``."""
    ready = ReadinessOf(data.public, trust_root=root, now=lambda: now).look()
    state, directory = reading.state, reading.state.directory
    signed_at = _list_times(data, root)
    held = TimerFolder(data.timers).held()
    return House(
        status=ready.status,
        committed=state.size,
        published=ready.size,
        signed=_signed(data),
        checkpoint_at=None if ready.checkpoint_age is None else now - ready.checkpoint_age,
        admitted_at=reading.admitted_at(state.size - 1) if state.size > 1 else None,
        directory_size=directory[1].size if directory else None,
        directory_at=reading.entry(directory[0]).iat if directory else None,
        lists=len(signed_at),
        oldest_list_at=min(signed_at, default=None),
        held=0 if held is None else max(1, len(held.acts)),
        processes=running(data),
        witnesses=witnesses_seen(data, root),
        root_version=root.content.version,
        root_expires=root.content.expires,
    )


def running(data: DataFolder) -> tuple[tuple[str, bool], ...]:
    """Return the processes that the registry started and whether each lives; none where it does not run."""
    try:
        pids = json.loads(data.run_file.read_text("utf-8"))["pids"]
    except (OSError, ValueError, KeyError):
        return ()
    return tuple((str(name), _lives(int(pid))) for name, pid in pids.items())


def witnesses_seen(data: DataFolder, root: TrustRoot) -> tuple[WitnessSeen, ...]:
    """Return when each witness of the policy was seen last, by the cosignatures that verify."""
    policy = witness_policy(root)
    keys = [one.key for one in policy.witnesses]
    last: dict[str, int] = {}
    newest: set[str] = set()
    for number, size in enumerate(sorted(kept_sizes(data.public), reverse=True)[:MOST_CHECKPOINTS]):
        if len(last) == len(keys):
            break
        for name, at in _cosigned(data, size, keys).items():
            last.setdefault(name, at)
            if number == 0:
                newest.add(name)
    listed = {one.vkey: one for one in root.content.witnesses}
    found = []
    for one in policy.witnesses:
        who = listed.get(str(one.key))
        told = (who.operator, who.country) if who else (one.key.name, "")
        found.append(WitnessSeen(one.name, *told, last.get(one.key.name), one.key.name in newest))
    return tuple(found)


def _cosigned(data: DataFolder, size: int, keys: list[VerifierKey]) -> dict[str, int]:
    try:
        signed = SignedCheckpoint.parse(FolderFetcher(data.public).fetch(checkpoint_path(size)))
        return {key.name: at for key, at in cosigned_times(signed, keys).items()}
    except MarkError:
        return {}


def _list_times(data: DataFolder, root: TrustRoot) -> list[int]:
    fetcher = FolderFetcher(data.public)
    try:
        numbers = read_aggregation(fetcher.fetch(AGGREGATION), root.host)
        return [read_status_list(fetcher.fetch(f"status/{no}"), root).iat for no in numbers]
    except MarkError:
        return []


def _signed(data: DataFolder) -> int | None:
    try:
        last = last_signed(data.signer_store)
    except UnavailableError:
        return None
    return last.size if last else None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
