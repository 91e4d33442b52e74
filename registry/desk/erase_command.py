"""`shirushi registry erase-name`: the disclosed name of a body is erased for good; every proof stays valid."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.data_folder import DataFolder
from registry.desk.operators import operators_desk
from registry.publishing.published import kept_sizes
from registry.rows.database import Database
from verifier.audit.object_past import ObjectPast
from verifier.edge.folder import FolderFetcher
from verifier.encoding import read_object
from verifier.errors import NotFoundError
from verifier.identifier import parse_identifier
from verifier.names import body_uri, log_origin, org_uri
from verifier.replay.history import fold_object
from verifier.replay.records import BodyRecord
from verifier.statement.commitment import Disclosure, commit, read_disclosure

if TYPE_CHECKING:
    from verifier.trust.root import TrustRoot


def erase_name(
    directory: Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")],
    no: Annotated[int, typer.Option("--no", min=1, help="The body's number.")],
) -> None:
    """Erase the name that a body disclosed, and the salt that opens its commitment. There is no way back.

    The log keeps the commitment, which then says nothing. Copies of the public folder that others made are theirs.
    """
    data = DataFolder(directory)
    root, plane = data.trust_root(), FolderFetcher(data.public)
    names = [one for one in _disclosed(plane, no) if one.name == "name"]
    if not names:
        raise NotFoundError(f"body {no} has no disclosed name", hint="It may have been erased before.")
    desk, uri, log = operators_desk(directory), body_uri(root.host, no), log_origin(root.host)
    organisation = org_uri(root.host, parse_identifier(_identifier(data.public, plane, root, uri)))
    for name in names:
        commitment = commit(log=log, object=uri, disclosure=name)
        admitted = desk.submit("disclosure.erased", organisation, {"commitment": commitment}, alone=True)
        typer.echo(f"log entry {admitted.index}: {commitment}")
    database = Database(data.database_place)
    try:
        database.forget("disclosure")
    finally:
        database.close()


def _disclosed(plane: FolderFetcher, no: int) -> list[Disclosure]:
    return [read_disclosure(one) for one in read_object(plane.fetch(f"e/{no}.json")).get("disclosures", [])]


def _identifier(public: Path, plane: FolderFetcher, root: TrustRoot, uri: str) -> str:
    past = ObjectPast(plane, root, sizes=sorted(kept_sizes(public)), seen_at=lambda size: None)
    record = fold_object(past.entries(uri))
    if not isinstance(record, BodyRecord):
        raise NotFoundError("the log holds no such body", hint="shirushi history e/7 shows a body.")
    return record.identifier
