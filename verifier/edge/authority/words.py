"""Words of the operators' console that hang on codes: kinds of acts, reasons, states, steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.authority.cards import Happening
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact, Link, Stars, stars
from verifier.edge.page.grid import Cell, Tag
from verifier.edge.page.wording import standing_appearance, state_words
from verifier.statement.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from verifier.edge.i18n import Translator
    from verifier.edge.page.wording import Appearance

PROPOSED = "operator.told.proposed"
SAID = "operator.told.said"
KEPT = "operator.told.kept"
KEY_TAKEN = "operator.told.key_taken"
"""What a page tells once."""

PAGES = (
    "house", "bodies", "keys", "marks", "experts", "schemes", "agreements", "applications", "matters", "notices",
    "ceremonies",
)  # fmt: skip
ACTS = (
    "body_accredited",
    "body_amended",
    "body_suspended",
    "body_reinstated",
    "body_withdrawn",
    "key_added",
    "key_retired",
    "key_revoked",
    "mark_issued",
    "mark_corrected",
    "mark_suspended",
    "mark_reinstated",
    "mark_withdrawn",
    "mark_annulled",
    "mark_cancelled",
    "mark_superseded",
    "mark_scope_changed",
    "annual_report_filed",
    "duty_extended",
    "agreement_announced",
    "agreement_declined",
    "agreement_in_force",
    "agreement_suspended",
    "agreement_terminated",
    "notice_published",
    "expert_listed",
    "expert_delisted",
    "scheme_published",
    "disclosure_erased",
)
"""The types of statements that the console has words for, their dots as underscores; others are shown as they are."""

TWO_PERSON_ACTS = (
    "body_accredited",
    "body_amended",
    "body_suspended",
    "body_reinstated",
    "body_withdrawn",
    "key_added",
    "key_revoked",
    "mark_suspended",
    "mark_reinstated",
    "mark_withdrawn",
    "mark_annulled",
    "agreement_announced",
    "agreement_declined",
    "agreement_in_force",
    "agreement_suspended",
    "agreement_terminated",
    "expert_listed",
    "expert_delisted",
    "scheme_published",
)
"""What one operator proposes and another one approves."""

TWO_PERSON_TYPES = tuple(one for one in KINDS if one.replace(".", "_") in TWO_PERSON_ACTS)
"""The same as types of statements."""

ERASURE = "disclosure.erased"
"""What two operators look at, and one of them says."""

DECISIONS = ("application.granted", "application.refused")
"""What two operators decide beside the log."""

BODY_REASONS = ("nonconformity", "impartiality", "false_attestation", "misconduct", "investigation", "request")
MARK_REASONS = ("nonconformity", "misuse", "false_evidence", "investigation", "key_compromised", "request")
EXPERT_REASONS = ("request", "nonconformity", "false_attestation", "misconduct")
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
    code = type_.replace(".", "_")
    return t.gettext(f"operator.act.{code}") if code in ACTS else type_


def reason_words(code: str, t: Translator) -> str:
    """Return a reason with its code, which is what the log holds."""
    words = t.gettext(f"operator.reason.{code}") if code in _reasons() else code
    return words if words.replace(" ", "_") == code else f"{words} ({code})"


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
        "menu": PAGES,
        "role": ("operator", "registrar"),
        "key": ("operator-1", "operator-2"),
        "kind": (*TWO_PERSON_TYPES, *DECISIONS, ERASURE),
        "act": ACTS,
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
    found = tuple(f"operator.{family}.{one}" for family, codes in families.items() for one in codes)
    return ("operator.title", *found)


def _reasons() -> tuple[str, ...]:
    return tuple(dict.fromkeys((*BODY_REASONS, *MARK_REASONS, *REVOCATIONS, *REFUSALS)))
