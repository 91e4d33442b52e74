"""What may be said about agreements, mappings and recognitions, by whom and in which order."""

from __future__ import annotations

from typing import Any

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulated_treaty import AGREEMENT, FOREIGN, ForeignOperator, list_foreign_operator
from registry.scenario.simulator import CRITERIA, DAY, HOLDER
from tests.world import World, fork
from verifier.encoding import digest
from verifier.errors import NotFoundError, RefusedError
from verifier.identifier import parse_identifier
from verifier.names import authority_uri, log_origin, org_uri
from verifier.replay.clock import standing_of
from verifier.scheme.tables import files_digest
from verifier.statement import Draft
from verifier.statement.document import write_document

MAPPING = f"https://{HOST}/p/partner-to-scs3"
RECOGNITION = f"https://{HOST}/r/r-1"
RECEIPT = {"receipt.json": b"{}\n"}


def partner() -> ForeignOperator:
    return list_foreign_operator(fork())


def in_force() -> ForeignOperator:
    foreign = partner()
    foreign.propose()
    foreign.announce()
    foreign.begin()
    return foreign


def state(foreign: ForeignOperator, uri: str = AGREEMENT) -> str | None:
    return foreign.world.sim.state.state_of(uri)


def record(world: World, **changes: Any) -> int:
    """The directory key records a recognition."""
    public = {
        "agreement": AGREEMENT,
        "scheme": "jp.meti.scs",
        "tier": 3,
        "sub": org_uri(HOST, parse_identifier(HOLDER)),
        "until": world.sim.now + 100 * DAY,
        "receipt_sha256": files_digest(RECEIPT),
    }
    draft = Draft(log_origin(HOST), "recognition.recorded", RECOGNITION, public | changes)
    directory = world.sim.ceremony.keys.directory
    index = world.sim.speak(draft, directory, iss=authority_uri(HOST), document=write_document(RECEIPT))
    world.sim.publish()
    return index


# --- the way into force ----------------------------------------------------------------------------------------------


def test_both_sides_sign_the_same_terms_and_then_the_agreement_decides() -> None:
    foreign = partner()
    for act, reached in ((foreign.propose, "proposed"), (foreign.announce, "announced"), (foreign.begin, "in_force")):
        act()
        assert state(foreign) == reached


def test_the_document_of_the_terms_is_published_beside_them() -> None:
    foreign = partner()
    foreign.propose()
    sha256 = foreign.terms()["sha256"]
    assert foreign.world.sim.files[f"documents/{sha256}.json"] == write_document(foreign.files).encode()


def test_terms_without_their_document_are_not_at_hand() -> None:
    foreign = partner()
    draft = Draft(log_origin(HOST), "agreement.proposed", AGREEMENT, foreign.terms())
    with pytest.raises(NotFoundError, match="document"):
        foreign.world.sim.speak(draft, foreign.body.keys["foreign_operator"], iss=foreign.body.uri)


def test_another_document_than_the_pinned_one_is_refused() -> None:
    foreign = partner()
    with pytest.raises(RefusedError, match="not the one that the statement pins"):
        foreign.propose(sha256=digest(b"other"))


def test_terms_that_the_foreign_operator_did_not_propose_are_not_announced() -> None:
    foreign = partner()
    foreign.propose()
    foreign.files["agreement.toml"] = b'id = "jp-partner"\nmax_supplement = 99\n'
    with pytest.raises(RefusedError, match="did not propose these very terms"):
        foreign.announce(document=True)


def test_nothing_comes_into_force_that_was_not_announced() -> None:
    foreign = partner()
    foreign.propose()
    with pytest.raises(RefusedError, match="not possible while the object is proposed"):
        foreign.begin()
    foreign.announce()
    with pytest.raises(RefusedError, match="was not announced"):
        foreign.begin(version=2)


def test_an_agreement_does_not_begin_in_the_past() -> None:
    foreign = partner()
    foreign.propose()
    foreign.announce()
    with pytest.raises(RefusedError, match="in the past"):
        foreign.begin(effective=foreign.world.sim.now - 1)


def test_a_unilateral_agreement_needs_no_proposal_but_a_legal_instrument() -> None:
    foreign = partner()
    foreign.announce(kind="unilateral", document=True)
    with pytest.raises(RefusedError, match="legal instrument"):
        foreign.begin(kind="unilateral")
    foreign.begin(kind="unilateral", legal_sha256=digest(b"law"))
    assert state(foreign) == "in_force"


def test_an_operator_that_is_suspended_stands_behind_nothing_new() -> None:
    foreign = partner()
    foreign.propose()
    foreign.announce()
    foreign.world.sim.say("body.suspended", foreign.body.uri, {"reason": "cause"})
    foreign.world.sim.publish()
    with pytest.raises(RefusedError, match="not listed any more"):
        foreign.begin()
    with pytest.raises(RefusedError, match="no foreign operator was listed"):
        foreign.propose(version=2)


def test_a_declined_agreement_is_proposed_again() -> None:
    foreign = partner()
    foreign.propose()
    foreign.decide("declined", {"reason": "not_equivalent"})
    assert state(foreign) == "declined"
    foreign.propose(version=2)
    assert state(foreign) == "proposed"


# --- who may speak ---------------------------------------------------------------------------------------------------


def test_an_operator_proposes_for_its_own_scheme_only() -> None:
    foreign = partner()
    with pytest.raises(RefusedError, match="not listed for the scheme"):
        foreign.propose(scheme="example.other")


def test_an_operator_does_not_touch_the_agreement_of_another() -> None:
    foreign = partner()
    foreign.propose()
    other = list_foreign_operator(foreign.world, 9002)
    with pytest.raises(RefusedError, match="another operator's"):
        other.propose(version=2)


@pytest.mark.parametrize("type", ["agreement.announced", "agreement.in_force", "agreement.terminated"])
def test_a_foreign_operator_never_decides(type: str) -> None:
    foreign = partner()
    foreign.propose()
    public = {
        "agreement.announced": foreign.terms(),
        "agreement.in_force": {**foreign.terms(), "effective": foreign.world.sim.now + DAY},
        "agreement.terminated": {"reason": "administrative", "existing": "stop_now", "effective": 1},
    }[type]
    public.pop("scheme" if type == "agreement.in_force" else "", None)
    draft = Draft(log_origin(HOST), type, AGREEMENT, public)
    with pytest.raises(RefusedError, match="may not sign"):
        foreign.world.sim.speak(draft, foreign.body.keys["foreign_operator"], iss=foreign.body.uri)


def test_an_operator_of_the_authority_proposes_nothing_for_the_other_side() -> None:
    foreign = partner()
    with pytest.raises(RefusedError, match="may not sign"):
        foreign.decide("proposed", foreign.terms(), document=True)


def test_keys_and_listings_of_foreign_operators_are_kept_apart() -> None:
    world = fork()
    foreign = list_foreign_operator(world)
    with pytest.raises(RefusedError, match="keys of a foreign operator"):
        world.sim.add_key(foreign.body, "decider", "h-x", no=7)
    with pytest.raises(RefusedError, match="keys of a foreign operator"):
        world.sim.add_key(world.body, "foreign_operator", "h-x", no=7)
    window = {"from": world.sim.now, "until": world.sim.now + DAY}
    row = {"scheme": "jp.meti.scs", "level": 3, "criteria_sha256": CRITERIA}
    said = {"no": 9003, "role": "foreign_operator", "identifier": "0188-1180301018771", **window}
    with pytest.raises(RefusedError, match="listed for foreign schemes"):
        world.sim.say("body.accredited", f"https://{HOST}/e/9003", {**said, "scope": []})
    with pytest.raises(RefusedError, match="awards no tiers"):
        world.sim.say("body.accredited", f"https://{HOST}/e/9003", {**said, "scope": [row], "operates": [FOREIGN]})


# --- amending, suspending, reinstating, ending -----------------------------------------------------------------------


def test_a_later_version_is_prepared_while_the_earlier_one_decides() -> None:
    foreign = in_force()
    foreign.files["agreement.toml"] += b"max_supplement = 3\n"
    foreign.propose(version=2)
    foreign.announce(version=2)
    assert state(foreign) == "in_force"
    foreign.begin(version=2)
    newest = foreign.world.sim.state.agreements[AGREEMENT].version
    assert newest is not None
    assert newest.version == 2


def test_terms_that_were_in_force_are_never_replaced_under_the_same_version() -> None:
    foreign = in_force()
    with pytest.raises(RefusedError, match="a later version"):
        foreign.propose(version=1)


def test_a_suspension_is_lifted_by_the_same_version_and_never_by_an_earlier_one() -> None:
    foreign = in_force()
    foreign.propose(version=2)
    foreign.announce(version=2)
    foreign.begin(version=2)
    foreign.suspend()
    with pytest.raises(RefusedError, match="only the newest version"):
        foreign.begin(version=1)
    foreign.begin(version=2)
    assert state(foreign) == "in_force"


def test_one_issuer_is_suspended_and_reinstated_while_the_agreement_goes_on() -> None:
    foreign = in_force()
    foreign.suspend(issuer="body-a", reason="integrity")
    assert state(foreign) == "in_force"
    foreign.begin(part={"issuer": "body-a"})
    events = foreign.world.sim.state.agreements[AGREEMENT].happened
    assert [(one.status, one.event.issuer) for one in events[1:]] == [("suspended", "body-a"), ("in_force", "body-a")]


def test_nothing_leads_out_of_a_terminated_agreement() -> None:
    foreign = in_force()
    end = {"reason": "administrative", "existing": "keep_until", "effective": foreign.world.sim.now}
    foreign.decide("terminated", end | {"until": foreign.world.sim.now + 90 * DAY})
    for act in (foreign.propose, foreign.announce, foreign.begin):
        with pytest.raises(RefusedError):
            act(version=2)


def test_an_agreement_stands_as_its_events_say_for_the_day() -> None:
    foreign = partner()
    foreign.propose()
    foreign.announce()
    begins = foreign.world.sim.now + 10 * DAY
    foreign.begin(effective=begins)
    stops = begins + 50 * DAY
    foreign.suspend(effective=stops)
    kept = foreign.world.sim.state.agreements[AGREEMENT]
    for at, expected in (
        (begins - 1, ("announced", begins)),
        (begins, ("in_force", stops)),
        (stops - 1, ("in_force", stops)),
        (stops, ("suspended", None)),
    ):
        found = standing_of(kept, at=at)
        assert (found.state, found.until) == expected, at


# --- mappings --------------------------------------------------------------------------------------------------------


def publish_mapping(world: World, files: dict[str, bytes], *, version: str, status: str = "complete") -> None:
    first, second = world.sim.ceremony.keys.operators
    public = {"version": version, "sha256": files_digest(files), "status": status}
    draft = Draft(log_origin(HOST), "mapping.published", MAPPING, public)
    world.sim.speak(draft, first, second=second, document=write_document(files))
    world.sim.publish()


def test_a_version_of_a_mapping_is_never_published_with_other_rows() -> None:
    world = fork()
    files = {"m.toml": b'id = "m"\n', "m.csv": b"source_ids\n"}
    publish_mapping(world, files, version="1", status="draft")
    publish_mapping(world, files, version="1")
    with pytest.raises(RefusedError, match="another document"):
        publish_mapping(world, {**files, "m.csv": b"source_ids,target_id\n"}, version="1")
    publish_mapping(world, files, version="1", status="superseded")
    with pytest.raises(RefusedError, match="not possible"):
        publish_mapping(world, files, version="2")


# --- recognitions ----------------------------------------------------------------------------------------------------


def test_a_recognition_is_recorded_while_the_agreement_decides_and_ends_once() -> None:
    foreign = in_force()
    record(foreign.world)
    assert state(foreign, RECOGNITION) == "recorded"
    held = foreign.world.sim.state.recognitions[RECOGNITION]
    assert standing_of(held, at=held.recorded.until - 1).state == "recorded"
    assert standing_of(held, at=held.recorded.until).state == "expired"
    draft = Draft(log_origin(HOST), "recognition.ended", RECOGNITION, {"reason": "certificate_withdrawn"})
    foreign.world.sim.speak(draft, foreign.world.sim.ceremony.keys.directory, iss=authority_uri(HOST))
    foreign.world.sim.publish()
    assert standing_of(foreign.world.sim.state.recognitions[RECOGNITION], at=1).state == "ended"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"agreement": f"https://{HOST}/a/none"}, "is not in force"),
        ({"until": 1}, "ends before it begins"),
        ({"tier": 9}, "no published criteria"),
        ({"sub": f"https://{HOST}/e/1001"}, "is an organisation's"),
    ],
)
def test_a_recognition_outside_its_rules_is_refused(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(RefusedError, match=rule):
        record(in_force().world, **changes)


def test_nothing_is_recognised_under_an_agreement_that_is_suspended() -> None:
    foreign = in_force()
    foreign.suspend()
    with pytest.raises(RefusedError, match="is not in force"):
        record(foreign.world)
