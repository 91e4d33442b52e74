"""An independent federation library verifies every link of a body's chain, unmodified, and refuses what is wrong."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from pygrindvakt import GrindvaktError, federation

from tests.federation.conftest import AUTHORITY, BODY, HOLDER, TYPE, body_configuration, take
from verifier.mark import Holder, MarkDraft, Scope, sign_mark
from verifier.mark_status import sign_mark_status
from verifier.markid import new_mark_id
from verifier.signer import SoftwareSigner

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.registry.conftest import Office, World

Fetched = tuple[int, bytes, str | None]


class Reader:
    """Lets the library fetch from the reader under the names that stand in the statements."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked: list[str] = []
        self.lie: Callable[[str, bytes], bytes] = lambda url, body: body

    def get(self, url: str) -> Fetched:
        assert url.startswith(f"{AUTHORITY}/")
        self.asked.append(url)
        answer = self.world.http.get("http://read" + url.removeprefix(AUTHORITY))
        return answer.status_code, self.lie(url, answer.content), answer.headers["content-type"]

    def post_form(self, url: str, form: list[tuple[str, str]], headers: list[tuple[str, str]]) -> Fetched:
        answer = self.world.http.post("http://read" + url.removeprefix(AUTHORITY), data=dict(form))
        return answer.status_code, answer.content, answer.headers["content-type"]


@pytest.fixture
def present(office: Office) -> tuple[World, dict[str, SoftwareSigner], Reader]:
    """The registry today: the library takes the time from the machine."""
    world, signers = office
    world.clock.now = int(time.time())
    world.settle()
    take(world, body_configuration(world, signers["decider"]))
    return world, signers, Reader(world)


def anchors(world: World) -> dict[str, dict[str, Any]]:
    """Return the anchor as somebody pins it who has the trust root."""
    directory = world.ceremony.keys.directory
    return {AUTHORITY: {"keys": [{**directory.jwk, "kid": directory.kid, "use": "sig", "alg": "ES256"}]}}


Present = tuple["World", dict[str, SoftwareSigner], Reader]


def fetched(reader: Reader, url: str) -> str:
    status, body, _ = reader.get(url)
    assert status == 200, body
    return body.decode("ascii")


def chain(world: World, reader: Reader) -> tuple[federation.EntityStatement, ...]:
    """Build the body's trust chain as the standard's section 10 says, each link verified by the library."""
    own = federation.verify_self_signed(federation.fetch_entity_configuration(reader, BODY))
    (superior,) = own.authority_hints()
    compact = federation.fetch_entity_configuration(reader, superior)
    above = federation.verify(compact, anchors(world)[superior])
    endpoint = (above.metadata("federation_entity") or {})["federation_fetch_endpoint"]
    said = federation.verify(fetched(reader, f"{endpoint}?{urlencode({'sub': BODY})}"), above.jwks())
    return federation.verify(federation.fetch_entity_configuration(reader, BODY), said.jwks()), said, above


def test_the_library_builds_a_bodys_chain_up_to_the_authority_that_it_pins(present: Present) -> None:
    world, signers, reader = present
    own, said, above = chain(world, reader)
    assert (own.iss(), own.sub(), said.iss(), said.sub(), above.iss()) == (BODY, BODY, AUTHORITY, BODY, AUTHORITY)
    assert [key["kid"] for key in said.jwks()["keys"]] == [signers["decider"].kid]
    assert (own.metadata("federation_entity") or {})["organization_name"] == "見本評価機構"


def test_the_library_verifies_marks_and_their_status(present: Present) -> None:
    world, signers, reader = present
    _, said, above = chain(world, reader)
    mark = mark_of_today(world, signers)
    shown = federation.verify_typed(mark, said.jwks(), "trust-mark+jwt").claims
    assert (shown["sub"], shown["trust_mark_type"]) == (HOLDER, TYPE)
    directory = world.ceremony.keys.directory
    status = sign_mark_status("shirushi.example", mark, "active", iat=world.clock(), signer=directory)
    told = federation.verify_typed(status, above.jwks(), "trust-mark-status-response+jwt").claims
    assert (told["status"], told["trust_mark"]) == ("active", mark)
    with pytest.raises(GrindvaktError):
        federation.verify_typed(status, above.jwks(), "trust-mark+jwt")


def mark_of_today(world: World, signers: dict[str, SoftwareSigner]) -> str:
    """Return a mark that begins now, which no log has to hold for its signature to be good."""
    now = world.clock()
    draft = MarkDraft(
        host="shirushi.example",
        id=new_mark_id(world.entropy),
        iss=BODY,
        sub=HOLDER,
        nbf=now,
        exp=now + 86_400,
        status_no=1,
        status_idx=0,
        number="SCS3-000001",
        scheme="jp.meti.scs",
        tier=3,
        criteria="2026-03-27",
        basis="evaluation",
        holder=Holder(name="株式会社見本精機", identifiers=(HOLDER.rpartition("/")[2],)),
        scope=Scope(scope_kind="company", covered=(), scope_summary="全社", ot="excluded"),
    )
    return sign_mark(draft, iat=now, seal_sha256="A" * 43, nonce="A" * 22, signer=signers["decider"])


def test_the_library_refuses_another_anchor(present: Present) -> None:
    world, _, reader = present
    stranger = SoftwareSigner.generate(world.entropy)
    keys = {"keys": [{**stranger.jwk, "kid": stranger.kid, "use": "sig", "alg": "ES256"}]}
    with pytest.raises(GrindvaktError):
        federation.verify(federation.fetch_entity_configuration(reader, AUTHORITY), keys)


def test_the_library_refuses_a_body_whose_key_was_revoked(present: Present) -> None:
    world, signers, reader = present
    world.add_key(7, "decider", 9)
    world.desk.revoke_key(signers["decider"].kid, reason="compromised", cutoff=world.registry.size().result(30))
    world.settle()
    with pytest.raises(GrindvaktError):
        chain(world, reader)


@pytest.mark.parametrize("part", ["/fetch?", "e/7/.well-known", ".example/.well-known"])
def test_the_library_refuses_a_link_whose_bytes_were_changed(present: Present, part: str) -> None:
    world, _, reader = present

    def altered(url: str, body: bytes) -> bytes:
        head, _, tail = body.rpartition(b".")
        return head + b"." + (b"B" if tail[:1] == b"A" else b"A") + tail[1:] if part in url else body

    chain(world, reader)
    reader.lie = altered
    with pytest.raises(GrindvaktError):
        chain(world, reader)
