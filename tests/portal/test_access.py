"""Who gets in: API keys, client assertions, limits, and nobody into what is another client's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt as independent_jwt
from joserfc.jwk import ECKey, OKPKey

from registry.portal.assertion import TYPE
from tests.registry.conftest import HOST
from verifier.encoding import b64u
from verifier.errors import KeyRefusedError, NotFoundError, WrongUseError

if TYPE_CHECKING:
    import httpx

    from tests.portal.conftest import Scene, Tenant

DATABASES = ("sqlite", "postgresql")
TOKEN = "http://portal/portal/v1/token"
AUDIENCE = f"https://{HOST}/portal/v1/token"


def test_an_api_key_is_shown_once_and_stored_as_a_digest(scene: Scene) -> None:
    tenant = scene.tenant("調達ポータル")
    assert tenant.key.startswith(f"shk_{tenant.client.id}_")
    assert tenant.get("watches").status_code == 200
    (stored,) = scene.portal.clients.all()
    assert tenant.secret not in repr(stored)
    assert stored.shown_as == f"shk_{tenant.client.id}_…"


def test_whoever_shows_no_key_or_a_wrong_one_is_told_how_and_nothing_else(scene: Scene) -> None:
    tenant, other = scene.tenant(), scene.tenant()
    swapped = f"shk_{tenant.client.id}_{other.secret}"
    refused = ("", "shk_", tenant.key[:-1] + "!", tenant.key[:-2], tenant.key + "A", swapped, "sht_" + "A" * 43)
    for secret in refused:
        tenant.key = secret
        answer = tenant.get("watches")
        assert (answer.status_code, answer.json()["code"]) == (401, "not_admitted"), secret
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "ratelimit" not in answer.headers
    assert scene.http.get("http://portal/portal/v1/watches").status_code == 401


def test_a_revoked_client_is_let_in_no_more_and_what_it_kept_is_gone(scene: Scene) -> None:
    tenant, other = scene.tenant(), scene.tenant()
    tenant.watch(mark=scene.mark)
    kept = other.watch(mark=scene.mark)
    tenant.endpoint("https://hooks.example.org/x")
    scene.portal.clients.revoke(tenant.client.id)
    assert tenant.get("watches").status_code == 401
    assert [one["id"] for one in other.get("watches").json()["watches"]] == [kept["id"]]
    with pytest.raises(NotFoundError):
        scene.portal.clients.revoke(tenant.client.id)


def test_a_name_or_key_that_cannot_stand_in_a_list_is_refused(scene: Scene) -> None:
    with pytest.raises(WrongUseError):
        scene.tenant("two\nlines")
    with pytest.raises(KeyRefusedError):
        scene.tenant(jwk={"kty": "oct", "k": "AAAA"})


class Signing:
    """A client that signs assertions with a key of its own."""

    def __init__(self, scene: Scene, kind: str = "ES256") -> None:
        self.scene = scene
        self.key: Any = (
            ec.generate_private_key(ec.SECP256R1()) if kind == "ES256" else ed25519.Ed25519PrivateKey.generate()
        )
        self.alg = "ES256" if kind == "ES256" else "EdDSA"
        independent = (ECKey if kind == "ES256" else OKPKey).import_key(_pem(self.key))
        self.independent = independent
        self.tenant = scene.tenant(jwk=independent.as_dict(private=False))

    def claims(self, **changes: Any) -> dict[str, Any]:
        now, me = self.scene.world.clock(), self.tenant.client.id
        said = {"iss": me, "sub": me, "aud": AUDIENCE, "jti": b64u(self.scene.desk.entropy(16)), "exp": now + 300}
        return {name: value for name, value in {**said, **changes}.items() if value is not None}

    def sign(self, claims: dict[str, Any], **headers: Any) -> str:
        return jwt.encode(claims, self.key, algorithm=self.alg, headers=headers or None)

    def ask(self, assertion: str, **changes: str) -> httpx.Response:
        form = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": assertion}
        return self.scene.http.post(TOKEN, data={**form, **changes})


def _pem(key: Any) -> bytes:
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@pytest.mark.parametrize("kind", ["ES256", "Ed25519"])
def test_an_assertion_of_an_independent_library_becomes_a_token_that_ends(scene: Scene, kind: str) -> None:
    signing = Signing(scene, kind)
    assertion = independent_jwt.encode(
        {"alg": signing.alg}, signing.claims(), signing.independent, algorithms=[signing.alg]
    )
    granted = signing.ask(assertion)
    assert granted.status_code == 200, granted.text
    assert (granted.json()["token_type"], granted.headers["cache-control"]) == ("Bearer", "no-store")
    signing.tenant.key = granted.json()["access_token"]
    assert signing.tenant.get("watches").status_code == 200
    scene.world.clock.now += granted.json()["expires_in"]
    assert signing.tenant.get("watches").status_code == 401


def test_an_assertion_is_used_once(scene: Scene) -> None:
    signing = Signing(scene)
    assertion = signing.sign(signing.claims())
    assert signing.ask(assertion).status_code == 200
    again = signing.ask(assertion)
    assert (again.status_code, again.json()["error"], again.json()["code"]) == (401, "invalid_client", "not_admitted")


def test_a_token_ends_with_its_client(scene: Scene) -> None:
    signing = Signing(scene)
    signing.tenant.key = signing.ask(signing.sign(signing.claims())).json()["access_token"]
    scene.portal.clients.revoke(signing.tenant.client.id)
    assert signing.tenant.get("watches").status_code == 401
    assert signing.ask(signing.sign(signing.claims())).status_code == 401


WRONG: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "https://elsewhere.example/token"},
    "the host alone": {"aud": f"https://{HOST}"},
    "a list of audiences": {"aud": [AUDIENCE, "https://elsewhere.example/token"]},
    "no audience": {"aud": None},
    "no jti": {"jti": None},
    "an empty jti": {"jti": ""},
    "a jti that is a number": {"jti": 7},
    "no end": {"exp": None},
    "an end that is a text": {"exp": "1793577700"},
    "an end that is true": {"exp": True},
    "another subject": {"sub": "someone"},
    "no issuer": {"iss": None},
    "an issuer that nobody knows": {"iss": "aaaaaaaa", "sub": "aaaaaaaa"},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_an_assertion_with_a_wrong_claim_is_refused(scene: Scene, changes: dict[str, Any]) -> None:
    signing = Signing(scene)
    answer = signing.ask(signing.sign(signing.claims(**changes)))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_an_assertion_outside_its_five_minutes_is_refused(scene: Scene) -> None:
    signing, now = Signing(scene), scene.world.clock()
    for changes in ({"exp": now}, {"exp": now - 1}, {"exp": now + 301}, {"exp": now + 300, "iat": now + 61}):
        assert signing.ask(signing.sign(signing.claims(**changes))).status_code == 401, changes


def test_an_assertion_with_another_key_header_or_form_is_refused(scene: Scene) -> None:
    signing, stranger = Signing(scene), Signing(scene)
    claims = signing.claims()
    head, body, signature = signing.sign(claims).split(".")
    doubled = b64u(b'{"iss":"x",' + json.dumps(claims).encode()[1:])
    unsigned = b64u(b'{"alg":"none"}')
    wrong = {
        "another's key": stranger.sign(claims),
        "a key in the header": signing.sign(claims, jwk={"kty": "EC"}),
        "an address of keys": signing.sign(claims, jku="https://elsewhere.example/keys"),
        "another type": signing.sign(claims, typ="at+jwt"),
        "another algorithm": jwt.encode(claims, "s" * 32, algorithm="HS256"),
        "no algorithm": f"{unsigned}.{body}.",
        "a changed body": f"{head}.{b64u(json.dumps(signing.claims()).encode())}.{signature}",
        "a doubled member": f"{head}.{doubled}.{signature}",
        "too few parts": f"{head}.{body}",
        "no token": "x",
        "not base64": f"{head}.{body}!.{signature}",
        "too long": "A" * 4000 + f".{body}.{signature}",
    }
    found = {name: signing.ask(one).status_code for name, one in wrong.items()}
    assert set(found.values()) <= {400, 401}, found
    for changes, told in (
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": "x"}, "invalid_request"),
        ({"client_assertion": ""}, "invalid_request"),
        ({"scope": "watch"}, "invalid_scope"),
    ):
        answer = signing.ask(signing.sign(claims), **changes)
        assert (answer.status_code, answer.json()["error"], answer.json()["code"]) == (400, told, "malformed"), changes
    assert scene.http.post(TOKEN, data={}).json()["error"] == "invalid_request"
    form = {"grant_type": "client_credentials", "client_assertion_type": TYPE}
    twice = scene.http.post(TOKEN, data={**form, "client_assertion": [signing.sign(signing.claims())] * 2})
    assert (twice.status_code, twice.json()["error"]) == (400, "invalid_request")
    assert "client_assertion" in twice.json()["detail"]
    # RFC 6749 section 3.2: what is not known is skipped.
    assert signing.ask(signing.sign(signing.claims()), client_id="x").status_code == 200
    key_client = scene.tenant()
    me = key_client.client.id
    assert signing.ask(signing.sign({**claims, "iss": me, "sub": me})).status_code == 401


def test_the_rate_is_told_and_beyond_it_is_429_for_this_client_alone(scene: Scene) -> None:
    tenant, other = scene.tenant(per_minute=3), scene.tenant()
    scene.world.clock.now -= scene.world.clock.now % 60
    answers = [tenant.get("watches") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"client";q=3;w=60'
    assert [one.headers["ratelimit"] for one in answers] == [f'"client";r={left};t=60' for left in (2, 1, 0, 0)]
    assert (answers[3].json()["code"], answers[3].headers["retry-after"]) == ("limit_reached", "60")
    assert other.get("watches").status_code == 200
    # Whatever a client is told is its own: nobody between keeps it.
    assert {one.headers["cache-control"] for one in answers} == {"no-store"}
    scene.world.clock.now += 60
    assert tenant.get("watches").status_code == 200


def test_what_is_a_strangers_is_not_there(scene: Scene) -> None:
    """Every route with an object, every pair of tenants: the owner gets it, the other the 404 of what never was."""
    owner, stranger = scene.tenant("owner"), scene.tenant("stranger")
    made = _everything(owner)
    nothing = {name: one[:4] + "0" * 32 for name, one in made.items()}
    for method, path in ROUTES:
        for objects in (made, nothing):
            answer = stranger.ask(method, path.format(**objects))
            assert (answer.status_code, answer.json()["detail"][:8]) == (404, "there is"), (method, path)
    for name in ("watches", "endpoints", "deliveries", "events"):
        assert next(iter(stranger.get(name).json().values())) in ([], ()), name
    for method, path in ROUTES:
        assert owner.ask(method, path.format(**made)).status_code in (200, 201, 202, 204), (method, path)


ROUTES = [
    ("GET", "watches/{watch}"),
    ("GET", "watches?after={watch}"),
    ("GET", "deliveries/{delivery}"),
    ("GET", "deliveries?after={delivery}"),
    ("GET", "events?after={event}"),
    ("POST", "endpoints/{endpoint}/test"),
    ("POST", "endpoints/{endpoint}/secrets"),
    ("DELETE", "watches/{watch}"),
    ("DELETE", "endpoints/{endpoint}"),
]


def _everything(owner: Tenant) -> dict[str, str]:
    watch = owner.watch(subject="1180301018771")
    endpoint = owner.endpoint("https://hooks.example.org/x")
    delivery = owner.post(f"endpoints/{endpoint['id']}/test").json()
    return {
        "watch": watch["id"],
        "endpoint": endpoint["id"],
        "delivery": delivery["id"],
        "event": delivery["event"],
    }


def test_the_same_idempotency_key_of_two_clients_is_two_keys(scene: Scene) -> None:
    one, other = scene.tenant(), scene.tenant()
    first = one.post("watches", {"mark": scene.mark}, key="the-same-key")
    second = other.post("watches", {"body": 7}, key="the-same-key")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json()["object"] == f"https://{HOST}/e/7"
