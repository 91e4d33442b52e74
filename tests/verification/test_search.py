"""Searching: whatever people type of a name, and never somebody who is shown by number only."""

from __future__ import annotations

import csv
import io
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from issuer.intake import read_sole_proprietor
from registry.verification import queries_search, search_index
from registry.verification.romaji import letters_of
from registry.verification.search_index import SearchIndex
from tests.registry.conftest import HOST
from tests.waiting import wait_until
from verifier.check.supplier import fold_name
from verifier.encoding import b64u

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    import httpx

    from tests.verification.conftest import Service

SEARCHES = "http://verification/verification/v1/searches"


def search(service: Service, **asked: Any) -> httpx.Response:
    return service.http.post(SEARCHES, json=asked)


def marks(service: Service, **asked: Any) -> list[str]:
    answer = search(service, **asked)
    assert answer.status_code == 200, answer.text
    return [one["mark"] for one in answer.json()["results"]]


@pytest.mark.parametrize("name", ["株式会社見本精機", "見本", "㈱見本精機", "（株） 見本　精機", "精機"])
def test_a_holder_is_found_by_any_way_of_writing_its_name(service: Service, name: str) -> None:
    assert service.mark in marks(service, name=name)


@pytest.mark.parametrize(
    "asked",
    [
        {"identifier": "1180301018771"},
        {"scheme": "jp.meti.scs", "tier": 3},
        {"least_tier": 2, "state": "active"},
        {"body": 7, "valid_on": "2026-12-01"},
    ],
)
def test_a_mark_is_found_by_what_it_is(service: Service, asked: dict[str, Any]) -> None:
    assert service.mark in marks(service, **asked)


def test_the_number_that_a_mark_shows_finds_it_and_nothing_else(service: Service) -> None:
    number = next(one["number"] for one in search(service).json()["results"] if one["mark"] == service.mark)
    for typed in (number, f" {number.lower()} ", number.replace("-", "－")):
        assert marks(service, number=typed) == [service.mark]
    assert marks(service, number=number[:-1]) == []
    assert marks(service, number=number, tier=4) == []


@pytest.mark.parametrize(
    "asked", [{"name": "別の会社"}, {"tier": 4}, {"body": 8}, {"valid_on": "2030-01-01"}, {"state": "annulled"}]
)
def test_what_does_not_fit_is_not_found(service: Service, asked: dict[str, Any]) -> None:
    assert marks(service, **asked) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "株式会社"},
        {"after": b64u(b"[1,2]")},
        {"after": "%"},
        {"valid_on": "soon"},
        {"identifier": "1"},
        {"number": " "},
        {"x": 1},
    ],
)
def test_a_question_that_cannot_be_read_is_refused_with_what_to_do(service: Service, asked: dict[str, Any]) -> None:
    answer = search(service, **asked)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


@pytest.fixture
def hidden(service: Service) -> tuple[str, str]:
    """The mark of a sole proprietor, and the number that it shows."""
    holder, _ = read_sole_proprietor(name="架空 太郎", host=HOST, entropy=service.world.entropy)
    mark = service.world.issue(service.signers, holder)
    service.made.index.refresh()
    return mark, holder.identifiers[0]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"least_tier": 1, "state": "active"},
        {"body": 7},
        {"valid_on": "2026-12-01"},
        {"name": "個人事業主"},
        {"name": "Sole proprietor"},
    ],
)
def test_who_is_shown_by_number_only_is_found_by_nothing_else(
    service: Service, hidden: tuple[str, str], asked: dict[str, Any]
) -> None:
    mark, number = hidden
    listed = service.http.post(f"{SEARCHES}/export", json=asked, headers={"Accept": "application/json"})
    assert mark not in marks(service, limit=100, **asked)
    assert mark not in listed.text
    assert number not in listed.text
    assert marks(service, identifier=number) == [mark]
    found = search(service, identifier=number).json()["results"][0]
    assert (found["holder"], found["holder_latin"]) == (None, None)


def test_pages_go_on_where_they_ended_and_hold_every_mark_once(service: Service) -> None:
    others = {service.world.issue(service.signers) for _ in range(4)}
    service.made.index.refresh()
    whole = marks(service, limit=100)
    assert others <= set(whole)
    found: list[str] = []
    page = search(service, limit=2).json()
    found += [one["mark"] for one in page["results"]]
    while page["next"]:
        page = search(service, limit=2, after=page["next"]).json()
        found += [one["mark"] for one in page["results"]]
    assert found == whole


def test_what_was_found_is_exported_with_harmless_cells(service: Service) -> None:
    answer = service.http.post(f"{SEARCHES}/export", json={"name": "見本"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:2] == ["mark", "holder"]
    assert [service.mark, "株式会社見本精機"] in [row[:2] for row in rows]


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("application/json", "json"),
        ("application/json, */*;q=0.1", "json"),
        ("text/csv;q=0.5, application/*", "json"),
        ("*/*", "csv"),
        ("text/csv, application/json", "csv"),
        ("text/html", "csv"),
        ("", "csv"),
    ],
)
def test_an_export_has_the_form_that_is_asked_for(service: Service, accept: str, form: str) -> None:
    answer = service.http.post(f"{SEARCHES}/export", json={"name": "見本", "limit": 1}, headers={"Accept": accept})
    assert answer.headers["content-disposition"] == f'attachment; filename="marks.{form}"'
    assert "Accept" in answer.headers["vary"]
    if form == "json":
        assert answer.headers["content-type"] == "application/json"
        assert service.mark in [one["mark"] for one in answer.json()["results"]]
        assert answer.json()["next"] is None
    else:
        assert answer.headers["content-type"].startswith("text/csv")


def test_a_suspension_moves_the_state_and_reads_one_shard_again(service: Service) -> None:
    mark = service.world.issue(service.signers)
    service.made.index.refresh()
    service.world.desk.suspend_mark(mark, reason="report_missing", lift_by=service.world.clock() + 86_400)
    service.world.clock.now += 60
    service.world.settle()
    assert service.made.index.refresh()
    assert not service.made.index.refresh()
    assert mark in marks(service, state="suspended")
    assert mark not in marks(service, state="active")


def test_an_index_of_another_version_is_made_anew(service: Service) -> None:
    line = sqlite3.connect(service.made.index.file)
    line.executescript("PRAGMA user_version = 99; DELETE FROM name;")
    line.close()
    assert service.made.index.refresh()
    assert service.mark in marks(service, name="見本")


@pytest.mark.parametrize(
    ("kana", "typed"),
    [
        ("シンブンシャ", "shimbunsha"),
        ("しんぶん", "sinbun"),
        ("チヨダ", "tiyoda"),
        ("フジツウ", "fujitsuu"),
        ("ジョウホウ", "Jōhō"),
        ("オオサカ", "ohsaka"),
        ("リッカ", "rikka"),
        ("ツヅキ", "tsuzuki"),
    ],
)
def test_kana_and_every_romanisation_of_it_fold_to_the_same_letters(kana: str, typed: str) -> None:
    assert letters_of(fold_name(kana)) == letters_of(fold_name(typed)) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sample Precision Co., Ltd.", "Sample Precision KK"),
        ("K.K. Sample Precision", "sample precision kabushiki kaisha"),
        ("Mihon G.K.", "合同会社みほん"),
        ("カブシキガイシャ ミホン", "みほん かぶしきかいしゃ"),
        ("Muster GmbH & Co. KG", "Muster"),
    ],
)
def test_corporate_forms_do_not_count_in_any_script(one: str, other: str) -> None:
    assert letters_of(fold_name(one)) == letters_of(fold_name(other)) != ""


def test_kanji_have_no_reading_that_is_made_up() -> None:
    assert letters_of(fold_name("見本セイキ")) == ""


@pytest.fixture
def own(service: Service, tmp_path: Path) -> SearchIndex:
    """An index of its own over the same registry."""
    return SearchIndex(service.world.public, tmp_path / "search.db", host=service.world.ceremony.root.host)


@pytest.fixture
def following(own: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> Iterator[SearchIndex]:
    """The same, which a test lets begin to follow the directory."""
    monkeypatch.setattr(search_index, "AFTER_TROUBLE", 0.05)
    yield own
    own.stop()


def test_an_index_that_is_damaged_is_made_anew(following: SearchIndex) -> None:
    damaged = b"no database at all" * 1000
    following.file.write_bytes(damaged)
    following.start()
    wait_until(lambda: following.file.exists() and following.file.read_bytes() != damaged)
    wait_until(following.names)
    assert ("0188-1180301018771", "株式会社見本精機") in following.names()


@pytest.mark.parametrize(
    "so_far",
    ["", "CREATE TABLE epoch (of_another_form TEXT); PRAGMA user_version = 1"],
    ids=["empty", "former version"],
)
def test_while_the_index_is_being_made_there_is_none(own: SearchIndex, so_far: str) -> None:
    with closing(sqlite3.connect(own.file)) as line:
        line.execute("PRAGMA journal_mode=WAL")
        line.executescript(so_far)
    assert own.names() == []
    assert own.recognitions_of("0188-1180301018771") == ((), None)
    assert own.refresh()
    assert ("0188-1180301018771", "株式会社見本精機") in own.names()


def test_an_index_that_is_read_stays_as_of_one_moment(own: SearchIndex) -> None:
    own.refresh()
    with queries_search.reading(own.file) as index, closing(queries_search.connect(own.file)) as line:
        assert index is not None
        queries_search.set_epoch(line, index.entry + 1, index.size + 1, index.as_of + 1)
        queries_search.clear_shards(line)
        assert queries_search.epoch_of(index.line) == (index.entry, index.size, index.as_of)
        assert queries_search.shards_of(index.line) != {}


def test_trouble_does_not_end_following_the_directory(following: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = threading.Event()

    def no_descriptor_left(path: Path) -> sqlite3.Connection:
        tried.set()
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as broken:
        broken.setattr(search_index.queries, "connect", no_descriptor_left)
        following.start()
        assert tried.wait(timeout=30)
    wait_until(following.names)


def test_an_index_that_cannot_be_read_is_no_mistake_of_ours(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot_open(path: Path) -> AbstractContextManager[queries_search.Index]:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(search_index.queries, "reading", cannot_open)
    answer = search(service, name="見本")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
