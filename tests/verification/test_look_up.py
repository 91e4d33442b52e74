"""One question, one answer, one receipt: and whoever holds the evidence makes the same answer again."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from registry.verification.hot_marks import LOOK_EVERY
from registry.verification.models import EXAMPLE_MARK
from tests.registry.conftest import HOST
from verifier.answer_again import check_answer
from verifier.answer_receipt import parse_answer_receipt, sign_answer, verify_answer_receipt
from verifier.dates import utc_text
from verifier.edge.drawing.qr import qr_png
from verifier.edge.main import run
from verifier.encoding import b64u, canonical, digest
from verifier.errors import MarkError, ProofError, StatementError, UnavailableError, WrongUseError
from verifier.seal import scan_text

if TYPE_CHECKING:
    from pathlib import Path

    from tests.verification.conftest import Service

HOLDER = "0188-1180301018771"
NOBODY = "0188-5010001067883"
NO_MARK = EXAMPLE_MARK
POLICY = {"version": 1, "tier": "jp.meti.scs/3"}
UNREADABLE = "eyJhbGciOiJub25lIn0.e30." + "A" * 90


def evidence_of(document: dict[str, Any]) -> bytes:
    return canonical(document["evidence"]) + b"\n"


def qr_text_of(service: Service) -> str:
    return scan_text((service.world.public / f"m/{service.mark}/seal.jwt").read_text())


def test_a_mark_is_answered_with_its_verdict_and_a_receipt_that_anyone_makes_again(service: Service) -> None:
    document = service.answer(mark=service.mark, evidence=True, nonce="abc")
    assert document["answer"]["verdict"]["headline"] == "valid"
    receipt = service.receipt(document)
    assert receipt.said.nonce == "abc"
    assert receipt.said.answer == document["answer"]
    check_answer(receipt, evidence_of(document), service.world.ceremony.root)


def test_a_mark_that_does_not_exist_is_answered_by_a_proof_of_its_absence(service: Service) -> None:
    document = service.answer(mark=NO_MARK, evidence=True)
    assert document["answer"]["verdict"]["headline"] == "not_found"
    assert document["answer"]["searched"]["subjects"] == [NO_MARK]
    assert document["answer"]["searched"]["directory_size"] > 0
    check_answer(service.receipt(document), evidence_of(document), service.world.ceremony.root)


def test_an_organisation_is_answered_by_what_the_directory_lists_for_it(service: Service) -> None:
    document = service.answer(identifier="1180301018771", policy=POLICY, evidence=True)
    answer = document["answer"]
    assert service.mark in [one["mark"] for one in answer["marks"]]
    assert (answer["found"], answer["outcome"]["verdict"]) == (True, "meets")
    assert document["question"]["identifier"] == HOLDER
    check_answer(service.receipt(document), evidence_of(document), service.world.ceremony.root)


def test_an_organisation_without_marks_is_answered_by_a_proof(service: Service) -> None:
    document = service.answer(identifier=NOBODY, policy=POLICY, evidence=True)
    assert (document["answer"]["found"], document["answer"]["outcome"]["verdict"]) == (False, "not_found")
    assert document["answer"]["searched"]["subjects"] == [NOBODY]
    check_answer(service.receipt(document), evidence_of(document), service.world.ceremony.root)


def test_the_text_of_a_qr_and_an_image_of_it_give_the_verdict_on_what_it_says(service: Service) -> None:
    text = qr_text_of(service)
    document = service.answer(text=text, evidence=True)
    assert document["answer"]["verdict"]["headline"] == "valid"
    assert document["question"]["text_sha256"] == digest(text.encode())
    check_answer(service.receipt(document), evidence_of(document), service.world.ceremony.root, text=text)
    shown = service.http.post(
        "http://verification/verification/v1/lookups/image",
        content=qr_png(text),
        headers={"content-type": "image/png"},
    )
    assert shown.json()["answer"] == document["answer"]
    with pytest.raises(WrongUseError):
        check_answer(service.receipt(document), evidence_of(document), service.world.ceremony.root, text="another")


def test_an_image_in_a_form_and_a_question_that_is_no_json_are_told_how_to_send_them(service: Service) -> None:
    image = "http://verification/verification/v1/lookups/image"
    form = service.http.post(image, files={"image": ("qr.png", qr_png("text"), "image/png")})
    assert (form.status_code, "Content-Type: image/png" in form.json()["hint"]) == (400, True)
    assert "PNG" in service.http.post(image, content=b"no image").json()["hint"]
    for media_type in ("text/plain", "application/x-www-form-urlencoded"):
        headers = {"content-type": media_type}
        plain = service.http.post(image.removesuffix("/image"), content=b'{"mark": "x"}', headers=headers)
        assert plain.status_code == 400
        assert media_type in plain.json()["detail"]
        assert "Content-Type: application/json" in plain.json()["hint"]


def test_the_same_mark_under_a_look_alike_host_is_forged(service: Service) -> None:
    document = service.answer(text=f"https://{HOST.replace('i', 'l')}/m/{service.mark}", evidence=True)
    assert document["answer"]["verdict"]["headline"] == "forged"
    check_answer(service.receipt(document), evidence_of(document), service.world.ceremony.root)


def test_a_text_that_is_no_mark_is_forged_and_not_an_error(service: Service) -> None:
    document = service.answer(text=UNREADABLE, evidence=True)
    assert document["answer"]["verdict"]["headline"] == "forged"
    check_answer(service.receipt(document), evidence_of(document), service.world.ceremony.root, text=UNREADABLE)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        (
            f"https://{HOST}/r/isms-2027-0001",
            "this names a recognised foreign assessment, not a mark, and was not checked",
        ),
        ("https://www.example.com/menu#of-the-day", "is neither a mark id"),
    ],
)
def test_a_text_of_something_else_than_a_mark_is_wrong_use_and_not_forged(
    service: Service, text: str, detail: str
) -> None:
    refused = service.look_up(text=text).json()
    assert (refused["status"], refused["code"], detail in refused["detail"]) == (400, "wrong_use", True)
    assert "file" not in refused["detail"] + refused["hint"]
    pictured = service.http.post(
        "http://verification/verification/v1/lookups/image",
        content=qr_png(text),
        headers={"content-type": "image/png"},
    ).json()
    assert (pictured["status"], pictured["code"]) == (400, "wrong_use")
    assert "not opened" in pictured["detail"] or pictured["detail"] == detail


def test_another_holder_and_a_higher_tier_are_told(service: Service) -> None:
    verdict = service.answer(mark=service.mark, subject=NOBODY)["answer"]["verdict"]
    assert verdict["headline"] == "subject_mismatch"
    demanded = service.answer(mark=service.mark, policy={"version": 1, "tier": "jp.meti.scs/4"})
    assert demanded["answer"]["verdict"]["headline"] == "below_requirement"


def test_the_past_is_told_beside_the_answer(service: Service) -> None:
    began = service.world.clock.now
    service.world.clock.now += 3600
    try:
        document = service.answer(mark=service.mark, as_of="2026-11-02T00:30:00Z")
    finally:
        service.world.clock.now = began
    assert document["history"]["state"] == "active"
    assert document["history"]["as_of"] == document["question"]["as_of"]
    first = service.answer(mark=service.mark, known_at="1")
    assert first["history"] is None
    assert first["answer"]["verdict"]["mark"]


def test_the_history_of_an_organisation_tells_its_marks_and_that_nothing_was_known(service: Service) -> None:
    now = service.answer(identifier=HOLDER)
    then = service.answer(identifier=HOLDER, known_at="1")
    assert then["answer"] == now["answer"]
    assert (then["history"]["state"], then["history"]["marks"], then["history"]["declarations"]) == ("unknown", [], [])
    service.receipt(then)
    told = service.answer(identifier=HOLDER, known_at=str(then["history"]["log_size"]))["history"]["marks"]
    assert [(one["mark"], one["link"], one["state"]) for one in told if one["mark"] == service.mark] == [
        (service.mark, "held", "active")
    ]


def test_a_day_to_come_is_answered_as_it_stands_if_nothing_changes_and_has_no_history(service: Service) -> None:
    now = service.world.clock.now
    coming = service.answer(mark=service.mark, as_of="2099-01-01", evidence=True)
    assert (coming["if_nothing_changes"], coming["history"]) == (True, None)
    assert coming["answer"]["verdict"]["headline"] == "expired"
    assert coming["question"]["as_of"] > service.receipt(coming).iat
    check_answer(service.receipt(coming), evidence_of(coming), service.world.ceremony.root)
    known = service.answer(identifier=HOLDER, as_of="2099-01-01", known_at="1")
    assert (known["if_nothing_changes"], known["history"]) == (True, None)
    assert "if_nothing_changes" not in service.answer(mark=service.mark, as_of=utc_text(now))


def test_the_text_of_a_qr_and_a_token_have_the_history_of_the_mark_that_they_name(service: Service) -> None:
    of_mark = service.answer(mark=service.mark, known_at="8")["history"]
    token = (service.world.public / f"m/{service.mark}.jwt").read_text()
    for text in (qr_text_of(service), token, f"https://{HOST}/m/{service.mark}"):
        assert service.answer(text=text, known_at="8")["history"] == of_mark
        assert service.answer(text=text, known_at="1")["history"] is None
    began = service.world.clock.now
    service.world.clock.now += 3600
    try:
        past = service.answer(text=qr_text_of(service), as_of="2026-11-02T00:30:00Z")["history"]
    finally:
        service.world.clock.now = began
    assert past["object"] == f"https://{HOST}/m/{service.mark}"
    assert past["state"] == "active"


def test_what_names_no_mark_of_this_log_has_a_history_that_is_null(service: Service) -> None:
    look_alike = HOST.replace("i", "l")
    for text in (
        UNREADABLE,
        f"https://{look_alike}/m/{service.mark}",
        qr_text_of(service).replace(HOST, look_alike),
    ):
        document = service.answer(text=text, known_at="8")
        assert document["answer"]["verdict"]["headline"] == "forged"
        assert document["history"] is None


@pytest.mark.parametrize("as_of", [None, "2026-11-02", "2099-01-01"])
@pytest.mark.parametrize("known_at", ["rubbish", "0", "999999999", "2098-01-01", ""])
def test_a_known_at_that_is_none_is_refused_whatever_the_question(
    service: Service, known_at: str, as_of: str | None
) -> None:
    when = {"known_at": known_at} | ({"as_of": as_of} if as_of else {})
    for asked in (
        {"mark": service.mark},
        {"mark": NO_MARK},
        {"text": qr_text_of(service)},
        {"text": UNREADABLE},
        {"identifier": HOLDER},
        {"identifier": NOBODY},
    ):
        refused = service.look_up(**asked, **when)
        assert refused.status_code == 400, (asked, when, refused.text)
        assert refused.json()["hint"], refused.text


@pytest.mark.parametrize("day", ["9999-12-31", "9000-01-01", "1960-01-01"])
def test_a_day_that_no_format_reaches_is_refused(service: Service, day: str) -> None:
    refused = service.look_up(mark=service.mark, as_of=day)
    assert refused.status_code == 400
    assert "not a time" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("529900T8BM49AURSDO55", "0199-529900T8BM49AURSDO55"),
        ("529900t8bm49aursdo55", "0199-529900T8BM49AURSDO55"),
        ("１-1803-0101-8771", HOLDER),
        ("T1180301018771", HOLDER),
        ("1 1803 0101 8771", HOLDER),
        ("0188:1180301018771", HOLDER),
    ],
)
def test_a_number_is_taken_as_lists_take_it(service: Service, typed: str, read: str) -> None:
    assert service.answer(identifier=typed)["question"]["identifier"] == read
    assert service.answer(mark=service.mark, subject=typed)["question"]["subject"] == read


def test_a_number_whose_check_digits_do_not_fit_is_told_so(service: Service) -> None:
    refused = service.look_up(identifier="529900T8BM49AURSDO56")
    assert (refused.status_code, refused.json()["detail"]) == (400, "the check digits of the LEI do not fit")
    assert "法人番号" in service.look_up(identifier="5010001067884").json()["detail"]


def test_a_question_about_nothing_or_about_two_things_is_refused(service: Service) -> None:
    for asked in ({}, {"mark": service.mark, "identifier": HOLDER}, {"mark": service.mark, "nonce": "a b"}):
        answered = service.look_up(**asked)
        assert (answered.status_code, answered.headers["content-type"]) == (400, "application/problem+json")
    assert service.look_up(identifier="12").status_code == 400
    assert service.look_up(mark=service.mark, as_of="yesterday").status_code == 400
    assert service.look_up(mark=service.mark, policy={"version": 1, "teir": "x"}).status_code == 400


def test_an_address_or_a_number_that_no_receipt_can_name_is_refused(service: Service) -> None:
    for asked in (
        {"text": f"https://{'a' * 300}/m/{service.mark}"},
        {"identifier": f"euid-DE{'A' * 30}.{'1' * 40}"},
        {"mark": service.mark, "subject": f"euid-DE{'A' * 30}.{'1' * 40}"},
    ):
        refused = service.look_up(**asked)
        assert (refused.status_code, refused.json()["code"]) == (422, "statement"), refused.text


def test_a_receipt_that_was_changed_or_is_of_another_key_says_nothing(service: Service) -> None:
    document = service.answer(mark=service.mark, evidence=True)
    receipt, root = service.receipt(document), service.world.ceremony.root
    head, payload, signature = document["receipt"].split(".")
    with pytest.raises(MarkError):
        verify_answer_receipt(parse_answer_receipt(f"{head}.{payload}.{signature[:-4]}AAAA"), root)
    forged = {**receipt.token.payload, "answer": {**document["answer"], "kind": "identifier"}}
    with pytest.raises(StatementError):
        parse_answer_receipt(f"{head}.{b64u(canonical(forged))}.{signature}")
    with pytest.raises(ProofError):
        check_answer(receipt, canonical({**document["evidence"], "approvals": []}), root)
    # However the same JSON is spaced, it is the same evidence.
    check_answer(receipt, json.dumps(document["evidence"], indent=2).encode(), root)


def test_an_old_receipt_is_checked_by_the_root_that_was_in_force_when_it_was_given(service: Service) -> None:
    """The reader's own time is no part of it: an answer that was filed stays what it was after its root expired."""
    said, root = service.receipt(service.answer(mark=service.mark)).said, service.world.ceremony.root
    last, late = (
        parse_answer_receipt(sign_answer(said, host=root.host, iat=iat, signer=service.world.ceremony.keys.receipt))
        for iat in (root.content.expires - 1, root.content.expires)
    )
    verify_answer_receipt(last, root)
    with pytest.raises(UnavailableError, match="the trust root has expired") as refused:
        verify_answer_receipt(late, root)
    assert refused.value.hint == "Fetch the newest one."


def test_the_hot_way_gives_the_same_answer_with_a_tag_and_forgets_it_with_the_minute(service: Service) -> None:
    address = f"http://verification/verification/v1/marks/{service.mark}"
    first, second = service.http.get(address), service.http.get(address)
    assert (first.status_code, first.content, first.headers["etag"]) == (200, second.content, second.headers["etag"])
    assert first.json()["answer"]["verdict"]["headline"] == "valid"
    known = service.http.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    none = service.http.get(f"http://verification/verification/v1/marks/{NO_MARK}")
    assert (none.status_code, none.json()["answer"]["verdict"]["headline"]) == (404, "not_found")
    assert service.http.get(f"{address[:-1]}!").status_code == 400


def test_a_suspension_shows_on_the_hot_way_with_the_epoch_that_holds_it(service: Service) -> None:
    mark = service.world.issue(service.signers)
    address = f"http://verification/verification/v1/marks/{mark}"
    time.sleep(2 * LOOK_EVERY)
    assert service.http.get(address).json()["answer"]["verdict"]["headline"] == "valid"
    service.world.desk.suspend_mark(mark, reason="report_missing", lift_by=service.world.clock() + 86_400)
    service.world.clock.now += 60
    service.world.settle()
    time.sleep(2 * LOOK_EVERY)
    assert service.http.get(address).json()["answer"]["verdict"]["headline"] == "suspended"


def test_the_command_line_checks_a_receipt_and_makes_the_answer_again(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, kept = service.world.public / "trust/1.json", tmp_path / "answer.json"
    kept.write_bytes(service.look_up(identifier=HOLDER, evidence=True).content)
    assert run(["check-receipt", "verify", str(kept), "--root", str(root)]) == 0
    assert "made again from its evidence" in capsys.readouterr().out
    kept.write_text(service.answer(mark=service.mark)["receipt"])
    assert run(["check-receipt", "verify", str(kept), "--root", str(root), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["answer"]["verdict"]["headline"], told["made_again"]) == ("valid", False)
