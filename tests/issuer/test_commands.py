"""`shirushi issuer` on the command line: keys are encrypted, errors are typed, sheets are written."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from typer.main import get_command

from issuer.commands import app
from issuer.template import read_answers
from tests.issuer.conftest import PACK
from verifier.errors import KeyRefusedError, MarkError, NotFoundError, UnavailableError, WrongUseError
from verifier.statement.key_proof import parse_key_proof

HOST = "shirushi.example"
NOWHERE = "http://127.0.0.1:9"


def run(*arguments: str) -> None:
    get_command(app).main(args=list(arguments), prog_name="shirushi issuer", standalone_mode=False)


@pytest.fixture
def secrets(tmp_path: Path) -> dict[str, Path]:
    files = {}
    for role in ("desk", "assessor", "decider"):
        files[role] = tmp_path / f"{role}.pass"
        files[role].write_text(f"a long passphrase of the {role}\n")
    return files


@pytest.fixture
def desk(tmp_path: Path, secrets: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "desk"
    own = [f"--{role}-passphrase-file={secrets[role]}" for role in ("assessor", "decider")]
    where = ["--host", HOST, "--body", "1001", "--read", NOWHERE, "--api", NOWHERE]
    run("init", *where, "--desk", str(folder), "--passphrase-file", str(secrets["desk"]), *own)
    capsys.readouterr()
    return folder


def test_init_makes_three_encrypted_keys_of_two_people_at_least(desk: Path, secrets: dict[str, Path]) -> None:
    for role, secret in secrets.items():
        path = desk / "keys" / f"{role}.pem"
        pem = path.read_bytes()
        assert b"BEGIN ENCRYPTED PRIVATE KEY" in pem
        assert path.stat().st_mode & 0o077 == 0
        with pytest.raises(TypeError):
            load_pem_private_key(pem, None)
        load_pem_private_key(pem, secret.read_bytes().strip())
    settings = (desk / "desk.toml").read_text()
    assert len({line for line in settings.splitlines() if line.startswith("holder")}) == 3


def test_a_desk_is_never_overwritten(desk: Path, secrets: dict[str, Path]) -> None:
    where = ["--host", HOST, "--body", "1", "--read", NOWHERE, "--api", NOWHERE, "--desk", str(desk)]
    with pytest.raises(WrongUseError, match="is a desk already"):
        run("init", *where, "--passphrase-file", str(secrets["desk"]))


def test_one_person_cannot_hold_both_keys(tmp_path: Path, secrets: dict[str, Path]) -> None:
    where = ["--host", HOST, "--body", "1", "--read", NOWHERE, "--api", NOWHERE, "--desk", str(tmp_path / "d")]
    with pytest.raises(WrongUseError, match="two people"):
        run("init", *where, "--assessor", "h-1", "--decider", "h-1", "--passphrase-file", str(secrets["desk"]))
    assert not (tmp_path / "d").exists()


def test_a_key_proof_is_by_the_key_for_its_role(
    desk: Path, secrets: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    run("key-proof", "decider", "--desk", str(desk), "--passphrase-file", str(secrets["decider"]))
    proof = parse_key_proof(capsys.readouterr().out.strip(), log=f"{HOST}/log")
    assert (proof.role, proof.no, proof.body) == ("decider", 2, f"https://{HOST}/e/1001")


def test_the_assessor_cannot_open_the_deciders_key(desk: Path, secrets: dict[str, Path]) -> None:
    with pytest.raises(KeyRefusedError):
        run("key-proof", "decider", "--desk", str(desk), "--passphrase-file", str(secrets["assessor"]))


def test_without_a_passphrase_the_command_says_how_to_give_one(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHIRUSHI_PASSPHRASE", raising=False)
    with pytest.raises(WrongUseError, match="a passphrase is needed"):
        run("key-proof", "desk", "--desk", str(desk))
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", "a long passphrase of the desk")
    run("key-proof", "desk", "--desk", str(desk))


@pytest.mark.parametrize("name", ["answers.xlsx", "answers.csv"])
def test_template_writes_a_sheet_that_reads_back(tmp_path: Path, name: str) -> None:
    run("template", "--tier", "4", "--out", str(tmp_path / name))
    assert len(read_answers((tmp_path / name).read_bytes(), filename=name, pack=PACK, level=4)) == 43


def test_a_case_is_kept_while_the_registry_is_out_of_reach(
    desk: Path, secrets: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    who = ["--name", "株式会社サンプル精機", "--identifier", "1180301018771", "--summary", "全社"]
    opened = ["case", "open", "--tier", "3", *who, "--desk", str(desk), "--passphrase-file", str(secrets["desk"])]
    with pytest.raises(UnavailableError, match="did not answer"):
        run(*opened)
    run("case", "show", "C-000001", "--desk", str(desk))
    shown = capsys.readouterr().out
    assert "C-000001 submitted: 株式会社サンプル精機" in shown
    run("case", "list", "--desk", str(desk))
    assert "0188-1180301018771" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["template", "--tier", "3", "--out", "sheet.pdf"], WrongUseError),
        (["template", "--tier", "3", "--out", "a.csv", "--scheme", "none"], NotFoundError),
        (["case", "list", "--desk", "nowhere"], WrongUseError),
    ],
)
def test_wrong_use_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], error: type[MarkError]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error):
        run(*arguments)
