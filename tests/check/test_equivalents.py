"""Recognised equivalents: looked up in the copy alone, and never called absent by a copy that keeps nothing of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from registry.scenario.simulated_log import HOST
from tests.check.suppliers import number
from tests.check.test_programme import folder as programme
from tests.check.test_request import new
from tests.directory.test_copying import Plane
from verifier.directory.copying import DirectoryCopy
from verifier.edge.check import kept_recognitions
from verifier.edge.directory_store import FolderStore
from verifier.edge.main import run
from verifier.envelope import sign_token
from verifier.errors import UnavailableError
from verifier.statement.claims import TYP

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.check.conftest import Desk

NOTE = "not all statements about them are at hand"
NEWER = "only a newer version of shirushi can read"


def kept(desk: Desk) -> Path:
    """Return the file of what the copy keeps about recognitions."""
    (found,) = desk.path("copy").glob("directory/*/recognitions.txt")
    return found


@pytest.fixture
def two(desk: Desk) -> Desk:
    """A desk with a list of two: a recognised supplier, and one that nothing is known about."""
    of = desk.registry.holders
    rows = [f"海外の取引先,{number(of['recognised'][0])}", f"知らない会社,{number(of['absent'][0])}"]
    desk.write("two.csv", "\n".join(["会社名,法人番号", *rows, ""]))
    return desk


def places(desk: Desk) -> list[str]:
    return ["--directory", str(desk.path("copy"))]


def check(desk: Desk, *options: str) -> int:
    given = ["--require", str(desk.path("policy.toml")), "--at", desk.at, "--lang", "en"]
    return run(["check", str(desk.path("two.csv")), *places(desk), *given, *options])


def reasons(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [row["reason"] for row in json.loads(capsys.readouterr().out)["rows"]]


def test_a_recognised_supplier_is_met_by_what_was_pulled(two: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(two, "--json") == 1
    assert reasons(capsys) == ["recognised", "absent"]
    assert check(two) == 1
    assert NOTE not in capsys.readouterr().out


def test_without_statements_nobody_is_called_absent_and_a_note_says_why(
    two: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(two).unlink()
    assert check(two) == 2
    told = " ".join(capsys.readouterr().out.split())
    assert NOTE in told
    assert "shirushi directory pull" in told
    assert "not found in the public part" not in told
    assert check(two, "--json") == 2
    out, err = capsys.readouterr()
    assert NOTE in err
    assert {(row["verdict"], row["reason"]) for row in json.loads(out)["rows"]} == {
        ("not_confirmed", "recognition_unknown")
    }
    # Statements of one's own are at hand as well.
    assert check(two, "--json", "--recognitions", str(two.path("recognitions.txt"))) == 1
    assert reasons(capsys) == ["recognised", "absent"]


def test_a_policy_without_recognition_needs_no_statements(
    two: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(two).unlink()
    two.write("policy.toml", 'version = 1\ntier = "jp.meti.scs/3"\n')
    assert check(two, "--json") == 1
    out, err = capsys.readouterr()
    assert NOTE not in err
    rows = json.loads(out)["rows"]
    assert [(row["reason"], row["left_out"]) for row in rows] == [("absent", "recognitions")] * 2
    # Whole again, the copy tells of the recognition, though the policy does not accept it, and reads no shard for it.
    pull_anew(two)
    monkeypatch.delattr(kept_recognitions, "leaves_that_count")
    assert check(two, "--json") == 1
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["reason"] for row in rows] == ["recognition_not_accepted", "absent"]
    assert not any("left_out" in row for row in rows)


def test_a_declaration_is_told_also_where_statements_are_missing(two: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    kept(two).unlink()
    two.write("two.csv", f"会社名,法人番号\n自己宣言,{number(two.registry.holders['declared'][0])}\n")
    assert check(two, "--json") == 2
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["reason"], row["state"]) == ("recognition_unknown", "declared")


def test_a_damaged_file_is_no_answer(two: Desk) -> None:
    kept(two).write_text("no statement\n", "ascii")
    with pytest.raises(UnavailableError, match="cannot be relied on"):
        check(two)


def test_a_statement_of_a_newer_version_leaves_open_what_is_recognised(
    two: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = two.registry.world.sim.ceremony.keys.directory
    with kept(two).open("a", encoding="ascii") as file:
        file.write(sign_token({"v": 2}, typ=TYP, signer=directory) + "\n")
    # Neither what is given beside it nor another pull tells what it says.
    for given in ((), ("--recognitions", str(two.path("recognitions.txt")))):
        assert check(two, "--json", *given) == 2
        out, err = capsys.readouterr()
        assert [row["reason"] for row in json.loads(out)["rows"]] == ["recognised", "recognition_unknown"]
        assert NEWER in err
        assert NOTE not in err


@pytest.mark.parametrize("left", [0, 1], ids=["an emptied file", "a deleted line"])
def test_a_line_that_went_missing_is_found_by_the_directory(
    two: Desk, capsys: pytest.CaptureFixture[str], left: int
) -> None:
    lines = kept(two).read_text("ascii").splitlines(keepends=True)
    kept(two).write_text("".join(lines[:left]), "ascii")
    assert check(two, "--json") == 2
    out, err = capsys.readouterr()
    assert {row["reason"] for row in json.loads(out)["rows"]} == {"recognition_unknown"}
    assert NOTE in err
    pull_anew(two)
    assert check(two, "--json") == 1
    assert reasons(capsys) == ["recognised", "absent"]


@pytest.mark.parametrize(
    ("kind", "tier", "state"),
    [("good", 4, "active"), ("withdrawn", 3, "withdrawn"), ("suspended", 3, "suspended"), ("expired", 3, "expired")],
)
def test_a_mark_of_ones_own_that_is_not_enough_leaves_the_row_open_without_statements(
    two: Desk, capsys: pytest.CaptureFixture[str], kind: str, tier: int, state: str
) -> None:
    holder = two.registry.holders[kind][0]
    two.write("two.csv", f"会社名,法人番号\n弱いマーク,{number(holder)}\n")
    two.write("policy.toml", f'version = 1\ntier = "jp.meti.scs/{tier}"\nrecognition = ["unilateral"]\n')
    assert check(two, "--json") == 1
    capsys.readouterr()
    kept(two).unlink()
    assert check(two, "--json") == 2
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["reason"], row["tier"], row["state"]) == ("recognition_unknown", "jp.meti.scs/3", state)
    assert row["mark"] == two.registry.marks[holder]
    # The mark alone is judged where the row names nothing else.
    two.write("two.csv", f"会社名,マークID\n弱いマーク,{two.registry.marks[holder]}\n")
    assert check(two, "--json") == 1


def test_a_programme_and_a_watch_answer_from_the_same_statements(two: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert watch(two) == 0
    assert NOTE not in capsys.readouterr().err
    remembered = json.loads(two.path("state.json").read_bytes())
    assert "recognised" in json.dumps(remembered)
    kept(two).unlink()
    assert watch(two) == 1
    out, err = capsys.readouterr()
    assert NOTE in err
    assert "could not be confirmed" in out
    policy = two.path("policy.toml").read_text("utf-8")
    own = programme(two.path("programme"), policy=policy, more=f"judged_on = {two.at}")
    assert run(["programme", "check", str(own), str(two.path("two.csv")), *places(two), "--json"]) == 2
    assert reasons(capsys) == ["recognition_unknown", "recognition_unknown"]


def test_a_recognised_supplier_meets_a_request_and_its_end_is_in_the_calendar(
    two: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "requests", tmp_path / "dates.ics"
    folder.mkdir()
    new(folder / "1.json", f"{two.registry.holders['recognised'][0]}=海外の取引先")
    capsys.readouterr()
    assert run(["request", "status", str(folder), *places(two), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["verdict"], row["gap"]) == ("recognised", [])
    assert run(["request", "calendar", str(folder), *places(two), "--out", str(out)]) == 0
    assert b"DTSTART;VALUE=DATE:20991001" not in out.read_bytes()
    assert out.read_bytes().count(b"BEGIN:VEVENT") == 1


def test_a_request_is_left_open_without_statements_unless_they_are_named(
    two: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(two).unlink()
    new(tmp_path / "1.json", f"{two.registry.holders['recognised'][0]}=海外の取引先")
    capsys.readouterr()
    status = ["request", "status", str(tmp_path), *places(two), "--json", "--lang", "en"]
    assert run(status) == 2
    out, err = capsys.readouterr()
    (row,) = json.loads(out)
    assert (row["verdict"], row["gap"]) == ("not_confirmed", [])
    assert NOTE in err
    given = ["--recognitions", str(two.path("recognitions.txt"))]
    assert run([*status, *given]) == 0
    assert NOTE not in capsys.readouterr().err
    out_file = tmp_path / "dates.ics"
    assert run(["request", "calendar", str(tmp_path), *places(two), *given, "--out", str(out_file)]) == 0
    assert b"DTSTART;VALUE=DATE:20991001" not in out_file.read_bytes()


def test_what_was_recognised_since_comes_with_the_deltas(two: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    world = two.registry.world
    recognise(two, two.registry.holders["absent"][0], "jp-uk-2")
    fetched = pull(two)
    assert check(two, "--json") == 0
    assert reasons(capsys) == ["recognised", "recognised"]
    assert len(kept(two).read_text("ascii").split()) == 3
    # What is kept is not read again: the next pull asks for no entry but that of the directory.
    assert any(path.startswith("log/tile/entries/") for path in fetched)
    world.sim.say("recognition.ended", f"https://{HOST}/r/jp-uk-2", {"reason": "withdrawn_abroad"}, judged=False)
    Plane(world).show()
    pull(two)
    assert check(two, "--json") == 1
    assert reasons(capsys) == ["recognised", "absent"]
    assert kept(two).read_text("ascii").split() == two.registry.statements


def recognise(desk: Desk, holder: str, label: str) -> None:
    """Record a recognition under the agreement of these tests, and publish a directory with its delta."""
    sim = desk.registry.world.sim
    recorded = {
        "agreement": f"https://{HOST}/a/jp-uk",
        "scheme": "jp.meti.scs",
        "tier": 3,
        "sub": f"https://{HOST}/o/{holder}",
        "until": sim.now + 86_400 * 300,
        "receipt_sha256": "A" * 43,
    }
    sim.say("recognition.recorded", f"https://{HOST}/r/{label}", recorded, judged=False)
    Plane(desk.registry.world).show()


def pull(desk: Desk) -> Sequence[str]:
    """Bring the copy on by deltas; return what was fetched."""
    world = desk.registry.world
    copy, plane = DirectoryCopy(FolderStore(desk.path("copy")), world.pinned, now=world.sim.now), Plane(world)
    assert copy.pull(plane, since=copy.epoch().size).way == "deltas"
    return plane.fetched


def pull_anew(desk: Desk) -> None:
    """Bring the copy to the epoch that it is at: what is missing beside it comes back."""
    world = desk.registry.world
    DirectoryCopy(FolderStore(desk.path("copy")), world.pinned, now=world.sim.now).pull(Plane(world))


def watch(desk: Desk) -> int:
    given = ["--require", str(desk.path("policy.toml")), "--state", str(desk.path("state.json"))]
    return run(["watch", str(desk.path("two.csv")), *places(desk), *given])
