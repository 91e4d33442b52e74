"""A case as OSCAL 1.1.2 assessment results (NIST), for tools that keep assessments of several schemes.

Pure. One result; one finding for each item, whose target is the item and whose evidence references are observations.
Names of persons are left out. A plan is not part of a case, so ``import-ap`` points at the scheme pack by its digest.
What is exported holds findings: it is for the applicant and the body, never for the registry.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from issuer.answers import ItemAnswer
from issuer.case import Case
from verifier.dates import utc_text
from verifier.scheme.pack import SchemePack

OSCAL_VERSION = "1.1.2"
NAMESPACE = uuid.UUID("7c1d5f0e-6a0b-5d0e-9f43-2f4f1f0c9a11")
PROPERTIES = "https://shirushi.example/ns/oscal"


def assessment_results(case: Case, pack: SchemePack, *, body: str, at: int) -> dict[str, Any]:
    """Return the document of a case, dated ``at`` (UTC seconds); the same case at the same time gives the same one."""
    ids = _Ids(f"{body} {case.id} {case.revision}")
    labels = {item.id: (item.label_ja, item.label_en) for item in pack.items_for(case.level)}
    return {
        "assessment-results": {
            "uuid": ids("document"),
            "metadata": {
                "title": f"{case.scheme} {case.version}, level {case.level}: case {case.id}",
                "last-modified": utc_text(at),
                "version": str(case.revision),
                "oscal-version": OSCAL_VERSION,
            },
            "import-ap": {"href": f"#{ids('pack')}"},
            "results": [_result(case, labels, ids, at=at)],
            "back-matter": {
                "resources": [
                    {
                        "uuid": ids("pack"),
                        "title": f"{pack.scheme} {pack.version}",
                        "description": f"Scheme pack with the digest {pack.digest} (base64url SHA-256).",
                    }
                ]
            },
        }
    }


def control_id(item: str) -> str:
    """Return an item's id as an OSCAL token, which begins with a letter or an underscore."""
    return item if item[:1].isalpha() else f"_{item}"


class _Ids:
    """UUIDs (version 5) that follow from the case alone."""

    def __init__(self, base: str) -> None:
        self._base = base

    def __call__(self, name: str) -> str:
        return str(uuid.uuid5(NAMESPACE, f"{self._base} {name}"))


def _result(case: Case, labels: Mapping[str, tuple[str, str]], ids: _Ids, *, at: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "uuid": ids("result"),
        "title": f"Evaluation of case {case.id}",
        "description": case.scope.scope_summary,
        "start": utc_text(case.assessing_since or case.opened_at),
    }
    if case.attested is not None:
        result["end"] = utc_text(case.attested.at)
    result["props"] = [_prop(name, value) for name, value in _facts(case).items()]
    controls = [{"control-id": control_id(item)} for item in labels]
    result["reviewed-controls"] = {"control-selections": [{"include-controls": controls}]}
    noted = [one for one in case.answers if one.evidence]
    if noted:
        result["observations"] = [_observation(one, ids, at=at) for one in noted]
    if case.answers:
        result["findings"] = [_finding(one, labels[one.item], ids) for one in case.answers]
    return result


def _facts(case: Case) -> dict[str, str]:
    facts = {
        "state": case.state.value,
        "criteria-sha256": case.criteria_sha256,
        "subject": case.holder.identifiers[0],
        "scope-kind": case.scope.scope_kind,
        "operational-technology": case.scope.ot,
    }
    if case.reservation is not None:
        facts["mark"] = case.reservation.mark
    return facts


def _prop(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": PROPERTIES, "value": value}


def _observation(answer: ItemAnswer, ids: _Ids, *, at: int) -> dict[str, Any]:
    return {
        "uuid": ids(f"observation {answer.item}"),
        "description": answer.evidence,
        "methods": ["EXAMINE"],
        "collected": utc_text(at),
    }


def _finding(answer: ItemAnswer, label: tuple[str, str], ids: _Ids) -> dict[str, Any]:
    target: dict[str, Any] = {
        "type": "objective-id",
        "target-id": control_id(answer.item),
        "status": {"state": "satisfied" if answer.settled else "not-satisfied"},
    }
    if not answer.settled:
        target["status"]["reason"] = "fail" if answer.word == "not_met" else "other"
    if answer.word == "not_applicable":
        target["implementation-status"] = {"state": "not-applicable"}
    finding: dict[str, Any] = {
        "uuid": ids(f"finding {answer.item}"),
        "title": f"{answer.item} {label[0]} / {label[1]}",
        "description": answer.justification or answer.word.replace("_", " "),
        "target": target,
    }
    if answer.evidence:
        finding["related-observations"] = [{"observation-uuid": ids(f"observation {answer.item}")}]
    return finding
