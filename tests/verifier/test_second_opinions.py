"""What is signed here, two libraries of other people verify; what is changed, they refuse."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from tests.world import fork_issued
from verifier.encoding import unb64u
from verifier.mark import parse_mark
from verifier.seal import parse_scan
from verifier.signer import SoftwareSigner


def joserfc_payload(compact: str, signer: SoftwareSigner) -> bytes:
    read = jws.deserialize_compact(compact, ECKey.import_key(signer.jwk), algorithms=["ES256"])
    return bytes(read.payload)


def pyjwt_payload(compact: str, signer: SoftwareSigner) -> Any:
    return jwt.PyJWS().decode(compact, jwt.PyJWK(signer.jwk | {"alg": "ES256"}).key, algorithms=["ES256"])


def signed_here() -> dict[str, tuple[str, SoftwareSigner]]:
    world, mark_id = fork_issued()
    keys, files = world.body.keys, world.sim.files
    issued = next(one.compact for one in world.bundle(mark_id).statements if one.index == 6)
    return {
        "mark": (world.mark(mark_id), keys["decider"]),
        "seal": (files[f"m/{mark_id}/seal.jwt"].decode(), keys["decider"]),
        "attestation": (files[f"m/{mark_id}/attestation.jwt"].decode(), keys["assessor"]),
        "statement": (issued, keys["decider"]),
        "trust list": (files["trust/list.jwt"].decode(), world.sim.ceremony.keys.directory),
    }


@pytest.mark.parametrize("read", [joserfc_payload, pyjwt_payload])
@pytest.mark.parametrize("what", ["mark", "seal", "attestation", "statement", "trust list"])
def test_a_token_verifies_elsewhere(what: str, read: Any) -> None:
    compact, signer = signed_here()[what]
    assert read(compact, signer) == unb64u(compact.split(".")[1])


@pytest.mark.parametrize("read", [joserfc_payload, pyjwt_payload])
def test_a_changed_token_does_not_verify_elsewhere_either(read: Any) -> None:
    compact, signer = signed_here()["mark"]
    head, payload, signature = compact.split(".")
    flipped = payload[:40] + ("A" if payload[40] != "A" else "B") + payload[41:]
    with pytest.raises((JoseError, jwt.PyJWTError)):
        read(f"{head}.{flipped}.{signature}", signer)


def test_the_token_rebuilt_from_a_qr_verifies_elsewhere() -> None:
    world, mark_id = fork_issued()
    decider = world.body.keys["decider"]
    rebuilt = parse_scan(world.qr(mark_id)).token(decider.kid).compact
    assert joserfc_payload(rebuilt, decider) == pyjwt_payload(rebuilt, decider)


def test_a_stock_decoder_with_all_its_checks_accepts_the_mark() -> None:
    world, mark_id = fork_issued()
    mark, decider = parse_mark(world.mark(mark_id)), world.body.keys["decider"]
    options: Any = {"require": ["iss", "sub", "iat", "nbf", "exp", "jti"], "verify_exp": False, "verify_nbf": False}
    key = jwt.PyJWK(decider.jwk | {"alg": "ES256"}).key
    claims = jwt.decode(world.mark(mark_id), key, algorithms=["ES256"], issuer=mark.iss, options=options, leeway=10**9)
    assert (claims["sub"], claims["jti"]) == (mark.sub, mark_id)
