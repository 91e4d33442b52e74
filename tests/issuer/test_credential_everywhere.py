"""Whatever signs a mark signs its credential in the same act: in batches, offline, anew after an outage, corrected."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier
from token_status_list import BitArray

from issuer.batch.rows import read_sheet
from issuer.batch.run import issue_batch
from issuer.batch.spool import send_spooled
from issuer.correct import Correction, correct
from issuer.identity import Identity
from issuer.issue import Waiting
from issuer.mark_acts import say, suspension
from issuer.offline import read_request, sign_request_file
from issuer.offline_desk import export_to_sign, import_signed
from issuer.wallet import Wish, ask, take_back
from registry.scenario import cast
from tests.issuer.batch_world import QUIET, BatchWorld, batch_world
from tests.issuer.granted_cases import sheet_file
from verifier.credential import parse_credential
from verifier.encoding import canonical, read_object
from verifier.errors import KeyRefusedError, MarkError, RefusedError, UnavailableError
from verifier.injected import seeded_entropy
from verifier.keys import import_jwk
from verifier.mark import parse_mark
from verifier.signer import SoftwareSigner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from issuer.batch.rows import BatchSheet

HOUR = 3600
PEERS = Path(__file__).parent.parent / "federation" / "peers"
ENTROPY = seeded_entropy("credentials")
WALLET = SoftwareSigner.generate(seeded_entropy("wallet"))
FIRST, SECOND, THIRD = "C-000001", "C-000002", "C-000003"


@dataclass
class Desk:
    """A desk with three granted cases, and the folder that its packages go into."""

    bench: BatchWorld
    out: Path
    sheet: BatchSheet

    def run(self, **wishes: Any) -> Any:
        return issue_batch(self.bench.desk, self.sheet, QUIET, **wishes)

    def package(self, case: str) -> Path:
        waiting = Waiting(looks=5, pause=lambda seconds: self.bench.publish())
        keyless = self.bench.with_signers()
        return keyless.issue(case, self.out, waiting=waiting, progress=lambda number, text: None).folder

    def credential(self, case: str) -> str:
        return (self.package(case) / "mark.sd-jwt").read_text("ascii")

    def sign_away(self, request: bytes) -> bytes:
        identity = Identity(cast.HOST, cast.BODY_NO, cast.PLACES)
        signers: Any = {"decider": self.bench.desk.signers["decider"]}
        at = self.bench.world.clock()
        return sign_request_file(request, identity=identity, signers=signers, at=at, entropy=ENTROPY)

    def take_in(self, answer: bytes) -> Any:
        kid = self.bench.desk.signers["decider"].kid
        return import_signed(self.bench.with_signers(), answer, decider_kid=kid)

    def check(self, case: str) -> dict[str, Any]:
        """Have a stranger's library read the credential of a package, and return what it makes of it."""
        folder = self.package(case)
        mark = parse_mark((folder / "mark.jwt").read_text("ascii"))
        key = JWK(**self.bench.desk.signers["decider"].jwk)
        compact = (folder / "mark.sd-jwt").read_text("ascii")
        said: dict[str, Any] = SDJWTVerifier(compact, lambda issuer, header: key).get_verified_payload()
        org, content = mark.content.org, mark.content
        assert (said["iss"], said["sub"], said["iat"], said["nbf"], said["exp"]) == (
            mark.iss,
            mark.sub,
            mark.iat,
            mark.nbf,
            mark.exp,
        )
        assert (said["mark"], said["number"], said["name"]) == (mark.id, content.number, org.name)
        assert said["status"] == mark.token.payload["status"]
        return said

    def status(self, said: dict[str, Any]) -> int:
        """Return what the status list at the credential's own reference says, as a stranger's library reads it."""
        place = said["status"]["status_list"]
        listed = self.bench.world.stage.http.get(f"http://read{place['uri'].partition(cast.HOST)[2]}")
        key = ECKey.import_key(self.bench.world.ceremony.keys.status.jwk)
        opened = jws.deserialize_compact(listed.text, key, algorithms=["ES256"])
        lists = json.loads(opened.payload or b"")["status_list"]
        found: int = BitArray.load({name: lists[name] for name in ("bits", "lst")})[place["idx"]]
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with batch_world(tmp_path, seed="credentials") as bench:
        sheet = sheet_file(tmp_path, bench.grant(3))
        yield Desk(bench, tmp_path / "marks", read_sheet(sheet.read_bytes(), filename=sheet.name))


def test_every_mark_of_a_batch_has_its_credential_and_a_strangers_library_reads_each(desk: Desk) -> None:
    ask(desk.bench.desk, [SECOND], import_jwk(WALLET.jwk))
    desk.run(credentials=True).check()
    said = [desk.check(case) for case in (FIRST, SECOND, THIRD)]
    assert [one.get("cnf") for one in said] == [None, {"jwk": WALLET.jwk}, None]
    assert len({one["mark"] for one in said}) == 3
    assert [desk.status(one) for one in said] == [0, 0, 0]


def test_a_batch_that_was_not_asked_for_credentials_signs_those_that_cases_ask_for(desk: Desk) -> None:
    ask(desk.bench.desk, [SECOND])
    ask(desk.bench.desk, [THIRD])
    take_back(desk.bench.desk, THIRD)
    desk.run().check()
    assert [(desk.package(case) / "mark.sd-jwt").exists() for case in (FIRST, SECOND, THIRD)] == [False, True, False]


def test_a_batch_that_goes_on_without_being_asked_again_still_signs_them(desk: Desk) -> None:
    desk.bench.line.away.add("read")
    with pytest.raises(UnavailableError):
        desk.run(credentials=True)
    desk.bench.line.away.clear()
    desk.run().check()
    assert len({desk.check(case)["mark"] for case in (FIRST, SECOND, THIRD)}) == 3


def test_credentials_are_sent_to_nobody(desk: Desk) -> None:
    desk.run(credentials=True).check()
    tokens = [desk.credential(case).partition("~")[0].encode() for case in (FIRST, SECOND, THIRD)]
    assert [token for token in tokens if any(token in body for body in desk.bench.line.sent)] == []
    public = [path.read_bytes() for path in desk.bench.world.public.rglob("*") if path.is_file()]
    assert [token for token in tokens if any(token in data for data in public)] == []


def test_what_is_signed_anew_after_an_outage_keeps_its_credential_in_step_with_the_mark(desk: Desk) -> None:
    desk.bench.line.away.add("api")
    ask(desk.bench.desk, [FIRST], import_jwk(WALLET.jwk))
    desk.run(credentials=True)
    first = {case: signed(desk, case).credential for case in (FIRST, SECOND)}
    desk.bench.line.away.clear()
    desk.bench.world.pass_time(24 * HOUR)
    desk.bench.publish()
    assert len(send_spooled(desk.bench.desk, QUIET, renew=True).admitted) == 3
    desk.bench.publish()
    assert desk.check(FIRST)["cnf"] == {"jwk": WALLET.jwk}
    assert desk.check(SECOND)["mark"] == parse_mark(signed(desk, SECOND).mark).id
    assert first != {case: signed(desk, case).credential for case in (FIRST, SECOND)}


def test_a_machine_without_a_network_signs_the_credentials_that_the_request_asks_for(desk: Desk) -> None:
    ask(desk.bench.desk, [FIRST], import_jwk(WALLET.jwk))
    request = export_to_sign(desk.bench.with_signers("desk"), [FIRST, SECOND], credentials=True)
    assert [one.credential is not None for one in read_request(request).marks] == [True, True]
    answer = desk.sign_away(request)
    assert desk.take_in(answer).admitted.keys() == {FIRST, SECOND}
    desk.bench.publish()
    assert desk.check(FIRST)["cnf"] == {"jwk": WALLET.jwk}
    assert "cnf" not in desk.check(SECOND)


def test_a_request_without_credentials_is_the_same_to_the_member(desk: Desk) -> None:
    request = read_object(export_to_sign(desk.bench.with_signers("desk"), [FIRST]))
    assert "credential" not in request["marks"][0]
    answer = read_object(desk.sign_away(canonical(request)))
    assert set(answer["marks"][0]) == {"case", "seal", "mark", "statement"}


def test_an_answer_that_left_the_credential_out_or_bound_it_to_another_wallet_is_not_taken_in(desk: Desk) -> None:
    ask(desk.bench.desk, [FIRST], import_jwk(WALLET.jwk))
    request = read_object(export_to_sign(desk.bench.with_signers("desk"), [FIRST]))
    [wanted] = request["marks"]
    left_out = {name: value for name, value in wanted.items() if name != "credential"}
    with pytest.raises(RefusedError, match="lacks the credential"):
        desk.take_in(desk.sign_away(canonical({**request, "marks": [left_out]})))
    thief = SoftwareSigner.generate(seeded_entropy("thief"))
    with pytest.raises(KeyRefusedError, match="another key than the wallet's"):
        desk.take_in(desk.sign_away(canonical({**request, "marks": [{**wanted, "credential": {"jwk": thief.jwk}}]})))
    bare = desk.sign_away(canonical(request))
    take_back(desk.bench.desk, FIRST)
    with pytest.raises(RefusedError, match="nobody asked for"):
        desk.take_in(bare)
    assert desk.bench.desk.issuance(FIRST) is None


def test_a_credential_of_another_mark_that_was_slipped_into_an_answer_is_not_taken_in(desk: Desk) -> None:
    answer = read_object(desk.sign_away(export_to_sign(desk.bench.desk, [FIRST, SECOND], credentials=True)))
    first, second = answer["marks"]
    answer["marks"] = [{**first, "credential": second["credential"]}, second]
    with pytest.raises(MarkError, match="says something else than the mark"):
        desk.take_in(canonical(answer))
    assert [desk.bench.desk.issuance(case) for case in (FIRST, SECOND)] == [None, None]


def test_a_correction_signs_a_new_credential_that_says_the_new_name_and_has_the_same_status_place(desk: Desk) -> None:
    ask(desk.bench.desk, [FIRST], import_jwk(WALLET.jwk))
    desk.run().check()
    desk.bench.publish()
    before = desk.check(FIRST)
    corrected = correct(desk.bench.desk, before["mark"], Correction(name="株式会社見本第一"))
    desk.bench.publish()
    after = desk.check(FIRST)
    assert (before["name"], after["name"]) == ("見本第1株式会社", "株式会社見本第一")
    assert desk.credential(FIRST) == corrected.signed.credential
    same = ("mark", "number", "nbf", "exp", "status", "vct", "cnf")
    assert [after[name] for name in same] == [before[name] for name in same]
    assert desk.status(after) == 0
    bundle = json.loads((desk.package(FIRST) / "bundle.json").read_bytes())
    assert corrected.signed.mark in json.dumps(bundle)
    say(desk.bench.desk, suspension(after["mark"], reason="nonconformity", lift_by=now(desk) + 100, now=now(desk)))
    desk.bench.publish()
    assert (desk.status(after), desk.status(before)) == (2, 2)


def test_a_correction_for_which_a_credential_is_asked_once_more_stays_bound_to_the_wallet(desk: Desk) -> None:
    ask(desk.bench.desk, [FIRST], import_jwk(WALLET.jwk))
    desk.run().check()
    desk.bench.publish()
    mark = parse_mark(signed(desk, FIRST).mark).id
    correct(desk.bench.desk, mark, Correction(name="株式会社見本第一"), wish=Wish())
    desk.bench.publish()
    assert desk.check(FIRST)["cnf"] == {"jwk": WALLET.jwk}


def test_a_correction_of_a_mark_without_a_credential_signs_one_only_if_it_is_asked_for(desk: Desk) -> None:
    desk.run().check()
    desk.bench.publish()
    marks = [parse_mark(signed(desk, case).mark).id for case in (FIRST, SECOND)]
    plain = correct(desk.bench.desk, marks[0], Correction(name="株式会社見本第一"))
    asked = correct(desk.bench.desk, marks[1], Correction(name="株式会社見本第二"), wish=Wish())
    desk.bench.publish()
    assert (plain.signed.credential, asked.signed.credential is not None) == (None, True)
    assert desk.check(SECOND)["name"] == "株式会社見本第二"
    again = correct(desk.bench.desk, marks[1], Correction(domains=("sample.example",)))
    desk.bench.publish()
    assert again.signed.credential is not None
    assert desk.check(SECOND)["domains"] == ["sample.example"]


def test_a_correction_whose_answer_was_lost_goes_on_with_the_very_same_credential(desk: Desk) -> None:
    ask(desk.bench.desk, [FIRST])
    desk.run().check()
    desk.bench.publish()
    mark, wanted = parse_mark(signed(desk, FIRST).mark).id, Correction(name="株式会社見本第一")
    desk.bench.line.lost.add("api")
    with pytest.raises(UnavailableError):
        correct(desk.bench.desk, mark, wanted)
    desk.bench.line.lost.clear()
    once = correct(desk.bench.desk, mark, wanted)
    assert correct(desk.bench.desk, mark, wanted) == once
    desk.bench.publish()
    assert desk.credential(FIRST) == once.signed.credential
    assert desk.check(FIRST)["name"] == "株式会社見本第一"


def test_a_correction_that_the_registry_refuses_leaves_nothing_behind(desk: Desk) -> None:
    ask(desk.bench.desk, [FIRST])
    desk.run().check()
    desk.bench.publish()
    before = desk.check(FIRST)
    say(desk.bench.desk, suspension(before["mark"], reason="nonconformity", lift_by=now(desk) + 100, now=now(desk)))
    with pytest.raises(RefusedError):
        correct(desk.bench.desk, before["mark"], Correction(name="株式会社見本第一"))
    assert desk.credential(FIRST) == signed(desk, FIRST).credential
    assert desk.check(FIRST)["name"] == before["name"]


def test_what_was_signed_without_a_credential_gets_none_afterwards(desk: Desk) -> None:
    desk.run().check()
    assert ask(desk.bench.desk, [FIRST, SECOND]) == (FIRST, SECOND)
    assert not (desk.package(FIRST) / "mark.sd-jwt").exists()


@pytest.mark.skipif(not (PEERS / "node_modules").is_dir() and not os.environ.get("CI"), reason="make peers")
def test_libraries_of_another_language_read_each_of_them_before_and_after_a_suspension(desk: Desk) -> None:
    answer = desk.sign_away(export_to_sign(desk.bench.desk, [FIRST], credentials=True))
    assert desk.take_in(answer).admitted.keys() == {FIRST}
    replace(desk, sheet=replace(desk.sheet, lines=desk.sheet.lines[1:])).run(credentials=True).check()
    desk.bench.publish()
    name, changed = "株式会社見本第二", desk.check(SECOND)["mark"]
    correct(desk.bench.desk, changed, Correction(name=name))
    desk.bench.publish()
    told = [read_by_peers(desk, case) for case in (FIRST, SECOND, THIRD)]
    assert [one["name"] for one in told] == ["見本第1株式会社", name, "見本第3株式会社"]
    assert [one["statuses"] for one in told] == [[0], [0], [0]]
    say(desk.bench.desk, suspension(changed, reason="nonconformity", lift_by=now(desk) + 100, now=now(desk)))
    desk.bench.publish()
    assert [read_by_peers(desk, case)["statuses"] for case in (FIRST, SECOND)] == [[0], [2]]


def read_by_peers(desk: Desk, case: str) -> dict[str, Any]:
    """Return what the packages from npm make of a presentation, with what they fetch taken from the reader."""
    compact, world = desk.credential(case), desk.bench.world
    claims = parse_credential(compact).claims
    body = claims.iss.partition(cast.HOST)[2]
    addresses = [claims.vct, claims.status.status_list.uri, f"https://{cast.HOST}/.well-known/jwt-vc-issuer{body}"]
    answers = {}
    for url in addresses:
        answer = world.stage.http.get(f"http://read{url.partition(cast.HOST)[2]}")
        given = {"status": answer.status_code, "type": answer.headers["content-type"], "body": answer.text}
        answers[url] = given
    status = world.ceremony.keys.status
    keys = {"keys": [{**status.jwk, "kid": status.kid}]}
    file = desk.out / "given.json"
    told = {"now": now(desk), "parts": ["credential"], "answers": answers, "statusKeys": keys, "credential": compact}
    file.write_text(json.dumps(told))
    ran = subprocess.run(["node", PEERS / "read.mjs", file], capture_output=True, text=True)
    if ran.returncode:
        raise ChildProcessError(ran.stderr)
    read: dict[str, Any] = json.loads(ran.stdout)["credential"]
    return read


def signed(desk: Desk, case: str) -> Any:
    issuance = desk.bench.desk.issuance(case)
    assert issuance is not None
    return issuance.signed


def now(desk: Desk) -> int:
    at: int = desk.bench.world.clock()
    return at
