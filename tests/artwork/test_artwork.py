"""What is printed can be scanned and tells issued from recognised; a badge follows the mark."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from PIL import Image

from registry.reading.reader import create_reader
from registry.scenario.simulated_plane import published
from registry.web.in_process import InProcessTransport
from tests.world import World, fork_issued
from verifier.edge.drawing.artwork import MODULE, Artwork, artwork_svg, badge_colour
from verifier.edge.drawing.qr import decode_qr, qr_modules
from verifier.verdict import Headline

CODE = "https://shirushi.example/m/0123456789abcdefghjkmnpqrs#" + "7" * 400


def artwork(**changes: object) -> Artwork:
    members = {
        "form": "issued",
        "level": 3,
        "scheme": "SCS & 評価制度",
        "title": "★3 取得・登録",
        "title_latin": "obtained and registered",
        "until": "until 2029-03",
        "number": "SCS3-000001",
        "host": "shirushi.example",
        "code": CODE,
    }
    return Artwork(**(members | changes))  # type: ignore[arg-type]


def shapes(svg: bytes) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg))


def rendered(svg: bytes, folder: Path) -> bytes:
    """Return a picture of the SVG as Chromium draws it, at about 150 dots an inch."""
    page, picture = folder / "artwork.html", folder / "artwork.png"
    width, height = (float(one) for one in re.findall(rb'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', svg)[0])
    image = svg.replace(f'width="{width:g}mm" height="{height:g}mm"'.encode(), b'width="100%"', 1)
    page.write_bytes(b"<body style='margin:0;background:#888'>" + image)
    size = f"--window-size={int(width * 6)},{int(height * 6)}"
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        size,
        f"--screenshot={picture}",
        f"file://{page}",
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return picture.read_bytes()


@pytest.mark.system
@pytest.mark.parametrize("style", ["colour", "mono", "reverse"])
def test_the_code_in_printed_artwork_is_read_by_an_independent_decoder(style: str, tmp_path: Path) -> None:
    assert decode_qr(rendered(artwork_svg(artwork(), style=style), tmp_path)) == [CODE]  # type: ignore[arg-type]


@pytest.mark.system
def test_artwork_stays_readable_when_it_is_printed_at_100_dots_an_inch(tmp_path: Path) -> None:
    with Image.open(io.BytesIO(rendered(artwork_svg(artwork()), tmp_path))) as drawn:
        smaller = drawn.resize((drawn.width * 100 // 152, drawn.height * 100 // 152))
        kept = io.BytesIO()
        smaller.save(kept, "PNG")
    assert decode_qr(kept.getvalue()) == [CODE]


def test_a_module_is_never_smaller_than_that_of_a_code_of_26_millimetres() -> None:
    assert pytest.approx(26 / 57, abs=0.01) == MODULE
    assert len(qr_modules(CODE)) * MODULE > 26


def test_issued_and_recognised_differ_without_any_colour() -> None:
    issued, recognised = (shapes(artwork_svg(artwork(form=form), style="mono")) for form in ("issued", "recognised"))
    assert sum(one.get("fill") == "none" for one in issued) == 1
    assert sum(one.get("fill") == "none" for one in recognised) == 2
    stars = [
        [one.get("fill") for one in drawn if one.get("stroke-width") in ("0.2", "0.6")]
        for drawn in (issued, recognised)
    ]
    assert stars == [["#000000"] * 3, ["#ffffff"] * 3]


@pytest.mark.parametrize("code", [CODE, "https://shirushi.example/r/0123456789abcdefghjkmnpqrs"])
@pytest.mark.parametrize("host", ["shirushi.example", "a.very.long.host.of.some.authority.example"])
def test_every_word_stands_inside_the_frame_beside_a_small_code_too(code: str, host: str) -> None:
    svg = artwork_svg(artwork(form="recognised", code=code, host=host))
    width, height = (float(one) for one in re.findall(rb'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', svg)[0])
    texts = [one for one in shapes(svg) if one.tag.endswith("text")]
    assert len(texts) == 6
    for one in texts:
        x, y, size = (float(one.get(name) or 0) for name in ("x", "y", "font-size"))
        half = 0.6 * size * len(host) / 2 if one.get("text-anchor") == "middle" else 0
        assert 2 < x - half <= x + half < width - 2
        assert size + 2 < y < height - 2


def test_text_is_text_and_never_markup() -> None:
    svg = artwork_svg(artwork(scheme="<script>alert(1)</script>", title='"><a href="x">'))
    assert b"<script" not in svg
    assert b"<a " not in svg
    ElementTree.fromstring(svg)


def test_artwork_of_a_sandbox_says_so_across() -> None:
    assert "見本 / TEST".encode() in artwork_svg(artwork(sample="見本 / TEST"))
    assert "見本".encode() not in artwork_svg(artwork())


@pytest.mark.parametrize("headline", list(Headline))
def test_green_is_for_a_valid_mark_alone(headline: Headline) -> None:
    assert (badge_colour(headline) == "#0a6637") == (headline in (Headline.VALID, Headline.VALID_OFFLINE))


# --- served ----------------------------------------------------------------------------------------------------------


class Served:
    """A reader over a simulated registry."""

    def __init__(self, folder: Path, world: World) -> None:
        for path, data in published(world.sim).files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        app = create_reader(folder, trust_root=world.sim.root, now=lambda: world.sim.now)
        self.http = httpx.Client(transport=InProcessTransport({"reader": app}), base_url="http://reader")


@pytest.fixture
def world() -> tuple[World, str]:
    return fork_issued()


def test_a_hostile_address_of_the_page_breaks_no_badge_and_no_oembed(world: tuple[World, str], tmp_path: Path) -> None:
    sim, mark_id = world
    http = Served(tmp_path / "hostile", sim).http
    for header in ({"Referer": "http://["}, {"Referer": "https://[::1"}, {"Host": "["}, {"Host": "a]b["}):
        assert http.get(f"/badge/{mark_id}.svg", headers=header).status_code == 200
    for url in (f"https://[/m/{mark_id}", f"https://a]b[/m/{mark_id}"):
        assert http.get("/oembed", params={"url": url}).status_code == 404


def test_a_badge_turns_by_itself_when_the_mark_is_suspended(world: tuple[World, str], tmp_path: Path) -> None:
    sim, mark_id = world
    before = Served(tmp_path / "before", sim).http.get(f"/badge/{mark_id}.svg", params={"lang": "en"})
    assert before.headers["cache-control"] == "no-cache"
    assert "#0a6637" in before.text
    sim.suspend(mark_id)
    after = Served(tmp_path / "after", sim).http.get(f"/badge/{mark_id}.svg", params={"lang": "en"})
    assert "Suspended" in after.text
    assert "#0a6637" not in after.text


def test_only_a_valid_mark_has_artwork(world: tuple[World, str], tmp_path: Path) -> None:
    sim, mark_id = world
    drawn = Served(tmp_path / "before", sim).http.get(f"/m/{mark_id}/artwork.svg")
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/svg+xml")
    sim.suspend(mark_id)
    refused = Served(tmp_path / "after", sim).http.get(f"/m/{mark_id}/artwork.svg")
    assert (refused.status_code, refused.json()["code"]) == (422, "refused")


def test_a_style_that_does_not_exist_is_told(world: tuple[World, str], tmp_path: Path) -> None:
    sim, mark_id = world
    answer = Served(tmp_path, sim).http.get(f"/m/{mark_id}/artwork.svg", params={"style": "gold"})
    assert answer.status_code == 400
    assert "colour, mono or reverse" in answer.json()["hint"]
