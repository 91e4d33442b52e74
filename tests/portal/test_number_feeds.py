"""Whoever has a number can follow what is listed in its name, without an account and without a trace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import func, select

from registry.portal.tables import metadata
from verifier.dates import utc_text
from verifier.directory.bulk import BulkDirectory
from verifier.identifier import parse_identifier

if TYPE_CHECKING:
    from tests.portal.conftest import Scene

ATOM = "{http://www.w3.org/2005/Atom}"
OTHER = "0188-7000020010006"


def holder(scene: Scene) -> str:
    """Return the number under which the scene's mark is listed."""
    tenant = scene.tenant("asker")
    scene.portal.watching.step()
    epoch, store = scene.portal.watching.newest(), scene.portal.watching.store
    (found,) = BulkDirectory(store, epoch.index, copy=store).holders({scene.mark})
    del tenant
    return found


def feed(scene: Scene, number: str, form: str = "json", **more: str) -> str:
    answer = scene.http.get(f"http://portal/portal/v1/numbers/{number}/feed.{form}", params=more)
    assert answer.status_code == 200, answer.text
    return answer.text


def rows(scene: Scene) -> dict[str, int]:
    """Return how many rows every table of the portal has."""
    with scene.desk.database.read() as connection:
        counted = {one: select(func.count()).select_from(one) for one in metadata.sorted_tables}
        return {one.name: connection.execute(query).scalar_one() for one, query in counted.items()}


def test_a_mark_in_ones_name_is_in_the_feed_and_each_state_is_an_item_of_its_own(scene: Scene) -> None:
    number = holder(scene)
    (before,) = json.loads(feed(scene, number))["items"]
    assert before["url"].endswith(scene.mark)
    scene.suspend()
    after, first = json.loads(feed(scene, number, lang="en"))["items"]
    assert first["id"] == before["id"]
    assert after["url"] == before["url"]
    assert after["id"] != before["id"]
    assert "uspended" in after["title"]
    tree = ElementTree.fromstring(feed(scene, number, "atom"))
    assert [one.findtext(f"{ATOM}id") for one in tree.findall(f"{ATOM}entry")] == [after["id"], before["id"]]


def test_a_number_is_found_in_its_one_form_and_by_nothing_like_it(scene: Scene) -> None:
    number = holder(scene)
    bare = str(parse_identifier(number)).partition("-")[2]
    assert json.loads(feed(scene, OTHER))["items"] == []
    assert scene.http.get(f"http://portal/portal/v1/numbers/{bare[:-1]}/feed.json").status_code in (400, 422)


def test_nothing_is_kept_of_who_follows_which_number(scene: Scene, capfd: pytest.CaptureFixture[str]) -> None:
    number = holder(scene)
    before = rows(scene)
    for form in ("json", "atom"):
        feed(scene, number, form)
    assert rows(scene) == before
    assert number not in "".join(capfd.readouterr())


def items(scene: Scene, number: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(feed(scene, number, lang="en"))["items"]
    return found


def test_each_change_is_an_item_of_its_own_with_its_own_time_the_newest_first(scene: Scene) -> None:
    number, world = holder(scene), scene.world
    scene.suspend()
    suspended = world.clock()
    world.desk.submit("mark.reinstated", f"https://shirushi.example/m/{scene.mark}", {})
    world.clock.now += 60
    world.settle()
    found = items(scene, number)
    assert len({one["id"] for one in found}) == len(found) == 3
    assert ["uspended" in one["title"] for one in found] == [False, True, False]
    times = [one["date_published"] for one in found]
    assert times == sorted(times, reverse=True)
    assert times[1] == utc_text(suspended - 60)
    assert items(scene, number) == found


def test_a_feed_is_sent_again_only_to_whoever_does_not_have_it(scene: Scene) -> None:
    watch, number = scene.tenant().watch(mark=scene.mark), holder(scene)
    secret = watch["feed_atom"].split("/")[-2]
    for path in (f"numbers/{number}", f"watches/{secret}"):
        for form in ("atom", "json"):
            address = f"http://portal/portal/v1/{path}/feed.{form}"
            first, head = scene.http.get(address), scene.http.head(address)
            again = scene.http.get(address, headers={"If-None-Match": first.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
            assert (head.status_code, head.content) == (200, b"")
            assert head.headers["etag"] == first.headers["etag"]
            is_anybodys = path.startswith("numbers")
            assert (first.headers.get("access-control-allow-origin") == "*") is is_anybodys
            asked = scene.http.options(address, headers={"Origin": "https://a.example"})
            assert asked.status_code == (204 if is_anybodys else 405)


def test_a_feed_tells_where_the_same_comes_by_mail(scene: Scene) -> None:
    number = holder(scene)
    assert "https://shirushi.example/follow" in json.loads(feed(scene, number))["description"]
    tree = ElementTree.fromstring(feed(scene, number, "atom"))
    links = {one.get("rel"): one.get("href") for one in tree.findall(f"{ATOM}link")}
    assert links["related"] == "https://shirushi.example/follow"
