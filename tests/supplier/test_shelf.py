"""The marks that are held: judged as everybody judges them, and printed only while they are valid."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image

from issuer.supplier.plan import supplier_plan
from issuer.supplier.shelf import add_bundle, fetch_mark, find_mark, judge_mark, pin_root, pinned_root
from registry.scenario.simulated_world import World
from tests.console.enrolled import Visitor, add_person, free_port, open_console
from verifier.errors import MalformedError, MarkError, RefusedError
from verifier.gather import gather
from verifier.verdict import Headline

if TYPE_CHECKING:
    from pathlib import Path

    from issuer.supplier.place import SupplierPlace


@pytest.fixture
def held(place: SupplierPlace) -> tuple[SupplierPlace, World, str]:
    """A mark on the shelf, at the time at which its registry lives."""
    world = World("shelf")
    mark = world.issue()
    place.now = lambda: world.sim.now
    pin_root(place, world.sim.fetch("trust/1.json"))
    add_bundle(place, gather(world.sim, mark).serialize(), by="me")
    return place, world, mark


def visitor(place: SupplierPlace, tmp_path: Path, *roles: str) -> Visitor:
    console = open_console(supplier_plan(place), tmp_path / "accounts", port=free_port(), now=place.now)
    return Visitor(console, add_person(console, "担当", *roles))


def test_a_mark_is_judged_out_of_its_bundle_or_out_of_the_packed_package(
    held: tuple[SupplierPlace, World, str],
) -> None:
    place, world, mark = held
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{mark}/bundle.json", gather(world.sim, mark).serialize())
    assert add_bundle(place, packed.getvalue(), by="me") == mark
    root = pinned_root(place)
    assert root is not None
    verdict = judge_mark(find_mark(place, mark), root, now=place.now())
    assert verdict.headline is Headline.VALID_OFFLINE


def test_a_broken_encrypted_or_strangely_packed_archive_is_told(place: SupplierPlace) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bundle.json", b"{}" * 5000)
    good = packed.getvalue()
    directory = good.index(b"PK\x01\x02")
    for at, value in ((6, 1), (8, 99), (40, 255), (directory + 8, 1), (directory + 10, 99), (directory + 24, 255)):
        broken = bytearray(good)
        broken[at] = value
        with pytest.raises(MarkError):
            add_bundle(place, bytes(broken), by="me")
    for cut in (10, 60, directory, len(good) - 5):
        with pytest.raises(MarkError):
            add_bundle(place, good[:cut], by="me")


def test_the_page_of_a_mark_has_verdict_days_artwork_badge_and_text_to_share(
    held: tuple[SupplierPlace, World, str], tmp_path: Path
) -> None:
    place, world, mark = held
    person = visitor(place, tmp_path, "officer")
    page = person.get(f"/marks/{mark}", headers={"Accept-Language": "ja"}).text
    address = f"https://{world.pinned.host}/m/{mark}"
    for text in ("残り 364 日", address, f"/badge/{mark}.svg", "このマークで満たせる制度", "確認できるマーク"):
        assert text in page
    picture = Image.open(io.BytesIO(person.get(f"/marks/{mark}/artwork.png?style=mono").content))
    codes = [one.text for one in zxingcpp.read_barcodes(picture)]
    assert codes == [world.qr(mark)]
    assert person.get(f"/marks/{mark}/artwork.pdf").content.startswith(b"%PDF-")
    assert person.get(f"/marks/{mark}/artwork.svg?style=reverse").headers["content-type"] == "image/svg+xml"
    assert b"DTSTART;VALUE=DATE:20271121" in person.get("/marks/calendar.ics").content
    assert person.get(f"/marks/{mark}/artwork.svg?style=gold").status_code == 400


def test_a_mark_that_is_not_valid_is_shown_with_its_reason_and_never_printed(
    held: tuple[SupplierPlace, World, str], tmp_path: Path
) -> None:
    place, world, mark = held
    world.suspend(mark)
    add_bundle(place, gather(world.sim, mark).serialize(), by="me")
    person = visitor(place, tmp_path, "answerer")
    page = person.get(f"/marks/{mark}?lang=en").text
    assert "suspended" in page.lower()
    assert "artwork.svg" not in page
    calendar = person.get("/marks/calendar.ics?lang=en").content
    assert b"DTSTART;VALUE=DATE:20271121" in calendar
    assert b"(suspended now)" in calendar.replace(b"\r\n ", b"")
    world.change("mark.cancelled", mark)
    add_bundle(place, gather(world.sim, mark).serialize(), by="me")
    assert b"VEVENT" not in person.get("/marks/calendar.ics").content
    assert person.get(f"/marks/{mark}/artwork.svg").status_code == 422


def test_only_an_administrator_pins_the_root_and_only_a_root_is_pinned(place: SupplierPlace, tmp_path: Path) -> None:
    root = World("shelf").sim.fetch("trust/1.json")
    files = {"root": ("1.json", root)}
    assert visitor(place, tmp_path / "a", "answerer").send("/marks/root", files=files).status_code == 403
    admin = visitor(place, tmp_path / "b", "admin")
    assert admin.send("/marks/root", files={"root": ("1.json", b"{}")}).status_code == 422
    assert pinned_root(place) is None
    assert admin.send("/marks/root", files=files).status_code == 303
    assert pinned_root(place) is not None


def test_what_holds_no_mark_is_not_put_on_the_shelf(held: tuple[SupplierPlace, World, str]) -> None:
    place, _, _ = held
    for data in (b"{}", b"PK\x03\x04broken"):
        with pytest.raises(MarkError):
            add_bundle(place, data, by="me")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("other.json", b"{}")
    with pytest.raises(MalformedError, match=r"bundle\.json"):
        add_bundle(place, packed.getvalue(), by="me")


def test_nothing_is_fetched_before_a_root_is_pinned(place: SupplierPlace) -> None:
    with pytest.raises(RefusedError, match="no trust root"):
        fetch_mark(place, "0" * 26, via="", by="me")
