"""Intake: from what an applicant writes to a holder and a scope in normal form."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from verifier.errors import MalformedError
from verifier.identifier import parse_identifier
from verifier.mark import Holder, Scope
from verifier.schema import read_model


@dataclass(frozen=True)
class Application:
    """Who applies for what: a level of one version of a scheme, for a scope."""

    scheme: str
    version: str
    level: int
    holder: Holder
    scope: Scope


def read_holder(
    *, name: str, identifiers: Iterable[str], name_latin: str | None = None, domains: Iterable[str] = ()
) -> Holder:
    """Return the organisation: identifiers checked and in normal form, the first one names it in the mark.

    Raises MalformedError or StatementError.
    """
    members = {
        "name": _text(name),
        "name_latin": _text(name_latin) if name_latin else None,
        "identifiers": _normal(identifiers),
        "domains": tuple(sorted({domain.strip().lower() for domain in domains})) or None,
    }
    return read_model(Holder, members, what="holder")


def read_scope(*, kind: str, summary: str, covered: Iterable[str] = (), ot: str = "excluded") -> Scope:
    """Return the scope. ``kind`` is group, company or unit, ``ot`` excluded or included.

    Raises MalformedError or StatementError.
    """
    members = {"scope_kind": kind, "covered": _normal(covered), "scope_summary": _text(summary), "ot": ot}
    return read_model(Scope, members, what="scope")


def _text(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _normal(identifiers: Iterable[str]) -> tuple[str, ...]:
    normal = tuple(str(parse_identifier(one)) for one in identifiers)
    if len(set(normal)) != len(normal):
        raise MalformedError("an identifier is named twice")
    return normal
