"""The credential for the holder's wallet: signed beside the mark, shown in parts, read by other people's libraries."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey
from jwcrypto.jwk import JWK
from jwcrypto.jws import InvalidJWSSignature
from sd_jwt.holder import SDJWTHolder
from sd_jwt.verifier import SDJWTVerifier
from typer.main import get_command

from issuer import queries
from issuer.commands import app
from issuer.intake import Application, read_scope, read_sole_proprietor
from issuer.issue import Waiting
from issuer.scoping import erase_person
from issuer.wallet import Wish
from registry.scenario.simulated_log import HOST
from tests.issuer.conftest import DAY, GRANTED, PACK, filled_sheet
from verifier.credential import DIGESTS, DISCLOSABLE, check_credential, parse_credential, sign_credential
from verifier.encoding import b64u, canonical, digest, read_object
from verifier.envelope import sign_token
from verifier.errors import (
    EnvelopeError,
    EvidenceError,
    KeyRefusedError,
    MalformedError,
    SignatureError,
    StatementError,
)
from verifier.injected import seeded_entropy
from verifier.keys import import_jwk
from verifier.mark import draft_of, parse_mark, sign_mark
from verifier.signer import SoftwareSigner

if TYPE_CHECKING:
    from pathlib import Path

    from tests.issuer.conftest import Evaluator
    from verifier.mark import Mark

NAME = "架空 太郎"
WALLET = SoftwareSigner.generate(seeded_entropy("wallet"))
ALWAYS = {"iss", "sub", "iat", "nbf", "exp", "vct", "mark", "scheme", "tier", "criteria", "basis", "status"}


def issued(evaluator: Evaluator, out: Path, case: str = GRANTED, **wish: Any) -> tuple[str, Mark]:
    """Issue with a credential; return it as it lies in the package, and the mark."""
    waiting = Waiting(looks=5, pause=evaluator.registry.publish)
    done = evaluator.desk.issue(case, out, waiting=waiting, progress=lambda number, text: None, wish=Wish(**wish))
    return (done.folder / "mark.sd-jwt").read_text("ascii"), parse_mark((done.folder / "mark.jwt").read_text())


def read_by_library(compact: str, evaluator: Evaluator, **binding: str) -> dict[str, Any]:
    """Return what the library makes of a presentation under the decider's key."""
    key = JWK(**evaluator.desk.signers["decider"].jwk)
    payload: dict[str, Any] = SDJWTVerifier(compact, lambda issuer, header: key, **binding).get_verified_payload()
    return payload


def presented(compact: str, *names: str, **binding: Any) -> str:
    """Return what a wallet shows of a credential, made by the library."""
    holder = SDJWTHolder(compact)
    holder.create_presentation(dict.fromkeys(names, True), **binding)
    shown: str = holder.sd_jwt_presentation
    return shown


def test_the_library_reads_in_the_credential_all_that_the_mark_says(granted: Evaluator, tmp_path: Path) -> None:
    compact, mark = issued(granted, tmp_path)
    said, org = read_by_library(compact, granted), mark.content.org
    assert said["vct"] == f"https://{HOST}/vct/{mark.content.scheme}/{mark.content.tier}"
    assert (said["iss"], said["sub"], said["mark"]) == (mark.iss, mark.sub, mark.id)
    assert (said["iat"], said["nbf"], said["exp"]) == (mark.iat, mark.nbf, mark.exp)
    assert said["status"] == mark.token.payload["status"]
    assert (said["name"], said["name_latin"]) == (org.name, org.name_latin)
    assert (said["identifiers"], said["domains"]) == (list(org.identifiers), list(org.domains or ()))
    scope = mark.content.scope
    assert (said["scope_summary"], said["covered"], said["ot"]) == (scope.scope_summary, list(scope.covered), scope.ot)
    assert (said["number"], said["scope_kind"]) == (mark.content.number, scope.scope_kind)
    assert set(said) == ALWAYS | set(DISCLOSABLE)


@pytest.mark.parametrize("names", [(), ("name",), ("scope_summary", "covered"), DISCLOSABLE])
def test_a_wallet_shows_what_its_holder_chooses_and_nothing_else(
    granted: Evaluator, tmp_path: Path, names: tuple[str, ...]
) -> None:
    compact, _ = issued(granted, tmp_path)
    shown = presented(compact, *names)
    assert set(read_by_library(shown, granted)) == ALWAYS | set(names)
    assert parse_credential(shown).serialize(*parse_credential(shown).texts) == shown
    hidden = set(parse_credential(compact).texts.values()) - set(parse_credential(shown).texts.values())
    assert [text for text in hidden if text in shown] == []


def test_a_presentation_is_bound_to_the_wallets_key_to_the_asker_and_to_its_nonce(
    granted: Evaluator, tmp_path: Path
) -> None:
    compact, _ = issued(granted, tmp_path, holder_key=import_jwk(WALLET.jwk))
    wallet = JWK.from_pem(WALLET.to_pem(b"x"), b"x")
    shown = presented(compact, "name", nonce="n-1", aud="https://buyer.example", holder_key=wallet)
    said = read_by_library(shown, granted, expected_aud="https://buyer.example", expected_nonce="n-1")
    assert said["cnf"] == {"jwk": WALLET.jwk}
    for wrong in ({"expected_aud": "https://other.example"}, {"expected_nonce": "n-2"}):
        asked = {"expected_aud": "https://buyer.example", "expected_nonce": "n-1"} | wrong
        with pytest.raises(ValueError, match="Invalid"):
            read_by_library(shown, granted, **asked)
    other = JWK.generate(kty="EC", crv="P-256")
    thief = presented(compact, "name", nonce="n-1", aud="https://buyer.example", holder_key=other)
    with pytest.raises(InvalidJWSSignature):
        read_by_library(thief, granted, expected_aud="https://buyer.example", expected_nonce="n-1")


def test_joserfc_verifies_the_issuers_token_and_its_type(granted: Evaluator, tmp_path: Path) -> None:
    compact, mark = issued(granted, tmp_path)
    token, key = compact.partition("~")[0], granted.desk.signers["decider"]
    verified = jws.deserialize_compact(token, ECKey.import_key(key.jwk), algorithms=["ES256"])
    assert (verified.headers()["typ"], verified.headers()["kid"]) == ("dc+sd-jwt", key.kid)
    assert read_object(verified.payload)["mark"] == mark.id


def test_the_token_itself_names_nobody_and_nobody_counts_what_is_not_shown(granted: Evaluator, tmp_path: Path) -> None:
    compact, mark = issued(granted, tmp_path)
    payload = parse_credential(compact).token.payload
    assert mark.content.org.name not in json.dumps(payload, ensure_ascii=False)
    assert mark.content.scope.scope_summary not in json.dumps(payload, ensure_ascii=False)
    assert len(payload["_sd"]) == DIGESTS == len(set(payload["_sd"]))
    assert payload["_sd"] == sorted(payload["_sd"])
    salts = set(parse_credential(compact).texts.values())
    assert len(salts) == len(DISCLOSABLE)


def test_without_a_wish_nothing_changes(granted: Evaluator, tmp_path: Path) -> None:
    done = granted.issue(GRANTED, tmp_path)
    assert not (done.folder / "mark.sd-jwt").exists()
    assert "sd-jwt" not in (done.folder / "README.txt").read_text("utf-8")


def test_a_run_that_goes_on_keeps_the_credential_that_was_signed(granted: Evaluator, tmp_path: Path) -> None:
    first, _ = issued(granted, tmp_path)
    again, _ = issued(granted, tmp_path, holder_key=import_jwk(WALLET.jwk))
    assert again == first
    assert (granted.issue(GRANTED, tmp_path).folder / "mark.sd-jwt").read_text("ascii") == first


def test_the_credential_is_sent_to_nobody_and_published_nowhere(granted: Evaluator, tmp_path: Path) -> None:
    compact, _ = issued(granted, tmp_path)
    token = compact.partition("~")[0].encode()
    assert [path for path, data in granted.sim.files.items() if token in data] == []
    assert [sent for sent in granted.registry.sent if "sd-jwt" in sent or compact in sent] == []


def test_a_sole_proprietors_name_stands_in_a_disclosure_only_and_is_erased_with_it(
    evaluator: Evaluator, tmp_path: Path
) -> None:
    holder, person = read_sole_proprietor(name=NAME, host=HOST, entropy=evaluator.sim.entropy)
    scope = read_scope(kind="company", summary="全事業")
    desk = evaluator.desk
    case = desk.open_case(Application(PACK.scheme, PACK.version, 3, holder, scope, person)).id
    desk.import_answers(case, filled_sheet(3, form="csv"), "answers.csv")
    desk.confirm_by_expert(case, kind="body_holder", by="h-99aa")
    desk.swear_oath(case, officer="代表者")
    evaluator.sim.now += 3600
    desk.attest(case)
    evaluator.sim.now += DAY
    evaluator.sim.publish()
    desk.decide(case, "granted")
    compact, mark = issued(evaluator, tmp_path, case)
    assert read_by_library(compact, evaluator)["name"] == NAME
    assert NAME not in json.dumps(mark.token.payload, ensure_ascii=False)
    assert "name" not in read_by_library(presented(compact, "number"), evaluator)
    assert b64u(NAME.encode()) not in compact.partition("~")[0]
    erase_person(desk, case)
    with desk.database.transaction() as session:
        issuance = queries.load_issuance(session, case)
    assert issuance is not None
    assert issuance.signed is not None
    assert issuance.signed.credential is None


def made(mark: Mark, signer: SoftwareSigner, **given: Any) -> str:
    return sign_credential(mark, entropy=seeded_entropy("credential"), signer=signer, **given)


def test_a_credential_does_not_say_that_its_holder_is_unlisted(granted: Evaluator, tmp_path: Path) -> None:
    _, mark = issued(granted, tmp_path)
    signer, draft = granted.desk.signers["decider"], draft_of(mark)
    hidden = replace(draft, holder=draft.holder.model_copy(update={"unlisted": True}))
    content = mark.content
    signed = sign_mark(hidden, iat=mark.iat, seal_sha256=content.seal_sha256, nonce=content.nonce, signer=signer)
    unlisted = parse_mark(signed)
    assert unlisted.content.org.unlisted is True
    credential = parse_credential(sign_credential(unlisted, entropy=granted.sim.entropy, signer=signer))
    check_credential(credential, unlisted, import_jwk(signer.jwk))
    assert set(credential.shown) == set(DISCLOSABLE)


def test_a_credential_that_says_something_else_than_the_mark_is_refused(granted: Evaluator, tmp_path: Path) -> None:
    _, mark = issued(granted, tmp_path)
    signer = granted.desk.signers["decider"]
    assert isinstance(signer, SoftwareSigner)
    key = import_jwk(signer.jwk)
    good = parse_credential(made(mark, signer))
    check_credential(good, mark, key)
    with pytest.raises(SignatureError):
        check_credential(good, mark, import_jwk(WALLET.jwk))
    for changes in ({"tier": 3}, {"exp": mark.exp + 1}, {"sub": f"https://{HOST}/o/0188-5010005007126"}):
        altered = sign_token({**good.token.payload, **changes}, typ="dc+sd-jwt", signer=signer)
        compact = "~".join([altered, *good.texts.values(), ""])
        with pytest.raises(StatementError):
            check_credential(parse_credential(compact), mark, key)
    with pytest.raises(StatementError):
        check_credential(parse_credential(good.serialize("name")), mark, key)
    with pytest.raises(StatementError):
        made(mark, signer, name="somebody")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda good: good.token.compact,
        lambda good: good.serialize() + "x.y.z",
        lambda good: good.serialize("name", "name"),
        lambda good: good.serialize() + f"{b64u(canonical(['c2FsdA', 'name', 'x']))}~",
        lambda good: good.serialize() + f"{b64u(canonical(['c2FsdA', 'iss', 'x']))}~",
        lambda good: good.serialize() + f"{b64u(canonical(['c2FsdA', 'x']))}~",
        lambda good: good.serialize() + "=~",
        lambda good: good.serialize("name").replace("~", "~~", 1),
        lambda good: good.serialize() + "A" * 40_000,
        lambda good: "",
        lambda good: "~",
    ],
)
def test_a_credential_that_is_put_together_wrongly_is_refused(granted: Evaluator, tmp_path: Path, spoil: Any) -> None:
    good = parse_credential(issued(granted, tmp_path)[0])
    with pytest.raises(EvidenceError):
        parse_credential(spoil(good))


def test_a_disclosure_under_a_digest_of_the_token_but_of_another_name_is_refused(
    granted: Evaluator, tmp_path: Path
) -> None:
    good, signer = parse_credential(issued(granted, tmp_path)[0]), granted.desk.signers["decider"]
    text = b64u(canonical(["c2FsdA", "exp", 1]))
    payload = good.token.payload | {"_sd": sorted([digest(text.encode()), *good.token.payload["_sd"][1:]])}
    with pytest.raises(MalformedError):
        parse_credential(f"{sign_token(payload, typ='dc+sd-jwt', signer=signer)}~{text}~")
    for changes in ({"_sd": payload["_sd"][1:]}, {"_sd_alg": "sha-512"}, {"vct": None}):
        with pytest.raises(EvidenceError):
            parse_credential(sign_token(good.token.payload | changes, typ="dc+sd-jwt", signer=signer) + "~")
    bound = good.token.payload | {"cnf": {"jwk": {**WALLET.jwk, "d": "AAAA"}}}
    compact = sign_token(bound, typ="dc+sd-jwt", signer=signer) + "~"
    with pytest.raises(KeyRefusedError):
        parse_credential(compact)


def test_a_mark_is_no_credential_and_a_credential_no_mark(granted: Evaluator, tmp_path: Path) -> None:
    compact, mark = issued(granted, tmp_path)
    with pytest.raises(EnvelopeError):
        parse_credential(mark.token.compact + "~")
    with pytest.raises(EnvelopeError):
        parse_mark(compact.partition("~")[0])


def test_a_wallets_key_that_is_none_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    file = tmp_path / "wallet.json"
    file.write_text(json.dumps({**WALLET.jwk, "d": "AAAA"}))
    command = ["issue", GRANTED, "--out", str(tmp_path), "--holder-key", str(file), "--desk", str(tmp_path / "none")]
    with pytest.raises(KeyRefusedError):
        get_command(app).main(args=command, prog_name="shirushi issuer", standalone_mode=False)
