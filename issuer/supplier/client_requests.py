"""What clients ask for: their requests as they came, and the answers to them (docs/specification/level-request.md).

Both are files between two companies. An answer is made here and downloaded; sending it is up to whoever answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from issuer.supplier import queries_requests as queries
from verifier.dates import local_date
from verifier.errors import NotFoundError, RefusedError
from verifier.level_request import Asked, LevelAnswer, parse_request
from verifier.schema import read_model

if TYPE_CHECKING:
    from issuer.supplier.place import SupplierPlace
    from verifier.level_request import LevelRequest

ZONE = "Asia/Tokyo"
"""Where a day begins that an answer is dated with."""


def take_request(place: SupplierPlace, data: bytes, *, by: str) -> LevelRequest:
    """Keep a client's request; the same one twice is one. Raises MalformedError, StatementError.

    Raises RefusedError for a file that is not in its one form: its digest would not be the one that an answer names.
    """
    request = parse_request(data)
    if request.serialize().strip() != data.strip():
        raise RefusedError("the request was changed on its way", hint="Ask for the file as it was written.")
    with place.database.transaction() as db:
        queries.keep_request(db, request, at=place.now(), by=by)
    return request


def answer_request(place: SupplierPlace, sha256: str, says: str, *, day: str, words: str, by: str) -> LevelAnswer:
    """Keep an answer to a request; the last one counts. Raises NotFoundError, StatementError."""
    members = {
        "v": 1,
        "request_sha256": find_request(place, sha256).request.sha256,
        "made": local_date(place.now(), ZONE).isoformat(),
        "answer": says,
        "by": (day or None) if says == "proposes_date" else None,
        "words": words,
    }
    answer = read_model(LevelAnswer, members, what="the answer")
    with place.database.transaction() as db:
        queries.keep_answer(db, answer, at=place.now(), by=by)
    return answer


def find_request(place: SupplierPlace, sha256: str) -> Asked:
    """Return a request with the newest answer to it. Raises NotFoundError."""
    for one in list_requests(place):
        if one.request.sha256 == sha256:
            return one
    raise NotFoundError("this request is not here")


def list_requests(place: SupplierPlace) -> tuple[Asked, ...]:
    """Return the requests with the newest answer to each, the nearest day first."""
    with place.database.transaction() as db:
        asked = [Asked(one, queries.newest_answer(db, one.sha256)) for one in queries.kept_requests(db)]
    return tuple(sorted(asked, key=lambda one: (one.by, one.request.client.name)))
