"""The vectors of this product's own formats: they hold, and the generator still writes them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.vectors.evidence_vectors import judged
from tests.vectors.generate_formats import FILES
from tests.vectors.generate_log import serialize
from tests.world import fork
from verifier.directory.files import parse_index, prove_from_shard
from verifier.directory.tree import BucketProof, look_up
from verifier.encoding import digest, unb64u
from verifier.envelope import verify_token
from verifier.errors import EvidenceError, MarkError, NewerVersionError
from verifier.keys import import_jwk
from verifier.mark import parse_mark
from verifier.seal import parse_scan
from verifier.statement import parse_statement
from verifier.statement.approval import parse_approval
from verifier.statement.attestation import parse_attestation
from verifier.statement.key_proof import parse_key_proof
from verifier.status_list import pack, read_status_list
from verifier.trust.content import RootContent
from verifier.trust.root import TrustRoot

FOLDER = Path(__file__).parent.parent / "vectors"
VECTORS = {name: json.loads((FOLDER / name).read_text(encoding="utf-8")) for name in FILES}
SECOND: dict[str, Any] = {
    "evaluation-attestation+jwt": parse_attestation,
    "approval+jwt": parse_approval,
    "key-proof+jwt": parse_key_proof,
}


def read_mark(given: dict[str, Any]) -> dict[str, Any]:
    mark = parse_mark(given["token"])
    verify_token(mark.token, import_jwk(given["key"]))
    return {
        "host": mark.host, "id": mark.id, "iss": mark.iss, "sub": mark.sub, "iat": mark.iat, "nbf": mark.nbf,
        "exp": mark.exp, "scheme": mark.content.scheme, "tier": mark.content.tier, "holder": mark.content.org.name,
        "scope_sha256": mark.content.scope.digest, "digest": mark.token.digest,
    }  # fmt: skip


def read_seal(given: dict[str, Any]) -> dict[str, Any]:
    scanned, key = parse_scan(given["text"]), import_jwk(given["key"])
    token = scanned.token(key.kid)
    verify_token(token, key)
    return {"host": scanned.host, "id": scanned.id, "c": list(vars(scanned.content).values()), "token": token.compact}


def read_statement(given: dict[str, Any]) -> dict[str, Any]:
    statement = parse_statement(given["token"])
    verify_token(statement.token, import_jwk(given["key"]))
    return {
        "type": statement.type,
        "object": statement.object,
        "digest": statement.token.digest,
        "approval_subject": statement.approval_subject,
    }


def read_second(given: dict[str, Any]) -> dict[str, Any]:
    token = SECOND[given["typ"]](given["token"], log=given["log"]).token
    verify_token(token, import_jwk(given["key"]))
    return {"digest": token.digest, "payload": token.payload}


def read_directory(given: dict[str, Any]) -> dict[str, Any]:
    subject = given["subject"]
    if "index" in given:
        index = parse_index(given["index"].encode())
        bits, root, proof = index.bits, unb64u(index.root), prove_from_shard(index, given["shard"].encode(), subject)
    else:
        path = tuple(unb64u(one) for one in given["path"])
        bits, root = given["bits"], unb64u(given["root"])
        proof = BucketProof(given["bucket"], tuple(line.encode() for line in given["lines"]), path)
    record = look_up(proof, subject, bits=bits, root=root)
    return {"record": record.members() if record else None}


def read_bundle(given: dict[str, Any]) -> dict[str, Any]:
    verdict = judged(VECTORS["bundle.json"], given)
    checks = {check.name.value: check.result.value for check in verdict.checks}
    return {"headline": verdict.headline.value, "exit": verdict.exit_code, "checks": checks}


def root_with_status_key(jwk: dict[str, str], host: str) -> TrustRoot:
    pinned = fork().pinned
    assert pinned.host == host
    keys = [one.members() for one in pinned.content.keys if one.role != "status"]
    key = {"jwk": jwk, "kid": import_jwk(jwk).kid, "role": "status", "holder": "status", "from": 0}
    content = RootContent.model_validate({**pinned.content.members(), "keys": [*keys, key]})
    return replace(pinned, content=content)


def read_status(given: dict[str, Any]) -> dict[str, Any]:
    root = root_with_status_key(given["key"], given["host"])
    read = read_status_list(given["token"], root)
    asked = [0, 1, 2, 1023, 4711, 32_767]
    return {
        "no": read.no,
        "size": read.size,
        "exp": read.exp,
        "places": {str(idx): read.entries[idx] for idx in asked},
        "packed": digest(pack(read.entries)),
    }


READ = {
    "mark.json": read_mark,
    "seal.json": read_seal,
    "statement.json": read_statement,
    "attestation.json": read_second,
    "directory.json": read_directory,
    "bundle.json": read_bundle,
    "status-list.json": read_status,
}


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_committed_vectors_are_what_the_generator_writes(name: str) -> None:
    written, committed = serialize(FILES[name]()), (FOLDER / name).read_text(encoding="utf-8")
    assert written == committed, "run python -m tests.vectors.generate_formats and read what changed"


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_vector_is_judged_as_it_says(name: str) -> None:
    for case in VECTORS[name]["cases"]:
        if case["valid"]:
            assert READ[name](case["input"]) == case["expect"], case["name"]
            continue
        expected = NewerVersionError if case["expect"] == {"error": "newer"} else EvidenceError
        with pytest.raises(MarkError) as caught:
            READ[name](case["input"])
        assert isinstance(caught.value, expected), f"{case['name']}: {caught.value!r}"


@pytest.mark.parametrize("name", sorted(FILES))
def test_vectors_have_a_form_names_of_their_own_and_both_answers(name: str) -> None:
    vectors = VECTORS[name]
    assert {"format", "spec", "cases"} <= vectors.keys()
    names = [case["name"] for case in vectors["cases"]]
    assert len(names) == len(set(names))
    assert all(case.keys() == {"name", "input", "valid", "expect", "why"} and case["why"] for case in vectors["cases"])
    assert {case["valid"] for case in vectors["cases"]} == {True, False}
    assert (FOLDER / name).stat().st_size < 400_000


# What the bundle's vectors say, written out a second time: the generator computes it.
HEADLINES = {
    "a good mark": "valid_offline",
    "a good mark, asked live": "valid",
    "a good mark by its QR": "valid_offline",
    "evidence of yesterday, asked live": "valid_offline",
    "after the end": "expired",
    "before the beginning": "not_yet_valid",
    "a flipped character in the token": "forged",
    "a look-alike host": "forged",
    "no text of a mark": "forged",
    "suspended": "suspended",
    "suspended, the entry cut out": "suspended",
}


def test_the_headlines_of_the_bundles_are_the_expected_ones() -> None:
    said = {case["name"]: case["expect"]["headline"] for case in VECTORS["bundle.json"]["cases"] if case["valid"]}
    others = {name: headline for name, headline in said.items() if name not in HEADLINES}
    assert {name: said[name] for name in HEADLINES} == HEADLINES
    assert others.pop("witnesses cut to the quorum") == "valid_offline"
    assert set(others.values()) == {"not_confirmed"}
