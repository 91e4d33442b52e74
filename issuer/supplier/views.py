"""What the screens of the supplier's place have in common: names of people, words for answers, lists that hold one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from issuer.answers import WORDS
from issuer.supplier.approving import STEPS
from verifier.edge.console import queries as accounts
from verifier.edge.console.appearance import address_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from issuer.supplier.answering import Given
    from verifier.edge.console.visit import Visit

STYLE, SCRIPT = "supplier/supplier.css", "supplier/keep.js"
TITLES = {
    "supplier/approval.html": "supplier.approval.title",
    "supplier/bring.html": "supplier.bring.title",
    "supplier/expert.html": "supplier.expert.title",
    "supplier/gaps.html": "supplier.gaps.title",
    "supplier/home.html": "supplier.home.title",
    "supplier/items.html": "supplier.items.title",
    "supplier/marks.html": "supplier.marks.title",
    "supplier/oath.html": "supplier.oath.title",
    "supplier/oaths.html": "supplier.oaths.title",
    "supplier/package.html": "supplier.package.title",
    "supplier/requests.html": "supplier.requests.title",
    "supplier/scope.html": "supplier.scope.title",
    "supplier/share_link.html": "supplier.link.title",
}
"""The pages that are called the same, whatever they show."""
TONES = {"met": "good", "not_met": "bad", "not_applicable": "ended", "unanswered": "open"}
STATE_TONES = {"done": "good", "now": "ended", "later": "open"}
REQUEST_SAID = ("accepts", "asks_about_cost", "proposes_date", "nothing")
DRAFTS = ("met", "not_met", "partly", "conflict")
SCOPE_KINDS = ("company", "group", "unit")
EXCLUDED = ("entity", "site", "system", "device")
TOLD = (
    "begun", "scope_saved", "expert_saved", "saved", "file_removed", "brought", "drafted", "request_taken",
    "request_answered", "mark_added", "mark_forgotten", "root_pinned", "invitation_taken", "sworn", "all_answered",
    "excluded", "included",
)  # fmt: skip


def supplier_message_ids() -> set[str]:
    """Return the ids of the texts whose names are put together in this folder."""
    return {
        *(f"supplier.word.{one}" for one in WORDS),
        *(f"supplier.word.{one}.text" for one in WORDS),
        *(f"supplier.step.{one}" for one in STEPS),
        *(f"supplier.step.{one}.text" for one in STEPS),
        *(f"supplier.step.state.{one}" for one in STATE_TONES),
        *(f"supplier.why.{one}" for one in ("unanswered", "not_met", "to_approve", "evidence")),
        *(f"supplier.why.{one}.text" for one in ("unanswered", "not_met", "to_approve", "evidence")),
        *(f"supplier.said.{one}" for one in REQUEST_SAID),
        *(f"supplier.draft.{one}" for one in DRAFTS),
        *(f"supplier.scope_kind.{one}" for one in SCOPE_KINDS),
        *(f"supplier.excluded.{one}" for one in EXCLUDED),
        *(f"supplier.told.{one}" for one in TOLD),
        *(f"supplier.mistake.{one}" for one in ("conflict", "malformed")),
        *(f"supplier.style.{one}" for one in ("colour", "mono", "reverse")),
        "supplier.approval.outcome",
        "supplier.share.text",
        "supplier.calendar.day",
        "supplier.calendar.ends",
        "supplier.days_left",
        "supplier.days_over",
        "supplier.day.days_left",
        "supplier.day.days_over",
    }


def looks() -> dict[str, str]:
    """Return the addresses of the style sheet and of the script of these pages."""
    return {"supplier_style": address_of(STYLE), "keep_module": address_of(SCRIPT)}


def page(visit: Visit, template: str, **context: object) -> Response:
    """Return a page of the supplier's place; beside each list ``x`` it has ``any_x``, which is empty where that is."""
    lists = {f"any_{name}": [one] if one else [] for name, one in context.items() if isinstance(one, list)}
    titles = {"title": visit.t.gettext(TITLES[template])} if template in TITLES else {}
    shown: dict[str, Any] = {**looks(), **titles, **lists, **context}
    return visit.show(template, **shown)


def names_of(visit: Visit) -> dict[str, str]:
    """Return the names of the people of this console by their ids."""
    with visit.house.accounts.database.transaction() as db:
        return {one.id: one.name for one in accounts.list_people(db)}


def answer_view(visit: Visit, given: Given, names: dict[str, str]) -> dict[str, Any]:
    """Return an answer that was given, with who gave it and when."""
    return {
        "word": visit.t.gettext(f"supplier.word.{given.word}"),
        "tone": TONES[given.word],
        "justification": [given.justification] if given.justification else [],
        "evidence": [given.evidence] if given.evidence else [],
        "by": names.get(given.by, "–"),
        "at": visit.moment(given.at),
        "source": [given.source] if given.source else [],
    }


def mistake_ids(visit: Visit) -> list[str]:
    """Return the ids of what is said in the reader's own language about why a form is shown again."""
    if visit.mistake is None:
        return []
    return ["supplier.mistake.conflict" if visit.mistake.code == "conflict" else "supplier.mistake.malformed"]
