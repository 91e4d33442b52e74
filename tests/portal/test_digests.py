"""Digests by mail, over a real mail server: told once, to an address that said yes, and no log knows of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from registry.portal.digests import CODE_HOLDS, LASTS, MOST_CODES, MOST_ORDERS, Digests
from registry.portal.letters import AGAIN, letters_by
from tests.edge.mail_server import post_office
from tests.portal.conftest import code_of
from verifier.edge.mail import MailServer
from verifier.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.edge.mail_server import PostOffice
    from tests.portal.conftest import Scene, Tenant

ADDRESS = "security@example.org"


@pytest.fixture
def letters() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


@pytest.fixture
def digests(scene: Scene, letters: PostOffice) -> Digests:
    """The digests of the scene's portal, through the mail server."""
    return Digests(scene.desk, letters_by(MailServer("127.0.0.1", letters.port), "portal@shirushi.example"))


def changed(scene: Scene, **more: Any) -> Tenant:
    """Return a client with a confirmed digest, whose watch saw a change after it."""
    tenant = scene.tenant()
    tenant.watch(mark=scene.mark, label="S-0017")
    scene.portal.watching.step()
    assert tenant.ask("PUT", "digest", json={"address": ADDRESS, "lang": "en", **more}).status_code == 202
    assert tenant.post("digest/confirmation", {"code": code_of(scene.sent[-1])}).json()["confirmed"]
    scene.suspend()
    scene.portal.watching.step()
    return tenant


@pytest.mark.parametrize("period", ["daily", "weekly"])
def test_what_changed_within_the_period_comes_in_one_letter_and_once(
    scene: Scene, digests: Digests, letters: PostOffice, capfd: pytest.CaptureFixture[str], period: str
) -> None:
    changed(scene, period=period)
    assert digests.step() == 0
    scene.world.clock.now += LASTS[period]
    assert (digests.step(), digests.step()) == (1, 0)
    (letter,) = letters.letters
    assert letter.to == [ADDRESS]
    assert str(letter.message["Subject"]).endswith(": 1 change")
    assert "S-0017" in letter.message.get_content()
    scene.world.clock.now += LASTS[period]
    assert digests.step() == 0
    told = "".join(capfd.readouterr())
    assert ADDRESS not in told
    assert "S-0017" not in told


def test_nothing_is_sent_before_the_code_came_back(scene: Scene, digests: Digests, letters: PostOffice) -> None:
    tenant = scene.tenant()
    tenant.watch(mark=scene.mark, label="S-0017")
    scene.portal.watching.step()
    digests.order(tenant.client.id, ADDRESS, "daily", "ja")
    scene.suspend()
    scene.portal.watching.step()
    scene.world.clock.now += LASTS["daily"] * 2
    assert digests.step() == 0
    (letter,) = letters.letters
    assert "S-0017" not in letter.message.get_content()


def test_a_wrong_code_and_an_old_one_confirm_nothing(scene: Scene) -> None:
    tenant = scene.tenant()
    assert tenant.get("digest").status_code == 404
    tenant.ask("PUT", "digest", json={"address": ADDRESS})
    assert tenant.post("digest/confirmation", {"code": "A" * 24}).status_code == 422
    scene.world.clock.now += CODE_HOLDS + 1
    assert tenant.post("digest/confirmation", {"code": code_of(scene.sent[-1])}).status_code == 422
    assert tenant.get("digest").json()["confirmed"] is False


def test_an_address_is_not_written_to_again_and_again(scene: Scene) -> None:
    tenant = scene.tenant()
    assert tenant.ask("PUT", "digest", json={"address": ADDRESS}).status_code == 202
    assert tenant.ask("PUT", "digest", json={"address": "other@example.org"}).status_code == 422
    assert tenant.ask("DELETE", "digest").status_code == 204
    assert tenant.get("digest").status_code == 404
    assert tenant.ask("PUT", "digest", json={"address": ADDRESS}).status_code == 422
    assert len(scene.sent) == 1
    scene.world.clock.now += AGAIN
    assert tenant.ask("PUT", "digest", json={"address": ADDRESS}).status_code == 202


def test_mail_bombing_a_strangers_address_is_stopped_after_three_letters(
    scene: Scene, digests: Digests, letters: PostOffice
) -> None:
    bombers = [scene.tenant().client.id for _ in range(3)]
    refused = 0
    for hour in range(8):
        for bomber in bombers:
            try:
                digests.order(bomber, ADDRESS if hour % 2 else ADDRESS.upper(), "daily", "ja")
            except RefusedError:
                refused += 1
        scene.world.clock.now += AGAIN
    assert len(letters.letters) <= 2 * MOST_CODES, "midnight may lie between"
    assert refused >= 8 * len(bombers) - 2 * MOST_CODES
    scene.world.clock.now += CODE_HOLDS
    digests.order(bombers[0], ADDRESS, "daily", "ja")


def test_mail_bombing_many_strangers_is_stopped(scene: Scene, digests: Digests, letters: PostOffice) -> None:
    bomber = scene.tenant().client.id
    scene.world.clock.now += CODE_HOLDS - scene.world.clock.now % CODE_HOLDS
    for number in range(MOST_ORDERS):
        digests.order(bomber, f"stranger{number}@example.org", "daily", "ja")
        scene.world.clock.now += AGAIN
    with pytest.raises(RefusedError, match="today"):
        digests.order(bomber, "another@example.org", "daily", "ja")
    assert len(letters.letters) == MOST_ORDERS


def test_a_mail_server_that_takes_nothing_now_is_asked_again(
    scene: Scene, digests: Digests, letters: PostOffice
) -> None:
    changed(scene)
    scene.world.clock.now += LASTS["daily"]
    letters.answers[ADDRESS] = "450 later"
    assert digests.step() == 0
    del letters.answers[ADDRESS]
    assert digests.step() == 0
    scene.world.clock.now += AGAIN
    assert digests.step() == 1


def test_a_letter_of_which_nobody_knows_is_never_sent_twice(
    scene: Scene, digests: Digests, letters: PostOffice
) -> None:
    changed(scene)
    scene.world.clock.now += LASTS["daily"]
    letters.drops.add(ADDRESS)
    assert digests.step() == 0
    letters.drops.clear()
    scene.world.clock.now += LASTS["daily"]
    assert digests.step() == 0
    assert len(letters.letters) == 1


def test_an_address_that_is_refused_for_good_is_left_alone_and_the_client_is_told(
    scene: Scene, digests: Digests, letters: PostOffice
) -> None:
    tenant = changed(scene)
    letters.answers[ADDRESS] = "550 nobody"
    scene.world.clock.now += LASTS["daily"]
    assert digests.step() == 0
    assert tenant.get("digest").json()["stopped"] == "refused"
    scene.world.clock.now += LASTS["daily"]
    assert digests.step() == 0


def test_a_portal_without_a_mail_server_says_so(scene: Scene) -> None:
    without = replace(scene.portal.digests, letters=None)
    with pytest.raises(RefusedError, match="sends no mail"):
        without.order("aaaaaaaa", ADDRESS, "daily", "ja")
    assert without.step() == 0


@pytest.mark.parametrize("address", ["x", "a@b", "a@example.org\r\nBcc: b@example.org", "見本@example.org"])
def test_what_is_no_address_is_refused(scene: Scene, address: str) -> None:
    assert scene.tenant().ask("PUT", "digest", json={"address": address}).status_code in (400, 422)
    assert scene.sent == []
