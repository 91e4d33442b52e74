"""Bodies' applications as the console shows them, and the steps that operators take on pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.applications import application as rules_of
from registry.applications.application import Application, Step
from registry.applications.rules import read_rules
from verifier.dates import day_start
from verifier.identifier import parse_identifier
from verifier.schema import read_model

if TYPE_CHECKING:
    from datetime import date

    from registry.applications.application import Decision
    from registry.applications.rules import ApplicationRules, Window
    from registry.applications.store import Applications
    from registry.data_folder import DataFolder
    from verifier.injected import Entropy


def applications_shown(data: DataFolder, book: Applications, *, zone: str, now: int) -> dict[str, Any]:
    """Return every application, those that run first, with the end of each window, and the windows."""
    rules = read_rules(data.path)
    windows = {one.id: one for one in rules.windows}
    found = [_line(one, rules, windows.get(one.window), zone) for one in book.all()]
    return {
        "applications": sorted(found, key=lambda one: (not one["is_running"], one["opened"])),
        "windows": [
            {
                "id": one.id,
                "role": one.role,
                "opens": day_start(one.opens, zone),
                "closes": closes_at(one.closes, zone),
                "is_open": one.is_open(now, zone),
                "illustrative": one.illustrative,
            }
            for one in rules.windows
        ],
    }


def application_shown(data: DataFolder, found: Application, *, zone: str) -> dict[str, Any]:
    """Return one application with its checklist, its steps and the decision that was proposed."""
    rules = read_rules(data.path)
    papers = dict(found.papers)
    window = next((one for one in rules.windows if one.id == found.window), None)
    return {
        **_line(found, rules, window, zone),
        "items": [
            {"id": one.id, "ja": one.ja, "en": one.en, "sha256": papers.get(one.id)} for one in rules.items(found.role)
        ],
        "steps": [
            {"step": one.step, "at": one.at, "by": one.by, "item": one.item, "entry": one.entry} for one in found.steps
        ],
        "decision": found.decision.members() if found.decision else None,
        "decided_by": [one.by for one in found.words],
    }


def running_applications(book: Applications) -> int:
    """Return how many applications wait for somebody."""
    return sum(one.is_running for one in book.all())


def open_application(
    data: DataFolder, book: Applications, said: dict[str, str], *, by: str, zone: str, now: int, entropy: Entropy
) -> Application:
    """Open an application. Raises RefusedError, NotFoundError or MalformedError."""
    window = read_rules(data.path).window(said["window"])
    new = Application(
        f"B-{entropy(5).hex()}", window.id, window.role, str(parse_identifier(said["identifier"])), said["name"]
    )
    step = Step(step="open", at=now, by=by)
    return book.add_beside(lambda running: rules_of.begin(new, step, window, zone=zone, running=running))


def supply_paper(
    data: DataFolder, book: Applications, id: str, *, item: str, sha256: str, by: str, now: int
) -> Application:
    """Record that an item was supplied; its digest is kept. Raises RefusedError or NotFoundError."""
    found = book.get(id)
    step = read_model(Step, {"step": "supply", "at": now, "by": by, "item": item, "sha256": sha256}, what="step")
    supplied = rules_of.supply(found, step, read_rules(data.path).items(found.role))
    book.append(supplied)
    return supplied


def withdraw_application(book: Applications, id: str, *, by: str, now: int) -> Application:
    """Record that the body takes its application back. Raises RefusedError or NotFoundError."""
    withdrawn = rules_of.withdraw(book.get(id), Step(step="withdraw", at=now, by=by))
    book.append(withdrawn)
    return withdrawn


def decide_application(
    data: DataFolder, book: Applications, found: Application, decision: Decision, *, by: str, approval: str, now: int
) -> Application:
    """Add one operator's signed word on an application. Raises RefusedError."""
    step = Step(step="decide", at=now, by=by, decision=decision, approval=approval)
    decided = rules_of.decide(found, step, read_rules(data.path).items(found.role))
    book.append(decided)
    return decided


def closes_at(day: date, zone: str) -> int:
    """Return the first instant after a day."""
    return day_start(day, zone) + 86_400


def _line(one: Application, rules: ApplicationRules, window: Window | None, zone: str) -> dict[str, Any]:
    missing = one.missing(rules.items(one.role))
    return {
        "id": one.id,
        "window": one.window,
        "closes": closes_at(window.closes, zone) if window else None,
        "role": one.role,
        "identifier": one.identifier,
        "name": one.name,
        "state": one.state,
        "is_running": one.is_running,
        "missing": len(missing),
        "opened": one.steps[0].at,
        "entry": one.entry,
    }
