"""Pages tell of the programmes in a registry's data folder; one that is wrong is told by its reason and left out."""

from __future__ import annotations

import asyncio
import errno
import itertools
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from registry.commands import app
from registry.data_folder import DataFolder
from registry.doctor_command import examine
from registry.scenario.served import PASSPHRASE_FILE, found, household
from registry.settings import PASSPHRASE
from tests.check.test_programme import DEMAND, HEADING, folder
from tests.registry.page_reading import pages
from verifier.edge.programme_folder import AT_MOST, LeftOut, ProgrammeShelf, read_programmes
from verifier.programme import HEAD, POLICY, shipped_programmes

if TYPE_CHECKING:
    from tests.registry.conftest import Issued, World
    from verifier.programme import Programme

HOLDER = "0188-1180301018771"
OWN, SHIPPED = "City tender", "illustrative"


class Shown:
    """The pages of a registry over a folder of programmes, and what was left out of it."""

    def __init__(self, world: World, place: Path) -> None:
        self.left_out: list[LeftOut] = []
        # Each page is asked for a second after the one before.
        clock = itertools.count(0.0).__next__
        shelf = ProgrammeShelf(place, otherwise=shipped_programmes, tell=self.left_out.append, clock=clock)
        self._http = pages(world, programmes=shelf)

    def __call__(self, path: str, lang: str = "en") -> str:
        """Return the card about programmes of a page."""
        answered = self._http.get(path, params={"lang": lang})
        assert answered.status_code == 200, answered.text
        return answered.text.partition('aria-labelledby="programmes"')[2].partition("</section>")[0]


def own(place: Path, name: str = "city-tender", *, policy: str = DEMAND, title: str = OWN) -> Path:
    """Write a programme of one's own that has opened already into a folder of programmes."""
    place.mkdir(exist_ok=True)
    made = folder(place / name, policy=policy)
    head = HEADING.format(more="").replace("2027-05-10", "2026-05-10").replace('"Tender"', f'"{title}"')
    (made / HEAD).write_text(head.replace("city.tender-7", f"city.{name}"), "utf-8")
    return made


@pytest.mark.parametrize("path", ["/m/{mark}", f"/o/{HOLDER}"])
def test_an_own_programme_stands_on_the_pages_of_the_mark_and_of_its_holder_in_place_of_the_examples(
    issued: Issued, tmp_path: Path, path: str
) -> None:
    path = path.format(mark=issued.mark)
    shown = Shown(issued.world, tmp_path / "programmes")
    assert SHIPPED in shown(path)
    own(tmp_path / "programmes")
    assert (OWN in shown(path), SHIPPED in shown(path), "no real programme" in shown(path)) == (True, False, False)
    assert "入札" in shown(path, "ja")
    assert f'href="/m/{issued.mark}"' in shown(f"/o/{HOLDER}")


def test_what_is_changed_added_or_taken_away_is_on_the_page_a_second_later(issued: Issued, tmp_path: Path) -> None:
    place, path = tmp_path / "programmes", f"/o/{HOLDER}"
    first = own(place)
    shown = Shown(issued.world, place)
    assert OWN in shown(path)
    (first / POLICY).write_text('version = 1\ntier = "jp.meti.scs/4"\n', "utf-8")
    assert OWN not in shown(path)
    own(place, "second", title="City grant")
    assert "City grant" in shown(path)
    (place / "second" / POLICY).unlink()
    assert "City grant" not in shown(path)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        (HEAD, b"\xff", "not TOML"),
        (HEAD, b"version = 1\n", "id: is missing"),
        (HEAD, b"#" * 70_000, "more than"),
        (POLICY, b"version = 1\n", "tier: is missing"),
        (POLICY, (DEMAND + "valid_until = 9999-12-31\n").encode(), "valid_until"),
        (POLICY, b"", "is missing"),
    ],
)
def test_a_programme_that_is_wrong_is_left_out_with_its_reason_and_no_page_fails(
    issued: Issued, tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    place = tmp_path / "programmes"
    own(place)
    (own(place, "wrong", title="Wrong one") / name).write_bytes(data)
    shown = Shown(issued.world, place)
    for path in (f"/m/{issued.mark}", f"/o/{HOLDER}"):
        assert (OWN in shown(path), "Wrong one" in shown(path)) == (True, False)
    assert [one.name for one in shown.left_out] == ["wrong"]
    assert reason in shown.left_out[0].reason


def test_of_two_programmes_with_one_id_the_second_is_left_out(issued: Issued, tmp_path: Path) -> None:
    place = tmp_path / "programmes"
    head = (own(place) / HEAD).read_text("utf-8")
    (own(place, "other") / HEAD).write_text(head.replace(OWN, "Another"), "utf-8")
    shown = Shown(issued.world, place)
    assert (OWN in shown(f"/o/{HOLDER}"), "Another" in shown(f"/o/{HOLDER}")) == (True, False)
    assert "has the id city.city-tender already" in shown.left_out[0].reason


def test_an_empty_folder_and_a_file_in_its_place_show_none(issued: Issued, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_bytes(b"")
    for name, left_out in (("empty", []), ("file", ["file"])):
        shown = Shown(issued.world, tmp_path / name)
        assert "None whose demands are met" in shown(f"/o/{HOLDER}")
        assert [one.name for one in shown.left_out] == left_out


@pytest.mark.parametrize("name", [".#policy.toml", "city-tender/.#policy.toml", "gone", "city-tender/gone"])
def test_a_link_to_nowhere_keeps_no_change_off_the_pages(issued: Issued, tmp_path: Path, name: str) -> None:
    place, path = tmp_path / "programmes", f"/o/{HOLDER}"
    own(place)
    (place / name).symlink_to("somebody@somewhere.4711")
    shown = Shown(issued.world, place)
    assert OWN in shown(path)
    own(place, "second", title="City grant")
    assert OWN in shown(path)
    assert "City grant" in shown(path)
    assert [one.name for one in shown.left_out] == (["gone"] if name == "gone" else [])


def test_a_folder_that_is_a_link_to_nowhere_shows_none_until_it_leads_somewhere(issued: Issued, tmp_path: Path) -> None:
    place, path = tmp_path / "programmes", f"/o/{HOLDER}"
    place.symlink_to(tmp_path / "elsewhere")
    shown = Shown(issued.world, place)
    for _ in range(3):
        assert "None whose demands are met" in shown(path)
    assert [one.reason for one in shown.left_out] == ["it cannot be read: No such file or directory"]
    own(tmp_path / "elsewhere")
    assert OWN in shown(path)
    shutil.rmtree(tmp_path / "elsewhere")
    assert OWN not in shown(path)


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    place = tmp_path / "programmes"
    own(place)
    own(tmp_path / "elsewhere", "linked")
    (place / "linked").symlink_to(tmp_path / "elsewhere/linked")
    (place / "inside").symlink_to("city-tender")
    (own(place, "policy-linked") / POLICY).unlink()
    (place / "policy-linked" / POLICY).symlink_to(tmp_path / "elsewhere/linked" / POLICY)
    read = read_programmes(place)
    assert [one.head.id for one in read.programmes] == ["city.city-tender"]
    assert [(one.name, "link" in one.reason) for one in read.left_out] == [
        ("inside", False),
        ("linked", True),
        ("policy-linked", True),
    ]


@pytest.mark.parametrize("what", ["", HEAD])
def test_a_programme_that_may_not_be_looked_at_is_left_out_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    own(tmp_path / "programmes")
    shut = own(tmp_path / "programmes", "shut") / what
    real = Path.stat

    def refused(self: Path, **asked: Any) -> Any:
        if self == shut:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return real(self, **asked)

    monkeypatch.setattr(Path, "stat", refused)
    read = read_programmes(tmp_path / "programmes")
    assert [one.head.id for one in read.programmes] == ["city.city-tender"]
    assert read.left_out == (LeftOut("shut", "the programme cannot be read: Permission denied."),)
    shelf = ProgrammeShelf(tmp_path / "programmes", otherwise=shipped_programmes, tell=print)
    assert [one.head.id for one in shelf()] == ["city.city-tender"]


def test_a_folder_is_looked_at_once_a_second_however_many_pages_are_asked_for(tmp_path: Path) -> None:
    place, seconds = tmp_path / "programmes", iter([0.0, 0.5, 0.999, 1.0])
    own(place)
    shelf = ProgrammeShelf(place, otherwise=shipped_programmes, tell=print, clock=seconds.__next__)
    assert len(shelf()) == 1
    own(place, "second")
    assert [len(shelf()) for _ in range(3)] == [1, 1, 2]


def test_of_too_many_programmes_the_first_are_shown_and_the_others_told_of(tmp_path: Path) -> None:
    place = tmp_path / "programmes"
    for number in range(AT_MOST + 3):
        own(place, f"tender-{number:03}")
    told: list[LeftOut] = []
    assert len(ProgrammeShelf(place, otherwise=shipped_programmes, tell=told.append)()) == AT_MOST
    reason = "only the first 200 of 203 entries are looked at, none from tender-200 on"
    assert told == [LeftOut("programmes", reason)]
    findings = {one.name: (one.passed, one.detail) for one in examine(DataFolder(tmp_path))}
    assert findings["programmes"][0] is False
    assert findings["programme programmes"] == (False, f"left out: {reason}")
    assert len(read_programmes(place).programmes) == AT_MOST + 3


def test_pages_that_tell_of_programmes_are_not_made_where_requests_are_taken_in(issued: Issued) -> None:
    asked = 0

    def programmes() -> tuple[Programme, ...]:
        nonlocal asked
        asked += 1
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
        return ()

    http = pages(issued.world, programmes=programmes)
    token = http.get(f"/m/{issued.mark}.jwt").text
    answers = [
        http.get(f"/m/{issued.mark}"),
        http.get(f"/o/{HOLDER}"),
        http.get("/check", params={"q": token}),
        http.post("/check", files={"file": ("mark.jwt", token.encode())}),
    ]
    assert ([one.status_code for one in answers], asked) == ([200] * 4, 4)


def test_programs_get_the_same_answer_about_an_organisation_as_before(issued: Issued, tmp_path: Path) -> None:
    own(tmp_path / "programmes")
    shelf = ProgrammeShelf(tmp_path / "programmes", otherwise=shipped_programmes, tell=print)
    told = pages(issued.world, programmes=shelf).get(f"/o/{HOLDER}", headers={"Accept": "application/json"}).json()
    assert set(told) == {"organisation", "directory", "record"}


@pytest.mark.system
def test_the_log_and_the_doctor_of_a_registry_say_which_programme_is_left_out_and_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    data = DataFolder(tmp_path / "data")
    found(data)
    own(data.programmes)
    (own(data.programmes, "wrong") / POLICY).unlink()
    monkeypatch.setenv(f"{PASSPHRASE}_FILE", str(data.path / PASSPHRASE_FILE))
    with household(data, read_port=0):
        pass
    logged = [json.loads(one) for one in capfd.readouterr().out.splitlines() if "programme_left_out" in one]
    assert [(one["programme"], one["reason"]) for one in logged] == [
        ("wrong", "a programme has no policy.toml. It is a folder with programme.toml and policy.toml.")
    ]
    told = CliRunner().invoke(app, ["doctor", "--dir", str(data.path), "--json"])
    findings = {one["name"]: (one["passed"], one["detail"]) for one in json.loads(told.stdout)}
    assert findings["programmes"] == (False, "city.city-tender")
    assert findings["programme wrong"][0] is False
    assert "has no policy.toml" in findings["programme wrong"][1]
    assert told.exit_code == 1
    (data.programmes / "wrong" / POLICY).write_text(DEMAND, "utf-8")
    told = CliRunner().invoke(app, ["doctor", "--dir", str(data.path), "--json"])
    findings = {one["name"]: (one["passed"], one["detail"]) for one in json.loads(told.stdout)}
    assert findings["programmes"] == (True, "city.city-tender, city.wrong")
