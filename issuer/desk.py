"""The desk: what an evaluator does with a case, one method a deed. Commands and scenarios call the same methods.

Every deed is one transaction that stores the case and a line of its history. Who may act follows from whose keys are
open: the assessor attests, another person decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from issuer import queries
from issuer.answers import approve, keeping_approvals
from issuer.assigning import check_acting, check_impartial
from issuer.case import LAPSE_MONTHS, Case, Event, State
from issuer.decision import sign_request, sign_result
from issuer.identity import open_signer
from issuer.intake import Application
from issuer.issuance import CaseEvent, Issuance
from issuer.issue import Issued, Progress, Waiting, issue
from issuer.listing import check_expert_listed, check_tester_listed
from issuer.machine import LAPSING, state_at
from issuer.record import Confirmation, Confirmer, Decision, Handling, Oath, Outcome
from issuer.template import read_answers
from issuer.wallet import Wish
from issuer.workplace import Workplace, pack_of, rules_of
from verifier.dates import day_start, local_date
from verifier.edge.packs import load_pack
from verifier.envelope import DAY
from verifier.errors import ConflictError, RefusedError, UnavailableError
from verifier.mark import Mark
from verifier.names import expert_uri, parse_name
from verifier.schema import read_model
from verifier.statement.attestation import TechnicalVerification

EVENT_OF: dict[Outcome, Event] = {"granted": Event.GRANT, "refused": Event.REFUSE, "returned": Event.RETURN}


@dataclass(frozen=True)
class Desk(Workplace):
    """The evaluator's desk in one process."""

    def open_case(self, application: Application) -> Case:
        """Draft, submit and accept a case; the registry reserves the mark's id, number and status place.

        When the registry is out of reach the case is kept, and ``accept`` does the rest later. Raises as ``draft_case``
        and ``submit`` do.
        """
        return self.submit(self.draft_case(application, is_submitted=True).id)

    def draft_case(self, application: Application, *, is_submitted: bool = False) -> Case:
        """Keep an application that is not complete yet; with ``is_submitted``, only if it can be submitted.

        Raises RefusedError, also while an open case of the same organisation, tier and scope exists.
        """
        pack = load_pack(application.scheme, application.version)
        draft = Case(
            id="(new)",
            scheme=pack.scheme,
            version=pack.version,
            level=application.level,
            criteria_sha256=pack.digest,
            holder=application.holder,
            scope=application.scope,
            opened_at=self.clock(),
            handling=Handling(person=application.person),
        )
        by = self.identity.holder("desk")
        kept, event = (self.step(draft, Event.SUBMIT, by=by), Event.SUBMIT) if is_submitted else (draft, "draft")
        rules_of(kept)
        self._lapse_earlier(kept)
        with self.database.transaction() as session:
            existing = queries.open_case_like(session, kept)
            if existing:
                raise ConflictError(f"case {existing} is open for the same organisation, tier and scope")
            kept = replace(kept, id=queries.next_case_id(session))
            queries.insert_case(session, kept)
            queries.add_event(session, kept, CaseEvent(self.clock(), by, str(event), kept.state.value, ""))
        return kept

    def submit(self, case_id: str) -> Case:
        """Submit a draft, and accept what is submitted. Raises RefusedError, UnavailableError."""
        case = self.case(case_id)
        if case.state is State.DRAFT:
            case = self._move(case, Event.SUBMIT, by=self.identity.holder("desk"))
        try:
            return self.accept(case.id)
        except UnavailableError as error:
            hint = f"The case is kept: `shirushi issuer case accept {case.id}` goes on."
            raise UnavailableError(error.message, hint=hint) from error

    def accept(self, case_id: str) -> Case:
        """Accept a submitted case: the registry reserves. Raises RefusedError, UnavailableError."""
        case = self.case(case_id)
        if case.reservation is None:
            request = {"scheme": case.scheme, "level": case.level}
            assertion = sign_request(
                request, identity=self.identity, signers=self.signers, at=self.clock(), entropy=self.entropy
            )
            case = replace(case, reservation=self.registry.reserve(request, assertion, key=case.id))
        return self._move(case, Event.ACCEPT, by=self.identity.holder("desk"))

    def import_answers(self, case_id: str, data: bytes, filename: str) -> Case:
        """Take the answers of a filled-in sheet, all or none; the file is kept. The first one begins the assessment.

        Raises MalformedError that names each faulty row and column, RefusedError.
        """
        case, by = self.case(case_id), self.identity.holder("assessor")
        check_acting(self, case, "assessor", by)
        if case.state in (State.ACCEPTED, State.RETURNED):
            case = self.step(case, Event.BEGIN, by=by)
        _require_assessment(case)
        answers = read_answers(data, filename=filename, pack=pack_of(case), level=case.level)
        case = replace(case, answers=keeping_approvals(answers, case.answers))
        with self.database.transaction() as session:
            queries.add_import(session, case_id, at=self.clock(), filename=filename, content=data)
            return self.store(session, case, by=by, event="answers", note=filename)

    def approve_not_applicable(self, case_id: str, items: Iterable[str]) -> Case:
        """Approve the reasons why these items do not apply. Raises RefusedError."""
        case, by = self._in_assessment(case_id), self.identity.holder("assessor")
        named = sorted(set(items))
        approved = replace(case, answers=approve(case.answers, named, by=by))
        return self.change(approved, by=by, event="approve", note=", ".join(named))

    def confirm_by_expert(self, case_id: str, *, kind: Confirmer, by: str) -> Case:
        """Record that a security expert confirmed the answers as they stand.

        ``by`` is a number in the register of experts, which the log must list as active, or a holder of this body.
        Raises RefusedError, StatementError, UnavailableError.
        """
        case = self._in_assessment(case_id)
        if kind == "listed_expert":
            check_expert_listed(self.registry, expert_uri(self.identity.host, by), at=self.clock())
        check_impartial(self, case, expert=by)
        members = {"kind": kind, "by": by, "at": self.clock(), "answers_sha256": case.digest}
        confirmation = read_model(Confirmation, members, what="confirmation")
        return self.change(replace(case, confirmation=confirmation), by=by, event="confirm", note=kind)

    def swear_oath(self, case_id: str, *, officer: str) -> Case:
        """Record that an executive of the applicant swore to the answers as they stand; the name stays at this desk.

        Raises RefusedError, StatementError.
        """
        case = self._in_assessment(case_id)
        members = {"officer": officer, "at": self.clock(), "answers_sha256": case.digest}
        oath = read_model(Oath, members, what="oath")
        return self.change(replace(case, oath=oath), by=self.identity.holder("desk"), event="oath")

    def record_technical_verification(self, case_id: str, *, body: str, date: int) -> Case:
        """Record which body (its URI) verified technically and when its test ended, in seconds since 1970.

        Raises RefusedError, StatementError, MalformedError.
        """
        case = self._in_assessment(case_id)
        name = parse_name(body)
        if (name.host, name.kind) != (self.identity.host, "e"):
            raise RefusedError("a technical verification is by a body of this authority", hint="https://HOST/e/NUMBER")
        check_tester_listed(self.registry, body, at=date)
        technical = read_model(TechnicalVerification, {"body": body, "date": date}, what="technical verification")
        by = self.identity.holder("assessor")
        return self.change(replace(case, technical=technical), by=by, event="technical", note=body)

    def attest(self, case_id: str) -> Case:
        """Sign, as the assessor, that every item is met. Raises RefusedError, WrongUseError."""
        case, by = self.case(case_id), self.identity.holder("assessor")
        check_acting(self, case, "assessor", by)
        moved = self.step(case, Event.ATTEST, by=by)
        signed = sign_result(moved, identity=self.identity, signers=self.signers, at=self.clock(), entropy=self.entropy)
        return self.change(replace(moved, attested=signed), by=by, event=Event.ATTEST.value)

    def decide(
        self,
        case_id: str,
        outcome: Outcome,
        *,
        reason: str = "",
        start: date | None = None,
        supersedes: Mark | None = None,
    ) -> Case:
        """Review and decide, as another person than the assessor; the decider's key must be open.

        ``start`` is the first valid day in the scheme's zone, by default today; ``supersedes`` the mark whose place the
        new one takes. Raises RefusedError, WrongUseError.
        """
        open_signer(self.signers, "decider")
        case, by, now = self.case(case_id), self.identity.holder("decider"), self.clock()
        if outcome != "granted" and not reason.strip():
            raise RefusedError(f"{outcome} needs a reason", hint="The applicant is owed the reason.")
        check_acting(self, case, "decider", by)
        reviewed = case if case.state is State.IN_REVIEW else self.step(case, Event.REVIEW, by=by)
        zone = rules_of(case).zone
        today = local_date(now, zone)
        if start is not None and start < today:
            raise RefusedError("a term does not begin before its decision")
        nbf = day_start(start or today, zone) if outcome == "granted" else None
        members = {"outcome": outcome, "by": by, "at": now, "reason": reason, "nbf": nbf}
        if supersedes is not None and nbf is not None:
            is_within = nbf < supersedes.exp and case.level <= supersedes.content.tier
            members |= {"supersedes": supersedes.id, "ends": supersedes.exp if is_within else None}
        decided = replace(reviewed, decision=read_model(Decision, members, what="decision"))
        return self._move(decided, EVENT_OF[outcome], by=by, note=reason)

    def withdraw(self, case_id: str, *, reason: str) -> Case:
        """End a case because its applicant withdrew. Raises RefusedError."""
        return self._move(self.case(case_id), Event.WITHDRAW, by=self.identity.holder("desk"), note=reason)

    def lapse(self, case_id: str) -> Case:
        """End a case that was not finished in time. Raises RefusedError."""
        return self._move(self.case(case_id), Event.LAPSE, by=self.identity.holder("desk"))

    def lapse_overdue(self) -> tuple[Case, ...]:
        """End, for the file, every case that the clock has ended, and return them."""
        with self.database.transaction() as session:
            waiting = queries.cases_in(session, LAPSING, opened_before=self.clock() - LAPSE_MONTHS * 28 * DAY)
        return tuple(self.lapse(one.id) for one in waiting if self._has_lapsed(one))

    def issue(
        self, case_id: str, out: Path, *, waiting: Waiting, progress: Progress, wish: Wish | None = None
    ) -> Issued:
        """Issue the granted mark in nine steps and write its package under ``out``; see issue.py."""
        return issue(self, case_id, out, waiting=waiting, progress=progress, wish=wish)

    def cases(self) -> tuple[Case, ...]:
        """Return all cases, oldest first."""
        with self.database.transaction() as session:
            return queries.list_cases(session)

    def history(self, case_id: str) -> tuple[CaseEvent, ...]:
        """Return what happened to a case, oldest first."""
        with self.database.transaction() as session:
            return queries.events_of(session, case_id)

    def imports(self, case_id: str) -> tuple[tuple[str, bytes], ...]:
        """Return name and content of every sheet that was imported into a case, oldest first."""
        with self.database.transaction() as session:
            return queries.imports_of(session, case_id)

    def issuance(self, case_id: str) -> Issuance | None:
        """Return how far the issuance of a case has come."""
        with self.database.transaction() as session:
            return queries.load_issuance(session, case_id)

    def _move(self, case: Case, event: Event, *, by: str, note: str = "") -> Case:
        return self.change(self.step(case, event, by=by), by=by, event=event.value, note=note)

    def _lapse_earlier(self, case: Case) -> None:
        with self.database.transaction() as session:
            existing = queries.open_case_like(session, case)
        if existing and self._has_lapsed(self.case(existing)):
            self.lapse(existing)

    def _has_lapsed(self, case: Case) -> bool:
        return state_at(case, self.clock(), rules_of(case)) is State.LAPSED

    def _in_assessment(self, case_id: str) -> Case:
        case = self.case(case_id)
        _require_assessment(case)
        return case


def _require_assessment(case: Case) -> None:
    if case.state is not State.IN_ASSESSMENT:
        raise RefusedError(
            f"case {case.id} is {case.state}: its file is closed to changes",
            hint="Answers and confirmations are taken while a case is in assessment.",
        )
