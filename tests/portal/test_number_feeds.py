"""Whoever has a number can follow what is listed in its name, without an account and without a trace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from sqlalchemy import func, select

from registry.portal.tables import metadata
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
    (after,) = json.loads(feed(scene, number, lang="en"))["items"]
    assert after["url"] == before["url"]
    assert after["id"] != before["id"]
    assert "uspended" in after["title"]
    tree = ElementTree.fromstring(feed(scene, number, "atom"))
    assert [one.findtext(f"{ATOM}id") for one in tree.findall(f"{ATOM}entry")] == [after["id"]]


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
