"""`shirushi registry key`: what operators do about a body's key that is used no more, or fell into wrong hands.

One key here is the registry's own: the one that signs documents of marks.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Annotated, Literal

import typer

from registry.admission.affected import Affected, affected, cutoff_since
from registry.data_folder import DataFolder
from registry.desk.operators import operators_desk
from registry.document.document_key import certificate_file, make_document_key
from registry.household.child import now
from registry.rows.database import Database
from registry.settings import read_passphrase
from verifier.dates import parse_instant
from verifier.errors import WrongUseError

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Keys of bodies, and that of documents.")

Folder = Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")]
Key = Annotated[str, typer.Argument(help="The key's id (kid).")]
Cutoff = Annotated[int | None, typer.Option(min=0, help="The first log index that is void.")]
Reason = Literal["compromised", "superseded", "unspecified"]
Since = Annotated[
    str | None, typer.Option(help="Instead: since when the key may have been in other hands, a day or a time.")
]


@app.command("affected")
def affected_(
    directory: Folder,
    key: Key,
    cutoff: Cutoff = None,
    since: Since = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for whoever issues the marks anew.")] = False,
) -> None:
    """List the marks that a cut-off would leave valid and those that it would make void; nothing is changed."""
    found = _affected(DataFolder(directory), key, cutoff, since)
    if as_json:
        print(json.dumps(found.members(), indent=2))
        return
    members = found.members()
    print(f"cut-off at log index {found.cutoff}: {len(found.before)} marks stay valid, {len(found.after)} become void")
    for one in members["reissue"]:
        print(f"  entry {one['entry']}: {one['mark']} {one['sub']} {one['scheme']}/{one['tier']} {one['state']}")


@app.command()
def revoke(
    directory: Folder,
    key: Key,
    cutoff: Cutoff = None,
    since: Since = None,
    reason: Annotated[Reason, typer.Option(help="Why.")] = "compromised",
) -> None:
    """Revoke a body's key with a cut-off: what it signed from there on is void. A later one may only lower it."""
    found = _affected(DataFolder(directory), key, cutoff, since)
    admitted = operators_desk(directory).revoke_key(key, reason=reason, cutoff=found.cutoff)
    print(f"log entry {admitted.index}: {len(found.before)} marks stay valid, {len(found.after)} are void")
    print(admitted.receipt)


@app.command()
def retire(directory: Folder, key: Key) -> None:
    """Retire a body's key that is used no more: what it signed stays valid. One operator signs."""
    admitted = operators_desk(directory).retire_key(key)
    print(f"log entry {admitted.index}")
    print(admitted.receipt)


@app.command()
def document(directory: Folder) -> None:
    """Make the key that signs documents of marks, with its certificate. It is no key of the trust root."""
    data = DataFolder(directory.resolve())
    made = make_document_key(data, passphrase=read_passphrase(), now=now(), entropy=secrets.token_bytes)
    print(f"{certificate_file(data)}: SHA-256 {made.fingerprint}")
    print("next: start the registry again, and tell the fingerprint where readers of documents look for it")


def _affected(data: DataFolder, key: str, cutoff: int | None, since: str | None) -> Affected:
    if (cutoff is None) == (since is None):
        raise WrongUseError("say where to cut off: --cutoff INDEX or --since TIME")
    content, database = data.trust_root().content, Database(data.database_place)
    try:
        if cutoff is None:
            cutoff = cutoff_since(database, parse_instant(since or "", zone=content.zone))
        return affected(database, content.host, key, cutoff=cutoff)
    finally:
        database.close()
