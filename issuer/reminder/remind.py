"""Reminding: which letters are due, and sending each exactly once.

That a letter is handed over is stored before, what became of it after. A run that dies in between leaves it as
``sending``: nobody can know whether the mail server took it, so the next run names it and leaves it, until a person
who looked says ``again``. The Message-ID is the same then, so that a second copy is recognised as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from issuer import queries, queries_reminder
from issuer.reminder.record import Contact, Key, Reminded, State
from issuer.reminder.schedule import due_step
from issuer.workplace import Workplace, rules_of
from verifier.dates import local_date
from verifier.edge.i18n import translator
from verifier.edge.mail import Letter, UnknownOutcomeError
from verifier.edge.reminder_text import EndingMark, reminder_text
from verifier.errors import RefusedError, UnavailableError
from verifier.mark import Mark, parse_mark
from verifier.names import mark_uri

OVER = frozenset({"withdrawn", "cancelled", "annulled", "superseded"})
"""States after which nobody needs to be reminded of an end."""

Send = Callable[[Letter], None]


@dataclass(frozen=True)
class Due:
    """A letter that is due."""

    key: Key
    number: str
    letter: Letter


@dataclass
class Plan:
    """What is due: letters to send, letters of which nobody knows, and marks whose holder has no address."""

    due: list[Due] = field(default_factory=list)
    unknown: list[Due] = field(default_factory=list)
    unreachable: list[str] = field(default_factory=list)


@dataclass
class Done:
    """What a run did: letters by what became of them, and what ended it early."""

    sent: list[Due] = field(default_factory=list)
    refused: list[tuple[Due, RefusedError]] = field(default_factory=list)
    unknown: list[Due] = field(default_factory=list)
    away: UnavailableError | None = None


def plan_reminders(place: Workplace, *, sender: str) -> Plan:
    """Return what is due now; nothing is written. Raises UnavailableError when the registry tells no mark's state."""
    with place.database.transaction() as session:
        issued = queries_reminder.issued_marks(session)
        begun = queries_reminder.reminded(session)
        contacts: dict[str, list[Contact]] = defaultdict(list)
        for one in queries_reminder.contacts(session):
            contacts[one.subject].append(one)
    plan = Plan()
    for case_id, compact in issued:
        _add(place, plan, begun, contacts, (case_id, parse_mark(compact), sender))
    return plan


def send_reminders(place: Workplace, plan: Plan, send: Send, *, again: bool) -> Done:
    """Send what is due, each letter once; with ``again`` also those of which nobody knows.

    It ends early when the mail server takes nothing now: what is left is due in the next run.
    """
    done = Done(unknown=[] if again else list(plan.unknown))
    for one in [*plan.due, *(plan.unknown if again else ())]:
        if not _begin(place, one) and one not in plan.unknown:
            continue
        try:
            send(one.letter)
        except RefusedError as error:
            done.refused.append((one, error))
            _settle(place, one, "refused", note=error.message)
        except UnknownOutcomeError:
            done.unknown.append(one)
        except UnavailableError as error:
            if one not in plan.unknown:
                with place.database.transaction() as session:
                    queries_reminder.drop_reminder(session, one.key)
            done.away = error
            return done
        else:
            done.sent.append(one)
            _settle(place, one, "sent")
    return done


def _add(
    place: Workplace,
    plan: Plan,
    begun: dict[Key, Reminded],
    contacts: dict[str, list[Contact]],
    subject: tuple[str, Mark, str],
) -> None:
    case_id, mark, sender = subject
    with place.database.transaction() as session:
        case = queries.load_case(session, case_id)
    rules, now = rules_of(case), place.clock()
    step = due_step(mark.exp, now=now, zone=rules.zone)
    if step is None:
        return
    addresses = contacts.get(case.holder.identifiers[0], [])
    keys = {one: Key(mark.id, step, one.position) for one in addresses}
    open_ones = [one for one, key in keys.items() if key not in begun or begun[key].state == "sending"]
    if addresses and not open_ones:
        return
    if place.registry.state_of(mark_uri(mark.host, mark.id)) in OVER:
        return
    if not addresses:
        plan.unreachable.append(mark.content.number)
    for one in open_ones:
        label = rules.tier.label.ja if one.language == "ja" else rules.tier.label.en
        ending = EndingMark(
            mark.host, mark.id, mark.content.number, _name(mark, one.language), label, mark.exp, rules.zone
        )
        text = reminder_text(ending, translator(one.language), today=local_date(now, rules.zone))
        letter = Letter(sender, one.address, *text, _message_id(keys[one], mark.host), now)
        due = Due(keys[one], mark.content.number, letter)
        (plan.unknown if keys[one] in begun else plan.due).append(due)


def _begin(place: Workplace, due: Due) -> bool:
    with place.database.transaction() as session:
        return queries_reminder.begin_reminder(session, due.key, due.letter.message_id, at=place.clock())


def _settle(place: Workplace, due: Due, state: State, *, note: str = "") -> None:
    with place.database.transaction() as session:
        queries_reminder.settle_reminder(session, due.key, state, at=place.clock(), note=note)


def _message_id(key: Key, host: str) -> str:
    return f"<{key.mark}.{key.days + 100}.{key.position}@{host}>"


def _name(mark: Mark, language: str) -> str:
    org = mark.content.org
    return org.name_latin if language != "ja" and org.name_latin else org.name
