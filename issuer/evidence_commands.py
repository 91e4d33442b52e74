"""`shirushi evidence plan`, `seal` and `submit`: the evaluator's side. They join the verifier's `shirushi evidence`.

A run may be stopped at any time and the same command goes on where it stopped. Exit codes: 0 sealed, 1 refused, 2 could
not be finished now, 64 wrong use.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Any

import typer

from issuer.desk import Desk
from issuer.evidence import Content, plan_manifest, results_manifest
from issuer.evidence_hashing import hash_evidence
from issuer.issue import INTERVAL, Waiting
from issuer.options import CONSOLE, FOLDER, DeskFolder, PassphraseFile, desk_with
from issuer.seal import Sealed, seal_in_log, sign_offline
from issuer.sealing_folder import Journal, SealingFolder
from verifier.dates import utc_text
from verifier.edge.evidence_files import read_file, read_manifests
from verifier.edge.packs import find_pack
from verifier.edge.tracked import tracked
from verifier.errors import MalformedError, WrongUseError
from verifier.evidence.manifest import Manifest, Terms
from verifier.evidence.plan import HOUR, pack_rules, read_plan
from verifier.evidence.runs import judge_runs, ranges_text, read_sheet

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

_Out = Annotated[Path, typer.Option(help="The folder of this seal: what is finished stands there.")]
_Earlier = Annotated[
    Path | None, typer.Option(help="The folder of the seal that this one follows: the plan, or the version before.")
]
_Offline = Annotated[
    bool, typer.Option("--offline", help="Sign the content only; `shirushi evidence submit` sends it later.")
]
_Wait = Annotated[int, typer.Option(min=0, help="Seconds to wait for the witnessed proof.")]
_Subject = Annotated[str | None, typer.Option(help="What is measured, in a sentence.")]
_Terms = Annotated[Path | None, typer.Option(help="Text file with the terms under which the evidence may be used.")]
_Late = Annotated[int | None, typer.Option(min=0, max=8760, help="Hours from measuring to sealing that are in time.")]


@app.command()
def plan(
    file: Annotated[Path, typer.Argument(metavar="PLAN", help="The plan: .toml, .json or .csv.")],
    *,
    out: _Out,
    earlier: _Earlier = None,
    subject: _Subject = None,
    terms: _Terms = None,
    late_after_hours: _Late = None,
    offline: _Offline = False,
    wait: _Wait = 60,
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Seal a plan before its results: what is measured, how, in how many numbered runs, under which terms."""
    options = _plan_options(file, subject=subject, terms=terms, late_after_hours=late_after_hours)
    folder = SealingFolder(out)
    with folder.alone(), _desk(desk, passphrase_file) as place:
        if not folder.has_manifest:
            read = read_plan(read_file(file), filename=file.name, options=options)
            rules = pack_rules(read, find_pack(read.pack) if read.pack else None)
            before = _manifests(earlier)
            folder.keep(plan_manifest(place, read, rules, earlier=before), list(before))
        _finish(place, folder, offline=offline, wait=wait)


@app.command()
def seal(
    evidence: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of evidence to seal.")],
    *,
    out: _Out,
    earlier: _Earlier = None,
    reason: Annotated[str | None, typer.Option(help="Why sealed files changed: makes it a correction.")] = None,
    runs: Annotated[Path | None, typer.Option(help="Sheet of runs, .csv: path, item, run, measured_at.")] = None,
    zone: Annotated[str, typer.Option(help="Time zone of times without an offset in the sheet.")] = "Asia/Tokyo",
    with_gaps: Annotated[bool, typer.Option("--with-gaps", help="Seal although runs lack or are unplanned.")] = False,
    subject: _Subject = None,
    terms: _Terms = None,
    late_after_hours: _Late = None,
    offline: _Offline = False,
    wait: _Wait = 60,
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Hash every file of a folder and seal the manifest: as results, as more of them, or as a correction."""
    folder = SealingFolder(out)
    folder.check_outside(evidence)
    with folder.alone(), _desk(desk, passphrase_file) as place:
        if not folder.has_manifest:
            sheet = read_sheet(read_file(runs), filename=runs.name, zone=zone) if runs else {}
            before = _manifests(earlier)
            with tracked("hashing", unit="byte") as progress, Journal(folder) as journal:
                hashed = hash_evidence(evidence, journal, progress)
            content = Content(
                files=hashed,
                sheet=sheet,
                earlier=before,
                subject=subject,
                terms=_terms(terms),
                late_after=None if late_after_hours is None else late_after_hours * HOUR,
                reason=reason,
                with_gaps=with_gaps,
            )
            folder.keep(results_manifest(place, content), list(before))
        _tell_runs(folder.manifests())
        _finish(place, folder, offline=offline, wait=wait)


@app.command()
def submit(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="The folder that `plan` or `seal` wrote.")],
    *,
    wait: _Wait = 60,
    passphrase_file: PassphraseFile = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Submit what was signed offline, or go on with what was interrupted."""
    opened = SealingFolder(folder)
    opened.manifests()
    with opened.alone(), _desk(desk, passphrase_file) as place:
        _finish(place, opened, offline=False, wait=wait)


def _finish(place: Desk, folder: SealingFolder, *, offline: bool, wait: int) -> None:
    manifest = folder.manifests()[-1]
    if offline:
        sign_offline(place, folder)
        CONSOLE.print(f"{folder.folder}: {_told(manifest)}, signed and not yet sealed", markup=False)
        return
    sealed = seal_in_log(place, folder, Waiting(looks=1 + int(wait / INTERVAL), pause=time.sleep))
    CONSOLE.print(f"{folder.folder}: {_told(manifest)}", markup=False)
    CONSOLE.print(_when(sealed), markup=False)


def _told(manifest: Manifest) -> str:
    return f"{manifest.head.kind} of {manifest.head.count} rows, {manifest.head.object}, sha256 {manifest.sha256}"


def _when(sealed: Sealed) -> str:
    earliest, latest = sealed.seal.earliest, utc_text(sealed.seal.latest)
    between = f"between {utc_text(earliest)} and {latest}" if earliest is not None else f"by {latest}"
    return f"sealed {between}, log entry {sealed.index}"


def _tell_runs(manifests: list[Manifest]) -> None:
    """Say which planned runs are still to come: no fault while measuring goes on, one when nothing follows."""
    plans = [one for one in manifests if one.head.kind == "plan"]
    for one in judge_runs(manifests[-1].files, plans[-1].items if plans else ()):
        if one.absent:
            CONSOLE.print(f"{one.item}: runs {ranges_text(one.absent)} of the plan are not in the folder", markup=False)


def _desk(folder: Path, passphrase_file: Path | None) -> AbstractContextManager[Desk]:
    return desk_with(folder, "decider", passphrase_file=passphrase_file)


def _manifests(earlier: Path | None) -> tuple[Manifest, ...]:
    return tuple(read_manifests(earlier)) if earlier is not None else ()


def _terms(path: Path | None) -> Terms | None:
    return None if path is None else Terms(text=_text(path))


def _text(path: Path) -> str:
    try:
        return read_file(path).decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise MalformedError(f"{path} is not UTF-8") from error


def _plan_options(
    file: Path, *, subject: str | None, terms: Path | None, late_after_hours: int | None
) -> dict[str, Any]:
    given = {
        "subject": subject,
        "late_after_hours": late_after_hours,
        "terms": {"text": _text(terms)} if terms is not None else None,
    }
    options = {name: value for name, value in given.items() if value is not None}
    if options and file.suffix.lower() != ".csv":
        raise WrongUseError(f"{file.name} says {min(options)} itself", hint="These options are for a plan in .csv.")
    return options
