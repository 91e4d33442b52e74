"""Making manifests at the desk: a plan before the results, results under their plan, corrections as new versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from issuer.evidence_hashing import HashedFile
from issuer.workplace import Workplace
from verifier.errors import RefusedError
from verifier.evidence.manifest import Manifest, Terms, build_manifest
from verifier.evidence.plan import PackRules, Plan
from verifier.evidence.row import FileRow, PlanRow
from verifier.evidence.runs import Assigned, assign, check_sheet, judge_runs, ranges_text
from verifier.injected import Entropy
from verifier.names import evidence_uri
from verifier.schema import read_model
from verifier.statement.commitment import salt_from


@dataclass(frozen=True)
class Content:
    """What is sealed as results or as a correction.

    ``earlier`` are the manifests of the same object so far, the newest last. A ``reason`` makes it a correction.
    """

    files: tuple[HashedFile, ...]
    sheet: Mapping[str, Assigned]
    earlier: tuple[Manifest, ...] = ()
    subject: str | None = None
    terms: Terms | None = None
    late_after: int | None = None
    reason: str | None = None
    with_gaps: bool = False


def plan_manifest(place: Workplace, plan: Plan, rules: PackRules, *, earlier: tuple[Manifest, ...] = ()) -> Manifest:
    """Return the manifest of a plan, or of its next version where ``earlier`` plans are given.

    Raises RefusedError when results were sealed under it already.
    """
    if any(one.head.kind != "plan" for one in earlier):
        raise RefusedError("results were sealed under this plan already", hint="Seal another plan, as a new object.")
    terms = plan.sealed_terms()
    head = _head(place, "plan", _object(place, earlier), plan.subject)
    head |= {"terms": terms.members() if terms else None, "late_after": rules.late_after}
    head |= {"pack": rules.pin.members() if rules.pin else None}
    return build_manifest(_given(head), plan.rows(place.entropy))


def results_manifest(place: Workplace, content: Content) -> Manifest:
    """Return the manifest of results, of more results, or of a correction.

    Raises RefusedError when run numbers leave something out or go beyond the plan (unless gaps are wanted), and when
    sealed files changed without a reason being given; MalformedError for a sheet that does not fit the folder.
    """
    plan = _newest(content.earlier, {"plan"})
    before = _newest(content.earlier, {"results", "correction"})
    if content.reason is not None and before is None:
        raise RefusedError("there is nothing to correct yet", hint="Leave --reason out.")
    model = before or plan
    subject = content.subject or (model.head.subject if model else None)
    if subject is None:
        raise RefusedError("what was measured is not said", hint="Give --subject, or --earlier with a plan.")
    items = plan.items if plan else ()
    check_sheet(content.sheet, (one.path for one in content.files))
    rows = [_row(one, content, items, place.entropy) for one in content.files]
    if not content.with_gaps:
        _refuse_gaps(rows, items)
    kind = "correction" if content.reason is not None else "results"
    if before is not None and kind == "results":
        _refuse_changes(before, rows)
    terms = content.terms or (model.head.terms if model else None)
    head = _head(place, kind, _object(place, content.earlier), subject)
    head |= {
        "terms": terms.members() if terms else None,
        "late_after": _limit(content.late_after, model),
        "pack": model.head.pack.members() if model and model.head.pack else None,
        "plan": before.head.plan if before else (plan.sha256 if plan else None),
        "corrects": before.sha256 if before and kind == "correction" else None,
        "reason": content.reason,
    }
    return build_manifest(_given(head), rows)


def _row(file: HashedFile, content: Content, items: Iterable[PlanRow], entropy: Entropy) -> FileRow:
    told = assign(file.path, content.sheet, items)
    by_file = told.measured_at is None and told.run is not None and file.modified > 0
    measured_at = file.modified if by_file else told.measured_at
    members = {
        "path": file.path,
        "sha256": file.sha256,
        "size": file.size,
        "item": told.item,
        "run": told.run,
        "measured_at": measured_at,
        "measured_by": None if measured_at is None else "file" if by_file else "sheet",
        "salt": salt_from(entropy),
    }
    return read_model(FileRow, _given(members), what=file.path)


def _refuse_gaps(rows: list[FileRow], items: Iterable[PlanRow]) -> None:
    for one in judge_runs(rows, items):
        for what, ranges in (("misses runs", one.gaps), ("has runs that were not planned:", one.unplanned)):
            if ranges:
                raise RefusedError(
                    f"{one.item} {what} {ranges_text(ranges)}",
                    hint="Failed and aborted runs are results too: add them, or seal --with-gaps and it will be shown.",
                )


def _refuse_changes(before: Manifest, rows: list[FileRow]) -> None:
    now = {row.path: row.sha256 for row in rows}
    changed = sorted(row.path for row in before.files if now.get(row.path) != row.sha256)
    if changed:
        raise RefusedError(
            f"{len(changed)} sealed files changed or are gone, such as {changed[0]}",
            hint="Give --reason: what changes sealed files is a correction.",
        )


def _limit(own: int | None, model: Manifest | None) -> int | None:
    planned = model.head.late_after if model else None
    if own is not None and planned is not None and own > planned:
        raise RefusedError("the plan seals sooner after measuring than is asked for here")
    return planned if own is None else own


def _newest(earlier: tuple[Manifest, ...], kinds: set[str]) -> Manifest | None:
    return next((one for one in reversed(earlier) if one.head.kind in kinds), None)


def _object(place: Workplace, earlier: tuple[Manifest, ...]) -> str:
    if not earlier:
        return evidence_uri(place.identity.host, place.entropy(10).hex())
    head = earlier[-1].head
    if head.by != place.identity.uri:
        raise RefusedError(f"{head.object} is the evidence of {head.by}")
    return head.object


def _head(place: Workplace, kind: str, object: str, subject: str) -> dict[str, Any]:
    identity = place.identity
    members = {"log": identity.log, "object": object, "kind": kind, "by": identity.uri, "made_at": place.clock()}
    return {**members, "subject": subject}


def _given(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
