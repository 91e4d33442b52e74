"""Nobody can take all places: whoever is alone has all, several have a share each, and nothing is kept of who asked."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
import pytest

from registry.portal.clients import Clients
from registry.portal.portal_database import PortalDatabase
from registry.verification.fair_share import CLIENTS_SHARES, FairShare, group_of
from registry.verification.known_clients import KnownClients
from registry.verification.places import ASKS, Entry, Places, Sender
from registry.verification.shedding import Shedding

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

Told = TypeVar("Told")
A, B = Sender("a"), Sender("b")


class Watch:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def places(most: int = 8) -> tuple[Places, Watch]:
    clock = Watch()
    return Places(most, clock=clock), clock


def test_whoever_is_alone_has_all_places_and_no_more() -> None:
    made, _ = places()
    assert [made.enter(A) for _ in range(9)] == [Entry.IN] * 8 + [Entry.FULL]
    made.leave(A)
    assert made.enter(A) is Entry.IN


def test_whoever_comes_to_full_places_is_let_in_and_the_other_makes_room() -> None:
    made, _ = places()
    for _ in range(8):
        made.enter(A)
    assert made.enter(B) is Entry.IN
    assert made.enter(A) is Entry.OVER
    for _ in range(5):
        made.leave(A)
    assert made.enter(A) is Entry.IN
    assert (made.share(A), made.share(B), made.enter(A)) == (4, 4, Entry.OVER)
    assert [made.enter(B) for _ in range(3)] == [Entry.IN] * 3


def test_a_sender_that_has_gone_takes_no_share_and_one_that_waits_for_an_answer_does() -> None:
    made, clock = places()
    made.enter(A)
    made.enter(B)
    made.leave(B)
    assert made.share(A) == 4
    clock.now += ASKS + 1
    made.enter(B)
    assert made.share(B) == 4, "a holds its place for long"
    made.leave(A)
    made.leave(B)
    clock.now += 2 * (ASKS + 1)
    made.enter(B)
    assert made.share(B) == 8
    assert not any(one in vars(made)["_asking"] for one in ("a",))


def test_a_registered_client_has_several_shares() -> None:
    made, _ = places(40)
    client = Sender("client x", CLIENTS_SHARES)
    made.enter(A)
    made.enter(client)
    assert (made.share(A), made.share(client)) == (8, 32)


@pytest.mark.parametrize(
    ("peer", "forwarded", "group"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.5", "203.0.113.5"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("2001:db8:1:2:3::4", "", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "", "192.0.2.7"),
        ("", "", "nobody"),
    ],
)
def test_a_sender_is_an_address_or_a_network_and_only_this_machines_proxy_names_another(
    peer: str, forwarded: str, group: str
) -> None:
    assert group_of(peer, forwarded) == group


def played(play: Coroutine[Any, Any, Told]) -> Told:
    """Return what comes of it, in a thread of its own: a browser of another test may leave a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, play).result()


def answers(
    flood: int, *, most: int = 8, known: Any = None, key: str = ""
) -> tuple[list[httpx.Response], httpx.Response]:
    """Return what a flood from one address got, and what one question from another got in the middle of it."""

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.05)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def play() -> tuple[list[httpx.Response], httpx.Response]:
        made = Places(most)
        shedding = Shedding(slow, most=made.most + made.beyond, host="shirushi.example")
        served = FairShare(shedding, made, host="shirushi.example", known=known)
        first, other = (httpx.ASGITransport(served, client=(one, 1)) for one in ("192.0.2.1", "192.0.2.2"))
        async with httpx.AsyncClient(transport=first) as many, httpx.AsyncClient(transport=other) as one:
            flooding = [asyncio.create_task(many.get("http://x/")) for _ in range(flood)]
            await asyncio.sleep(0.01)
            asked = await one.get("http://x/", headers={"Authorization": f"Bearer {key}"} if key else {})
            late = await many.get("http://x/")
            return [*await asyncio.gather(*flooding), late], asked

    return played(play())


def test_a_flood_from_one_address_keeps_no_other_waiting() -> None:
    flood, asked = answers(8)
    assert asked.status_code == 200
    assert {one.status_code for one in flood[:8]} == {200}
    assert asked.headers["ratelimit-policy"] == '"share";q=4;qu="concurrent-requests"'


def test_whoever_holds_its_share_is_told_when_to_come_again_while_others_ask() -> None:
    async def play() -> httpx.Response:
        made = Places(2)
        served = FairShare(Shedding(_never, most=3, host="h.example"), made, host="h.example")
        made.enter(Sender("192.0.2.1"))
        made.enter(Sender("192.0.2.2"))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(served, client=("192.0.2.1", 1))) as one:
            return await one.get("http://x/")

    told = played(play())
    assert (told.status_code, told.json()["code"], told.headers["retry-after"]) == (429, "share_taken", "1")
    assert told.headers["ratelimit"] == '"share";r=0'


async def _never(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("nobody gets here")


def test_a_client_of_the_portal_has_its_shares_by_its_key_and_a_wrong_key_is_anybodys(tmp_path: Path) -> None:
    database = PortalDatabase(tmp_path / "portal.db")
    database.migrate()
    clients = Clients(database, lambda: 1, secrets.token_bytes)
    _, key = clients.add("portal")
    known = KnownClients(lambda: database, now=lambda: 1)
    _, asked = answers(1, most=10, known=known.of, key=key)
    assert asked.headers["ratelimit-policy"] == '"share";q=8;qu="concurrent-requests"'
    for wrong in (key[:-1] + ("A" if key[-1] != "A" else "B"), "x"):
        _, asked = answers(1, most=10, known=known.of, key=wrong)
        assert asked.headers["ratelimit-policy"] == '"share";q=5;qu="concurrent-requests"'
    database.close()
