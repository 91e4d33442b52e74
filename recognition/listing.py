"""Whether an issuer or evaluator was listed when it signed a document, and what has become of it since."""

from __future__ import annotations

from recognition.agreement import Listed
from recognition.question import Question
from recognition.timeline import Standing, Status, Timeline, standing


def timeline_standing(timeline: Timeline, *, question: Question, unless_told: Status | None = "in_force") -> Standing:
    """Return what a timeline means for the question. ``unless_told`` is the status before any event."""
    return standing(
        timeline,
        as_of=question.as_of,
        known_at=question.known_at,
        recognised_at=question.recognised_at,
        unless_told=unless_told,
    )


def listed_standing(entry: Listed, *, issued: int, question: Question) -> Standing:
    """Return the standing of who signed a document dated ``issued``.

    The listing counts on the day of issue, not today: a body's later absence from a list does not undo what it signed.
    What does is an event of its timeline, such as a suspension.
    """
    then = standing(
        entry.timeline, as_of=issued, known_at=question.known_at, recognised_at=None, unless_told="in_force"
    )
    if not entry.begins <= issued < entry.ends or then.word != "in_force":
        return Standing("not_in_force", then.status)
    return timeline_standing(entry.timeline, question=question)
