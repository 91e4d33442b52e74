"""`shirushi directory`: a copy of the directory on one's own machine, and questions to it or to the registry.

Exit codes: 0 done, or the directory holds a record; 1 the evidence is bad, or it is proven that there is none; 2 could
not find out; 64 wrong use. A record's state is no verdict: that is what `shirushi verify` is for.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from verifier.dates import utc_text
from verifier.directory.copying import DirectoryCopy
from verifier.directory.proven import ProvenEpoch, fetch_epoch
from verifier.directory.ranged import RangedDirectory, RangeFetcher
from verifier.directory.record import IdentifierRecord, Record
from verifier.directory.tree import BucketProof
from verifier.edge.client import open_client
from verifier.edge.directory_export import export
from verifier.edge.directory_store import FolderStore, HttpRangeFetcher
from verifier.edge.read_plane import open_plane
from verifier.edge.root_store import read_root
from verifier.encoding import b64u
from verifier.errors import MalformedError, WrongUseError
from verifier.identifier import parse_identifier
from verifier.markid import normalise_mark_id
from verifier.names import mark_uri, parse_name
from verifier.trust.root import TrustRoot

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Keep a copy of the directory, and look up in it without a network.",
)

app.command()(export)

_Root = Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@dataclass(frozen=True)
class Answer:
    """What a proven epoch holds for a subject, with the proof; ``record`` is None where it holds nothing."""

    subject: str
    record: Record | None
    proof: BucketProof
    epoch: ProvenEpoch

    def members(self) -> dict[str, Any]:
        """Return the JSON object; times are in UTC seconds."""
        return {
            "subject": self.subject,
            "present": self.record is not None,
            "record": self.record.members() if self.record else None,
            "as_of": self.epoch.as_of,
            "directory": _epoch_members(self.epoch),
            "proof": {
                "bucket": self.proof.bucket,
                "lines": [line.decode() for line in self.proof.lines],
                "path": [b64u(one) for one in self.proof.path],
            },
        }

    def lines(self) -> list[str]:
        """Return the answer in words."""
        shown = f"as of {utc_text(self.epoch.as_of)}, proven by entry {self.epoch.entry} of {self.epoch.index.log}"
        match self.record:
            case None:
                return [f"{self.subject}: nothing", shown]
            case IdentifierRecord():
                marks = [
                    f"  {one.mark}  {one.link}, {one.scheme}/{one.tier}, {one.scope_kind}, {one.state},"
                    f" from {utc_text(one.nbf)} until {utc_text(one.until)}"
                    for one in self.record.marks
                ]
                return [f"{self.subject}: {len(marks)} mark{'s' if len(marks) > 1 else ''}", *marks, shown]
            case record:
                until = f" until {utc_text(record.until)}" if record.until else ""
                return [f"{self.subject}: {record.state}{until}, by entry {record.head}", shown]


@app.command()
def pull(
    *,
    source: Annotated[str, typer.Option("--from", metavar="URL|DIR", help="Address or folder of what is published.")],
    folder: Annotated[Path, typer.Option("--dir", help="Where the copy is kept.")],
    since: Annotated[
        int | None,
        typer.Option(metavar="EPOCH", help="The epoch that the copy is at: fetch what changed since, or nothing."),
    ] = None,
    root: _Root = None,
    as_json: _Json = False,
) -> None:
    """Bring a copy of the directory to the newest epoch: everything the first time, then what changed."""
    copy = DirectoryCopy(FolderStore(folder), read_root(root), now=int(time.time()))
    with open_plane(source) as plane:
        pulled = copy.pull(plane.fetcher, since=since)
    if as_json:
        members = {"way": pulled.way, "bytes": pulled.fetched, "shards": pulled.shards, "as_of": pulled.epoch.as_of}
        typer.echo(json.dumps({**_epoch_members(pulled.epoch), **members}))
        return
    typer.echo(f"epoch {pulled.epoch.size}, as of {utc_text(pulled.epoch.as_of)}")
    typer.echo(f"{pulled.fetched:,} bytes fetched: {_WAYS[pulled.way]}")


@app.command("look-up")
def look_up(
    asked: Annotated[
        str, typer.Argument(metavar="WHAT", help="Mark id, identifier of an organisation, or the URI of an object.")
    ],
    *,
    folder: Annotated[Path | None, typer.Option("--dir", help="The copy to look in, without a network.")] = None,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="URL", help="Ask a registry instead; it learns the bucket, not whom you check."),
    ] = None,
    root: _Root = None,
    as_json: _Json = False,
) -> int:
    """Say what the directory holds, or that it holds nothing, with the proof of it. Ends with 1 for nothing."""
    pinned, now = read_root(root), int(time.time())
    subject = read_subject(asked, pinned)
    if (folder is None) == (source is None):
        raise WrongUseError("look up in a copy or at a registry?", hint="Give --dir or --from.")
    if folder is not None:
        store = FolderStore(folder)
        answer = ask(store, DirectoryCopy(store, pinned, now=now).epoch(), subject)
    else:
        with open_client() as http:
            fetcher = HttpRangeFetcher(source or "", http)
            answer = ask(fetcher, fetch_epoch(fetcher, pinned, now=now), subject)
    typer.echo(json.dumps(answer.members(), indent=2) if as_json else "\n".join(answer.lines()))
    return 0 if answer.record else 1


def ask(fetcher: RangeFetcher, epoch: ProvenEpoch, subject: str) -> Answer:
    """Return what an epoch holds for a subject. Raises ProofError or MalformedError for files that are not its own."""
    proof = RangedDirectory(fetcher, epoch.index).prove(subject)
    return Answer(subject, epoch.look_up(proof, subject), proof, epoch)


def read_subject(asked: str, root: TrustRoot) -> str:
    """Return what the directory's records are found under. Raises WrongUseError for what it can never hold."""
    try:
        if asked.startswith("https://"):
            name = parse_name(asked)
            return name.value if name.kind == "o" else asked
        with suppress(MalformedError):
            return mark_uri(root.host, normalise_mark_id(asked))
        return str(parse_identifier(asked))
    except MalformedError as error:
        raise WrongUseError(f"{asked[:80]}: {error.message}", hint=error.hint) from error


_WAYS = {
    "current": "nothing had changed",
    "deltas": "the records that changed",
    "shards": "every shard that the copy did not hold",
}


def _epoch_members(epoch: ProvenEpoch) -> dict[str, Any]:
    public = epoch.public
    return {"entry": epoch.entry, "size": public.size, "bits": public.bits, "root": public.root}
