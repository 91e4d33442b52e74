"""The breaker, the pauses and the kept answers: values that say when a registry is asked and what still counts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recognition.authenticate.circuit import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, Circuit
from recognition.authenticate.kept_answers import Answer, KeptAnswers
from recognition.authenticate.pauses import LONGEST_MS, LONGEST_RETRY_AFTER, TRIES, heeded, pauses
from verifier.injected import seeded_entropy

STEPS = st.lists(st.tuples(st.integers(0, 4000), st.booleans()), max_size=60)


def broken(now: int = 0) -> Circuit:
    circuit = Circuit()
    for _ in range(FAILURES):
        circuit = circuit.failed(now)
    return circuit


def test_failures_in_a_row_open_it_and_one_answer_between_does_not() -> None:
    circuit = Circuit().failed(0).failed(0).succeeded().failed(0).failed(0)
    assert circuit.asked(0) == (circuit, True)
    assert circuit.failed(0).asked(0)[1] is False


def test_after_the_pause_one_question_is_let_through() -> None:
    circuit = broken()
    assert circuit.asked(FIRST_PAUSE - 1)[1] is False
    probing, allowed = circuit.asked(FIRST_PAUSE)
    assert (allowed, probing.state) == (True, "half_open")
    assert probing.asked(FIRST_PAUSE + 1)[1] is False


def test_a_probe_that_is_answered_closes_it_and_one_that_is_not_doubles_the_pause() -> None:
    probing, _ = broken().asked(FIRST_PAUSE)
    assert probing.succeeded() == Circuit()
    again = probing.failed(FIRST_PAUSE)
    assert (again.state, again.pause) == ("open", 2 * FIRST_PAUSE)


def test_a_probe_whose_end_is_never_told_blocks_for_one_pause_only() -> None:
    probing, _ = broken().asked(FIRST_PAUSE)
    assert probing.asked(2 * FIRST_PAUSE)[1] is True


def test_a_clock_that_was_set_back_does_not_keep_it_open() -> None:
    assert broken(now=10**9).asked(5)[1] is True


@given(STEPS)
def test_it_never_stays_silent_for_longer_than_the_longest_pause(steps: list[tuple[int, bool]]) -> None:
    circuit, now = Circuit(), 0
    for later, answered in steps:
        now += later
        circuit, allowed = circuit.asked(now)
        if allowed:
            circuit = circuit.succeeded() if answered else circuit.failed(now)
        assert circuit.pause <= LONGEST_PAUSE
        assert circuit.asked(now + LONGEST_PAUSE)[1]


@given(STEPS)
def test_a_dead_registry_is_asked_ever_more_rarely(steps: list[tuple[int, bool]]) -> None:
    circuit, now, asked = Circuit(), 0, []
    for later, _ in steps:
        now += later
        circuit, allowed = circuit.asked(now)
        if allowed:
            asked.append(now)
            circuit = circuit.failed(now)
    gaps = [second - first for first, second in zip(asked[FAILURES - 1 :], asked[FAILURES:], strict=False)]
    assert all(gap >= min(FIRST_PAUSE << place, LONGEST_PAUSE) for place, gap in enumerate(gaps))


@given(st.text())
def test_pauses_are_few_and_short(seed: str) -> None:
    drawn = list(pauses(seeded_entropy(seed)))
    assert len(drawn) == TRIES - 1
    assert all(0 < pause <= LONGEST_MS for pause in drawn)


def test_pauses_differ_between_askers() -> None:
    assert len({tuple(pauses(seeded_entropy(str(one)))) for one in range(50)}) > 40


def test_a_retry_after_is_heeded_within_reason() -> None:
    assert heeded(100, None) == 100
    assert heeded(100, "2") == 2000
    assert heeded(100, str(LONGEST_RETRY_AFTER + 1)) is None
    for odd in ("-1", "soon", "Fri, 01 Jan 2027 00:00:00 GMT", "²", "9" * 30):
        assert heeded(100, odd) == 100


def test_an_answer_counts_while_it_is_fresh_and_is_shown_while_it_is_kept() -> None:
    kept = KeptAnswers(fresh_seconds=10, keep_seconds=100)
    kept.keep("a", Answer(b"x", "application/json", 1000))
    assert kept.fresh("a", 1009) is not None
    assert kept.fresh("a", 1010) is None
    assert kept.stale("a", 1099) is not None
    assert kept.stale("a", 1100) is None
    assert kept.fresh("a", 999) is None
    assert kept.fresh("b", 1000) is None


def test_no_more_answers_are_kept_than_there_is_room_for() -> None:
    kept = KeptAnswers(fresh_seconds=10, keep_seconds=100, most=2)
    for name in ("a", "b"):
        kept.keep(name, Answer(b"x", "application/json", 1000))
    assert kept.fresh("a", 1000) is not None
    kept.keep("c", Answer(b"x", "application/json", 1000))
    assert [kept.fresh(name, 1000) is not None for name in ("a", "b", "c")] == [True, False, True]
