"""How long the status lists of a large registry take, and how large they are (target P10).

``python -m bench.status_list --marks 1000000`` prints the figures and writes bench/results/status-list.json. Each list
is measured from the book to the signed token, at several fills; the floor is one signature and one compression of as
many bytes. The state of the log is made up, the lists are those that a registry signs.
"""

from __future__ import annotations

import argparse
import os
import random
import zlib
from pathlib import Path
from typing import Any

from bench.measuring import RESULTS, machine, report, timed
from registry.admission.reserve import BLOCK, BLOCKS_IN_LIST
from verifier.injected import seeded_entropy
from verifier.names import body_uri
from verifier.replay.records import MarkRecord, Step
from verifier.replay.state import LogState
from verifier.signer import SoftwareSigner
from verifier.statement.public import MarkIssued, StatusPlace
from verifier.status_book import StatusBook, status_book
from verifier.status_list import ENTRIES, pack, sign_status_list

HOST = "shirushi.example"
NOW = 1_793_577_600
YEAR = 31_536_000
RESULT = RESULTS / "status-list.json"
FILLS = {
    "all active": (1.0, 0.0),
    "1 % ended, 0.5 % suspended": (0.985, 0.01),
    "a third of each": (1 / 3, 1 / 3),
}
"""The shares of active and of ended marks; the others are suspended."""


def made_up(marks: int, shares: tuple[float, float], seed: int) -> LogState:
    """Return the state of a log with so many marks, each in a place as the registry gives them out."""
    chance, state = random.Random(seed), LogState(HOST)
    active, ended = shares
    body, places = body_uri(HOST, 1), list(range(BLOCK))
    for number in range(marks):
        block, at = divmod(number, BLOCK)
        if at == 0:
            chance.shuffle(places)
        status = StatusPlace(list=1 + block // BLOCKS_IN_LIST, idx=block % BLOCKS_IN_LIST * BLOCK + places[at])
        draw = chance.random()
        name = "active" if draw < active else "cancelled" if draw < active + ended else "suspended"
        issued = MarkIssued.model_construct(exp=NOW + chance.randrange(1, 3 * YEAR), status=status)
        lift_by = NOW + chance.randrange(1, YEAR // 2) if name == "suspended" else None
        uri = f"https://{HOST}/m/{number}"
        state.marks[uri] = MarkRecord(uri, body, issued, number, "", "", (Step(number, name),), lift_by)
    state.size = marks
    return state


def measure(marks: int, shares: tuple[float, float], seed: int, runs: int) -> dict[str, Any]:
    """Build the book and sign every list of one state, several times."""
    state, signer = made_up(marks, shares, seed), SoftwareSigner.generate(seeded_entropy("status"))
    books, signed, sizes = [], [], []
    for _ in range(runs):
        took, book = timed(lambda: status_book(state))
        books.append(took.wall)
        for no in book.numbers:
            took, token = timed(lambda book=book, no=no: _signed(book, no, signer, marks))  # type: ignore[misc]
            signed.append(took.wall)
            sizes.append(len(token))
    return {
        "lists": len(book.numbers),
        "book_seconds": round(min(books), 3),
        "all_lists_seconds": round(sum(signed) / runs, 3),
        "slowest_list_seconds": round(max(signed), 4),
        "largest_list_bytes": max(sizes),
        "whole_seconds": round(min(books) + sum(signed) / runs, 3),
    }


def _signed(book: StatusBook, no: int, signer: SoftwareSigner, size: int) -> str:
    return sign_status_list(book.entries(no, now=NOW), host=HOST, no=no, size=size, iat=NOW, signer=signer)


def floor(seed: int) -> float:
    """Return the seconds of one signature and one compression: what no builder of a list can leave out."""
    signer = SoftwareSigner.generate(seeded_entropy("floor"))
    packed = pack(bytes(random.Random(seed).choices((0, 1, 2), k=ENTRIES)))
    return min(timed(lambda: (zlib.compress(packed, 9), signer.sign(packed)))[0].wall for _ in range(20))


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--marks", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=RESULT)
    asked = parser.parse_args()
    load = os.getloadavg()
    fills = {name: measure(asked.marks, shares, asked.seed, asked.runs) for name, shares in FILLS.items()}
    figures = {
        "marks": asked.marks,
        "machine": {**machine(asked.seed, load), "zlib": zlib.ZLIB_RUNTIME_VERSION},
        "floor_seconds": round(floor(asked.seed), 4),
        "fills": fills,
        "targets": {
            "list_within_20_kilobytes": all(one["largest_list_bytes"] <= 20_000 for one in fills.values()),
            "list_within_1_second": all(one["slowest_list_seconds"] <= 1 for one in fills.values()),
        },
    }
    report(figures, asked.out)


if __name__ == "__main__":
    main()
