"""The pages of this body's marks: the list, one mark, and what the body says about it after it was issued."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from issuer.console.case_form import choices
from issuer.console.marks_view import A_PAGE, Held, find_held, held_marks, mark_facts, mark_state, marks_grid
from issuer.console.words import mark_tag
from issuer.mark_acts import Act, act_of_two, approve, cancellation, report_filed, say, suspension
from verifier.dates import parse_instant
from verifier.edge.console.plan import Deed, ProposalKind, Screen
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from issuer.console.door import Door
    from verifier.edge.console.proposal import Proposal
    from verifier.edge.console.visit import Visit

ASSESSOR, DECIDER = frozenset({"assessor"}), frozenset({"decider"})
SIGNING = ASSESSOR | DECIDER
REASONS = ("nonconformity", "cause", "false_evidence", "misuse", "holder_request", "other")
ACT, ASKED = "act", "asked"
OFFERED = {
    "suspend": ("active", "not_yet_valid"),
    "reinstate": ("suspended",),
    "withdraw": ("active", "suspended", "not_yet_valid"),
    "supersede": ("active", "suspended"),
    "change-scope": ("active", "suspended"),
    "cancel": ("active", "suspended", "not_yet_valid"),
    "report": ("active", "suspended"),
    "correct": ("active", "not_yet_valid"),
    "renew": ("active", "suspended", "expired", "superseded"),
}
"""In which states of the mark a form is offered; where the registry could not be asked, all are."""


@dataclass(frozen=True)
class MarkPages:
    """Marks over one desk."""

    door: Door

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (Screen("/marks", self.list), Screen("/marks/{mark}", self.show))

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""

        def deed(name: str, handler: Any, roles: frozenset[str]) -> Deed:
            return Deed(f"/marks/{{mark}}/{name}", handler, roles, again=self._again)

        return (
            deed("suspend", self.suspend, SIGNING),
            deed("two", self.two, SIGNING),
            deed("cancel", self.cancel, DECIDER),
            deed("report", self.report, DECIDER),
        )

    def kinds(self) -> Mapping[str, ProposalKind]:
        """Return what one person proposes and another one carries out."""
        template = "evaluator/proposed.html"
        return {
            ACT: ProposalKind(DECIDER, template, self.shown, self.carry_out),
            ASKED: ProposalKind(ASSESSOR, template, self.shown, self.agree),
        }

    def list(self, visit: Visit) -> Response:
        """Show this body's marks, a page at a time, with the state that the registry tells of each."""
        desk, t = self.door.desk(), visit.t
        words, page = visit.query.get("q", "").strip().casefold(), visit.query.get("page", "1")
        found = [one for one in held_marks(desk) if not words or words in _searched(one)]
        at = max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1
        shown = found[(at - 1) * A_PAGE : at * A_PAGE]
        return visit.show(
            "evaluator/marks.html",
            title=t.gettext("evaluator.marks.title"),
            view=marks_grid(desk, shown, t),
            words=visit.query.get("q", ""),
            later=[_page(words, at - 1)] if at > 1 else [],
            earlier=[_page(words, at + 1)] if at * A_PAGE < len(found) else [],
        )

    def show(self, visit: Visit) -> Response:
        """Show a mark and what this person may have said about it. Raises NotFoundError."""
        desk, t = self.door.desk(), visit.t
        held = self._held(visit)
        state = mark_state(desk, held.mark)
        reasons = [(one, t.gettext(f"evaluator.reason.{one}")) for one in REASONS]
        offered = {name: state is None or state in states for name, states in OFFERED.items()}
        signs, decides = visit.person.may(SIGNING), visit.person.may(DECIDER)
        may = {
            **{name: offered[name] and signs for name in ("suspend", "reinstate", "withdraw", "supersede")},
            **{name: offered[name] and decides for name in ("cancel", "report")},
            # A sole proprietor's mark shows no name.
            "correct": offered["correct"] and decides and held.mark.content.org.name_sd is None,
            "renew": offered["renew"] and visit.person.may(frozenset({"assessor", "desk"})),
        }
        return visit.show(
            "evaluator/held_mark.html",
            title=f"{held.mark.content.number} {plain(held.mark.content.org.name)}",
            mark=held.mark.id,
            case=held.case_id,
            tag_of_mark=mark_tag(state, t),
            facts=mark_facts(desk, held, t),
            may={name: [held.mark.id] if yes else [] for name, yes in may.items()},
            proposes=[held.mark.id] if signs and not decides else [],
            signs=[held.mark.id] if decides else [],
            reasons=choices(reasons, visit.form.get("reason")),
            successors=self._successors(held, visit),
            typed={name: visit.form.get(name) for name in ("lift_by", "due")},
        )

    def suspend(self, visit: Visit) -> Response:
        """Suspend a mark: the decider says it, anybody else proposes it to the decider."""
        lift_by = parse_instant(visit.form.need("lift_by"), zone=visit.house.plan.zone)
        act = suspension(self._held(visit).mark.id, reason=visit.form.need("reason"), lift_by=lift_by, now=visit.now)
        if visit.person.may(DECIDER):
            return self._say(visit, act)
        return self._propose(visit, ACT, act)

    def two(self, visit: Visit) -> Response:
        """Lift, withdraw or replace: the assessor approves it and the decider says it, whoever of them begins."""
        reason, successor = visit.form.get("reason") or None, visit.form.get("successor") or None
        act = act_of_two(visit.form.need("what"), self._held(visit).mark.id, reason=reason, successor=successor)
        if visit.person.may(DECIDER):
            return self._propose(visit, ASKED, act)
        return self._propose(visit, ACT, act, approval=self._approved(visit, act))

    def cancel(self, visit: Visit) -> Response:
        """End a mark as its holder wishes."""
        return self._say(visit, cancellation(self._held(visit).mark.id))

    def report(self, visit: Visit) -> Response:
        """Record that the holder filed its yearly report."""
        due = parse_instant(visit.form.need("due"), zone=visit.house.plan.zone)
        return self._say(visit, report_filed(self._held(visit).mark.id, due=due))

    def shown(self, visit: Visit, proposal: Proposal) -> Mapping[str, object]:
        """Return everything that will be said."""
        act, t = _act(proposal), visit.t
        desk = self.door.desk()
        held = next((one for one in held_marks(desk) if one.mark.id == act.mark), None)
        said = [Fact(t.gettext("evaluator.fact.says"), texts=(t.gettext(f"evaluator.act.{act.type}"),))]
        for name, value in act.public.items():
            label = t.gettext(f"evaluator.public.{name}")
            if name in ("lift_by", "due"):
                said.append(Fact(label, moments=(visit.moment(value),)))
            else:
                said.append(Fact(label, texts=(plain(str(value)),)))
        return {
            "said": tuple(said),
            "facts": mark_facts(desk, held, t) if held else (),
            "marks": [act.mark] if held else [],
        }

    def carry_out(self, visit: Visit, proposal: Proposal) -> str:
        """Have the decider say what was proposed, with the approval that came with it."""
        with self.door.unlocked({"decider": visit.passphrase("decider")}) as desk:
            admitted = say(desk, _act(proposal), proposal.members.get("approval"))
        return f"log entry {admitted.index}"

    def agree(self, visit: Visit, proposal: Proposal) -> str:
        """Have the assessor approve what the decider asks for; it goes back to the decider to be said."""
        act = _act(proposal)
        number = self._kept(visit, ACT, act, approval=self._approved(visit, act))
        return f"proposal {number}"

    def _approved(self, visit: Visit, act: Act) -> str:
        with self.door.unlocked({"assessor": visit.passphrase("assessor")}) as desk:
            return approve(desk, act)

    def _say(self, visit: Visit, act: Act) -> Response:
        with self.door.unlocked({"decider": visit.passphrase("decider")}) as desk:
            admitted = say(desk, act)
        return visit.go(f"/marks/{act.mark}", "evaluator.told.said", index=str(admitted.index))

    def _propose(self, visit: Visit, kind: str, act: Act, *, approval: str | None = None) -> Response:
        return visit.go(f"/proposals/{self._kept(visit, kind, act, approval=approval)}", "evaluator.told.proposed")

    def _kept(self, visit: Visit, kind: str, act: Act, *, approval: str | None) -> int:
        found = (one for one in held_marks(self.door.desk()) if one.mark.id == act.mark)
        content = next(found).mark.content
        members = {"mark": act.mark, "type": act.type, "public": act.public, "approval": approval}
        about = f"{content.number} {plain(content.org.name)}"
        return visit.house.proposals.propose(visit.person, kind, about=about, members=members)

    def _again(self, visit: Visit) -> Response:
        return self.show(replace(visit, path=f"/marks/{visit.params['mark']}"))

    def _held(self, visit: Visit) -> Held:
        return find_held(self.door.desk(), visit.params["mark"])

    def _successors(self, held: Held, visit: Visit) -> Sequence[Any]:
        subject = held.mark.content.org.identifiers[0]
        others = [
            (one.mark.id, one.mark.content.number)
            for one in held_marks(self.door.desk())
            if one.mark.id != held.mark.id and one.mark.content.org.identifiers[0] == subject
        ]
        return (choices(others, visit.form.get("successor")),) if others else ()


def _act(proposal: Proposal) -> Act:
    return Act(proposal.members["mark"], proposal.members["type"], proposal.members["public"])


def _page(words: str, number: int) -> str:
    return f"/marks?{urlencode({'q': words, 'page': number})}"


def _searched(held: Held) -> str:
    content = held.mark.content
    return " ".join((content.number, held.mark.id, content.org.name, content.org.name_latin or "")).casefold()


def mark_message_ids() -> tuple[str, ...]:
    """Return the message ids that are put together here."""
    acts = ("suspended", "reinstated", "withdrawn", "superseded", "scope_changed")
    return (
        *(f"evaluator.reason.{one}" for one in REASONS),
        *(f"evaluator.act.mark.{one}" for one in acts),
        *(f"evaluator.public.{one}" for one in ("reason", "lift_by", "due", "successor")),
        "evaluator.fact.says",
        "evaluator.told.said",
        "evaluator.told.proposed",
    )
