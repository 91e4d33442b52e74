"""Names: every thing that is signed about has one URI under the authority's host."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from verifier.errors import MalformedError
from verifier.identifier import Identifier, parse_identifier
from verifier.keys import KID
from verifier.markid import is_mark_id

HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,60}[a-z0-9])?")
SCHEME = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,31}")
NUMBER = re.compile(r"[1-9][0-9]{0,8}")
LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SINGLE_KINDS = frozenset({"trust", "directory", "policy", "log"})
KINDS = ("e", "o", "m", "k", "s", "x", "a", "p", "r", "v", "n", "trust", "directory", "policy", "log")
"""Bodies, organisations, marks, keys, schemes, experts, agreements, mappings, recognitions, evidence, notices."""
_NAME = re.compile(r"https://([^/]{1,62})/(" + "|".join(KINDS) + r")(?:/([^?#]{1,120}))?")


@dataclass(frozen=True)
class Name:
    """A parsed URI: the host, the kind (first part of the path) and the rest of the path."""

    host: str
    kind: str
    value: str


def authority_uri(host: str) -> str:
    """Return the entity id of the authority."""
    return f"https://{host}"


def log_origin(host: str) -> str:
    """Return the origin line of the authority's log."""
    return f"{host}/log"


def host_of_log(origin: str) -> str:
    """Return the host of a log's origin line; the line itself where it is no authority's."""
    return origin.removesuffix("/log")


def body_uri(host: str, no: int) -> str:
    """Return the entity id of an accredited body."""
    return f"https://{host}/e/{no}"


def org_uri(host: str, identifier: Identifier) -> str:
    """Return the entity id of an organisation."""
    return f"https://{host}/o/{identifier}"


def mark_uri(host: str, mark_id: str) -> str:
    """Return the URI of a mark: the address that its QR opens."""
    return f"https://{host}/m/{mark_id}"


def key_uri(host: str, kid: str) -> str:
    """Return the URI under which the log keeps a key's history."""
    return f"https://{host}/k/{kid}"


def scheme_uri(host: str, scheme: str, version: str) -> str:
    """Return the URI of one version of a scheme's criteria."""
    return f"https://{host}/s/{scheme}/{version}"


def evidence_uri(host: str, label: str) -> str:
    """Return the URI of sealed evidence: its plan, its results and their corrections."""
    return f"https://{host}/v/{label}"


def expert_uri(host: str, number: str) -> str:
    """Return the URI of a security expert, by number of the register."""
    return f"https://{host}/x/{number}"


def agreement_uri(host: str, label: str) -> str:
    """Return the URI of a recognition agreement."""
    return f"https://{host}/a/{label}"


def mapping_uri(host: str, label: str) -> str:
    """Return the URI of a mapping between two schemes."""
    return f"https://{host}/p/{label}"


def recognition_uri(host: str, label: str) -> str:
    """Return the URI of a recognised foreign certificate."""
    return f"https://{host}/r/{label}"


def directory_uri(host: str) -> str:
    """Return the URI of the directory."""
    return f"https://{host}/directory"


def root_uri(host: str) -> str:
    """Return the URI of the trust root."""
    return f"https://{host}/trust"


def log_uri(host: str) -> str:
    """Return the URI of the log itself."""
    return f"https://{host}/log"


def trust_mark_type(host: str, scheme: str, level: int) -> str:
    """Return the OpenID Federation trust mark type of a tier."""
    return f"https://{host}/tm/{scheme}/{level}"


def status_list_uri(host: str, no: int) -> str:
    """Return the URI of a status list."""
    return f"https://{host}/status/{no}"


@lru_cache(maxsize=8192)
def parse_name(uri: str) -> Name:
    """Return the parts of a URI that this module makes. Raises MalformedError for anything else."""
    matched = _NAME.fullmatch(uri)
    if not matched or not HOST.fullmatch(matched[1]):
        raise MalformedError(f"not a name of this system: {uri[:80]!r}")
    name = Name(matched[1], matched[2], matched[3] or "")
    if not _value_fits(name):
        raise MalformedError(f"not a name of this system: {uri[:80]!r}")
    return name


def _value_fits(name: Name) -> bool:
    match name.kind:
        case "e":
            return bool(NUMBER.fullmatch(name.value))
        case "m":
            return is_mark_id(name.value)
        case "k":
            return bool(KID.fullmatch(name.value))
        case "o":
            return str(parse_identifier(name.value)) == name.value
        case "s":
            scheme, _, version = name.value.partition("/")
            return bool(SCHEME.fullmatch(scheme) and VERSION.fullmatch(version))
        case kind if kind in SINGLE_KINDS:
            return name.value == ""
        case _:
            return bool(LABEL.fullmatch(name.value))
