"""The deeds of cases: each calls the desk as the command of the same name does, and adds no rule of its own.

Who signs gives the key of their own role. What the desk refuses comes back beside the form, with what was typed in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from issuer.assigning import assign
from issuer.console.case_form import read_application
from issuer.console.case_pages import ASSESSOR, WORKING, CasePages, seen_as
from issuer.inviting import confirm_by_token, invite, swear_by_token
from issuer.record import Confirmer, Excluded, Outcome, Part
from issuer.scoping import accept_exclusions, drop_exclusions, erase_person, exclude
from issuer.template import filled_template
from issuer.wallet import ask, read_wallet_key, take_back
from issuer.workplace import pack_of, rules_of
from verifier.dates import parse_instant
from verifier.edge.console.plan import LARGE, SMALL, Deed
from verifier.errors import ConflictError, MalformedError, RefusedError
from verifier.markid import normalise_mark_id
from verifier.names import body_uri

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from issuer.case import Case
    from issuer.console.door import Door
    from issuer.invitation import Purpose
    from verifier.edge.console.plan import Handler
    from verifier.edge.console.visit import Visit

Value = TypeVar("Value")

DECIDER = frozenset({"decider"})
HANDLING = WORKING | DECIDER

OUTCOMES: dict[str, Outcome] = {"granted": "granted", "refused": "refused", "returned": "returned"}
PARTS: dict[str, Part] = {
    "assessor": "assessor",
    "decider": "decider",
    "technical_verifier": "technical_verifier",
}
KINDS: dict[str, Excluded] = {"entity": "entity", "site": "site", "system": "system", "device": "device"}
CONFIRMERS: dict[str, Confirmer] = {"listed_expert": "listed_expert", "body_holder": "body_holder"}
PURPOSES: dict[str, Purpose] = {"confirm": "confirm", "swear": "swear"}

TOLD = [
    "draft",
    "opened",
    "submitted",
    "imported",
    "carried",
    "approved",
    "confirmed",
    "sworn",
    "tested",
    "attested",
    "assigned",
    "excluded",
    "accepted",
    "dropped",
    "withdrawn",
    "erased",
    "wallet",
    "no_wallet",
    "granted",
    "refused",
    "returned",
]


@dataclass(frozen=True)
class CaseDeeds:
    """The deeds of cases over one desk."""

    door: Door
    pages: CasePages

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        pages = self.pages

        def about(name: str, deed: Handler, roles: frozenset[str]) -> Deed:
            return Deed(f"/cases/{{case}}/{name}", deed, roles, again=_at("", pages.case))

        def answered(name: str, deed: Handler, most_bytes: int = SMALL) -> Deed:
            again = _at("/answers", pages.answers)
            return Deed(f"/cases/{{case}}/{name}", deed, ASSESSOR, again=again, most_bytes=most_bytes)

        def handled(name: str, deed: Handler, roles: frozenset[str]) -> Deed:
            return Deed(f"/cases/{{case}}/{name}", deed, roles, again=_at("/handling", pages.handling))

        return (
            Deed("/cases/new", self.open, WORKING, again=pages.new),
            about("submit", self.submit, WORKING),
            answered("answers", self.answers, LARGE),
            answered("approve", self.approve),
            answered("carry", self.carry),
            about("confirm", self.confirm, WORKING),
            about("oath", self.oath, WORKING),
            about("invite", self.invite, WORKING),
            about("reply", self.reply, WORKING),
            about("technical", self.technical, ASSESSOR),
            about("attest", self.attest, ASSESSOR),
            about("decide", self.decide, DECIDER),
            handled("assign", self.assign, HANDLING),
            handled("exclude", self.exclude, WORKING),
            handled("accept-exclusion", self.accept_exclusion, ASSESSOR),
            handled("drop-exclusion", self.drop_exclusion, WORKING),
            handled("withdraw", self.withdraw, WORKING),
            handled("erase-person", self.erase, WORKING),
            handled("wallet", self.wallet, HANDLING),
        )

    def open(self, visit: Visit) -> Response:
        """Open a case, or keep it as a draft."""
        desk = self.door.desk()
        application = read_application(visit.form, host=desk.identity.host, entropy=desk.entropy)
        if visit.form.get("act") == "draft":
            return self._told(visit, desk.draft_case(application), "draft")
        with self.door.unlocked({"desk": visit.passphrase("desk")}) as opened:
            return self._told(visit, opened.open_case(application), "opened")

    def submit(self, visit: Visit) -> Response:
        """Submit a draft, or have the registry reserve what it did not answer before."""
        with self.door.unlocked({"desk": visit.passphrase("desk")}) as opened:
            return self._told(visit, opened.submit(visit.params["case"]), "submitted")

    def answers(self, visit: Visit) -> Response:
        """Import a filled-in sheet."""
        sheet = visit.form.file("sheet")
        case = self.door.desk().import_answers(visit.params["case"], sheet.data, sheet.filename)
        return self._told(visit, case, "imported", "/answers")

    def carry(self, visit: Visit) -> Response:
        """Import the answers of an earlier case of the same organisation, as a sheet that would be filled in alike."""
        desk = self.door.desk()
        earlier = desk.case(visit.form.need("earlier"))
        sheet = filled_template(pack_of(earlier), earlier.level, earlier.answers)
        case = desk.import_answers(visit.params["case"], sheet, f"{earlier.id}.csv")
        return self._told(visit, case, "carried", "/answers")

    def approve(self, visit: Visit) -> Response:
        """Approve the reasons why items do not apply."""
        case = self.door.desk().approve_not_applicable(visit.params["case"], visit.form.many("item"))
        return self._told(visit, case, "approved", "/answers")

    def confirm(self, visit: Visit) -> Response:
        """Record that a security expert confirmed the answers."""
        kind = _chosen(CONFIRMERS, visit, "kind")
        case = self.door.desk().confirm_by_expert(visit.params["case"], kind=kind, by=visit.form.need("by"))
        return self._told(visit, case, "confirmed")

    def oath(self, visit: Visit) -> Response:
        """Record that an executive swore."""
        case = self.door.desk().swear_oath(visit.params["case"], officer=visit.form.need("officer"))
        return self._told(visit, case, "sworn")

    def invite(self, visit: Visit) -> Response:
        """Make a one-time invitation and show its token, this once."""
        expert = visit.form.get("expert") or None
        purpose = _chosen(PURPOSES, visit, "purpose")
        token, invitation = invite(self.door.desk(), visit.params["case"], purpose, invited=expert)
        return visit.show(
            "evaluator/invited.html",
            title=visit.t.gettext("evaluator.invited.title"),
            case=visit.params["case"],
            token=token,
            until=visit.moment(invitation.expires_at),
        )

    def reply(self, visit: Visit) -> Response:
        """Take in who confirmed or swore by an invitation."""
        desk, token, by = self.door.desk(), visit.form.need("token"), visit.form.need("by")
        if _chosen(PURPOSES, visit, "purpose") == "confirm":
            return self._told(visit, confirm_by_token(desk, token, expert=by), "confirmed")
        return self._told(visit, swear_by_token(desk, token, officer=by), "sworn")

    def technical(self, visit: Visit) -> Response:
        """Record the technical verification."""
        desk = self.door.desk()
        zone = rules_of(desk.case(visit.params["case"])).zone
        moment = parse_instant(visit.form.need("date"), zone=zone)
        uri = body_uri(desk.identity.host, visit.form.number("body"))
        case = desk.record_technical_verification(visit.params["case"], body=uri, date=moment)
        return self._told(visit, case, "tested")

    def attest(self, visit: Visit) -> Response:
        """Sign as the assessor that every item is met."""
        with self.door.unlocked({"assessor": visit.passphrase("assessor")}) as opened:
            return self._told(visit, opened.attest(visit.params["case"]), "attested")

    def decide(self, visit: Visit) -> Response:
        """Decide, as another person than the assessor."""
        outcome, reason = _chosen(OUTCOMES, visit, "outcome"), visit.form.get("reason")
        start, successor_of = _day(visit.form.get("start")), visit.form.get("supersedes")
        with self.door.unlocked({"decider": visit.passphrase("decider")}) as opened:
            old = opened.registry.mark(normalise_mark_id(successor_of)) if successor_of else None
            case = opened.decide(visit.params["case"], outcome, reason=reason, start=start, supersedes=old)
        return self._told(visit, case, outcome)

    def assign(self, visit: Visit) -> Response:
        """Assign a part of the case."""
        desk, part = self.door.desk(), _chosen(PARTS, visit, "part")
        is_body = part == "technical_verifier"
        party = body_uri(desk.identity.host, visit.form.number("party")) if is_body else visit.form.need("party")
        return self._told(visit, assign(desk, visit.params["case"], part, party), "assigned", "/handling")

    def exclude(self, visit: Visit) -> Response:
        """Record that the scope leaves something out."""
        kind, what = _chosen(KINDS, visit, "kind"), visit.form.need("what")
        because = visit.form.need("because")
        case = exclude(self.door.desk(), visit.params["case"], kind, what=what, justification=because)
        return self._told(visit, case, "excluded", "/handling")

    def accept_exclusion(self, visit: Visit) -> Response:
        """Accept why the scope leaves something out, as the page showed it. Raises ConflictError for another reason."""
        desk, no = self.door.desk(), visit.form.number("no")
        given = desk.case(visit.params["case"]).handling.exclusions
        if any(one.no == no and seen_as(one) != visit.form.need("seen") for one in given):
            raise ConflictError("this is another exclusion than the one that was shown", hint="Look at it again.")
        case = accept_exclusions(desk, visit.params["case"], [no])
        return self._told(visit, case, "accepted", "/handling")

    def drop_exclusion(self, visit: Visit) -> Response:
        """Take an exclusion back into the scope."""
        case = drop_exclusions(self.door.desk(), visit.params["case"], [visit.form.number("no")])
        return self._told(visit, case, "dropped", "/handling")

    def withdraw(self, visit: Visit) -> Response:
        """End a case because its applicant withdrew."""
        case = self.door.desk().withdraw(visit.params["case"], reason=visit.form.need("reason"))
        return self._told(visit, case, "withdrawn")

    def erase(self, visit: Visit) -> Response:
        """Erase a sole proprietor's name at this desk."""
        return self._told(visit, erase_person(self.door.desk(), visit.params["case"]), "erased", "/handling")

    def wallet(self, visit: Visit) -> Response:
        """Record that the holder wants a credential beside the mark, or that none is wanted after all."""
        desk, case_id, key = self.door.desk(), visit.params["case"], visit.form.get("holder_key")
        if visit.form.get("none"):
            return self._told(visit, take_back(desk, case_id), "no_wallet", "/handling")
        if ask(desk, [case_id], read_wallet_key(key.encode()) if key else None):
            raise RefusedError(f"the mark of case {case_id} is signed already, without a credential")
        return self._told(visit, desk.case(case_id), "wallet", "/handling")

    def _told(self, visit: Visit, case: Case, what: str, below: str = "") -> Response:
        return visit.go(f"/cases/{case.id}{below}", f"evaluator.told.{what}", case=case.id)


def _at(below: str, show: Handler) -> Handler:
    """Return what shows the page that a form stands on, under that page's own address."""
    return lambda visit: show(replace(visit, path=f"/cases/{visit.params['case']}{below}"))


def _chosen(known: dict[str, Value], visit: Visit, name: str) -> Value:
    found = known.get(visit.form.need(name))
    if found is None:
        raise MalformedError(f"{name} is none of {', '.join(known)}", hint="Choose one of the list.")
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise MalformedError(f"{text[:20]!r} is no day", hint="Write it as 2026-11-30.") from error


def deed_message_ids() -> tuple[str, ...]:
    """Return the ids of what is told after a deed."""
    return tuple(f"evaluator.told.{one}" for one in TOLD)
