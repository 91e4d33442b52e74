"""Level requests of a desk: written from a form, kept as files, and beside them the answers that came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from verifier.edge.request.request_folder import read_asked
from verifier.edge.request.request_status import Standing, standings
from verifier.edge.whole_file import write_whole
from verifier.encoding import b64u, digest
from verifier.errors import MalformedError, MarkError, NotFoundError, RefusedError
from verifier.identifier import parse_identifier
from verifier.level_request import QUESTIONS, Asked, LevelRequest, check_needed, parse_answer
from verifier.schema import read_model

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.edge.buyer.desk_folder import DeskFolder
    from verifier.edge.console.form import Form
    from verifier.injected import Entropy


@dataclass(frozen=True)
class Line:
    """A request with what the supplier holds; ``standing`` is None while there is no copy of the directory."""

    asked: Asked
    standing: Standing | None


def all_requests(desk: DeskFolder) -> tuple[list[Line], MarkError | None]:
    """Return every request, the nearest date first, and why nobody can say what is held, where that is so."""
    asked = _asked(desk.requests)
    if not asked:
        return [], None
    try:
        copy = desk.directory()
        found = standings(asked, copy, desk.statements(copy))
    except MarkError as error:
        return [Line(one, None) for one in sorted(asked, key=lambda one: one.by)], error
    return [Line(one.asked, one) for one in sorted(found, key=lambda one: one.asked.by)], None


def add_request(desk: DeskFolder, form: Form, *, now: int, entropy: Entropy) -> LevelRequest:
    """Write the request of a form. Raises MalformedError, StatementError, RefusedError."""
    members = {
        "v": 1,
        "id": b64u(entropy(16)),
        "made": datetime.fromtimestamp(now, UTC).date().isoformat(),
        "client": _party(form, "client"),
        "supplier": _party(form, "supplier"),
        "tier": form.need("tier"),
        "reasons": [one for one in QUESTIONS if one in form.many("reasons")],
        "need": form.need("need"),
        "by": form.need("by"),
        "cost_contact": form.need("cost_contact"),
    }
    request = read_model(LevelRequest, members, what="the request")
    check_needed(request)
    write_whole(desk.requests / f"{request.id}.json", request.serialize())
    return request


def find_request(desk: DeskFolder, id: str) -> Asked:
    """Return a request with its newest answer. Raises NotFoundError."""
    for one in _asked(desk.requests):
        if one.request.id == id:
            return one
    raise NotFoundError("there is no such request here")


def take_answer(desk: DeskFolder, data: bytes) -> Asked:
    """Keep an answer; return the request that it is about. Raises RefusedError where none is here, EvidenceError."""
    answer = parse_answer(data)
    for one in _asked(desk.requests):
        if one.request.sha256 == answer.request_sha256:
            write_whole(desk.requests / f"answer-{digest(answer.serialize())[:22]}.json", answer.serialize())
            return one
    raise RefusedError("the answer is about a request that is not here, or that was changed since")


def _asked(folder: Path) -> list[Asked]:
    return read_asked(folder)[0] if any(folder.glob("*.json")) else []


def _party(form: Form, who: str) -> dict[str, str]:
    try:
        identifier = str(parse_identifier(form.need(f"{who}_identifier")))
    except MarkError as error:
        raise MalformedError(f"{who}: {error.message}", hint=error.hint) from error
    return {"identifier": identifier, "name": form.need(f"{who}_name")}
