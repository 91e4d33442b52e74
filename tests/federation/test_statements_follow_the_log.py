"""What the authority says of its bodies follows the log: each key, each epoch, each day."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from registry.publishing.body_configuration import take_body_configuration
from registry.publishing.federation_files import REFRESH, federation_of
from tests.federation.conftest import AUTHORITY, BODY, ask, body_configuration, opened, take
from verifier.audit.finding import Finding
from verifier.audit.fsck import Published, fsck
from verifier.edge.folder import FolderFetcher
from verifier.encoding import read_object, unb64u
from verifier.errors import ConflictError, NotFoundError, RefusedError, SignatureError
from verifier.keys import import_jwk
from verifier.replay.state import LogState
from verifier.trust.entity_configuration import parse_entity_configuration
from verifier.trust.historical_keys import read_historical_keys, sign_historical_keys

if TYPE_CHECKING:
    from pathlib import Path

    from tests.registry.conftest import Office, World

DATABASES = ("sqlite", "postgresql")
STATEMENT = "federation/statements/7.jwt"


def statement(world: World) -> dict[str, Any]:
    authority = read(world, ".well-known/openid-federation")
    return opened((world.public / STATEMENT).read_bytes(), authority["jwks"], "entity-statement+jwt")


def read(world: World, path: str) -> dict[str, Any]:
    claimed = parse_entity_configuration((world.public / path).read_bytes()).token.payload
    return opened((world.public / path).read_bytes(), claimed["jwks"], "entity-statement+jwt")


def kids(world: World) -> list[str]:
    return [key["kid"] for key in statement(world)["jwks"]["keys"]]


def found(world: World) -> list[Finding]:
    public = Published(FolderFetcher(world.public), world.ceremony.root, None, True)
    return [one for one in fsck(public, lambda done, total: None).findings if one.counts]


def test_a_retired_key_stays_and_a_revoked_one_is_gone(office: Office) -> None:
    world, signers = office
    second = world.add_key(7, "decider", 9)
    world.settle()
    assert kids(world) == [signers["decider"].kid, second.kid]
    world.desk.retire_key(second.kid)
    world.settle()
    assert kids(world) == [signers["decider"].kid, second.kid]
    world.desk.revoke_key(second.kid, reason="compromised", cutoff=world.registry.size().result(30))
    world.settle()
    assert kids(world) == [signers["decider"].kid]


def test_a_body_that_has_no_key_left_has_no_statement(office: Office) -> None:
    world, signers = office
    world.desk.revoke_key(signers["decider"].kid, reason="compromised", cutoff=world.registry.size().result(30))
    world.settle()
    assert not (world.public / STATEMENT).exists()
    assert ask(world, "/federation/fetch", sub=BODY).json()["error"] == "not_found"
    assert ask(world, "/federation/list").json() == []


def test_a_suspended_body_keeps_its_statement_since_each_of_its_marks_has_its_own_status(office: Office) -> None:
    world, signers = office
    world.desk.suspend_body(7, reason="cause")
    world.settle()
    assert kids(world) == [signers["decider"].kid]


def test_a_statement_is_signed_anew_once_a_day_and_not_with_every_epoch(office: Office) -> None:
    world, _ = office
    before = (world.public / STATEMENT).read_bytes(), (world.public / "federation/historical-keys").read_bytes()
    world.clock.now += REFRESH // 2
    world.settle()
    assert before == (
        (world.public / STATEMENT).read_bytes(),
        (world.public / "federation/historical-keys").read_bytes(),
    )
    world.clock.now += REFRESH // 2
    world.settle()
    assert statement(world)["iat"] == world.clock()
    assert statement(world)["exp"] == world.clock() + 7 * REFRESH


def test_what_is_broken_on_the_disk_is_written_anew_and_told_until_then(office: Office) -> None:
    world, _ = office
    good = (world.public / STATEMENT).read_bytes()
    (world.public / STATEMENT).write_bytes(good[:-86] + b"A" * 86)
    assert [one.path for one in found(world)] == [STATEMENT]
    (world.public / STATEMENT).write_bytes(b"nothing")
    assert [one.path for one in found(world)] == [STATEMENT]
    world.clock.now += 3600
    world.settle()
    assert found(world) == []


def test_a_body_publishes_what_it_says_of_itself_and_never_goes_back(office: Office) -> None:
    world, signers = office
    first = body_configuration(world, signers["decider"])
    take(world, first)
    take(world, first)
    world.clock.now += 60
    newer = body_configuration(world, signers["decider"], organisation="見本評価機構 東京")
    take(world, newer)
    with pytest.raises(ConflictError):
        take(world, first)
    assert ask(world, "/e/7/.well-known/openid-federation").text == newer
    assert found(world) == []


def test_a_configuration_by_a_key_that_is_not_listed_is_refused(office: Office) -> None:
    world, signers = office
    for role in ("assessor", "desk"):
        with pytest.raises(SignatureError):
            take(world, body_configuration(world, signers[role]))
    both = [import_jwk(signers[role].jwk) for role in ("decider", "desk")]
    with pytest.raises(RefusedError):
        take(world, body_configuration(world, signers["decider"], keys=both))
    assert not (world.public / "e/7/.well-known").exists()


def test_a_configuration_of_a_body_that_nothing_is_said_of_is_refused(office: Office, tmp_path: Path) -> None:
    world, signers = office
    with pytest.raises(NotFoundError):
        take_body_configuration(
            body_configuration(world, signers["decider"]).encode(),
            tmp_path,
            root=world.ceremony.root,
            now=world.clock(),
        )


def test_a_directory_key_that_is_over_is_told_with_the_time_and_a_stolen_one_with_its_cut_off(world: World) -> None:
    root, later = world.ceremony.root, 1_793_600_000
    (key,) = [one for one in root.content.keys if one.role == "directory"]
    ended = {"ended": {"ends": 5}, "stolen": {"ends": 9, "cutoff": 3}, "still to come": {"ends": 50}}
    said = {}
    for name, window in ended.items():
        keys = tuple(one if one is not key else key.model_copy(update=window) for one in root.content.keys)
        changed = replace(root, content=root.content.model_copy(update={"keys": keys}))
        times = {5: later + 5, 9: later + 9, 3: later + 3}
        said[name] = federation_of(LogState(root.host), changed, time_of=times.get).over
    assert said["still to come"] == ()
    signer = world.ceremony.keys.directory
    compact = sign_historical_keys(root.host, [*said["ended"]], iat=later, signer=signer)
    (jwk,) = opened(compact, {"keys": [{**signer.jwk, "kid": signer.kid}]}, "jwk-set+jwt")["keys"]
    assert (jwk["kid"], jwk["exp"], "revoked" in jwk) == (key.kid, later + 5, False)
    (stolen,) = said["stolen"]
    assert stolen.members()["revoked"] == {"revoked_at": later + 3, "reason": "compromised", "cutoff_index": 3}
    assert stolen.members()["exp"] == later + 3
    with pytest.raises(SignatureError):
        read_historical_keys(compact, root.host, None)
    assert json.loads(json.dumps(jwk)) == read_historical_keys(compact, root.host, import_jwk(signer.jwk))[0]


def test_no_entity_of_the_federation_carries_a_private_member(office: Office) -> None:
    world, signers = office
    take(world, body_configuration(world, signers["decider"]))
    paths = [".well-known/openid-federation", STATEMENT, "e/7/.well-known/openid-federation"]
    for path in paths:
        for jwk in read_object(_payload(world.public / path))["jwks"]["keys"]:
            assert jwk.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert read(world, paths[0])["iss"] == AUTHORITY


def _payload(path: Path) -> bytes:
    return unb64u(path.read_text("ascii").split(".")[1])
