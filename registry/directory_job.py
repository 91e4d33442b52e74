"""The directory job: it logs a new directory when a record changed or an hour passed, and then shows it.

Two halves of one step. A directory whose entry is covered by a published checkpoint becomes the latest one. When there
is nothing left to show and a new one is due, its files are written and its entry is submitted; the files come first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from registry import queries
from registry.accept import read_submission
from registry.entity import PATH as ENTITY_PATH
from registry.entity import sign_entity_configuration
from verifier.directory.build import BuiltDirectory, build_directory
from verifier.encoding import b64u, canonical
from verifier.envelope import parse_token
from verifier.names import authority_uri, directory_uri, log_origin
from verifier.statement import Anchor, Draft, sign_statement
from verifier.trust.trustlist import TYP as TRUST_LIST
from verifier.trust.trustlist import sign_trust_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.accept import Office
    from registry.files import PublicFolder
    from registry.ledger import Group
    from registry.published import PublishedCheckpoint
    from registry.writer import Writer
    from verifier.replay.state import LogState
    from verifier.signer import Signer

LATEST = "directory/latest"
LONGEST_INTERVAL = 3600


@dataclass(frozen=True)
class DirectoryResult:
    """What one step did, and the size of the directory that it did it with."""

    outcome: Literal["submitted", "shown", "unchanged", "waiting"]
    size: int


@dataclass(frozen=True)
class _Epoch:
    """A directory that is due, as of one state of the log."""

    built: BuiltDirectory
    prev: int | None
    trust_list: str


@dataclass(frozen=True)
class _Covered:
    """A directory whose entry is covered by a published checkpoint and that was not shown yet."""

    entry: int
    size: int
    configuration: str


_Task = DirectoryResult | _Epoch | _Covered


class DirectoryJob:
    """Keeps one log's directory. It holds the directory key; nobody else signs ``directory.published``."""

    def __init__(
        self, *, writer: Writer, office: Office, public: PublicFolder, signer: Signer, organisation: str
    ) -> None:
        self._writer = writer
        self._office = office
        self._public = public
        self._signer = signer
        self._organisation = organisation
        self._shown: int | None = None

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
            case _Epoch():
                self._write_files(task)
                self._writer.submit(read_submission(self._statement(task, latest, now))).result()
                return DirectoryResult("submitted", task.built.size)
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
                return _Covered(entry, last.size, configuration)
            submitted = queries.receipt(group.connection, entry).iat
            if state.changed_at <= last.size and now < submitted + LONGEST_INTERVAL:
                return DirectoryResult("unchanged", last.size)
        return self._epoch(group, state, now)

    def _epoch(self, group: Group, state: LogState, now: int) -> _Epoch:
        trust_list = sign_trust_list(
            state,
            self._office.root,
            names=_names(group, state),
            iat=now,
            nonce=b64u(self._office.entropy(16)),
            signer=self._signer,
        )
        return _Epoch(build_directory(state), state.head(directory_uri(state.host)), trust_list)

    def _write_files(self, epoch: _Epoch) -> None:
        files, size = epoch.built.files, epoch.built.size
        for name, data in files.shards.items():
            self._public.write_once(f"directory/shards/{name}", data)
        self._public.write_once(f"directory/{size}/index", files.index)
        # Until its entry is logged a trust list is nobody's promise: a step that was cut short leaves one to replace.
        self._public.replace(f"directory/{size}/trust-list.jwt", epoch.trust_list.encode())

    def _statement(self, epoch: _Epoch, latest: PublishedCheckpoint, now: int) -> str:
        host, built = self._office.root.host, epoch.built
        files = [
            {"uri": f"directory/{built.size}/index", "sha256": built.files.index_sha256},
            {
                "uri": f"directory/{built.size}/trust-list.jwt",
                "sha256": parse_token(epoch.trust_list, TRUST_LIST).digest,
            },
        ]
        public = {"size": built.size, "bits": built.bits, "root": b64u(built.root), "files": files}
        return sign_statement(
            Draft(log_origin(host), "directory.published", directory_uri(host), public),
            iss=authority_uri(host),
            iat=now,
            jti=b64u(self._office.entropy(16)),
            prev=epoch.prev,
            anchor=Anchor(size=latest.size, root=b64u(latest.root)),
            signer=self._signer,
        )

    def _show(self, covered: _Covered) -> DirectoryResult:
        trust_list = self._public.read(f"directory/{covered.size}/trust-list.jwt")
        if trust_list is not None:
            self._public.replace("trust/list.jwt", trust_list)
        self._public.replace(ENTITY_PATH, covered.configuration.encode())
        self._public.replace(LATEST, canonical({"entry": covered.entry, "size": covered.size}) + b"\n")
        self._shown = covered.entry
        return DirectoryResult("shown", covered.size)


def _names(group: Group, state: LogState) -> dict[str, str]:
    """Return the disclosed names of bodies; one whose name was erased has none."""
    names = {}
    for uri in state.bodies:
        for disclosure in queries.disclosures(group.connection, uri, group.size):
            if disclosure.name == "name":
                names[uri] = disclosure.value
    return names
