"""The pages that everybody sees: the registry's, those of a file that was dropped, an embedded mark, the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from registry.data_folder import DataFolder
from registry.reading.reader import create_reader
from registry.scenario.sandbox.opening import open_sandbox
from tests.browser.whole_site import play, run
from tests.console.enrolled import free_port, serving
from tests.screenshots.fixed_day import START
from verifier.edge.page.pages import PageRenderer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.whole_site import Running
    from tests.screenshots.camera import Camera, Step

AREA = "public"
SOMEBODY = """<!doctype html><html lang="{lang}"><title>Somebody</title>
<meta name="viewport" content="width=device-width">
<style>:root {{ color-scheme: light dark }} body {{ font: 16px/1.6 sans-serif; margin: 2rem }}</style>
<script type="module" src="{url}/embed.js"></script>
<h1>見本物流システム株式会社</h1><p>会社案内 · Company</p><shirushi-mark mark="{mark}"></shirushi-mark>"""


def draw_public(camera: Camera, place: Path) -> None:
    """Draw the public pages of a whole site."""
    running = run(play(place / "site", start=START))
    try:
        subjects = {**running.site.pages(), "search-results": _search(running)}
        subjects |= {"dropped": _dropped(running, place), "dropped-sent": _sent(running, place)}
        camera.draw(AREA, running.url, subjects)
        for site in (_domain(running), "copycat.example"):
            name = "embed" if site != "copycat.example" else "embed-copied"
            camera.draw(AREA, running.url, {name: _embedded(running, site)})
    finally:
        running.stop()


def draw_sandbox(camera: Camera, place: Path) -> None:
    """Draw the sandbox's own page, and one of its marks."""
    data = DataFolder(place / "sandbox")
    listed = open_sandbox(data, seed="pictures", at=START)
    root = data.trust_root()
    zone, port = root.content.zone, free_port()
    render = PageRenderer(environment=root.content.environment, zone=zone, now=lambda: START)
    reader = create_reader(data.public, trust_root=root, now=lambda: START, render=render, sandbox=data.sandbox)
    mark = next(one for one in listed["fixtures"] if one["page"] and one["group"] == "accepted")
    with serving(reader, port) as url:
        camera.draw("sandbox", url, {"sandbox": "/sandbox", "home": "/", "mark": mark["page"]})


def _search(running: Running) -> Step:
    def search(page: Any) -> None:
        page.goto(f"{running.url}/verification/search")
        page.fill("#name", "見本")
        page.click("form.ask button:not(.quiet)")
        page.wait_for_selector("#results")

    return search


def _packed(running: Running, place: Path, name: str) -> Path:
    """Return a file of the package of the mark."""
    return next((place / "site/marks").rglob(f"{running.site.marks['4']}/{name}"))


def _dropped(running: Running, place: Path) -> Step:
    def drop(page: Any) -> None:
        page.clock.set_fixed_time(running.site.now * 1000)
        page.goto(f"{running.url}/verify")
        page.wait_for_selector("html[data-scan=ready]")
        page.set_input_files("#file", _packed(running, place, "qr.png"))
        page.wait_for_selector("#result [data-headline]")

    return drop


def _sent(running: Running, place: Path) -> Step:
    def send(page: Any) -> None:
        lang = page.evaluate("navigator.language.slice(0, 2)")
        data = _packed(running, place, "bundle.json").read_bytes()
        file = {"name": "bundle.json", "mimeType": "application/json", "buffer": data}
        answer = page.context.request.post(
            f"{running.url}/check?lang={lang}", multipart={"file": file}, headers={"Accept": "text/html"}
        )
        page.route(f"{running.url}/answered", lambda route: route.fulfill(response=answer))
        page.goto(f"{running.url}/answered")

    return send


def _domain(running: Running) -> str:
    answer = httpx.get(f"{running.url}/m/{running.site.marks['4']}.json").json()
    return f"www.{answer['mark']['domains'][0]}"


def _embedded(running: Running, site: str) -> Step:
    def show(page: Any) -> None:
        lang = page.evaluate("navigator.language.slice(0, 2)")
        text = SOMEBODY.format(url=running.url, mark=running.site.marks["4"], lang=lang)
        page.context.grant_permissions(["local-network-access"])
        page.route(f"https://{site}/", lambda route: route.fulfill(body=text, content_type="text/html; charset=utf-8"))
        page.goto(f"https://{site}/")
        page.wait_for_selector("shirushi-mark[data-tone] a")

    return show
