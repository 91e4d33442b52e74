"""What the form of a check shows: the columns of the list with examples, and the policy with what is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.check.columns import ROLES
from verifier.edge.buyer.order import file_of
from verifier.edge.buyer.policy_form import AGREEMENTS, OWN, SCOPES
from verifier.edge.check.check_words import sheet_notes
from verifier.edge.check.supplier_file import UnreadSheet
from verifier.edge.i18n import plain
from verifier.edge.page.account import scheme_words
from verifier.errors import MarkError
from verifier.identifier import REGISTERS
from verifier.programme import shipped_programmes
from verifier.requirement import Requirement
from verifier.scheme.shipped import shipped_packs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.edge.buyer.kept_checks import KeptCheck
    from verifier.edge.console.form import Form
    from verifier.edge.i18n import Translator

SAMPLES = 3
_PLAIN_POLICY = {"version": 1, "tier": "jp.meti.scs/3"}


@dataclass(frozen=True)
class Option:
    """A choice of a list or a box; ``attributes`` is ``selected`` or ``checked`` where it is chosen."""

    value: str
    text: str
    attributes: str


@dataclass(frozen=True)
class ColumnChoice:
    """A column: its field's name, its heading, examples of what stands in it, and the roles to choose from."""

    name: str
    title: str
    samples: str
    options: tuple[Option, ...]


def order_fields(check: KeptCheck, typed: Form | None, t: Translator) -> dict[str, Any]:
    """Return what the template of the form needs; ``typed`` is what was sent before, where it was refused."""
    return {
        "columns": column_choices(check, typed, t),
        "first": typed.get("first") if typed else str(check.order.first + 1),
        "at": typed.get("at") if typed else check.order.at or "",
        **policy_fields(check, typed, t),
    }


def column_choices(check: KeptCheck, typed: Form | None, t: Translator) -> list[ColumnChoice]:
    """Return the columns of a list. Raises MalformedError for a list that cannot be read."""
    file = file_of(check.data(), check.order)
    told = {one.place: one.role for one in check.order.columns}
    first = check.order.first
    above = file.rows[first - 1] if first else ()
    sample = file.rows[first : first + SAMPLES]
    width = max((len(row) for row in file.rows[: first + 200]), default=0)
    found = []
    for place in range(width):
        heading = above[place] if place < len(above) else ""
        number = t.gettext("buyer.columns.number", number=place + 1)
        chosen = typed.get(f"role-{place}") if typed else told.get(place, "")
        examples = [row[place] for row in sample if place < len(row) and row[place]]
        options = [("", t.gettext("buyer.role_of.none")), *((one, role_words(one, t)) for one in ROLES)]
        found.append(
            ColumnChoice(
                f"role-{place}",
                f"{number} {plain(heading)}".strip(),
                plain(" / ".join(examples)[:120]),
                tuple(_option(value, text, value == chosen, "selected") for value, text in options),
            )
        )
    return found


def policy_fields(check: KeptCheck, typed: Form | None, t: Translator) -> dict[str, Any]:
    """Return the fields of the policy."""
    order = check.order
    policy = order.requirement if order.policy is not None else Requirement.model_validate(_PLAIN_POLICY)
    programme = typed.get("programme", OWN) if typed else order.programme or OWN
    tier = typed.get("tier") if typed else policy.tier
    scope = typed.many("scope") if typed else policy.scope
    agreements = typed.many("recognition") if typed else policy.recognition
    ends = policy.valid_until.isoformat() if policy.valid_until else ""
    ages = {"max_age_hours": str(policy.max_age_hours or ""), "grace_days": str(policy.grace_days or "")}
    return {
        "programmes": _selected([(OWN, t.gettext("buyer.policy.own")), *_programmes(t)], programme),
        "tiers": _selected(tier_options(t, policy.tier), tier),
        "scopes": [_option(one, t.gettext(f"scope_kind.{one}"), one in scope, "checked") for one in SCOPES],
        "covered": _option("yes", "", bool(typed.get("covered")) if typed else policy.covered, "checked"),
        "ot": _option("yes", "", bool(typed.get("ot")) if typed else policy.ot == "included", "checked"),
        "agreements": [
            _option(one, t.gettext(f"buyer.agreement.{one}"), one in agreements, "checked") for one in AGREEMENTS
        ],
        **({name: typed.get(name) for name in ages} if typed else ages),
        "valid_until": typed.get("valid_until") if typed else ends,
    }


def tier_options(t: Translator, chosen: str = "") -> list[tuple[str, str]]:
    """Return every tier that a shipped scheme awards, and the one chosen where it is none of them."""
    found = {
        f"{pack.scheme}/{rule.level}": f"{scheme_words(pack.scheme, t)} ★{rule.level}"
        for pack in shipped_packs()
        for rule in pack.tiers
    }
    return list(({chosen: chosen} if chosen and chosen not in found else {}).items()) + list(found.items())


def tier_title(tier: str, t: Translator) -> str:
    """Return a tier in words, its code where no shipped scheme awards it."""
    return dict(tier_options(t)).get(tier, tier)


def programme_title(programme: str, t: Translator) -> str:
    """Return the title of a programme, its id where it is not at hand."""
    return dict(_programmes(t)).get(programme, programme)


def form_of(check: KeptCheck) -> str:
    """Return the form of a list as it was read, such as ``CSV, cp932, comma``, empty where it cannot be."""
    try:
        return file_of(check.data(), check.order).form
    except MarkError:
        return ""


def sheets_of(check: KeptCheck, t: Translator) -> list[str]:
    """Return the note on which sheet was read and which were not; nothing where there is no other one."""
    sheets = check.order.sheets
    if sheets is None:
        return []
    notes = sheet_notes(sheets.read, [UnreadSheet(one.title, one.is_hidden) for one in sheets.unread], t)
    return [f"{note} {t.gettext('buyer.lists.sheet.other')}" for note in notes]


def role_words(role: str, t: Translator) -> str:
    """Return what a column holds, in words."""
    register = REGISTERS.get(role)
    if register is None:
        return t.gettext(f"buyer.role_of.{role}")
    return register.label_ja if t.lang == "ja" else register.label_en


def order_message_ids() -> Iterable[str]:
    """Yield the message ids that are put together here."""
    yield from (f"buyer.role_of.{role}" for role in ROLES if role not in REGISTERS)
    yield from (f"buyer.agreement.{one}" for one in AGREEMENTS)


def _programmes(t: Translator) -> list[tuple[str, str]]:
    titles = [(one.head.id, one.head.title) for one in shipped_programmes()]
    return [(name, title.ja if t.lang == "ja" else title.en) for name, title in titles]


def _selected(options: Iterable[tuple[str, str]], chosen: str) -> list[Option]:
    return [_option(value, text, value == chosen, "selected") for value, text in options]


def _option(value: str, text: str, chosen: object, word: str) -> Option:
    return Option(value, text, word if chosen else "")
