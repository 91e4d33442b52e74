"""All accredited bodies, as a page and as JSON: role, scope, term and how each one stands by the clock.

They come from the trust list, the authority's signed file; nothing is asked of a database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from registry.reading.page_answer import PageRequest, Render, answer_page
from verifier.edge.page.listing import body_standing
from verifier.trust.trustlist import read_trust_list

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from verifier.gather import Fetcher
    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot
    from verifier.trust.trustlist import ListedBody

TRUST_LIST = "trust/list.jwt"


class BodiesReader:
    """The handler over one published plane."""

    def __init__(self, fetcher: Fetcher, *, trust_root: TrustRoot, now: Clock, render: Render | None) -> None:
        self._fetcher = fetcher
        self._root = trust_root
        self._now = now
        self._render = render

    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route("/bodies", self.bodies)]

    async def bodies(self, request: Request) -> Response:
        """Answer with all bodies."""
        answer = await run_in_threadpool(bodies_answer, self._fetcher, self._root, now=self._now())
        return answer_page(request, PageRequest("bodies", "", answer, None, "", {}), self._render)


def bodies_answer(fetcher: Fetcher, root: TrustRoot, *, now: int) -> dict[str, Any]:
    """Return every body of the trust list as it stands now. Raises NotFoundError before the first directory."""
    listed = read_trust_list(fetcher.fetch(TRUST_LIST), root)
    return {
        "registry": f"https://{root.host}",
        "as_of": now,
        "list": {"issued": listed.iat, "next_update": listed.exp, "stale": now >= listed.exp},
        "size": listed.token.payload["size"],
        "bodies": [_row(one, now) for one in listed.bodies],
    }


def _row(body: ListedBody, now: int) -> dict[str, Any]:
    # Keys are for verifiers, which take the signed list itself.
    shown = {name: value for name, value in body.members().items() if name != "keys"}
    return {**shown, "standing": body_standing(body.state, body, now)}
