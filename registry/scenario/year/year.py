"""The year: who takes part, what is planned for whom, and the days on which it is played."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from registry.scenario import cast
from registry.scenario.year.acts import MarkActs
from registry.scenario.year.agenda import Agenda
from registry.scenario.year.authority import Authority
from registry.scenario.year.body_stories import BodyStories
from registry.scenario.year.chance import Chance
from registry.scenario.year.issuing import Helpers, Issuing
from registry.scenario.year.mark_stories import MarkStories, Offers, Part, Speakers
from registry.scenario.year.people import BODIES_FROM, Body, Offer, Supplier, corporate_number
from registry.scenario.year.totals import told
from registry.scenario.year.voices import Voices
from verifier.dates import day_start
from verifier.encoding import digest
from verifier.envelope import DAY
from verifier.injected import seeded_entropy
from verifier.names import body_uri
from verifier.scheme.shipped import load_shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from registry.scenario.one_process import OneProcess
    from registry.scenario.year.mark_stories import Storyline
    from registry.scenario.year.totals import Totals

DAYS = 365
LAST_ACT, EARLY = 358, 100
START = day_start(date(2027, 4, 1), cast.ZONE) + 8 * 3600
"""Eight in the morning; acts happen an hour later."""

HOUR = 3600
FEWEST_BODIES, FEWEST_SUPPLIERS = 3, 20
DECLARES_ONE_IN = 20
EXPERTS = 3

HALF_YEARLY = {
    "scheme": "example.half-yearly",
    "version": "1",
    "sha256": digest(b"criteria of a scheme whose holders report every half year"),
    "tiers": [
        {
            "level": 4,
            "basis": "evaluation",
            "issuer": "body",
            "term_months": 24,
            "technical_verification": False,
            "report": {"every_months": 6, "grace_days": 30},
        }
    ],
}
"""An invented scheme: with it, reports fall due and overdue within one year."""


@dataclass(frozen=True)
class Size:
    """How many evaluation bodies and suppliers take part."""

    bodies: int
    suppliers: int


class Year:
    """A year of the registry that a world is."""

    def __init__(self, world: OneProcess, size: Size, *, seed: str) -> None:
        self.voices = Voices(world, seeded_entropy(f"year {seed}: actors"))
        self.authority = Authority(self.voices)
        self._world = world
        self._chance = Chance(seeded_entropy(f"year {seed}: chance"))
        self._agenda = Agenda()
        self._offers = _offers()
        self._experts = [f"https://{cast.HOST}/x/riss-{number:06d}" for number in range(1, EXPERTS + 1)]
        helpers = Helpers(tester=body_uri(cast.HOST, cast.TESTER_NO), expert=self._experts[0])
        speakers = Speakers(Issuing(self.voices, helpers), MarkActs(self.voices), self.authority)
        self._marks = MarkStories(self._offers, self._agenda, speakers)
        self._stories = BodyStories(self._offers, self._agenda, speakers, self.voices)
        self._bodies = [self._body(number, size.bodies) for number in range(size.bodies)]
        self._suppliers = [Supplier(number) for number in range(1, size.suppliers + 1)]
        self._plan()

    def play(self, progress: Callable[[int, int], None]) -> None:
        """Play the year but for days on which nobody acts; ``progress`` is told how many are over, of how many."""
        world = self._world
        for day in range(DAYS):
            if self._agenda.is_quiet(day) and day < DAYS - 1:
                continue
            world.clock.now = START + day * DAY
            # What the evening logged is covered now, so that the day has a fresh anchor.
            world.pass_time(HOUR)
            self.voices.open_day()
            self._agenda.play(day)
            self.voices.close_day()
            world.pass_time(8 * HOUR)
            progress(day + 1, DAYS)
        world.pass_time(HOUR)

    def told(self) -> Totals:
        """Return the totals by the actors' own account, at the present moment."""
        said = self.voices.said.copy()
        said["trust_root.published"] += 1
        said["directory.published"] += self._world.directories
        return told(self.authority.account, said, at=self.voices.now)

    # --- the plan ----------------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        stolen, *reviewed = self._suppliers[:4]
        self._agenda.begin(0, self._founded())
        for body in self._bodies:
            self._agenda.begin(body.opens, self._stories.accredited(body))
        first, second, third, *others = self._bodies
        self._agenda.begin(148, self._stories.compromised(first, stolen))
        self._agenda.begin(60, self._stories.amended(second))
        self._agenda.begin(120, self._stories.suspended(second))
        self._agenda.begin(170, self._stories.rotated(second))
        self._agenda.begin(150, self._stories.withdrawn_for_cause(third, first, reviewed))
        for number, body in enumerate(others):
            self._plan_body(number, body, is_last=number == len(others) - 1)
        for body in self._bodies:
            self._agenda.begin(body.opens + 5, self._stories.sealed(body), body=body)
        self._plan_suppliers(self._suppliers[4:])

    def _plan_body(self, number: int, body: Body, *, is_last: bool) -> None:
        if is_last:
            self._agenda.begin(300, self._stories.withdrawn_on_request(body))
        elif number % 4 == 0:
            self._agenda.begin(body.opens + 40, self._stories.amended(body))
        elif number % 4 == 1:
            self._agenda.begin(body.opens + 60, self._stories.suspended(body))
        if number % 3 == 0:
            self._agenda.begin(body.opens + 90, self._stories.rotated(body))

    def _plan_suppliers(self, suppliers: list[Supplier]) -> None:
        lines = self._marks.storylines()
        weighted = [line for line in lines for _ in range(line.share)]
        for number, supplier in enumerate(suppliers):
            if number < len(lines):
                # Each of these happens at least once, to its end: early, and with a body that nothing hinders.
                line, body = lines[number], self._bodies[0]
                day = self._chance.between(body.opens + 1, min(LAST_ACT - line.span, EARLY))
            else:
                line = self._chance.pick(weighted)
                body, day = self._place(line)
            self._agenda.begin(day, line.tale(Part(supplier, body)), body=body)

    def _place(self, line: Storyline) -> tuple[Body, int]:
        """Return a body that offers what the story needs, and a day from which it ends within the year."""
        while True:
            body = self._chance.pick(self._bodies)
            first, last = body.opens + 1, min(LAST_ACT - line.span, body.closes)
            if first <= last and set(line.offers) <= set(body.offers):
                return body, self._chance.between(first, last)

    def _body(self, number: int, bodies: int) -> Body:
        """Return the body of that place in the plan: some begin early in the year, some with ★3 only."""
        is_early = number < max(FEWEST_BODIES, bodies * 2 // 5)
        offers = self._offers
        begins_small = number == 1 or (number > 2 and (number - 3) % 4 == 0)
        closes = {2: 150}.get(number, 220 if number == bodies - 1 else DAYS)
        return Body(
            no=cast.BODY_NO + number,
            role="evaluation",
            identifier=corporate_number(BODIES_FROM + number),
            name=f"見本評価機構{number + 1}",
            opens=1 if is_early else self._chance.between(10, 180),
            offers=(offers.three,) if begins_small else (offers.three, offers.four, offers.half_yearly),
            closes=closes,
        )

    # --- the authority's own year ------------------------------------------------------------------------------------

    def _founded(self) -> Generator[int, None, None]:
        authority = self.authority
        declared = load_shipped("jp.ipa.security-action", "2026-04")
        for public in (load_shipped(cast.SCHEME, cast.VERSION).statement_public(), HALF_YEARLY):
            authority.publish(public)
        authority.publish(declared.statement_public())
        authority.change_policy(1)
        for uri in self._experts:
            authority.list_expert(uri.rpartition("/")[2])
        row = {"scheme": declared.scheme, "level": 1, "criteria_sha256": declared.digest}
        tester = _lister(cast.TESTER_NO, "technical_verification", "見本技術検証株式会社")
        registrar = _lister(3001, "registrar", "見本登録機構")
        authority.accredit(tester, [])
        authority.accredit(registrar, [row])
        authority.add_key(registrar, "assessor", 1)
        authority.add_key(registrar, "decider", 2)
        yield 1
        declaring = self._suppliers[::DECLARES_ONE_IN]
        for number, supplier in enumerate(declaring):
            self._agenda.begin(2 + number % 300, self._declared(registrar, supplier, row, stops=number % 5 == 0))
        yield 99
        authority.notice("false_solicitation")
        authority.change_policy(2)
        yield 50
        authority.delist_expert(self._experts[-1], "expert_wishes")

    def _declared(
        self, registrar: Body, supplier: Supplier, row: dict[str, object], *, stops: bool
    ) -> Generator[int, None, None]:
        self.authority.declare(registrar, supplier, row)
        yield 40
        if stops:
            self.authority.stop(registrar, supplier, row)


def _lister(no: int, role: str, name: str) -> Body:
    return Body(no=no, role=role, identifier=corporate_number(BODIES_FROM + no), name=name, opens=0)


def _offers() -> Offers:
    pack = load_shipped(cast.SCHEME, cast.VERSION)
    three, four = (
        Offer(pack.scheme, pack.version, pack.digest, 3, 12),
        Offer(pack.scheme, pack.version, pack.digest, 4, 36, is_tested=True, report_months=12),
    )
    half = Offer("example.half-yearly", "1", str(HALF_YEARLY["sha256"]), 4, 24, report_months=6)
    return Offers(three, four, half)
