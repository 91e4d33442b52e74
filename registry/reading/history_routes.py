"""The routes of history: what any object was on a day, as known on another, as JSON.

Each answer reads the object's own entries from the published plane and nothing else; it says for how many entries it
holds, and under which kept checkpoint. The same answer stands at the object's own address, once ``as_of`` or
``known_at`` is asked for there.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from registry.publishing.published import Published, checkpoint_path, kept_sizes
from registry.reading.page_answer import answer_json
from verifier.audit.object_past import ObjectPast
from verifier.dates import parse_instant
from verifier.edge.folder import FolderFetcher
from verifier.edge.history_answer import answer_of, moment_of
from verifier.encoding import b64u
from verifier.errors import MalformedError, WrongUseError
from verifier.names import parse_name

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from verifier.injected import Clock
    from verifier.replay.history import Moment
    from verifier.trust.root import TrustRoot


class HistoryReader:
    """The handler over one published folder."""

    def __init__(self, public: Path, *, trust_root: TrustRoot, now: Clock) -> None:
        self._public = public
        self._root = trust_root
        self._now = now
        self._published = Published(public, trust_root)

    def routes(self) -> list[Route]:
        """Return the routes; what has no other answer under its own name has its history there."""
        kinds = (
            "/k/{kid}.json",
            "/s/{scheme}/{version}.json",
            "/x/{number}.json",
            "/p/{label}.json",
            "/v/{label}.json",
        )
        return [Route("/history/{rest:path}", self.history), *(Route(path, self.here) for path in kinds)]

    async def history(self, request: Request) -> Response:
        """Answer for one object at ``as_of`` and ``known_at``: days, times, or a number of entries."""
        return await self.told(request, request.path_params["rest"])

    async def here(self, request: Request) -> Response:
        """Answer for the object whose name the address is."""
        return await self.told(request, request.url.path.strip("/").removesuffix(".json"))

    async def told(self, request: Request, name: str) -> Response:
        """Answer for the object of that name below the host.

        Raises MalformedError for no name, WrongUseError for a time that is none or has not come, NotFoundError.
        """
        query = request.query_params
        answer = await run_in_threadpool(self.answer, name, query.get("as_of"), query.get("known_at"))
        return answer_json(request, answer)

    def answer(self, name: str, as_of: str | None, known_at: str | None) -> dict[str, Any]:
        """Return what the object of that name below the host was on a day, as known on another. Raises as ``told``."""
        uri, now = f"https://{self._root.host}/{name}", self._now()
        if parse_name(uri).kind == "directory":
            raise MalformedError("the directory has no history of its own", hint="Ask about an object in it.")
        past, sizes = self.past(), sorted(kept_sizes(self._public))
        moment = _moment(past, as_of, known_at, now)
        return {**answer_of(uri, moment, past), "checkpoint": self._checkpoint(moment.size, sizes)}

    def check_known_at(self, known_at: str) -> None:
        """Raise WrongUseError for a time or number of entries at which nothing can have been known."""
        _moment(self.past(), None, known_at, self._now())

    def past(self) -> ObjectPast:
        """Return the past of every object, as the published plane holds it now."""
        sizes = sorted(kept_sizes(self._public))
        return ObjectPast(FolderFetcher(self._public), self._root, sizes=sizes, seen_at=self._seen_at)

    def _checkpoint(self, size: int, sizes: list[int]) -> dict[str, Any] | None:
        """Return the first kept checkpoint over the entries that the answer holds for."""
        at = bisect_left(sizes, size)
        found = self._published.at(sizes[at]) if at < len(sizes) else None
        if found is None:
            return None
        path = f"/{checkpoint_path(found.size)}"
        return {"size": found.size, "root": b64u(found.root), "seen": found.time, "path": path}

    def _seen_at(self, size: int) -> int | None:
        found = self._published.at(size)
        return found.time if found else None


def _moment(past: ObjectPast, as_of: str | None, known_at: str | None, now: int) -> Moment:
    """Return the two times of a question. Raises WrongUseError for what is none, and for the future."""
    moment = moment_of(past, as_of=as_of, known_at=known_at, now=now)
    if moment.as_of > now:
        raise WrongUseError("as_of lies in the future", hint="`shirushi upcoming` lists what the clock will change.")
    if known_at is not None and not known_at.isdecimal() and parse_instant(known_at, zone=past.zone) > now:
        raise WrongUseError("known_at lies in the future", hint="Leave it out for all that is known.")
    return moment


def asks_for_a_day(request: Request) -> bool:
    """Say whether the question is about another time than now."""
    return not request.query_params.keys().isdisjoint({"as_of", "known_at"})
