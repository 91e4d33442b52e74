"""The route that balancers ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from registry.admission.api_models import problem_answers
from registry.portal.paths import HEALTH
from registry.portal.queries_outbox import count_deliveries
from registry.web.web_api import ANYONE

if TYPE_CHECKING:
    from fastapi import FastAPI

    from registry.portal.desk import Desk
    from registry.portal.work import Work
    from registry.web.readiness import ReadinessOf


class HealthDocument(BaseModel):
    """How the portal's own work goes on.

    ``status`` is ok; ``trouble`` where a worker has failed for five minutes or is in one step for an hour; else
    ``stale`` where the newest checkpoint is older than two hours, or ``nothing_published``. ``pending`` are deliveries
    that wait or are tried again, ``late`` the workers in trouble. ``watched`` is the log entry of the directory that
    all watches were last looked into, none before the first one.
    """

    status: str
    pending: int
    checkpoint_age: int | None
    watched: int | None
    late: list[str]


def add_health(app: FastAPI, desk: Desk, readiness: ReadinessOf, work: Work) -> None:
    """Add the route. What is told of the work is read anew for each question."""

    @app.get(
        HEALTH, name="health", response_model=HealthDocument, openapi_extra=ANYONE, responses=problem_answers(400, 503)
    )
    def health() -> Response:
        """Say whether the portal's database answers, what waits to be delivered, and whether the work goes on."""
        with desk.database.read() as connection:
            pending = count_deliveries(connection, "pending")
        found, late = readiness.look(), work.late()
        told = {
            "status": "trouble" if late else found.status,
            "pending": pending,
            "checkpoint_age": found.checkpoint_age,
            "watched": work.watched(),
            "late": late,
        }
        return JSONResponse(told, headers={"Cache-Control": "no-store"})
