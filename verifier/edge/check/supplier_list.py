"""What `shirushi check` and `shirushi watch` share: the list, the policy and the copy that they are given."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from verifier.check.columns import ROLES, Columns, detect_columns
from verifier.check.judge import Case
from verifier.check.receipt import CheckpointAnchor
from verifier.check.recognised import read_statements
from verifier.check.supplier import NameBook, Supplier, read_suppliers
from verifier.dates import parse_instant
from verifier.directory.bulk import BulkDirectory
from verifier.directory.copying import DirectoryCopy
from verifier.directory.proven import ProvenEpoch
from verifier.edge.check.supplier_file import SupplierFile, read_supplier_file
from verifier.edge.directory_store import FolderStore
from verifier.edge.read_plane import read_tokens
from verifier.edge.root_store import read_root
from verifier.encoding import b64u
from verifier.errors import EvidenceError, MalformedError, NotFoundError, UnavailableError, WrongUseError
from verifier.log.tlog_proof import TlogProof
from verifier.requirement import Requirement, parse_requirement
from verifier.statement import Statement
from verifier.tier import Tier
from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class SupplierList:
    """A list as it was read: the file, its columns and its rows as suppliers."""

    data: bytes
    file: SupplierFile
    columns: Columns
    suppliers: tuple[Supplier, ...]

    @property
    def asks_itself(self) -> bool:
        """Say whether some row names the tier that is asked of it."""
        return any(one.asked for one in self.suppliers)

    def asked_alike(self) -> SupplierList:
        """Return the list without the tiers that rows name: applicants do not choose their measure."""
        return replace(self, suppliers=tuple(one._replace(asked=None) for one in self.suppliers))

    @property
    def unwatched(self) -> tuple[Supplier, ...]:
        """The rows that nothing can be looked up for: refused ones, and those with a name alone."""
        return tuple(one for one in self.suppliers if one.refused or not one.subject)

    def names(self, further: Sequence[tuple[str, str]] = ()) -> NameBook:
        """Return the names that stand beside identifiers in the list, and further ones."""
        own = ((one.identifiers[0], one.name) for one in self.suppliers if _is_named(one))
        return NameBook([*own, *further])


@dataclass(frozen=True)
class Copy:
    """A copy of the directory at a proven epoch, the root that it was proven by and the checkpoint of its proof."""

    store: FolderStore
    epoch: ProvenEpoch
    root: TrustRoot
    checkpoint: CheckpointAnchor
    now: int

    def directory(self) -> BulkDirectory:
        """Return the directory to ask; the files are one's own, so nobody sees which parts are read."""
        return BulkDirectory(self.store, self.epoch.index, copy=self.store)


@contextmanager
def many_values() -> Iterator[None]:
    """Keep the garbage collector away: a list makes a million small values and no circles among them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def read_file(path: Path) -> bytes:
    """Return a file's bytes. Raises WrongUseError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise WrongUseError(f"{path} cannot be read: {error.strerror}") from error


def read_policy(path: Path) -> Requirement:
    """Return the policy of a file. Raises WrongUseError."""
    try:
        return parse_requirement(read_file(path))
    except MalformedError as error:
        raise WrongUseError(f"{path}: {error.message}", hint=error.hint) from error


def read_list(path: Path, *, wanted: Tier, named: Sequence[str] = (), sheet: str | None = None) -> SupplierList:
    """Return a list. ``named`` are wishes such as ``0188=番号``. Raises WrongUseError: exit code 1 means a supplier."""
    try:
        return parse_list(read_file(path), filename=path.name, wanted=wanted, named=named, sheet=sheet)
    except MalformedError as error:
        raise WrongUseError(error.message, hint=error.hint) from error


def parse_list(
    data: bytes, *, filename: str, wanted: Tier, named: Sequence[str] = (), sheet: str | None = None
) -> SupplierList:
    """Return the list in a file's bytes. Raises MalformedError, or WrongUseError for a wish that is none."""
    file = read_supplier_file(data, filename=filename, sheet=sheet)
    wishes = _wishes(named)
    try:
        columns = detect_columns(file.rows, wishes)
    except MalformedError as error:
        raise file.no_list(error.message, hint=error.hint) from error
    return list_of(data, file, columns, wanted=wanted)


def list_of(data: bytes, file: SupplierFile, columns: Columns, *, wanted: Tier) -> SupplierList:
    """Return the list in rows that were read. Raises MalformedError where no row holds a supplier."""
    suppliers = read_suppliers(file.rows, columns, damage=file.damage, wanted=wanted)
    if not suppliers:
        raise no_supplier(file)
    return SupplierList(data, file, columns, suppliers)


def no_supplier(file: SupplierFile) -> MalformedError:
    """Return why a file that ends with its headings is no list."""
    return file.no_list("there is no supplier below the headings", hint="Was the export cut off?")


def read_names(path: Path | None) -> list[tuple[str, str]]:
    """Return identifiers with names out of a list of one's own. Raises WrongUseError."""
    if path is None:
        return []
    known = read_list(path, wanted=Tier("any", 1)).suppliers
    return [(one.identifiers[0], one.name) for one in known if _is_named(one)]


def _is_named(one: Supplier) -> bool:
    """Say whether a row tells whose name an identifier is; one that was refused does not."""
    return bool(one.identifiers and one.name and not one.refused)


def read_recognitions(path: Path | None) -> tuple[Statement, ...]:
    """Return the statements about recognitions in a file, one a line; none for no file. Raises WrongUseError."""
    return () if path is None else read_statements(read_tokens(path))


def open_copy(folder: Path, root: Path | None) -> Copy:
    """Return the copy in a folder.

    Raises UnavailableError where it proves nothing: then nothing is known about any supplier.
    """
    pinned, now, store = read_root(root), int(time.time()), FolderStore(folder)
    try:
        epoch = DirectoryCopy(store, pinned, now=now).epoch()
        proof = TlogProof.parse(store.fetch(f"directory/{epoch.size}/entry.tlog-proof"))
    except NotFoundError as error:
        if not (folder / "directory").exists():
            raise
        # What a registry publishes looks alike, and lacks the proof that a pull keeps beside it.
        raise UnavailableError(
            f"this folder is no copy that was pulled: {error.message}",
            hint="Make one: shirushi directory pull --from https://... --dir FOLDER.",
        ) from error
    except EvidenceError as error:
        raise unreliable(error) from error
    checkpoint = proof.checkpoint.checkpoint
    return Copy(store, epoch, pinned, CheckpointAnchor(size=checkpoint.size, root=b64u(checkpoint.root)), now)


def unreliable(error: EvidenceError) -> UnavailableError:
    """Return what a damaged copy means for a list: no answer, which is not a bad answer about a supplier."""
    return UnavailableError(
        f"the copy of the directory cannot be relied on: {error.message}",
        hint="Fetch it anew into an empty folder: shirushi directory pull.",
    )


def case_of(copy: Copy, requirement: Requirement, at: str | None) -> Case:
    """Return what all rows are judged by. Raises WrongUseError for what is no time."""
    content = copy.root.content
    return Case(
        requirement=requirement,
        host=copy.root.host,
        zone=content.zone,
        environment=content.environment,
        at=parse_instant(at, zone=content.zone) if at else copy.now,
        now=copy.now,
        as_of=copy.epoch.as_of,
    )


def _wishes(named: Sequence[str]) -> dict[str, str]:
    wishes = {}
    for wish in named:
        role, separator, heading = wish.partition("=")
        if not separator or role not in ROLES or not heading:
            hint = f"Roles: {', '.join(ROLES)}."
            raise WrongUseError(f"a column is named as ROLE=HEADING, not as {wish[:40]!r}", hint=hint)
        if role in wishes:
            raise WrongUseError(f"two columns are named for {role}", hint="Name one.")
        wishes[role] = heading
    return wishes
