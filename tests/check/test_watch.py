"""`shirushi watch`: exactly the suppliers whose answer changed, with the entry that did it."""

from __future__ import annotations

import json

import pytest

from registry.scenario.simulator import DAY
from tests.check.conftest import Desk
from tests.check.suppliers import as_csv, number
from tests.directory.test_copying import Plane
from verifier.directory.copying import DirectoryCopy
from verifier.edge.directory_store import FolderStore
from verifier.edge.main import INTERRUPTED
from verifier.errors import UnavailableError, WrongUseError


def pull(desk: Desk) -> int:
    """Bring the copy on by deltas; return how many bytes were fetched."""
    world = desk.registry.world
    copy = DirectoryCopy(FolderStore(desk.path("copy")), world.pinned, now=world.sim.now)
    pulled = copy.pull(Plane(world), since=copy.epoch().size)
    assert pulled.way == "deltas"
    return pulled.fetched


def watch(desk: Desk, *options: str, name: str = "suppliers.csv") -> int:
    return desk.run("watch", "--state", str(desk.path("state.json")), *options, name=name)


def test_after_one_supplier_is_suspended_exactly_its_line_is_printed(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    holder = desk.registry.holders["good"][20]
    assert watch(desk) == 0
    assert capsys.readouterr().out == ""
    index = desk.registry.suspend(holder)
    assert pull(desk) < 1_000_000
    assert watch(desk) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    for part in (holder, desk.registry.marks[holder], "In force -> Suspended", f"by entry {index}", "does not meet"):
        assert part in lines[0]
    assert watch(desk) == 0
    assert capsys.readouterr().out == ""


def test_a_change_is_told_as_json_with_old_and_new(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    holder = desk.registry.holders["good"][21]
    watch(desk)
    index = desk.registry.suspend(holder)
    pull(desk)
    capsys.readouterr()
    assert watch(desk, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["subject"], told["mark"], told["index"]) == (holder, desk.registry.marks[holder], index)
    assert (told["old"], told["new"]) == (
        {"verdict": "meets", "reason": "ok"}, {"verdict": "does_not_meet", "reason": "suspended"},
    )  # fmt: skip
    assert (told["old_state"], told["new_state"]) == ("active", "suspended")


def test_without_a_state_the_marks_that_changed_since_an_epoch_are_told(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    holder = desk.registry.holders["good"][22]
    world = desk.registry.world
    before = DirectoryCopy(FolderStore(desk.path("copy")), world.pinned, now=world.sim.now).epoch().size
    index = desk.registry.suspend(holder)
    pull(desk)
    assert desk.run("watch", "--since", str(before), "--lang", "ja") == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert holder in lines[0]
    assert f"ログの {index} 番" in lines[0]
    assert desk.run("watch", "--since", str(index + 1)) == 0


def test_what_the_clock_changes_is_told_without_an_entry(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    holder = desk.registry.holders["expired"][0]
    desk.write("policy.toml", 'version = 1\ntier = "jp.meti.scs/3"\n')
    assert watch(desk) == 0
    desk.registry.world.sim.now += 31 * DAY
    capsys.readouterr()
    assert watch(desk) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert holder in lines[0]
    assert "by the clock" in lines[0]


def test_a_new_supplier_on_the_list_is_no_change_and_two_tiers_of_one_are_two_questions(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    good = [number(one) for one in desk.registry.holders["good"]]
    desk.write("list.csv", as_csv([("法人番号", "必要レベル"), (good[0], "")]))
    assert watch(desk, name="list.csv") == 0
    desk.write("list.csv", as_csv([("法人番号", "必要レベル"), (good[0], ""), (good[0], "★4"), (good[1], "")]))
    assert watch(desk, name="list.csv") == 0
    desk.registry.suspend(desk.registry.holders["good"][0])
    pull(desk)
    capsys.readouterr()
    assert watch(desk, name="list.csv") == 1
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["2", "3"]


def test_what_was_not_told_is_told_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    watch(desk)
    kept = desk.path("state.json").read_bytes()
    desk.registry.suspend(desk.registry.holders["good"][23])
    pull(desk)

    def interrupted(*_: object) -> list[str]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("verifier.edge.command.watch_command.change_lines", interrupted)
        assert watch(desk) == INTERRUPTED
    assert desk.path("state.json").read_bytes() == kept
    assert watch(desk) == 1


def test_a_state_that_does_not_fit_is_wrong_use_and_an_older_copy_is_told(desk: Desk) -> None:
    watch(desk)
    state = json.loads(desk.path("state.json").read_bytes())
    for change, error in (
        ({"epoch": state["epoch"] + 1}, UnavailableError),
        ({"log": "elsewhere.example/log"}, WrongUseError),
        ({"v": 2}, UnavailableError),
        ({"subjects": []}, WrongUseError),
    ):
        desk.write("state.json", json.dumps({**state, **change}))
        with pytest.raises(error):
            watch(desk)
    with pytest.raises(UnavailableError, match="--since asks from 9999"):
        desk.run("watch", "--since", "9999")
    for options in ([], ["--since", "1", "--state", str(desk.path("s"))]):
        with pytest.raises(WrongUseError, match="since when"):
            desk.run("watch", *options)


def test_rows_that_are_not_watched_are_named_and_a_list_of_them_alone_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    holder = desk.registry.holders["good"][3]
    rows = [("会社名", "法人番号"), ("見本一", holder[5:]), ("見本二", ""), ("見本三", "5010001067884")]
    desk.write("odd.csv", as_csv(rows))
    assert watch(desk, name="odd.csv") == 0
    told = capsys.readouterr().err
    assert "row 3 is not watched: It holds a name alone." in told
    assert "row 4 is not watched: The check digit" in told
    assert "Watched from epoch" in told
    desk.write("names.csv", as_csv([rows[0], rows[2]]))
    desk.path("state.json").unlink()
    with pytest.raises(WrongUseError, match="no row of the list can be watched"):
        watch(desk, name="names.csv")
    assert not desk.path("state.json").exists()


def test_a_list_that_cannot_be_watched_is_refused_with_what_is_wrong_with_it(desk: Desk) -> None:
    numbers = [number(holder) for holder in desk.registry.holders["good"][:2]]
    desk.write("two.csv", as_csv([("法人番号", "インボイス番号"), (numbers[0], f"T{numbers[1]}")]))
    with pytest.raises(WrongUseError, match="no row of the list can be watched") as told:
        watch(desk, name="two.csv")
    assert "row 2: The row names two different numbers of one register" in told.value.hint
    assert "as text" not in told.value.hint


def test_a_damaged_state_says_how_to_begin_anew(desk: Desk) -> None:
    desk.path("state.json").write_text("{", "utf-8")
    with pytest.raises(WrongUseError) as told:
        watch(desk)
    assert "begin anew" in (told.value.hint or "")


def test_what_a_registry_publishes_is_no_copy_to_watch_by(desk: Desk) -> None:
    for proof in desk.path("copy/directory").rglob("entry.tlog-proof"):
        proof.unlink()
    with pytest.raises(UnavailableError, match="no copy that was pulled"):
        watch(desk)
