"""`shirushi recognition authenticate` and `look-up`: exit codes and what they print."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from recognition.authenticate.wording import REASONS, WARNINGS
from tests.authenticate import foreign_registry as does
from tests.authenticate.foreign import (
    ANSWER_CLAIMS,
    HOLDER,
    NOW,
    certificate_claims,
    make_key,
    profile_text,
    sign,
    status_token,
)
from tests.authenticate.test_sd_jwt import BINDING, TOKEN, bound, presentation
from verifier.dates import utc_text
from verifier.edge.main import run
from verifier.errors import SignatureError, WrongUseError

if TYPE_CHECKING:
    from pathlib import Path

KEY = make_key("ES256")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "profile.toml").write_text(profile_text(KEY), "utf-8")
    (tmp_path / "token").write_text(sign(certificate_claims(), KEY) + "\n", "utf-8")
    (tmp_path / "status").write_text(status_token([0] * 16, KEY), "utf-8")
    return tmp_path


def command(folder: Path, token: str = "token", *more: str) -> list[str]:
    return [
        "recognition",
        "authenticate",
        str(folder / token),
        "--profile",
        str(folder / "profile.toml"),
        "--at",
        utc_text(NOW),
        *more,
    ]


def test_a_good_token_ends_with_0_and_shows_its_certificate(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command(folder, "token", "--status-list", str(folder / "status"), "--json")) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["certificate"]["status"] == "valid"
    assert told["record"]["outcome"] == "authenticated"
    assert run(command(folder, "token", "--lang", "ja")) == 0
    assert "真正性を確認しました" in capsys.readouterr().out


def test_a_forged_token_is_bad_evidence(folder: Path) -> None:
    (folder / "forged").write_text(sign(certificate_claims(), make_key("ES256", "thief"), kid=KEY.kid), "utf-8")
    with pytest.raises(SignatureError):
        run(command(folder, "forged"))


def test_a_bound_presentation_is_checked_with_its_nonce(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "profile.toml").write_text(profile_text(KEY, token=TOKEN), "utf-8")
    (folder / "shown").write_text(bound(presentation()), "utf-8")
    assert run(command(folder, "shown", "--nonce", BINDING.nonce, "--audience", BINDING.audience)) == 0
    assert "[passed] key_binding" in capsys.readouterr().out


def test_a_list_that_cannot_be_fetched_leaves_the_state_unknown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with does.running() as registry:
        named = {"status_list": {"uri": f"https://127.0.0.1:{registry.server_port}/status", "idx": 5}}
        (folder / "here").write_text(sign(certificate_claims(status=named), KEY), "utf-8")
        assert run(command(folder, "here", "--fetch-status", "--json")) == 0
        assert registry.asked == []
    assert json.loads(capsys.readouterr().out)["record"]["warnings"] == ["status_unknown"]


def test_a_forged_token_has_nobody_asked(folder: Path) -> None:
    with does.running() as registry:
        named = {"status_list": {"uri": f"https://127.0.0.1:{registry.server_port}/status", "idx": 5}}
        forged = sign(certificate_claims(status=named), make_key("ES256", "thief"), kid=KEY.kid)
        (folder / "forged").write_text(forged, "utf-8")
        with pytest.raises(SignatureError):
            run(command(folder, "forged", "--fetch-status", "--allow-loopback"))
        assert registry.connections == 0


def test_wrong_calls_say_so(folder: Path) -> None:
    for more in (
        ["--nonce", "x"],
        ["--nonce", "x", "--audience", "https://a.example"],
        ["--status-list", "missing"],
        ["--fetch-status", "--status-list", str(folder / "status")],
    ):
        with pytest.raises(WrongUseError):
            run(command(folder, "token", *more))
    with pytest.raises(WrongUseError):
        run(command(folder, "missing"))


def test_a_look_up_ends_with_0_or_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with does.running() as registry:
        more = f'[look_up]\naddress = "{registry.base}/certificates/{{certificate}}"\nissuer = "operator"\n'
        (tmp_path / "profile.toml").write_text(profile_text(KEY, claims=ANSWER_CLAIMS, token="", more=more), "utf-8")
        call = ["recognition", "look-up", "C-1", "--profile", str(tmp_path / "profile.toml"), "--holder", HOLDER]
        assert run([*call, "--allow-loopback"]) == 0
        assert WARNINGS["registry_learns_who_is_asked_about"].en in capsys.readouterr().out
        assert run(call) == 2
        assert REASONS["address_refused"].en in capsys.readouterr().out
        registry.behaviour = does.status(404)
        assert run([*call, "--allow-loopback", "--json"]) == 2
        assert json.loads(capsys.readouterr().out)["certificate"] is None
