"""Salted commitments: how a statement binds a name or another fact without showing it.

SHA-256(JCS(["shirushi-sd-1", log, object, salt, name, value])), sorted, padded with decoys. Without the 128-bit salt
nobody can test a guess; when the salt is erased, the commitment says nothing and every proof still holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from verifier.encoding import b64u, canonical, digest
from verifier.errors import StatementError
from verifier.injected import Entropy
from verifier.schema import Closed, Nonce, read_model

_CONTEXT = "shirushi-sd-1"
_DECOYS_TO = 4


class _Disclosure(Closed):
    salt: Nonce
    name: Annotated[str, Field(max_length=40)]
    value: Annotated[str, Field(max_length=400)]


@dataclass(frozen=True)
class Disclosure:
    """What opens one commitment. It is personal data: keep it where it can be erased."""

    salt: str
    name: str
    value: str

    def members(self) -> dict[str, Any]:
        """Return the JSON object of this disclosure."""
        return {"salt": self.salt, "name": self.name, "value": self.value}


def commit(*, log: str, object: str, disclosure: Disclosure) -> str:
    """Return the commitment to one disclosed fact about one object in one log."""
    return digest(canonical([_CONTEXT, log, object, disclosure.salt, disclosure.name, disclosure.value]))


def salt_from(entropy: Entropy) -> str:
    """Return a fresh 128-bit salt."""
    return b64u(entropy(16))


def committed(*, log: str, object: str, disclosures: tuple[Disclosure, ...], entropy: Entropy) -> tuple[str, ...]:
    """Return the sorted commitments, padded with decoys so that their number tells nothing."""
    real = [commit(log=log, object=object, disclosure=one) for one in disclosures]
    padding = -len(real) % _DECOYS_TO
    return tuple(sorted([*real, *(b64u(entropy(32)) for _ in range(padding))]))


def read_disclosure(value: object) -> Disclosure:
    """Return the disclosure of a JSON object. Raises StatementError."""
    model = read_model(_Disclosure, value, what="disclosure")
    return Disclosure(model.salt, model.name, model.value)


def check_disclosure(disclosure: Disclosure, *, log: str, object: str, sd: tuple[str, ...]) -> None:
    """Check that a statement about the object committed to this disclosure. Raises StatementError."""
    if commit(log=log, object=object, disclosure=disclosure) not in sd:
        raise StatementError(f"the disclosure of {disclosure.name!r} fits no commitment of the statement")
