"""Who acts in the year: bodies with their people's keys, suppliers, and the marks that these hold. All are invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stdnum.jp import cn

from registry.scenario import cast
from verifier.dates import term_end
from verifier.envelope import DAY
from verifier.mark import Holder
from verifier.names import body_uri, mark_uri

if TYPE_CHECKING:
    from issuer.identity import KeyPlace
    from registry.scenario.year.agenda import Story
    from verifier.mark import MarkDraft
    from verifier.signer import SoftwareSigner
    from verifier.statement.public import KeyRole

NO_OFFICE = "9999"
"""The first digits of a corporate number name the register's office; these name none."""

HOLDERS_FROM, BODIES_FROM = 10_000_000, 90_000_000
GRACE = 30 * DAY
"""How long after its due day a report may come, in every scheme of the year."""


@dataclass(frozen=True)
class Offer:
    """A tier of a published criteria version that bodies issue marks of."""

    scheme: str
    version: str
    criteria: str
    tier: int
    months: int
    is_tested: bool = False
    """Whether a technical verification stands behind its marks."""

    report_months: int = 0
    """How many months lie between two reports of a holder, 0 where none is asked for."""

    @property
    def row(self) -> dict[str, Any]:
        """The row of an accreditation for it."""
        return {"scheme": self.scheme, "level": self.tier, "criteria_sha256": self.criteria}


@dataclass
class Body:
    """A body's private side and its actors' own account of how it stands."""

    no: int
    role: str
    identifier: str
    name: str
    opens: int
    """The day of the year on which its keys are listed and it begins to decide."""

    offers: tuple[Offer, ...] = ()
    closes: int = 365
    """The day after which no holder comes to it any more."""

    state: str = "active"
    keys: dict[KeyRole, SoftwareSigner] = field(default_factory=dict)
    places: dict[KeyRole, KeyPlace] = field(default_factory=dict)
    marks: list[HeldMark] = field(default_factory=list)
    host: str = cast.HOST
    """The authority's, which accredited it."""

    @property
    def uri(self) -> str:
        """Its entity id."""
        return body_uri(self.host, self.no)


@dataclass(frozen=True)
class Supplier:
    """An invented company."""

    no: int

    @property
    def identifier(self) -> str:
        """Its 法人番号, which no register gave to anybody."""
        return corporate_number(HOLDERS_FROM + self.no)

    @property
    def holder(self) -> Holder:
        """The company as its marks name it."""
        return Holder(
            name=f"見本{self.no}株式会社",
            name_latin=f"Sample {self.no} KK",
            identifiers=(self.identifier,),
            domains=(f"s{self.no}.example",),
        )


@dataclass
class HeldMark:
    """A mark and its actors' own account of it: the state that they led it to, and what the clock makes of that."""

    body: Body
    offer: Offer
    draft: MarkDraft
    supplier: Supplier
    issued_at: int
    state: str = "active"
    lift_by: int | None = None
    reports: int = 0
    extended: int = 0
    successor: HeldMark | None = None
    """The mark that was issued to take its place."""

    story: Story | None = None

    @property
    def id(self) -> str:
        """Its id."""
        return self.draft.id

    @property
    def uri(self) -> str:
        """Its name."""
        return mark_uri(self.draft.host, self.id)

    @property
    def due(self) -> int | None:
        """When the next report is due, None where none is."""
        if not self.offer.report_months:
            return None
        due = term_end(self.draft.nbf, self.offer.report_months * (self.reports + 1), cast.ZONE)
        return due if due < self.draft.exp else None

    def stands(self, at: int) -> str:
        """Return how it stands at that instant by its actors' own account."""
        if self.state not in ("active", "suspended"):
            return self.state
        if self.lift_by is not None and self.lift_by <= min(at, self.draft.exp):
            return "withdrawn"
        if self.draft.exp <= at:
            return "expired"
        is_overdue = self.due is not None and at >= max(self.due + GRACE, self.extended)
        if self.state == "active" and self.draft.nbf > at:
            return "not_yet_valid"
        return "suspended" if is_overdue else self.state


def corporate_number(number: int) -> str:
    """Return an invented 法人番号 with its right check digit."""
    base = f"{NO_OFFICE}{number:08d}"
    return f"0188-{cn.calc_check_digit(base)}{base}"
