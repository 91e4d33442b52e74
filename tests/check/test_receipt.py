"""Receipts of a checked list: rows that stand alone, and every way to change one is noticed."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.check.conftest import Desk
from tests.check.suppliers import HEADINGS, as_csv, special_rows
from verifier.check.receipt import Asked, CheckpointAnchor, DirectoryAnchor, Receipt, make_receipt, parse_receipt
from verifier.edge.keystore import save_signer
from verifier.edge.main import exit_code, run
from verifier.encoding import canonical, digest
from verifier.errors import (
    EvidenceError,
    KeyRefusedError,
    MarkError,
    NewerVersionError,
    NotFoundError,
    ProofError,
    SignatureError,
    StatementError,
    UnavailableError,
    WrongUseError,
)
from verifier.injected import seeded_entropy
from verifier.signer import SoftwareSigner

POLICY = {"version": 1, "tier": "jp.meti.scs/3"}
NOW, ROOT = 1_793_577_600, digest(b"root")
ASKED = Asked(
    log="shirushi.example/log",
    at=NOW,
    made_at=NOW,
    directory=DirectoryAnchor(entry=8, size=7, root=ROOT, as_of=NOW),
    checkpoint=CheckpointAnchor(size=9, root=ROOT),
    policy=POLICY,
    policy_sha256=digest(canonical(POLICY)),
    input_sha256=digest(b"list"),
)
SIGNER = SoftwareSigner.generate(seeded_entropy("a buyer's key"))


def made(count: int, *, signer: SoftwareSigner | None = None, seed: bytes = bytes(32)) -> Receipt:
    rows = [{"row": place, "verdict": "meets", "name": f"取引先{place}"} for place in range(2, count + 2)]
    return make_receipt(ASKED, rows, seed=seed, signer=signer)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 9])
@pytest.mark.parametrize("signer", [None, SIGNER])
def test_every_row_can_be_shown_alone(count: int, signer: SoftwareSigner | None) -> None:
    whole = parse_receipt(made(count, signer=signer).serialize())
    for place in range(2, count + 2):
        part = parse_receipt(whole.show(place).serialize())
        assert part.rows == (whole.row(place),)
        assert (part.head, part.kid) == (whole.head, signer.kid if signer else None)
        assert part.show(place) is part
    with pytest.raises(NotFoundError, match="row 99"):
        whole.row(99)


def test_a_part_tells_nothing_about_the_other_rows_and_equal_rows_have_unequal_leaves() -> None:
    whole = made(8)
    text = whole.show(3).serialize().decode()
    assert "取引先3" in text
    assert [place for place in (2, 4, 5, 6, 7, 8, 9) if f"取引先{place}" in text] == []
    salts = {row["salt"] for row in whole.rows} | {row["salt"] for row in made(8, seed=b"\x01" * 32).rows}
    assert len(salts) == 16


def _changed(value: Any, path: tuple[str | int, ...], to: Any) -> bytes:
    copy = json.loads(json.dumps(value))
    at = copy
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = to
    return canonical(copy)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("rows", 0, "verdict"), "does_not_meet"),
        (("rows", 0, "row"), 7),
        (("rows", 0, "salt"), "A" * 43),
        (("rows", 0, "salt"), "A"),
        (("rows", 0, "row"), "2"),
        (("rows", 0), {}),
        (("rows",), []),
        (("head", "count"), 3),
        (("head", "root"), ROOT),
        (("head", "at"), NOW + 1),
        (("head", "directory", "size"), 6),
        (("head", "policy_sha256"), ROOT),
        (("head", "further"), 1),
        (("head", "kind"), "other"),
        (("signature",), "e30.e30.e30"),
        (("jwk",), None),
    ],
)
def test_a_change_to_a_signed_receipt_is_noticed(path: tuple[str | int, ...], to: Any) -> None:
    value = json.loads(made(4, signer=SIGNER).serialize())
    with pytest.raises(MarkError):
        parse_receipt(_changed(value, path, to))


def test_a_receipt_of_another_signer_or_over_another_head_is_refused() -> None:
    value, other = json.loads(made(4, signer=SIGNER).serialize()), SoftwareSigner.generate(seeded_entropy("other"))
    with pytest.raises(SignatureError, match="another key"):
        parse_receipt(_changed(value, ("jwk",), other.jwk))
    elsewhere = json.loads(made(3, signer=SIGNER).serialize())
    with pytest.raises(SignatureError, match="another receipt"):
        parse_receipt(_changed(value, ("signature",), elsewhere["signature"]))


@pytest.mark.parametrize(
    ("path", "to"), [(("index",), 3), (("path", 0), ROOT), (("row", "verdict"), "x"), (("path",), [])]
)
def test_a_part_that_was_changed_does_not_lead_to_the_root(path: tuple[str | int, ...], to: Any) -> None:
    value = json.loads(made(4).show(2).serialize())
    with pytest.raises(ProofError):
        parse_receipt(_changed(value, path, to))


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with pytest.raises(MarkError):
        parse_receipt(data)


@pytest.fixture
def receipt(desk: Desk) -> Desk:
    desk.write("few.csv", as_csv([HEADINGS, *(("1", *row) for row in special_rows(desk.registry))]))
    assert desk.run("check", "--at", desk.at, "--receipt", str(desk.path("r.json")), name="few.csv") == 1
    return desk


def test_a_receipt_is_verified_shown_and_anchored_by_command(receipt: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    whole, part = str(receipt.path("r.json")), str(receipt.path("row.json"))
    capsys.readouterr()
    anchor = ["--directory", str(receipt.path("copy")), "--require", str(receipt.path("policy.toml"))]
    assert run(["check-receipt", "verify", whole, "--row", "14", *anchor]) == 0
    out = capsys.readouterr().out
    assert "reason suspended" in out
    assert "not signed" in out
    run(["check-receipt", "show", whole, "--row", "14", "--out", part])
    capsys.readouterr()
    assert run(["check-receipt", "verify", part, "--json", *anchor]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["row"]["row"], told["row"]["reason"], told["head"]["kind"]) == (14, "suspended", "supplier_check")
    with pytest.raises(WrongUseError, match="part already"):
        run(["check-receipt", "show", part, "--row", "14", "--out", part])
    with pytest.raises(NotFoundError):
        run(["check-receipt", "verify", part, "--row", "15"])


def test_the_same_list_policy_and_epoch_give_the_same_answers_again(receipt: Desk) -> None:
    receipt.run("check", "--at", receipt.at, "--receipt", str(receipt.path("again.json")), name="few.csv")
    first, second = (parse_receipt(receipt.path(name).read_bytes()) for name in ("r.json", "again.json"))
    assert first.head.root != second.head.root, "the salts are new"
    assert first.head.input_sha256 == second.head.input_sha256

    def told(one: Receipt) -> list[dict[str, Any]]:
        return [{name: value for name, value in row.items() if name != "salt"} for row in one.rows]

    assert told(first) == told(second)


def test_a_receipt_under_another_policy_epoch_or_directory_is_told_apart(receipt: Desk) -> None:
    whole = str(receipt.path("r.json"))
    receipt.write("other.toml", 'version = 1\ntier = "jp.meti.scs/4"\n')
    with pytest.raises(ProofError, match="another policy"):
        run(["check-receipt", "verify", whole, "--require", str(receipt.path("other.toml"))])
    with pytest.raises(SignatureError, match="not signed by that key"):
        run(["check-receipt", "verify", whole, "--signed-by", SIGNER.kid])
    receipt.registry.suspend(receipt.registry.holders["good"][0])
    receipt.registry.copy_to(receipt.path("copy"))
    with pytest.raises(UnavailableError, match="the copy is at epoch"):
        run(["check-receipt", "verify", whole, "--directory", str(receipt.path("copy"))])


def altered(receipt: Receipt) -> Receipt:
    """The same head with other rows, as anybody can make it who drops the signature."""
    about = {name: value for name, value in vars(receipt.head).items() if name in Asked.__dataclass_fields__}
    rows = [{**row, "verdict": "meets", "reason": "ok"} for row in receipt.rows]
    return make_receipt(Asked(**about), rows, seed=bytes(32))


def test_a_copy_vouches_for_no_rows_so_an_unsigned_list_is_refused_under_a_root(
    receipt: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    honest, forged = str(receipt.path("r.json")), str(receipt.path("forged.json"))
    receipt.write("forged.json", altered(parse_receipt(receipt.path("r.json").read_bytes())).serialize())
    root, copy = ["--root", str(receipt.path("root.json"))], ["--directory", str(receipt.path("copy"))]
    for file in (honest, forged):
        with pytest.raises(SignatureError, match="not signed, so the trust root says nothing") as refused:
            run(["check-receipt", "verify", file, *root, *copy])
        assert exit_code(refused.value) == 1
        assert "--unsigned" in refused.value.hint
        with pytest.raises(SignatureError, match="not signed by that key"):
            run(["check-receipt", "verify", file, *copy, "--signed-by", SIGNER.kid])
    capsys.readouterr()
    assert run(["check-receipt", "verify", honest, *root, *copy, "--unsigned"]) == 0
    assert "not signed: nobody vouches for the rows" in capsys.readouterr().out
    # Where only the environment names a root, nobody asked for a signature; what is missing is said.
    assert run(["check-receipt", "verify", honest, *copy]) == 0
    assert "not signed: nobody vouches for the rows" in capsys.readouterr().out


def test_unsigned_is_for_what_nobody_signed(receipt: Desk) -> None:
    whole, signed = str(receipt.path("r.json")), str(receipt.write("s.json", made(2, signer=SIGNER).serialize()))
    refused: list[tuple[list[str], str]] = [
        ([signed], "--unsigned: this is a list that somebody signed"),
        ([whole, "--signed-by", SIGNER.kid], "--signed-by: this is held to be signed by nobody"),
        ([whole, "--root", str(receipt.path("root.json"))], "--root: this is a list that nobody signed, without a"),
    ]
    for arguments, words in refused:
        with pytest.raises(WrongUseError, match=words) as told:
            run(["check-receipt", "verify", *arguments, "--unsigned"])
        assert told.value.hint


STEERING = "\x1b[3F\x1b[0J\r\x07\x9b2K\x7f\u202e\u2028"


def test_the_policy_of_a_receipt_has_to_be_one() -> None:
    def under(policy: dict[str, Any]) -> bytes:
        asked = replace(ASKED, policy=policy, policy_sha256=digest(canonical(policy)))
        return make_receipt(asked, [{"row": 2}], seed=bytes(32)).serialize()

    for tier in (f"x{STEERING}1 row", "", 3):
        with pytest.raises(MarkError, match=r"not a tier|outside its schema"):
            parse_receipt(under({**POLICY, "tier": tier}))
    with pytest.raises(StatementError, match="tier: is missing"):
        parse_receipt(under({"version": 1}))
    with pytest.raises(NewerVersionError, match="unknown here") as refused:
        parse_receipt(under({**POLICY, STEERING: 1}))
    assert refused.value.message.isprintable()
    # What an older version took is read, though a scheme awards no such level.
    assert parse_receipt(under({**POLICY, "tier": "jp.meti.scs/9"})).head.policy["tier"] == "jp.meti.scs/9"


def test_no_text_of_a_receipt_steers_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"row": 2, "name": f"a{STEERING}b", f"c{STEERING}": [STEERING], "holder": "取引先"}
    held = make_receipt(replace(ASKED, log=f"l{STEERING}"), [row], seed=bytes(32))
    (tmp_path / "r.json").write_bytes(held.serialize())
    verify = ["check-receipt", "verify", str(tmp_path / "r.json"), "--row", "2"]
    assert run(verify) == 0
    plainly = capsys.readouterr().out
    assert run([*verify, "--json"]) == 0
    as_json = capsys.readouterr().out
    for told in (plainly, as_json):
        assert [one for one in told.replace("\n", "") if unicodedata.category(one)[0] == "C"] == []
        assert "\u2028" not in told
        assert "取引先" in told
    assert len(plainly.splitlines()) == 4
    assert json.loads(as_json)["row"] == held.rows[0]


def test_a_receipt_is_signed_where_a_key_is_given(receipt: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    key, out = receipt.path("buyer.pem"), str(receipt.path("signed.json"))
    save_signer(key, SIGNER, b"a passphrase of the test")
    with pytest.raises(KeyRefusedError):
        receipt.run("check", "--receipt", out, "--key", str(key), name="few.csv")
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", "a passphrase of the test")
    receipt.run("check", "--receipt", out, "--key", str(key), name="few.csv")
    assert run(["check-receipt", "verify", out, "--signed-by", SIGNER.kid]) == 0
    data = receipt.path("signed.json").read_bytes().replace(b'"suspended"', b'"cancelled"')
    receipt.path("signed.json").write_bytes(data)
    with pytest.raises(EvidenceError):
        run(["check-receipt", "verify", out])
