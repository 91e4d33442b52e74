"""An agreement from the proposal to its end, and what becomes of a certificate that was recognised under it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from recognition.decision import Verdict
from recognition.logged import agreement_in_log, newest_version
from recognition.public_receipt import read_public_receipt
from recognition.receipt import receipt_bytes
from recognition.standing import recognised_standing
from registry.scenario import cast
from tests.treaty.conftest import START, Border
from verifier.audit.audit import Asked as AuditAsked
from verifier.audit.audit import audit
from verifier.dates import local_date
from verifier.encoding import digest
from verifier.envelope import DAY
from verifier.errors import NotFoundError, RefusedError
from verifier.names import log_origin
from verifier.scheme.tables import files_digest
from verifier.statement import Draft, new_token_id, sign_statement
from verifier.statement.document import document_path, read_document, write_document

pytestmark = pytest.mark.system


def test_a_certificate_of_the_partner_counts_once_both_sides_have_signed(border: Border) -> None:
    with pytest.raises(NotFoundError):
        border.ask()
    border.in_force()
    (listed,) = border.listed().agreements
    assert (listed.state, listed.versions[0].signed_by) == ("in_force", border.foreign.operator.uri)
    assert border.ask().decision.verdict is Verdict.RECOGNISED


def test_what_is_recognised_is_in_the_log_with_a_receipt_that_recomputes(border: Border) -> None:
    border.in_force()
    recorded = border.record()
    head = json.loads(border.world.stage.http.get("http://api/api/v1/objects", params={"uri": recorded.uri}).content)
    assert head == {"object": recorded.uri, "head": recorded.admitted.index, "state": "recorded"}
    assert recorded.public.receipt_sha256 == digest(recorded.full)
    asked = border.ask()
    assert receipt_bytes(asked.question, asked.decision) != recorded.full, "another day is another question"
    assert recorded.public.conditions == 0
    assert recorded.public.until == border.certificate().expires - 3


def test_the_public_receipt_is_served_and_names_neither_holder_nor_gaps(border: Border) -> None:
    border.in_force()
    recorded = border.record()
    files = list((border.world.public / "documents").iterdir())
    shown = [path.read_text() for path in files if "recognition-public" in path.read_text()]
    assert len(shown) == 1
    assert cast.SUPPLIER_3.identifier not in shown[0]
    sha256 = next(path.stem for path in files if path.read_text() == shown[0])
    assert read_public_receipt(read_document(shown[0], sha256=sha256)) == recorded.public


def test_an_auditor_finds_nothing_in_the_whole_story(border: Border) -> None:
    border.in_force()
    recorded = border.record()
    border.suspend(days=90)
    border.begin()
    border.desk.end(recorded.uri, reason="certificate_withdrawn")
    border.tick(70)
    found = audit(AuditAsked(border.plane, border.world.ceremony.root, None), lambda done, total: None)
    assert [str(one) for one in found.findings] == []


def test_terms_that_are_a_draft_are_not_announced(border: Border) -> None:
    border.files["agreement.toml"] += b'\n[draft]\nja = "x"\nen = "draft"\n'
    border.propose()
    with pytest.raises(RefusedError, match="call themselves a draft"):
        border.announce()


def test_nothing_comes_into_force_while_the_public_may_comment(border: Border) -> None:
    closes = local_date(START, cast.ZONE) - timedelta(days=10)
    later = local_date(START, cast.ZONE) + timedelta(days=10)
    text = border.files["agreement.toml"].decode()
    border.files["agreement.toml"] = text.replace(f"closes = {closes}", f"closes = {later}").encode()
    border.propose()
    border.announce()
    with pytest.raises(RefusedError, match="public comment is open"):
        border.begin()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('id = "jp-partner"', 'id = "jp-other"', "is jp-other in the files"),
        ('kind = "bilateral"', 'kind = "multilateral"', "the kind is multilateral"),
        ("reviewed = 3", "reviewed = 9", "does not define"),
        ("max_supplement = 10", "max_supplement = -1", "agreement.toml"),
    ],
)
def test_a_folder_that_is_not_what_its_statement_says_is_refused(border: Border, old: str, new: str, rule: str) -> None:
    said = border.treaty.statement_public(1)
    text = border.files["agreement.toml"].decode()
    assert old in text
    files = {**border.files, "agreement.toml": text.replace(old, new, 1).encode()}
    with pytest.raises(RefusedError, match=rule):
        _propose_as(border, files, said)


def _propose_as(border: Border, files: dict[str, bytes], said: dict[str, object]) -> None:
    """Send a folder under a statement that says something else of it, past the desk's own check."""
    stage = border.world.stage
    draft = Draft(log_origin(cast.HOST), "agreement.proposed", border.uri, {**said, "sha256": files_digest(files)})
    compact = sign_statement(
        draft,
        iss=border.foreign.operator.uri,
        iat=stage.clock(),
        jti=new_token_id(stage.clock(), stage.entropy),
        prev=None,
        anchor=border.api.anchor(),
        signer=border.foreign._signer,
    )
    border.api.send(compact, {"document": write_document(files)})


def test_a_suspended_agreement_recognises_nothing_new_and_keeps_what_it_recognised(border: Border) -> None:
    border.in_force()
    recorded = border.record()
    at = border.world.clock()
    border.suspend(days=90)
    border.tick()
    assert border.ask().decision.verdict is Verdict.NOT_RECOGNISED
    listed = border.listed()
    (found,) = listed.agreements
    agreement = agreement_in_log(border.treaty, found)
    now = border.world.clock()
    words = {
        day: recognised_standing(
            recorded.public, agreement, recorded_at=at - 3, as_of=now + day * DAY, known_at=now
        ).word
        for day in (0, 89, 91)
    }
    assert words == {0: "recognised", 89: "recognised", 91: "stopped"}


def test_after_a_loss_of_integrity_one_issuer_stops_at_once_and_the_others_go_on(border: Border) -> None:
    border.in_force()
    recorded = border.record()
    at = border.world.clock()
    issuer = border.treaty.terms.issuers[0].id
    border.suspend(reason="integrity", issuer=issuer)
    border.tick()
    (found,) = border.listed().agreements
    assert found.state == "in_force"
    agreement, now = agreement_in_log(border.treaty, found), border.world.clock()
    standing = recognised_standing(recorded.public, agreement, recorded_at=at, as_of=now, known_at=now)
    assert (standing.word, standing.because) == ("stopped", "issuer")
    before = recognised_standing(recorded.public, agreement, recorded_at=at, as_of=now, known_at=at - 1)
    assert before.word == "recognised", "an answer of before stays as it was"
    border.begin(issuer=issuer)
    border.tick()
    assert border.ask().decision.verdict is Verdict.RECOGNISED


def test_the_other_side_signs_every_later_version_too(border: Border) -> None:
    border.in_force()
    text = border.files["agreement.toml"].decode()
    border.files["agreement.toml"] = text.replace("max_supplement = 10", "max_supplement = 20").encode()
    with pytest.raises(RefusedError, match="did not propose these very terms"):
        border.announce(2)
    border.propose(2)
    border.announce(2)
    border.begin(2)
    border.tick()
    (found,) = border.listed().agreements
    assert newest_version(found).version == 2
    assert border.plane.fetch(document_path(border.treaty.sha256))
