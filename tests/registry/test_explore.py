"""The log explorer shows what is published with proofs that hold, and nothing that does not."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from registry.reading.log_answers import ON_A_PAGE
from tests.registry.page_reading import AS_JSON, pages
from verifier.encoding import unb64u
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.merkle import leaf_hash, verify_consistency, verify_inclusion
from verifier.statement import parse_statement

if TYPE_CHECKING:
    import httpx

    from tests.registry.conftest import Issued, Office


@pytest.fixture
def http(issued: Issued) -> httpx.Client:
    return pages(issued.world)


def told(http: httpx.Client, path: str, **params: str) -> dict[str, Any]:
    answer = http.get(path, params=params, headers=AS_JSON)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_the_newest_checkpoint_is_shown_with_every_witness_and_the_quorum(http: httpx.Client, issued: Issued) -> None:
    answer, page = told(http, "/explore"), http.get("/explore").text
    signed = SignedCheckpoint.parse(http.get("/log/checkpoint").content)
    assert answer["checkpoint"]["size"] == signed.checkpoint.size
    assert [one["name"] for one in answer["witnesses"]] == [f"w{no}.example" for no in range(1, 5)]
    assert sum(one["cosigned_at"] is not None for one in answer["witnesses"]) >= 3
    for words in ("at least 3 of these 4", "operator w1 (JP)", "Ed25519", "Cosigned", 'href="/explore/0"'):
        assert words in page


def test_a_witness_that_was_away_is_shown_as_not_having_signed(office: Office) -> None:
    world, signers = office
    world.doors.shut.add("w2")
    world.issue(signers)
    page = pages(world).get("/explore").text
    assert page.count("Not cosigned") == 1


def test_entries_are_paged_from_the_newest_to_the_first(office: Office) -> None:
    world, signers = office
    for no in range(ON_A_PAGE):
        world.add_key(7, "desk", 100 + no)
    world.issue(signers)
    with pages(world) as http:
        seen, before = [], None
        while True:
            answer = http.get("/explore", params={"before": before} if before else {}, headers=AS_JSON).json()
            seen += [one["index"] for one in answer["entries"]]
            before = answer["older"]
            if before is None:
                break
        second = http.get("/explore", params={"before": str(ON_A_PAGE)}).text
    assert seen == list(range(answer["checkpoint"]["size"]))[::-1]
    assert len(seen) > ON_A_PAGE
    assert "Newer entries" in second
    assert "Older entries" not in second


def test_an_entry_is_shown_with_a_proof_that_anybody_can_check(http: httpx.Client, issued: Issued) -> None:
    size = told(http, "/explore")["checkpoint"]["size"]
    for index in range(size):
        answer = told(http, f"/explore/{index}")
        entry = str(answer["entry"]).encode()
        assert answer["statement"]["object"] == parse_statement(entry).object
        verify_inclusion(
            leaf=leaf_hash(entry),
            index=index,
            size=size,
            path=[unb64u(one) for one in answer["proof"]],
            root=unb64u(answer["checkpoint"]["root"]),
        )


def test_the_page_of_a_marks_entry_leads_to_the_mark(http: httpx.Client, issued: Issued) -> None:
    index = http.get(f"/m/{issued.mark}.json").json()["index"]
    page = http.get(f"/explore/{index}").text
    for words in (f'href="/m/{issued.mark}"', "mark.issued", "<svg", "◆", f"shirushi explain entry {index}"):
        assert words in page


def test_consistency_between_any_two_sizes_is_proven_and_drawn(http: httpx.Client) -> None:
    size = told(http, "/explore")["checkpoint"]["size"]
    for old, new in pairwise(range(1, size + 1)):
        answer = told(http, "/explore/consistency", **{"from": str(old), "to": str(new)})
        verify_consistency(
            old_size=old,
            new_size=new,
            old_root=unb64u(answer["from"]["root"]),
            new_root=unb64u(answer["to"]["root"]),
            path=[unb64u(one["hash"]) for one in answer["proof"]],
        )
    page = http.get("/explore/consistency", params={"from": "3", "to": str(size)}).text
    for words in ("Proven", "<svg", 'class="node old', 'class="node new', "in-proof", 'value="3"'):
        assert words in page


def test_without_sizes_the_last_two_checkpoints_are_compared(http: httpx.Client) -> None:
    answer = told(http, "/explore/consistency")
    assert answer["to"]["size"] == answer["checkpoint"]["size"]
    assert answer["from"]["size"] < answer["to"]["size"]
    assert answer["from"]["checkpoint"]


@pytest.mark.parametrize(
    "path",
    [
        "/explore?before=x",
        "/explore?before=99999",
        "/explore?before=0",
        "/explore/-1",
        "/explore/٣",
        "/explore/99999",
        "/explore/99999999999999999999999",
        "/explore/consistency?from=9&to=3",
        "/explore/consistency?from=0&to=3",
        "/explore/consistency?from=1&to=99999",
        "/explore/consistency?from=a&to=b",
        "/explore/consistency?from=1e3",
    ],
)
def test_a_question_that_cannot_be_answered_is_told_in_words(http: httpx.Client, path: str) -> None:
    page, document = http.get(path), http.get(path, headers=AS_JSON)
    assert page.status_code == document.status_code
    assert page.status_code in (400, 404)
    assert "<h1" in page.text
    assert document.json()["code"] in ("malformed", "wrong_use", "not_found")


def test_tiles_that_are_not_the_checkpoints_prove_nothing(office: Office) -> None:
    world, _ = office
    tiles = [path for path in (world.public / "log/tile/0").rglob("*") if path.is_file()]
    for path in tiles:
        data = bytearray(path.read_bytes())
        data[5] ^= 1
        path.chmod(0o600)
        path.write_bytes(bytes(data))
    with pages(world) as http:
        for path in ("/explore/3", "/explore/consistency?from=2&to=4"):
            answer = http.get(path, headers=AS_JSON)
            assert (answer.status_code, answer.json()["code"]) == (422, "proof")
