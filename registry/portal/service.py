"""The portal as one application, and what works beside it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recognition.authenticate.edge.guarded_http import GuardedHttp
from registry.portal import queries_clients, queries_watches
from registry.portal.access import Access
from registry.portal.box_routes import add_boxes
from registry.portal.boxes import Boxes
from registry.portal.clients import Clients
from registry.portal.delivering import Delivering
from registry.portal.delivery_routes import add_deliveries
from registry.portal.desk import Desk
from registry.portal.digest_routes import add_digests
from registry.portal.digests import Digests
from registry.portal.endpoint_routes import add_endpoints
from registry.portal.feed_routes import add_feeds
from registry.portal.follow_key import FollowKey
from registry.portal.following_letters import FollowingLetters
from registry.portal.following_routes import add_followings
from registry.portal.followings import Followings
from registry.portal.health_route import add_health
from registry.portal.number_routes import add_numbers
from registry.portal.once import KEPT
from registry.portal.paths import PREFIX
from registry.portal.queries_outbox import count_deliveries
from registry.portal.rate_limit import RateHeaders, RateLimit
from registry.portal.repeating import Repeating
from registry.portal.token_routes import add_token
from registry.portal.watch_routes import add_watches
from registry.portal.watching import Watching
from registry.portal.work import Work
from registry.verification.shedding import Shedding
from registry.web.body_limit import BodyLimit
from registry.web.observing import Observing
from registry.web.readiness import ReadinessOf
from registry.web.web_api import new_api

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from registry.portal.letters import Letters
    from registry.rows.database import Database
    from registry.web.observing import Figures
    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot

MOST_BYTES = 65_536
MOST_INSIDE = 64
WORKERS = 4
LOOK_EVERY = 0.5
SEND_EVERY = 0.5
TIDY_EVERY = 600.0
DIGESTS_EVERY = 60.0
ASKING_EVERY = 5.0
BOXES_EVERY = 30.0
EVENTS_KEPT = 30 * 86_400


@dataclass(frozen=True)
class Portal:
    """The service: what is served, the application in it that describes itself, and what works beside it."""

    served: ASGIApp
    api: FastAPI
    clients: Clients
    watching: Watching
    delivering: Delivering
    digests: Digests
    followings: Followings
    boxes: Boxes
    workers: tuple[Repeating, ...]

    def start(self) -> None:
        """Begin to watch and to deliver."""
        for worker in self.workers:
            worker.start()

    def stop(self) -> None:
        """Finish what is in hand."""
        for worker in self.workers:
            worker.stop()


def create_portal(
    desk: Desk,
    public: Path,
    *,
    trust_root: TrustRoot,
    http: GuardedHttp | None = None,
    letters: Letters | None = None,
    follow_key: FollowKey | None = None,
    tells_all: bool = False,
) -> Portal:
    """Return the portal over a public folder and a database of its own.

    Without ``follow_key`` what is kept of followers is lost with this object. ``tells_all`` writes a line about every
    request.
    """
    api = new_api(
        desk.host,
        name="portal",
        prefix=PREFIX,
        title="Shirushi portal",
        summary="What registered clients keep: watches, and endpoints to which changes are told.",
    )
    clients = Clients(desk.database, desk.now, desk.entropy)
    api.state.access = Access(clients, RateLimit(desk.now))
    add_token(api, clients, host=desk.host)
    add_watches(api, desk)
    add_endpoints(api, desk)
    add_deliveries(api, desk)
    add_feeds(api, desk)
    written = FollowingLetters(desk, follow_key or FollowKey(desk.entropy(32)), zone=trust_root.content.zone)
    digests = Digests(desk, letters, written)
    add_digests(api, desk, digests)
    followings = Followings(desk, digests, written)
    add_followings(api, followings)
    boxes = Boxes(desk)
    add_boxes(api, boxes)
    watching = Watching(desk.database, public, trust_root=trust_root, now=desk.now, entropy=desk.entropy)
    add_numbers(api, desk, watching, by_mail=letters is not None)
    http = http or GuardedHttp(allow_loopback=desk.to_loopback, tls=ssl.create_default_context())
    delivering = Delivering(desk.database, http, desk.now, desk.entropy)
    workers = (
        *_workers(watching, delivering, desk),
        Repeating("digests", digests.step, every=DIGESTS_EVERY),
        Repeating("followings", followings.step, every=ASKING_EVERY),
        Repeating("boxes", boxes.step, every=BOXES_EVERY),
    )
    readiness, work = ReadinessOf(public, trust_root=trust_root, now=desk.now), Work(watching, workers)
    add_health(api, desk, readiness, work)
    served = _served(api, desk, {**readiness.gauges(), **work.gauges()}, tells_all=tells_all)
    return Portal(served, api, clients, watching, delivering, digests, followings, boxes, workers)


def _served(api: FastAPI, desk: Desk, gauges: Figures, *, tells_all: bool) -> ASGIApp:
    shedding = Shedding(RateHeaders(api), most=MOST_INSIDE, host=desk.host)
    limited = BodyLimit(shedding, most_bytes=MOST_BYTES, host=desk.host)
    waiting = ("Deliveries that wait or are tried again.", lambda: _count(desk.database, "pending"))
    dead = ("Deliveries that are not tried any more.", lambda: _count(desk.database, "dead"))
    gauges = {"deliveries_pending": waiting, "deliveries_dead": dead, **gauges, **shedding.gauges()}
    return Observing(limited, process="portal", gauges=gauges, counters=shedding.counters(), tells_all=tells_all)


def _workers(watching: Watching, delivering: Delivering, desk: Desk) -> tuple[Repeating, ...]:
    senders = [Repeating(f"delivering {no}", delivering.step, every=SEND_EVERY) for no in range(1, WORKERS + 1)]
    return (
        Repeating("watching", watching.step, every=LOOK_EVERY),
        *senders,
        Repeating("tidying", _tidying(desk.database, desk.now), every=TIDY_EVERY),
    )


def _tidying(database: Database, now: Clock) -> Callable[[], int]:
    def step() -> int:
        with database.write() as connection:
            queries_clients.forget_ended(connection, now=now(), answers_before=now() - KEPT)
            queries_watches.forget_events(connection, before=now() - EVENTS_KEPT)
        return 0

    return step


def _count(database: Database, state: str) -> float:
    with database.read() as connection:
        return float(count_deliveries(connection, state))
