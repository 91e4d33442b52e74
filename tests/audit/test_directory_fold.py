"""The directory that an audit keeps up is the one that the registry builds, at every epoch."""

from __future__ import annotations

from registry.scenario.simulated_log import HOST
from tests.audit.planes import ANOTHER, honest
from tests.world import World, changed, fork
from verifier.audit.directory_fold import DirectoryFold
from verifier.directory.build import build_directory
from verifier.directory.changes import changes_since
from verifier.directory.delta import in_order
from verifier.directory.growing import GrowingDirectory
from verifier.log.merkle import leaf_hash
from verifier.mark import Scope
from verifier.replay.state import LogState, replay
from verifier.statement import Statement, parse_statement


def history(world: World) -> list[tuple[Statement, bytes]]:
    return [(parse_statement(data), leaf_hash(data)) for data in world.sim.entries]


def assert_same(fold: DirectoryFold, entries: list[tuple[Statement, bytes]], size: int) -> None:
    built = build_directory(replay(HOST, entries[:size]))
    assert (fold.tree.bits, fold.tree.root) == (built.bits, built.root)


def test_every_epoch_has_the_root_that_is_built_from_scratch_also_when_it_comes_late() -> None:
    entries = history(honest().world)
    for delay in (1, 3):
        state, fold = LogState(HOST), DirectoryFold(LogState(HOST))
        for index, (statement, leaf) in enumerate(entries):
            state.apply(statement, leaf)
            fold.note(index, statement.object, state)
            if index >= delay:
                fold.advance(index + 1 - delay)
                assert_same(fold, entries, index + 1 - delay)


def test_a_fold_goes_on_from_a_state_that_is_ahead_of_the_last_epoch() -> None:
    entries = history(honest().world)
    for stop in range(3, len(entries)):
        state, fold = LogState(HOST), DirectoryFold(LogState(HOST))
        for index, (statement, leaf) in enumerate(entries):
            state.apply(statement, leaf)
            fold.note(index, statement.object, state)
            if index + 1 == stop:
                fold.advance(stop - 2)
                fold = DirectoryFold(state, fold.waiting())
        fold.advance(len(entries))
        assert_same(fold, entries, len(entries))


def test_covered_organisations_find_the_mark_and_a_holder_may_be_covered_too() -> None:
    world = fork()
    issuance = world.prepare()
    covered = (ANOTHER, issuance.draft.holder.identifiers[0])
    scope = Scope(scope_kind="group", covered=covered, scope_summary="グループ", ot="excluded")
    evaluated = issuance.evaluated.model_copy(update={"scope_sha256": scope.digest})
    world.issue(changed(type(issuance)(issuance.draft, evaluated, issuance.iat), scope=scope))
    world.issue(idx=8, identifier=ANOTHER)
    state, fold = LogState(HOST), DirectoryFold(LogState(HOST))
    entries = history(world)
    for index, (statement, leaf) in enumerate(entries):
        state.apply(statement, leaf)
        fold.note(index, statement.object, state)
    fold.advance(len(entries))
    assert_same(fold, entries, len(entries))
    assert fold.tree.line(ANOTHER) == build_directory(state).tree.line(ANOTHER)
    assert fold.tree.line(ANOTHER) is not None


def test_what_an_epoch_changed_is_what_its_delta_holds() -> None:
    growing, fold, state = GrowingDirectory(), DirectoryFold(LogState(HOST)), LogState(HOST)
    for index, (statement, leaf) in enumerate(history(honest().world)):
        if statement.type == "directory.published":
            changed = fold.advance(index)
            delta = growing.advance(changes_since(state, growing.size)).delta
            assert delta is None or delta.lines == in_order(changed)
        state.apply(statement, leaf)
        fold.note(index, statement.object, state)
    assert growing.size == 11
