"""A recognised supplier, asked about under one policy file: the service and one's own machine give one answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from registry.scenario.simulated_log import HOST
from registry.verification.checking import Checker, Order
from registry.verification.search_index import SearchIndex
from tests.check.suppliers import number
from tests.check.test_programme import folder as programme
from verifier.answer import Judge, answer_about_identifier
from verifier.answer_receipt import AskedFor
from verifier.check.listed import subjects_about
from verifier.check.receipt import parse_receipt
from verifier.dates import utc_text
from verifier.edge.directory_store import FolderStore
from verifier.edge.main import run
from verifier.gather import gather_subjects
from verifier.identifier import parse_identifier
from verifier.requirement import parse_requirement

if TYPE_CHECKING:
    from tests.check.conftest import Desk

POLICIES = {
    "none": 'version = 1\ntier = "jp.meti.scs/3"\n',
    "another kind": 'version = 1\ntier = "jp.meti.scs/3"\nrecognition = ["multilateral"]\n',
    "this kind": 'version = 1\ntier = "jp.meti.scs/3"\nrecognition = ["unilateral"]\n',
    "a higher tier": 'version = 1\ntier = "jp.meti.scs/4"\n',
}
EXPECTED = {
    "none": ("does_not_meet", "recognition_not_accepted"),
    "another kind": ("does_not_meet", "recognition_not_accepted"),
    "this kind": ("recognised", "recognised"),
    "a higher tier": ("does_not_meet", "below"),
}

OBJECTS = ("r/jp-uk-1", "a/jp-uk")
OF_A_LIST = ("row", "identifiers", "name")


class Asked:
    """One policy, asked about the recognised supplier and one of whom nothing is known, by every way there is."""

    def __init__(self, desk: Desk, policy: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.desk, self.capsys, self.world = desk, capsys, desk.registry.world
        self.requirement = parse_requirement(policy.encode())
        self.holders = [desk.registry.holders[kind][0] for kind in ("recognised", "absent")]
        rows = "\n".join(["会社名,法人番号", *(f"取引先,{number(one)}" for one in self.holders), ""])
        self.list = desk.write("two.csv", rows)
        self.at = utc_text(self.world.sim.now)
        self.policy = desk.write("asked.toml", policy)
        self.places = ["--directory", str(desk.path("copy"))]

    def on_ones_own_machine(self) -> list[dict[str, Any]]:
        """Ask `shirushi check`; the rows of its receipt are those that it prints."""
        receipt = self.desk.path("receipt.json")
        given = ["--require", str(self.policy), "--at", self.at, "--receipt", str(receipt), "--json"]
        run(["check", str(self.list), *self.places, *given])
        rows: list[dict[str, Any]] = json.loads(self.capsys.readouterr().out)["rows"]
        assert rows == [_bare(row) for row in parse_receipt(receipt.read_bytes()).rows]
        return rows

    def by_a_programme(self) -> list[dict[str, Any]]:
        """Ask `shirushi programme check` for a programme with this policy."""
        own = programme(self.desk.path("own"), policy=self.policy.read_text("utf-8"))
        run(["programme", "check", str(own), str(self.list), *self.places, "--json", "--at", self.at])
        rows: list[dict[str, Any]] = json.loads(self.capsys.readouterr().out)["rows"]
        return rows

    def watched(self) -> list[tuple[str, str]]:
        """Ask `shirushi watch`."""
        state = self.desk.path("state.json")
        run(["watch", str(self.list), *self.places, "--require", str(self.policy), "--state", str(state)])
        self.capsys.readouterr()
        subjects = json.loads(state.read_bytes())["subjects"]
        return sorted((one["verdict"], one["reason"]) for one in subjects.values())

    def of_the_service(self, *, is_indexed: bool) -> list[dict[str, Any]]:
        """Ask what checks lists for the service, from its index or from the directory's files."""
        sim, public = self.world.sim, self.desk.path("public")
        index = SearchIndex(public, self.desk.path("index.db"), host=HOST)
        if is_indexed:
            index.refresh()
        checker = Checker(public, self.world.pinned, lambda: sim.now, sim.ceremony.keys.directory, index)
        order = Order("two.csv", self.requirement.members(), self.at)
        checked = checker.check(self.list.read_bytes(), order, lambda done, total: None)
        return [json.loads(line) for line in checked.rows().splitlines()]

    def looked_up(self) -> list[dict[str, Any]]:
        """Ask what a look-up by number answers with, from the evidence that the service gathers."""
        sim = self.world.sim
        found = []
        for holder in self.holders:
            subjects = [*subjects_about(parse_identifier(holder), HOST), *(f"https://{HOST}/{one}" for one in OBJECTS)]
            evidence, asked = gather_subjects(sim, subjects), AskedFor(identifier=holder, as_of=sim.now)
            answer = answer_about_identifier(
                asked, evidence, Judge(self.world.pinned, sim.now), requirement=self.requirement
            )
            found.append(answer["outcome"])
        return found


@pytest.fixture
def published(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose registry is read by the service as if it stood in a folder."""
    sim = desk.registry.world.sim

    class Published(FolderStore):
        def fetch(self, path: str) -> bytes:
            return sim.fetch(path)

        def fetch_range(self, path: str, first: int, end: int) -> bytes:
            return sim.fetch(path)[first:end]

    monkeypatch.setattr("registry.verification.checking.FolderStore", Published)
    monkeypatch.setattr("registry.verification.search_index.FolderFetcher", Published)
    return desk


@pytest.mark.parametrize("kind", POLICIES)
def test_a_recognised_supplier_gets_one_answer_whoever_judges(
    kind: str, published: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = Asked(published, POLICIES[kind], capsys)
    expected = [EXPECTED[kind], ("not_found", "absent")]
    rows = asked.on_ones_own_machine()
    assert [(row["verdict"], row["reason"]) for row in rows] == expected
    assert asked.by_a_programme() == rows
    assert asked.watched() == sorted(expected)
    assert asked.of_the_service(is_indexed=False) == rows
    assert asked.of_the_service(is_indexed=True) == rows
    told = [{name: row[name] for name in row if name not in OF_A_LIST} for row in rows]
    assert asked.looked_up() == told


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "salt"}
