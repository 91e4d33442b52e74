"""The way from a page to the document of a mark, where no server in front sends it to the verification service itself.

The reader has no key and signs nothing: it names the service that runs beside it, or says that there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from registry.verification.paths import MARKS, RECOGNITIONS
from verifier.edge.i18n import LANGUAGES
from verifier.errors import UnavailableError
from verifier.markid import normalise_mark_id

if TYPE_CHECKING:
    from starlette.requests import Request


def way_to_documents(verification: str) -> list[Route]:
    """Return the routes; ``verification`` is the address of the service, empty where none runs here."""

    def there(prefix: str) -> Route:
        async def lead(request: Request) -> Response:
            label = normalise_mark_id(request.path_params["id"])
            if not verification:
                raise UnavailableError(
                    "documents are signed by the verification service, which does not answer here",
                    hint="Whoever runs the server in front sends /verification/ to it.",
                )
            chosen = request.query_params.get("lang")
            query = f"?lang={chosen}" if chosen in LANGUAGES else ""
            address = f"{verification}{prefix}/{label}/certificate.pdf{query}"
            return RedirectResponse(address, 307, headers={"Cache-Control": "no-store"})

        return Route(f"{prefix}/{{id}}/certificate.pdf", lead)

    return [there(MARKS), there(RECOGNITIONS)]
