"""Words of the operators' console that hang on codes: kinds of acts, reasons, states, steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.account import Fact, Link, Stars, stars
from verifier.edge.authority.cards import Happening
from verifier.edge.grid import Cell, Tag
from verifier.edge.i18n import plain
from verifier.edge.wording import standing_appearance, state_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from verifier.edge.i18n import Translator
    from verifier.edge.wording import Appearance

PROPOSED = "operator.told.proposed"
SAID = "operator.told.said"
KEPT = "operator.told.kept"
KEY_TAKEN = "operator.told.key_taken"
"""What a page tells once."""

ACTS = (
    "body.accredited",
    "body.amended",
    "body.suspended",
    "body.reinstated",
    "body.withdrawn",
    "key.added",
    "key.retired",
    "key.revoked",
    "mark.issued",
    "mark.corrected",
    "mark.suspended",
    "mark.reinstated",
    "mark.withdrawn",
    "mark.annulled",
    "mark.cancelled",
    "mark.superseded",
    "mark.scope_changed",
    "annual_report.filed",
    "duty.extended",
    "notice.published",
)
"""The types of statements that the console has words for; others are shown by their code."""

TWO_PERSON_ACTS = (
    "body.accredited",
    "body.amended",
    "body.suspended",
    "body.reinstated",
    "body.withdrawn",
    "key.added",
    "key.revoked",
    "mark.suspended",
    "mark.reinstated",
    "mark.withdrawn",
    "mark.annulled",
)
"""What one operator proposes and another one approves."""

BODY_REASONS = ("nonconformity", "impartiality", "false_attestation", "misconduct", "investigation", "request")
MARK_REASONS = ("nonconformity", "misuse", "false_evidence", "investigation", "key_compromised", "request")
WITHDRAWALS = ("lapse", "request", "cause")
REVOCATIONS = ("compromised", "superseded", "unspecified")
NOTICES = ("false_solicitation", "fake_mark", "body_status", "criteria_change", "misconduct", "advisory")
ROLES = ("evaluation", "technical_verification", "training", "registrar", "foreign_operator")
KEY_ROLES = ("assessor", "decider", "desk", "foreign_operator")
KEY_STATES = ("active", "retired", "revoked")
_STANDINGS = ("lapsed", "not_yet")
APPLICATION_STATES = ("open", "proposed", "granted", "refused", "accredited", "withdrawn")
APPLICATION_STEPS = ("open", "supply", "withdraw", "decide", "accredited")
REFUSALS = ("incomplete", "impartiality", "competence", "request")
MATTER_KINDS = ("complaint", "appeal", "misuse", "hearing")
MATTER_STATES = (
    "received", "acknowledged", "investigating", "upheld", "dismissed", "closed", "filed", "admitted", "rejected",
    "before_panel", "reported", "triaged", "holder_notified", "public_warning", "corrected", "escalated", "intended",
    "heard",
)  # fmt: skip
MATTER_STEPS = (
    "receive", "acknowledge", "investigate", "admit", "reject", "convene", "triage", "notify", "correct", "escalate",
    "warn", "hear", "uphold", "dismiss", "close",
)  # fmt: skip
ROOT_ROLES = ("operator", "status", "directory", "receipt", "log")


def act_words(type_: str, t: Translator) -> str:
    """Return what a statement of that type does."""
    return t.gettext(f"operator.act.{type_.replace('.', '_')}") if type_ in ACTS else type_


def reason_words(code: str, t: Translator) -> str:
    """Return a reason with its code, which is what the log holds."""
    return f"{t.gettext(f'operator.reason.{code}')} ({code})" if code in _reasons() else code


def standing_tag(standing: str, t: Translator) -> Tag:
    """Return the sign and word of the standing of a body or a mark."""
    word = t.gettext(f"statistics.state.{standing}") if standing in _STANDINGS else state_words(standing, t)
    return Tag(standing_appearance(standing), word)


def key_tag(state: str, t: Translator) -> Tag:
    """Return the sign and word of the state of a body's key."""
    looks: Appearance = standing_appearance({"retired": "expired", "revoked": "withdrawn"}.get(state, state))
    return Tag(looks, t.gettext(f"operator.key_state.{state}"))


def late_tag(t: Translator, *, is_late: bool) -> tuple[Tag, ...]:
    """Return the sign of what is overdue, none for what is not."""
    return (Tag(standing_appearance("withdrawn"), t.gettext("operator.late")),) if is_late else ()


def body_words(body: Mapping[str, Any], t: Translator) -> str:
    """Return a body by name and number."""
    number = t.gettext("issuer.number", no=str(body["no"]))
    return f"{plain(body['name'])} ({number})" if body.get("name") else number


def body_way(no: int, name: str | None, t: Translator) -> Link:
    """Return the way to a body in this console."""
    return Link(body_words({"no": no, "name": name}, t), f"/bodies/{no}")


def scope_texts(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the rows of an accreditation, levels of one scheme together."""
    levels: dict[str, set[int]] = {}
    for row in rows:
        levels.setdefault(str(row["scheme"]), set()).add(int(row["level"]))
    return tuple(f"{scheme} {' '.join(f'★{one}' for one in sorted(found))}" for scheme, found in levels.items())


def tier(level: int, t: Translator) -> Stars:
    """Return the stars of a level."""
    return stars(level, None, t)


def term(begins: int, ends: int, zone: str, t: Translator) -> Cell:
    """Return a window in a cell."""
    return Cell(moments=(t.first_day(begins, zone), t.last_day(ends, zone)))


def term_facts(begins: int, ends: int, zone: str, t: Translator) -> tuple[Fact, Fact]:
    """Return a window as two facts."""
    return (
        Fact(t.gettext("fact.from"), moments=(t.first_day(begins, zone),)),
        Fact(t.gettext("fact.until"), moments=(t.last_day(ends, zone),)),
    )


def history(entries: Iterable[Mapping[str, Any]], zone: str, t: Translator) -> tuple[Happening, ...]:
    """Return the entries about an object as lines."""
    return tuple(
        Happening(
            act_words(one["type"], t),
            t.moment(one["at"], zone),
            (t.gettext("operator.entry", entry=str(one["index"])),),
        )
        for one in entries
    )


def authority_message_ids() -> tuple[str, ...]:
    """Return the message ids that are put together out of codes."""
    families = {
        "act": [one.replace(".", "_") for one in ACTS],
        "reason": _reasons(),
        "key_state": KEY_STATES,
        "key_role": KEY_ROLES,
        "withdrawal": WITHDRAWALS,
        "notice": NOTICES,
        "application.state": APPLICATION_STATES,
        "application.step": APPLICATION_STEPS,
        "matter.kind": MATTER_KINDS,
        "matter.state": MATTER_STATES,
        "matter.step": MATTER_STEPS,
        "root.role": ROOT_ROLES,
        "marks": ("suspend", "reinstate", "withdraw", "annul"),
        "house.status": ("ok", "stale", "nothing_published"),
    }
    return tuple(f"operator.{family}.{one}" for family, codes in families.items() for one in codes)


def _reasons() -> tuple[str, ...]:
    return tuple(dict.fromkeys((*BODY_REASONS, *MARK_REASONS, *REVOCATIONS, *REFUSALS)))
