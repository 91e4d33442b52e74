"""Correcting the holder's name, domains or listing: the decider says how it should stand, the assessor consents.

Mark and correction are signed together, by both keys within two minutes: the bytes that the assessor approves exist
only once the decider has signed them. So the decider opens the own key when proposing, and it signs when the assessor,
signed in as somebody else with the other key, consents while that key is still open in the decider's own session.
Nothing is kept beside the proposal but which session that was; closing the session or the key withdraws it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from issuer.console.case_form import typed_company
from issuer.console.issue_pages import WAIT_SECONDS, issue_name
from issuer.console.marks_view import find_held, mark_facts
from issuer.console.words import STEPS
from issuer.correct import Correction, case_of, correct
from issuer.issue import INTERVAL, Waiting
from issuer.wallet import Wish
from verifier.edge.console.errors import LockedError
from verifier.edge.console.plan import Deed, ProposalKind, Screen
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact
from verifier.errors import ConflictError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from issuer.console.door import Door
    from issuer.console.works import Work, Works
    from issuer.issuance import Corrected
    from verifier.edge.console.proposal import Proposal
    from verifier.edge.console.visit import Visit
    from verifier.edge.i18n import Translator
    from verifier.mark import Holder

ASSESSOR, DECIDER = frozenset({"assessor"}), frozenset({"decider"})
KIND = "correction"
MEMBERS = ("name", "name_latin", "domains", "unlisted")


@dataclass(frozen=True)
class CorrectionPages:
    """Corrections over one desk; ``_sessions`` is in which session a proposal's decider opened the key."""

    door: Door
    works: Works
    _sessions: dict[int, str] = field(default_factory=dict)

    def screens(self) -> Sequence[Screen]:
        """Return the form."""
        return (Screen("/marks/{mark}/correct", self.show, DECIDER),)

    def deeds(self) -> Sequence[Deed]:
        """Return what is proposed on it."""
        return (Deed("/marks/{mark}/correct", self.propose, DECIDER, again=self.show),)

    def kinds(self) -> Mapping[str, ProposalKind]:
        """Return what the assessor consents to."""
        return {KIND: ProposalKind(ASSESSOR, "evaluator/proposed.html", self.shown, self.carry_out)}

    def show(self, visit: Visit) -> Response:
        """Show name, domains and listing as they stand, to be mended. Raises NotFoundError."""
        desk, t = self.door.desk(), visit.t
        held = find_held(desk, visit.params["mark"])
        stands = _members(held.mark.content.org)
        typed = {name: visit.form.get(name) for name in MEMBERS} if visit.mistake else stands
        return visit.show(
            "evaluator/correct.html",
            title=t.gettext("evaluator.correct.title"),
            mark=held.mark.id,
            facts=mark_facts(desk, held, t),
            typed=typed,
            is_unlisted="checked" if typed["unlisted"] else "",
        )

    def propose(self, visit: Visit) -> Response:
        """Keep how it should stand, for the assessor. Raises RefusedError, StatementError, LockedError."""
        held, form = find_held(self.door.desk(), visit.params["mark"]), visit.form
        org = held.mark.content.org
        # Read as an application is: a slip is not mended into another one.
        members = _members(typed_company(form, org.identifiers))
        if _members(_correction(members).of(org)) == _members(org):
            raise RefusedError("the correction changes nothing", hint="Change what is wrong.")
        visit.passphrase("decider")
        about = f"{held.mark.content.number} {plain(org.name)}"
        told = {**members, "mark": held.mark.id, "credential": form.get("credential")}
        number = visit.house.proposals.propose(visit.person, KIND, about=about, members=told)
        self._sessions[number] = visit.session.id
        return visit.go(f"/proposals/{number}", "evaluator.told.correction_proposed")

    def shown(self, visit: Visit, proposal: Proposal) -> Mapping[str, object]:
        """Return what would stand instead of what. Raises NotFoundError."""
        desk, t = self.door.desk(), visit.t
        held = find_held(desk, proposal.members["mark"])
        org = held.mark.content.org
        changes = _changes(_members(org), _members(_correction(proposal.members).of(org)), t)
        return {
            "said": (*changes, *_beside(proposal, t)),
            "facts": mark_facts(desk, held, t),
            "marks": [held.mark.id],
        }

    def carry_out(self, visit: Visit, proposal: Proposal) -> str:
        """Sign and log it with both keys. Raises LockedError, RefusedError, and what the registry answers with."""
        decider = self._decider(visit, proposal)
        with self.door.unlocked({"assessor": visit.passphrase("assessor"), "decider": decider}) as desk:
            wish = Wish() if proposal.members.get("credential") else None
            corrected = correct(desk, proposal.members["mark"], _correction(proposal.members), wish=wish)
        self._sessions.pop(proposal.id, None)
        self._pack(corrected)
        return f"log entry {corrected.admitted.index if corrected.admitted else ''}"

    def _pack(self, corrected: Corrected) -> None:
        """Begin to write the package anew: it takes no key, and nobody waits for it here."""
        desk = self.door.desk()
        case = case_of(desk, corrected.mark)
        if case is None:
            return

        def job(work: Work) -> None:
            waiting = Waiting(looks=int(WAIT_SECONDS / INTERVAL), pause=work.pause)
            desk.issue(
                case, self.door.packages, waiting=waiting, progress=lambda number, text: work.tell(number, STEPS)
            )

        # Where one is going on already, it is later than the correction or will be begun again.
        with suppress(ConflictError):
            self.works.begin(issue_name(case), job)

    def _decider(self, visit: Visit, proposal: Proposal) -> bytes:
        try:
            return visit.house.unlocking.passphrase(self._sessions.get(proposal.id, ""), "decider")
        except LockedError as error:
            # Asking here for the other person's passphrase would make one person out of two.
            raise RefusedError(
                "the decider's key is closed again", hint="The decider proposes it anew; consent within 15 minutes."
            ) from error


def _correction(members: Mapping[str, str]) -> Correction:
    domains = tuple(one.strip() for one in members["domains"].splitlines() if one.strip())
    # A proposal that an earlier version kept says nothing of the listing, which stays.
    unlisted = bool(members["unlisted"]) if "unlisted" in members else None
    return Correction(members["name"], members["name_latin"], domains, unlisted)


def _members(org: Holder) -> dict[str, str]:
    return {
        "name": org.name,
        "name_latin": org.name_latin or "",
        "domains": "\n".join(org.domains or ()),
        "unlisted": "yes" if org.unlisted else "",
    }


def _changes(before: Mapping[str, str], after: Mapping[str, str], t: Translator) -> list[Fact]:
    says = Fact(t.gettext("evaluator.fact.says"), texts=(t.gettext("evaluator.act.mark.corrected"),))
    changed = [
        Fact(
            t.gettext(f"evaluator.correct.{name}"),
            texts=(
                t.gettext("evaluator.correct.now", value=_words(name, before[name], t)),
                t.gettext("evaluator.correct.then", value=_words(name, after[name], t)),
            ),
        )
        for name in MEMBERS
        if before[name] != after[name]
    ]
    return [says, *changed]


def _beside(proposal: Proposal, t: Translator) -> tuple[Fact, ...]:
    if not proposal.members.get("credential"):
        return ()
    return (Fact(t.gettext("evaluator.correct.beside"), texts=(t.gettext("evaluator.correct.credential"),)),)


def _words(name: str, value: str, t: Translator) -> str:
    if name == "unlisted":
        return t.gettext(f"evaluator.listing.{'unlisted' if value else 'listed'}")
    return ", ".join(plain(one) for one in value.splitlines()) or "-"


def correction_message_ids() -> tuple[str, ...]:
    """Return the message ids that are put together here."""
    listings = ("evaluator.listing.listed", "evaluator.listing.unlisted")
    others = (*listings, "evaluator.act.mark.corrected", f"evaluator.kind.{KIND}")
    return (*(f"evaluator.correct.{one}" for one in MEMBERS), *others)
