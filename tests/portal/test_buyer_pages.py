"""The portal as a buyer's pages use it: watches, webhooks tried, given up and sent again, both ways to be known."""

from __future__ import annotations

import html
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import standardwebhooks
from standardwebhooks import Webhook

from registry.portal.retry_schedule import SCHEDULE
from tests.console.enrolled import Visitor, add_person, free_port, open_console, serving
from verifier.edge.buyer.checking import Checking
from verifier.edge.buyer.console_plan import plan_of
from verifier.edge.buyer.desk import Desk
from verifier.edge.buyer.desk_folder import make_desk
from verifier.edge.buyer.pulling import Pulling
from verifier.edge.check.check_words import state_text
from verifier.edge.i18n import translator
from verifier.encoding import read_object

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.portal.conftest import Receiver, Scene
    from verifier.edge.console.application import Console

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")
REPLAY = re.compile(r'action="(/portal/deliveries/dlv_[0-9a-f]{32}/replay)"')
PASSPHRASE = "a passphrase of tests"

pytestmark = pytest.mark.prove


@dataclass
class Pages:
    """A buyer's pages whose portal is the scene's, asked over HTTP."""

    desk: Desk
    console: Console

    def visitor(self, *roles: str) -> Visitor:
        return Visitor(self.console, add_person(self.console, "見本", *roles))


@pytest.fixture
def pages(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pages]:
    class Moment(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Moment:
            return cls.fromtimestamp(scene.world.clock(), UTC)

    monkeypatch.setattr(standardwebhooks.webhooks, "datetime", Moment)
    root = tmp_path / "root.json"
    root.write_bytes(scene.world.ceremony.root.serialize())
    folder = make_desk(tmp_path / "buyer", root=root, source=str(scene.world.public))
    checking = Checking(folder, secrets.token_bytes)
    desk = Desk(folder, checking, Pulling(folder, scene.world.clock), scene.world.clock, secrets.token_bytes)
    with serving(scene.portal.served, free_port()) as address:
        folder.keep_settings(folder.settings().model_copy(update={"portal": address}))
        began = scene.world.clock()
        console = open_console(plan_of(desk), folder.path, port=free_port(), now=lambda: began)
        yield Pages(desk, console)
        console.house.accounts.database.close()
    desk.close()


def registered(pages: Pages, scene: Scene) -> Visitor:
    """Register the desk by an API key, as its administrator would; return an engineer."""
    admin = pages.visitor("admin")
    assert admin.send("/settings/api-key", {"api_key": scene.tenant("buyer").key}).status_code == 303
    return pages.visitor("engineer")


def shown(visitor: Visitor, path: str) -> str:
    answer = visitor.get(f"{path}{'&' if '?' in path else '?'}lang=en")
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def test_a_change_is_seen_told_given_up_and_sent_again(pages: Pages, scene: Scene, receiver: Receiver) -> None:
    engineer = registered(pages, scene)
    made = engineer.send("/portal/watches", {"kind": "mark", "object": scene.mark, "label": "S-0017"})
    assert made.text.count("/feed.") == 2
    endpoint = engineer.send("/portal/webhooks", {"url": receiver.url})
    found = SECRET.search(html.unescape(endpoint.text))
    assert found is not None
    secret = found[0]
    scene.portal.watching.step()
    assert "S-0017" in shown(engineer, "/portal/watches")
    test = re.search(r'action="(/portal/webhooks/end_[0-9a-f]{32})/test"', shown(engineer, "/portal/webhooks"))
    assert test is not None
    assert engineer.send(f"{test[1]}/test").headers["location"] == "/portal/deliveries"
    scene.deliver()
    payload = Webhook(secret).verify(receiver.received[-1].body, receiver.received[-1].headers)
    assert payload["type"] == "portal.test"
    assert "delivered" in shown(engineer, "/portal/deliveries?state=delivered")

    receiver.answer = lambda message: (500, {})
    scene.suspend()
    scene.portal.watching.step()
    for _ in range(len(SCHEDULE) + 2):
        scene.deliver()
        scene.world.clock.now += 100_000
    assert "suspended" in shown(engineer, "/portal/events").casefold()
    dead = REPLAY.findall(shown(engineer, "/portal/deliveries?state=dead"))
    assert len(dead) == 1
    receiver.answer = lambda message: (204, {})
    given_up = {one.headers["webhook-id"] for one in receiver.received}
    assert engineer.send(dead[0]).status_code == 303
    scene.deliver()
    assert receiver.received[-1].headers["webhook-id"] in given_up
    assert REPLAY.findall(shown(engineer, "/portal/deliveries?state=dead")) == []

    receiver.answer = lambda message: (410, {})
    assert engineer.send(f"{test[1]}/test").status_code == 303
    scene.deliver()
    assert REPLAY.findall(shown(engineer, "/portal/deliveries")) == []
    assert "new address" in shown(engineer, "/portal/deliveries")
    assert engineer.send(dead[0]).status_code == 422
    rotated = SECRET.search(html.unescape(engineer.send(f"{test[1]}/secret").text))
    assert rotated is not None
    assert rotated[0] != secret
    assert secret not in shown(engineer, "/portal/webhooks")
    assert engineer.send(f"{test[1]}/remove").status_code == 303
    assert "end_" not in shown(engineer, "/portal/webhooks")


def test_a_key_of_the_desks_own_is_unlocked_by_its_passphrase_and_never_leaves(pages: Pages, scene: Scene) -> None:
    admin, engineer = pages.visitor("admin"), pages.visitor("engineer")
    assert admin.send("/settings/client-key", {"passphrase": PASSPHRASE}).status_code == 303
    public = read_object(admin.get("/settings/public-key.json").content)
    assert set(public) == {"kty", "crv", "x", "y"}
    client, _ = scene.portal.clients.add("buyer", jwk=public)
    source, portal = pages.desk.folder.settings().source, pages.desk.folder.settings().portal
    assert admin.send("/settings", {"source": source, "portal": portal, "client": client.id}).status_code == 303
    assert engineer.send("/portal/open").status_code == 403
    wrong = engineer.send("/portal/open", {"unlock_key": "portal", "unlock_passphrase": "another passphrase"})
    assert wrong.status_code == 403
    opened = engineer.send("/portal/open", {"unlock_key": "portal", "unlock_passphrase": PASSPHRASE})
    assert opened.headers["location"] == "/portal/watches"
    assert engineer.get("/portal/watches").status_code == 200


def test_what_the_portal_refuses_is_told_beside_the_form(pages: Pages, scene: Scene) -> None:
    engineer = registered(pages, scene)
    refused = engineer.send("/portal/webhooks", {"url": "https://10.0.0.1/hook"})
    assert refused.status_code >= 400
    assert 'value="https://10.0.0.1/hook"' in refused.text
    refused = engineer.send("/portal/watches", {"kind": "subject", "object": "12345"})
    assert refused.status_code >= 400
    assert 'value="12345"' in refused.text
    assert engineer.send("/portal/watches/wch_x/remove").status_code >= 400


def test_what_is_watched_already_is_said_and_makes_no_second_watch(pages: Pages, scene: Scene) -> None:
    engineer = registered(pages, scene)
    order = {"kind": "mark", "object": scene.mark, "label": "S-0017"}
    assert engineer.send("/portal/watches", order).status_code == 200
    again = engineer.send("/portal/watches", order)
    assert again.status_code == 303
    assert "watched already" in shown(engineer, again.headers["location"])
    assert len(re.findall(r"/portal/watches/wch_[0-9a-f]{32}/remove", shown(engineer, "/portal/watches"))) == 1


def test_an_answer_that_nothing_is_listed_is_shown_as_one(pages: Pages, scene: Scene) -> None:
    engineer = registered(pages, scene)
    order = {"kind": "agreement", "object": "jp-partner"}
    assert engineer.send("/portal/watches", order).status_code == 200
    assert "Not looked at yet." in shown(engineer, "/portal/watches")
    scene.portal.watching.step()
    page = shown(engineer, "/portal/watches")
    assert "Not looked at yet." not in page
    assert "Not listed" in page
    assert "What you see here is kept on this machine only" not in page
    assert "the registry's operator knows" in page


@pytest.mark.parametrize(("state", "words"), [("in_force", "In force"), ("terminated", "Terminated"), ("new", "new")])
def test_the_state_of_an_agreement_is_told_in_words(state: str, words: str) -> None:
    assert state_text(state, translator("en")) == words


def test_a_desk_that_is_not_known_at_the_portal_is_told_so(pages: Pages) -> None:
    engineer = pages.visitor("engineer")
    assert "Not registered yet" in shown(engineer, "/portal")
    assert engineer.get("/portal/watches").status_code == 404
    admin = pages.visitor("admin")
    assert admin.send("/settings/api-key", {"api_key": f"shk_aaaaaaaa_{'A' * 43}"}).status_code == 303
    assert "the portal does not know this desk" in engineer.get("/portal/watches").text
