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


class HealthDocument(BaseModel):
    """``pending`` are deliveries that wait or are tried again."""

    status: str
    pending: int


def add_health(app: FastAPI, desk: Desk) -> None:
    """Add the route."""

    @app.get(HEALTH, name="health", response_model=HealthDocument, openapi_extra=ANYONE, responses=problem_answers(503))
    def health() -> Response:
        """Say whether the portal's database answers, and how much waits to be delivered."""
        with desk.database.read() as connection:
            pending = count_deliveries(connection, "pending")
        return JSONResponse({"status": "ok", "pending": pending}, headers={"Cache-Control": "no-store"})
