"""What stands in the rows of the outbox: a request as an API worker wrote it, and what the sequencer made of it.

Both are JSON, the request in its canonical form. The sequencer reads a request as strictly as the API does: a row is
not trusted more than HTTP.
"""

from __future__ import annotations

import functools
import json
from dataclasses import asdict
from typing import Any

from registry.admission.accept import Admission, Submission, read_submission
from registry.admission.reserve import Wish, read_wish
from registry.rows.queries import ReceiptClaims, Reserved
from verifier.encoding import canonical, read_object
from verifier.errors import ConflictError, MarkError, UnavailableError
from verifier.replay.rules import Companions
from verifier.statement.commitment import Disclosure

STATEMENT = "statement"
RESERVATION = "reservation"

Decision = Admission | Reserved | MarkError
"""What becomes of a request."""


def write_submission(submission: Submission) -> tuple[str, bytes]:
    """Return kind and bytes of a statement's row."""
    members = {
        "statement": submission.statement.token.compact,
        "companions": asdict(submission.companions),
        "disclosures": [one.members() for one in submission.disclosures],
    }
    return STATEMENT, canonical(members)


def write_wish(wish: Wish) -> tuple[str, bytes]:
    """Return kind and bytes of a reservation's row."""
    members = {"assertion": wish.assertion.compact, "scheme": wish.tier.scheme, "level": wish.tier.level}
    if wish.key is not None:
        members["key"] = wish.key
    return RESERVATION, canonical(members)


def read_request(kind: str, request: bytes) -> Submission | Wish:
    """Return what a row asks for. Raises EnvelopeError, MalformedError, NewerVersionError or StatementError."""
    members = read_object(request)
    if kind == RESERVATION:
        return read_wish(members["assertion"], scheme=members["scheme"], level=members["level"], key=members.get("key"))
    disclosures = tuple(Disclosure(**one) for one in members["disclosures"])
    return read_submission(members["statement"], Companions(**members["companions"]), disclosures)


def write_decision(decision: Decision) -> str:
    """Return the outcome's text."""
    return json.dumps(_decided(decision), ensure_ascii=False)


def read_decision(outcome: str) -> Decision:
    """Return what was decided. An error of a newer version comes back as UnavailableError."""
    members = read_object(outcome.encode())
    match members.pop("decision"):
        case "admitted":
            return Admission(ReceiptClaims(members["index"], members["jti"], members["iat"]), members["repeated"])
        case "reserved":
            return Reserved(**members)
        case _:
            return _error(**members)


def _decided(decision: Decision) -> dict[str, Any]:
    match decision:
        case Admission(claims, repeated):
            return {"decision": "admitted", **vars(claims), "repeated": repeated}
        case Reserved():
            return {"decision": "reserved", **vars(decision)}
        case MarkError():
            said = {"code": decision.code, "message": decision.message, "hint": decision.hint}
            return {"decision": "refused", **said, "head": getattr(decision, "head", None)}


def _error(code: str, message: str, hint: str, head: int | None) -> MarkError:
    kind = _kinds().get(code, UnavailableError)
    return kind(message, hint=hint, head=head) if issubclass(kind, ConflictError) else kind(message, hint=hint)


@functools.cache
def _kinds() -> dict[str, type[MarkError]]:
    def below(kind: type[MarkError]) -> list[type[MarkError]]:
        return [kind, *(leaf for one in kind.__subclasses__() for leaf in below(one))]

    return {one.code: one for one in below(MarkError)}
