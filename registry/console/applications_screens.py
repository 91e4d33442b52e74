"""Bodies' applications: opened, supplied with papers, and decided by two operators with signed words.

A grant is proposed with both of the first operator's signatures: the word on the application with these papers, and the
half of the accreditation that follows from it. Whoever approves signs the same two, and the body is accredited.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.applications.application import Decision, Terms, accredited, check_words
from registry.applications.application import Step as Taken
from registry.applications.commands import accreditation
from registry.applications.store import Applications
from registry.console.applications import (
    application_shown,
    applications_shown,
    decide_application,
    open_application,
    supply_paper,
    withdraw_application,
)
from registry.console.bodies import next_number, scope_choices
from registry.console.bodies_screens import MONTHS, term_of
from registry.console.showing import HANDLERS, OPERATORS, first_instant, last_instant, names_of, pseudonym, show_cards
from registry.desk.saying import approve_saying
from registry.desk.sayings import accredits
from verifier.dates import term_end
from verifier.edge.authority.applications_view import application_cards, applications_cards, grant_cards, refusal_cards
from verifier.edge.authority.words import DECISIONS, KEPT, PROPOSED
from verifier.edge.console.plan import LARGE, Deed, ProposalKind, Screen
from verifier.encoding import digest
from verifier.errors import MalformedError
from verifier.names import authority_uri, log_origin
from verifier.schema import read_model
from verifier.statement.approval import sign_approval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from registry.applications.application import Application
    from registry.console.desk import Desk, Hand
    from registry.console.proposing import Proposing
    from verifier.edge.console.proposal import Proposal
    from verifier.edge.console.visit import Visit

GRANT, REFUSAL = DECISIONS


@dataclass(frozen=True)
class ApplicationsScreens:
    """The pages about applications."""

    desk: Desk
    proposing: Proposing

    @property
    def book(self) -> Applications:
        """The register."""
        return Applications(self.desk.data.applications)

    def screens(self) -> Sequence[Screen]:
        """Return the pages."""
        return (
            Screen("/applications", self.list, HANDLERS),
            Screen("/applications/{id}", self.show, HANDLERS),
            Screen("/applications/{id}/grant", self.grant_page, OPERATORS),
        )

    def deeds(self) -> Sequence[Deed]:
        """Return what is done on them."""
        return (
            Deed("/applications", self.open, HANDLERS, again=self.list),
            Deed("/applications/{id}/supply", self.supply, HANDLERS, again=self.show, most_bytes=LARGE),
            Deed("/applications/{id}/withdraw", self.withdraw, HANDLERS, again=self.show),
            Deed("/applications/{id}/grant", self.grant, OPERATORS, again=self.grant_page),
            Deed("/applications/{id}/refuse", self.refuse, OPERATORS, again=self.show),
        )

    def kinds(self) -> dict[str, ProposalKind]:
        """Return the two decisions that two operators take."""
        template = "operator/proposal.html"
        return {
            GRANT: ProposalKind(OPERATORS, template, self.proposing.shown, self.carry_out_grant),
            REFUSAL: ProposalKind(OPERATORS, template, self.shown_refusal, self.carry_out_refusal),
        }

    def list(self, visit: Visit) -> Response:
        """Show every application and the windows."""
        zone = visit.house.plan.zone
        answer = applications_shown(self.desk.data, self.book, zone=zone, now=visit.now)
        return show_cards(visit, applications_cards(answer, visit.form.get, zone, visit.t))

    def show(self, visit: Visit) -> Response:
        """Show one application. Raises NotFoundError."""
        zone = visit.house.plan.zone
        found = application_shown(self.desk.data, self.book.get(visit.params["id"]), zone=zone)
        found["names"] = names_of(visit)
        return show_cards(visit, application_cards(found, visit.lang, visit.form.get, zone, visit.t))

    def open(self, visit: Visit) -> Response:
        """Open an application. Raises RefusedError, NotFoundError or MalformedError."""
        said = {name: visit.form.need(name) for name in ("window", "identifier", "name")}
        zone, by = visit.house.plan.zone, pseudonym(visit)
        opened = open_application(
            self.desk.data, self.book, said, by=by, zone=zone, now=visit.now, entropy=self.desk.entropy
        )
        return visit.go(f"/applications/{opened.id}", KEPT)

    def supply(self, visit: Visit) -> Response:
        """Record a paper by its digest; the file itself stays with whoever sent it. Raises RefusedError."""
        found, sha256 = visit.params["id"], digest(visit.form.file("paper").data)
        item = visit.form.need("item")
        supply_paper(self.desk.data, self.book, found, item=item, sha256=sha256, by=pseudonym(visit), now=visit.now)
        return visit.go(f"/applications/{found}", KEPT)

    def withdraw(self, visit: Visit) -> Response:
        """Record that the body takes its application back. Raises RefusedError."""
        withdraw_application(self.book, visit.params["id"], by=pseudonym(visit), now=visit.now)
        return visit.go(f"/applications/{visit.params['id']}", KEPT)

    def grant_page(self, visit: Visit) -> Response:
        """Show the form of a grant's terms. Raises NotFoundError."""
        zone = visit.house.plan.zone
        found = application_shown(self.desk.data, self.book.get(visit.params["id"]), zone=zone)
        with self.desk.log.look() as reading:
            number, choosable = next_number(reading, found["role"]), scope_choices(reading)
        window = {"no": str(number), **term_of(visit.now, term_end(visit.now, MONTHS, zone), visit)}
        return show_cards(visit, grant_cards(found, choosable, window, visit.form, visit.t))

    def grant(self, visit: Visit) -> Response:
        """Propose a grant, with the first operator's word and half. Raises RefusedError or LockedError."""
        found, hand = self.book.get(visit.params["id"]), self.desk.hand(visit)
        terms = self._terms(visit)
        saying = accredits(self.desk.host, accreditation(found, terms), entropy=self.desk.entropy)
        decision = Decision(outcome="grant", terms=terms)
        self._decide(found, decision, hand, now=visit.now)
        approval = approve_saying(
            saying, host=self.desk.host, iat=visit.now, signer=hand.signer, entropy=self.desk.entropy
        )
        members = {"saying": saying.members(), "approval": approval, "key": hand.key}
        return self._propose(visit, GRANT, found, {**members, "decision": decision.members()})

    def refuse(self, visit: Visit) -> Response:
        """Propose a refusal, with the first operator's word. Raises RefusedError, LockedError."""
        found, hand = self.book.get(visit.params["id"]), self.desk.hand(visit)
        decision = read_model(Decision, {"outcome": "refuse", "reason": visit.form.need("reason")}, what="decision")
        self._decide(found, decision, hand, now=visit.now)
        return self._propose(visit, REFUSAL, found, {"key": hand.key, "decision": decision.members()})

    def carry_out_grant(self, visit: Visit, proposal: Proposal) -> str:
        """Agree to a grant, and accredit the body. Raises RefusedError, LockedError, and as the registry answers."""
        found, hand = self.book.get(proposal.members["application"]), self.desk.hand(visit)
        decision = read_model(Decision, proposal.members["decision"], what="decision")
        if decision.terms is None:
            raise MalformedError("a grant names its terms")
        wanted = accredits(self.desk.host, accreditation(found, decision.terms), entropy=self.desk.entropy)
        if proposal.members["saying"]["public"] != wanted.draft.public:
            raise MalformedError("what would be said is not what was decided")
        if found.state != "granted":
            found = self._decide(found, decision, hand, now=visit.now)
        check_words(found, self.desk.root)
        admitted = self.desk.approve(hand, proposal, now=visit.now)
        step = Taken(step="accredited", at=visit.now, by=hand.key, entry=admitted.index)
        self.book.append(accredited(found, step))
        return f"log entry {admitted.index}"

    def carry_out_refusal(self, visit: Visit, proposal: Proposal) -> str:
        """Agree to a refusal. Raises RefusedError, LockedError."""
        found, hand = self.book.get(proposal.members["application"]), self.desk.hand(visit)
        decision = read_model(Decision, proposal.members["decision"], what="decision")
        refused = self._decide(found, decision, hand, now=visit.now)
        check_words(refused, self.desk.root)
        return f"{refused.id} {refused.state}"

    def shown_refusal(self, visit: Visit, proposal: Proposal) -> dict[str, object]:
        """Return the application and why it would be refused. Raises NotFoundError."""
        zone = visit.house.plan.zone
        found = application_shown(self.desk.data, self.book.get(proposal.members["application"]), zone=zone)
        return {"cards": refusal_cards(found, proposal.members["decision"], visit.t)}

    def _propose(self, visit: Visit, kind: str, found: Application, members: dict[str, Any]) -> Response:
        about = f"{found.id} {found.name}"
        members = {"application": found.id, **members}
        number = visit.house.proposals.propose(visit.person, kind, about=about, members=members)
        return visit.go(f"/proposals/{number}", PROPOSED)

    def _decide(self, found: Application, decision: Decision, hand: Hand, *, now: int) -> Application:
        host = self.desk.host
        approval = sign_approval(
            found.subject(decision),
            iss=authority_uri(host),
            log=log_origin(host),
            iat=now,
            signer=hand.signer,
            entropy=self.desk.entropy,
        )
        return decide_application(self.desk.data, self.book, found, decision, by=hand.key, approval=approval, now=now)

    def _terms(self, visit: Visit) -> Terms:
        with self.desk.log.look() as reading:
            offered = {one["value"]: one for one in scope_choices(reading)}
        rows = [offered[one] for one in visit.form.many("scope") if one in offered]
        versions = {(one["scheme"], one["version"]) for one in rows}
        if len(versions) != 1:
            raise MalformedError("a grant is for levels of one version of one scheme", hint="Choose one or more.")
        ((scheme, version),) = versions
        said = {
            "no": visit.form.number("no"),
            "scheme": scheme,
            "version": version,
            "levels": sorted(one["level"] for one in rows),
            "begins": first_instant(visit, "begins"),
            "ends": last_instant(visit, "ends"),
        }
        return read_model(Terms, said, what="terms")
