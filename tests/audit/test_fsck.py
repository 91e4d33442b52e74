"""fsck: whatever is published and differs from what the entries make it is found and named."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.publishing.entity import sign_entity_configuration
from registry.scenario.simulated_log import HOST, START
from registry.scenario.simulator import copy_state
from tests.audit.planes import Plane, corrected, published
from tests.world import fork_issued
from verifier.audit.finding import Finding
from verifier.audit.fsck import Published, fsck
from verifier.audit.kinds import Code
from verifier.audit.plane import PathClass, classify
from verifier.audit.report import Report
from verifier.encoding import b64u, canonical
from verifier.errors import NotFoundError
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.cosignature import Cosigner
from verifier.trust.trustlist import sign_trust_list

if TYPE_CHECKING:
    from verifier.replay.state import LogState

CHECKPOINT = "log/checkpoint"
ALONE = {PathClass.BUNDLE, PathClass.CHECKPOINT, PathClass.TRUST_ROOT}
"""What everything else is compared with: flipped alone."""

CHANGING = {
    PathClass.TRUST_LIST,
    PathClass.RECOGNITION_LIST,
    PathClass.NOTICES,
    PathClass.ENTITY_CONFIGURATION,
    PathClass.BODY,
    PathClass.AGGREGATION,
    PathClass.BODY_CONFIGURATION,
    PathClass.SUBORDINATE,
    PathClass.SUBORDINATES,
    PathClass.MARKED,
    PathClass.HISTORICAL_KEYS,
    PathClass.MARK_STATUS,
}
"""What a registry may leave out."""


def silent(done: int, total: int) -> None:
    """Show no progress."""


def checked(plane: Plane, *, listed: bool = True, given: bool = True) -> Report:
    return fsck(Published(plane, corrected().root, plane if listed else None, given), silent)


def found(plane: Plane) -> list[Finding]:
    return [finding for finding in checked(plane).findings if finding.counts]


def codes(plane: Plane) -> set[Code]:
    return {finding.code for finding in found(plane)}


def named(plane: Plane) -> set[str | None]:
    return {finding.path for finding in found(plane)}


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def a_file(kind: PathClass) -> str:
    paths = [path for path in corrected().plane.files if (known := classify(path)) and known[0] is kind]
    return sorted(paths)[-1]


def test_an_honest_plane_is_clean_as_a_folder_and_over_an_address() -> None:
    assert list(checked(corrected().plane).findings) == []
    assert list(checked(corrected().plane, listed=False).findings) == []


def test_every_class_of_published_file_is_in_the_tests() -> None:
    paths = corrected().plane.files
    assert {known[0] for path in paths if (known := classify(path))} == set(PathClass)
    assert {path.rpartition("/")[2] for path in paths if path.startswith("directory/") and path[10].isdecimal()} == {
        "index",
        "delta",
        "trust-list.jwt",
        "recognition-list.jwt",
    }


@pytest.mark.parametrize("kind", sorted(ALONE, key=lambda kind: kind.name))
def test_a_flipped_bit_in_the_middle_and_one_at_the_end_of_a_file_are_found(kind: PathClass) -> None:
    path, plane = a_file(kind), corrected().plane
    data = plane.files[path]
    for bit in (8 * (len(data) // 2) + 1, 8 * len(data) - 3):
        assert found(plane.changed(path, flipped(data, bit))), f"{path}, bit {bit}"


def test_many_flips_at_once_are_each_named() -> None:
    plane, chance = corrected().plane, random.Random("many flips")
    paths = [path for path in plane.files if (known := classify(path)) and known[0] not in ALONE]
    for _ in range(12):
        changed = dict(plane.files)
        for path in paths:
            changed[path] = flipped(changed[path], chance.randrange(8 * len(changed[path])))
        assert set(paths) - named(Plane(changed)) == set()


def flips_are_found(seed: str, count: int) -> None:
    plane, chance = corrected().plane, random.Random(seed)
    paths = sorted(plane.files)
    missed = []
    for _ in range(count):
        path = chance.choice(paths)
        bit = chance.randrange(8 * len(plane.files[path]))
        if not found(plane.changed(path, flipped(plane.files[path], bit))):
            missed.append((path, bit))
    assert missed == []


def test_a_random_flipped_bit_is_found() -> None:
    flips_are_found("some", 12)


@pytest.mark.prove
@pytest.mark.parametrize("part", range(10))
def test_ten_thousand_random_flipped_bits_are_all_found(part: int) -> None:
    flips_are_found(f"ten thousand, part {part}", 1000)


def test_a_flip_inside_a_cosignature_does_not_turn_it_into_a_line_to_ignore() -> None:
    plane = corrected().plane
    data = plane.files[CHECKPOINT]
    at = data.index("— witness-4".encode()) + len("— wit".encode())
    assert codes(plane.changed(CHECKPOINT, flipped(data, 8 * at))) == {Code.UNKNOWN_SIGNATURE_LINE}


def test_a_line_by_a_witness_nobody_knows_is_reported() -> None:
    plane = corrected().plane
    signed = SignedCheckpoint.parse(plane.files[CHECKPOINT])
    stranger = Cosigner("stranger.example", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\1"))
    changed = signed.adding(stranger.cosign(signed, START)).serialize()
    assert codes(plane.changed(CHECKPOINT, changed)) == {Code.UNKNOWN_SIGNATURE_LINE}


def test_a_checkpoint_that_lost_its_quorum_is_reported() -> None:
    plane = corrected().plane
    signed = SignedCheckpoint.parse(plane.files[CHECKPOINT])
    cut = replace(signed, note=replace(signed.note, signatures=signed.note.signatures[:3]))
    assert codes(plane.changed(CHECKPOINT, cut.serialize())) == {Code.QUORUM_MISSING}


def test_an_older_checkpoint_under_another_size_is_reported() -> None:
    plane = corrected().plane
    older = sorted(int(name) for name in plane.names("log/checkpoints"))[-2:]
    changed = plane.changed(f"log/checkpoints/{older[1]}", plane.files[f"log/checkpoints/{older[0]}"])
    assert Code.CHECKPOINT_MISPLACED in codes(changed)


def test_every_file_that_was_removed_is_missed() -> None:
    plane, removed = corrected().plane, [a_file(kind) for kind in PathClass if kind not in (ALONE | CHANGING)]
    cut = Plane({path: data for path, data in plane.files.items() if path not in removed})
    missed = {finding.path for finding in found(cut) if finding.code is Code.MISSING_FILE}
    assert set(removed) - missed == set()
    assert (Code.MISSING_FILE, "trust/1.json") in {(one.code, one.path) for one in found(plane.without("trust/1.json"))}


def test_a_file_that_nothing_refers_to_is_a_stray() -> None:
    strays = {
        "log/notes.txt",
        "index.html",
        "log/approvals/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.jwt",
        "m/0123456789abcdefghjkmnpqrs.jwt",
        "e/4711.json",
        "trust/3.json",
        "directory/3/index",
        "directory/9/notes",
    }
    plane = Plane(corrected().plane.files | dict.fromkeys(strays, b"?"))
    assert {(one.code, one.path) for one in found(plane)} == {(Code.STRAY_FILE, path) for path in strays}


def test_a_stray_with_a_name_that_cannot_be_printed_does_not_spoil_the_report() -> None:
    report = checked(corrected().plane.changed("m/\udcff\x1b[31m.txt", b"?"))
    assert [one.path for one in report.findings] == ["m/\\udcff\\x1b[31m.txt"]
    assert report.serialize().isascii()


def test_a_proof_that_is_on_its_way_is_waited_for() -> None:
    world, mark_id = fork_issued()
    plane = published(world.sim).without(f"m/{mark_id}.tlog-proof")
    report = fsck(Published(plane, world.pinned, plane), silent)
    assert ([one.code for one in report.findings], report.is_clean) == ([Code.UNFINISHED_FILE], True)
    world.sim.now += 600
    world.show()
    plane = published(world.sim).without(f"m/{mark_id}.tlog-proof")
    assert [one.code for one in fsck(Published(plane, world.pinned), silent).findings] == [Code.MISSING_FILE]


def test_what_is_not_published_yet_is_told_and_not_blamed() -> None:
    ahead = {".incoming/publisher/17", "log/checkpoints/99", "log/tile/0/000.p/99", "directory/99/index"}
    report = checked(Plane(corrected().plane.files | dict.fromkeys(ahead, b"?")))
    assert {(one.code, one.path) for one in report.findings} == {(Code.UNFINISHED_FILE, path) for path in ahead}
    assert report.is_clean


def test_a_shard_of_an_epoch_that_is_no_longer_shown_still_has_to_be_whole() -> None:
    plane = corrected().plane
    world, _ = fork_issued()
    path, data = next((path, data) for path, data in world.sim.files.items() if "/shards/" in path)
    assert checked(plane.changed(path, data)).is_clean
    assert codes(plane.changed(path, flipped(data, 77))) == {Code.MALFORMED_FILE}


def test_a_trust_list_over_another_state_or_with_another_name_is_reported() -> None:
    story = corrected()
    sim, directory = story.world.sim, story.world.sim.ceremony.keys.directory

    def listed(state: LogState, name: str) -> set[Code]:
        names = {story.world.body.uri: name}
        compact = sign_trust_list(state, sim.root, names=names, iat=START, nonce=b64u(bytes(16)), signer=directory)
        return codes(story.plane.changed("trust/list.jwt", compact.encode()))

    assert listed(sim.state, "見本評価機構") == set()
    assert listed(sim.state, "本物評価機構") == {Code.TRUST_LIST_WRONG}
    fewer = copy_state(sim.state)
    del fewer.bodies[story.world.tester.uri]
    assert listed(fewer, "見本評価機構") == {Code.TRUST_LIST_WRONG}


def test_a_configuration_that_lists_an_issuer_whom_nobody_accredited_is_reported() -> None:
    story = corrected()
    sim = story.world.sim
    more = copy_state(sim.state)
    more.bodies[f"https://{HOST}/e/1666"] = more.bodies[story.world.body.uri]
    compact = sign_entity_configuration(more, organisation="X", iat=START, signer=sim.ceremony.keys.directory)
    changed = story.plane.changed(".well-known/openid-federation", compact.encode())
    assert codes(changed) == {Code.ENTITY_CONFIGURATION_WRONG}


def test_a_changed_name_of_a_body_fits_no_commitment() -> None:
    plane = corrected().plane
    path = a_file(PathClass.BODY)
    changed = plane.files[path].replace("見本".encode(), "本物".encode())
    assert codes(plane.changed(path, changed)) == {Code.COMMITMENT_UNFIT}


def test_a_pointer_to_an_earlier_directory_is_reported() -> None:
    world, mark_id = fork_issued()
    pointer = world.sim.files["directory/latest"]
    world.sim.now += 3600
    world.suspend(mark_id)
    world.sim.now += 3600
    world.announce("body.suspended", world.body.uri, {"reason": "nonconformity"})
    plane = published(world.sim).changed("directory/latest", pointer)
    report = fsck(Published(plane, world.pinned, plane), silent)
    assert [one.code for one in report.findings] == [Code.DIRECTORY_POINTER_WRONG]


def test_a_pointer_in_another_form_is_reported() -> None:
    plane = corrected().plane
    path = "directory/latest"
    assert codes(plane.changed(path, plane.files[path] + b" ")) == {Code.NOT_ITS_FORM}
    assert codes(plane.changed(path, canonical({"entry": 1, "size": 1}))) == {Code.DIRECTORY_POINTER_WRONG}


def test_without_a_root_the_published_one_is_taken_and_that_is_said() -> None:
    report = checked(corrected().plane, given=False)
    assert [one.code for one in report.findings] == [Code.ROOT_NOT_GIVEN]
    assert report.is_clean


def test_another_registry_does_not_stand_under_the_pinned_root() -> None:
    world, _ = fork_issued()
    report = fsck(Published(published(world.sim), corrected().root), silent)
    assert {Code.TRUST_ROOT_WRONG, Code.LOG_SIGNATURE_BAD} <= {one.code for one in report.findings}


def test_where_nothing_is_published_nothing_is_checked() -> None:
    with pytest.raises(NotFoundError):
        checked(Plane({}))


def test_the_same_files_give_the_same_report() -> None:
    broken = corrected().plane.changed("directory/latest", b"?")
    assert checked(broken).serialize() == checked(broken).serialize()
