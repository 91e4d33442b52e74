"""The texts of the console that are put together out of codes, and how a cover or a relation is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recognition.console.page import BAD, GOOD, OPEN, PAUSED
from recognition.coverage import Cover
from recognition.decision import Verdict
from recognition.mapping import QUALIFIERS
from recognition.relation import RELATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.edge.i18n import Translator
    from verifier.edge.page.wording import Appearance

NAME = "foreign"
ROLES = ("mapper", "approver", "signatory")
MENU = {
    "work": "/",
    "schemes": "/schemes",
    "mappings": "/mappings",
    "simulation": "/simulation",
    "agreements": "/agreements",
}
COVERS: dict[Cover, Appearance] = {Cover.FULL: GOOD, Cover.PARTIAL: PAUSED, Cover.NONE: BAD}
VERDICTS: dict[Verdict, Appearance] = {
    Verdict.RECOGNISED: GOOD,
    Verdict.CONDITIONAL: PAUSED,
    Verdict.UNDECIDED: OPEN,
    Verdict.NOT_RECOGNISED: BAD,
}
SIGNS = {
    "equal-to": "=",
    "equivalent-to": "≡",
    "superset-of": "⊇",
    "subset-of": "⊆",
    "intersects-with": "∩",
    "no-relationship": "∅",
}
STATUSES = ("draft", "complete", "superseded")
EFFECTS = ("gained", "lost", "raised", "lowered", "shortened", "lengthened")
STEPS = ("drawn", "signed", "proposed", "announced", "in_force", "suspended", "terminated", "declined")
WHATS = (
    "created",
    "imported",
    "row",
    "row_removed",
    "head",
    "proposed",
    "released",
    "drawn_up",
    "terms",
    "mapping",
    "signed",
    "sent",
    "fact",
)
WAITS = ("us", "sending", "them", "start", "nobody")
ACTS = ("sign", "send", "ask")
ASKS = ("suspend", "terminate")
REASONS = ("administrative", "integrity")
DAYS = ("opens", "closes", "review_by", "not_after")
CHANGES = ("added", "removed", "changed", "gains", "loses")


def slug(code: str) -> str:
    """Return a code as it stands in the id of a text."""
    return code.replace("-", "_").replace(" ", "_")


def relation_words(t: Translator, relation: str) -> str:
    """Return a relation with its sign, its name in the format and what it means."""
    return f"{SIGNS[relation]} {relation}: {t.gettext(f'foreign.relation.{slug(relation)}')}"


def foreign_message_ids() -> Iterator[str]:
    """Yield every message id that is put together out of codes."""
    yield from ("foreign.title", "foreign.key.operator", "foreign.kind.release")
    yield from (f"foreign.role.{one}" for one in ROLES)
    yield from (f"foreign.menu.{one}" for one in MENU)
    yield from (f"foreign.relation.{slug(one)}" for one in RELATIONS)
    yield from (f"foreign.strength.{one or 'plain'}" for one in QUALIFIERS)
    yield from (f"foreign.cover.{one.word}" for one in Cover)
    yield from (f"foreign.verdict.{one.word}" for one in Verdict)
    yield from (f"foreign.status.{one}" for one in STATUSES)
    yield from (f"foreign.effect.{one}" for one in EFFECTS)
    yield from (f"foreign.state.{one}" for one in STEPS)
    yield from (f"foreign.what.{one}" for one in WHATS)
    yield from (f"foreign.change.{one}" for one in CHANGES)
    yield from (f"foreign.waits.{one}" for one in WAITS)
    yield from (f"foreign.act.{one}{part}" for one in ACTS for part in ("", ".text", ".send"))
    yield from (f"foreign.asks.{one}" for one in ASKS)
    yield from (f"foreign.reason.{one}" for one in REASONS)
    yield from (f"foreign.draw.{one}" for one in DAYS)
    yield from (f"foreign.{one}.title" for one in TABLES)
    yield from (f"foreign.head.{one}" for one in HEADS)


TABLES = (
    "mappings",
    "agreements",
    "schemes",
    "criteria",
    "gaps",
    "releases",
    "rows",
    "covers",
    "history",
    "versions",
    "levels",
    "controls",
    "results",
    "affected",
    "signatures",
    "answers",
    "facts",
    "simulations",
    "study",
    "findings",
)
HEADS = (
    "name",
    "from",
    "to",
    "status",
    "open",
    "release",
    "drawn_by",
    "released_by",
    "state",
    "waits_for",
    "criterion",
    "cover",
    "relations",
    "closed_by",
    "version",
    "digest",
    "at",
    "who",
    "what",
    "change",
    "old",
    "new",
    "level",
    "assurance",
    "control",
    "theme",
    "first_day",
    "last_day",
    "certificate",
    "counts_as",
    "verdict",
    "reasons",
    "until",
    "take",
    "effect",
    "entry",
    "tier",
    "full",
    "partial",
    "none",
    "missing",
    "finding",
)
