"""`shirushi issuer batch`, `spool`, `remind` and `contact` on the command line."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from typer.main import get_command

from issuer.commands import app
from issuer.office import read_settings
from registry.scenario import cast
from tests.edge.mail_server import post_office
from tests.issuer.batch_world import BatchWorld, batch_world
from tests.issuer.test_reminder import move_to
from verifier.edge.check.spreadsheet import read_rows
from verifier.errors import MalformedError, NotFoundError, RefusedError, UnavailableError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from issuer.desk import Desk


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BatchWorld]:
    """A desk of six granted cases; the commands open it instead of a folder."""
    with batch_world(tmp_path, seed="commands") as world:
        world.grant(6)

        @contextmanager
        def desk_with(folder: Path, *roles: str, passphrase_file: Path | None = None) -> Iterator[Desk]:
            yield world.with_signers(*roles)

        keys: Any = {role: {"holder": place.holder, "no": place.no} for role, place in cast.PLACES.items()}
        keys["decider"]["kid"] = world.desk.signers["decider"].kid
        where = {"read": "http://read", "api": "http://api"}
        settings = read_settings({"host": cast.HOST, "body": cast.BODY_NO, **where, "keys": keys})
        for module in ("issuer.batch.commands", "issuer.offline_commands", "issuer.reminder.commands"):
            monkeypatch.setattr(f"{module}.desk_with", desk_with)
        for module in ("issuer.batch.commands", "issuer.offline_commands"):
            monkeypatch.setattr(f"{module}.load_settings", lambda folder: settings)
        yield world


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    get_command(app).main(args=list(arguments), prog_name="shirushi issuer", standalone_mode=False)
    return capsys.readouterr().out


def test_from_the_sheet_to_a_verified_receipt_and_packages(
    bench: BatchWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet, receipt, marks = tmp_path / "b.xlsx", tmp_path / "receipt.json", tmp_path / "marks"
    assert "6 cases" in run(capsys, "batch", "sheet", "--out", str(sheet))
    told = run(capsys, "batch", "check", str(sheet))
    assert "6 rows can be read; cases by tier: jp.meti.scs/4: 6" in told
    assert "to sign 6, signed and waiting 0, issued 0" in told
    assert "6 marks signed for trial" in run(capsys, "batch", "dry-run", str(sheet))
    assert bench.marks_in_log() == []
    monkeypatch.setattr("issuer.batch.commands.time.sleep", bench.world.pass_time)
    told = run(capsys, "batch", "issue", str(sheet), "--receipt", str(receipt), "--out", str(marks), "--group", "4")
    assert "B-000001: 6 of 6 marks are in the log" in told
    assert "6 packages written" in told
    assert len(list(marks.glob("*/bundle.json"))) == 6
    assert "6  6" in " ".join(run(capsys, "batch", "list").split(" ")).replace("      ", "  ")
    assert "signature and rows hold" in (told := run(capsys, "batch", "verify-receipt", str(receipt)))
    assert "the log holds them all" in told
    mark = next(marks.iterdir()).name
    run(capsys, "batch", "receipt", "B-000001", "--mark", mark.upper(), "--out", str(tmp_path / "row.json"))
    assert "1 of 6 marks" in run(capsys, "batch", "verify-receipt", str(tmp_path / "row.json"))
    assert "not checked" in run(capsys, "batch", "verify-receipt", str(receipt), "--offline")


def test_faults_are_shown_and_written_to_a_file(
    bench: BatchWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet, faults = tmp_path / "b.csv", tmp_path / "faults.csv"
    run(capsys, "batch", "sheet", "--out", str(sheet))
    sheet.write_text(sheet.read_text("utf-8-sig").replace(",4\n", ",3\n"), "utf-8")
    for command in ("check", "dry-run"):
        with pytest.raises(MalformedError, match=r"row 2, column C \(tier\): the case is for tier 4"):
            run(capsys, "batch", command, str(sheet), "--faults", str(faults))
        assert "faults 6" in capsys.readouterr().out
    assert len(read_rows(faults.read_bytes(), filename="faults")) == 7


def test_an_outage_is_told_and_the_spool_is_emptied(
    bench: BatchWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "b.csv"
    run(capsys, "batch", "sheet", "--out", str(sheet))
    bench.line.away.add("api")
    with pytest.raises(UnavailableError, match="0 of 6 are issued, 6 are signed and wait"):
        run(capsys, "batch", "issue", str(sheet))
    assert run(capsys, "spool", "list").count("C-0000") == 6
    with pytest.raises(UnavailableError):
        run(capsys, "spool", "send")
    bench.world.clock.now += 30 * 3600
    bench.line.away.clear()
    bench.publish()
    with pytest.raises(RefusedError, match="6 marks were refused"):
        run(capsys, "spool", "send")
    assert "6 admitted, 0 refused" in run(capsys, "spool", "send", "--renew")
    assert "6 of 6" in run(capsys, "batch", "issue", str(sheet))
    with pytest.raises(NotFoundError, match="no granted case waits"):
        run(capsys, "batch", "sheet", "--out", str(sheet))


def test_offline_signing_by_commands(bench: BatchWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    request = tmp_path / "request.json"
    told = run(capsys, "export-to-sign", "C-000001", "C-000002", "--out", str(request))
    assert "shirushi issuer sign request.json" in told
    assert request.stat().st_size > 1000


def test_holders_are_reminded_by_commands(
    bench: BatchWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "b.csv"
    run(capsys, "batch", "sheet", "--out", str(sheet))
    run(capsys, "batch", "issue", str(sheet))
    identifier = bench.desk.case("C-000002").holder.identifiers[0]
    run(capsys, "contact", "set", identifier, "a@s.example", "b@s.example", "--lang", "en")
    assert "b@s.example" in run(capsys, "contact", "list")
    move_to(bench, -60)
    told = run(capsys, "remind", "--from", "desk@hyoka.example", "--dry-run")
    assert told.count("no address: SCS4-") == 5
    assert "-60 days to a@s.example" in told
    assert "would be sent: 2" in told
    with post_office() as office:
        where = ["--smtp", f"127.0.0.1:{office.port}", "--from", "desk@hyoka.example"]
        assert "2 sent, 0 refused, 0 unknown" in run(capsys, "remind", *where)
        assert "0 sent, 0 refused, 0 unknown" in run(capsys, "remind", *where)
        assert sorted(one.to[0] for one in office.letters) == ["a@s.example", "b@s.example"]
    assert "no addresses" in run(capsys, "contact", "remove", identifier)


@pytest.mark.parametrize(
    "arguments",
    [
        ["batch", "sheet", "--out", "b.pdf"],
        ["remind", "--from", "desk@hyoka.example"],
        ["remind", "--from", "nobody", "--dry-run"],
        ["remind", "--from", "desk@hyoka.example", "--smtp", "mail"],
        ["contact", "set", "1180301018771", "a@s.example", "b@s.example", "c@s.example"],
        ["contact", "set", "1180301018771", "a@s.example", "--lang", "xx"],
    ],
)
def test_wrong_use_is_said_in_words(
    bench: BatchWorld, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(WrongUseError):
        run(capsys, *arguments)
