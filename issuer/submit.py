"""The registry, seen from the desk: HTTP only. What is read comes from the read plane, what is sent goes to the API.

Answers are read strictly. A problem document (RFC 9457) becomes the error of our tree that it names. Whatever is sent
here may be sent twice: a connection that ended before the answer costs one repetition, and no answer after that is an
unknown outcome, after which the very same bytes are sent again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from issuer.issuance import Admitted, Signed
from issuer.record import Reservation
from issuer.trust import RootSource
from verifier.admission_receipt import parse_admission_receipt, verify_admission_receipt
from verifier.edge.client import HttpFetcher, ask_repeatable
from verifier.encoding import b64u, read_object
from verifier.errors import (
    ConflictError,
    MalformedError,
    MarkError,
    NotFoundError,
    ProofError,
    RefusedError,
    SignatureError,
    UnavailableError,
)
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.merkle import leaf_hash, verify_inclusion
from verifier.log.tlog_proof import TlogProof
from verifier.mark import Mark, parse_mark
from verifier.schema import Closed, Count, Index, read_model
from verifier.statement import Anchor, parse_statement
from verifier.trust.root import TrustRoot

_AGAIN = "Run the same command again: nothing is done twice."


class _Place(Closed):
    list: Count
    idx: Index


class _Reserved(Closed):
    mark: str
    number: str
    status: _Place


class _Accepted(Closed):
    index: Index
    receipt: str


class _RowAccepted(_Accepted):
    repeated: bool


class RegistryClient:
    """One registry: the address of its read plane and the address of its API, over a client that the caller owns.

    ``root`` gives the trust root that the registry's receipts are judged by.
    """

    def __init__(self, http: httpx.Client, *, read: str, api: str, root: RootSource) -> None:
        self.fetcher = HttpFetcher(read, http)
        self._root = root
        self._http = http
        self._api = api.rstrip("/")

    def reserve(self, request: dict[str, Any], assertion: str, *, key: str) -> Reservation:
        """Return a mark id, number and status place; the same key gets the same. Raises RefusedError, UnavailableError.

        Without that, an answer that was lost on its way would leave a reserved id that nobody uses.
        """
        headers = {"Idempotency-Key": key}
        answer = self._ask("POST", "reservations", json={**request, "assertion": assertion}, headers=headers)
        found = read_model(_Reserved, answer, what="reservation")
        members = {"mark": found.mark, "number": found.number}
        place = {"status_no": found.status.list, "status_idx": found.status.idx}
        return read_model(Reservation, members | place, what="reservation")

    def state_of(self, uri: str) -> str | None:
        """Return the present state of an object in the log, None when the log does not know it."""
        state = self._ask("GET", "objects", params={"uri": uri}).get("state")
        return state if isinstance(state, str) else None

    def head_of(self, uri: str) -> int | None:
        """Return the index of the newest entry about an object, None when the log does not know it."""
        head = self._ask("GET", "objects", params={"uri": uri}).get("head")
        return head if isinstance(head, int) else None

    def root(self) -> TrustRoot:
        """Return the newest trust root that follows from the pinned one. Raises TrustRootError, UnavailableError."""
        return self._root(self.fetcher)

    def anchor(self, log: str) -> Anchor:
        """Return size and root of the newest published checkpoint.

        Its signatures are for the verifier to judge: an anchor that the log never published makes a statement void.
        """
        checkpoint = SignedCheckpoint.parse(self.fetcher.fetch("log/checkpoint")).checkpoint
        if checkpoint.origin != log:
            raise ProofError(f"the read plane is of the log {checkpoint.origin}, not of {log}")
        return Anchor(size=checkpoint.size, root=b64u(checkpoint.root))

    def submit(self, signed: Signed, attestation: str) -> Admitted:
        """Send a statement with its companions; the same bytes twice get the same answer.

        Raises ConflictError when the log holds another statement, RefusedError when it takes none of this,
        UnavailableError when the outcome is unknown; ProofError or SignatureError for an answer without a receipt that
        binds the registry, which is no answer: the same bytes may be sent again.
        """
        return self.send(signed.statement, second=attestation, mark=signed.mark, seal=signed.seal)

    def send(self, statement: str, **companions: str) -> Admitted:
        """Send any statement with the tokens that travel with it. Raises as ``submit`` does."""
        body: dict[str, Any] = {"statement": statement, **companions}
        accepted = read_model(_Accepted, self._ask("POST", "statements", json=body), what="answer")
        return _believed(accepted, statement, self._root(self.fetcher))

    def send_many(self, rows: Sequence[tuple[Signed, str]]) -> list[Admitted | MarkError]:
        """Send many statements with their attestations in one request; return what became of each, in their order.

        A row's error is the one that ``submit`` would raise. Raises UnavailableError when no outcome is known.
        """
        asked = [
            {"statement": signed.statement, "second": attestation, "mark": signed.mark, "seal": signed.seal}
            for signed, attestation in rows
        ]
        told = self._ask("POST", "statements/batch", json={"statements": asked}).get("answers")
        if not isinstance(told, list) or len(told) != len(rows):
            raise UnavailableError("the registry did not answer every row", hint=_AGAIN)
        root = self._root(self.fetcher)
        return [self._row(answer, signed.statement, root) for answer, (signed, _) in zip(told, rows, strict=True)]

    def _row(self, answer: object, statement: str, root: TrustRoot) -> Admitted | MarkError:
        if isinstance(answer, dict) and isinstance(problem := answer.get("problem"), dict):
            status = problem.get("status")
            return _error(status if isinstance(status, int) else 500, problem)
        try:
            return _believed(read_model(_RowAccepted, answer, what="answer"), statement, root)
        except MarkError as error:
            return error

    def proof(self, mark_id: str, signed: Signed, admitted: Admitted) -> bytes | None:
        """Return the published proof that the log holds the statement, None while there is none.

        Whether enough witnesses cosigned is for the verifier to judge. Raises ProofError when it does not hold.
        """
        try:
            data: bytes = self.fetcher.fetch(f"m/{mark_id}.tlog-proof")
        except NotFoundError:
            return None
        proof = TlogProof.parse(data)
        entry = signed.statement.encode("ascii")
        if (proof.extra, proof.index) != (entry, admitted.index):
            raise ProofError("the published proof is of another entry than the one that was admitted")
        head = proof.checkpoint.checkpoint
        verify_inclusion(leaf=leaf_hash(entry), index=proof.index, size=head.size, path=proof.path, root=head.root)
        return data

    def mark(self, mark_id: str) -> Mark:
        """Return a published mark; nothing about it is judged. Raises NotFoundError, MalformedError."""
        return parse_mark(self.fetcher.fetch(f"m/{mark_id}.jwt"))

    def directory_holds(self, index: int) -> bool:
        """Say whether the newest directory was built over that entry."""
        try:
            size = read_object(self.fetcher.fetch("directory/latest")).get("size")
        except NotFoundError:
            return False
        return isinstance(size, int) and size > index

    def _ask(self, method: str, path: str, **options: Any) -> Mapping[str, Any]:
        try:
            response = ask_repeatable(self._http, method, f"{self._api}/api/v1/{path}", **options)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnavailableError(f"the registry did not answer: {error}", hint=_AGAIN) from error
        if response.status_code in (200, 201):
            return read_object(response.content)
        raise _problem(response)


def _believed(accepted: _Accepted, statement: str, root: TrustRoot) -> Admitted:
    receipt = parse_admission_receipt(accepted.receipt)
    verify_admission_receipt(receipt, root)
    sent = parse_statement(statement)
    if (receipt.log, receipt.statement_sha256, receipt.index) != (sent.log, sent.token.digest, accepted.index):
        raise ProofError("the registry's receipt is for another statement")
    return Admitted(accepted.index, accepted.receipt)


def _problem(response: httpx.Response) -> MarkError:
    try:
        told = read_object(response.content)
    except MalformedError:
        told = {}
    return _error(response.status_code, told)


def _error(status: int, told: Mapping[str, Any]) -> MarkError:
    title = told.get("detail") or told.get("title") or f"the registry answered with status {status}"
    message, hint = str(title), str(told.get("hint") or "")
    match status:
        case 400:
            return MalformedError(message, hint=hint)
        case 404:
            return NotFoundError(message, hint=hint)
        case 409:
            head = told.get("head")
            return ConflictError(message, hint=hint, head=head if isinstance(head, int) else None)
        case 401 | 403:
            return SignatureError(message, hint=hint)
        case 422:
            # Only this one says that the statement was judged and is not in the log: see issue.record_intent.
            return RefusedError(message, hint=hint)
        case _:
            return UnavailableError(message, hint=hint or _AGAIN)
