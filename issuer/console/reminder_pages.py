"""Reminders as a page: which letters are due and what they say, who cannot be reached, and the holders' addresses.

Nothing is sent from here: `shirushi issuer remind` does, by hand or by a timer, and knows the mail server.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from issuer import queries_reminder
from issuer.console.case_form import choices, lines
from issuer.reminder.record import MOST_ADDRESSES, Contact
from issuer.reminder.remind import Plan, plan_reminders
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.i18n import LANGUAGES, plain, translator
from verifier.edge.mail import read_address
from verifier.errors import MalformedError, MarkError
from verifier.identifier import parse_identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.responses import Response

    from issuer.console.door import Door
    from issuer.reminder.remind import Due
    from verifier.edge.console.visit import Visit
    from verifier.edge.i18n import Translator

PEOPLE = frozenset({"assessor", "decider", "desk"})
COMMAND = "shirushi issuer remind --from ADDRESS --smtp HOST:PORT"
NOBODY = "reminder@shirushi.invalid"
"""The sender of letters that are shown here; the command is given the real one."""


@dataclass(frozen=True)
class ReminderPages:
    """Reminders of one desk."""

    door: Door

    def screens(self) -> Sequence[Screen]:
        """Return the page."""
        return (Screen("/reminders", self.show, PEOPLE),)

    def deeds(self) -> Sequence[Deed]:
        """Return what is kept and erased on it."""

        def deed(name: str, handler: Any) -> Deed:
            return Deed(f"/reminders/{name}", handler, PEOPLE, again=self._again)

        return (deed("contact", self.set_contact), deed("contact/remove", self.remove_contact))

    def show(self, visit: Visit) -> Response:
        """Show what would be sent now, and all addresses."""
        t = visit.t
        with self.door.database.transaction() as session:
            contacts = queries_reminder.contacts(session)
        plan = planned(self.door)
        languages = [(one, t.gettext(f"evaluator.language.{one}")) for one in LANGUAGES]
        return visit.show(
            "evaluator/reminders.html",
            title=t.gettext("evaluator.reminders.title"),
            plans=[_plan_shown(plan, t)] if plan else [],
            away=[] if plan else ["registry"],
            command=COMMAND,
            contacts=_by_holder(contacts, t),
            letter_languages=choices(languages, visit.form.get("lang")),
            typed={name: visit.form.get(name) for name in ("identifier", "addresses")},
        )

    def set_contact(self, visit: Visit) -> Response:
        """Put these addresses in the place of those that a holder had. Raises MalformedError."""
        subject = str(parse_identifier(visit.form.need("identifier")))
        given = list(dict.fromkeys(map(read_address, lines(visit.form, "addresses"))))
        if not 0 < len(given) <= MOST_ADDRESSES:
            raise MalformedError(f"a holder has one or {MOST_ADDRESSES} addresses", hint="Write each on its own line.")
        lang = translator(visit.form.need("lang")).lang
        self._replace(subject, [Contact(subject, position, one, lang) for position, one in enumerate(given, 1)])
        return visit.go("/reminders", "evaluator.told.contact_kept", holder=subject)

    def remove_contact(self, visit: Visit) -> Response:
        """Erase the addresses of a holder. Raises MalformedError."""
        subject = str(parse_identifier(visit.form.need("identifier")))
        self._replace(subject, [])
        return visit.go("/reminders", "evaluator.told.contact_erased", holder=subject)

    def _replace(self, subject: str, contacts: list[Contact]) -> None:
        with self.door.database.transaction() as session:
            queries_reminder.replace_contacts(session, subject, contacts)

    def _again(self, visit: Visit) -> Response:
        return self.show(replace(visit, path="/reminders"))


def planned(door: Door) -> Plan | None:
    """Return what is due now, None where the registry cannot be asked."""
    try:
        return plan_reminders(door.desk(), sender=NOBODY)
    except MarkError:
        return None


def _plan_shown(plan: Plan, t: Translator) -> dict[str, Any]:
    return {
        "due": [_letter(one, t) for one in plan.due],
        "unknown": [_letter(one, t) for one in plan.unknown],
        "unreachable": [plain(one) for one in plan.unreachable],
    }


def _letter(due: Due, t: Translator) -> dict[str, str]:
    days = due.key.days
    when = "today" if days == 0 else "before" if days < 0 else "after"
    return {
        "number": plain(due.number),
        "href": f"/marks/{due.key.mark}",
        "step": t.gettext(f"evaluator.letter.{when}", days=str(abs(days))),
        "to": plain(due.letter.to),
        "subject": plain(due.letter.subject),
        "body": "\n".join(plain(line) for line in due.letter.body.splitlines()),
        "message_id": due.letter.message_id,
    }


def _by_holder(contacts: Iterable[Contact], t: Translator) -> list[dict[str, Any]]:
    found: dict[str, list[Contact]] = {}
    for one in contacts:
        found.setdefault(one.subject, []).append(one)
    return [
        {
            "holder": plain(subject),
            "addresses": ", ".join(plain(one.address) for one in theirs),
            "language": t.gettext(f"evaluator.language.{theirs[0].language}"),
        }
        for subject, theirs in found.items()
    ]


def reminder_message_ids() -> tuple[str, ...]:
    """Return the message ids that are put together here."""
    return (
        *(f"evaluator.letter.{one}" for one in ("before", "today", "after")),
        *(f"evaluator.language.{one}" for one in LANGUAGES),
    )
