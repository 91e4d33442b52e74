"""Whoever has only a picture asks as much as whoever has the text: sent alone, or in JSON with what is expected."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from registry.verification.image_look_ups import MOST_BESIDE, MOST_BYTES
from tests.verification.test_look_up import HOLDER, NOBODY, POLICY, evidence_of, qr_text_of
from verifier.answer_again import check_answer
from verifier.edge.drawing.qr import MAX_IMAGE_BYTES, MAX_PIXELS, qr_png
from verifier.encoding import b64

if TYPE_CHECKING:
    import httpx

    from tests.verification.conftest import Service

IMAGES = "http://verification/verification/v1/lookups/image"
HIGHER = {"version": 1, "tier": "jp.meti.scs/4"}


def asked(service: Service, image: bytes, **beside: Any) -> httpx.Response:
    return service.http.post(IMAGES, json={"image": b64(image), **beside})


def sent(service: Service, body: bytes, media_type: str = "image/png") -> httpx.Response:
    return service.http.post(IMAGES, content=body, headers={"content-type": media_type})


def picture_of(service: Service) -> bytes:
    return qr_png(qr_text_of(service))


def test_an_image_in_json_is_answered_as_the_one_that_is_sent_alone(service: Service) -> None:
    image = picture_of(service)
    alone, in_json = sent(service, image).json(), asked(service, image).json()
    assert in_json["answer"] == alone["answer"]
    assert in_json["question"]["text_sha256"] == alone["question"]["text_sha256"]
    assert in_json["answer"]["verdict"]["headline"] == "valid"


def test_beside_an_image_stands_what_is_demanded_and_the_receipt_is_bound_to_it(service: Service) -> None:
    image, text = picture_of(service), qr_text_of(service)
    document = asked(service, image, subject=HOLDER, policy=POLICY, nonce="of-mine", evidence=True).json()
    assert document["answer"]["verdict"]["headline"] == "valid"
    receipt = service.receipt(document)
    assert receipt.said.nonce == "of-mine"
    assert (receipt.said.question.subject, receipt.said.question.policy) == (
        HOLDER,
        service.answer(mark=service.mark, policy=POLICY)["question"]["policy"],
    )
    check_answer(receipt, evidence_of(document), service.world.ceremony.root, text=text)
    assert asked(service, image, subject=NOBODY).json()["answer"]["verdict"]["headline"] == "subject_mismatch"
    assert asked(service, image, policy=HIGHER).json()["answer"]["verdict"]["headline"] == "below_requirement"


def test_an_image_is_asked_about_on_a_day_and_as_known_on_another(service: Service) -> None:
    image = picture_of(service)
    told = asked(service, image, known_at="8").json()["history"]
    assert (told["object"].rpartition("/")[2], told["state"]) == (service.mark, "active")
    assert asked(service, image, known_at="1").json()["history"] is None
    coming = asked(service, image, as_of="2099-01-01").json()
    assert (coming["answer"]["verdict"]["headline"], coming["if_nothing_changes"]) == ("expired", True)
    for wrong in ({"known_at": "rubbish"}, {"as_of": "yesterday"}):
        assert asked(service, image, **wrong).status_code == 400


@pytest.mark.parametrize("name", ["subject", "policy", "as_of", "known_at", "nonce"])
def test_what_is_expected_never_stands_in_the_address(service: Service, name: str) -> None:
    refused = service.http.post(
        f"{IMAGES}?{name}=x", content=picture_of(service), headers={"content-type": "image/png"}
    )
    assert refused.status_code == 400
    assert f"POST /verification/v1/lookups/image takes {name} in its body, as JSON" in refused.json()["hint"]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"\x89PNG", "JSON"),
        (b"[]", "write an object"),
        (b"{}", "image: is missing"),
        (b'{"image": "", "teir": 3}', "teir: there is no such member"),
        (b'{"image": ""}', "no image was sent"),
        (b'{"image": "AAA"}', "image: not base64"),
        (b'{"image": "iVBO\\nAAAA"}', "image: not base64"),
        (b'{"image": "AAAA"}', "not an image"),
        (b'{"image": "AAAA", "mark": "x"}', "mark: there is no such member"),
        (b'{"image": "AAAA", "nonce": "a b"}', "nonce"),
    ],
)
def test_what_is_no_question_about_an_image_is_refused_with_what_is_wrong(
    service: Service, body: bytes, word: str
) -> None:
    refused = sent(service, body, "application/json; charset=utf-8")
    assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")
    assert word in refused.json()["detail"]


def test_an_image_is_too_large_at_the_same_size_however_it_is_sent(service: Service) -> None:
    largest, larger = bytes(MAX_IMAGE_BYTES), bytes(MAX_IMAGE_BYTES + 1)
    for answer in (sent(service, largest), asked(service, largest, nonce="n" * 100)):
        assert (answer.status_code, answer.json()["detail"]) == (400, "this is not an image that can be read")
    for answer in (sent(service, larger), asked(service, larger), sent(service, bytes(MOST_BYTES + 1))):
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_picture_of_too_many_pixels_is_refused_before_they_are_made(service: Service) -> None:
    buffer, side = io.BytesIO(), int(MAX_PIXELS**0.5) + 1
    Image.new("1", (side, side)).save(buffer, "PNG")
    for answer in (sent(service, buffer.getvalue()), asked(service, buffer.getvalue())):
        assert (answer.status_code, answer.json()["detail"]) == (400, "the image has too many pixels")


@pytest.mark.parametrize("beside", [b"[]," * 6_000_000, b'{"a":1},' * 2_000_000], ids=["lists", "objects"])
def test_the_room_for_an_image_is_for_the_image_alone_and_nothing_else_in_it_is_read(
    service: Service, beside: bytes
) -> None:
    # It is no JSON to its end: that would be told if anybody had read it.
    assert sent(service, b'{"image": "AAAA", "policy": {"x": [' + beside, "application/json").status_code == 413
    assert sent(service, b'{"image": "AAAA", "as_of": ' + b"7" * MAX_IMAGE_BYTES, "application/json").status_code == 400


def test_a_question_beside_an_image_is_no_longer_than_others_may_be(service: Service) -> None:
    policy = {"version": 1, "tier": "jp.meti.scs/3", "name": "x" * MOST_BESIDE}
    assert asked(service, picture_of(service), policy=policy).status_code == 413
    assert service.look_up(mark=service.mark, policy=policy).status_code == 413
    assert len(json.dumps(policy)) > MOST_BESIDE
