"""A decider's key on a machine without a network: a file goes there, a file comes back, and nothing else is needed."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from typer.main import get_command

from issuer.batch.spool import send_spooled
from issuer.commands import app
from issuer.identity import Identity, KeyPlace
from issuer.offline import read_answer, sign_request_file
from issuer.offline_desk import export_to_sign, import_signed
from issuer.options import PASSPHRASE
from registry.scenario import cast
from tests.issuer.batch_world import QUIET, BatchWorld, batch_world
from verifier.encoding import canonical, read_object
from verifier.errors import (
    ConflictError,
    KeyRefusedError,
    MalformedError,
    MarkError,
    NewerVersionError,
    RefusedError,
    SignatureError,
    StatementError,
    WrongUseError,
)
from verifier.injected import seeded_entropy
from verifier.mark import parse_mark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from issuer.batch.group import Settled

HOUR = 3600
ENTROPY = seeded_entropy("air gap")


@dataclass
class TwoMachines:
    """The connected desk without the decider's key, and the decider's machine without a connection."""

    bench: BatchWorld

    def export(self, *cases: str) -> bytes:
        return export_to_sign(self.bench.with_signers("desk"), list(cases))

    def sign(self, request: bytes, *, role: Any = "decider", places: Any = None, at: int | None = None) -> bytes:
        identity = Identity(cast.HOST, cast.BODY_NO, places or cast.PLACES)
        signers: Any = {"decider": self.bench.desk.signers[role]}
        return sign_request_file(
            request, identity=identity, signers=signers, at=at or self.bench.world.clock(), entropy=ENTROPY
        )

    def take_in(self, answer: bytes) -> Settled:
        kid = self.bench.desk.signers["decider"].kid
        return import_signed(self.bench.with_signers(), answer, decider_kid=kid)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[TwoMachines]:
    with batch_world(tmp_path, seed="offline") as bench:
        bench.grant(3)
        yield TwoMachines(bench)


def changed(data: bytes, **members: Any) -> bytes:
    return canonical(read_object(data) | members)


def changed_mark(data: bytes, at: int = 0, **members: Any) -> bytes:
    marks = read_object(data)["marks"]
    marks[at] = marks[at] | members
    return changed(data, marks=marks)


def test_what_was_signed_without_a_network_is_taken_in_and_issued_hours_later(two: TwoMachines) -> None:
    request = two.export("C-000001", "C-000002")
    two.bench.world.pass_time(2 * HOUR)
    answer = two.sign(request)
    two.bench.world.pass_time(6 * HOUR)
    settled = two.take_in(answer)
    assert (settled.admitted.keys(), settled.refused) == ({"C-000001", "C-000002"}, {})
    assert len(two.bench.marks_in_log()) == 2
    assert two.take_in(answer).refused == {}
    assert len(two.bench.marks_in_log()) == 2


def test_the_request_shows_everything_that_is_signed(two: TwoMachines) -> None:
    request = two.export("C-000003")
    [wanted] = json.loads(request)["marks"]
    mark = parse_mark(read_answer(two.sign(request)).signed["C-000003"].mark)
    draft = wanted["draft"]
    assert (draft["id"], draft["nbf"], draft["exp"], draft["number"]) == (
        mark.id,
        mark.nbf,
        mark.exp,
        mark.content.number,
    )
    assert draft["holder"] == mark.content.org.members()
    assert "規程 12 条" not in request.decode()


def test_an_answer_that_comes_back_a_day_late_is_kept_refused_and_exported_again(two: TwoMachines) -> None:
    answer = two.sign(two.export("C-000001"))
    two.bench.world.pass_time(24 * HOUR)
    two.bench.publish()
    assert "C-000001" in two.take_in(answer).refused
    assert two.bench.marks_in_log() == []
    fresh = two.sign(two.export("C-000001"))
    assert fresh != answer
    assert two.take_in(fresh).admitted.keys() == {"C-000001"}
    with pytest.raises(RefusedError):
        two.take_in(answer)
    assert len(two.bench.marks_in_log()) == 1


def test_a_second_answer_for_the_same_case_is_a_conflict(two: TwoMachines) -> None:
    request = two.export("C-000001")
    two.bench.line.away.add("api")
    assert two.take_in(two.sign(request)).away is not None
    with pytest.raises(ConflictError, match="something else is signed"):
        two.take_in(two.sign(request))
    two.bench.line.away.clear()
    two.bench.world.pass_time(HOUR)
    assert len(send_spooled(two.bench.with_signers(), QUIET, renew=False).admitted) == 1


def test_an_issued_case_is_not_exported_again(two: TwoMachines) -> None:
    two.take_in(two.sign(two.export("C-000001")))
    with pytest.raises(RefusedError, match="is issued already"):
        two.export("C-000001")


@pytest.mark.parametrize("hours", [-1, 23])
def test_a_request_is_signed_on_its_day_only(two: TwoMachines, hours: int) -> None:
    request = two.export("C-000001")
    with pytest.raises(RefusedError, match="is signed within 22 hours"):
        two.sign(request, at=two.bench.world.clock() + hours * HOUR)


def test_a_request_for_another_person_is_not_signed(two: TwoMachines) -> None:
    places = {**cast.PLACES, "decider": KeyPlace("h-other", 2)}
    with pytest.raises(RefusedError, match="the request is for"):
        two.sign(two.export("C-000001"), places=places)


def test_who_attested_does_not_sign(two: TwoMachines) -> None:
    with pytest.raises(RefusedError, match="attested with this very key"):
        two.sign(two.export("C-000001"), role="assessor")


def test_without_the_key_nothing_is_signed(two: TwoMachines) -> None:
    identity = Identity(cast.HOST, cast.BODY_NO, cast.PLACES)
    with pytest.raises(WrongUseError, match="decider's key is not open"):
        sign_request_file(two.export("C-000001"), identity=identity, signers={}, at=1, entropy=ENTROPY)


@pytest.mark.parametrize(
    ("lie", "error"),
    [
        ({"kind": "signed"}, StatementError),
        ({"v": 2}, NewerVersionError),
        ({"comment": "please"}, NewerVersionError),
        ({"zone": "Mars/Olympus"}, StatementError),
        ({"marks": []}, StatementError),
        ({"exported_at": "now"}, StatementError),
    ],
)
def test_a_request_outside_its_form_is_not_signed(
    two: TwoMachines, lie: dict[str, Any], error: type[MarkError]
) -> None:
    with pytest.raises(error):
        two.sign(changed(two.export("C-000001"), **lie))


def test_a_case_that_stands_twice_in_a_file_is_refused(two: TwoMachines) -> None:
    request = two.export("C-000001", "C-000002")
    with pytest.raises(StatementError, match="names a case twice"):
        two.sign(changed_mark(request, 1, case="C-000001"))
    with pytest.raises(StatementError, match="names a case twice"):
        two.take_in(changed_mark(two.sign(request), 1, case="C-000001"))


def test_a_holder_that_was_changed_on_the_way_is_not_signed(two: TwoMachines) -> None:
    request = two.export("C-000001")
    draft = read_object(request)["marks"][0]["draft"]
    draft["holder"]["name"] = "株式会社すりかえ"
    with pytest.raises(RefusedError, match="attested another mark, holder"):
        two.sign(changed_mark(request, draft=draft))


def test_a_longer_term_that_was_slipped_in_on_the_way_is_not_taken_in(two: TwoMachines) -> None:
    request = two.export("C-000001")
    draft = read_object(request)["marks"][0]["draft"]
    draft["exp"] += 86_400
    answer = two.sign(changed_mark(request, draft=draft))
    with pytest.raises(RefusedError, match=r"not the mark .* as it was decided"):
        two.take_in(answer)
    assert two.bench.desk.issuance("C-000001") is None


def test_an_answer_by_another_key_is_not_taken_in(two: TwoMachines) -> None:
    answer = two.sign(two.export("C-000001"))
    with pytest.raises(KeyRefusedError, match="another key"):
        two.take_in(changed(answer, jwk=two.bench.desk.signers["assessor"].jwk))
    with pytest.raises(SignatureError):
        import_signed(two.bench.desk, changed(answer, jwk=two.bench.desk.signers["desk"].jwk), decider_kid=None)


def test_of_an_answer_with_one_wrong_mark_nothing_is_stored(two: TwoMachines) -> None:
    answer = two.sign(two.export("C-000001", "C-000002"))
    first = read_object(answer)["marks"][0]
    with pytest.raises(MarkError):
        two.take_in(changed_mark(answer, 1, mark=first["mark"]))
    assert [two.bench.desk.issuance(case) for case in ("C-000001", "C-000002")] == [None, None]


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"v": 1, "v": 1}', b"\xff"])
def test_a_file_that_is_none_is_refused_in_words(two: TwoMachines, data: bytes) -> None:
    for reading in (two.sign, two.take_in):
        with pytest.raises((MalformedError, StatementError)):
            reading(data)


def test_the_signing_machine_needs_settings_and_key_and_asks_before_it_signs(
    two: TwoMachines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(PASSPHRASE, "a long passphrase of the desk")
    monkeypatch.setattr("issuer.offline_commands.present", two.bench.world.clock)
    where = ["--host", cast.HOST, "--body", str(cast.BODY_NO), "--read", "http://127.0.0.1:9", "--api"]
    people = ["--assessor", cast.PLACES["assessor"].holder, "--decider", cast.PLACES["decider"].holder]
    run("init", *where, "http://127.0.0.1:9", *people, "--desk", str(tmp_path / "desk"))
    away = tmp_path / "air-gapped"
    (away / "keys").mkdir(parents=True)
    shutil.copy(tmp_path / "desk" / "desk.toml", away)
    shutil.move(tmp_path / "desk" / "keys" / "decider.pem", away / "keys" / "decider.pem")
    (tmp_path / "request.json").write_bytes(two.export("C-000001", "C-000003"))
    files = [str(tmp_path / "request.json"), "--out", str(tmp_path / "signed.json"), "--desk", str(away)]
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", open("/dev/null"))  # noqa: SIM115 - nobody answers
    with pytest.raises(Exception, match=r"^$"):
        run("sign", *files)
    assert not (tmp_path / "signed.json").exists()
    run("sign", *files, "--yes")
    shown = capsys.readouterr().out
    assert "見本第1株式会社" in shown
    assert read_answer((tmp_path / "signed.json").read_bytes()).signed.keys() == {"C-000001", "C-000003"}
    assert sorted(file.name for file in away.iterdir()) == ["desk.toml", "keys"]


def run(*arguments: str) -> None:
    get_command(app).main(args=list(arguments), prog_name="shirushi issuer", standalone_mode=False)
