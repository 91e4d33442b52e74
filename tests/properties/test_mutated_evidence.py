"""Mutated evidence: a verdict or an error of this product, and never a better answer."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world import World, fork_issued
from verifier.bundle import parse_bundle
from verifier.errors import MarkError
from verifier.verdict import Verdict

FEW = settings().max_examples // 3
WORLD, MARK_ID = fork_issued()
GOOD = WORLD.bundle(MARK_ID).serialize()
ENDED = WORLD.fork()
ENDED.suspend(MARK_ID)
BAD = ENDED.bundle(MARK_ID).serialize()
EDIT = st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from(["flip", "drop", "double"]), st.integers(1, 255))


def edited(data: bytes, edits: list[tuple[float, str, int]]) -> bytes:
    """Flip, drop or double bytes."""
    for place, what, value in edits:
        at = int(place * len(data))
        match what:
            case "flip" if data:
                data = data[:at] + bytes([data[at] ^ value]) + data[at + 1 :]
            case "drop":
                data = data[:at] + data[at + value :]
            case _:
                data = data[: at + value] + data[at:]
    return data


def verdict_on(world: World, data: bytes) -> Verdict | None:
    """Return the verdict on a mark by a bundle file, None when the file is refused."""
    try:
        bundle = parse_bundle(data)
    except MarkError:
        return None
    return world.verdict(MARK_ID, bundle=bundle)


@settings(max_examples=FEW)
@given(st.lists(EDIT, min_size=1, max_size=3))
def test_mutated_bytes_never_make_a_suspended_mark_valid(edits: list[tuple[float, str, int]]) -> None:
    verdict = verdict_on(ENDED, edited(BAD, edits))
    assert verdict is None or verdict.exit_code != 0


@settings(max_examples=FEW)
@given(st.lists(EDIT, min_size=1, max_size=3))
def test_mutated_bytes_never_make_a_mark_say_something_else(edits: list[tuple[float, str, int]]) -> None:
    verdict = verdict_on(WORLD, edited(GOOD, edits))
    if verdict is not None and verdict.exit_code == 0:
        assert verdict.mark == WORLD.verdict(MARK_ID).mark


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value inside a JSON value."""
    found = [path] if path else []
    for name, member in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        found += places(member, (*path, name))
    return found


def value_at(value: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        value = value[name]
    return value


PLACES = places(json.loads(BAD))


@settings(max_examples=FEW)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(PLACES)), min_size=1, max_size=4))
def test_parts_put_into_each_others_place_never_make_a_suspended_mark_valid(moves: list[tuple[Any, Any]]) -> None:
    members = json.loads(BAD)
    for target, source in moves:
        try:
            place = value_at(members, target[:-1])
            place[target[-1]] = value_at(json.loads(BAD), source)
        except (KeyError, IndexError, TypeError):
            continue
    verdict = verdict_on(ENDED, json.dumps(members).encode())
    assert verdict is None or verdict.exit_code != 0


@settings(max_examples=FEW)
@given(st.sampled_from(PLACES), st.sampled_from(PLACES))
def test_parts_of_an_older_bundle_never_make_a_suspended_mark_valid(target: Any, source: Any) -> None:
    members = json.loads(BAD)
    try:
        value_at(members, target[:-1])[target[-1]] = value_at(json.loads(GOOD), source)
    except (KeyError, IndexError):
        return
    verdict = verdict_on(ENDED, json.dumps(members).encode())
    assert verdict is None or verdict.exit_code != 0 or members["latest"] == json.loads(GOOD)["latest"]


@settings(max_examples=FEW)
@given(st.lists(EDIT, min_size=1, max_size=2))
def test_mutated_texts_are_never_valid(edits: list[tuple[float, str, int]]) -> None:
    bundle = WORLD.bundle(MARK_ID)
    for text in (WORLD.mark(MARK_ID), WORLD.qr(MARK_ID)):
        changed = edited(text.encode(), edits).decode("utf-8", errors="replace")
        if changed.strip() != text:
            assert WORLD.verdict(MARK_ID, text=changed, bundle=bundle).exit_code != 0
