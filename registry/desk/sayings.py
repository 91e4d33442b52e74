"""Sayings: what the authority says about bodies, keys, marks and to the public, one function each. Nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.desk.saying import Saying, say
from verifier.names import body_uri, key_uri, log_origin, mark_uri
from verifier.scheme.tables import files_digest
from verifier.statement.commitment import Disclosure, salt_from
from verifier.statement.document import write_document
from verifier.statement.key_proof import parse_key_proof

if TYPE_CHECKING:
    from verifier.injected import Entropy


@dataclass(frozen=True)
class Accreditation:
    """What a body is accredited for: ``scope`` rows are {scheme, level, criteria_sha256}, the window [begins, ends)."""

    no: int
    role: str
    identifier: str
    name: str
    scope: Sequence[dict[str, Any]]
    begins: int
    ends: int
    operates: Sequence[str] = ()
    """The foreign schemes that a foreign operator speaks for."""


def accredits(host: str, accreditation: Accreditation, *, entropy: Entropy) -> Saying:
    """Return the accreditation of a body; its name is a commitment only. Raises StatementError."""
    public = {
        "no": accreditation.no,
        "role": accreditation.role,
        "identifier": accreditation.identifier,
        "scope": list(accreditation.scope),
        "from": accreditation.begins,
        "until": accreditation.ends,
    }
    if accreditation.operates:
        public["operates"] = [*accreditation.operates]
    name = Disclosure(salt_from(entropy), "name", accreditation.name)
    uri = body_uri(host, accreditation.no)
    return say(host, "body.accredited", uri, public, entropy=entropy, disclosures=(name,))


def adds_key(host: str, proof: str, *, entropy: Entropy) -> Saying:
    """Return the listing of the key that made this proof of possession. Raises as ``parse_key_proof`` does."""
    read = parse_key_proof(proof, log=log_origin(host))
    public = {
        "jwk": read.key.jwk,
        "kid": read.key.kid,
        "body": read.body,
        "role": read.role,
        "holder": read.holder,
        "no": read.no,
        "proof": read.token.digest,
    }
    return say(host, "key.added", key_uri(host, read.key.kid), public, entropy=entropy, proof=proof)


def of_body(host: str, type_: str, no: int, public: dict[str, Any], *, entropy: Entropy) -> Saying:
    """Return a statement about a body that exists, such as body.suspended. Raises StatementError."""
    return say(host, type_, body_uri(host, no), public, entropy=entropy)


def of_key(host: str, type_: str, kid: str, public: dict[str, Any], *, entropy: Entropy) -> Saying:
    """Return a statement about a body's key, such as key.revoked. Raises StatementError."""
    return say(host, type_, key_uri(host, kid), public, entropy=entropy)


def of_mark(host: str, type_: str, mark_id: str, public: dict[str, Any], *, entropy: Entropy) -> Saying:
    """Return a statement about a mark, such as mark.suspended. Raises StatementError."""
    return say(host, type_, mark_uri(host, mark_id), public, entropy=entropy)


def publishes_notice(host: str, label: str, kind: str, texts: Mapping[str, str], *, entropy: Entropy) -> Saying:
    """Return a notice to the public with its text in each language. Raises MalformedError or StatementError."""
    files = {f"{lang}.md": text.encode() for lang, text in texts.items()}
    document, public = write_document(files), {"kind": kind, "sha256": files_digest(files)}
    return say(host, "notice.published", f"https://{host}/n/{label}", public, entropy=entropy, document=document)
