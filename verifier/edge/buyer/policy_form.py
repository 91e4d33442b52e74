"""The policy of a check out of a form: conditions of one's own, a programme, or a policy file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.errors import MalformedError
from verifier.programme import find_programme
from verifier.requirement import Requirement, parse_requirement, requirement_of

if TYPE_CHECKING:
    from verifier.edge.console.form import Form

OWN = "own"
SCOPES = ("company", "group", "unit")
AGREEMENTS = ("unilateral", "bilateral", "multilateral")
_NUMBERS = ("max_age_hours", "grace_days")


def chosen_policy(form: Form) -> tuple[Requirement, str, str | None]:
    """Return the policy, the id of the programme that it is of, and the day as of which that judges; "" and None.

    A file goes before everything else. Raises MalformedError, NotFoundError.
    """
    file = form.files.get("policy_file")
    if file is not None and file.filename:
        return parse_requirement(file.data), "", None
    programme = form.get("programme", OWN)
    if programme != OWN:
        found = find_programme(programme)
        judged = found.head.judged_on
        return found.requirement, found.head.id, judged.isoformat() if judged else None
    return requirement_of(_members(form)), "", None


def _members(form: Form) -> dict[str, Any]:
    scope = [one for one in SCOPES if one in form.many("scope")]
    if not scope:
        raise MalformedError("no scope is accepted", hint="Choose one scope at least.")
    members: dict[str, Any] = {
        "version": 1,
        "tier": form.need("tier"),
        "scope": scope,
        "covered": bool(form.get("covered")),
        "ot": "included" if form.get("ot") else "any",
        "recognition": [one for one in AGREEMENTS if one in form.many("recognition")],
        **{name: form.number(name) for name in _NUMBERS if form.get(name)},
    }
    if form.get("valid_until"):
        members["valid_until"] = form.get("valid_until")
    return members
