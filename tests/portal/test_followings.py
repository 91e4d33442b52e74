"""Following a number by mail, over a real mail server and the reader's own pages: no account, and nothing unasked."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette

from registry.portal import follow_key as keys
from registry.portal.followings import AN_HOUR, ASKED_BEFORE, CODE_HOLDS, CONSENT_HOLDS
from registry.portal.letters import AGAIN, letters_by
from registry.portal.service import create_portal
from registry.portal.tables import DIGEST, EVENT, FOLLOWING, WATCH
from registry.portal.watched import SOON
from registry.reading.follow_routes import FollowPage
from registry.reading.way_to_portal import WayToPortal
from registry.web.in_process import InProcessTransport
from registry.web.problems import exception_handlers
from tests.edge.mail_server import post_office
from tests.portal.test_number_feeds import holder
from tests.registry.conftest import HOST
from verifier.edge.mail import MailServer
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from registry.portal.service import Portal
    from tests.edge.mail_server import PostOffice
    from tests.portal.conftest import Scene

DATABASES = ("sqlite", "postgresql")
ADDRESS = "security@example.org"
OWN = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Reader:
    """The pages of the registry in front of its portal, and the mailbox of whoever uses them."""

    scene: Scene
    portal: Portal
    office: PostOffice
    http: httpx.Client
    number: str

    def order(self, address: str = ADDRESS, *, number: str = "", lang: str = "en") -> httpx.Response:
        form = {"number": number or self.number, "address": address}
        return self.http.post(f"http://read/follow?lang={lang}", data=form, headers=OWN)

    def post(self, link: str) -> httpx.Response:
        """Press the button behind a link."""
        return self.http.post(link.replace(f"https://{HOST}", "http://read"))

    def follow(self, address: str = ADDRESS, lang: str = "en") -> None:
        """Order, say yes by the letter, and let the portal look for the first time."""
        assert self.order(address, lang=lang).status_code == 200
        self.portal.followings.step()
        assert self.post(link_in(self.newest(), "confirm")).status_code == 200
        self.portal.watching.step()

    def newest(self) -> EmailMessage:
        return self.office.letters[-1].message

    def told(self) -> int:
        """Let the portal look and send; return how many letters about changes left."""
        self.portal.watching.step()
        return self.portal.digests.step()

    def rows(self) -> dict[str, int]:
        with self.scene.desk.database.read() as connection:
            tables = (FOLLOWING, WATCH, DIGEST, EVENT)
            return {one.name: connection.execute(select(func.count()).select_from(one)).scalar_one() for one in tables}


@pytest.fixture
def reader(scene: Scene) -> Iterator[Reader]:
    """The portal of the scene with a real mail server, and the pages."""
    with post_office() as office:
        letters = letters_by(MailServer("127.0.0.1", office.port), "portal@shirushi.example")
        number, root = holder(scene), scene.world.ceremony.root
        portal = create_portal(scene.desk, scene.world.public, trust_root=root, letters=letters)
        way = WayToPortal("http://portal", transport=httpx.ASGITransport(portal.served))
        pages = FollowPage(way, trust_root=root, now=scene.desk.now, render=lambda asked: "")
        app = Starlette(routes=pages.routes(), exception_handlers=exception_handlers(HOST))
        with httpx.Client(transport=InProcessTransport({"read": app, "portal": portal.served})) as http:
            yield Reader(scene, portal, office, http, number)


def link_in(letter: EmailMessage, kind: str) -> str:
    found = re.search(rf"https://\S+/follow/{kind}/\S+", letter.get_content())
    assert found is not None
    return found[0]


def test_who_said_yes_is_told_of_a_change_once_with_what_to_do_and_one_post_ends_it(reader: Reader) -> None:
    reader.follow()
    reader.scene.suspend()
    assert (reader.told(), reader.told()) == (1, 0)
    letter = reader.newest()
    assert letter["To"] == ADDRESS
    text = letter.get_content()
    assert "suspended" in text
    assert f"https://{HOST}/m/{reader.scene.mark}" in text
    assert f"https://{HOST}/report" in text
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    end = letter["List-Unsubscribe"].strip("<>")
    assert end in text
    answer = reader.http.post(end.replace(f"https://{HOST}", "http://read"), data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert set(reader.rows().values()) == {0}
    assert reader.post(end).status_code == 200, "once more is no mistake"


@pytest.mark.prove
def test_a_mark_that_is_issued_in_ones_name_comes_in_ones_own_language(reader: Reader) -> None:
    reader.follow(lang="ja")
    mark = reader.scene.world.issue(reader.scene.signers)
    assert reader.told() == 1
    assert "あなたの番号でマークが発行されました" in str(reader.newest()["Subject"])
    assert mark in reader.newest().get_content()


def test_nothing_about_the_number_is_sent_before_the_link_was_used(reader: Reader) -> None:
    assert reader.order().status_code == 200
    assert (reader.portal.followings.step(), reader.portal.followings.step()) == (1, 0)
    reader.scene.suspend()
    assert reader.told() == 0
    (letter,) = reader.office.letters
    assert reader.scene.mark not in letter.message.get_content()
    assert letter.message["List-Unsubscribe"] is None
    assert reader.rows() == {"following": 1, "watch": 0, "digest": 0, "event": 0}


@pytest.mark.prove
def test_opening_links_without_pressing_their_buttons_does_nothing(reader: Reader) -> None:
    reader.order()
    reader.portal.followings.step()
    link = link_in(reader.newest(), "confirm").replace(f"https://{HOST}", "http://read")
    assert reader.http.get(link).status_code == 200
    assert reader.rows()["watch"] == 0
    assert reader.post(link).status_code == 200
    assert reader.post(link).status_code == 404, "a link says yes once"


def test_the_answer_is_the_same_whether_or_not_the_address_is_known(reader: Reader) -> None:
    first = reader.order()
    reader.portal.followings.step()
    again = reader.order()
    reader.post(link_in(reader.newest(), "confirm"))
    reader.scene.world.clock.now += AGAIN
    known = reader.order()
    assert (first.text, first.status_code) == (again.text, again.status_code) == (known.text, known.status_code)


@pytest.mark.prove
def test_one_question_is_out_for_a_pair_and_an_older_link_is_dead(reader: Reader) -> None:
    reader.order()
    reader.order(ADDRESS.upper())
    assert reader.portal.followings.step() == 1
    old = link_in(reader.newest(), "confirm")
    reader.scene.world.clock.now += AGAIN
    reader.order()
    assert reader.portal.followings.step() == 1
    assert reader.rows()["following"] == 1
    assert reader.post(old).status_code == 404
    assert reader.post(link_in(reader.newest(), "confirm")).status_code == 200


@pytest.mark.prove
def test_mail_bombing_a_strangers_address_with_many_numbers_is_stopped_after_three_letters(reader: Reader) -> None:
    numbers = ["0188-7000020010006", "0188-5010001067883", reader.number, "0188-1180301018771", "0188-2011101012138"]
    for number in numbers:
        assert reader.order(number=number).status_code in (200, 400)
    sent = reader.portal.followings.step()
    assert 1 <= sent <= 3


@pytest.mark.prove
def test_mail_bombing_many_strangers_is_stopped_and_said(reader: Reader) -> None:
    wanted = {"number": reader.number, "lang": "en"}
    answers = [
        reader.http.post("http://portal/portal/v1/followings", json={**wanted, "address": f"s{one}@example.org"})
        for one in range(AN_HOUR + 1)
    ]
    assert {one.status_code for one in answers[:AN_HOUR]} == {202}
    assert answers[-1].json()["code"] == "too_many"


@pytest.mark.parametrize("address", ["x", "a@example.org\r\nBcc: b@example.org", "a@example.org,b@example.org"])
def test_what_is_no_address_writes_no_header_and_no_letter(reader: Reader, address: str) -> None:
    assert reader.order(address).status_code == 400
    raw = {"number": reader.number, "address": address}
    assert reader.http.post("http://portal/portal/v1/followings", json=raw).status_code in (400, 422)
    assert reader.portal.followings.step() == 0


def test_a_form_that_another_site_sends_orders_nothing(reader: Reader) -> None:
    form = {"number": reader.number, "address": ADDRESS}
    answer = reader.http.post("http://read/follow", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert reader.rows()["following"] == 0


@pytest.mark.prove
def test_a_number_alone_fills_the_form_in_and_orders_nothing(reader: Reader) -> None:
    answer = reader.http.post("http://read/follow?lang=en", data={"number": reader.number})
    assert answer.status_code == 200
    assert f'value="{reader.number}"' in answer.text
    assert reader.rows()["following"] == 0


@pytest.mark.prove
def test_what_is_not_confirmed_within_a_day_is_forgotten(reader: Reader) -> None:
    reader.order()
    reader.portal.followings.step()
    link = link_in(reader.newest(), "confirm")
    reader.scene.world.clock.now += CODE_HOLDS
    assert reader.post(link).status_code == 404
    reader.portal.followings.step()
    assert reader.rows()["following"] == 0


def test_a_consent_is_asked_for_again_and_ends_after_a_year_without_an_answer(reader: Reader) -> None:
    reader.follow("stays@example.org")
    reader.follow("leaves@example.org")
    reader.scene.world.clock.now += CONSENT_HOLDS - ASKED_BEFORE
    assert (reader.portal.followings.step(), reader.portal.followings.step()) == (2, 0)
    links = {one.to[0]: link_in(one.message, "confirm") for one in reader.office.letters[-2:]}
    assert reader.post(links["stays@example.org"]).status_code == 200
    reader.scene.world.clock.now += ASKED_BEFORE
    reader.portal.followings.step()
    assert reader.rows()["following"] == reader.rows()["watch"] == 1


def test_the_end_of_a_mark_is_told_thirty_days_before_and_again_when_it_came(reader: Reader) -> None:
    with reader.scene.desk.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(WATCH)).scalar_one() == 0
    reader.follow()
    with reader.scene.desk.database.read() as connection:
        due = connection.execute(select(WATCH.c.due)).scalar_one()
    reader.scene.world.clock.now = due
    reader.scene.world.settle()
    reader.portal.followings.step()
    told = reader.told()
    with reader.scene.desk.database.read() as connection:
        end = connection.execute(select(WATCH.c.due)).scalar_one()
    assert told == 1
    assert "ends within 30 days" in reader.newest().get_content()
    assert end - due == SOON


def test_a_mail_server_that_takes_nothing_now_is_asked_again(reader: Reader) -> None:
    reader.office.answers[ADDRESS] = "450 later"
    reader.order()
    assert reader.portal.followings.step() == 0
    reader.office.answers.clear()
    assert reader.portal.followings.step() == 0
    reader.scene.world.clock.now += AGAIN
    assert reader.portal.followings.step() == 1
    reader.post(link_in(reader.newest(), "confirm"))
    reader.portal.watching.step()
    reader.scene.suspend()
    reader.office.answers[ADDRESS] = "450 later"
    assert reader.told() == 0
    reader.office.answers.clear()
    reader.scene.world.clock.now += AGAIN
    assert reader.told() == 1


@pytest.mark.prove
def test_an_address_that_is_refused_for_good_is_left_alone(reader: Reader) -> None:
    reader.follow()
    reader.office.answers[ADDRESS] = "550 nobody"
    reader.scene.suspend()
    assert reader.told() == 0
    reader.office.answers.clear()
    assert reader.told() == 0
    reader.office.answers["new@example.org"] = "550 nobody"
    reader.order("new@example.org")
    reader.portal.followings.step()
    assert reader.rows()["following"] == 1, "who never said yes and cannot be written to is forgotten"


def test_a_copy_of_the_database_tells_no_address_and_no_log_does(
    reader: Reader, capfd: pytest.CaptureFixture[str]
) -> None:
    reader.follow()
    reader.scene.suspend()
    reader.told()
    told = "".join(capfd.readouterr())
    assert ADDRESS not in told
    assert reader.number not in told
    with reader.scene.desk.database.read() as connection:
        stored = " ".join(
            repr(tuple(row)) for one in (FOLLOWING, WATCH, DIGEST, EVENT) for row in connection.execute(select(one))
        )
    assert ADDRESS not in stored


@pytest.mark.prove
def test_a_link_that_somebody_made_up_opens_nothing(reader: Reader) -> None:
    reader.follow()
    for kind in ("confirm", "end"):
        for code in ("A" * 43, "A" * 42, "%00", "a.b"):
            assert reader.http.post(f"http://read/follow/{kind}/{code}").status_code == 404
    assert reader.rows()["following"] == 1


@pytest.mark.prove
def test_a_change_that_comes_while_a_letter_leaves_is_told_too(reader: Reader) -> None:
    reader.follow()
    reader.scene.suspend()
    reader.portal.watching.step()
    sending = threading.Thread(target=reader.portal.digests.step)
    sending.start()
    reader.scene.world.issue(reader.scene.signers)
    reader.portal.watching.step()
    sending.join()
    reader.portal.digests.step()
    told = "".join(one.message.get_content() for one in reader.office.letters[1:])
    assert told.count("suspended.") == 1
    assert told.count("issued in your name") == 1


def test_what_was_sealed_under_another_key_is_left_alone() -> None:
    one, other = (keys.FollowKey(bytes([number]) * 32) for number in (1, 2))
    named = f"flw_{'0' * 32}"
    sealed = one.seal(named, keys.Follower(ADDRESS, "0188-7000020010006"), lambda size: bytes(size))
    assert one.open(named, sealed).address == ADDRESS
    with pytest.raises(NotFoundError):
        other.open(named, sealed)
    with pytest.raises(NotFoundError):
        one.open(f"flw_{'1' * 32}", sealed)


def test_where_no_mail_is_sent_the_page_gives_the_feed_instead_and_the_feed_names_no_mail(scene: Scene) -> None:
    number, root = holder(scene), scene.world.ceremony.root
    portal = create_portal(scene.desk, scene.world.public, trust_root=root)
    way = WayToPortal("http://portal", transport=httpx.ASGITransport(portal.served))
    feeds = f"https://{HOST}/portal/v1/numbers/{number}/feed.atom"
    # The second reader does not know that its portal sends none, and is told so by the portal.
    for sends_mail in (False, True):
        pages = FollowPage(way, trust_root=root, now=scene.desk.now, render=lambda asked: "", sends_mail=sends_mail)
        app = Starlette(routes=pages.routes(), exception_handlers=exception_handlers(HOST))
        with httpx.Client(transport=InProcessTransport({"read": app, "portal": portal.served})) as http:
            asked = http.get("http://read/follow?lang=en")
            filled = http.post("http://read/follow?lang=en", data={"number": number}, headers=OWN)
            assert (asked.status_code, filled.status_code) == (200, 200)
            assert feeds in filled.text
            assert ('name="address"' in asked.text, 'name="address"' in filled.text) == (sends_mail, sends_mail)
            assert ("This registry sends no e-mail" in asked.text) is not sends_mail
            order = {"number": number, "address": ADDRESS}
            refused = http.post("http://read/follow?lang=en", data=order, headers=OWN)
            assert refused.status_code == 503
            assert "This registry sends no e-mail" in refused.text
            assert "cannot be read" not in refused.text
            assert feeds in refused.text
            for form in ("atom", "json"):
                assert "/follow" not in http.get(f"http://portal/portal/v1/numbers/{number}/feed.{form}").text


def test_a_form_that_cannot_be_sent_is_not_called_unreadable(scene: Scene) -> None:
    root = scene.world.ceremony.root
    pages = FollowPage(WayToPortal(""), trust_root=root, now=scene.desk.now, render=lambda asked: "")
    app = Starlette(routes=pages.routes(), exception_handlers=exception_handlers(HOST))
    with httpx.Client(transport=InProcessTransport({"read": app})) as http:
        order = {"number": holder(scene), "address": ADDRESS}
        answer = http.post("http://read/follow?lang=en", data=order, headers=OWN)
    assert answer.status_code == 503
    assert "This was not sent." in answer.text
