"""The versions of one object's evidence: plan, results, corrections, put in order and held against each other.

Results only grow; whatever else changes between two versions is a correction, names what it corrects and says why. The
log tells how many versions there are: one that nobody shows keeps the answer open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from verifier.errors import StatementError, WrongUseError
from verifier.evidence.check import EvidenceCheck, EvidenceCheckName, failed, passed, unknown
from verifier.evidence.manifest import Manifest
from verifier.evidence.report import Change, Version
from verifier.evidence.row import FileRow
from verifier.evidence.sealing import Sealing

_ORDER = {"plan": 0, "results": 1, "correction": 2}


def ordered_versions(manifests: Iterable[Manifest], sealing: Sealing | None) -> tuple[Version, ...]:
    """Return the versions: sealed ones in the order of the log, the others after them as their heads say.

    Raises WrongUseError when there is nothing to compare a folder with, StatementError for manifests of two objects.
    """
    found = {manifest.sha256: manifest for manifest in manifests}
    objects = {(manifest.head.log, manifest.head.object, manifest.head.by) for manifest in found.values()}
    if len(objects) > 1:
        raise StatementError("the manifests are not about the same evidence of the same body")
    if all(manifest.head.kind == "plan" for manifest in found.values()):
        raise WrongUseError(
            "a plan alone says nothing about files", hint="Give the manifest of the results with --manifest."
        )
    versions = [Version(one, sealing.seal(one.sha256) if sealing else None) for one in found.values()]
    return tuple(sorted(versions, key=_place))


def check_sealed(versions: Iterable[Version], sealing: Sealing | None) -> EvidenceCheck:
    """Check that the log sealed every manifest at hand, and each as what it is."""
    name = EvidenceCheckName.SEALED
    if sealing is None:
        return unknown(name, "no_log", "without the log nobody can say when this was sealed")
    if not sealing.holds(EvidenceCheckName.LOG) or sealing.failed(EvidenceCheckName.SIGNER):
        return unknown(name, "no_log", "the log's evidence does not hold")
    for version in versions:
        head, seal = version.manifest.head, version.seal
        if seal is None:
            # A log that was read to its present end denies; one that may hide something, or is older, does not.
            denies = sealing.holds(EvidenceCheckName.PRESENT) and (sealing.as_of or 0) >= head.made_at
            say = failed if denies else unknown
            return say(name, "not_sealed", f"the log does not seal the {head.kind} {version.manifest.sha256}")
        if (seal.kind, seal.by) != (head.kind, head.by):
            return failed(name, "sealed_as_other", f"{version.manifest.sha256} is sealed as {seal.kind} by {seal.by}")
    return passed(name)


def check_versions(versions: tuple[Version, ...], sealing: Sealing | None) -> EvidenceCheck:
    """Check that no version is missing and that nothing changed between two of them without a correction."""
    name = EvidenceCheckName.VERSIONS
    fault = next(_faults(of_files(versions)), None)
    if fault:
        return failed(name, *fault)
    at_hand = {version.manifest.sha256 for version in versions}
    hidden = [one for one in (sealing.seals if sealing else ()) if one.manifest_sha256 not in at_hand]
    hidden_files = [one for one in hidden if one.kind != "plan"]
    if hidden_files:
        indexes = ", ".join(str(one.index) for one in hidden_files)
        return unknown(name, "version_missing", f"the log seals versions whose manifests are not at hand: {indexes}")
    return passed(name)


def of_files(versions: Iterable[Version]) -> tuple[Version, ...]:
    """Return the versions that hold files, in order."""
    return tuple(version for version in versions if version.manifest.head.kind != "plan")


def first_seen(versions: Iterable[Version]) -> dict[str, tuple[FileRow, Version]]:
    """Return for every name the first version that holds it, with its row there."""
    found: dict[str, tuple[FileRow, Version]] = {}
    for version in of_files(versions):
        for row in version.manifest.files:
            found.setdefault(row.path, (row, version))
    return found


def changes(files: tuple[Version, ...]) -> Iterator[Change]:
    """Yield what every correction changed, added or took away, by name."""
    for earlier, later in pairwise(files):
        old, new = earlier.manifest, later.manifest
        if new.head.kind != "correction" or old.is_part or new.is_part:
            continue
        before, after = ({row.path: row.sha256 for row in one.files} for one in (old, new))
        for path in sorted({*before, *after}):
            if path not in after:
                yield Change(path, "removed", new.sha256)
            elif path not in before:
                yield Change(path, "added", new.sha256)
            elif before[path] != after[path]:
                yield Change(path, "changed", new.sha256)


def _place(version: Version) -> tuple[bool, int, int, int]:
    head = version.manifest.head
    return version.seal is None, version.seal.index if version.seal else 0, _ORDER[head.kind], head.made_at


def _faults(versions: tuple[Version, ...]) -> Iterator[tuple[str, str]]:
    known = {version.manifest.sha256 for version in versions}
    for earlier, later in pairwise(versions):
        old, new = earlier.manifest, later.manifest
        if new.head.kind == "correction":
            if new.head.corrects in known and new.head.corrects != old.sha256:
                yield "corrects_another", f"{new.sha256} does not correct the version before it"
            continue
        if old.is_part or new.is_part:
            continue
        now = {row.path: row.sha256 for row in new.files}
        changed = sorted(row.path for row in old.files if now.get(row.path) != row.sha256)
        if changed:
            yield "changed_without_correction", ", ".join(changed[:5])
