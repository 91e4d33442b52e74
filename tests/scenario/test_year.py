"""`shirushi simulate year`: same seed, same bytes; a ledger that is the log's; nothing for an auditor to find."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from registry.scenario import cast
from registry.scenario.one_process import one_process
from registry.scenario.year.command import show
from registry.scenario.year.totals import MARKS, STATEMENTS, Totals, differences, logged
from registry.scenario.year.year import START, Size, Year
from verifier.audit.audit import Asked, audit
from verifier.audit.fsck import Published, fsck
from verifier.edge.folder import FolderFetcher
from verifier.edge.main import run
from verifier.edge.read_plane import FolderListing
from verifier.errors import WrongUseError
from verifier.names import body_uri
from verifier.statement.kinds import KINDS
from verifier.trust.root import pin

if TYPE_CHECKING:
    from registry.scenario.one_process import OneProcess
    from registry.scenario.year.totals import Logged

SMALL = ("--bodies", "3", "--suppliers", "20")
LEFT_OUT = {"disclosure.erased", "log.key_rotated", "log.closed"}
OF_OTHERS = ("mapping.", "agreement.", "recognition.")
STATES = {"active", "annulled", "cancelled", "expired", "superseded", "suspended", "withdrawn"}


def silent(done: int, total: int) -> None:
    """Show no progress."""


def simulated(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    capsys.readouterr()
    code = run(["simulate", "year", "--dir", str(folder), *options])
    return code, capsys.readouterr().out


def findings(folder: Path) -> list[str]:
    fetcher, root = FolderFetcher(folder / "public"), pin((folder / "trust/1.json").read_bytes())
    listing = FolderListing(folder / "public")
    judged = audit(Asked(fetcher, root, listing), silent)
    derived = fsck(Published(fetcher, root, listing), silent)
    assert judged.counts.entries == derived.counts.entries > 0
    return [f"{one.code.value} {one.detail}" for report in (judged, derived) for one in report.findings]


@dataclass(frozen=True)
class Played:
    """A year played in this process, by its actors' account and by its log."""

    did: Totals
    found: Logged
    planted: Logged


def read(world: OneProcess) -> Logged:
    return logged(world.public, cast.HOST, zone=cast.ZONE, at=world.clock())


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A year whose registry then takes a statement that none of its actors knows of."""
    with one_process(tmp_path_factory.mktemp("year") / "one", seed="year 1", start=START) as world:
        year = Year(world, Size(3, 20), seed="1")
        year.play(silent)
        did, found = year.told(), read(world)
        year.voices.open_day()
        year.voices.say(
            "body.suspended", body_uri(cast.HOST, cast.BODY_NO), {"reason": "unknown"}, by=year.voices.authority()
        )
        year.voices.close_day()
        world.pass_time(1)
        return Played(did, found, read(world))


@pytest.mark.prove
def test_the_same_seed_prints_the_same_bytes_and_an_outsider_finds_nothing(
    played: Played, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, printed = simulated(tmp_path / "year", capsys, *SMALL)
    assert code == 0
    assert show(played.did, played.found) == 0
    assert printed.partition("\n")[2] == capsys.readouterr().out
    assert str(tmp_path) not in printed
    assert findings(tmp_path / "year") == []


def test_every_kind_of_event_occurs(played: Played) -> None:
    said = {name for name, count in played.found.totals[STATEMENTS].items() if count}
    assert said == {name for name in KINDS if name not in LEFT_OUT and not name.startswith(OF_OTHERS)}


def test_marks_end_in_every_state_but_none_in_an_unknown_one(played: Played) -> None:
    states = played.found.totals[MARKS]
    assert states.total() == played.found.totals[STATEMENTS]["mark.issued"]
    assert states.keys() - {"not_yet_valid"} <= STATES
    assert {"active", "annulled", "cancelled", "expired", "superseded", "withdrawn"} <= states.keys()


def test_the_actors_and_the_log_count_the_same(played: Played) -> None:
    assert differences(played.did, played.found.totals) == []
    assert {heading: +counted for heading, counted in played.did.items()} == played.found.totals


def test_a_statement_that_no_actor_knows_of_ends_with_one(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(played.did, played.planted) == 1
    printed = capsys.readouterr().out
    assert "DIFFERENT Statements, body.suspended: the actors count 2, the log 3" in printed
    assert "DIFFERENT Bodies by state, suspended: the actors count 0, the log 1" in printed
    assert "All" not in printed


def test_it_does_not_play_over_what_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "something").write_text("")
    with pytest.raises(WrongUseError, match="not empty"):
        simulated(tmp_path, capsys, *SMALL)
    assert capsys.readouterr().out == ""
    assert [one.name for one in tmp_path.iterdir()] == ["something"]


@pytest.mark.prove
def test_a_full_year_is_the_same_twice_in_processes_of_their_own_and_clean(tmp_path: Path) -> None:
    printed = []
    for name in ("one", "two"):
        command = [str(Path(sys.executable).with_name("shirushi")), "simulate", "year", "--dir", str(tmp_path / name)]
        printed.append(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert printed[0] == printed[1]
    assert int(re.findall(r"Log: (\d+) entries", printed[0])[0]) > 4000
    assert findings(tmp_path / "one") == []


@pytest.mark.prove
@pytest.mark.parametrize("seed", [str(number) for number in range(2, 12)])
def test_years_of_other_seeds_reconcile_and_are_clean(
    seed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, printed = simulated(tmp_path / "year", capsys, "--bodies", "7", "--suppliers", "150", "--seed", seed)
    assert code == 0, printed
    assert findings(tmp_path / "year") == []
