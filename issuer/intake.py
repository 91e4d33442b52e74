"""Intake: from what an applicant writes to a holder and a scope in normal form."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from issuer.record import Person
from verifier.errors import MalformedError
from verifier.identifier import SOLE_PROPRIETOR, Identifier, parse_identifier
from verifier.injected import Entropy
from verifier.mark import SOLE_NAME, SOLE_NAME_LATIN, Holder, Scope
from verifier.markid import new_mark_id
from verifier.names import log_origin, org_uri
from verifier.schema import read_model
from verifier.statement.commitment import Disclosure, commit, salt_from

NAME = "name"


@dataclass(frozen=True)
class Application:
    """Who applies for what: a level of one version of a scheme, for a scope."""

    scheme: str
    version: str
    level: int
    holder: Holder
    scope: Scope
    person: Person | None = None


def read_holder(
    *,
    name: str,
    identifiers: Iterable[str],
    name_latin: str | None = None,
    domains: Iterable[str] = (),
    unlisted: bool = False,
) -> Holder:
    """Return the organisation: identifiers checked and in normal form, the first one names it in the mark.

    One that is ``unlisted`` is found by its number only. Raises MalformedError or StatementError.
    """
    members = {
        "name": _text(name),
        "name_latin": _text(name_latin) if name_latin else None,
        "identifiers": _normal(identifiers),
        "domains": tuple(sorted({domain.strip().lower() for domain in domains})) or None,
        "unlisted": unlisted or None,
    }
    return read_model(Holder, members, what="holder")


def read_sole_proprietor(*, name: str, host: str, entropy: Entropy, number: str | None = None) -> tuple[Holder, Person]:
    """Return a person in business under their own name as a holder without a name, and the name beside it.

    ``number`` is the one (26 symbols) that the person has already; otherwise a random one is made. The commitment is
    about the holder's URI in the log of ``host``. Raises MalformedError or StatementError.
    """
    person = read_model(Person, {"name": _text(name), "salt": salt_from(entropy)}, what="person")
    identifier = parse_identifier(f"{SOLE_PROPRIETOR}-{number or new_mark_id(entropy)}")
    members = {
        "name": SOLE_NAME,
        "name_latin": SOLE_NAME_LATIN,
        "identifiers": (str(identifier),),
        "name_sd": name_commitment(person, host=host, identifier=identifier),
    }
    return read_model(Holder, members, what="holder"), person


def name_commitment(person: Person, *, host: str, identifier: Identifier) -> str:
    """Return the commitment to a person's name as the holder of that number."""
    disclosed = Disclosure(person.salt, NAME, person.name)
    return commit(log=log_origin(host), object=org_uri(host, identifier), disclosure=disclosed)


def name_disclosure(person: Person, *, host: str, identifier: Identifier) -> dict[str, str]:
    """Return what opens the commitment, for the person: whoever is shown this can check whose the mark is."""
    opened = Disclosure(person.salt, NAME, person.name).members()
    return {"log": log_origin(host), "object": org_uri(host, identifier), **opened}


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
