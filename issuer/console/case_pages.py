"""The pages of cases: the list, a new one, one case with what is to be done next, its answers, its handling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from issuer.case import FINAL, Case, Event, State
from issuer.console.case_form import FIELDS, choices, form_lists, taken_over, typed
from issuer.console.case_view import (
    answer_groups,
    case_facts,
    cases_grid,
    history_grid,
    next_step,
    people_facts,
    present_state,
    to_approve,
    zone_of,
)
from issuer.console.marks_view import held_marks
from issuer.console.progress_view import checklist
from issuer.console.wallet_view import wallet_state
from issuer.console.words import case_tag
from issuer.record import Excluded, Part
from issuer.scoping import OPEN as SCOPE_OPEN
from issuer.template import write_template
from issuer.workplace import pack_of, rules_of
from verifier.edge.console.plan import Screen
from verifier.edge.i18n import plain
from verifier.encoding import canonical, digest
from verifier.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from starlette.responses import Response

    from issuer.console.door import Door
    from issuer.desk import Desk
    from issuer.record import Exclusion
    from verifier.edge.console.visit import Visit

SHEET_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
ASSESSOR = frozenset({"assessor"})
WORKING = ASSESSOR | {"desk"}
ANSWERING = frozenset({State.ACCEPTED, State.RETURNED, State.IN_ASSESSMENT})


@dataclass(frozen=True)
class CasePages:
    """The pages of cases over one desk."""

    door: Door

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (
            Screen("/cases", self.cases),
            Screen("/cases/new", self.new, WORKING),
            Screen("/cases/{case}", self.case),
            Screen("/cases/{case}/answers", self.answers),
            Screen("/cases/{case}/sheet.{form}", self.sheet),
            Screen("/cases/{case}/imports/{no}", self.imported),
            Screen("/cases/{case}/handling", self.handling),
        )

    def cases(self, visit: Visit) -> Response:
        """Show all cases, or those in one state."""
        desk, t, now = self.door.desk(), visit.t, visit.now
        wanted, words = visit.query.get("state", ""), visit.query.get("q", "").strip().casefold()
        everything = desk.cases()
        found = [
            one
            for one in everything
            if (not wanted or present_state(one, now) == wanted) and (not words or words in _searched(one))
        ]
        states = [("", t.gettext("evaluator.cases.all"))]
        states += [(state.value, t.gettext(f"evaluator.state.{state.value}")) for state in State]
        return visit.show(
            "evaluator/cases.html",
            title=t.gettext("evaluator.cases.title"),
            view=cases_grid(found, now, t),
            states=choices(states, wanted),
            words=visit.query.get("q", ""),
            may_open=("/cases/new",) if visit.person.may(WORKING) else (),
        )

    def new(self, visit: Visit) -> Response:
        """Show the form of a new case, as it was typed or as an earlier case fills it in."""
        after = visit.form.get("after") or visit.query.get("after", "")
        earlier = self._earlier(after) if after else None
        given = typed(visit.form) if visit.mistake else taken_over(earlier) if earlier else dict.fromkeys(FIELDS, "")
        return visit.show(
            "evaluator/new_case.html",
            title=visit.t.gettext("evaluator.new.title"),
            given=given,
            after=[after] if earlier else [],
            follows=[earlier.holder.name] if earlier else [],
            is_person="checked" if given["person"] else "",
            is_unlisted="checked" if given["unlisted"] else "",
            lists=form_lists(given, visit.t, now=visit.now),
        )

    def case(self, visit: Visit) -> Response:
        """Show a case: its facts, how far it is, what this person may do next, and what happened."""
        desk, t = self.door.desk(), visit.t
        case = desk.case(visit.params["case"])
        state, issuance = present_state(case, visit.now), desk.issuance(case.id)
        step, people = next_step(state, issuance), people_facts(case, t)
        waits = self._objections(visit, desk, case, state)
        return visit.show(
            "evaluator/case.html",
            title=f"{case.id} {plain(case.holder.name)}",
            case=case.id,
            tag_of_case=case_tag(state, t),
            next=[t.gettext(f"evaluator.next.{step}")] if step else [],
            facts=case_facts(case, t),
            done=people,
            nobody=[] if people else [t.gettext("evaluator.case.nobody")],
            waits=waits,
            checklist=checklist(case, state, issuance, t),
            history=history_grid(desk.history(case.id), zone_of(case), t),
            may=self._may(visit, case, state, is_ready=not waits),
            outcomes=choices(_worded(visit, "outcome", ("granted", "refused", "returned")), visit.form.get("outcome")),
            typed=_typed(visit, ("reason", "start", "by", "officer", "body", "date", "expert", "token")),
            kinds=choices(_worded(visit, "confirmer", ("listed_expert", "body_holder")), visit.form.get("kind")),
            purposes=choices(_worded(visit, "purpose", ("confirm", "swear")), visit.form.get("purpose")),
            superseded=self._superseded(case, visit),
        )

    def answers(self, visit: Visit) -> Response:
        """Show the answers with the criteria's text, the sheets, and what waits for approval."""
        desk, t = self.door.desk(), visit.t
        case = desk.case(visit.params["case"])
        state, is_assessor = present_state(case, visit.now), visit.person.may(ASSESSOR)
        is_open = state in ANSWERING and is_assessor
        return visit.show(
            "evaluator/answers.html",
            title=f"{case.id} {t.gettext('evaluator.answers.title')}",
            case=case.id,
            groups=answer_groups(case, t),
            imports=[(str(no), plain(name)) for no, (name, _) in enumerate(desk.imports(case.id), 1)],
            forms=tuple(SHEET_TYPES),
            upload=[case.id] if is_open else [],
            approve=[case.id] if is_open and to_approve(case) else [],
            carry=[one.id for one in self._earlier_cases(desk, case)] if is_open and not case.answers else [],
        )

    def sheet(self, visit: Visit) -> Response:
        """Give the empty answer sheet of a case. Raises NotFoundError."""
        form = visit.params["form"]
        if form not in SHEET_TYPES:
            raise NotFoundError("an answer sheet is .xlsx or .csv")
        case = self.door.desk().case(visit.params["case"])
        about = f"{case.id} {case.holder.name}"
        data = write_template(pack_of(case), case.level, form="xlsx" if form == "xlsx" else "csv", about=about)
        return visit.file(data, SHEET_TYPES[form], f"{case.id}.{form}")

    def imported(self, visit: Visit) -> Response:
        """Give a sheet as it was imported. Raises NotFoundError."""
        kept = self.door.desk().imports(visit.params["case"])
        number = visit.params["no"]
        if not number.isdecimal() or not 0 < int(number) <= len(kept):
            raise NotFoundError("there is no such sheet")
        name, data = kept[int(number) - 1]
        return visit.file(data, "application/octet-stream", name)

    def handling(self, visit: Visit) -> Response:
        """Show who is assigned to what and what the scope leaves out, with the forms for both."""
        desk, t = self.door.desk(), visit.t
        case = desk.case(visit.params["case"])
        state = present_state(case, visit.now)
        given = case.handling.exclusions
        parts: tuple[Part, ...] = ("assessor", "decider", "technical_verifier")
        kinds: tuple[Excluded, ...] = ("entity", "site", "system", "device")
        is_open = state in SCOPE_OPEN
        return visit.show(
            "evaluator/handling.html",
            title=f"{case.id} {t.gettext('evaluator.handling.title')}",
            case=case.id,
            assigned=people_facts(case, t)[: len(case.handling.assignment.members())],
            exclusions=[
                {
                    "no": str(one.no),
                    "kind": t.gettext(f"evaluator.excluded.{one.kind}"),
                    "what": plain(one.what),
                    "because": plain(one.justification),
                    "accepted": [one.approved_by] if one.approved_by else [],
                    "pending": [] if one.approved_by else [one.no],
                    "seen": seen_as(one),
                }
                for one in given
            ],
            settle=[case.id] if is_open and given else [],
            exclude=[case.id] if is_open and visit.person.may(WORKING) else [],
            assign=[case.id] if state not in FINAL else [],
            withdraw=[case.id] if state not in FINAL and visit.person.may(WORKING) else [],
            erase=[case.id] if case.handling.person is not None and visit.person.may(WORKING) else [],
            **wallet_state(desk, case, t, may_change=visit.person.may(WORKING | {"decider"})),
            parts=choices(_worded(visit, "part", parts), visit.form.get("part")),
            kinds=choices(_worded(visit, "excluded", kinds), visit.form.get("kind")),
            typed=_typed(visit, ("party", "what", "because", "reason", "holder_key")),
        )

    def _objections(self, visit: Visit, desk: Desk, case: Case, state: State) -> Sequence[str]:
        """Return what stands against the assessor's signature now, as the case machine says it."""
        if state is not State.IN_ASSESSMENT or not visit.person.may(ASSESSOR):
            return ()
        try:
            desk.step(case, Event.ATTEST, by=desk.identity.holder("assessor"))
        except RefusedError as error:
            return (error.message.partition(": ")[2] or error.message,)
        return ()

    def _may(self, visit: Visit, case: Case, state: State, *, is_ready: bool) -> Mapping[str, Sequence[str]]:
        """Return, per form of the case's page, the case where this person may send it now."""
        tier = rules_of(case).tier
        working, assessor = visit.person.may(WORKING), visit.person.may(ASSESSOR)
        decider = visit.person.may(frozenset({"decider"}))
        assessing = state is State.IN_ASSESSMENT
        shown = {
            "submit": working and state in (State.DRAFT, State.SUBMITTED),
            "confirm": working and assessing and tier.expert_confirmation,
            "oath": working and assessing and tier.executive_oath,
            "technical": assessor and assessing and tier.technical_verification,
            "attest": assessor and assessing and is_ready,
            "decide": decider and state in (State.ASSESSED, State.IN_REVIEW),
            "issue": state is State.GRANTED,
        }
        return {name: [case.id] if yes else [] for name, yes in shown.items()}

    def _superseded(self, case: Case, visit: Visit) -> Sequence[Any]:
        held = [
            one
            for one in held_marks(self.door.desk())
            if one.mark.content.org.identifiers[0] == case.holder.identifiers[0]
            and one.mark.content.scheme == case.scheme
            and visit.now < one.mark.exp
            and one.case_id != case.id
        ]
        if not held:
            return ()
        none = ("", visit.t.gettext("evaluator.decide.supersedes.none"))
        offered = [(one.mark.id, one.mark.content.number) for one in held]
        return (choices([none, *offered], visit.form.get("supersedes")),)

    def _earlier(self, mark_id: str) -> Case | None:
        desk = self.door.desk()
        found = next((one for one in held_marks(desk) if one.mark.id == mark_id), None)
        return desk.case(found.case_id) if found else None

    def _earlier_cases(self, desk: Desk, case: Case) -> list[Case]:
        wanted = (case.holder.identifiers[0], case.criteria_sha256, case.level)
        issued = {one.case_id for one in held_marks(desk)}
        found = [one for one in desk.cases() if one.id in issued and one.id != case.id]
        same = [one for one in found if (one.holder.identifiers[0], one.criteria_sha256, one.level) == wanted]
        return same[-1:]


def seen_as(exclusion: Exclusion) -> str:
    """Return the digest of what a page shows of an exclusion: its number may be another one's by the time of a deed."""
    return digest(canonical([exclusion.kind, exclusion.what, exclusion.justification]))


def _searched(case: Case) -> str:
    number = case.reservation.number if case.reservation else ""
    texts = (case.id, case.holder.name, case.holder.name_latin or "", number, *case.holder.identifiers)
    return " ".join(texts).casefold()


def _worded(visit: Visit, group: str, codes: Sequence[str]) -> list[tuple[str, str]]:
    return [(code, visit.t.gettext(f"evaluator.{group}.{code}")) for code in codes]


def _typed(visit: Visit, names: Sequence[str]) -> Mapping[str, str]:
    return {name: visit.form.get(name) for name in names}
