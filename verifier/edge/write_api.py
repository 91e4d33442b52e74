"""The write API seen from a desk: where an object stands, the newest anchor, and sending one statement.

What is read comes from the read plane like anybody else would read it. A problem document (RFC 9457) becomes the error
of our tree that it names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from verifier.admission_receipt import parse_admission_receipt, verify_admission_receipt
from verifier.edge.client import ask_repeatable
from verifier.encoding import b64u
from verifier.errors import ConflictError, MarkError, NotFoundError, ProofError, RefusedError, UnavailableError
from verifier.log.checkpoint import SignedCheckpoint
from verifier.statement import Anchor, parse_statement

if TYPE_CHECKING:
    from verifier.trust.root import TrustRoot

LONGEST_WAIT = 60
"""How many times a desk looks whether an entry was published."""


@dataclass(frozen=True)
class Addresses:
    """Where the read plane and the write API answer, such as ``http://127.0.0.1:8080``."""

    read: str
    api: str


@dataclass(frozen=True)
class Admitted:
    """Where a statement stands in the log, and the registry's receipt."""

    index: int
    receipt: str


class WriteApi:
    """One registry's write API, over a client that the caller owns."""

    def __init__(
        self, http: httpx.Client, addresses: Addresses, *, pause: Callable[[], None], root: TrustRoot | None = None
    ) -> None:
        """``pause`` is called between two looks at whether an entry was published; ``root`` judges the receipts."""
        self._http = http
        self._addresses = addresses
        self._pause = pause
        self._root = root

    def anchor(self) -> Anchor:
        """Return the latest published checkpoint; the registry's own admission checks its witnesses."""
        note = self.ask("GET", f"{self._addresses.read}/log/checkpoint").content
        checkpoint = SignedCheckpoint.parse(note).checkpoint
        return Anchor(size=checkpoint.size, root=b64u(checkpoint.root))

    def anchor_over(self, index: int | None) -> Anchor:
        """Return a published checkpoint over the entry at ``index``. Raises UnavailableError when none comes."""
        for _ in range(LONGEST_WAIT):
            anchor = self.anchor()
            if index is None or index < anchor.size:
                return anchor
            self._pause()
        raise UnavailableError(f"entry {index} is not published yet", hint="Are publisher and witnesses running?")

    def head(self, uri: str) -> int | None:
        """Return the index of the object's newest entry."""
        head = self.ask("GET", f"{self._addresses.api}/api/v1/objects", params={"uri": uri}).json()["head"]
        return head if isinstance(head, int) else None

    def send(self, statement: str, beside: dict[str, Any]) -> Admitted:
        """Send one statement. Raises the error of the API's answer, or ProofError for a receipt that binds nobody."""
        body = {"statement": statement, **beside}
        answer = self.ask("POST", f"{self._addresses.api}/api/v1/statements", json=body).json()
        admitted = Admitted(answer["index"], answer["receipt"])
        if self._root is not None:
            _check_receipt(admitted, statement, self._root)
        return admitted

    def ask(self, method: str, url: str, **request: Any) -> httpx.Response:
        """Return an answer of success. Raises the error that another one names."""
        try:
            answer = ask_repeatable(self._http, method, url, **request)
        except httpx.HTTPError as error:
            raise UnavailableError(f"{url} cannot be reached: {error}") from error
        if answer.is_success:
            return answer
        raise error_of(answer)


def _check_receipt(admitted: Admitted, statement: str, root: TrustRoot) -> None:
    receipt = parse_admission_receipt(admitted.receipt)
    verify_admission_receipt(receipt, root)
    sent = parse_statement(statement)
    if (receipt.log, receipt.statement_sha256, receipt.index) != (sent.log, sent.token.digest, admitted.index):
        raise ProofError("the registry's receipt is for another statement")


def error_of(answer: httpx.Response) -> MarkError:
    """Return the error that an answer without success names."""
    try:
        problem = answer.json()
        message, hint, head = problem.get("detail") or problem["title"], problem.get("hint", ""), problem.get("head")
    except (ValueError, KeyError, AttributeError):
        message, hint, head = f"{answer.url} answered {answer.status_code}", "", None
    match answer.status_code:
        case 409:
            return ConflictError(message, hint=hint, head=head)
        case 404:
            return NotFoundError(message, hint=hint)
        case status if status >= 500:
            return UnavailableError(message, hint=hint)
        case _:
            return RefusedError(message, hint=hint)
