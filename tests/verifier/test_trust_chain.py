"""The trust chain of a body: each link that is wrong is refused, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from registry.publishing.entity import sign_entity_configuration
from registry.scenario.simulated_log import HOST
from tests.world import fork
from verifier.envelope import DAY, sign_token
from verifier.errors import EvidenceError, NewerVersionError, SignatureError, StatementError
from verifier.injected import seeded_entropy
from verifier.keys import VerifyingKey, import_jwk
from verifier.names import authority_uri, body_uri
from verifier.signer import SoftwareSigner
from verifier.trust.entity_statement import (
    CONFIGURATION_LIFETIME,
    STATEMENT_LIFETIME,
    TYP,
    parse_body_configuration,
    parse_subordinate_statement,
    sign_body_configuration,
    sign_subordinate_statement,
)
from verifier.trust.root import TrustRoot
from verifier.trust.trust_chain import FederatedBody, verify_trust_chain

STRANGER = SoftwareSigner.generate(seeded_entropy("stranger"))
AUTHORITY = authority_uri(HOST)


def public(signer: SoftwareSigner) -> VerifyingKey:
    return import_jwk(signer.jwk)


@dataclass(frozen=True)
class Links:
    """The three statements, and what they are checked with."""

    body: str
    statement: str
    authority: str
    root: TrustRoot
    now: int

    def check(self) -> FederatedBody:
        return verify_trust_chain(self.body, self.statement, self.authority, root=self.root, now=self.now)


@dataclass(frozen=True)
class Made:
    """Honest links, and the keys behind them."""

    links: Links
    no: int
    decider: SoftwareSigner
    directory: SoftwareSigner

    @property
    def uri(self) -> str:
        return body_uri(HOST, self.no)

    def body(self, signer: SoftwareSigner | None = None, **changes: Any) -> str:
        """Return a configuration with other claims, None taking one away, by the decider or somebody else."""
        payload = {**parse_body_configuration(self.links.body).token.payload, **changes}
        return _signed(payload, signer or self.decider)

    def statement(self, signer: SoftwareSigner | None = None, **changes: Any) -> str:
        """Return a statement with other claims."""
        payload = {**parse_subordinate_statement(self.links.statement).token.payload, **changes}
        return _signed(payload, signer or self.directory)


def _signed(payload: dict[str, Any], signer: SoftwareSigner) -> str:
    return sign_token({name: value for name, value in payload.items() if value is not None}, typ=TYP, signer=signer)


@pytest.fixture(scope="module")
def made() -> Made:
    world = fork()
    sim, no, decider = world.sim, world.body.no, world.body.keys["decider"]
    directory = sim.ceremony.keys.directory
    keys = [public(decider)]
    own = sign_body_configuration(HOST, no, organisation="Sample", keys=keys, iat=sim.now, signer=decider)
    said = sign_subordinate_statement(HOST, no, keys=keys, iat=sim.now, signer=directory)
    authority = sign_entity_configuration(sim.state, organisation="Sample", iat=sim.now, signer=directory)
    return Made(Links(own, said, authority, sim.root, sim.now), no, decider, directory)


def test_a_chain_holds_until_its_first_link_ends(made: Made) -> None:
    found = made.links.check()
    assert (found.uri, found.kids) == (made.uri, (made.decider.kid,))
    assert found.exp == made.links.now + STATEMENT_LIFETIME
    assert found.trust_mark_types == tuple(sorted(f"{AUTHORITY}/tm/jp.meti.scs/{level}" for level in (3, 4)))
    assert replace(made.links, now=found.exp - 1).check() == found
    with pytest.raises(EvidenceError, match="authority: the token has expired"):
        replace(made.links, now=found.exp).check()


def test_the_authority_is_who_the_trust_root_says_and_not_who_vouches_for_itself(made: Made) -> None:
    own = sign_entity_configuration(fork().sim.state, organisation="Sample", iat=made.links.now, signer=STRANGER)
    said = made.statement(STRANGER)
    with pytest.raises(EvidenceError, match="directory key of the trust root"):
        replace(made.links, authority=own, statement=said).check()


def test_a_directory_key_that_was_cut_off_anchors_nothing(made: Made) -> None:
    root = made.links.root
    keys = tuple(
        one.model_copy(update={"cutoff": 5}) if one.kid == made.directory.kid else one for one in root.content.keys
    )
    with pytest.raises(EvidenceError, match="directory key of the trust root"):
        replace(made.links, root=replace(root, content=root.content.model_copy(update={"keys": keys}))).check()


def test_a_statement_by_somebody_else_is_refused(made: Made) -> None:
    with pytest.raises(SignatureError, match="none of the authority's keys"):
        replace(made.links, statement=made.statement(STRANGER)).check()


def test_a_statement_about_another_body_is_refused(made: Made) -> None:
    with pytest.raises(SignatureError, match="not about the same body"):
        replace(made.links, statement=made.statement(sub=body_uri(HOST, 9))).check()


def test_a_configuration_by_a_key_that_the_authority_does_not_name_is_refused(made: Made) -> None:
    keys = [public(made.decider), public(STRANGER)]
    own = sign_body_configuration(HOST, made.no, organisation="x", keys=keys, iat=made.links.now, signer=STRANGER)
    with pytest.raises(SignatureError, match="a key that the authority does not name"):
        replace(made.links, body=own).check()


def test_a_key_that_only_one_side_names_is_none_of_the_bodys_keys(made: Made) -> None:
    both = [public(made.decider), public(STRANGER)]
    own = sign_body_configuration(HOST, made.no, organisation="x", keys=both, iat=made.links.now, signer=made.decider)
    assert replace(made.links, body=own).check().kids == (made.decider.kid,)
    said = sign_subordinate_statement(HOST, made.no, keys=both, iat=made.links.now, signer=made.directory)
    assert replace(made.links, statement=said).check().kids == (made.decider.kid,)


def test_links_of_another_time_are_refused_by_name(made: Made) -> None:
    later = made.links.now + 3600
    for link, token in (("statement", made.statement(iat=later, exp=later + 9)), ("body", made.body(iat=later))):
        with pytest.raises(EvidenceError, match=f"{link}: the token was issued in the future"):
            replace(made.links, **{link: token}).check()
    ended = made.body(iat=made.links.now - 9, exp=made.links.now)
    with pytest.raises(EvidenceError, match="body: the token has expired"):
        replace(made.links, body=ended).check()


def test_a_link_in_the_place_of_another_is_refused(made: Made) -> None:
    links = made.links
    for wrong in (
        replace(links, body=links.statement),
        replace(links, statement=links.body),
        replace(links, authority=links.body),
        replace(links, statement=links.authority),
        replace(links, body=links.authority),
    ):
        with pytest.raises(EvidenceError):
            wrong.check()


@pytest.mark.parametrize(
    "changes",
    [
        {"authority_hints": None},
        {"authority_hints": []},
        {"authority_hints": ["https://elsewhere.example"]},
        {"jwks": {"keys": []}},
        {"jwks": None},
        {"sub": f"{AUTHORITY}/e/9"},
        {"iss": f"{AUTHORITY}/o/0188-1180301018771", "sub": f"{AUTHORITY}/o/0188-1180301018771"},
        {"crit": ["metadata_policy_crit"]},
    ],
)
def test_a_configuration_that_breaks_a_must_is_refused(made: Made, changes: dict[str, Any]) -> None:
    with pytest.raises((EvidenceError, NewerVersionError)):
        parse_body_configuration(made.body(**changes))


def test_a_private_member_in_the_keys_of_a_statement_is_refused(made: Made) -> None:
    jwk = {**made.decider.jwk, "kid": made.decider.kid, "d": "AAAA"}
    with pytest.raises(EvidenceError, match="private"):
        parse_body_configuration(made.body(jwks={"keys": [jwk]}))


def test_statements_of_the_authority_last_a_week_and_those_of_bodies_ninety_days(made: Made) -> None:
    now = made.links.now
    with pytest.raises(EvidenceError, match="lifetime"):
        parse_subordinate_statement(made.statement(exp=now + STATEMENT_LIFETIME + 1))
    assert parse_body_configuration(made.links.body).exp == now + CONFIGURATION_LIFETIME == now + 90 * DAY
    with pytest.raises(EvidenceError, match="lifetime"):
        made.body(exp=now + CONFIGURATION_LIFETIME + 1)


def test_members_of_the_federation_that_are_not_known_stand_unread(made: Made) -> None:
    own = made.body(trust_anchor_hints=["https://elsewhere.example"], something_new={"a": 1})
    assert replace(made.links, body=own).check().uri == made.uri
    with pytest.raises(StatementError):
        parse_body_configuration(made.body(authority_hints=[7]))
