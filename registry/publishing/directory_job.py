"""The directory job: it logs a new directory when a record changed or an hour passed, and then shows it.

Two halves of one step. A directory whose entry is covered by a published checkpoint becomes the latest one. When there
is nothing left to show and a new one is due, its files are written and its entry is submitted; the files come first.
The writer is asked for what changed and then goes on; the directory grows here by that much. Epochs are spaced so that
they take a tenth of the time: 1 s apart while they are cheap (whoever calls sets that pace), 60 s at most.
"""

from __future__ import annotations

import time
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from registry.admission.accept import read_submission
from registry.publishing.directory_retention import Retention
from registry.publishing.entity import PATH as ENTITY_PATH
from registry.publishing.entity import sign_entity_configuration
from registry.publishing.federation_files import Federation, federation_of, publish_federation
from registry.rows import queries
from verifier.directory.changes import changes_since
from verifier.directory.growing import GrowingDirectory
from verifier.directory.proven import POINTER, delta_path, index_path
from verifier.encoding import b64u, canonical, digest
from verifier.envelope import parse_token
from verifier.names import authority_uri, directory_uri, log_origin
from verifier.statement import Anchor, Draft, new_token_id, sign_statement
from verifier.trust.notice_list import PATH as NOTICES
from verifier.trust.notice_list import notice_list
from verifier.trust.recognition_list import LATEST as RECOGNITION_LIST_PATH
from verifier.trust.recognition_list import TYP as RECOGNITION_LIST
from verifier.trust.recognition_list import recognition_list_path, sign_recognition_list
from verifier.trust.trustlist import TYP as TRUST_LIST
from verifier.trust.trustlist import sign_trust_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.admission.accept import Office
    from registry.log.ledger import Group
    from registry.log.writer import Writer
    from registry.publishing.files import PublicFolder
    from registry.publishing.published import PublishedCheckpoint
    from verifier.directory.changes import Changes
    from verifier.directory.growing import Epoch
    from verifier.replay.state import LogState
    from verifier.signer import Signer

LONGEST_SILENCE = 3600
LONGEST_INTERVAL = 60
SHARE = 10
"""One epoch may take one part in this many of the time."""


@dataclass(frozen=True)
class DirectoryResult:
    """What one step did, and the size of the directory that it did it with."""

    outcome: Literal["submitted", "shown", "unchanged", "waiting"]
    size: int


@dataclass(frozen=True)
class _Due:
    """What a directory that is due takes from one state of the log."""

    changes: Changes
    prev: int | None
    trust_list: str
    recognition_list: str


@dataclass(frozen=True)
class _Covered:
    """A directory whose entry is covered by a published checkpoint and that was not shown yet."""

    entry: int
    size: int
    configuration: str
    federation: Federation
    notices: bytes


_Task = DirectoryResult | _Due | _Covered


class DirectoryJob:
    """Keeps one log's directory. It holds the directory key; nobody else signs ``directory.published``."""

    def __init__(
        self,
        *,
        writer: Writer,
        office: Office,
        public: PublicFolder,
        signer: Signer,
        organisation: str,
        stopwatch: Callable[[], float] = time.thread_time,
    ) -> None:
        """Begin with an empty directory. ``stopwatch`` tells in seconds what this thread has spent so far."""
        self._writer = writer
        self._office = office
        self._public = public
        self._signer = signer
        self._organisation = organisation
        self._stopwatch = stopwatch
        self._shown: int | None = None
        self._growing = GrowingDirectory()
        self._followed: weakref.ref[LogState] | None = None
        self._not_before = 0
        self._retention = Retention(public.folder)

    def step(self) -> DirectoryResult:
        """Show the newest directory, or submit a new one when it is due. Raises UnavailableError."""
        latest = self._office.published.latest()
        if latest is None:
            return DirectoryResult("waiting", 0)
        now = self._office.clock()
        task = self._writer.ask(lambda group, state: self._look(group, state, latest, now)).result()
        match task:
            case _Covered():
                return self._show(task)
            case _Due():
                return self._make(task, latest, now)
            case DirectoryResult():
                return task

    def _look(self, group: Group, state: LogState, latest: PublishedCheckpoint, now: int) -> Callable[[], _Task]:
        """Answer, in the writer's turn, what is to be done about this state of the log."""
        task = self._task(group, state, latest, now)
        return lambda: task

    def _task(self, group: Group, state: LogState, latest: PublishedCheckpoint, now: int) -> _Task:
        if state.directory is not None:
            entry, last = state.directory
            if entry >= latest.size:
                return DirectoryResult("waiting", last.size)
            if entry != self._shown:
                configuration = sign_entity_configuration(
                    state, organisation=self._organisation, iat=now, signer=self._signer
                )
                federation = federation_of(state, self._office.root, time_of=lambda index: _admitted(group, index))
                return _Covered(entry, last.size, configuration, federation, notice_list(state, last.size))
            if state.is_closed:
                return DirectoryResult("unchanged", last.size)
            submitted = group.receipt(entry).iat
            if state.changed_at <= last.size and now < submitted + LONGEST_SILENCE:
                return DirectoryResult("unchanged", last.size)
            if now < self._not_before:
                return DirectoryResult("waiting", last.size)
        return self._due(group, state, now)

    def _due(self, group: Group, state: LogState, now: int) -> _Due:
        trust_list = sign_trust_list(
            state,
            self._office.root,
            names=_names(group, state),
            iat=now,
            nonce=b64u(self._office.entropy(16)),
            signer=self._signer,
        )
        recognition_list = sign_recognition_list(
            state, iat=now, nonce=b64u(self._office.entropy(16)), signer=self._signer
        )
        if self._followed is None or self._followed() is not state:
            # After a fail-over or a restored backup the log may hold other entries at the same places.
            self._growing, self._followed = GrowingDirectory(), weakref.ref(state)
        changes = changes_since(state, self._growing.size)
        return _Due(changes, state.head(directory_uri(state.host)), trust_list, recognition_list)

    def _make(self, due: _Due, latest: PublishedCheckpoint, now: int) -> DirectoryResult:
        started = self._stopwatch()
        growing, self._growing = self._growing, GrowingDirectory()
        epoch = growing.advance(due.changes)
        files = self._write_files(epoch, due)
        self._writer.submit(read_submission(self._statement(epoch, due.prev, files, latest, now=now))).result()
        # Only now: after a step that was cut short, the next one writes every file again.
        self._growing = growing
        self._space(self._stopwatch() - started)
        return DirectoryResult("submitted", epoch.size)

    def _space(self, cost: float) -> None:
        interval = min(LONGEST_INTERVAL, int(SHARE * cost))
        if interval > 1:
            self._not_before = self._office.clock() + interval

    def _write_files(self, epoch: Epoch, due: _Due) -> list[dict[str, str]]:
        """Write the files of an epoch; return those that its entry names."""
        for name, data in epoch.files.shards.items():
            self._public.write_once(f"directory/shards/{name}", data)
        self._public.write_once(index_path(epoch.size), epoch.files.index)
        named = {index_path(epoch.size): epoch.files.index_sha256}
        for path, signed, typ in (
            (f"directory/{epoch.size}/trust-list.jwt", due.trust_list, TRUST_LIST),
            (recognition_list_path(epoch.size), due.recognition_list, RECOGNITION_LIST),
        ):
            # Until its entry is logged a list is nobody's promise: a step that was cut short leaves one to replace.
            self._public.replace(path, signed.encode())
            named[path] = parse_token(signed, typ).digest
        if epoch.delta is not None:
            delta = epoch.delta.serialize()
            self._public.write_once(delta_path(epoch.size), delta)
            named[delta_path(epoch.size)] = digest(delta)
        return [{"uri": uri, "sha256": sha256} for uri, sha256 in named.items()]

    def _statement(
        self, epoch: Epoch, prev: int | None, files: list[dict[str, str]], latest: PublishedCheckpoint, *, now: int
    ) -> str:
        host = self._office.root.host
        public = {"size": epoch.size, "bits": epoch.bits, "root": b64u(epoch.root), "files": files}
        return sign_statement(
            Draft(log_origin(host), "directory.published", directory_uri(host), public),
            iss=authority_uri(host),
            iat=now,
            jti=new_token_id(now, self._office.entropy),
            prev=prev,
            anchor=Anchor(size=latest.size, root=b64u(latest.root)),
            signer=self._signer,
        )

    def _show(self, covered: _Covered) -> DirectoryResult:
        trust_list = self._public.read(f"directory/{covered.size}/trust-list.jwt")
        if trust_list is not None:
            self._public.replace("trust/list.jwt", trust_list)
        recognition_list = self._public.read(recognition_list_path(covered.size))
        if recognition_list is not None:
            self._public.replace(RECOGNITION_LIST_PATH, recognition_list)
        self._public.replace(NOTICES, covered.notices)
        publish_federation(covered.federation, self._public, iat=self._office.clock(), signer=self._signer)
        self._public.replace(ENTITY_PATH, covered.configuration.encode())
        self._public.replace(POINTER, canonical({"entry": covered.entry, "size": covered.size}) + b"\n")
        self._shown = covered.entry
        self._retention.clear(covered.size)
        return DirectoryResult("shown", covered.size)


def _admitted(group: Group, index: int) -> int | None:
    """Return when the entry of an index was admitted, None where there is none yet."""
    return group.receipt(index).iat if index < group.size else None


def _names(group: Group, state: LogState) -> dict[str, str]:
    """Return the disclosed names of bodies; one whose name was erased has none."""
    names = {}
    for uri in state.bodies:
        for disclosure in queries.disclosures(group.connection, uri, group.size):
            if disclosure.name == "name":
                names[uri] = disclosure.value
    return names
