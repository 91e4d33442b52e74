"""Look-ups at a real registry on this machine, which is honest once and misbehaves in every other way.

What is promised: whatever it does, the end is in time, and it is "could not be confirmed", never valid and never
invalid.
"""

from __future__ import annotations

import datetime
import gzip
import json
import ssl
import time
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from recognition.authenticate.circuit import FIRST_PAUSE
from recognition.authenticate.edge.guarded_http import GuardedHttp
from recognition.authenticate.edge.registry_client import RegistryClient
from recognition.authenticate.edge.status_client import fetch_status
from recognition.authenticate.kept_answers import Answer
from recognition.authenticate.look_up import judge_answer, start_look_up
from recognition.authenticate.record import Authenticated, Claimed, Undecided
from recognition.authenticate.wording import REASONS, WARNINGS, record_lines
from tests.authenticate import foreign_registry as does
from tests.authenticate.foreign import HOLDER, ISS, NOW, TYP, answer, look_up_profile, make_key, sign
from verifier.injected import seeded_entropy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.authenticate.foreign_registry import Registry

CLAIMED = Claimed(number="C-1", holder=HOLDER)


class Asker:
    """A client whose clock and pauses belong to the test."""

    def __init__(self, registry: Registry, **profile: Any) -> None:
        self.now = NOW
        self.slept: list[float] = []
        http = GuardedHttp(limits=does.limits_for(registry.behaviour), allow_loopback=True)
        self.client = RegistryClient(
            look_up_profile(registry.base, **profile),
            http,
            clock=lambda: self.now,
            entropy=seeded_entropy("pauses"),
            sleep=self.slept.append,
        )

    def ask(self, claimed: Claimed = CLAIMED) -> Authenticated | Undecided:
        return self.client.look_up(claimed)


@pytest.fixture(scope="module")
def shared() -> Iterator[Registry]:
    with does.running() as running:
        yield running


@pytest.fixture
def registry(shared: Registry) -> Registry:
    shared.behaviour, shared.hung_up = does.good, 0
    shared.asked.clear()
    return shared


def test_an_honest_registry_confirms(registry: Registry) -> None:
    found = Asker(registry).ask()
    assert isinstance(found, Authenticated)
    assert (found.certificate.evidence, found.certificate.status, found.certificate.level) == (
        "authenticated",
        "valid",
        "checked",
    )
    assert (found.record.rests_on, found.record.assurance) == ("channel", "substantial")
    assert found.record.warnings == ("registry_learns_who_is_asked_about",)
    assert registry.asked == ["/certificates/C-1"]


def test_a_state_that_the_registry_gives_is_a_fact_and_not_ours_to_judge(registry: Registry) -> None:
    registry.behaviour = does.says(status="withdrawn")
    found = Asker(registry).ask()
    assert isinstance(found, Authenticated)
    assert found.certificate.status == "withdrawn"


MISBEHAVIOURS = [
    pytest.param(does.slow, "timed_out", id="slow"),
    pytest.param(does.drip_body, "timed_out", id="body that drips"),
    pytest.param(does.drip_headers, "timed_out", id="headers that drip"),
    pytest.param(does.status(500), "registry_busy", id="500"),
    pytest.param(does.status(503), "registry_busy", id="503"),
    pytest.param(does.status(429, Retry_After="3600"), "registry_busy", id="429 for an hour"),
    pytest.param(does.status(401), "answered_with_an_error", id="401"),
    pytest.param(does.status(418), "answered_with_an_error", id="418"),
    pytest.param(does.status(204), "answered_with_an_error", id="204"),
    pytest.param(does.status(404), "not_listed", id="404"),
    pytest.param(does.status(410), "not_listed", id="410"),
    pytest.param(does.cut_off, "cut_off", id="cut off"),
    pytest.param(does.body(json.dumps(answer()).encode()[:-20]), "not_readable", id="half a JSON"),
    pytest.param(does.body(json.dumps(answer()).encode(), "text/html"), "wrong_media_type", id="HTML"),
    pytest.param(does.body(json.dumps(answer()).encode(), ""), "wrong_media_type", id="no media type"),
    pytest.param(does.huge, "too_large", id="huge"),
    pytest.param(does.body(b" " * 70_000 + json.dumps(answer()).encode()), "too_large", id="padded"),
    pytest.param(does.gzip_bomb, "compressed", id="gzip bomb"),
    pytest.param(
        does.body(gzip.compress(json.dumps(answer()).encode()), Content_Encoding="gzip"), "compressed", id="gzip"
    ),
    pytest.param(does.loop, "redirected", id="redirect loop"),
    pytest.param(does.redirect_to("https://elsewhere.example/certificates/C-1"), "redirected", id="elsewhere"),
    pytest.param(does.redirect_to("http://169.254.169.254/latest"), "address_refused", id="metadata"),
    pytest.param(does.redirect_to("http://127.0.0.1:1/"), "redirected", id="another port"),
    pytest.param(does.redirect_to("file:///etc/passwd"), "address_refused", id="file"),
    pytest.param(does.redirect_to(""), "redirected", id="redirect to nowhere"),
    pytest.param(does.not_http, "no_connection", id="another protocol"),
    pytest.param(does.hang_up, "no_connection", id="hangs up"),
    pytest.param(does.says(holder="0199-7LTWFZYICNSX8D621K86"), "contradicts_the_claim", id="wrong holder"),
    pytest.param(does.says(holder="somebody"), "outside_profile", id="holder without a number"),
    pytest.param(does.says(holder=None), "outside_profile", id="no holder"),
    pytest.param(does.says(certificate="C-2"), "another_certificate", id="another certificate"),
    pytest.param(does.says(certificate=None), "outside_profile", id="no number"),
    pytest.param(does.says(status="fine"), "outside_profile", id="unknown state"),
    pytest.param(does.says(status=None), "outside_profile", id="no state"),
    pytest.param(does.says(level={"a": 1}), "outside_profile", id="level as an object"),
    pytest.param(does.says(issued="yesterday"), "outside_profile", id="no date"),
    pytest.param(does.says(valid_through="2020-01-01"), "outside_profile", id="ends before it begins"),
    pytest.param(does.body("Zürich".encode("latin-1")), "not_readable", id="not UTF-8"),
    pytest.param(
        does.body(json.dumps(answer(level="Größe"), ensure_ascii=False).encode("latin-1")),
        "not_readable",
        id="JSON not in UTF-8",
    ),
    pytest.param(does.body(b"[]"), "not_readable", id="a list"),
    pytest.param(does.body(b"null"), "not_readable", id="null"),
    pytest.param(does.body(b""), "not_readable", id="nothing"),
    pytest.param(does.body(b'{"status": "valid", "status": "withdrawn"}'), "not_readable", id="doubled member"),
    pytest.param(does.body(b'{"a": NaN}'), "not_readable", id="NaN"),
    pytest.param(does.body(b"[" * 30_000), "not_readable", id="deep"),
    pytest.param(does.body(b'{"a": "\\u0000"}'), "not_readable", id="NUL"),
    pytest.param(does.flapping(does.status(500), does.cut_off, does.hang_up), "no_connection", id="each time another"),
]


@pytest.mark.parametrize(("behaviour", "reason"), MISBEHAVIOURS)
def test_a_registry_that_misbehaves_confirms_nothing_and_ends_in_time(
    registry: Registry, behaviour: Any, reason: str
) -> None:
    registry.behaviour = behaviour
    asker, started = Asker(registry), time.monotonic()
    found = asker.ask()
    # Three times at most; without a limit a body that drips would take longer than the margin alone.
    assert time.monotonic() - started < 3 * does.limits_for(behaviour).total + 15
    assert isinstance(found, Undecided)
    assert (found.record.outcome, found.record.reason) == ("undecided", reason)
    assert found.record.certificate_sha256 is None
    assert reason in REASONS
    assert len(record_lines(found.record, "ja")) == len(record_lines(found.record, "en"))
    assert all(warning in WARNINGS for warning in found.record.warnings)


def test_nobody_there_is_not_invalid() -> None:
    with does.running() as gone:
        asker = Asker(gone)
    found = asker.ask()
    assert isinstance(found, Undecided)
    assert found.record.reason == "no_connection"


def test_one_failure_is_tried_again_after_a_pause(registry: Registry) -> None:
    registry.behaviour = does.flapping(does.status(503), does.hang_up, does.good)
    asker = Asker(registry)
    assert isinstance(asker.ask(), Authenticated)
    assert len(asker.slept) == 2
    assert all(0 < pause <= 2 for pause in asker.slept)


def test_what_will_not_get_better_is_not_tried_again(registry: Registry) -> None:
    for behaviour in (
        does.status(404),
        does.status(401),
        does.gzip_bomb,
        does.loop,
        does.status(429, Retry_After="3600"),
    ):
        registry.behaviour = behaviour
        asker = Asker(registry)
        asker.ask()
        assert asker.slept == []


def test_a_registry_that_is_down_is_left_alone_and_tried_again_later(registry: Registry) -> None:
    registry.behaviour = does.status(500)
    asker = Asker(registry)
    for _ in range(3):
        asker.ask()
    before = len(registry.asked)
    found = asker.ask()
    assert isinstance(found, Undecided)
    assert found.record.reason == "registry_paused"
    assert len(registry.asked) == before
    registry.behaviour = does.good
    asker.now += FIRST_PAUSE
    assert isinstance(asker.ask(), Authenticated)
    assert asker.client.circuit.state == "closed"


def test_answers_without_use_do_not_open_the_breaker(registry: Registry) -> None:
    registry.behaviour = does.status(404)
    asker = Asker(registry)
    for _ in range(5):
        found = asker.ask()
        assert found.record.reason == "not_listed"


def test_a_fresh_answer_is_kept_and_the_registry_not_asked_again(registry: Registry) -> None:
    asker = Asker(registry)
    first = asker.ask()
    asker.now += 3599
    second = asker.ask()
    assert isinstance(first, Authenticated)
    assert isinstance(second, Authenticated)
    assert second.certificate == first.certificate
    assert "answer_kept_from_before" in second.record.warnings
    assert second.record.said_at == NOW
    assert len(registry.asked) == 1


def test_a_kept_answer_confirms_no_other_claim(registry: Registry) -> None:
    asker = Asker(registry)
    asker.ask()
    found = asker.ask(Claimed(number="C-1", holder="0199-7LTWFZYICNSX8D621K86"))
    assert found.record.reason == "contradicts_the_claim"


def test_a_stale_answer_is_named_and_does_not_count(registry: Registry) -> None:
    asker = Asker(registry)
    asker.ask()
    registry.behaviour = does.status(500)
    asker.now += 3600
    found = asker.ask()
    assert isinstance(found, Undecided)
    assert "last_answer_is_stale" in found.record.warnings
    assert (found.record.said_at, found.record.fresh_until) == (NOW, NOW + 3600)


def test_an_answer_that_confirmed_nothing_is_not_kept(registry: Registry) -> None:
    registry.behaviour = does.flapping(does.says(holder=None), does.good)
    asker = Asker(registry)
    assert isinstance(asker.ask(), Undecided)
    assert isinstance(asker.ask(), Authenticated)


@pytest.mark.parametrize(("member", "value"), [("level", "basic"), ("version", "2")])
def test_a_level_or_version_that_was_claimed_has_to_agree(registry: Registry, member: str, value: str) -> None:
    found = Asker(registry).ask(CLAIMED.model_copy(update={member: value}))
    assert found.record.reason == "contradicts_the_claim"
    assert (member, "failed") in {(check.name, check.result) for check in found.record.checks}


def test_a_redirect_within_the_registry_is_followed(registry: Registry) -> None:
    registry.behaviour = lambda handler: (
        does.good(handler) if handler.path == "/certificates/C-1" and len(registry.asked) > 1 else does.loop(handler)
    )
    assert isinstance(Asker(registry).ask(), Authenticated)


def test_this_machine_is_not_asked_unless_that_was_set(registry: Registry) -> None:
    profile = look_up_profile(registry.base)
    client = RegistryClient(profile, GuardedHttp(), clock=lambda: NOW, entropy=seeded_entropy("x"))
    found = client.look_up(CLAIMED)
    assert found.record.reason == "address_refused"
    assert registry.asked == []


SIGNED = f'[token]\ntyp = "{TYP}"\naudience = "https://home.example"\nmax_days = 1'


def signed(key: Any, **changes: Any) -> bytes:
    return sign(
        {"iss": ISS, "aud": "https://home.example", "iat": NOW, "exp": NOW + 600, **answer(), **changes}, key
    ).encode()


def test_a_signed_answer_rests_on_the_issuers_key(registry: Registry) -> None:
    registry.behaviour = does.body(signed(make_key("ES256")), "application/jwt")
    found = Asker(registry, kind="jwt", token=SIGNED).ask()
    assert isinstance(found, Authenticated)
    assert (found.record.rests_on, found.record.assurance) == ("signature", "high")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(signed(make_key("ES256", "thief")), "bad_signature", id="thief"),
        pytest.param(signed(make_key("ES256"), exp=NOW), "bad_signature", id="expired"),
        pytest.param(signed(make_key("ES256"), aud="https://other.example"), "bad_signature", id="audience"),
        pytest.param(
            signed(make_key("ES256"), holder="0199-7LTWFZYICNSX8D621K86"), "contradicts_the_claim", id="holder"
        ),
        pytest.param(b"\xff\xfe", "not_readable", id="not ASCII"),
        pytest.param(b"a.b", "bad_signature", id="no token"),
    ],
)
def test_a_signed_answer_that_does_not_hold_confirms_nothing(registry: Registry, data: bytes, reason: str) -> None:
    registry.behaviour = does.body(data, "application/jwt")
    found = Asker(registry, kind="jwt", token=SIGNED).ask()
    assert isinstance(found, Undecided)
    assert found.record.reason == reason


def make_tls(folder: Path, host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the TLS side of a server with a certificate of its own, and that of a client who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(pem + secret)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.pem")
    return server, ssl.create_default_context(cadata=pem.decode())


def test_a_channel_is_proven_by_a_trusted_certificate_for_the_name(tmp_path: Path) -> None:
    server, trusting = make_tls(tmp_path, "localhost")
    with does.running(tls=server) as registry:
        for tls, reason in ((trusting, None), (None, "channel_refused")):
            http = GuardedHttp(limits=does.PATIENT, allow_loopback=True, tls=tls)
            client = RegistryClient(
                look_up_profile(registry.base),
                http,
                clock=lambda: NOW,
                entropy=seeded_entropy("x"),
                sleep=lambda _: None,
            )
            assert client.look_up(CLAIMED).record.reason == reason


def test_a_certificate_for_another_name_proves_no_channel(tmp_path: Path) -> None:
    server, trusting = make_tls(tmp_path, "other.example")
    with does.running(tls=server) as registry:
        http = GuardedHttp(limits=does.PATIENT, allow_loopback=True, tls=trusting)
        client = RegistryClient(
            look_up_profile(registry.base), http, clock=lambda: NOW, entropy=seeded_entropy("x"), sleep=lambda _: None
        )
        assert client.look_up(CLAIMED).record.reason == "channel_refused"


def test_where_one_address_of_a_name_is_dead_the_next_is_tried(registry: Registry) -> None:
    http = GuardedHttp(limits=does.PATIENT, allow_loopback=True, resolve=lambda host, port: ["127.0.0.9", "127.0.0.1"])
    client = RegistryClient(look_up_profile(registry.base), http, clock=lambda: NOW, entropy=seeded_entropy("x"))
    assert isinstance(client.look_up(CLAIMED), Authenticated)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*answer(), "more"]), JSON))
def test_no_answer_of_any_form_raises_or_confirms_what_it_does_not_say(changes: dict[str, Any]) -> None:
    profile = look_up_profile("https://operator.example")
    body = json.dumps({**answer(), **changes}).encode()
    kept = Answer(body, "application/json", NOW)
    found = judge_answer(kept, CLAIMED, profile, trail=start_look_up(profile, now=NOW))
    if isinstance(found, Authenticated):
        assert found.certificate.holder == HOLDER
        assert changes.get("certificate", "C-1") == "C-1"


@given(st.binary(max_size=200))
def test_no_bytes_confirm_anything(body: bytes) -> None:
    profile = look_up_profile("https://operator.example")
    kept = Answer(body, "application/json", NOW)
    found = judge_answer(kept, CLAIMED, profile, trail=start_look_up(profile, now=NOW))
    assert isinstance(found, Undecided)


def test_a_status_list_is_fetched_under_the_same_guards(tmp_path: Path) -> None:
    server, trusting = make_tls(tmp_path, "localhost")
    with does.running(tls=server) as registry:
        http = GuardedHttp(limits=does.PATIENT, allow_loopback=True, tls=trusting)
        uri = f"{registry.base}/status/1"
        registry.behaviour = does.body(b"a.b.c", "application/statuslist+jwt")
        found = fetch_status(uri, http, clock=lambda: NOW)
        assert found is not None
        assert (found.compact, found.fetched_at) == ("a.b.c", NOW)
        for behaviour in (does.body(b"a.b.c"), does.status(404), does.slow, does.gzip_bomb, does.hang_up):
            registry.behaviour = behaviour
            http = GuardedHttp(limits=does.limits_for(behaviour), allow_loopback=True, tls=trusting)
            assert fetch_status(uri, http, clock=lambda: NOW) is None
        assert fetch_status(uri, GuardedHttp(), clock=lambda: NOW) is None
