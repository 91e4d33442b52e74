"""What belongs to the evaluator stays there: a whole story is played, and everything that left the desk is searched.

Tokens are opened before they are searched: what is written in base64url is as public as what is not.
"""

from __future__ import annotations

import base64
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import structlog

from registry.reading.reader import create_reader
from registry.scenario import cast
from registry.web.in_process import InProcessTransport
from registry.web.logs import configure_logs
from verifier.edge.root_store import read_root

if TYPE_CHECKING:
    from tests.journeys.conftest import Demonstration

_TOKEN = re.compile(rb"[A-Za-z0-9_-]{20,}")
_NAMES_BELONG_HERE = re.compile(
    r"m/[^/]+\.jwt|m/[^/]+/seal\.jwt|e/[0-9]+\.json|.*trust-list\.jwt|trust/list\.jwt|.well-known/.*"
)
"""Marks and seals carry their holder's name, the trust list and a body's page the body's: that is what they are for."""


def opened(data: bytes) -> bytes:
    """Return the bytes, and behind them whatever in them is base64url, decoded."""
    found = [data]
    for one in _TOKEN.findall(data):
        found.append(base64.urlsafe_b64decode(one + b"=" * (-len(one) % 4)) if len(one) % 4 != 1 else b"")
    return b"\n".join(found)


@pytest.fixture(scope="module")
def published(demonstration: Demonstration) -> dict[str, bytes]:
    folder = demonstration.folder / "public"
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert {"log/checkpoint", "directory/latest", "trust/list.jwt"} <= files.keys()
    return {name: opened(path.read_bytes()) for name, path in files.items()}


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value."""
    match value:
        case str():
            yield value
        case dict():
            for member in value.values():
                yield from texts(member)
        case list():
            for member in value:
                yield from texts(member)


@pytest.fixture(scope="module")
def private(demonstration: Demonstration) -> set[str]:
    """Everything in the desk that is the evaluator's and its client's alone."""
    cells: list[str | None] = []
    with sqlite3.connect(demonstration.folder / "desk.db") as desk:
        for query in (
            "SELECT justification, evidence, approved_by FROM desk_answer",
            "SELECT note, note FROM desk_event",
            "SELECT filename, filename FROM desk_import",
        ):
            cells += [cell for row in desk.execute(query) for cell in row]
        records = list(desk.execute("SELECT oath, confirmation, attested FROM desk_case"))
    for record in filter(None, (cell for row in records for cell in row)):
        cells += texts({name: value for name, value in json.loads(record).items() if name not in PUBLIC_BY_DESIGN})
    return {cell for cell in cells if cell and len(cell) >= 5 and not cell.startswith(f"https://{cast.HOST}/e/")}


PUBLIC_BY_DESIGN = {"compact", "by", "kind", "holder"}
"""The attestation itself and the pseudonyms of those who acted; so is the number of the body that tested."""


def test_the_search_finds_what_is_there(published: dict[str, bytes], private: set[str]) -> None:
    holder = cast.SUPPLIER_3.name.encode()
    assert [name for name, data in published.items() if re.fullmatch(r"m/[^/]+\.jwt", name) and holder in data]
    assert any("evidence/" in one for one in private)
    assert "代表取締役" in private


def test_nothing_of_the_desk_is_published(published: dict[str, bytes], private: set[str]) -> None:
    found = {(name, one) for name, data in published.items() for one in private if one.encode() in data}
    assert found == set()


def test_nothing_of_the_desk_reached_the_registry(demonstration: Demonstration, private: set[str]) -> None:
    stored = opened((demonstration.folder / "registry.db").read_bytes())
    assert {one for one in private if one.encode() in stored} == set()


def test_log_directory_and_status_lists_name_nobody(published: dict[str, bytes]) -> None:
    names = [
        name.encode()
        for one in (cast.BODY, cast.TESTER, cast.SUPPLIER_3, cast.SUPPLIER_4)
        for name in (one.name, one.name_latin)
    ]
    searched = {name: data for name, data in published.items() if not _NAMES_BELONG_HERE.fullmatch(name)}
    assert [name for name in searched if name.startswith("log/tile/entries/")]
    assert {name for name, data in searched.items() if any(one in data for one in names)} == set()


def test_what_is_looked_up_stands_in_no_log(demonstration: Demonstration, capsys: pytest.CaptureFixture[str]) -> None:
    before, known = structlog.get_config(), str(cast.SUPPLIER_3.identifier)
    configure_logs()
    try:
        reader = create_reader(
            demonstration.folder / "public", trust_root=read_root(demonstration.root), now=lambda: demonstration.now
        )
        transport = InProcessTransport({"read": reader})
        unknown = "0188-5010005007126"
        mark = demonstration.package(3).name
        with httpx.Client(transport=transport, base_url="http://read", follow_redirects=True) as http:
            for path in (f"/o/{known}", f"/o/{unknown}", f"/m/{mark}", f"/m/{mark}.json", f"/check?q={mark}", "/o/%00"):
                http.get(path)
    finally:
        structlog.configure(**before)
    told = "".join(capsys.readouterr())
    assert [one for one in (known, unknown, mark) if one in told] == []
    assert sorted(Path(demonstration.folder).rglob("*.log")) == []
