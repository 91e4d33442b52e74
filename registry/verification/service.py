"""The verification service as one application."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from starlette.middleware.cors import CORSMiddleware

from registry.document.document_maker import DocumentMaker
from registry.document.document_routes import add_documents
from registry.verification.answering import Answering
from registry.verification.check_jobs import CheckJobs
from registry.verification.check_routes import MOST_BYTES as MOST_LIST_BYTES
from registry.verification.check_routes import add_checks
from registry.verification.checking import Checker
from registry.verification.closed_route import ClosedRoute
from registry.verification.fair_share import FairShare, sender_of
from registry.verification.health_route import add_health
from registry.verification.hot_marks import EXPOSED, HotMarks
from registry.verification.image_look_ups import MOST_BYTES as MOST_IMAGE_BYTES
from registry.verification.look_up_routes import add_look_ups
from registry.verification.paths import CHECKS, IMAGES, PREFIX
from registry.verification.places import Places
from registry.verification.search_index import SearchIndex
from registry.verification.search_page_routes import SearchPage, add_search_page
from registry.verification.search_routes import add_searches
from registry.verification.searching import Searching
from registry.verification.shedding import Shedding
from registry.web.body_limit import BodyLimit
from registry.web.logs import route_of
from registry.web.observing import Observing
from registry.web.problems import problem
from registry.web.readiness import ReadinessOf
from registry.web.web_api import new_api
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from registry.document.document_key import DocumentKey
    from registry.verification.fair_share import Known
    from verifier.injected import Clock
    from verifier.signer import Signer
    from verifier.trust.root import TrustRoot

MOST_BYTES = 65_536
MOST_TOGETHER = 268_435_456
"""Bytes of all lists and pictures that are held at a time."""
MOST_INSIDE = 64
"""Questions that are judged or wait for it at a time."""
_log = structlog.get_logger()


@dataclass(frozen=True)
class Verification:
    """The service: what is served, the application in it that describes itself, and what works beside it."""

    served: ASGIApp
    api: FastAPI
    index: SearchIndex
    jobs: CheckJobs

    def start(self) -> None:
        """Begin to follow the directory and to check lists."""
        self.index.start()
        self.jobs.start()

    def stop(self) -> None:
        """Finish what is in hand."""
        self.jobs.stop()
        self.index.stop()


def create_verification(
    public: Path,
    private: Path,
    *,
    trust_root: TrustRoot,
    now: Clock,
    signer: Signer,
    document_key: DocumentKey | None = None,
    read_url: str = "",
    known: Known | None = None,
    tells_all: bool = False,
) -> Verification:
    """Return the service over a public folder.

    ``private`` is a folder for what is derived and for lists that are checked; ``signer`` is the receipt key's.
    ``read_url`` is the address of the read plane, empty where both have the same.
    Without a ``document_key`` there are no documents of marks. ``known`` tells
    whose key is shown, for a larger share; ``tells_all`` writes a line about every request.
    """
    host = trust_root.host
    api = new_api(
        host,
        name="verification",
        prefix=PREFIX,
        title="Shirushi verification service",
        summary="Answers about marks and organisations, each with a signed receipt. Free, and open to anyone.",
    )
    api.router.route_class = ClosedRoute
    index = SearchIndex(public, private / "search.db", host=host)
    answering = Answering(public, trust_root=trust_root, now=now, signer=signer, recognitions=index.recognitions_of)
    jobs = CheckJobs(private / "checks", Checker(public, trust_root, now, signer, index), now=now)
    hot = HotMarks(answering, public, now=now)
    add_look_ups(api, answering, hot)
    searching = Searching(index.file, trust_root=trust_root, now=now)
    add_searches(api, searching)
    add_checks(api, jobs)
    documents = private.with_name("documents")
    add_documents(api, DocumentMaker(public, documents, trust_root=trust_root, now=now, key=document_key))
    readiness = ReadinessOf(public, trust_root=trust_root, now=now)
    add_health(api, readiness)
    add_search_page(api, SearchPage(searching, trust_root=trust_root, read_url=read_url))
    api.add_exception_handler(sqlite3.Error, _without_index(host))
    larger = {IMAGES: MOST_IMAGE_BYTES, CHECKS: MOST_LIST_BYTES, f"{CHECKS}/file": MOST_LIST_BYTES}
    places = Places(MOST_INSIDE)
    shedding = Shedding(api, most=places.most + places.beyond, host=host)
    fair = FairShare(shedding, places, host=host, known=known)
    limited = BodyLimit(
        fair, most_bytes=MOST_BYTES, host=host, larger=larger, most_together=MOST_TOGETHER, sender_of=sender_of
    )
    gauges = {**readiness.gauges(), **hot.gauges(), **shedding.gauges()}
    counters = {**hot.counters(), **shedding.counters(), **fair.counters()}
    open_to_all = _for_any_origin(limited)
    observed = Observing(open_to_all, process="verification", gauges=gauges, counters=counters, tells_all=tells_all)
    return Verification(hot.around(observed), api, index, jobs)


def _for_any_origin(app: ASGIApp) -> ASGIApp:
    """Return the application for pages of any origin: they read its refusals too, before anything was judged."""
    return CORSMiddleware(
        app,
        allow_origins=("*",),
        allow_methods=("GET", "POST", "DELETE"),
        allow_headers=("Authorization", "Content-Type", "Idempotency-Key", "If-None-Match"),
        expose_headers=EXPOSED,
    )


def _without_index(host: str) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def told(request: Request, error: Exception) -> Response:
        # The index's follower makes a damaged one anew; what else is wrong stands in the log.
        _log.error("the search index cannot be read", route=route_of(request), error=str(error))
        return problem(host, UnavailableError("the search index cannot be read", hint="Ask again in a moment."))

    return told
