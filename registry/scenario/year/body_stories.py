"""The stories of bodies: accredited, amended, suspended, withdrawn for cause with its marks reviewed; keys that change.

A stolen key is cut off before a thief's statement reached the log, so no entry is void. What it signed in the doubtful
days is suspended all the same and issued anew. How void entries are found is what ``shirushi drill`` plays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.scenario.year.issuing import Wanted
from verifier.envelope import DAY

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from registry.scenario.year.agenda import Agenda
    from registry.scenario.year.mark_stories import Offers, Speakers
    from registry.scenario.year.people import Body, HeldMark, Supplier
    from registry.scenario.year.voices import Voices
    from verifier.statement.public import KeyRole

ROLES: tuple[KeyRole, ...] = ("assessor", "decider", "desk")
NEXT_KEY = len(ROLES) + 1
DOUBTFUL = 10 * DAY
"""How long before the theft was noticed the card may have been away."""

REVIEWED_WITHIN = 120


class BodyStories:
    """The stories of the bodies of one registry."""

    def __init__(self, offers: Offers, agenda: Agenda, speakers: Speakers, voices: Voices) -> None:
        self._offers = offers
        self._agenda = agenda
        self._issuing, self._acts, self._authority = speakers.issuing, speakers.acts, speakers.authority
        self._voices = voices

    def accredited(self, body: Body) -> Generator[int, None, None]:
        """Accredit a body for what it offers, and list its people's keys."""
        self._authority.accredit(body, [offer.row for offer in body.offers])
        for no, role in enumerate(ROLES, start=1):
            self._authority.add_key(body, role, no)
        yield 1

    def amended(self, body: Body) -> Generator[int, None, None]:
        """A body that began with ★3 is accredited for every tier."""
        body.offers = (self._offers.three, self._offers.four, self._offers.half_yearly)
        self._authority.amend(body, [offer.row for offer in body.offers])
        yield 1

    def suspended(self, body: Body) -> Generator[int, None, None]:
        """Two weeks in which a body decides nothing."""
        self._authority.suspend(body, "surveillance_finding")
        self._authority.notice("body_suspended")
        yield 14
        self._authority.reinstate(body)

    def rotated(self, body: Body) -> Generator[int, None, None]:
        """The decider's next key takes over and the old one retires."""
        old = body.keys["decider"].kid
        self._authority.add_key(body, "decider", NEXT_KEY)
        yield 2
        self._authority.retire_key(body, old)

    def sealed(self, body: Body) -> Generator[int, None, None]:
        """A body seals a plan, then results, then a correction."""
        label = f"series-{body.no}"
        self._authority.seal(body, label, "plan", "planned")
        yield 10
        self._authority.seal(body, label, "results", "sealed")
        yield 20
        self._authority.seal(body, label, "correction", "corrected")

    def compromised(self, body: Body, supplier: Supplier) -> Generator[int, None, None]:
        """The decider's key is stolen: revoked with a cut-off; the marks of the doubtful days are issued anew."""
        self._issuing.issue(body, Wanted(supplier, self._offers.three, self._offers.three.months))
        yield 2
        self._authority.revoke_key(body.keys["decider"].kid, cutoff=self._voices.size())
        doubtful = [one for one in body.marks if one.issued_at >= self._voices.now - DOUBTFUL]
        self._authority.add_key(body, "decider", NEXT_KEY)
        self._authority.notice("key_compromised")
        yield 2
        # Acts that were under way end under the new key before the marks of these days are taken in hand.
        reviewed = self._taken_over(doubtful)
        yield 1
        for held in reviewed:
            self._acts.suspend(held, "key_compromised", days=90, by_authority=True)
        yield 3
        for held in reviewed:
            self._anew(held, body)
        yield 1
        for held in self._begun(reviewed):
            self._acts.follow(held)

    def withdrawn_for_cause(self, body: Body, taker: Body, suppliers: Iterable[Supplier]) -> Generator[int, None, None]:
        """Hearing, suspension, withdrawal; then each mark is reviewed: transferred, or suspended until it is."""
        for supplier in suppliers:
            self._issuing.issue(body, Wanted(supplier, self._offers.three, self._offers.three.months))
        yield 20
        self._authority.notice("hearing")
        yield 2
        self._authority.suspend(body, "investigation")
        yield 28
        self._authority.withdraw(body, "cause")
        self._authority.notice("body_withdrawn")
        yield 3
        reviewed = self._taken_over(body.marks)
        transferred, later, left = reviewed[::3], reviewed[1::3], reviewed[2::3]
        for held in (*later, *left):
            self._acts.suspend(held, "body_withdrawn", days=REVIEWED_WITHIN, by_authority=True)
        yield from self._transferred(transferred, taker)
        self._authority.notice("appeal_pending")
        yield 30
        self._authority.notice("appeal_dismissed")
        yield from self._transferred(later, taker)
        yield REVIEWED_WITHIN - 30
        for held in left:
            if held.stands(self._voices.now) == "withdrawn":
                self._acts.withdraw_by_clock(held)

    def withdrawn_on_request(self, body: Body) -> Generator[int, None, None]:
        """A body gives its accreditation back; its marks stay as they are."""
        self._authority.withdraw(body, "request")
        yield 1

    def _taken_over(self, marks: Iterable[HeldMark]) -> list[HeldMark]:
        """End the stories of these marks; return those that are in force and have no successor yet."""
        taken = [one for one in marks if one.stands(self._voices.now) in ("active", "not_yet_valid")]
        taken = [one for one in taken if one.successor is None and one.state == "active"]
        for held in taken:
            if held.story is not None:
                held.story.is_dropped = True
        return taken

    def _transferred(self, marks: list[HeldMark], taker: Body) -> Generator[int, None, None]:
        lasting = [one for one in marks if one.draft.exp > self._voices.now]
        for held in lasting:
            self._anew(held, taker)
        yield 1
        for held in self._begun(lasting):
            self._acts.follow(held, by_authority=True)

    def _anew(self, held: HeldMark, body: Body) -> None:
        """Issue a mark for the rest of the old one's term."""
        draft = held.draft
        begins = draft.nbf if draft.nbf > self._voices.now else None
        wanted = Wanted(held.supplier, held.offer, held.offer.months, old=held, covered=draft.scope.covered)
        self._issuing.issue(body, wanted, begins=begins, ends=draft.exp)

    def _begun(self, marks: list[HeldMark]) -> list[HeldMark]:
        return [one for one in marks if one.successor is not None and one.successor.draft.nbf <= self._voices.now]
