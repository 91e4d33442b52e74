"""A recognised supplier in a list: the copy that was pulled and the hosted check give one answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from registry.scenario import cast
from registry.verification.checking import Checker, Order
from registry.verification.search_index import SearchIndex
from registry.verification.service import create_verification
from registry.web.in_process import InProcessTransport
from verifier.answer_again import check_answer
from verifier.answer_receipt import parse_answer_receipt
from verifier.directory.copying import DirectoryCopy
from verifier.directory.recognitions import recognitions_path
from verifier.edge.check.check_result import row_members
from verifier.edge.directory_store import FolderStore
from verifier.edge.main import run
from verifier.encoding import canonical

if TYPE_CHECKING:
    from pathlib import Path

    from tests.treaty.conftest import Border

pytestmark = pytest.mark.system

POLICY = {"version": 1, "tier": "jp.meti.scs/3", "recognition": ["bilateral"]}
LIST = f"会社名,法人番号\n海外の取引先,{cast.SUPPLIER_3.identifier}\n知らない会社,{cast.SUPPLIER_4.identifier}\n"


def pull(border: Border, folder: Path) -> int:
    """Bring the copy on; return the size of its epoch."""
    copy = DirectoryCopy(FolderStore(folder), border.world.ceremony.root, now=border.world.clock())
    return copy.pull(border.plane).epoch.size


def pull_recognised(border: Border, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Pull a copy in which one supplier is recognised, and let commands tell the time of its registry."""
    monkeypatch.setattr("verifier.edge.check.supplier_list.time.time", border.world.clock)
    border.in_force()
    border.record()
    border.tick(2)
    return pull(border, folder)


def checked(border: Border, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Check the list with the command, against the copy alone."""
    suppliers, policy, root = (folder.parent / name for name in ("list.csv", "policy.toml", "root.json"))
    suppliers.write_text(LIST, "utf-8")
    policy.write_text('version = 1\ntier = "jp.meti.scs/3"\nrecognition = ["bilateral"]\n', "utf-8")
    root.write_bytes(border.world.ceremony.root.serialize())
    places = ["--directory", folder, "--require", policy, "--root", root]
    assert run(["check", str(suppliers), *map(str, places), "--json"]) == 1
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["rows"]
    return rows


def test_a_list_has_the_same_answers_from_the_copy_and_from_the_service(
    border: Border, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pull_recognised(border, tmp_path / "copy", monkeypatch)
    rows = checked(border, tmp_path / "copy", capsys)
    assert [row["verdict"] for row in rows] == ["recognised", "not_found"]
    index = SearchIndex(border.world.public, tmp_path / "search" / "index", host=cast.HOST)
    root, signer = border.world.ceremony.root, border.world.ceremony.keys.receipt
    hosted = Checker(border.world.public, root, border.world.clock, signer, index)
    # Both while the index is being made and when it is there.
    for _ in range(2):
        found = hosted.check(LIST.encode(), Order("list.csv", POLICY), lambda done, total: None)
        assert row_members(found.listed, found.outcomes) == rows
        index.refresh()


def test_what_was_pulled_follows_the_agreement(
    border: Border, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = pull_recognised(border, tmp_path / "copy", monkeypatch)
    assert len((tmp_path / "copy" / recognitions_path(first)).read_bytes().splitlines()) == 2
    border.suspend(reason="integrity")
    border.tick(2)
    second = pull(border, tmp_path / "copy")
    assert len((tmp_path / "copy" / recognitions_path(second)).read_bytes().splitlines()) == 1
    assert not (tmp_path / "copy" / recognitions_path(first)).exists()
    assert [row["reason"] for row in checked(border, tmp_path / "copy", capsys)] == ["state_unknown", "absent"]


def test_nothing_is_signed_about_recognition_while_the_service_does_not_know_it(border: Border, tmp_path: Path) -> None:
    border.in_force()
    border.tick(2)
    here = border.world
    root, signer = here.ceremony.root, here.ceremony.keys.receipt
    made = create_verification(here.public, tmp_path / "own", trust_root=root, now=here.clock, signer=signer)
    with httpx.Client(transport=InProcessTransport({"verification": made.served})) as http:

        def ask(policy: dict[str, Any]) -> httpx.Response:
            asked = {"identifier": str(cast.SUPPLIER_3.identifier), "policy": policy, "evidence": True}
            return http.post("http://verification/verification/v1/lookups", json=asked)

        def unknown() -> None:
            refused = ask(POLICY)
            assert refused.status_code == 503, refused.text
            assert refused.headers["Retry-After"]
            assert "Ask again in a moment" in refused.json()["hint"]
            # What counts marks alone is answered as ever.
            assert ask({"version": 1, "tier": POLICY["tier"]}).json()["answer"]["outcome"]["verdict"] == "not_found"

        unknown()
        made.index.refresh()
        assert ask(POLICY).json()["answer"]["outcome"]["verdict"] == "not_found"
        border.record()
        border.tick(2)
        unknown()
        made.index.refresh()
        document = ask(POLICY).json()
    assert document["answer"]["outcome"]["verdict"] == "recognised"
    check_answer(parse_answer_receipt(document["receipt"]), canonical(document["evidence"]) + b"\n", root)
