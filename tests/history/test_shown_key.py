"""Is this person from an accredited body? What the record says of a key id, a proof of a key and an attestation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from registry.reading.reader import create_reader
from registry.scenario.simulated_plane import published
from registry.web.in_process import InProcessTransport
from tests.world import World, fork_issued
from verifier.dates import utc_text
from verifier.edge.page.pages import PageRenderer
from verifier.injected import seeded_entropy
from verifier.names import key_uri, log_origin
from verifier.signer import SoftwareSigner
from verifier.statement.key_proof import sign_key_proof

if TYPE_CHECKING:
    from pathlib import Path

HOST = "shirushi.example"
TAG = re.compile(r"<[^>]*>")


class Counter:
    """A world with a mark, published, and whoever asks at its reader."""

    def __init__(self, folder: Path) -> None:
        self.world: World
        self.world, self.mark = fork_issued()
        self.folder = folder
        self.publish()

    def publish(self) -> None:
        """Publish what the world holds now."""
        self.world.show()
        for path, data in published(self.world.sim).files.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(data)

    @property
    def no(self) -> int:
        """The body's number."""
        return int(self.world.body.uri.rpartition("/")[2])

    def key(self, role: str) -> SoftwareSigner:
        """The body's key of a role."""
        return self.world.body.keys[role]

    def proof(self, signer: SoftwareSigner, *, role: Any = "assessor", body: str = "", age: int = 60) -> str:
        """A proof of possession."""
        return sign_key_proof(
            body=body or self.world.body.uri,
            role=role,
            holder="h-1",
            no=1,
            log=log_origin(HOST),
            iat=self.world.sim.now - age,
            signer=signer,
            entropy=seeded_entropy("proof"),
        )

    def ask(self, shown: str, *, no: int | None = None, accept: str = "application/json", **query: str) -> Any:
        """Ask at the body's address."""
        sim = self.world.sim
        render = PageRenderer(environment="sandbox", zone="Asia/Tokyo", now=lambda: sim.now)
        app = create_reader(self.folder, trust_root=sim.root, now=lambda: sim.now, render=render)
        http = httpx.Client(transport=InProcessTransport({"reader": app}), base_url="http://reader")
        headers = {"Accept": accept, "Accept-Language": "en"}
        return http.get(f"/e/{no or self.no}/key", params={"q": shown, **query}, headers=headers)

    def told(self, shown: str, **asked: Any) -> dict[str, str]:
        """Return headline and results of the checks."""
        answer = self.ask(shown, **asked).json()
        return {"headline": answer["headline"], **{one["name"]: one["reason"] for one in answer["checks"]}}


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path)


def test_a_fresh_proof_of_a_listed_key_confirms_its_holder(counter: Counter) -> None:
    answer = counter.ask(counter.proof(counter.key("assessor"))).json()
    assert answer["headline"] == "confirmed"
    assert {one["result"] for one in answer["checks"]} == {"passed"}
    assert (answer["listed_for"]["uri"], answer["role"]) == (counter.world.body.uri, "assessor")


def test_a_key_id_shows_that_it_is_listed_and_never_who_holds_it(counter: Counter) -> None:
    kid = counter.key("assessor").kid
    for shown in (kid, key_uri(HOST, kid), f"  {kid}\n"):
        told = counter.told(shown)
        assert (told["headline"], told["holder"], told["signature"]) == ("listed", "key_id", "no_signature")


def test_an_attestation_shows_that_the_key_signed_once(counter: Counter) -> None:
    attestation = (counter.folder / f"m/{counter.mark}/attestation.jwt").read_text()
    told = counter.told(attestation)
    assert (told["headline"], told["signature"], told["holder"]) == ("listed", "signed", "signed_then")


def test_an_old_proof_is_no_proof_of_today(counter: Counter) -> None:
    assert counter.told(counter.proof(counter.key("assessor"), age=3600))["holder"] == "held_then"
    assert counter.told(counter.proof(counter.key("assessor"), age=3600))["headline"] == "listed"
    assert counter.told(counter.proof(counter.key("assessor"), age=-60))["headline"] == "listed"


def test_a_strangers_key_is_not_listed(counter: Counter) -> None:
    stranger = SoftwareSigner.generate(seeded_entropy("stranger"))
    assert counter.told(counter.proof(stranger))["headline"] == "not_listed"
    assert counter.told(stranger.kid)["headline"] == "not_listed"


def test_a_stolen_proof_that_was_altered_is_forged(counter: Counter) -> None:
    proof = counter.proof(counter.key("assessor"))
    head, payload, signature = proof.split(".")
    other = counter.proof(counter.key("assessor"), role="decider").split(".")[1]
    assert counter.told(f"{head}.{other}.{signature}")["headline"] == "forged"
    attestation = (counter.folder / f"m/{counter.mark}/attestation.jwt").read_text()
    assert counter.told(attestation[:-6] + "AAAAAA")["headline"] == "forged"
    assert counter.told(f"{head}.{payload}.{signature[:-4]}")["headline"] == "forged"


def test_an_attestation_under_a_listed_key_that_did_not_sign_it_is_forged(counter: Counter) -> None:
    proof = counter.proof(counter.key("assessor"))
    attestation = (counter.folder / f"m/{counter.mark}/attestation.jwt").read_text()
    head, payload, _ = attestation.split(".")
    assert counter.told(f"{head}.{payload}.{proof.split('.')[2]}")["headline"] == "forged"


def test_a_key_of_another_role_or_body_is_told(counter: Counter) -> None:
    told = counter.told(counter.proof(counter.key("decider")))
    assert (told["headline"], told["role"]) == ("other_body", "other_role")
    claims_another = counter.proof(counter.key("assessor"), body=f"https://{HOST}/e/77")
    assert counter.told(claims_another)["body"] == "other_body"


def test_a_key_that_was_revoked_is_not_in_force_from_then_on(counter: Counter) -> None:
    kid, before = counter.key("assessor").kid, counter.world.sim.now
    counter.world.sim.now += 86_400
    counter.world.show()
    counter.world.announce(
        "key.revoked", key_uri(HOST, kid), {"reason": "superseded", "cutoff_index": len(counter.world.sim.entries)}
    )
    counter.publish()
    told = counter.told(counter.proof(counter.key("assessor")))
    assert (told["headline"], told["key"]) == ("not_in_force", "key_revoked")
    assert counter.told(kid, on=utc_text(before))["headline"] == "listed"


def test_a_key_whose_signatures_are_void_from_before_that_day_was_not_in_force_then(counter: Counter) -> None:
    kid, before = counter.key("assessor").kid, counter.world.sim.now
    counter.world.sim.now += 86_400
    counter.world.announce("key.revoked", key_uri(HOST, kid), {"reason": "compromised", "cutoff_index": 9})
    counter.publish()
    told = counter.told(kid, on=utc_text(before))
    assert (told["headline"], told["key"]) == ("not_in_force", "key_void")


def test_a_suspended_body_is_told_whoever_comes(counter: Counter) -> None:
    counter.world.announce("body.suspended", counter.world.body.uri, {"reason": "urgent"})
    counter.publish()
    told = counter.told(counter.proof(counter.key("assessor")))
    assert (told["headline"], told["standing"]) == ("not_in_force", "body_suspended")


def test_before_the_key_was_listed_nothing_was_in_force(counter: Counter) -> None:
    told = counter.told(counter.key("assessor").kid, on="2020-01-01")
    assert (told["headline"], told["key"]) == ("not_in_force", "key_not_yet")


@pytest.mark.parametrize(
    ("shown", "on"),
    [("Mr Sample", ""), ("eyJ", ""), ("x" * 9001, ""), ("A" * 43, "2090-01-01"), ("A" * 43, "yesterday")],
)
def test_what_is_no_credential_and_no_day_is_told(counter: Counter, shown: str, on: str) -> None:
    answer = counter.ask(shown, on=on)
    if shown == "eyJ":
        assert answer.json()["headline"] == "forged"
    else:
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong_use")
        page = counter.ask(shown, on=on, accept="text/html")
        assert (page.status_code, "This cannot be read" in page.text) == (400, True)


def test_a_page_names_the_body_and_the_role_and_never_a_person(counter: Counter) -> None:
    record = counter.world.sim.state.keys[counter.key("assessor").kid]
    page = counter.ask(counter.proof(counter.key("assessor")), accept="text/html")
    text = " ".join(TAG.sub(" ", page.text).split())
    for words in ("Whoever made this holds a key of this body now", "Assessor", f"Accredited body no. {counter.no}"):
        assert words in text
    assert record.holder not in page.text.replace(counter.proof(counter.key("assessor")), "")
    assert page.headers["cache-control"] == "no-store"


def test_without_a_question_it_leads_to_the_body(counter: Counter) -> None:
    answer = counter.ask("")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/e/{counter.no}")
    assert counter.ask("A" * 43, no=7_777).status_code == 404
