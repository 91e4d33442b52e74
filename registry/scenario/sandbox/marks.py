"""The sandbox's past: two months in which marks come to stand in every way in which a mark can stand.

Everything is said by actors with keys of their own and admitted by the rules of every registry; days are those before
the sandbox opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.scenario import cast
from registry.scenario.border import BorderStory
from registry.scenario.story import Story
from registry.scenario.year.acts import MarkActs
from registry.scenario.year.authority import Authority
from registry.scenario.year.issuing import Helpers, Issuing, Wanted
from registry.scenario.year.people import BODIES_FROM, Body, HeldMark, Offer, Supplier, corporate_number
from registry.scenario.year.voices import Voices
from verifier.dates import day_start, local_date
from verifier.edge.folder import FolderFetcher
from verifier.envelope import DAY
from verifier.gather import gather
from verifier.injected import seeded_entropy
from verifier.names import body_uri
from verifier.scheme.shipped import load_shipped

if TYPE_CHECKING:
    from collections.abc import Generator

    from registry.scenario.one_process import OneProcess
    from verifier.bundle import Bundle

DAYS = 60
"""How long the past is. Nothing in it reaches the end of a suspension, so the set stays as it is for months."""

ENDS_BEFORE, BEGINS_AFTER, LIFT_AFTER = 5, 60, 180
STOLEN_NO, REGISTRAR_NO = 1002, 3001
DECLARED = "jp.ipa.security-action", "2026-04"
HOUR = 3600
CLOSING = 300
"""Seconds before the opening at which the past ends; its last steps take about one second each."""

DECLARER = Supplier(90)
COVERED = Supplier(91)


@dataclass(frozen=True)
class Past:
    """What came of it: marks by the name of their fixture, and what an older copy of the evidence said."""

    marks: dict[str, HeldMark]
    outdated: Bundle
    recognition: str


class SandboxPast:
    """Plays the past of one registry that opens at ``opens`` (UTC seconds)."""

    def __init__(self, world: OneProcess, *, seed: str, opens: int) -> None:
        self._world = world
        self._opens = opens
        self._voices = Voices(world, seeded_entropy(f"sandbox {seed}: actors"))
        self._authority = Authority(self._voices)
        self._acts = MarkActs(self._voices)
        host = self._voices.host
        self._issuing = Issuing(
            self._voices, Helpers(tester=body_uri(host, cast.TESTER_NO), expert=f"https://{host}/x/riss-000001")
        )
        pack = load_shipped(cast.SCHEME, cast.VERSION)
        self._three = Offer(pack.scheme, pack.version, pack.digest, 3, 12)
        self._four = Offer(pack.scheme, pack.version, pack.digest, 4, 36, is_tested=True, report_months=12)
        self._body = self._lister(cast.BODY_NO, "evaluation", "見本評価機構")
        self._robbed = self._lister(STOLEN_NO, "evaluation", "見本評価機構2")
        self._marks: dict[str, HeldMark] = {}
        self._outdated: Bundle | None = None
        self._recognition = ""

    def play(self) -> Past:
        """Play every day on which something happens, up to the present."""
        for day in self._days():
            self._voices.close_day()
            self._world.pass_time(8 * HOUR)
            self._begin(day)
        self._voices.close_day()
        self._world.clock.now = max(self._world.clock.now, self._opens - CLOSING)
        for _ in range(4):
            self._world.pass_time(1)
        if self._outdated is None:
            raise AssertionError("the past was not played")
        return Past(self._marks, self._outdated, self._recognition)

    def _days(self) -> Generator[int, None, None]:
        """Say what happens; a yield names how many days before the opening the next things are said."""
        yield DAYS
        self._found()
        yield 58
        self._list()
        yield 56
        self._issue()
        yield 50
        self._change()
        yield 48
        self._acts.follow(self._marks["superseded"])
        self._robbed_since = self._voices.size()
        self._marks["void-key"] = self._issuing.issue(self._robbed, self._wanted(10))
        yield 46
        self._authority.revoke_key(self._robbed.keys["decider"].kid, cutoff=self._robbed_since)
        self._acts.withdraw(self._marks["withdrawn"], "misuse")
        yield 10
        self._outdated = gather(FolderFetcher(self._world.public), self._marks["outdated"].id)
        self._acts.suspend(self._marks["outdated"], "nonconformity", days=LIFT_AFTER)
        yield 2
        first = day_start(local_date(self._opens + BEGINS_AFTER * DAY, cast.ZONE), cast.ZONE)
        self._marks["not-yet-valid"] = self._issuing.issue(self._body, self._wanted(11), begins=first)
        yield 1
        self._border()

    def _begin(self, day: int) -> None:
        morning = day_start(local_date(self._opens - day * DAY, cast.ZONE), cast.ZONE) + 8 * HOUR
        self._world.clock.now = max(self._world.clock.now, min(morning, self._opens - CLOSING - 9 * HOUR))
        # The morning's directory is logged and covered now, so that the day has a fresh anchor.
        self._world.pass_time(HOUR)
        self._world.pass_time(1)
        self._voices.open_day()

    def _found(self) -> None:
        self._authority.publish(load_shipped(cast.SCHEME, cast.VERSION).statement_public())
        self._authority.publish(load_shipped(*DECLARED).statement_public())
        self._authority.list_expert("riss-000001")
        declared = load_shipped(*DECLARED)
        self._row = {"scheme": declared.scheme, "level": 1, "criteria_sha256": declared.digest}
        self._registrar = self._lister(REGISTRAR_NO, "registrar", "見本登録機構")
        self._authority.accredit(self._registrar, [self._row])
        self._authority.accredit(self._lister(cast.TESTER_NO, "technical_verification", "見本技術検証株式会社"), [])
        for body in (self._body, self._robbed):
            self._authority.accredit(body, [self._three.row, self._four.row])

    def _list(self) -> None:
        for body in (self._body, self._robbed):
            self._authority.add_key(body, "assessor", 1)
            self._authority.add_key(body, "decider", 2)
            self._authority.add_key(body, "desk", 3)
        self._authority.add_key(self._registrar, "assessor", 1)
        self._authority.add_key(self._registrar, "decider", 2)

    def _issue(self) -> None:
        names = ("valid-3", "suspended", "withdrawn", "cancelled", "superseded", "outdated")
        for number, name in enumerate(names, start=1):
            self._marks[name] = self._issuing.issue(self._body, self._wanted(number))
        for number, name in enumerate(("valid-4", "annulled"), start=20):
            self._marks[name] = self._issuing.issue(self._body, self._wanted(number, self._four))
        ended = day_start(local_date(self._opens - ENDS_BEFORE * DAY, cast.ZONE), cast.ZONE)
        self._marks["expired"] = self._issuing.issue(self._body, self._wanted(30), ends=ended)
        covered = (COVERED.identifier,)
        group = Wanted(Supplier(40), self._three, 12, scope_kind="group", covered=covered, summary="企業集団 / Group")
        unit = Wanted(Supplier(41), self._three, 12, scope_kind="unit", summary="大阪工場のみ / The Osaka plant alone")
        self._marks["group"] = self._issuing.issue(self._body, group)
        self._marks["unit"] = self._issuing.issue(self._body, unit)
        self._authority.declare(self._registrar, DECLARER, self._row)

    def _change(self) -> None:
        marks, acts = self._marks, self._acts
        acts.suspend(marks["suspended"], "nonconformity", days=LIFT_AFTER)
        acts.suspend(marks["withdrawn"], "misuse", days=150)
        acts.cancel(marks["cancelled"])
        acts.annul(marks["annulled"], "false_evidence")
        old = marks["superseded"]
        self._issuing.issue(self._body, Wanted(old.supplier, self._four, self._four.months, old=old))

    def _border(self) -> None:
        world = self._world
        authority = Story(world.stage, tell=_silent).authority
        border = BorderStory(world.stage, authority, directory=world.ceremony.keys.directory, tell=_silent)
        self._recognition = border.play().uri

    def _wanted(self, number: int, offer: Offer | None = None) -> Wanted:
        offer = offer or self._three
        return Wanted(Supplier(number), offer, offer.months)

    def _lister(self, no: int, role: str, name: str) -> Body:
        identifier = corporate_number(BODIES_FROM + no)
        return Body(no=no, role=role, identifier=identifier, name=name, opens=0, host=self._voices.host)


def _silent(heading: str, detail: str) -> None:
    """Say nothing: the sandbox tells of its marks, not of their making."""
