"""`shirushi registry root`: no version of the trust root counts without the custodians that it needs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.main import get_command

from registry.commands import app
from registry.data_folder import DataFolder
from registry.root.ceremony import make_custodian
from registry.root.root_files import keep_custodian, read_custodian
from verifier.errors import KeyRefusedError, MarkError, TrustRootError, WrongUseError
from verifier.examine.log_evidence import policy_at
from verifier.injected import seeded_entropy
from verifier.log.cosignature import Cosigner
from verifier.trust.root import TrustRoot, follow, parse_root, pin

if TYPE_CHECKING:
    from collections.abc import Callable

HOST = "registry.example"
PASSPHRASE = "a passphrase of this ceremony"
PEOPLE = ("anna", "berta", "clara", "dora")
WITNESSES = (("w1", "Operator A", "JP"), ("w2", "Operator B", "GB"), ("w3", "Operator C", "DE"))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that runs `shirushi registry root ...` and gives what it printed."""
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", PASSPHRASE)

    def call(*arguments: str | Path) -> str:
        capsys.readouterr()
        get_command(app).main(args=["root", *map(str, arguments)], prog_name="registry", standalone_mode=False)
        return capsys.readouterr().out

    return call


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with four custodians, each with a folder of her own, and the files of five witnesses."""
    folder, entropy = tmp_path_factory.mktemp("ceremony"), seeded_entropy("the ceremony's table")
    for person in PEOPLE:
        keep_custodian(folder / person, make_custodian(person, entropy), passphrase=PASSPHRASE.encode())
    for name, operator, country in (*WITNESSES, ("w4", "Operator D", "SG"), ("w1b", "Operator A", "JP")):
        key = Ed25519PrivateKey.from_private_bytes(entropy(32))
        described = {"name": name, "vkey": str(Cosigner(f"{name}.example", key).key)}
        (folder / f"{name}.json").write_text(json.dumps({**described, "operator": operator, "country": country}))
    return folder


@pytest.fixture
def table(laid: Path, tmp_path: Path) -> Path:
    """A copy of the folder for one ceremony."""
    return Path(shutil.copytree(laid, tmp_path / "table"))


def drafted(table: Path, run: Callable[..., str], *, signers: tuple[str, ...] = ()) -> Path:
    """Draft the first root for three custodians, two of whom sign, and three witnesses."""
    draft = table / "root-1.json"
    people = [one for person in PEOPLE[:3] for one in ("--custodian", table / person / f"{person}.json")]
    witnesses = [one for name, *_ in WITNESSES for one in ("--witness", table / f"{name}.json")]
    where = ["--dir", table / "registry", "--host", HOST, "--quorum", "2", "--out", draft]
    run("create", *where, *people, *witnesses)
    for person in signers:
        run("sign", draft, "--holder", person, "--keys", table / person)
    return draft


def founded(table: Path, run: Callable[..., str]) -> DataFolder:
    run("publish", drafted(table, run, signers=PEOPLE[:2]), "--dir", table / "registry")
    return DataFolder(table / "registry")


def rotated(table: Path, run: Callable[..., str], *options: str | Path, signers: tuple[str, ...]) -> Path:
    """Draft the next root, have it signed, and return the draft."""
    draft = table / "next.json"
    run("rotate", "--dir", table / "registry", "--out", draft, *options)
    for person in signers:
        run("sign", draft, "--holder", person, "--keys", table / person)
    return draft


def published(data: DataFolder) -> TrustRoot:
    """Walk as a verifier does that was given version 1 and nothing else."""
    roots = sorted((data.public / "trust").glob("[0-9]*.json"))
    return follow(pin((data.public / "trust/1.json").read_bytes()), [path.read_bytes() for path in roots])


def test_two_of_three_custodians_found_a_registry(table: Path, run: Callable[..., str]) -> None:
    data = founded(table, run)
    root = data.trust_root()
    assert (root.content.version, root.content.environment, root.host) == (1, "production", HOST)
    assert [one.holder for one in root.content.custodians] == ["anna", "berta", "clara"]
    assert data.database.exists()


def test_one_signature_of_two_founds_nothing(table: Path, run: Callable[..., str]) -> None:
    draft = drafted(table, run, signers=("anna",))
    for _ in range(2):
        with pytest.raises(TrustRootError, match="1 of 2"):
            run("publish", draft, "--dir", table / "registry")
        run("sign", draft, "--holder", "anna", "--keys", table / "anna")
    assert not (table / "registry/public/trust").exists()


def test_a_stranger_signs_for_nothing(table: Path, run: Callable[..., str]) -> None:
    draft = drafted(table, run, signers=("anna", "dora"))
    with pytest.raises(TrustRootError, match="1 of 2"):
        run("publish", draft, "--dir", table / "registry")


def test_a_threshold_above_the_custodians_is_refused(table: Path, run: Callable[..., str]) -> None:
    people = ["--custodian", table / "anna/anna.json"]
    where = ["--dir", table / "registry", "--host", HOST, "--out", table / "draft.json", "--quorum", "1"]
    with pytest.raises(TrustRootError, match="threshold cannot be met"):
        run("create", *where, *people, "--witness", table / "w1.json", "--threshold", "2")
    assert not (table / "registry/keys").exists()


def test_what_is_signed_is_shown_with_who_has_agreed(table: Path, run: Callable[..., str]) -> None:
    draft = drafted(table, run, signers=("anna",))
    shown = run("show", draft)
    assert "custodians of version 1: 1 of 2 needed, not enough: anna" in shown
    assert "it can be published" not in shown
    assert "it can be published" in run("sign", draft, "--holder", "berta", "--keys", table / "berta")


def test_custodians_come_and_go_by_the_old_and_the_new_threshold(table: Path, run: Callable[..., str]) -> None:
    data = founded(table, run)
    change = ["--custodian", table / "dora/dora.json", "--drop-custodian", "clara"]
    few = rotated(table, run, *change, signers=("anna", "dora"))
    with pytest.raises(TrustRootError, match="1 of 2"):
        run("publish", few, "--dir", data.path)
    run("sign", few, "--holder", "clara", "--keys", table / "clara")
    run("publish", few, "--dir", data.path)
    assert [one.holder for one in published(data).content.custodians] == ["anna", "berta", "dora"]


def test_a_custodian_who_left_signs_no_later_root(table: Path, run: Callable[..., str]) -> None:
    data = founded(table, run)
    change = ["--custodian", table / "dora/dora.json", "--drop-custodian", "clara"]
    run("publish", rotated(table, run, *change, signers=("anna", "berta")), "--dir", data.path)
    third = rotated(table, run, "--new-key", "status", signers=("anna", "clara"))
    with pytest.raises(TrustRootError, match="1 of 2"):
        run("publish", third, "--dir", data.path)
    run("sign", third, "--holder", "dora", "--keys", table / "dora")
    run("publish", third, "--dir", data.path)
    assert published(data).content.version == 3


def test_a_verifier_with_version_1_walks_to_3_over_new_log_and_witness_keys(
    table: Path, run: Callable[..., str]
) -> None:
    data = founded(table, run)
    old = data.trust_root().content
    arrive = ["--new-log-key", "--witness", table / "w1b.json", "--witness", table / "w4.json", "--from", "100"]
    run("publish", rotated(table, run, *arrive, signers=("anna", "berta")), "--dir", data.path)
    leave = ["--retire", old.log_keys[0].vkey, "--retire", "w1", "--until", "200"]
    run("publish", rotated(table, run, *leave, signers=("berta", "clara")), "--dir", data.path)
    root = published(data)
    assert root.content.version == 3
    names = {size: [one.name for one in policy_at(root, size).witnesses] for size in (99, 100, 199, 200)}
    assert names == {
        99: ["w1", "w2", "w3"],
        100: ["w1", "w2", "w3", "w1b", "w4"],
        199: ["w1", "w2", "w3", "w1b", "w4"],
        200: ["w2", "w3", "w1b", "w4"],
    }
    logs = {size: [str(one.key) for one in policy_at(root, size).logs] for size in (99, 150, 200)}
    first, second = (one.vkey for one in root.content.log_keys)
    assert (logs[99], logs[150], logs[200]) == ([first], [first, second], [second])


def test_one_operator_with_two_witnesses_is_one_voice(table: Path, run: Callable[..., str]) -> None:
    founded(table, run)
    draft = rotated(table, run, "--witness", table / "w1b.json", signers=())
    policy = parse_root(draft.read_bytes()).policy
    assert [group.members for group in policy.groups if group.name == "operator-1"] == [("w1", "w1b")]
    assert policy.groups_by_name["witnesses"].threshold == 2


def test_a_root_that_leaves_out_a_version_or_changes_one_is_not_published(table: Path, run: Callable[..., str]) -> None:
    data = founded(table, run)
    second = rotated(table, run, "--new-key", "status", signers=("anna", "berta"))
    kept = second.read_bytes()
    run("publish", second, "--dir", data.path)
    other = table / "other.json"
    run("rotate", "--dir", data.path, "--out", other, "--new-key", "directory")
    third = parse_root(other.read_bytes()).content
    assert third.version == 3
    (data.public / "trust/2.json").unlink()
    for person in ("anna", "berta"):
        run("sign", other, "--holder", person, "--keys", table / person)
    with pytest.raises(TrustRootError, match="missing from the chain"):
        run("publish", other, "--dir", data.path)
    second.write_bytes(kept)
    run("publish", second, "--dir", data.path)
    run("publish", other, "--dir", data.path)
    assert published(data).content.version == 3


def test_another_root_under_a_published_number_is_refused(table: Path, run: Callable[..., str]) -> None:
    data = founded(table, run)
    one = rotated(table, run, "--new-key", "status", signers=("anna", "berta")).rename(table / "one.json")
    two = rotated(table, run, "--new-key", "directory", signers=("anna", "berta"))
    run("publish", one, "--dir", data.path)
    with pytest.raises(TrustRootError, match="another root is published"):
        run("publish", two, "--dir", data.path)


def test_a_stolen_key_is_cut_off_and_a_retired_one_ends(table: Path, run: Callable[..., str]) -> None:
    data = founded(table, run)
    keys = {key.holder: key.kid for key in data.trust_root().content.keys}
    options = ["--cut-off", f"{keys['operator-1']}=7", "--retire", keys["status"], "--until", "9"]
    run("publish", rotated(table, run, *options, signers=("anna", "clara")), "--dir", data.path)
    root = published(data)
    assert [root.keys[keys["operator-1"]][0].counts(index) for index in (6, 7)] == [True, False]
    assert [root.keys[keys["status"]][0].counts(index) for index in (8, 9)] == [True, False]


def test_next_keys_go_into_their_places_once_the_root_lists_them(table: Path, run: Callable[..., str]) -> None:
    data = founded(table, run)
    draft = rotated(table, run, "--new-key", "directory", "--new-log-key", signers=("anna", "berta"))
    before = data.key("directory").read_bytes()
    assert "no next key" in run("switch", "--dir", data.path)
    run("publish", draft, "--dir", data.path)
    data.run_file.write_text("{}")
    with pytest.raises(WrongUseError, match="registry runs"):
        run("switch", "--dir", data.path)
    data.run_file.unlink()
    assert "directory, log" in run("switch", "--dir", data.path)
    assert data.key("directory.before-2").read_bytes() == before != data.key("directory").read_bytes()
    assert "no next key" in run("switch", "--dir", data.path)


@pytest.mark.parametrize(
    "options",
    [
        ["--new-key", "nobody"],
        ["--retire", "w9", "--until", "9"],
        ["--retire", "w1"],
        ["--drop-custodian", "nobody"],
        ["--cut-off", "x"],
        ["--cut-off", "x=1"],
    ],
    ids=" ".join,
)
def test_a_change_of_what_is_not_there_is_refused(table: Path, run: Callable[..., str], options: list[str]) -> None:
    founded(table, run)
    with pytest.raises(WrongUseError):
        rotated(table, run, *options, signers=())


def test_a_custodians_keys_are_encrypted_and_never_overwritten(tmp_path: Path, run: Callable[..., str]) -> None:
    run("custodian", "--holder", "emma", "--keys", tmp_path)
    for name in ("emma.pem", "emma-ml-dsa-65.pem"):
        assert b"ENCRYPTED" in (tmp_path / name).read_bytes()
        assert (tmp_path / name).stat().st_mode & 0o077 == 0
    assert b"PRIVATE" not in (tmp_path / "emma.json").read_bytes()
    assert read_custodian(tmp_path / "emma.json")["holder"] == "emma"
    with pytest.raises(WrongUseError, match="exists"):
        run("custodian", "--holder", "emma", "--keys", tmp_path)


def test_a_draft_is_signed_with_the_right_passphrase_only(
    table: Path, run: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = drafted(table, run)
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", "another passphrase")
    with pytest.raises(KeyRefusedError):
        run("sign", draft, "--holder", "anna", "--keys", table / "anna")


def test_what_is_no_custodian_and_no_witness_is_refused(table: Path, run: Callable[..., str]) -> None:
    founded(table, run)
    wrong = table / "wrong.json"
    for text in ("", "[]", "{}", '{"name": "w"}'):
        wrong.write_text(text)
        for option in ("--custodian", "--witness"):
            with pytest.raises(MarkError):
                rotated(table, run, option, wrong, signers=())
