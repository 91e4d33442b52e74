"""The desk makes what the body says of itself in a federation, with the keys that the authority lists and no other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from issuer.entity_configuration import make_entity_configuration
from registry.publishing.entity import sign_entity_configuration
from registry.scenario.simulated_log import HOST
from tests.issuer.conftest import BODY
from verifier.encoding import b64u
from verifier.errors import NotFoundError, RefusedError, WrongUseError
from verifier.injected import seeded_entropy
from verifier.keys import import_jwk
from verifier.names import body_uri
from verifier.signer import SoftwareSigner
from verifier.trust.entity_statement import parse_body_configuration, sign_subordinate_statement
from verifier.trust.trust_chain import verify_trust_chain
from verifier.trust.trustlist import sign_trust_list

if TYPE_CHECKING:
    from tests.issuer.conftest import Evaluator


def publish_list(evaluator: Evaluator) -> None:
    sim = evaluator.sim
    signed = sign_trust_list(
        sim.state, sim.root, names={}, iat=sim.now, nonce=b64u(bytes(16)), signer=sim.ceremony.keys.directory
    )
    sim.files["trust/list.jwt"] = signed.encode()


def test_the_desks_configuration_completes_the_chain_to_the_authority(evaluator: Evaluator) -> None:
    publish_list(evaluator)
    sim, decider = evaluator.sim, evaluator.desk.signers["decider"]
    compact = make_entity_configuration(evaluator.desk, organisation="見本評価機構")
    own = parse_body_configuration(compact)
    assert (own.sub, list(own.keys)) == (body_uri(HOST, BODY), [decider.kid])
    directory = sim.ceremony.keys.directory
    said = sign_subordinate_statement(HOST, BODY, keys=[import_jwk(decider.jwk)], iat=sim.now, signer=directory)
    above = sign_entity_configuration(sim.state, organisation="Authority", iat=sim.now, signer=directory)
    assert verify_trust_chain(compact, said, above, root=sim.root, now=sim.now).uri == body_uri(HOST, BODY)


def test_a_key_that_the_authority_does_not_list_signs_no_configuration(evaluator: Evaluator) -> None:
    publish_list(evaluator)
    stranger = SoftwareSigner.generate(seeded_entropy("stranger"))
    desk = replace(evaluator.desk, signers={"decider": stranger})
    with pytest.raises(RefusedError, match="does not name the open decider's key"):
        make_entity_configuration(desk, organisation="x")
    with pytest.raises(WrongUseError, match="not open"):
        make_entity_configuration(replace(evaluator.desk, signers={}), organisation="x")


def test_without_a_trust_list_there_is_nothing_to_sign(evaluator: Evaluator) -> None:
    evaluator.sim.files.pop("trust/list.jwt", None)
    with pytest.raises(NotFoundError):
        make_entity_configuration(evaluator.desk, organisation="x")
