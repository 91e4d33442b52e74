"""Anybody can report a misused mark: no account, no cookie, no script, and nobody reports without knowing."""

from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from registry.casebook import inbox
from registry.casebook.inbox import MOST_WAITING, Inbox
from registry.casebook.store import Casebook
from registry.reading.hourly_limit import HourlyLimit
from registry.reading.reader import create_reader
from registry.reading.report_routes import LONGEST, ReportDesk
from registry.web.in_process import InProcessTransport
from verifier.edge.page.pages import PageRenderer
from verifier.injected import seeded_entropy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.registry.conftest import Issued

OWN = {"Sec-Fetch-Site": "same-origin"}
TEXT = {"text": "A poster at the station shows this mark.\r\nThe company is another one."}


class Stall:
    """A reader that takes reports, and where they go."""

    def __init__(self, issued: Issued, folder: Path, *, each: int = 3, together: int = 5) -> None:
        self.clock = issued.world.clock
        self.mark = issued.mark
        self.folder = folder / "reports"
        self.book = Casebook(folder / "casebook.db")
        root = issued.world.ceremony.root
        render = PageRenderer(environment="production", zone="Asia/Tokyo", now=self.clock)
        self.inbox = Inbox(self.folder)
        limit = HourlyLimit(each=each, together=together)
        desk = ReportDesk(self.inbox, limit, seeded_entropy(b"reports"))
        app = create_reader(issued.world.public, trust_root=root, now=self.clock, render=render, desk=desk)
        self.http = httpx.Client(
            transport=InProcessTransport({"read": app}),
            base_url="http://read",
            headers={"Accept": "text/html", "Accept-Language": "en"},
        )

    def send(self, headers: dict[str, str] = OWN, **fields: str) -> httpx.Response:
        return self.http.post("/report", data={**TEXT, **fields}, headers=headers)


@pytest.fixture
def stall(issued: Issued, tmp_path: Path) -> Iterator[Stall]:
    """A reader that takes reports."""
    stall = Stall(issued, tmp_path)
    yield stall
    stall.http.close()


def test_a_report_gets_a_number_and_becomes_a_matter_of_that_mark(stall: Stall) -> None:
    page = stall.send(about=stall.mark.upper(), contact="someone@example.test")
    assert page.status_code == 201
    assert stall.inbox.take_in(stall.book) == 1
    (matter,) = stall.book.all()
    assert matter.id in page.text
    assert (matter.kind, matter.object) == ("misuse", f"https://shirushi.example/m/{stall.mark}")
    assert matter.events[0].note == TEXT["text"].replace("\r\n", "\n")
    assert stall.book.contact(matter.id) == "someone@example.test"
    assert list(stall.folder.glob("*.json")) == []


def test_what_names_no_mark_of_this_registry_is_told_as_it_was_typed(stall: Stall) -> None:
    stall.send(about="https://shirushi-example.test/m/abc")
    stall.inbox.take_in(stall.book)
    (matter,) = stall.book.all()
    assert matter.object == "https://shirushi.example"
    assert matter.events[0].note.endswith("\n\nhttps://shirushi-example.test/m/abc")


def test_the_form_is_filled_in_for_the_mark_that_it_was_opened_from(stall: Stall) -> None:
    page = stall.http.get("/report", params={"about": '"><script>'}).text
    assert 'value="&#34;&gt;&lt;script&gt;"' in page
    assert "set-cookie" not in stall.http.get("/report").headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://["},
        {},
    ],
)
def test_a_form_that_another_site_sends_is_refused(stall: Stall, headers: dict[str, str]) -> None:
    refused = stall.send(headers={**headers, "Accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (403, "foreign_form")
    assert not stall.folder.exists()


def test_a_browser_without_fetch_metadata_is_known_by_its_origin(stall: Stall) -> None:
    assert stall.send(headers={"Origin": "http://read"}).status_code == 201


@pytest.mark.parametrize("field", sorted(LONGEST))
def test_a_text_that_is_too_long_is_shown_again_and_nothing_is_lost(stall: Stall, field: str) -> None:
    typed = "x" * (LONGEST[field] + 1)
    page = stall.send(**{field: typed})
    assert page.status_code == 400
    assert typed in page.text
    assert "too long" in page.text


def test_a_report_that_says_nothing_is_asked_to(stall: Stall) -> None:
    page = stall.send(text=" ")
    assert page.status_code == 400
    assert "Say what you saw." in page.text


def test_a_body_that_is_no_form_or_too_large_is_refused(stall: Stall) -> None:
    assert stall.http.post("/report", json=TEXT, headers=OWN).status_code == 400
    broken = stall.http.post("/report", content=b"text=%ff", headers={**OWN, "Content-Type": "text/plain"})
    assert broken.status_code == 400
    assert stall.send(text="x" * 40_000).status_code == 413


def test_beyond_the_hourly_limit_nothing_is_taken_until_the_next_hour(issued: Issued, tmp_path: Path) -> None:
    stall = Stall(issued, tmp_path, together=2)
    json = {**OWN, "Accept": "application/json"}
    assert [stall.send(headers=json).status_code for _ in range(3)] == [201, 201, 429]
    answer = stall.send(headers=json)
    assert (answer.json()["code"], answer.headers["retry-after"]) == ("too_many", "3600")
    assert "too many" in stall.send().text.lower()


def test_one_sender_is_limited_before_all_are() -> None:
    limit = HourlyLimit(each=2, together=10)
    assert [limit.take("a", now=0) for _ in range(3)] == [True, True, False]
    assert limit.take("b", now=0)
    assert limit.take("a", now=3600)
    assert all(limit.take(None, now=7200) for _ in range(10))
    assert not limit.take("b", now=7200)


def test_a_full_inbox_takes_nothing(stall: Stall) -> None:
    stall.folder.mkdir()
    for number in range(MOST_WAITING):
        (stall.folder / f"M-{number}.json").touch()
    assert stall.send().status_code == 429


def test_a_report_that_was_taken_in_before_a_crash_is_not_opened_twice(stall: Stall) -> None:
    stall.send()
    (path,) = stall.folder.iterdir()
    kept = path.read_bytes()
    stall.inbox.take_in(stall.book)
    path.write_bytes(kept)
    assert stall.inbox.take_in(stall.book) == 1
    assert len(stall.book.all()) == 1


def test_a_copy_without_a_desk_says_where_the_form_is(issued: Issued) -> None:
    html = {"accept": "text/html", "accept-language": "en"}
    page = issued.world.http.get("http://read/report", headers={"accept": "application/json"})
    assert page.json()["takes"] is False
    assert page.json()["form"] == "https://shirushi.example/report"
    sent = issued.world.http.post("http://read/report", data=TEXT, headers={**OWN, **html})
    assert sent.status_code == 404


def test_a_disk_that_was_full_closes_the_form_for_as_long_as_it_is_full(
    stall: Stall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(inbox, "MOST_WAITING", 2)
    with monkeypatch.context() as disk:
        disk.setattr("verifier.edge.whole_file.os.fsync", full)
        assert [stall.send(about=stall.mark).status_code for _ in range(3)] == [503] * 3
    assert not stall.folder.exists() or list(stall.folder.iterdir()) == []
    stall.clock.now += 3600
    assert stall.send(about=stall.mark).status_code == 201


def test_two_who_open_the_casebook_at_once_find_each_report_once(stall: Stall) -> None:
    for number in range(5):
        stall.send(about=stall.mark, text=f"{TEXT['text']} {number}")
    waiting = len(list(stall.folder.glob("*.json")))
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: stall.inbox.take_in(stall.book), range(8)))
    assert sum(taken) == len(stall.book.all()) == waiting > 1
