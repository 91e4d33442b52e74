"""`shirushi agreement export`: hand a valid mark to the partner, as far as the agreement's disclosure register allows.

Exit codes: 0 exported, 1 not valid or not allowed, 2 could not be read, 64 wrong use.
"""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recognition.agreement_folder import read_folder
from recognition.disclosure import Crossing
from recognition.reverse import export_mark
from recognition.treaty import parse_treaty
from verifier.dates import local_date
from verifier.edge.packs import load_pack
from verifier.edge.read_plane import open_plane
from verifier.edge.root_store import read_root
from verifier.encoding import canonical
from verifier.errors import WrongUseError
from verifier.examine.examination import Presented
from verifier.gather import gather
from verifier.mark import parse_mark
from verifier.markid import normalise_mark_id
from verifier.verify import verify

if TYPE_CHECKING:
    from verifier.verdict import Verdict

SECRET_BYTES = 32


def export(
    mark: Annotated[str, typer.Argument(help="The mark's id.")],
    folder: Annotated[Path, typer.Argument(help="The agreement's folder, as both sides signed it.")],
    *,
    recipient: Annotated[str, typer.Option(help="Who gets it, such as a registry's host; kept in the record.")],
    out: Annotated[Path, typer.Option(help="File of the export pack.")],
    register: Annotated[Path, typer.Option(help="File to which the record of each disclosure is added.")],
    secret: Annotated[Path, typer.Option(help="File of the secret for commitments and pseudonyms; made if absent.")],
    consent: Annotated[
        list[str] | None, typer.Option(help="A field that the holder consented to; may be given several times.")
    ] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="Where it goes; the partner's if absent.")] = None,
    place: Annotated[str | None, typer.Option("--from", help="Address or folder of the registry.")] = None,
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
) -> None:
    """Export a mark: what it is worth under the partner's rule, with the fields that may cross the border."""
    treaty = parse_treaty(read_folder(folder), pack_of=load_pack)
    pinned, at = read_root(root), int(time.time())
    with open_plane(place or f"https://{pinned.host}") as plane:
        bundle = gather(plane.fetcher, normalise_mark_id(mark))
    shown = parse_mark(bundle.mark) if bundle.mark is not None else None
    verdict: Verdict = verify(
        Presented(normalise_mark_id(mark), pinned.host, mark=shown), bundle=bundle, root=pinned, now=at, live=True
    )
    partner = treaty.disclosure.partner if treaty.disclosure else ""
    crossing = Crossing(
        agreement=treaty.terms.id,
        jurisdiction=jurisdiction or partner,
        recipient=recipient,
        day=local_date(at, pinned.content.zone),
        at=at,
        consented=frozenset(consent or ()),
    )
    pack = export_mark(verdict, treaty, crossing, secret=_secret(secret))
    # The record first: nothing leaves that is not on record.
    with register.open("a", encoding="utf-8") as file:
        file.write(json.dumps(pack.disclosed.record, sort_keys=True) + "\n")
    out.write_bytes(canonical(pack.members()))
    typer.echo(f"{out}: {pack.claim['level']} of {pack.claim['foreign_scheme']} {pack.claim['foreign_version']}")
    for one in pack.disclosed.passed:
        typer.echo(f"  {one.field}: {one.action} ({one.reason})")


def _secret(file: Path) -> bytes:
    if not file.exists():
        file.touch(mode=0o600)
        file.write_bytes(secrets.token_bytes(SECRET_BYTES))
    data = file.read_bytes()
    if len(data) != SECRET_BYTES:
        raise WrongUseError(f"{file} does not hold {SECRET_BYTES} bytes", hint="Name a file that does not exist yet.")
    return data
