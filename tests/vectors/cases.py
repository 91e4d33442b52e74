"""What the generators of vectors share: the form of a case, and signatures that differ from run to run.

ML-DSA signs with randomness, so a generator takes the committed signature as long as it is over the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier.encoding import sha256

Case = dict[str, Any]

FOLDER = Path(__file__).parent


def accepted(name: str, given: Mapping[str, Any], why: str, expect: Mapping[str, Any]) -> Case:
    """Return a case that a reader accepts, with what it reads."""
    return {"name": name, "input": dict(given), "valid": True, "expect": dict(expect), "why": why}


def rejected(name: str, given: Mapping[str, Any], why: str, *, error: str = "refused") -> Case:
    """Return a case that a reader refuses; ``error`` "newer" where a newer reader might understand it."""
    return {"name": name, "input": dict(given), "valid": False, "expect": {"error": error}, "why": why}


def vector_file(form: str, spec: str, cases: list[Case], **more: Any) -> dict[str, Any]:
    """Return the content of a vector file."""
    return {"format": form, "spec": spec, **more, "cases": cases}


@cache
def committed(name: str) -> dict[str, Any]:
    """Return a vector file as it is committed, empty when there is none yet."""
    try:
        found: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def replaced(text: str, *changes: tuple[str, str]) -> str:
    """Return the text with each first occurrence replaced; every change has to find its place."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def private_key(name: str) -> Ed25519PrivateKey:
    """Return the key of a name."""
    return Ed25519PrivateKey.from_private_bytes(sha256(f"shirushi test vector {name}".encode()))


def serialize(vectors: dict[str, Any]) -> str:
    """Return the text of a vector file."""
    return json.dumps(vectors, ensure_ascii=False, indent=1) + "\n"
