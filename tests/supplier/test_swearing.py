"""The evaluator's invitation to swear: nobody swears to other answers than those that were read, nor to their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from issuer.answers import ItemAnswer
from issuer.case import result_bytes
from issuer.invitation import invitation_file, read_reply
from issuer.inviting import confirm_by_token, invite, swear_by_token
from issuer.supplier.bringing import Sent, bring_sheet
from issuer.supplier.outgoing import answer_sheet
from issuer.supplier.swearing import find_oath, swear, take_invitation
from registry.scenario.simulated_log import HOST
from tests.issuer.conftest import DAY, accredited, evaluator, migrated
from tests.supplier.filled import ITEMS, met, sheet
from verifier.encoding import digest
from verifier.errors import RefusedError
from verifier.names import expert_uri

if TYPE_CHECKING:
    from issuer.supplier.place import SupplierPlace
    from tests.issuer.conftest import Evaluator

__all__ = ["accredited", "evaluator", "migrated"]
EXPERT = "E-1042"


@pytest.fixture
def case(evaluator: Evaluator, place: SupplierPlace) -> str:
    """A case whose answers came from the supplier's sheet, confirmed by an expert."""
    window = {"from": evaluator.sim.now, "until": evaluator.sim.now + 60 * DAY}
    evaluator.sim.say("expert.listed", expert_uri(HOST, EXPERT), {"register": "riss", **window})
    evaluator.sim.publish()
    place.now = lambda: evaluator.sim.now
    place.begin(3, by="me")
    bring_sheet(place, Sent("a.xlsx", sheet(met(ITEMS))), by="me", replacing=False)
    opened = evaluator.open()
    evaluator.desk.import_answers(opened, answer_sheet(place.need(), "xlsx"), "answers.xlsx")
    token, _ = invite(evaluator.desk, opened, "confirm")
    confirm_by_token(evaluator.desk, token, expert=EXPERT)
    return opened


def invitation(evaluator: Evaluator, case: str, **changes: object) -> bytes:
    token, invited = invite(evaluator.desk, case, "swear")
    return json.dumps({**invitation_file(evaluator.desk.case(case), invited, token), **changes}).encode()


def test_the_evaluator_takes_the_oath_that_an_officer_gave_here(
    evaluator: Evaluator, place: SupplierPlace, case: str
) -> None:
    number = take_invitation(place, invitation(evaluator, case), by="me")
    assert find_oath(place, number).differing == ()
    with pytest.raises(RefusedError, match="whoever answered"):
        swear(place, number, officer="me", name="回答 担当")
    reply = read_reply(swear(place, number, officer="other", name="承認 役員"), "swear")
    sworn = swear_by_token(evaluator.desk, reply.token, officer=reply.by)
    assert sworn.oath is not None
    assert sworn.oath.officer == "承認 役員"
    assert find_oath(place, number).kept.sworn_by == "other"


def test_nobody_swears_where_the_evaluator_has_other_answers(
    evaluator: Evaluator, place: SupplierPlace, case: str
) -> None:
    number = take_invitation(place, invitation(evaluator, case), by="me")
    given = place.need().given[ITEMS[5]]
    place.answer(ITEMS[5], ("met", "直した", ""), seen=given.no, by="me")
    assert find_oath(place, number).differing == (ITEMS[5],)
    with pytest.raises(RefusedError, match=ITEMS[5]):
        swear(place, number, officer="other", name="承認 役員")


def test_nobody_swears_to_a_scope_that_leaves_out_what_is_not_left_out_here(
    evaluator: Evaluator, place: SupplierPlace, case: str
) -> None:
    left_out = [{"no": 1, "kind": "site", "what": "本社", "justification": "後日"}]
    answers = invitation_file(evaluator.desk.case(case), *reversed(invite(evaluator.desk, case, "swear")))["answers"]
    other = {"exclusions": left_out, "result_sha256": digest(result_bytes(answers, left_out))}
    number = take_invitation(place, invitation(evaluator, case, **other), by="me")
    assert find_oath(place, number).differing == ("exclusions",)
    with pytest.raises(RefusedError, match="exclusions"):
        swear(place, number, officer="other", name="承認 役員")


def test_an_invitation_to_something_else_or_changed_on_its_way_or_over_is_refused(
    evaluator: Evaluator, place: SupplierPlace, case: str
) -> None:
    other = [vars(ItemAnswer(ITEMS[0], "met"))]
    for changes in ({"answers": other}, {"purpose": "confirm"}, {"expires_at": evaluator.sim.now}):
        with pytest.raises(RefusedError):
            take_invitation(place, invitation(evaluator, case, **changes), by="me")
