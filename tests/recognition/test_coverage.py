"""Coverage is sound: what is called full is met, in every small world in which the mapping's rows are true."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.coverage import Cover, cover_criteria
from recognition.mapping import ControlMapping, MappingRow
from recognition.relation import COVERING, RELATIONS, Relation
from tests.recognition import worlds
from tests.recognition.worlds import CONTROLS, HIGH, mapping, row

examples = settings(max_examples=80, deadline=None)
DUTIES = range(1, 8)
"""Every non-empty set of three duties, as bits: what a control does or a criterion asks for."""

WORLDS = tuple(itertools.product(DUTIES, repeat=4))
"""Duties of the controls s1 and s2 and of the criteria c1 and c2."""


def covers(mappings: list[ControlMapping], *, held: frozenset[str] | None = None) -> dict[str, Cover]:
    answer = cover_criteria(mappings, held=frozenset(CONTROLS) if held is None else held, criteria=HIGH)
    return {one.criterion: one.cover for one in answer}


def holds(relation: Relation, source: int, target: int) -> bool:
    """Tell whether the relation is true of two sets of duties."""
    match relation:
        case "equal-to" | "equivalent-to":
            return source == target
        case "superset-of":
            return source & target == target
        case "subset-of":
            return source & target == source
        case "intersects-with":
            return source & target != 0
        case "no-relationship":
            return source & target == 0


def duties(world: tuple[int, ...], sources: frozenset[str]) -> int:
    """Return what these controls do together."""
    return (world[0] if "s1" in sources else 0) | (world[1] if "s2" in sources else 0)


def true_in(found: MappingRow, world: tuple[int, ...]) -> bool:
    """Tell whether a row is true in a world."""
    return holds(found.relation, duties(world, found.sources), world[2 if found.target == "c1" else 3])


POSSIBLE_ROWS = tuple(
    MappingRow(2, frozenset(sources), target, relation)
    for sources in (("s1",), ("s2",), ("s1", "s2"))
    for target in ("c1", "c2")
    for relation in RELATIONS
)
TRUE_IN = {
    found: sum(1 << index for index, world in enumerate(WORLDS) if true_in(found, world)) for found in POSSIBLE_ROWS
}
HELD = tuple(frozenset(held) for held in ((), ("s1",), ("s2",), ("s1", "s2")))
MET = {
    (held, target): sum(
        1 << index for index, world in enumerate(WORLDS) if holds("superset-of", duties(world, held), world[place])
    )
    for held in HELD
    for target, place in (("c1", 2), ("c2", 3))
}
ALL_WORLDS = (1 << len(WORLDS)) - 1


def consistent(found: tuple[MappingRow, ...]) -> int:
    """Return, as bits, the worlds in which all the rows are true."""
    together = ALL_WORLDS
    for one in found:
        together &= TRUE_IN[one]
    return together


def assert_sound(found: tuple[MappingRow, ...]) -> int:
    """Assert that what is full is met wherever the rows are true. Returns how often full was claimed."""
    claims = 0
    possible = consistent(found)
    for held in HELD:
        for one in cover_criteria([replace(worlds.FULL, rows=found)], held=held, criteria=("c1", "c2")):
            if one.cover is Cover.FULL:
                claims += 1
                assert possible & ~MET[held, one.criterion] == 0, (found, held, one)
    return claims


def choices(*sources: str, target: str) -> tuple[tuple[MappingRow, ...], ...]:
    """Return no row or one row of any relation between these sources and the target."""
    found = [one for one in POSSIBLE_ROWS if one.sources == frozenset(sources) and one.target == target]
    return ((), *((one,) for one in found))


def test_full_is_true_in_every_small_world_of_two_controls_and_two_criteria() -> None:
    pairs = [choices(source, target=target) for source in ("s1", "s2") for target in ("c1", "c2")]
    claims = sum(assert_sound(sum(chosen, ())) for chosen in itertools.product(*pairs))
    assert claims > 5_000


def test_full_is_true_in_every_small_world_with_a_joint_row() -> None:
    rows = [choices("s1", target="c1"), choices("s2", target="c1"), choices("s1", "s2", target="c1")]
    claims = sum(assert_sound(sum(chosen, ())) for chosen in itertools.product(*rows))
    assert claims > 400


def test_a_single_row_is_full_exactly_where_the_criterion_must_be_met() -> None:
    for found in POSSIBLE_ROWS:
        for held in HELD:
            cover = cover_criteria([mapping([found])], held=held, criteria=[found.target])[0].cover
            assert (cover is Cover.FULL) == (consistent((found,)) & ~MET[held, found.target] == 0)


@examples
@given(st.lists(st.sampled_from(POSSIBLE_ROWS), max_size=6).map(tuple))
def test_full_is_true_for_any_handful_of_rows(found: tuple[MappingRow, ...]) -> None:
    assert_sound(found)


@pytest.mark.parametrize("relation", RELATIONS)
def test_only_a_relation_that_contains_the_criterion_is_full(relation: str) -> None:
    expected = {"subset-of": Cover.PARTIAL, "intersects-with": Cover.PARTIAL, "no-relationship": Cover.NONE}
    assert covers([mapping([row("s1", "c1", relation)])])["c1"] is expected.get(relation, Cover.FULL)


@pytest.mark.parametrize(
    ("held", "cover"), [(("s1", "s2"), Cover.FULL), (("s1",), Cover.PARTIAL), (("s3",), Cover.NONE)]
)
def test_a_joint_row_is_full_only_with_all_its_sources(held: tuple[str, ...], cover: Cover) -> None:
    joint = mapping([row("s1 s2", "c1", "equal-to")])
    assert covers([joint], held=frozenset(held))["c1"] is cover


def test_without_a_mapping_nothing_is_covered() -> None:
    assert set(covers([]).values()) == {Cover.NONE}


def test_no_credit_passes_through_a_criterion_to_another() -> None:
    chain = mapping([row("s1", "c1", "equal-to"), row("c1", "c2", "equal-to")])
    assert covers([chain])["c2"] is Cover.NONE


def test_two_mappings_that_differ_give_the_lower_answer_and_a_conflict() -> None:
    generous = mapping([row("s1", "c1", "equal-to")], name="generous")
    cautious = mapping([row("s1", "c1", "intersects-with")], name="cautious")
    found = cover_criteria([generous, cautious], held=CONTROLS, criteria=["c1"])[0]
    assert (found.cover, found.conflict) == (Cover.PARTIAL, True)
    assert {pin for pin, _ in found.rows} == {generous.digest, cautious.digest}


def test_a_mapping_that_is_silent_about_a_criterion_lowers_it_to_nothing() -> None:
    silent = mapping([row("s1", "c2", "equal-to")], name="silent")
    assert covers([worlds.FULL, silent])["c1"] is Cover.NONE


def test_a_denied_pair_cancels_every_row_with_that_source() -> None:
    claims = [row("s1", "c1", "equal-to"), row("s1 s2", "c1", "superset-of"), row("s3", "c1", "subset-of")]
    denied = [*claims, row("s1", "c1", "no-relationship")]
    assert covers([mapping(claims)])["c1"] is Cover.FULL
    found = cover_criteria([mapping(denied)], held=CONTROLS, criteria=["c1"])[0]
    assert (found.cover, found.conflict) == (Cover.PARTIAL, True)


def test_a_denied_pair_in_one_mapping_beats_a_claim_in_another() -> None:
    claim = mapping([row("s1", "c1", "equal-to")], name="claim")
    denial = mapping([row("s1", "c1", "no-relationship"), row("s2", "c1", "equal-to")], name="denial")
    assert covers([claim, denial])["c1"] is Cover.NONE


def test_a_denial_that_lists_all_sources_leaves_nothing() -> None:
    rows = [row("s1", "c1", "equal-to"), row("s2", "c1", "subset-of"), row("s1 s2 s3", "c1", "no-relationship")]
    assert covers([mapping(rows)])["c1"] is Cover.NONE


@examples
@given(worlds.row_lists, st.randoms(use_true_random=False))
def test_the_order_of_rows_plays_no_part(rows: list[MappingRow], chance: random.Random) -> None:
    shuffled = rows.copy()
    chance.shuffle(shuffled)
    assert covers([mapping(rows)]) == covers([mapping(shuffled)])


@examples
@given(st.lists(worlds.mappings, max_size=3))
def test_the_order_of_mappings_plays_no_part(mappings: list[ControlMapping]) -> None:
    forwards = cover_criteria(mappings, held=CONTROLS, criteria=HIGH)
    assert cover_criteria(mappings[::-1], held=CONTROLS, criteria=HIGH[::-1]) == forwards


@examples
@given(worlds.mappings, st.sets(st.sampled_from(CONTROLS)), st.sampled_from(CONTROLS))
def test_one_more_control_never_covers_less(one: ControlMapping, held: set[str], more: str) -> None:
    before, after = covers([one], held=frozenset(held)), covers([one], held=frozenset(held | {more}))
    assert all(after[criterion] >= before[criterion] for criterion in HIGH)


@examples
@given(st.lists(worlds.mappings, min_size=1, max_size=2), worlds.mappings)
def test_one_more_mapping_never_covers_more(mappings: list[ControlMapping], more: ControlMapping) -> None:
    before, after = covers(mappings), covers([*mappings, more])
    assert all(after[criterion] <= before[criterion] for criterion in HIGH)


@examples
@given(worlds.row_lists)
def test_partial_rows_never_add_up_to_full(rows: list[MappingRow]) -> None:
    weak = [found for found in rows if found.relation not in COVERING]
    assert Cover.FULL not in covers([mapping(weak)]).values()
