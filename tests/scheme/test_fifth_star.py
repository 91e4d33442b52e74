"""The fifth star is declared and undefined: every verb that takes a level refuses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.main import get_command

from issuer.commands import app as issuer_app
from tests.scheme.conftest import Logged
from tests.scheme.packs import SCS
from verifier.edge.main import run
from verifier.errors import MarkError, RefusedError
from verifier.scheme.shipped import load_shipped

UNDEFINED = "tier 5 cannot be issued"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk whose registry is out of reach: what is refused is refused before anybody is asked."""
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", "a passphrase of this test")
    where = [
        "--host",
        "shirushi.example",
        "--body",
        "1001",
        "--read",
        "http://127.0.0.1:9",
        "--api",
        "http://127.0.0.1:9",
    ]
    command = ["init", *where, "--desk", str(tmp_path / "desk")]
    get_command(issuer_app).main(args=command, prog_name="shirushi issuer", standalone_mode=False)
    return tmp_path / "desk"


def refused(*arguments: str) -> str:
    with pytest.raises(MarkError) as caught:
        run(arguments)
    return caught.value.message


def test_no_answer_sheet_is_written(tmp_path: Path) -> None:
    assert UNDEFINED in refused("issuer", "template", "--tier", "5", "--out", str(tmp_path / "five.xlsx"))
    assert list(tmp_path.iterdir()) == []


def test_no_case_is_opened(desk: Path) -> None:
    who = ["--name", "株式会社見本精機", "--identifier", "1180301018771", "--summary", "全社"]
    assert UNDEFINED in refused("issuer", "case", "open", "--tier", "5", *who, "--desk", str(desk))


def test_no_sheet_is_looked_at(tmp_path: Path) -> None:
    sheet = str(tmp_path / "three.csv")
    run(["issuer", "template", "--tier", "3", "--out", sheet])
    assert UNDEFINED in refused("readiness", sheet, "--level", "5")


def test_no_body_is_accredited(tmp_path: Path) -> None:
    window = ["--from", "2026-01-01", "--until", "2029-01-01"]
    body = ["--no", "1", "--name", "見本評価機構", "--identifier", "0188-1180301018771"]
    scheme = ["--scheme", SCS[0], "--version", SCS[1], "--level", "5"]
    assert UNDEFINED in refused("registry", "accredit", "--dir", str(tmp_path), *body, *scheme, *window)


def test_no_mark_is_held_against_it(logged: Logged, tmp_path: Path) -> None:
    root = ["--root", str(logged.root), "--offline"]
    mark = str(logged.public / "m" / f"{logged.mark(4)}.jwt")
    for demand in ("5", "★5", "jp.meti.scs/5"):
        assert UNDEFINED in refused("verify", mark, *root, "--require", demand)


def test_nothing_is_recognised_as_it() -> None:
    stated = ["--scheme", "uk.ncsc.cyber-essentials", "--level", "plus", "--issued", "2026-06-01"]
    assert "jp.meti.scs/5 is no tier" in refused("recognition", "decide", *stated, "--target-tier", "5")


def test_the_log_holds_no_terms_for_it() -> None:
    assert [terms["level"] for terms in load_shipped(*SCS).statement_public()["tiers"]] == [3, 4]


def test_the_closed_version_awards_no_star_at_all(tmp_path: Path) -> None:
    for tier in ("3", "4", "5"):
        out = ["--version", "2025-04", "--out", str(tmp_path / "a.csv")]
        assert "cannot be issued" in refused("issuer", "template", "--tier", tier, *out)
    with pytest.raises(RefusedError, match="is closed"):
        run(["scheme", "publish", "jp.meti.scs/2025-04"])
