"""Libraries from npm read what is published, unmodified: jose, OpenID Federation, Token Status List, SD-JWT VC.

They are fetched by `make peers`; without them the test is skipped, and where CI is set it fails.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.federation.conftest import AUTHORITY, BODY, HOLDER, TYPE, body_configuration, take
from verifier.credential import credential_type, sign_credential
from verifier.injected import seeded_entropy
from verifier.mark import parse_mark

if TYPE_CHECKING:
    from tests.registry.conftest import Office, World

PEERS = Path(__file__).parent / "peers"
ADDRESSES = (
    "/.well-known/openid-federation",
    "/e/7/.well-known/openid-federation",
    "/federation/historical-keys",
    "/status/1",
    "/status/lists",
    "/.well-known/jwt-vc-issuer/e/7",
    credential_type("shirushi.example", "jp.meti.scs", 3).removeprefix(AUTHORITY),
    f"/federation/fetch?{urlencode({'sub': BODY})}",
)


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    """Tell loudly when the peers are not there."""
    if shutil.which("node") is None or not (PEERS / "node_modules" / "jose").is_dir():
        missing = "the libraries of tests/federation/peers are not installed: make peers (needs npm)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)


def answers(world: World) -> dict[str, Any]:
    """Return what the reader answers at every address that a client comes to."""
    found = {}
    for address in ADDRESSES:
        answer = world.http.get(f"http://read{address}")
        media_type = answer.headers["content-type"]
        found[f"{AUTHORITY}{address}"] = {"status": answer.status_code, "type": media_type, "body": answer.text}
    return found


def read(world: World, mark_id: str, signers: dict[str, Any], folder: Path, **changes: Any) -> dict[str, Any]:
    """Let the peers read a mark and all that leads to it; ``changes`` replace what they are given."""
    keys = world.ceremony.keys
    mark = (world.public / f"m/{mark_id}.jwt").read_text("ascii")
    status = world.http.post("http://read/federation/trust-mark-status", data={"trust_mark": mark}).text
    given = {
        "now": world.clock(),
        "anchor": AUTHORITY,
        "body": BODY,
        "answers": answers(world),
        "anchorKeys": {"keys": [{**keys.directory.jwk, "kid": keys.directory.kid}]},
        "statusKeys": {"keys": [{**keys.status.jwk, "kid": keys.status.kid}]},
        "mark": mark,
        "status": status,
        "credential": sign_credential(
            parse_mark(mark), entropy=seeded_entropy("credential"), signer=signers["decider"]
        ),
        **changes,
    }
    place = folder / "given.json"
    place.write_text(json.dumps(given))
    ran = subprocess.run(["node", PEERS / "read.mjs", place], capture_output=True, text=True)
    if ran.returncode:
        raise ChildProcessError(ran.stderr)
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


@pytest.fixture
def present(office: Office) -> tuple[World, dict[str, Any], str]:
    """A registry with a mark and a body that says who it is."""
    world, signers = office
    mark_id = world.issue(signers)
    take(world, body_configuration(world, signers["decider"]))
    return world, signers, mark_id


def test_strangers_libraries_read_everything_that_is_published(
    present: tuple[World, dict[str, Any], str], tmp_path: Path
) -> None:
    world, signers, mark_id = present
    told = read(world, mark_id, signers, tmp_path)
    assert told["federation"] == [{"length": 2, "anchor": AUTHORITY}]
    assert told["tokens"]["mark"] == [BODY, HOLDER, TYPE]
    assert told["tokens"]["status"] == ["active", True]
    assert told["tokens"]["over"] == 0
    assert told["tokens"]["swapped"] == "ERR_JWKS_NO_MATCHING_KEY"
    assert told["tokens"]["retyped"] == "ERR_JWT_CLAIM_VALIDATION_FAILED"
    assert told["statusList"] == {"status": 0, "aggregation": [f"{AUTHORITY}/status/1"]}
    assert told["credential"]["name"] == "株式会社見本精機"
    assert {"name", "scope_summary"} <= set(told["credential"]["shown"])
    assert not {"number", "identifiers", "covered"} & set(told["credential"]["shown"])
    assert (told["credential"]["statuses"], told["credential"]["type"]) == ([0], True)


def test_strangers_libraries_see_a_suspension(present: tuple[World, dict[str, Any], str], tmp_path: Path) -> None:
    world, signers, mark_id = present
    world.desk.suspend_mark(mark_id, reason="nonconformity", lift_by=world.clock() + 86_400)
    world.settle()
    told = read(world, mark_id, signers, tmp_path)
    assert (told["tokens"]["status"], told["statusList"]["status"]) == (["suspended", True], 2)
    assert told["credential"]["statuses"] == [2]


@pytest.mark.parametrize("address", ["/federation/fetch", "/e/7/.well-known/openid-federation", "/status/1"])
def test_strangers_libraries_refuse_an_answer_whose_bytes_were_changed(
    present: tuple[World, dict[str, Any], str], tmp_path: Path, address: str
) -> None:
    world, signers, mark_id = present
    found = answers(world)
    for url, answer in found.items():
        if url.removeprefix(AUTHORITY).startswith(address):
            head, _, tail = answer["body"].rpartition(".")
            answer["body"] = f"{head}.{'B' if tail[0] == 'A' else 'A'}{tail[1:]}"
    try:
        told = read(world, mark_id, signers, tmp_path, answers=found)
    except ChildProcessError:
        return
    assert told["federation"] == []
