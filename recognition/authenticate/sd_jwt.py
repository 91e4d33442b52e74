"""SD-JWT (RFC 9901): an issuer's token of which the holder shows a part, put together again or refused.

Section 7.1: every disclosure must be asked for by exactly one digest, name no ``_sd`` or ``...``, and overwrite
nothing. Decoys stay unmatched and vanish. Key binding (section 4.3) is checked in ``sd_jwt_vc``. The JSON form is not
read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from recognition.authenticate.foreign_token import MAX_BYTES, ForeignToken, read_foreign
from verifier.encoding import b64u, read_json, unb64u
from verifier.errors import EnvelopeError, MalformedError

MAX_DISCLOSURES = 100
MAX_TOTAL = 4 * MAX_BYTES
DEEPEST = 8
_HASHES = {"sha-256": hashlib.sha256, "sha-384": hashlib.sha384, "sha-512": hashlib.sha512}
_CONTROL = frozenset({"_sd", "..."})


@dataclass(frozen=True)
class SdJwt:
    """The parts of a presentation. ``presented`` is everything before the key binding token: what that token hashes."""

    issued: ForeignToken
    disclosures: tuple[str, ...]
    key_binding: str | None
    presented: str

    @property
    def algorithm(self) -> str:
        """Return the name of the hash in use. Raises EnvelopeError for one that is not read."""
        name = self.issued.payload.get("_sd_alg", "sha-256")
        if not isinstance(name, str) or name not in _HASHES:
            raise EnvelopeError("the hash of the disclosures is not one that is read here")
        return name

    def hash(self, text: str) -> str:
        """Return the digest of ASCII text under the token's own hash."""
        return b64u(_HASHES[self.algorithm](text.encode("ascii")).digest())


def read_sd_jwt(compact: str, *, typ: str) -> SdJwt:
    """Return the parts of an SD-JWT or SD-JWT+KB. Nothing is verified here. Raises EnvelopeError or MalformedError."""
    if len(compact) > MAX_TOTAL or not compact.isascii():
        raise EnvelopeError(f"the presentation is longer than {MAX_TOTAL} bytes or not ASCII")
    first, *rest = compact.split("~")
    if not rest:
        raise EnvelopeError("an SD-JWT ends with ~ or with a key binding token")
    *disclosures, last = rest
    if len(disclosures) > MAX_DISCLOSURES:
        raise EnvelopeError(f"more than {MAX_DISCLOSURES} disclosures")
    presented = compact[: len(compact) - len(last)]
    return SdJwt(read_foreign(first, typ=typ), tuple(disclosures), last or None, presented)


def disclosed(token: SdJwt) -> dict[str, Any]:
    """Return the payload with what was disclosed in its place. Raises MalformedError or EnvelopeError."""
    shown: dict[str, list[Any]] = {}
    for text in token.disclosures:
        digest = token.hash(text)
        if digest in shown:
            raise MalformedError("a disclosure stands there twice")
        shown[digest] = _disclosure(text)
    weaver = _Weaver(shown)
    payload = weaver.woven(token.issued.payload, DEEPEST)
    if weaver.used != shown.keys():
        raise MalformedError("a disclosure is asked for by no digest of the token")
    payload.pop("_sd_alg", None)
    return dict(payload)


class _Weaver:
    """Puts disclosures in their places and notes which digests it has met."""

    def __init__(self, shown: dict[str, list[Any]]) -> None:
        self._shown = shown
        self._met: set[str] = set()
        self.used: set[str] = set()

    def woven(self, value: Any, depth: int) -> Any:
        if depth == 0:
            raise MalformedError("disclosures are nested too deeply")
        match value:
            case dict():
                return self._object(value, depth)
            case list():
                return [item for one in value for item in self._element(one, depth)]
            case _:
                return value

    def _object(self, value: dict[str, Any], depth: int) -> dict[str, Any]:
        found = {name: self.woven(item, depth - 1) for name, item in value.items() if name != "_sd"}
        digests = value.get("_sd", [])
        if not isinstance(digests, list):
            raise MalformedError("_sd is not a list")
        if "..." in found:
            raise MalformedError("a member is named ... outside a list")
        for digest in digests:
            disclosure = self._take(digest)
            if disclosure is None:
                continue
            if len(disclosure) != 3:
                raise MalformedError("an element of a list is disclosed as a member")
            name = disclosure[1]
            if name in _CONTROL or name in found:
                raise MalformedError("a disclosure overwrites a member or names a control member")
            found[name] = self.woven(disclosure[2], depth - 1)
        return found

    def _element(self, one: Any, depth: int) -> list[Any]:
        if not (isinstance(one, dict) and "..." in one):
            return [self.woven(one, depth - 1)]
        if one.keys() != {"..."}:
            raise MalformedError("a placeholder in a list holds other members")
        disclosure = self._take(one["..."])
        if disclosure is None:
            return []
        if len(disclosure) != 2:
            raise MalformedError("a member is disclosed as an element of a list")
        return [self.woven(disclosure[1], depth - 1)]

    def _take(self, digest: Any) -> list[Any] | None:
        if not isinstance(digest, str):
            raise MalformedError("the digest of a disclosure is not a text")
        if digest in self._met:
            raise MalformedError("a digest of a disclosure stands there twice")
        self._met.add(digest)
        if digest in self._shown:
            self.used.add(digest)
        return self._shown.get(digest)


def _disclosure(text: str) -> list[Any]:
    value = read_json(unb64u(text))
    if not isinstance(value, list) or len(value) not in (2, 3) or not isinstance(value[0], str):
        raise MalformedError("a disclosure is a list of salt, name and value")
    if len(value) == 3 and not isinstance(value[1], str):
        raise MalformedError("the name in a disclosure is not a text")
    return value
