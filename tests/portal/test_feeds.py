"""Feeds of watches: at a secret address, in two languages, well-formed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import structlog

if TYPE_CHECKING:
    import httpx

    from tests.portal.conftest import Scene

ATOM = "{http://www.w3.org/2005/Atom}"


def read(scene: Scene, address: str, lang: str = "en") -> httpx.Response:
    return scene.http.get("http://portal/" + address.split("/", 3)[3], headers={"Accept-Language": lang})


def test_a_change_stands_in_both_feeds_of_its_watch(scene: Scene) -> None:
    tenant = scene.tenant()
    made, other = tenant.watch(subject="1180301018771", label="A & <B>"), tenant.watch(body=7)
    scene.portal.watching.step()
    assert read(scene, made["feed_json"]).json()["items"] == []
    scene.suspend()
    scene.portal.watching.step()
    feed = read(scene, made["feed_json"])
    (item,) = feed.json()["items"]
    assert item["title"] == f"A & <B>: {scene.mark}: In force → Suspended"
    assert item["url"] == "https://shirushi.example/o/0188-1180301018771"
    assert feed.headers["content-type"] == "application/feed+json"
    tree = ElementTree.fromstring(read(scene, made["feed_atom"], "ja").content)
    (entry,) = tree.findall(f"{ATOM}entry")
    assert (entry.findtext(f"{ATOM}title") or "").startswith("A & <B>：")
    assert tree.get("{http://www.w3.org/XML/1998/namespace}lang") == "ja"
    assert read(scene, other["feed_json"]).json()["items"] == []


def test_nobody_guesses_a_feed_and_it_ends_with_its_watch(scene: Scene) -> None:
    tenant = scene.tenant()
    made = tenant.watch(mark=scene.mark)
    secret = made["feed_atom"].split("/")[-2]
    assert read(scene, made["feed_atom"].replace(secret, "A" * 32)).status_code == 404
    assert read(scene, made["feed_atom"].replace(secret, made["id"])).status_code == 400
    answer = read(scene, made["feed_atom"])
    assert (answer.status_code, answer.headers["referrer-policy"]) == (200, "no-referrer")
    assert tenant.ask("DELETE", f"watches/{made['id']}").status_code == 204
    assert read(scene, made["feed_atom"]).status_code == 404


def test_neither_secrets_nor_what_is_watched_stands_in_metrics_or_logs(scene: Scene) -> None:
    with structlog.testing.capture_logs() as lines:
        tenant = scene.tenant()
        made = tenant.watch(subject="1180301018771")
        tenant.get(f"watches/{made['id']}")
        read(scene, made["feed_atom"])
        told = scene.http.get("http://portal/metrics").text + str(lines)
    assert 'route="/portal/v1/watches/{secret}/feed.atom"' in told
    assert "shirushi_deliveries_pending 0.0" in told
    for hidden in ("1180301018771", made["id"], made["feed_atom"].split("/")[-2], tenant.key, tenant.client.id):
        assert hidden not in told
