"""Attacks with the mark's token or its QR: changed, moved, re-signed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from registry.scenario.simulated_log import HOST
from tests.world import World, changed, expect, fork, fork_issued
from verifier.encoding import b64u, unb64u
from verifier.injected import seeded_entropy
from verifier.keys import P256_ORDER
from verifier.mark import parse_mark, sign_mark
from verifier.seal import parse_scan, scan_text, seal_content, sign_seal
from verifier.signer import SoftwareSigner
from verifier.verdict import CheckName, Headline, Result

if TYPE_CHECKING:
    from collections.abc import Iterable

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def flipped(text: str, at: int) -> str:
    """Change one character into its neighbour in the alphabet of base64url; a dot becomes a letter."""
    place = ALPHABET.find(text[at])
    return text[:at] + ALPHABET[(place + 1) % 64] + text[at + 1 :]


def assert_forged_at(positions: Iterable[int]) -> None:
    world, mark_id = fork_issued()
    mark, bundle = world.mark(mark_id), world.bundle(mark_id)
    for at in positions:
        verdict = world.verdict(mark_id, text=flipped(mark, at), bundle=bundle)
        assert (verdict.headline, verdict.exit_code) == (Headline.FORGED, 1), f"character {at}: {verdict.members()}"


def sampled(length: int, boundaries: Iterable[int], step: int) -> list[int]:
    near = {at for boundary in boundaries for at in range(boundary - 2, boundary + 3)}
    return sorted(at for at in near | set(range(0, length, step)) if 0 <= at < length)


def test_a_flipped_character_anywhere_in_the_token_is_a_forgery() -> None:
    world, mark_id = fork_issued()
    mark = world.mark(mark_id)
    first, second = mark.index("."), mark.rindex(".")
    assert_forged_at(sampled(len(mark), (0, first, second, len(mark) - 1), 29))


@pytest.mark.prove
def test_a_flipped_character_at_every_position_of_the_token_is_a_forgery() -> None:
    world, mark_id = fork_issued()
    assert_forged_at(range(len(world.mark(mark_id))))


def test_a_flipped_name_of_an_optional_member_is_no_excuse() -> None:
    world, mark_id = fork_issued()
    header, payload, signature = world.mark(mark_id).split(".")
    newer = b64u(unb64u(payload).replace(b'"name_latin"', b'"name_latim"'))
    verdict = world.verdict(mark_id, text=f"{header}.{newer}.{signature}")
    expect(verdict, Headline.FORGED, CheckName.REGISTRATION, Result.FAILED, "another_mark")


@pytest.mark.parametrize("step", [pytest.param(23), pytest.param(1, marks=pytest.mark.prove)])
def test_a_changed_digit_of_the_qr_is_a_forgery(step: int) -> None:
    world, mark_id = fork_issued()
    text, bundle = world.qr(mark_id), world.bundle(mark_id)
    start = text.index("#") + 1
    for at in sampled(len(text), (start, len(text) - 1), step):
        if at >= start:
            other = text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]
            verdict = world.verdict(mark_id, text=other, bundle=bundle)
            assert verdict.headline is Headline.FORGED, f"digit {at - start}: {verdict.members()}"


def test_a_qr_under_a_look_alike_host() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, text=world.qr(mark_id).replace(HOST, "shirushi.exarnple"))
    expect(verdict, Headline.FORGED, CheckName.REGISTRY, Result.FAILED, "look_alike_host")
    assert verdict.mark is not None
    assert verdict.mark.holder == "株式会社サンプル精機"


def test_a_qr_under_a_look_alike_host_is_known_by_its_digits_alone() -> None:
    world, mark_id = fork_issued()
    bundle = replace(world.bundle(mark_id), mark=None, statements=())
    verdict = world.verdict(mark_id, text=world.qr(mark_id).replace(HOST, "shirushi.exarnple"), bundle=bundle)
    expect(verdict, Headline.FORGED, CheckName.REGISTRY, Result.FAILED, "look_alike_host")


def test_a_qr_moved_to_another_marks_id() -> None:
    world, mark_id = fork_issued()
    other = world.issue(idx=8)
    verdict = world.verdict(other, text=world.qr(mark_id).replace(mark_id, other))
    expect(verdict, Headline.FORGED, CheckName.SEAL, Result.FAILED, "seal")


def test_a_qr_with_a_mistyped_id() -> None:
    world, mark_id = fork_issued()
    mistyped = mark_id[:-1] + ("0" if mark_id[-1] != "0" else "1")
    verdict = world.verdict(mark_id, text=world.qr(mark_id).replace(mark_id, mistyped))
    expect(verdict, Headline.FORGED, CheckName.FORMAT, Result.FAILED, "malformed")


def test_a_second_seal_by_the_real_decider_for_the_same_id() -> None:
    world = fork()
    prepared = world.prepare()
    mark_id = world.issue(prepared)
    group = prepared.draft.scope.model_copy(update={"scope_kind": "group"})
    grander = seal_content(changed(prepared, scope=group).draft, key_no=2)
    seal = sign_seal(grander, host=HOST, id=mark_id, signer=world.body.keys["decider"])
    verdict = world.verdict(mark_id, text=scan_text(seal))
    expect(verdict, Headline.FORGED, CheckName.SEAL, Result.FAILED, "seal")


def test_a_seal_of_another_mark_in_the_bundle_proves_nothing() -> None:
    world, mark_id = fork_issued()
    other = world.issue(idx=8)
    bundle = replace(world.bundle(mark_id), seal=world.bundle(other).seal)
    assert world.verdict(mark_id, bundle=bundle).check(CheckName.SEAL) is None


def test_a_changed_seal_in_the_bundle_says_nothing_about_the_mark_that_was_shown() -> None:
    world, mark_id = fork_issued()
    bundle = world.bundle(mark_id)
    assert bundle.seal is not None
    at = bundle.seal.rindex(".") + 9
    verdict = world.verdict(mark_id, bundle=replace(bundle, seal=flipped(bundle.seal, at)))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.SEAL, Result.UNKNOWN, "missing")


def test_the_high_s_twin_of_a_good_signature() -> None:
    world, mark_id = fork_issued()
    head, _, signature = world.mark(mark_id).rpartition(".")
    r, s = unb64u(signature)[:32], int.from_bytes(unb64u(signature)[32:])
    twin = f"{head}.{b64u(r + (P256_ORDER - s).to_bytes(32))}"
    expect(world.verdict(mark_id, text=twin), Headline.FORGED, CheckName.SIGNATURE, Result.FAILED, "signature")


def test_a_mark_signed_by_the_attackers_own_key() -> None:
    world, mark_id = fork_issued()
    thief = SoftwareSigner.generate(seeded_entropy("thief"))
    verdict = world.verdict(mark_id, text=resigned(world, mark_id, thief))
    expect(verdict, Headline.FORGED, CheckName.SIGNATURE, Result.FAILED, "unknown_key")


def test_a_mark_signed_by_the_attackers_key_under_the_deciders_kid() -> None:
    world, mark_id = fork_issued()
    thief = SoftwareSigner.generate(seeded_entropy("thief"))
    thief.kid = world.body.keys["decider"].kid
    verdict = world.verdict(mark_id, text=resigned(world, mark_id, thief))
    expect(verdict, Headline.FORGED, CheckName.SIGNATURE, Result.FAILED, "signature")


def test_a_second_mark_by_the_real_decider_under_the_same_id() -> None:
    world = fork()
    prepared = world.prepare()
    mark_id = world.issue(prepared)
    seal_sha256 = parse_mark(world.mark(mark_id)).content.seal_sha256
    other = sign_mark(
        changed(prepared, number="SCS3-000099").draft,
        iat=prepared.iat,
        seal_sha256=seal_sha256,
        nonce=b64u(bytes(16)),
        signer=world.body.keys["decider"],
    )
    verdict = world.verdict(mark_id, text=other)
    expect(verdict, Headline.FORGED, CheckName.REGISTRATION, Result.FAILED, "another_mark")


def test_the_stored_mark_is_swapped_while_the_qr_is_shown() -> None:
    world, mark_id = fork_issued()
    bundle = world.bundle(mark_id)
    assert bundle.mark is not None
    swapped = replace(bundle, mark=resigned(world, mark_id, SoftwareSigner.generate(seeded_entropy("thief"))))
    verdict = world.verdict(mark_id, text=world.qr(mark_id), bundle=swapped)
    assert verdict.headline is Headline.FORGED


@pytest.mark.parametrize(
    "text", ["", "x", "https://shirushi.example/", "https://shirushi.example/m/0#1", "a.b.c", "\x00", "。", "{}"]
)
def test_what_is_no_mark_at_all_is_a_forgery(text: str) -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, text=text)
    assert (verdict.headline, verdict.exit_code) == (Headline.FORGED, 1)
    assert [check.name for check in verdict.checks] == [CheckName.FORMAT]


def test_the_qr_says_what_the_mark_says() -> None:
    world, mark_id = fork_issued()
    shown = world.verdict(mark_id, text=world.qr(mark_id))
    assert shown.headline is Headline.VALID_OFFLINE
    assert parse_scan(world.qr(mark_id)).content.name == "株式会社サンプル精機"


def resigned(world: World, mark_id: str, signer: SoftwareSigner) -> str:
    """Sign the mark's payload with another key."""
    payload = world.mark(mark_id).split(".")[1]
    header = b64u(json.dumps({"alg": "ES256", "kid": signer.kid, "typ": "trust-mark+jwt"}).encode())
    return f"{header}.{payload}.{b64u(signer.sign(f'{header}.{payload}'.encode()))}"
