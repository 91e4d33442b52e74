"""A buyer with a picture of the QR, the bundle and the pinned trust root, and no network."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.journeys.conftest import Demonstration, Run
from verifier.edge.drawing.qr import decode_qr, qr_png, qr_version

Tampered = Callable[[Callable[[dict[str, Any]], None]], Path]


def code_of(demonstration: Demonstration, level: int = 3) -> str:
    (text,) = decode_qr((demonstration.package(level) / "qr.png").read_bytes())
    return text


@pytest.mark.parametrize("level", [3, 4])
def test_the_picture_of_the_code_is_valid_offline_with_every_check_named_and_passed(
    demonstration: Demonstration, verify: Run, level: int
) -> None:
    package = demonstration.package(level)
    code, verdict = verify(package / "qr.png", "--bundle", package / "bundle.json")
    assert (code, verdict["headline"]) == (0, "valid_offline")
    assert {check["result"] for check in verdict["checks"]} == {"passed"}
    assert {"signature", "seal", "witnesses", "inclusion", "two_persons", "accreditation", "dating", "directory"} <= {
        check["name"] for check in verdict["checks"]
    }


def test_every_flipped_character_of_the_token_is_forged(
    demonstration: Demonstration, verify: Run, tmp_path: Path
) -> None:
    package = demonstration.package(3)
    token = (package / "mark.jwt").read_text().strip()
    place = tmp_path / "mark.jwt"
    for at in [*range(0, len(token), 97), token.index("."), token.rindex("."), len(token) - 1]:
        other = "A" if token[at] != "A" else "B"
        place.write_text(token[:at] + other + token[at + 1 :])
        code, verdict = verify(place, "--bundle", package / "bundle.json")
        assert (code, verdict["headline"]) == (1, "forged"), at


def test_a_look_alike_host_is_forged(demonstration: Demonstration, verify: Run) -> None:
    text = code_of(demonstration).replace("shirushi.example", "shirushl.example")
    code, verdict = verify(text, "--bundle", demonstration.package(3) / "bundle.json")
    assert (code, verdict["headline"]) == (1, "forged")


def test_another_marks_bundle_confirms_nothing(demonstration: Demonstration, verify: Run) -> None:
    code, verdict = verify(demonstration.package(3) / "qr.png", "--bundle", demonstration.package(4) / "bundle.json")
    assert (code, verdict["headline"]) == (2, "not_confirmed")


def test_too_few_witnesses_confirm_nothing(demonstration: Demonstration, verify: Run, tampered: Tampered) -> None:
    def cut(bundle: dict[str, Any]) -> None:
        body, lines = bundle["latest"].rsplit("\n\n", 1)
        bundle["latest"] = body + "\n\n" + "".join(line + "\n" for line in lines.splitlines()[:3])

    code, verdict = verify(demonstration.package(3) / "qr.png", "--bundle", tampered(cut))
    assert (code, verdict["headline"]) == (2, "not_confirmed")


def test_without_the_directory_the_present_state_is_not_confirmed(
    demonstration: Demonstration, verify: Run, tampered: Tampered
) -> None:
    place = tampered(lambda bundle: bundle.pop("directory"))
    code, verdict = verify(demonstration.package(3) / "qr.png", "--bundle", place)
    assert (code, verdict["headline"]) == (2, "not_confirmed")


@pytest.mark.parametrize(
    ("option", "value", "headline", "code"),
    [
        ("--at", "2031-01-01", "expired", 1),
        ("--at", "2020-01-01", "not_yet_valid", 1),
        ("--require", "4", "below_requirement", 1),
        ("--require", "3", "valid_offline", 0),
        ("--expect", "0188-1180301018771", "subject_mismatch", 1),
        ("--expect", "0188-6999900000003", "valid_offline", 0),
    ],
)
def test_what_the_buyer_asks_for_is_answered(
    demonstration: Demonstration, verify: Run, option: str, value: str, headline: str, code: int
) -> None:
    package = demonstration.package(3)
    assert verify(package / "qr.png", "--bundle", package / "bundle.json", option, value)[0] == code
    assert verify(package / "qr.png", "--bundle", package / "bundle.json", option, value)[1]["headline"] == headline


def test_nothing_at_hand_confirms_nothing_and_the_trust_list_alone_shows_the_seal_only(
    demonstration: Demonstration, verify: Run
) -> None:
    picture = demonstration.package(3) / "qr.png"
    assert verify(picture)[1]["headline"] == "not_confirmed"
    listed = verify(picture, "--trust-list", demonstration.folder / "public/trust/list.jwt")
    assert (listed[0], listed[1]["headline"]) == (2, "seal_only")


def test_what_cannot_be_asked_is_wrong_use(verify: Run, demonstration: Demonstration) -> None:
    assert verify("nonsense")[0] == 64
    package = demonstration.package(3)
    assert verify(package / "qr.png", "--bundle", package / "bundle.json", "--at", "yesterday")[0] == 64


def test_a_picture_without_a_code_is_not_called_forged(verify: Run, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("L", (400, 400), 255).save(buffer, "PNG")
    place = tmp_path / "blank.png"
    place.write_bytes(buffer.getvalue())
    code, verdict = verify(place)
    assert (code, verdict["headline"]) == (2, "not_confirmed")


def test_the_code_is_small_enough_and_reads_at_300_pixels(demonstration: Demonstration) -> None:
    text = code_of(demonstration)
    assert qr_version(text) <= 12
    narrow = io.BytesIO()
    Image.open(io.BytesIO(qr_png(text, 8))).convert("L").resize((300, 300), Image.Resampling.BOX).save(narrow, "PNG")
    assert decode_qr(narrow.getvalue()) == [text]
