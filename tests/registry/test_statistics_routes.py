"""The page of statistics counts what the command counts, and anybody can count again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.reading.reader import create_reader
from registry.web.in_process import InProcessTransport
from tests.registry.page_reading import pages
from verifier.audit.tally import Tally
from verifier.edge.folder import FolderFetcher
from verifier.edge.page.chart import Amount, bar_chart
from verifier.edge.page.pages import PageRenderer
from verifier.errors import MarkError, WrongUseError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.registry.conftest import Issued, Office


def quiet(done: int, total: int) -> None:
    assert done <= total


def test_the_page_names_the_size_the_instant_and_the_command(issued: Issued) -> None:
    world = issued.world
    render = PageRenderer(environment="production", zone="Asia/Tokyo", now=world.clock)
    app = create_reader(world.public, trust_root=world.ceremony.root, now=world.clock, render=render)
    with httpx.Client(transport=InProcessTransport({"read": app}), base_url="http://read") as http:
        told = http.get("/statistics.json").json()
        page = http.get("/statistics", headers={"accept": "text/html", "accept-language": "en"}).text
    assert ["jp.meti.scs", "3", "active", 1] in told["marks"]
    assert f"--size {told['size']}" in page
    assert told["checkpoint"] == f"/log/checkpoints/{told['size']}"
    tally = Tally(FolderFetcher(world.public), world.ceremony.root)
    tally.advance(quiet, size=told["size"])
    assert tally.statistics(at=told["at"]).members() == {name: told[name] for name in ("size", "at", *COUNTED)}


def test_every_table_has_a_picture_with_a_title_that_says_the_same(issued: Issued) -> None:
    with pages(issued.world) as http:
        page, told = http.get("/statistics").text, http.get("/statistics.json").json()
    for name in ("marks", "holders", "bodies", "entries"):
        assert f'aria-labelledby="{name}-title {name}-text"' in page
        assert page.index(f'id="{name}-title"') < page.index("<table>", page.index(f'id="{name}"'))
    months = {row[1] for row in told["entries"]}
    assert all(f">{month}</text>" in page for month in months)
    whole = sum(row[2] for row in told["entries"])
    assert len(months) > 1 or f">{whole:,}</text>" in page


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_bars_are_as_long_as_their_numbers_say_and_fit(numbers: list[int]) -> None:
    chart = bar_chart("x", "", "", [Amount("", number, "plain") for number in numbers])
    widths = [float(bar.width.removesuffix("%")) for bar in chart.bars]
    assert all(0 <= width <= 82 for width in widths)
    for number, width in zip(numbers, widths, strict=True):
        assert width == pytest.approx(82 * number / (max(numbers) or 1), abs=0.006)


COUNTED = ("marks", "holders", "declarations", "bodies", "experts", "agreements", "recognitions", "entries")


def test_counting_goes_on_from_where_it_stopped(office: Office) -> None:
    world, signers = office
    tally = Tally(FolderFetcher(world.public), world.ceremony.root)
    tally.advance(quiet)
    before = tally.size
    world.issue(signers)
    world.settle()
    tally.advance(quiet)
    fresh = Tally(FolderFetcher(world.public), world.ceremony.root)
    fresh.advance(quiet)
    assert fresh.size > before
    assert tally.statistics(at=world.clock()) == fresh.statistics(at=world.clock())


def test_what_was_counted_in_part_is_counted_whole_afterwards(issued: Issued) -> None:
    plane, root = FolderFetcher(issued.world.public), issued.world.ceremony.root
    tally, fresh = Tally(plane, root), Tally(plane, root)
    tally.advance(quiet, size=3)
    assert tally.size == 3
    tally.advance(quiet)
    fresh.advance(quiet)
    assert tally.statistics(at=1) == fresh.statistics(at=1)


def test_a_size_that_the_log_does_not_have_is_refused(issued: Issued) -> None:
    with pytest.raises(WrongUseError, match="entries, not 9999"):
        Tally(FolderFetcher(issued.world.public), issued.world.ceremony.root).advance(quiet, size=9999)


def test_entries_that_are_not_the_checkpoints_are_not_counted(office: Office, tmp_path: Path) -> None:
    world, _ = office
    (bundle,) = sorted((world.public / "log/tile/entries").rglob("*/*"), key=lambda path: int(path.name))[-1:]
    data = bytearray(bundle.read_bytes())
    data[-20] ^= 1
    bundle.chmod(0o600)
    bundle.write_bytes(bytes(data))
    with pytest.raises(MarkError):
        Tally(FolderFetcher(world.public), world.ceremony.root).advance(quiet)


def test_a_clock_that_ran_ahead_leaves_no_answer_of_another_time(issued: Issued) -> None:
    world = issued.world
    now = world.clock.now
    app = create_reader(world.public, trust_root=world.ceremony.root, now=world.clock, render=None)
    with httpx.Client(transport=InProcessTransport({"read": app}), base_url="http://read") as http:
        world.clock.now += 86_400
        http.get("/statistics.json")
        world.clock.now = now
        assert http.get("/statistics.json").json()["at"] == now
