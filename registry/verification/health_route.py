"""The route that balancers ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from registry.admission.api_models import problem_answers
from registry.verification.paths import HEALTH
from registry.web.web_api import ANYONE
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from registry.web.readiness import ReadinessOf


class HealthDocument(BaseModel):
    """``status`` is ok, or stale where the newest checkpoint is older than two hours."""

    status: str
    size: int
    checkpoint_age: int | None


def add_health(app: FastAPI, readiness: ReadinessOf) -> None:
    """Add the route."""

    @app.get(
        HEALTH,
        name="health",
        response_model=HealthDocument,
        openapi_extra=ANYONE,
        responses=problem_answers(400, 503),
    )
    async def health() -> Response:
        """Say whether there is something to answer from, and how old it is."""
        found = await run_in_threadpool(readiness.look)
        if not found.is_ready:
            raise UnavailableError("nothing is published here yet", hint="Ask again in a moment.")
        return JSONResponse(found.members(), headers={"Cache-Control": "no-store"})
