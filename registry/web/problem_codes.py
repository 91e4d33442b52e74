"""Which problems come with which status, for the OpenAPI documents: each is an example, by its code.

They are examples and no closed list (``enum``): a client that was made from a document must not break when a refusal
gets a code of its own. tests/openapi/described_problems.py holds them against what is answered.
"""

from __future__ import annotations

import copy
from http.client import responses as phrases
from typing import TYPE_CHECKING, Any

from registry.errors import (
    DocumentKeyMissingError,
    ErasedError,
    KeyReusedError,
    LimitReachedError,
    NotAdmittedError,
    NotReadyError,
    QueueFullError,
    ShareTakenError,
    TooManyError,
    WitnessesUnavailableError,
)
from registry.web.problems import MEDIA_TYPE, members_of, problem_members
from verifier.edge.console.errors import ForeignFormError
from verifier.edge.drawing.fonts import FontMissingError
from verifier.edge.drawing.typesetting import LetterMissingError
from verifier.errors import (
    AddressRefusedError,
    ConflictError,
    EnvelopeError,
    KeyRefusedError,
    MalformedError,
    NewerVersionError,
    NotFoundError,
    ProofError,
    RefusedError,
    SignatureError,
    StatementError,
    UnavailableError,
    WrongUseError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.errors import MarkError

    Kinds = tuple[type[MarkError], ...]
    Members = dict[str, Any]

_EVERY = "every operation"
_USUAL: dict[int, Kinds] = {
    400: (MalformedError, WrongUseError),
    401: (NotAdmittedError,),
    403: (ForeignFormError,),
    404: (NotFoundError,),
    410: (ErasedError,),
    503: (UnavailableError,),
}
"""What a status means everywhere; what others mean is said by document."""
_BARE = (408, 413, 501)
"""No error of ours stands behind these."""
_JUDGED: Kinds = (SignatureError, KeyRefusedError, ProofError, StatementError, RefusedError, NewerVersionError)
_ORDERED: dict[int, Kinds] = {422: (RefusedError, KeyReusedError, StatementError, NewerVersionError)}
_CROWDED: dict[int, Kinds] = {429: (TooManyError, QueueFullError)}
_WAITED: dict[int, Kinds] = {409: (NotReadyError,)}
_DOCUMENT: dict[int, Kinds] = {422: (LetterMissingError,), 503: (DocumentKeyMissingError, FontMissingError)}
_OWN: dict[str, dict[str, dict[int, Kinds]]] = {
    "registry": {
        _EVERY: {400: (EnvelopeError,), 409: (ConflictError,), 422: _JUDGED, 503: (WitnessesUnavailableError,)},
        "reserve": {422: (KeyReusedError,)},
    },
    "verification": {
        _EVERY: {422: _JUDGED, 429: (ShareTakenError,)},
        "check_list": {**_ORDERED, 429: (QueueFullError,)},
        "check_file": {**_ORDERED, 429: (QueueFullError,)},
        "forget_check": _ORDERED,
        "check_rows": _WAITED,
        "check_result": _WAITED,
        "mark_document": _DOCUMENT,
        "recognition_document": _DOCUMENT,
        "document_certificate": _DOCUMENT,
    },
    "portal": {
        _EVERY: {409: (ConflictError,), 422: _ORDERED[422], 429: (LimitReachedError,)},
        "add_endpoint": {422: (AddressRefusedError,)},
        "add_box": _CROWDED,
        "add_following": _CROWDED,
    },
    "read-plane": {
        _EVERY: {422: (RefusedError,), 429: (TooManyError,)},
        "leave_box": {**_ORDERED, **_CROWDED, 409: (ConflictError,)},
        "take_box": _ORDERED,
        "explore_entry": {422: (ProofError,)},
        "explore_consistency": {422: (ProofError,)},
        "m_artwork_pdf": {422: (LetterMissingError,), 503: (FontMissingError,)},
        "r_artwork_pdf": {422: (LetterMissingError,), 503: (FontMissingError,)},
    },
}


def problems_of(name: str, operation: str, status: int) -> Iterator[Members]:
    """Yield the members of each problem that comes with a status of an operation of the document ``name``."""
    own = _OWN[name]
    further = (*own[_EVERY].get(status, ()), *own.get(operation, {}).get(status, ()))
    kinds = dict.fromkeys((*_USUAL.get(status, ()), *further))
    host = "shirushi.example"
    yield from (problem_members(host, kind("")) for kind in kinds)
    if status in _BARE:
        yield members_of(host, status)


def with_problems(document: Members, name: str) -> Members:
    """Return the document with the problems of each refusal, in words and as examples by their codes.

    An answer that several operations share has the problems of them all; words that were written stay.
    """
    made = copy.deepcopy(document)
    shared: Members = {}
    made["components"]["examples"] = shared
    for answer in (answer for _, _, answer in _refusals(made)):
        answer["content"][MEDIA_TYPE]["examples"] = {}
    for operation, status, answer in _refusals(made):
        told = {one["code"]: one for one in problems_of(name, operation, status)}
        shared |= {code: {"summary": one["title"], "value": one} for code, one in told.items()}
        references = {code: {"$ref": f"#/components/examples/{code}"} for code in told}
        answer["content"][MEDIA_TYPE]["examples"] |= references
        if answer["description"] == phrases.get(status):
            answer["description"] = " ".join(f"`{code}`: {one['title']}." for code, one in told.items())
    return made


def _refusals(document: Members) -> Iterator[tuple[str, int, Members]]:
    """Yield the name of the operation, the status and the answer, wherever a problem document is one."""
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                named = answer.get("$ref", "").rpartition("/")[2]
                found = document["components"]["responses"][named] if named else answer
                if status.isdecimal() and MEDIA_TYPE in found.get("content", {}):
                    yield operation["operationId"], int(status), found
