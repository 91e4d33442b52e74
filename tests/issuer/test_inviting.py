"""One-time invitations: who confirms is listed that day, who swears does so once, and no token is good twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from issuer.assigning import declare_interest
from issuer.invitation import LIFETIME, invitation_file, read_reply, token_digest
from issuer.inviting import confirm_by_token, invite, swear_by_token
from issuer.scoping import exclude
from issuer.suitability import Interest
from issuer.template import EVIDENCE
from registry.scenario.simulated_log import HOST
from tests.issuer.conftest import DAY, PACK, filled_sheet, sheet_with
from verifier.bundle import parse_bundle
from verifier.errors import NewerVersionError, RefusedError, UnavailableError
from verifier.names import expert_uri
from verifier.statement import parse_statement
from verifier.statement.attestation import parse_attestation
from verifier.verdict import Headline
from verifier.verify import verify_text

if TYPE_CHECKING:
    from pathlib import Path

    from tests.issuer.conftest import Evaluator

EXPERT, LATER = "E-1042", "E-2000"
FIRST = PACK.items_for(3)[0].id


@pytest.fixture
def case(evaluator: Evaluator) -> str:
    """A ★3 case with its answers, at a desk whose log lists one expert now and one from tomorrow."""
    for number, begins in ((EXPERT, 0), (LATER, DAY)):
        window = {"from": evaluator.sim.now + begins, "until": evaluator.sim.now + 60 * DAY}
        evaluator.sim.say("expert.listed", expert_uri(HOST, number), {"register": "riss", **window})
    evaluator.sim.publish()
    opened = evaluator.open()
    evaluator.desk.import_answers(opened, filled_sheet(3), "a.xlsx")
    return opened


def refused(evaluator: Evaluator, token: str, *, expert: str = EXPERT) -> str:
    with pytest.raises(RefusedError) as error:
        confirm_by_token(evaluator.desk, token, expert=expert)
    return error.value.message


def test_an_expert_confirms_and_an_executive_swears_by_one_token_each(evaluator: Evaluator, case: str) -> None:
    token, _ = invite(evaluator.desk, case, "confirm")
    confirmed = confirm_by_token(evaluator.desk, token, expert=EXPERT)
    assert confirmed.confirmation is not None
    assert (confirmed.confirmation.by, confirmed.confirmation.answers_sha256) == (EXPERT, confirmed.digest)
    oath, _ = invite(evaluator.desk, case, "swear")
    assert swear_by_token(evaluator.desk, oath, officer="代表取締役").oath is not None
    evaluator.sim.now += 3600
    attested = evaluator.desk.attest(case).attested
    assert attested is not None
    says = parse_attestation(attested.compact, log=f"{HOST}/log").says
    assert says.confirmed is not None
    assert says.confirmed.expert == expert_uri(HOST, EXPERT)


def test_a_mark_that_a_listed_expert_confirmed_is_issued(evaluator: Evaluator, case: str, tmp_path: Path) -> None:
    confirm_by_token(evaluator.desk, invite(evaluator.desk, case, "confirm")[0], expert=EXPERT)
    swear_by_token(evaluator.desk, invite(evaluator.desk, case, "swear")[0], officer="代表取締役")
    evaluator.sim.now += 3600
    evaluator.desk.attest(case)
    evaluator.sim.now += DAY
    evaluator.sim.publish_directory()
    evaluator.sim.publish()
    evaluator.desk.decide(case, "granted")
    issued = evaluator.issue(case, tmp_path)
    bundle = parse_bundle((issued.folder / "bundle.json").read_bytes())
    assert expert_uri(HOST, EXPERT) in {parse_statement(one.compact).object for one in bundle.statements}
    text = (issued.folder / "mark.jwt").read_text()
    verdict = verify_text(text, bundle=bundle, root=evaluator.sim.root, now=evaluator.sim.now)
    assert verdict.headline is Headline.VALID_OFFLINE


def test_a_token_is_good_once(evaluator: Evaluator, case: str) -> None:
    token, _ = invite(evaluator.desk, case, "confirm")
    confirm_by_token(evaluator.desk, token, expert=EXPERT)
    assert "the token is used" in refused(evaluator, token)


def test_a_token_expires_after_fourteen_days(evaluator: Evaluator, case: str) -> None:
    token, invitation = invite(evaluator.desk, case, "confirm")
    assert invitation.expires_at == evaluator.sim.now + 14 * DAY
    evaluator.sim.now += LIFETIME
    assert "the token expired" in refused(evaluator, token)
    evaluator.sim.now -= 1
    assert confirm_by_token(evaluator.desk, token, expert=EXPERT).confirmation is not None


def test_a_new_invitation_ends_the_one_before(evaluator: Evaluator, case: str) -> None:
    first, _ = invite(evaluator.desk, case, "confirm")
    second, _ = invite(evaluator.desk, case, "confirm")
    assert "the token is replaced" in refused(evaluator, first)
    assert confirm_by_token(evaluator.desk, second, expert=EXPERT).confirmation is not None


def test_a_token_is_for_the_answers_as_they_stood(evaluator: Evaluator, case: str) -> None:
    token, _ = invite(evaluator.desk, case, "confirm")
    evaluator.desk.import_answers(case, sheet_with({(FIRST, EVIDENCE): "別の証跡"}), "b.csv")
    assert "changed after the invitation" in refused(evaluator, token)
    token, _ = invite(evaluator.desk, case, "confirm")
    exclude(evaluator.desk, case, "site", what="倉庫", justification="閉鎖予定")
    assert "changed after the invitation" in refused(evaluator, token)


@pytest.mark.parametrize("token", ["", "A" * 43, "not a token"])
def test_a_token_that_was_never_given_out_is_none(evaluator: Evaluator, case: str, token: str) -> None:
    assert "gave out no such token" in refused(evaluator, token)


def test_a_token_to_swear_does_not_confirm(evaluator: Evaluator, case: str) -> None:
    evaluator.desk.confirm_by_expert(case, kind="body_holder", by="h-99aa")
    token, _ = invite(evaluator.desk, case, "swear")
    assert "gave out no such token" in refused(evaluator, token)


@pytest.mark.parametrize("expert", ["E-9999", LATER])
def test_an_expert_who_is_not_listed_on_the_day_does_not_confirm(evaluator: Evaluator, case: str, expert: str) -> None:
    token, _ = invite(evaluator.desk, case, "confirm")
    assert f"does not list expert {expert} for that day" in refused(evaluator, token, expert=expert)
    evaluator.sim.now += DAY
    if expert == LATER:
        assert confirm_by_token(evaluator.desk, token, expert=LATER).confirmation is not None


def test_an_expert_who_was_delisted_does_not_confirm(evaluator: Evaluator, case: str) -> None:
    token, _ = invite(evaluator.desk, case, "confirm", invited=EXPERT)
    evaluator.sim.say("expert.delisted", expert_uri(HOST, EXPERT), {"reason": "request"})
    with pytest.raises(UnavailableError, match="not published yet"):
        confirm_by_token(evaluator.desk, token, expert=EXPERT)
    evaluator.sim.publish()
    assert "does not list expert" in refused(evaluator, token)


def test_an_invitation_may_be_for_one_expert_alone(evaluator: Evaluator, case: str) -> None:
    evaluator.sim.now += DAY
    token, _ = invite(evaluator.desk, case, "confirm", invited=EXPERT)
    assert "given to another expert" in refused(evaluator, token, expert=LATER)


def test_an_expert_with_a_declared_relation_does_not_confirm(evaluator: Evaluator, case: str) -> None:
    token, _ = invite(evaluator.desk, case, "confirm")
    declare_interest(evaluator.desk, Interest(EXPERT, "1180301018771", "employment", evaluator.sim.now - DAY))
    assert "conflict_of_interest" in refused(evaluator, token)


def test_nobody_swears_before_an_expert_has_confirmed(evaluator: Evaluator, case: str) -> None:
    with pytest.raises(RefusedError, match="what an expert has confirmed"):
        invite(evaluator.desk, case, "swear")


def test_star_4_invites_nobody(evaluator: Evaluator) -> None:
    four = evaluator.open(4)
    with pytest.raises(RefusedError, match="nobody confirms or swears now"):
        invite(evaluator.desk, four, "confirm")
    evaluator.desk.import_answers(four, filled_sheet(4), "a.xlsx")
    with pytest.raises(RefusedError, match="asks nobody to confirm"):
        invite(evaluator.desk, four, "confirm")


def test_the_desk_keeps_no_token(evaluator: Evaluator, case: str) -> None:
    token, invitation = invite(evaluator.desk, case, "confirm")
    assert invitation.token_sha256 == token_digest(token)
    with evaluator.desk.database.transaction() as session:
        kept = str(session.connection().exec_driver_sql("SELECT * FROM desk_invitation").all())
        told = str(session.connection().exec_driver_sql("SELECT * FROM desk_event").all())
    assert token not in kept + told
    assert invitation.token_sha256 in kept


def reply(evaluator: Evaluator, case: str, **changed: Any) -> bytes:
    token, invitation = invite(evaluator.desk, case, "confirm")
    members = invitation_file(evaluator.desk.case(case), invitation, token)
    return json.dumps(members | {"by": EXPERT, "agrees": True} | changed).encode()


def test_the_file_goes_out_with_the_answers_and_comes_back_with_a_name(evaluator: Evaluator, case: str) -> None:
    read = read_reply(reply(evaluator, case), "confirm")
    assert read.by == EXPERT
    assert confirm_by_token(evaluator.desk, read.token, expert=read.by).confirmation is not None


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"agrees": False}, "who agrees"),
        ({"by": "  "}, "who agrees"),
        ({"answers": []}, "were changed"),
        ({"exclusions": [{"no": 1}]}, "were changed"),
        ({"purpose": "swear"}, "an invitation to swear"),
    ],
)
def test_a_file_that_agrees_to_nothing_or_was_changed_is_refused(
    evaluator: Evaluator, case: str, changed: dict[str, Any], why: str
) -> None:
    with pytest.raises(RefusedError, match=why):
        read_reply(reply(evaluator, case, **changed), "confirm")


def test_a_file_with_an_unknown_member_is_not_read(evaluator: Evaluator, case: str) -> None:
    with pytest.raises(NewerVersionError):
        read_reply(reply(evaluator, case, comment="ok"), "confirm")
