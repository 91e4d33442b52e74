"""`shirushi evidence`: whoever holds sealed evidence compares it with what the log bound. Needs the verifier only.

Exit codes of `verify`: 0 all unaltered and confirmed, 1 something is altered, missing, added or flagged, 2 something
could not be confirmed, 64 wrong use. Sealing itself joins from the evaluator's desk where that is installed.
"""

from __future__ import annotations

import json
import time
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from verifier.edge.evidence_files import read_file, read_manifests
from verifier.edge.evidence_folder import present_files
from verifier.edge.evidence_text import report_lines
from verifier.edge.read_plane import open_plane
from verifier.edge.root_store import newest_root, read_root
from verifier.edge.tracked import tracked
from verifier.errors import WrongUseError
from verifier.evidence.gathering import gather_seals
from verifier.evidence.judge import judge_evidence
from verifier.evidence.manifest import Manifest
from verifier.evidence.sealing import SealEvidence, Sealing, judge_seals, parse_seal_evidence
from verifier.log.policy_file import parse_policy
from verifier.trust.root import TrustRoot

GROUP = "shirushi.evidence"
"""Entry points of this group are typer.Typer objects whose commands join this one: those of whoever seals."""

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def main() -> None:
    """Seal evidence before anybody asks for it, and compare it with what was sealed."""


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of evidence as it is now.")],
    *,
    manifest: Annotated[
        list[Path],
        typer.Option(help="Manifest, part of one, or what `seal` wrote; of plan and corrections too."),
    ],
    bundle: Annotated[Path | None, typer.Option(help="The log's evidence, for an answer without a network.")] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="URL|DIR", help="Address or folder of what is published.")
    ] = None,
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
    witness_policy: Annotated[
        Path | None, typer.Option(help="Your own witness policy (C2SP tlog-policy), demanded beside the root's.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON, with every file.")] = False,
    lang: Annotated[str, typer.Option(help="Language of the report: ja or en.")] = "en",
) -> int:
    """Say for every file whether it is unaltered, altered, missing, added or late, and when it was sealed."""
    now = int(time.time())
    if bundle is not None and source is not None:
        raise WrongUseError("--bundle and --from contradict each other")
    manifests = [one for path in manifest for one in read_manifests(path)]
    pinned = read_root(root) if bundle or source else None
    sealing, zone = None, "UTC"
    if pinned is not None:
        evidence = _evidence(bundle, source, manifests[0].head.object)
        known = newest_root(pinned, evidence.bundle.trust_roots)
        sealing = _judged(evidence, manifests[0], known, witness_policy, now=now)
        zone = known.content.zone
    with tracked("reading", unit="byte") as progress:
        present = present_files(folder, progress)
    report = judge_evidence(manifests, present, sealing, now=now)
    if as_json:
        typer.echo(json.dumps(report.members(), ensure_ascii=False, indent=2))
    else:
        for line in report_lines(report, lang, zone=zone):
            typer.echo(line)
    return report.exit_code


@app.command()
def show(
    manifest: Annotated[Path, typer.Argument(metavar="MANIFEST", help="A whole manifest, or what `seal` wrote.")],
    name: Annotated[list[str], typer.Argument(metavar="NAME...", help="Names of files, or items of a plan, to show.")],
    *,
    out: Annotated[Path, typer.Option(help="The file to write.")],
) -> None:
    """Cut out a part of a manifest that proves these files alone and hides the names and hashes of all others."""
    whole = read_manifests(manifest)[-1]
    out.write_bytes(whole.show(name))
    typer.echo(f"{out}: {len(set(name))} of {whole.head.count} rows")


def _evidence(bundle: Path | None, source: str | None, object: str) -> SealEvidence:
    if bundle is not None:
        return parse_seal_evidence(read_file(bundle))
    with open_plane(source or "") as plane:
        return gather_seals(plane.fetcher, object, listing=plane.listing)


def _judged(
    evidence: SealEvidence, manifest: Manifest, root: TrustRoot, witness_policy: Path | None, *, now: int
) -> Sealing:
    own = parse_policy(read_file(witness_policy)) if witness_policy is not None else None
    return judge_seals(evidence, manifest.head.object, root=root, now=now, witnesses=own)


def _join_evaluators_commands() -> None:
    for entry in metadata.entry_points(group=GROUP):
        try:
            app.registered_commands += entry.load().registered_commands
        except ModuleNotFoundError:
            # Only the verifier's part is installed: whoever checks evidence needs none of these.
            continue


_join_evaluators_commands()
