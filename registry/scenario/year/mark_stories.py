"""The stories of marks: what one supplier lives through. Each act is a day's; a yield lets days pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.scenario.year.issuing import Wanted
from registry.scenario.year.people import GRACE, Supplier
from verifier.envelope import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from registry.scenario.year.acts import MarkActs
    from registry.scenario.year.agenda import Agenda
    from registry.scenario.year.authority import Authority
    from registry.scenario.year.issuing import Issuing
    from registry.scenario.year.people import Body, HeldMark, Offer


MERGED_FROM = 5_000_000
"""Numbers of suppliers that come out of a merger."""


@dataclass(frozen=True)
class Offers:
    """The tiers that marks are issued of: ★3, ★4, and one that asks for a report every half year."""

    three: Offer
    four: Offer
    half_yearly: Offer


@dataclass(frozen=True)
class Speakers:
    """Who speaks in stories: bodies that issue, whoever speaks about marks, and the authority."""

    issuing: Issuing
    acts: MarkActs
    authority: Authority


@dataclass(frozen=True)
class Part:
    """Whose story it is: the supplier and the body that it came to."""

    supplier: Supplier
    body: Body


@dataclass(frozen=True)
class Storyline:
    """A story as it may be given to a supplier: of which tier, how many days it takes, and how often it happens."""

    tale: Callable[[Part], Generator[int, None, None]]
    offer: Offer
    span: int
    share: int
    needs: tuple[Offer, ...] = ()

    @property
    def offers(self) -> tuple[Offer, ...]:
        """The tiers that the body has to be accredited for."""
        return self.offer, *self.needs


class MarkStories:
    """The stories that one registry's holders live through."""

    def __init__(self, offers: Offers, agenda: Agenda, speakers: Speakers) -> None:
        self._offers = offers
        self._agenda = agenda
        self._issuing, self._acts, self._authority = speakers.issuing, speakers.acts, speakers.authority

    def storylines(self) -> tuple[Storyline, ...]:
        """Return every story, the least eventful last; a share is out of the sum of all."""
        three, four, half = self._offers.three, self._offers.four, self._offers.half_yearly
        return (
            Storyline(self.reported, four, 130, 20),
            Storyline(self.renewed, three, 150, 8),
            Storyline(self.upgraded, three, 130, 6, (four,)),
            Storyline(self.changed_scope, three, 90, 5),
            Storyline(self.merged, three, 90, 2),
            Storyline(self.lifted, three, 130, 5),
            Storyline(self.still_suspended, three, 40, 2),
            Storyline(self.not_lifted, three, 140, 2),
            Storyline(self.withdrawn_for_cause, three, 130, 2),
            Storyline(self.appealed, four, 140, 2),
            Storyline(self.cancelled, three, 130, 3),
            Storyline(self.annulled, four, 110, 1),
            Storyline(self.filed_half_yearly, half, 200, 3),
            Storyline(self.overdue, half, 250, 1),
            Storyline(self.extended, half, 260, 1),
            Storyline(self.corrected, four, 40, 2),
            Storyline(self.quiet, three, 5, 34),
            Storyline(self.lapsed, three, 5, 4),
        )

    def quiet(self, part: Part) -> Generator[int, None, None]:
        """A ★3 mark, and nothing more in this year."""
        self._issue(part, self._offers.three)
        yield 1

    def reported(self, part: Part) -> Generator[int, None, None]:
        """A ★4 mark whose first yearly report comes early."""
        held = self._issue(part, self._offers.four)
        yield 120
        self._acts.report(held)

    def renewed(self, part: Part) -> Generator[int, None, None]:
        """A mark of half a year, renewed within the 90 days before its end: the next one begins when it ends."""
        held = self._issue(part, self._offers.three, months=6)
        yield 100
        wanted = Wanted(part.supplier, held.offer, 12, old=held)
        self._own(self._issuing.issue(part.body, wanted, begins=held.draft.exp))

    def lapsed(self, part: Part) -> Generator[int, None, None]:
        """A mark of half a year that nobody renews."""
        self._issue(part, self._offers.three, months=6)
        yield 1

    def upgraded(self, part: Part) -> Generator[int, None, None]:
        """From ★3 to ★4, which begins a term of its own."""
        held = self._issue(part, self._offers.three)
        yield 110
        wanted = Wanted(part.supplier, self._offers.four, self._offers.four.months, old=held)
        self._own(self._issuing.issue(part.body, wanted))
        yield 1
        self._acts.follow(held)

    def changed_scope(self, part: Part) -> Generator[int, None, None]:
        """A wider scope within the term."""
        held = self._issue(part, self._offers.three)
        yield 70
        summary = "全社と新工場 / Company-wide and the new plant"
        wanted = Wanted(part.supplier, held.offer, held.offer.months, old=held, summary=summary)
        self._own(self._issuing.issue(part.body, wanted, ends=held.draft.exp))
        yield 1
        self._acts.follow(held, scope_only=True)

    def merged(self, part: Part) -> Generator[int, None, None]:
        """The holder merges into another organisation, whose mark covers it."""
        held = self._issue(part, self._offers.three)
        yield 70
        merged = Supplier(MERGED_FROM + part.supplier.no)
        covered = (part.supplier.identifier,)
        wanted = Wanted(merged, held.offer, held.offer.months, old=held, covered=covered)
        self._own(self._issuing.issue(part.body, wanted, ends=held.draft.exp))
        yield 1
        self._acts.follow(held)

    def lifted(self, part: Part) -> Generator[int, None, None]:
        """Suspended by the body, put right, lifted."""
        held = self._issue(part, self._offers.three)
        yield 60
        self._acts.suspend(held, "nonconformity", days=120)
        yield 30
        self._acts.lift(held)

    def still_suspended(self, part: Part) -> Generator[int, None, None]:
        """Suspended and not dealt with yet; where the deadline passes, the clock withdraws it and nobody logs it."""
        held = self._issue(part, self._offers.three)
        yield 30
        self._acts.suspend(held, "nonconformity", days=180)

    def not_lifted(self, part: Part) -> Generator[int, None, None]:
        """Suspended and forgotten: at its deadline the mark withdraws itself, and the clock's key logs it."""
        held = self._issue(part, self._offers.three)
        yield 40
        self._acts.suspend(held, "surveillance_refused", days=60)
        yield 61
        self._acts.withdraw_by_clock(held)

    def withdrawn_for_cause(self, part: Part) -> Generator[int, None, None]:
        """Misuse, suspension, a hearing announced by a notice, withdrawal."""
        held = self._issue(part, self._offers.three)
        yield 45
        self._acts.suspend(held, "misuse", days=150)
        self._authority.notice("hearing")
        yield 40
        self._acts.withdraw(held, "misuse")
        self._authority.notice("mark_withdrawn")

    def appealed(self, part: Part) -> Generator[int, None, None]:
        """A suspension is appealed; the authority upholds the appeal and lifts it."""
        held = self._issue(part, self._offers.four)
        yield 50
        self._acts.suspend(held, "nonconformity", days=150)
        yield 5
        self._authority.notice("appeal_pending")
        yield 40
        self._acts.lift(held, by_authority=True)
        self._authority.notice("appeal_upheld")

    def cancelled(self, part: Part) -> Generator[int, None, None]:
        """The holder gives the mark back."""
        held = self._issue(part, self._offers.three)
        yield 100
        self._acts.cancel(held)

    def annulled(self, part: Part) -> Generator[int, None, None]:
        """Its evidence was false: void from the start."""
        held = self._issue(part, self._offers.four)
        yield 80
        self._acts.annul(held, "false_evidence")
        self._authority.notice("mark_annulled")

    def filed_half_yearly(self, part: Part) -> Generator[int, None, None]:
        """The half-yearly report comes on its day, by the holder itself."""
        held = self._issue(part, self._offers.half_yearly)
        yield 180
        self._acts.report(held, by_operator=True)

    def overdue(self, part: Part) -> Generator[int, None, None]:
        """No report, so the clock suspends; the report is filed and the suspension lifted."""
        held = self._issue(part, self._offers.half_yearly)
        yield self._days_until((held.due or 0) + GRACE) + 1
        self._acts.suspend_overdue(held, days=90)
        yield 10
        self._acts.report(held, by_operator=True)
        yield 1
        self._acts.lift(held)

    def extended(self, part: Part) -> Generator[int, None, None]:
        """The report may come later, and does."""
        held = self._issue(part, self._offers.half_yearly)
        due = held.due or 0
        yield self._days_until(due) - 20
        self._acts.extend(held, until=due + GRACE + 60 * DAY)
        yield 70
        self._acts.report(held)

    def corrected(self, part: Part) -> Generator[int, None, None]:
        """A typing error in the holder's name."""
        held = self._issue(part, self._offers.four)
        yield 20
        self._issuing.correct(held, f"見本{part.supplier.no}製作所株式会社")

    def _issue(self, part: Part, offer: Offer, *, months: int | None = None) -> HeldMark:
        return self._own(self._issuing.issue(part.body, Wanted(part.supplier, offer, months or offer.months)))

    def _own(self, held: HeldMark) -> HeldMark:
        held.story = self._agenda.playing
        return held

    def _days_until(self, instant: int) -> int:
        return (instant - self._acts.now) // DAY
