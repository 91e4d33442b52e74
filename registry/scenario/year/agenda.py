"""The agenda: stories that go on day by day. A story yields how many days it lets pass before its next act.

A story of a body waits while the body is suspended, because nothing is decided then, and ends when it is withdrawn.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    from registry.scenario.year.people import Body


@dataclass
class Story:
    """Something that goes on; ``body`` is whose decisions it needs, None where it needs no body's."""

    acts: Generator[int, None, None]
    body: Body | None = None
    is_dropped: bool = False


@dataclass
class Agenda:
    """Which stories go on on which day of the year."""

    today: int = 0
    playing: Story | None = None
    """The story whose act is being played."""

    days: defaultdict[int, list[Story]] = field(default_factory=lambda: defaultdict(list))

    def begin(self, day: int, acts: Generator[int, None, None], *, body: Body | None = None) -> Story:
        """Let a story begin on a day."""
        story = Story(acts, body)
        self.days[day].append(story)
        return story

    def is_quiet(self, day: int) -> bool:
        """Say whether nothing is planned for the day so far."""
        return not self.days.get(day)

    def play(self, day: int) -> None:
        """Let every story of the day do its next act, in the order in which they came to this day."""
        self.today = day
        for story in self.days.pop(day, []):
            self.playing = story
            if story.is_dropped or (story.body is not None and story.body.state == "withdrawn"):
                continue
            if story.body is not None and story.body.state == "suspended":
                self.days[day + 1].append(story)
                continue
            wait = next(story.acts, None)
            if wait is not None:
                self.days[day + wait].append(story)
