"""`shirushi check-receipt` on what the service signed: everything that is given counts, or is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.verification.test_checks import LIST, ROOT, done, sent
from tests.verification.test_look_up import HOLDER, evidence_of, qr_text_of
from verifier.answer_receipt import parse_answer_receipt, sign_answer
from verifier.check.receipt import Asked, make_receipt, parse_receipt
from verifier.edge.main import exit_code, run
from verifier.errors import MarkError, ProofError, SignatureError, UnavailableError, WrongUseError
from verifier.injected import seeded_entropy
from verifier.signer import SoftwareSigner

if TYPE_CHECKING:
    from pathlib import Path

    from tests.verification.conftest import Rotated, Service
    from verifier.check.receipt import Receipt

OWN = SoftwareSigner.generate(seeded_entropy("a key of one's own"))


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user of a machine of its own, which has followed no root yet and names none."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("SHIRUSHI_ROOT", raising=False)


@pytest.fixture
def root(service: Service) -> Path:
    """The file of the registry's root."""
    return service.world.public / "trust/1.json"


def check(file: Path, *further: object) -> int:
    return run(["check-receipt", "verify", str(file), *map(str, further)])


def answered(service: Service, folder: Path, tier: int = 3) -> Path:
    """Ask about an organisation under a policy, and keep receipt and evidence apart."""
    document = service.answer(identifier=HOLDER, policy=policy(tier), evidence=True)
    (folder / "receipt.jwt").write_text(document["receipt"], "ascii")
    (folder / "evidence.json").write_bytes(evidence_of(document))
    return folder / "receipt.jwt"


def policy(tier: int) -> dict[str, Any]:
    return {"version": 1, "tier": f"jp.meti.scs/{tier}"}


def policy_file(folder: Path, tier: int) -> Path:
    file = folder / f"p{tier}.toml"
    file.write_text(f'version = 1\ntier = "jp.meti.scs/{tier}"\n', "utf-8")
    return file


def hosted(service: Service) -> Receipt:
    """The receipt of a list that the service checked and signed."""
    address = sent(service, LIST.encode())
    done(service, address)
    return parse_receipt(service.http.get(f"{ROOT}{address}/receipt").content)


def signed_anew(receipt: Receipt, signer: SoftwareSigner | None, **changes: Any) -> Receipt:
    """The same rows and head but for what is changed, signed by another or by nobody."""
    about = {name: value for name, value in vars(receipt.head).items() if name in Asked.__dataclass_fields__} | changes
    rows = [{name: value for name, value in row.items() if name != "salt"} for row in receipt.rows]
    return make_receipt(Asked(**about), rows, seed=bytes(32), signer=signer)


def kept(folder: Path, receipt: Receipt, name: str = "list.json") -> Path:
    (folder / name).write_bytes(receipt.serialize())
    return folder / name


def test_an_answer_is_held_against_all_that_is_given(service: Service, root: Path, tmp_path: Path) -> None:
    receipt, key = answered(service, tmp_path), service.world.ceremony.keys.receipt
    common = ("--root", root, "--evidence", tmp_path / "evidence.json")
    assert check(receipt, *common, "--require", policy_file(tmp_path, 3), "--signed-by", key.kid) == 0
    refused: list[tuple[tuple[object, ...], type[MarkError], str]] = [
        (("--require", policy_file(tmp_path, 4)), ProofError, "another policy"),
        (("--signed-by", OWN.kid), SignatureError, "not signed by that key"),
        (("--directory", tmp_path / "nowhere"), UnavailableError, "no copy"),
        (("--row", 77), WrongUseError, "--row: this is the receipt of one answer"),
        (("--text", "foo"), WrongUseError, "not about a text"),
    ]
    for further, error, words in refused:
        with pytest.raises(error, match=words):
            check(receipt, *common, *further)
    plain = tmp_path / "plain.jwt"
    plain.write_text(service.answer(identifier=HOLDER)["receipt"], "ascii")
    with pytest.raises(ProofError, match="under no policy"):
        check(plain, "--root", root, "--require", policy_file(tmp_path, 3))
    with pytest.raises(WrongUseError, match="no rows"):
        run(["check-receipt", "show", str(plain), "--row", "2", "--out", str(tmp_path / "row.json")])


def test_a_policy_that_is_written_otherwise_is_the_same(service: Service, root: Path, tmp_path: Path) -> None:
    asked = {**policy(3), "grace_days": 0}
    (tmp_path / "receipt.jwt").write_text(service.answer(mark=service.mark, policy=asked)["receipt"], "ascii")
    assert check(tmp_path / "receipt.jwt", "--root", root, "--require", policy_file(tmp_path, 3)) == 0


def test_the_text_of_an_answer_is_compared_without_its_evidence_too(
    service: Service, root: Path, tmp_path: Path
) -> None:
    text = qr_text_of(service)
    (tmp_path / "receipt.jwt").write_text(service.answer(text=text)["receipt"], "ascii")
    assert check(tmp_path / "receipt.jwt", "--root", root, "--text", text) == 0
    with pytest.raises(WrongUseError, match="another text"):
        check(tmp_path / "receipt.jwt", "--root", root, "--text", "foo")


@pytest.mark.parametrize(("tier", "outcome"), [(3, "meets (ok). It holds"), (4, "does_not_meet (below). The mark is")])
def test_what_an_answer_says_of_the_policy_is_printed(
    service: Service, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], tier: int, outcome: str
) -> None:
    assert check(answered(service, tmp_path, tier), "--root", root) == 0
    told = capsys.readouterr().out
    assert f"{HOLDER}: 1 mark listed, as of" in told
    assert f"asked for jp.meti.scs/{tier}: {outcome}" in told


def test_no_text_of_an_answer_steers_the_terminal(
    service: Service, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    genuine = parse_answer_receipt(service.answer(mark=service.mark, policy=policy(3))["receipt"])
    steering = "\x1b[3F\r\x07\x9b2K"
    verdict = {**genuine.said.answer["verdict"], "headline": f"a{steering}"}
    outcome = {"verdict": f"b{steering}", "reason": f"c{steering}"}
    said = replace(genuine.said, answer={**genuine.said.answer, "verdict": verdict, "outcome": outcome})
    host, key = service.world.ceremony.root.host, service.world.ceremony.keys.receipt
    (tmp_path / "receipt.jwt").write_text(sign_answer(said, host=host, iat=genuine.iat, signer=key), "ascii")
    for further in ((), ("--json",)):
        assert check(tmp_path / "receipt.jwt", "--root", root, *further) == 0
        told = capsys.readouterr().out
        assert all(line.isprintable() for line in told.split("\n"))
    with pytest.raises(WrongUseError, match="--unsigned: this is the receipt of one answer"):
        check(tmp_path / "receipt.jwt", "--root", root, "--unsigned")


def test_a_list_that_the_registry_signed_is_told_from_one_that_anybody_signed(
    service: Service, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    genuine, key = hosted(service), service.world.ceremony.keys.receipt
    assert check(kept(tmp_path, genuine), "--root", root) == 0
    assert "4 rows, asked as of" in (told := capsys.readouterr().out)
    assert f"signed by {key.kid}, a receipt key of {service.world.ceremony.root.host}" in told
    assert check(kept(tmp_path, genuine.show(2)), "--root", root, "--signed-by", key.kid) == 0
    evil = kept(tmp_path, signed_anew(genuine, OWN), "evil.json")
    with pytest.raises(SignatureError, match="not signed by a receipt key") as refused:
        check(evil, "--root", root)
    assert f"signed by {OWN.kid}" in refused.value.hint
    capsys.readouterr()
    assert check(evil) == 0
    assert "whose key that is, only --root or --signed-by can tell" in capsys.readouterr().out
    assert check(evil, "--root", root, "--signed-by", OWN.kid) == 0
    assert f"signed by {OWN.kid}, the key that you named" in capsys.readouterr().out
    bare = kept(tmp_path, signed_anew(genuine, None), "bare.json")
    with pytest.raises(SignatureError, match="not signed, so the trust root says nothing"):
        check(bare, "--root", root)


def test_a_root_in_the_environment_judges_a_signature_and_asks_for_none(
    service: Service, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = hosted(service)
    monkeypatch.setenv("SHIRUSHI_ROOT", str(root))
    assert check(kept(tmp_path, genuine)) == 0
    assert check(kept(tmp_path, signed_anew(genuine, None))) == 0
    with pytest.raises(SignatureError, match="not signed by a receipt key"):
        check(kept(tmp_path, signed_anew(genuine, OWN)))


def test_a_list_of_one_registry_is_not_one_of_another(service: Service, root: Path, tmp_path: Path) -> None:
    key = service.world.ceremony.keys.receipt
    other = kept(tmp_path, signed_anew(hosted(service), key, log="other.example/log"))
    with pytest.raises(SignatureError, match="not signed by a receipt key"):
        check(other, "--root", root)
    with pytest.raises(SignatureError, match="not about the log of the trust root"):
        check(other, "--root", root, "--signed-by", key.kid)


def test_what_says_nothing_about_a_list_is_refused(service: Service, root: Path, tmp_path: Path) -> None:
    file = kept(tmp_path, hosted(service))
    for option, value in (("--evidence", tmp_path / "nowhere"), ("--text", "foo")):
        with pytest.raises(WrongUseError, match=f"{option}: this is the receipt of a list") as refused:
            check(file, "--root", root, option, value)
        assert exit_code(refused.value) == 64
        assert refused.value.hint


def test_a_list_that_a_newer_root_vouches_for_needs_that_root(rotated: Rotated, tmp_path: Path) -> None:
    jobs = rotated.service.made.jobs
    jobs.start()
    genuine = hosted(rotated.service)
    jobs.stop()
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    first.write_bytes(rotated.first.serialize())
    second.write_bytes(rotated.second.serialize())
    with pytest.raises(SignatureError, match="not signed by a receipt key") as refused:
        check(kept(tmp_path, genuine), "--root", first)
    assert "newer version" in refused.value.hint
    assert check(kept(tmp_path, genuine), "--root", second) == 0
