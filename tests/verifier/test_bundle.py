"""The bundle: one file, read strictly, written back byte for byte."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from registry.scenario.simulated_log import HOST
from tests.world import fork, fork_issued
from verifier.bundle import MAX_BYTES, Bundle, parse_bundle
from verifier.encoding import b64u, canonical, read_object
from verifier.errors import MalformedError, MarkError, NewerVersionError, StatementError
from verifier.names import log_origin

WORLD, MARK_ID = fork_issued()
BUNDLE = WORLD.bundle(MARK_ID)
FILE = read_object(BUNDLE.serialize())


def altered(path: str, value: Any) -> bytes:
    """Return the bundle's file with one member replaced, added, or left out for ``...``."""
    members = read_object(BUNDLE.serialize())
    *parents, name = path.split("/")
    place: Any = members
    for parent in parents:
        place = place[int(parent)] if isinstance(place, list) else place[parent]
    if value is ...:
        del place[name]
    else:
        place[name] = value
    return canonical(members)


def test_a_bundle_is_read_back_byte_for_byte() -> None:
    data = BUNDLE.serialize()
    assert parse_bundle(data) == BUNDLE
    assert parse_bundle(data).serialize() == data


def test_a_bundle_of_a_mark_with_a_history_is_read_back() -> None:
    world = fork()
    mark_id = world.issue(tier=4)
    world.suspend(mark_id)
    world.change("mark.reinstated", mark_id, second=world.body.keys["assessor"])
    bundle = world.bundle(mark_id)
    assert parse_bundle(bundle.serialize()) == bundle


@pytest.mark.parametrize("part", [one.name for one in fields(Bundle) if one.name != "log"])
def test_any_part_may_be_missing(part: str) -> None:
    empty = getattr(Bundle(log=log_origin(HOST)), part)
    cut = replace(BUNDLE, **{part: empty})
    assert parse_bundle(cut.serialize()) == cut


def test_the_smallest_bundle_names_its_log() -> None:
    smallest = Bundle(log=log_origin(HOST))
    assert smallest.serialize() == (
        b'{"approvals":[],"log":"shirushi.example/log","statements":[],"trust_roots":[],"v":1}\n'
    )
    assert parse_bundle(smallest.serialize()) == smallest


@pytest.mark.parametrize("path", ["later", "anchor/later", "first/later", "directory/later", "statements/0/later"])
def test_a_member_that_is_not_known_needs_a_newer_verifier(path: str) -> None:
    with pytest.raises(NewerVersionError):
        parse_bundle(altered(path, 1))


def test_another_version_needs_a_newer_verifier() -> None:
    for version in (2, True, "1"):
        with pytest.raises(NewerVersionError):
            parse_bundle(altered("v", version))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("log", ...),
        ("statements", ...),
        ("approvals", None),
        ("trust_roots", ["text"]),
        ("log", 5),
        ("mark", 5),
        ("mark", "A" * 20_000),
        ("statements/0/index", -1),
        ("statements/0/index", True),
        ("statements/0/index", "0"),
        ("statements/0/path", "text"),
        ("statements/0/path", ["short"]),
        ("statements/0/path", [b64u(bytes(31)) + "_"]),
        ("statements/0/statement", None),
        ("anchor/consistency", {}),
        ("anchor/checkpoint", None),
        ("first/path", ...),
        ("latest", 5),
        ("directory/entry", -1),
        ("directory/buckets", None),
        ("directory/buckets/0/bucket", "0"),
        ("directory/buckets/0/lines", [5]),
        ("directory/buckets/0/path", ["!" * 43]),
    ],
)
def test_a_bundle_is_refused_with(path: str, value: Any) -> None:
    with pytest.raises(MarkError):
        parse_bundle(altered(path, value))


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b"null", b"\xff", BUNDLE.serialize()[:-10]], ids=lambda data: repr(data[:8])
)
def test_it_is_no_bundle(data: bytes) -> None:
    with pytest.raises(MarkError):
        parse_bundle(data)


def test_a_bundle_of_more_than_four_mebibytes_is_refused_unread() -> None:
    with pytest.raises(MalformedError, match="larger than"):
        parse_bundle(b" " * (MAX_BYTES + 1))


def test_a_part_that_is_too_long_is_refused_when_it_is_written() -> None:
    with pytest.raises(StatementError):
        replace(BUNDLE, seal="A" * 20_000).serialize()


def test_statements_stand_in_it_as_compact_tokens() -> None:
    assert all(one["statement"].count(".") == 2 for one in FILE["statements"])
    assert [one["index"] for one in FILE["statements"]] == sorted(one["index"] for one in FILE["statements"])
