"""The form of a new case: what is chosen from, what was typed, and the application that it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from issuer.intake import Application, read_holder, read_scope, read_sole_proprietor
from verifier.edge.packs import installed_packs, load_pack
from verifier.edge.page.search_page import Choice
from verifier.errors import MalformedError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from issuer.case import Case
    from verifier.edge.console.form import Form
    from verifier.edge.i18n import Translator
    from verifier.injected import Entropy
    from verifier.mark import Holder
    from verifier.scheme.pack import SchemePack

FIELDS = (
    *("tier", "name", "name_latin", "identifiers", "domains", "scope_kind", "summary", "covered", "ot", "person"),
    "unlisted",
)
SCOPES = ("company", "group", "unit")
OT = ("excluded", "included")


def choices(values: Iterable[tuple[str, str]], chosen: str) -> tuple[Choice, ...]:
    """Return what a list offers; what was chosen stays chosen."""
    return tuple(Choice(value, text, "selected" if value == chosen else "") for value, text in values)


def typed(form: Form) -> dict[str, str]:
    """Return what was typed, field by field, as it was typed."""
    return {name: form.get(name) for name in FIELDS}


def taken_over(case: Case) -> dict[str, str]:
    """Return the fields as an earlier case of the same organisation fills them in."""
    holder, scope = case.holder, case.scope
    is_person = holder.name_sd is not None
    person = case.handling.person
    return {
        "tier": tier_value(case.scheme, case.version, case.level),
        "name": person.name if person else "" if is_person else holder.name,
        "name_latin": "" if is_person else holder.name_latin or "",
        "identifiers": "\n".join(holder.identifiers),
        "domains": "\n".join(holder.domains or ()),
        "unlisted": "yes" if holder.unlisted else "",
        "scope_kind": scope.scope_kind,
        "summary": scope.scope_summary,
        "covered": "\n".join(scope.covered),
        "ot": scope.ot,
        "person": "yes" if is_person else "",
    }


def form_lists(given: Mapping[str, str], t: Translator, *, now: int) -> dict[str, tuple[Choice, ...]]:
    """Return the lists of the form."""
    return {
        "tiers": tier_choices(t, chosen=given["tier"], now=now),
        "scopes": choices(((one, t.gettext(f"scope_kind.{one}")) for one in SCOPES), given["scope_kind"]),
        "ots": choices(((one, t.gettext(f"ot.{one}")) for one in OT), given["ot"]),
    }


def tier_choices(t: Translator, *, chosen: str, now: int) -> tuple[Choice, ...]:
    """Return the levels that bodies issue marks for, of every pack that is not closed."""
    return choices(_tiers(t, now), chosen)


def read_application(form: Form, *, host: str, entropy: Entropy) -> Application:
    """Return what is applied for. Raises MalformedError, StatementError, WrongUseError, NotFoundError."""
    scheme, version, level = read_tier(form.need("tier"))
    scope = read_scope(
        kind=form.get("scope_kind"), summary=form.get("summary"), covered=lines(form, "covered"), ot=form.get("ot")
    )
    identifiers = lines(form, "identifiers")
    if not form.get("person"):
        return Application(scheme, version, level, typed_company(form, identifiers), scope)
    if len(identifiers) > 1 or form.get("name_latin") or lines(form, "domains"):
        raise WrongUseError("a sole proprietor's mark shows a number only", hint="Give the name, and an old number.")
    if form.get("unlisted"):
        raise WrongUseError("a sole proprietor is found by the number only anyway", hint="Tick one of the two boxes.")
    number = identifiers[0].removeprefix("x-") if identifiers else None
    holder, person = read_sole_proprietor(name=form.need("name"), host=host, entropy=entropy, number=number)
    return Application(scheme, version, level, holder, scope, person)


def typed_company(form: Form, identifiers: Iterable[str]) -> Holder:
    """Return the organisation that was typed, under these numbers. Raises MalformedError, StatementError."""
    return read_holder(
        name=form.need("name"),
        identifiers=identifiers,
        name_latin=form.get("name_latin") or None,
        domains=lines(form, "domains"),
        unlisted=bool(form.get("unlisted")),
    )


def lines(form: Form, name: str) -> tuple[str, ...]:
    """Return a field's lines that hold something."""
    return tuple(line.strip() for line in form.get(name).splitlines() if line.strip())


def tier_value(scheme: str, version: str, level: int) -> str:
    """Return how a level of a scheme's version is named in the form."""
    return f"{scheme}/{version}/{level}"


def read_tier(text: str) -> tuple[str, str, int]:
    """Return the scheme, the version and the level that were chosen. Raises MalformedError, NotFoundError."""
    scheme, _, rest = text.partition("/")
    version, _, level = rest.rpartition("/")
    if not (level.isascii() and level.isdigit() and len(level) == 1):
        raise MalformedError(f"{text[:60]!r} names no level of a scheme", hint="Choose one of the list.")
    return scheme, load_pack(scheme, version).version, int(level)


def _tiers(t: Translator, now: int) -> Iterable[tuple[str, str]]:
    for pack in reversed(installed_packs()):
        if pack.phase(now) != "closed":
            yield from _levels(pack, t)


def _levels(pack: SchemePack, t: Translator) -> Iterable[tuple[str, str]]:
    label = pack.head.label.in_(t.lang)
    for tier in pack.tiers:
        if tier.issuer == "body":
            value = tier_value(pack.scheme, pack.version, tier.level)
            # The level first: a narrow list cuts the rest off.
            yield value, f"{tier.label.in_(t.lang)} {label} {pack.version}"
