"""`shirushi registry root`: the ceremony of the trust root, from the custodians' keys to the next logged version."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer

from registry.data_folder import OPERATORS, DataFolder
from registry.desk.operators import operators_desk
from registry.household.child import now
from registry.publishing.files import PublicFolder
from registry.root.ceremony import Arrangement, compose_root, make_custodian, make_keys
from registry.root.founding import begin_log
from registry.root.root_files import (
    keep_custodian,
    next_key,
    next_log_key,
    open_custodian,
    read_custodian,
    read_draft,
    read_witness,
    switch_keys,
    write_draft,
)
from registry.root.root_plan import (
    Change,
    next_root,
    with_custodians,
    with_key,
    with_log_key,
    with_witness,
    without_key,
    without_log_key,
    without_witness,
)
from registry.root.root_report import is_agreed, root_lines
from registry.rows import queries
from registry.rows.database import Database
from registry.settings import read_passphrase
from verifier.edge.keystore import load_signer
from verifier.errors import NotFoundError, TrustRootError, WrongUseError
from verifier.names import root_uri
from verifier.trust.root import TrustRoot, countersign, follow, pin, sign_root

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="The trust root: its ceremony, its custodians, its next version."
)

Folder = Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")]
Draft = Annotated[Path, typer.Argument(help="The draft: a trust root that is not signed by enough custodians yet.")]
After = Annotated[Path | None, typer.Option(help="The version before it, such as public/trust/1.json.")]
Files = Annotated[list[Path], typer.Option("--custodian", help="A custodian's public file; several times.")]
Witnesses = Annotated[list[Path], typer.Option("--witness", help="A witness's file: name, vkey, operator, country.")]
Threshold = Annotated[int, typer.Option(min=1, help="How many custodians sign.")]


@app.command()
def custodian(
    holder: Annotated[str, typer.Option(help="The custodian's lasting pseudonym.")],
    keys: Annotated[Path, typer.Option(help="The folder of the custodian's keys, on a machine of its own.")],
) -> None:
    """Make a custodian's two keys, and the public file that the authority is given."""
    public = keep_custodian(keys, make_custodian(holder, secrets.token_bytes), passphrase=read_passphrase())
    print(f"{public}: give it to the authority, and its thumbprints on another way")


@app.command()
def create(
    directory: Folder,
    *,
    host: Annotated[str, typer.Option(help="The authority's host: it stands in every name for ever.")],
    custodians: Files,
    witnesses: Witnesses,
    out: Annotated[Path, typer.Option(help="The draft to write.")],
    threshold: Threshold = 2,
    quorum: Annotated[int, typer.Option(min=1, help="Operators of witnesses that must cosign.")] = 3,
    zone: Annotated[str, typer.Option(help="The time zone of the scheme's calendar.")] = "Asia/Tokyo",
) -> None:
    """Make the authority's keys and the draft of the first trust root, for the custodians to sign."""
    data = DataFolder(directory.resolve())
    places = [read_witness(path) for path in witnesses]
    keys = make_keys(secrets.token_bytes)
    arrangement = Arrangement(host, zone, "production", places, quorum)
    listed = [read_custodian(path) for path in custodians]
    root = sign_root(compose_root(arrangement, keys, listed, threshold=threshold, now=now()), ())
    data.keep_keys(keys, {}, passphrase=read_passphrase())
    write_draft(out, root)
    _show(root, None)


@app.command()
def rotate(
    directory: Folder,
    *,
    out: Annotated[Path, typer.Option(help="The draft to write.")],
    custodians: Annotated[
        list[Path] | None, typer.Option("--custodian", help="The public file of a custodian who comes.")
    ] = None,
    drop_custodian: Annotated[list[str] | None, typer.Option(help="A custodian who goes.")] = None,
    threshold: Annotated[int | None, typer.Option(min=1, help="How many custodians sign from now on.")] = None,
    new_key: Annotated[list[str] | None, typer.Option(help="A key to follow, such as operator-1 or status.")] = None,
    new_log_key: Annotated[bool, typer.Option("--new-log-key", help="Let another key of the log follow.")] = False,
    witnesses: Annotated[list[Path] | None, typer.Option("--witness", help="The file of a witness that comes.")] = None,
    retire: Annotated[list[str] | None, typer.Option(help="A kid, a log's vkey or a witness's name that ends.")] = None,
    begins: Annotated[int | None, typer.Option("--from", min=0, help="Log index at which new ones begin; now.")] = None,
    ends: Annotated[int | None, typer.Option("--until", min=0, help="Log index at which retired ones end.")] = None,
    cut_off: Annotated[list[str] | None, typer.Option(help="KID=INDEX: a stolen key, void from there on.")] = None,
) -> None:
    """Draft the next trust root. The custodians of the present and of the next version have to sign it."""
    data, passphrase = DataFolder(directory.resolve()), read_passphrase()
    current = data.trust_root()
    start = _log_size(data) if begins is None else begins
    changes: list[Change] = []
    if custodians or drop_custodian or threshold:
        added = [read_custodian(path) for path in custodians or ()]
        changes.append(with_custodians(added=added, removed=drop_custodian or (), threshold=threshold))
    for name in new_key or ():
        key = next_key(data, name, passphrase=passphrase, entropy=secrets.token_bytes)
        changes.append(with_key(key, begins=start))
    if new_log_key:
        vkey = next_log_key(data, current.host, passphrase=passphrase, entropy=secrets.token_bytes)
        changes.append(with_log_key(vkey, begins=start))
    changes += [with_witness(read_witness(path), begins=start) for path in witnesses or ()]
    changes += [_ending(current, one, ends) for one in retire or ()]
    changes += [_cutting(one) for one in cut_off or ()]
    root = sign_root(next_root(current.content, changes, now=now()), ())
    write_draft(out, root)
    _show(root, current)


@app.command()
def show(draft: Draft, after: After = None) -> None:
    """Show what a root says or changes, and who has signed it."""
    _show(read_draft(draft), read_draft(after) if after else None)


@app.command()
def sign(
    draft: Draft,
    holder: Annotated[str, typer.Option(help="The custodian who signs.")],
    keys: Annotated[Path, typer.Option(help="The folder of the custodian's keys.")],
    after: After = None,
) -> None:
    """Sign a draft as a custodian, with both keys; what is signed is shown."""
    root = countersign(read_draft(draft), open_custodian(keys, holder, passphrase=read_passphrase()))
    write_draft(draft, root)
    _show(root, read_draft(after) if after else None)


@app.command()
def publish(draft: Draft, directory: Folder) -> None:
    """Publish a root that enough custodians signed: found the registry with the first, log every later one.

    A running registry takes a later root at its next start. Then run this again: it logs the root.
    """
    data, root = DataFolder(directory.resolve()), read_draft(draft)
    if root.content.version == 1 and not data.database.exists():
        _found(data, pin(root.serialize()))
        return
    current = data.trust_root()
    if root.content.version > current.content.version:
        follow(current, [root.serialize()])
    elif root.sha256 != _published(data, root.content.version).sha256:
        raise TrustRootError(f"another root is published as version {root.content.version}")
    public = PublicFolder(data.public, writer="root")
    if public.read(_path(root)) is None:
        public.write_once(_path(root), root.serialize())
        print(f"{_path(root)} is published")
    try:
        desk = operators_desk(directory)
    except NotFoundError:
        print("start the registry, then run this again: it logs the root")
        return
    said = {"version": root.content.version, "sha256": root.sha256}
    admitted = desk.submit("trust_root.published", root_uri(desk.host), said)
    print(f"log entry {admitted.index}")
    print(admitted.receipt)


@app.command()
def switch(directory: Folder) -> None:
    """Put the authority's next keys into their places: the newest root lists them and the registry stands still."""
    names = switch_keys(DataFolder(directory.resolve()), passphrase=read_passphrase())
    print(f"next keys in place: {', '.join(names)}" if names else "no next key is listed by the newest root")


def _found(data: DataFolder, root: TrustRoot) -> None:
    passphrase = read_passphrase()
    operators = [load_signer(data.key(name), passphrase) for name in OPERATORS]
    if missing := [one.kid for one in operators if one.kid not in root.keys]:
        raise WrongUseError(f"the root does not list the operators' keys in {data.path}: {', '.join(missing)}")
    begin_log(data, root, operators, clock=now, entropy=secrets.token_bytes)
    print(f"trust root 1 of {root.host}: {root.sha256}")
    print(f"next: name the witnesses' addresses in {data.path}/settings.toml, then shirushi serve --dir {data.path}")


def _ending(current: TrustRoot, name: str, ends: int | None) -> Change:
    if ends is None:
        raise WrongUseError("say at which log index it ends: --until INDEX")
    if name in current.keys:
        return without_key(name, until=ends)
    if any(one.vkey == name for one in current.content.log_keys):
        return without_log_key(name, until=ends)
    return without_witness(name, until=ends)


def _cutting(text: str) -> Change:
    kid, _, index = text.partition("=")
    if not index.isascii() or not index.isdecimal():
        raise WrongUseError(f"not KID=INDEX: {text}")
    return without_key(kid, cutoff=int(index))


def _log_size(data: DataFolder) -> int:
    database = Database(data.database_place)
    try:
        with database.read() as connection:
            return queries.log_size(connection).size
    finally:
        database.close()


def _published(data: DataFolder, version: int) -> TrustRoot:
    return read_draft(data.public / f"trust/{version}.json")


def _path(root: TrustRoot) -> str:
    return f"trust/{root.content.version}.json"


def _show(root: TrustRoot, before: TrustRoot | None) -> None:
    for line in root_lines(root, before):
        print(line)
    if (before is not None or root.content.version == 1) and is_agreed(root, before):
        print("it can be published")
