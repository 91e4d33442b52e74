"""The tables of the browser's judge, written out of this package: schemas, kinds of statements, machines, constants.

The judge that runs in a browser (static/judge) has its rules in its own code and everything that is data from here, so
that a member or a step added to the formats cannot be forgotten there. ``python -m verifier.edge.judge_tables`` writes
the file; a test holds that the committed one is this one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from verifier import bundle, envelope, mark, names, seal, verify
from verifier.directory import record
from verifier.examine import log_evidence, mark_version
from verifier.replay import duties, mark_rules
from verifier.replay.machines import MACHINES
from verifier.schema import checked_mark_id
from verifier.statement import approval, attestation, claims
from verifier.statement.kinds import KINDS, Effect, Role
from verifier.trust import content, root, trustlist
from verifier.verdict import CheckName, Headline

if TYPE_CHECKING:
    from pydantic import BaseModel

PLACE = Path(__file__).parent / "static/judge/tables.js"
_HEAD = "// Written by python -m verifier.edge.judge_tables out of the judge in Python. Do not edit.\n\n"

_MODELS: dict[str, type[BaseModel]] = {
    "mark": mark._Claims,
    "statement": claims._Claims,
    "attestation": attestation._Claims,
    "approval": approval._Claims,
    "bundle": bundle._Bundle,
    "rootFile": root._File,
    "rootContent": content.RootContent,
    "trustList": trustlist._Claims,
    "objectRecord": record.ObjectRecord,
    "identifierRecord": record.IdentifierRecord,
}
_ROLES = {
    Role.OPERATOR: "operator",
    Role.DECIDER: "decider",
    Role.ASSESSOR: "assessor",
    Role.BODY_HOLDER: "body_holder",
    Role.DIRECTORY: "directory",
    Role.FOREIGN_OPERATOR: "foreign_operator",
}
_EFFECTS = {Effect.GRANT: "grant", Effect.TAKING_AWAY: "taking_away", Effect.RECORD: "record"}
_SAID = {"title", "description"}


class _Schemas(GenerateJsonSchema):
    """JSON Schema that keeps what a plain one leaves out: that a text is a mark id."""

    def function_after_schema(self, schema: Any) -> dict[str, Any]:
        if schema["function"]["function"] is checked_mark_id:
            return {"type": "string", "format": "mark-id"}
        return super().function_after_schema(schema)


def tables() -> dict[str, Any]:
    """Return every table by the name under which the module exports it."""
    models = {*_MODELS.values(), *(kind.schema for kind in KINDS.values())}
    ordered = sorted(models, key=lambda model: (model.__module__, model.__qualname__))
    found, written = models_json_schema(
        [(model, "validation") for model in ordered],
        by_alias=True,
        ref_template="{model}",
        schema_generator=_Schemas,
    )
    name_of = {model: found[model, "validation"]["$ref"] for model in ordered}
    return {
        "CHECKS": [name.value for name in CheckName],
        "CONSTANTS": _constants(),
        "HEADLINES": {headline.value: headline.exit_code for headline in Headline},
        "KINDS": {
            kind.name: {
                "object": kind.object_kind,
                "schema": name_of[kind.schema],
                "effect": _EFFECTS[kind.effect],
                "signings": [[_ROLES[one.first], _ROLES[one.second] if one.second else None] for one in kind.signings],
            }
            for kind in KINDS.values()
        },
        "MACHINES": {
            kind: {f"{state or ''}|{event}": following for (state, event), following in machine.items()}
            for kind, machine in MACHINES.items()
        },
        "MODELS": {name: name_of[model] for name, model in _MODELS.items()},
        "NAME_KINDS": list(names.KINDS),
        "SCHEMAS": {name: _bare(schema) for name, schema in sorted(written["$defs"].items())},
        "TOKEN_RULES": {
            typ: {"longest": rule.max_bytes, "lifetime": rule.lifetime} for typ, rule in envelope.TOKEN_RULES.items()
        },
    }


def write_tables() -> str:
    """Return the module's text."""
    parts = [
        f"export const {name} = {json.dumps(table, ensure_ascii=False, indent=1)};\n"
        for name, table in tables().items()
    ]
    return _HEAD + "\n".join(parts)


def _constants() -> dict[str, int | str]:
    return {
        "CLOCK_SKEW": envelope.CLOCK_SKEW,
        "MAX_TIME": envelope.MAX_TIME,
        "LIVE_WITHIN": verify.LIVE_WITHIN,
        "LONGEST_DATING": log_evidence.LONGEST_DATING,
        "LONGEST_DENIAL": mark_version.LONGEST_DENIAL,
        "LONGEST_SUSPENSION": mark_rules.LONGEST_SUSPENSION,
        "LONGEST_EXTENSION_DAYS": duties.LONGEST_EXTENSION_DAYS,
        "EARLIEST_ISSUE": mark.EARLIEST_ISSUE,
        "SOLE_NAME": mark.SOLE_NAME,
        "SOLE_NAME_LATIN": mark.SOLE_NAME_LATIN,
        "SEAL_NAME_BYTES": seal.NAME_BYTES,
        "BUNDLE_MAX_BYTES": bundle.MAX_BYTES,
        "ROOT_MAX_BYTES": root.MAX_BYTES,
        "ROOT_LONGEST_LIFE": root.LONGEST_LIFE,
    }


def _bare(schema: Any, *, named: bool = False) -> Any:
    """Return a schema without its titles and descriptions; members of objects keep their names."""
    if isinstance(schema, list):
        return [_bare(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: part for name, part in schema.items() if named or name not in _SAID}
    return {name: _bare(part, named=name == "properties" and not named) for name, part in kept.items()}


if __name__ == "__main__":
    PLACE.write_text(write_tables(), encoding="utf-8")
