"""The route of history: what any object was on a day, as known on another, as JSON.

Each answer reads the object's own entries from the published plane and nothing else; it says for how many entries it
holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from registry.page_answer import answer_json
from registry.published import Published, kept_sizes
from verifier.audit.object_past import ObjectPast
from verifier.edge.folder import FolderFetcher
from verifier.edge.history_answer import answer_of, moment_of
from verifier.errors import MalformedError, WrongUseError
from verifier.names import parse_name

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot


class HistoryReader:
    """The handler over one published folder."""

    def __init__(self, public: Path, *, trust_root: TrustRoot, now: Clock) -> None:
        self._public = public
        self._root = trust_root
        self._now = now
        self._published = Published(public, trust_root)

    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route("/history/{name:path}", self.history)]

    async def history(self, request: Request) -> Response:
        """Answer for one object at ``as_of`` and ``known_at``: days, times, or a number of entries."""
        query = request.query_params
        answer = await run_in_threadpool(
            self._answer, request.path_params["name"], query.get("as_of"), query.get("known_at")
        )
        return answer_json(request, answer)

    def _answer(self, name: str, as_of: str | None, known_at: str | None) -> dict[str, Any]:
        uri = f"https://{self._root.host}/{name}"
        if parse_name(uri).kind == "directory":
            raise MalformedError("the directory has no history of its own", hint="Ask about an object in it.")
        past = ObjectPast(
            FolderFetcher(self._public), self._root, sizes=sorted(kept_sizes(self._public)), seen_at=self._seen_at
        )
        moment = moment_of(past, as_of=as_of, known_at=known_at, now=self._now())
        if moment.as_of > self._now():
            raise WrongUseError(
                "as_of lies in the future", hint="`shirushi upcoming` lists what the clock will change."
            )
        return answer_of(uri, moment, past)

    def _seen_at(self, size: int) -> int | None:
        found = self._published.at(size)
        return found.time if found else None
