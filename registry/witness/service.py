"""One witness over HTTP (C2SP tlog-witness v1.0.0): POST add-checkpoint, GET <hex sha256 of the origin>/checkpoint.

The witness never signs an earlier time than it signed before: a cosignature claims that the checkpoint was the largest
seen by then, and dating rests on it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from registry.witness.decision import TEXT_TYPE, Accept, Decline, decide
from registry.witness.store import WitnessStore
from verifier.encoding import sha256
from verifier.errors import MalformedError, UnavailableError
from verifier.log.add_checkpoint import AddCheckpoint, parse_add_checkpoint
from verifier.log.cosignature import Cosigner

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from starlette.requests import Request

    from registry.witness.store import Record
    from verifier.injected import Clock
    from verifier.log.note import NoteSignature, VerifierKey

MAX_BODY = 131_072

BODY_WITHIN = 10.0
"""Seconds that a client has to send its request."""


@dataclass(frozen=True)
class WitnessConfig:
    """One witness: its name, its Ed25519 key, the file of its store, the logs that it follows, its clock.

    The name of a log key is the origin it is trusted for; an origin may have several keys.
    """

    name: str
    key: Ed25519PrivateKey
    store: Path
    logs: tuple[VerifierKey, ...]
    clock: Clock


class Witness:
    """A witness with its store open."""

    def __init__(self, config: WitnessConfig) -> None:
        self._clock = config.clock
        self._cosigner = Cosigner(config.name, config.key)
        self._logs = config.logs
        self._origins = {sha256(key.name.encode()).hex(): key.name for key in config.logs}
        self.store = WitnessStore(config.store)

    @property
    def key(self) -> VerifierKey:
        """The key under which the witness cosigns."""
        return self._cosigner.key

    def add_checkpoint(self, request: AddCheckpoint) -> NoteSignature | Decline:
        """Return the cosignature, after the new head is durable, or why there is none. Raises UnavailableError."""
        origin = request.signed.checkpoint.origin
        keys = [key for key in self._logs if key.name == origin]
        while True:
            record = self.store.record(origin)
            decision = decide(request, keys, record.head)
            if isinstance(decision, Decline):
                self._keep_fork(decision, record)
                return decision
            # Somebody else may move the head in between; then the request is judged anew against the new head.
            if (line := self._cosign(decision, record)) is not None:
                return line

    def routes(self) -> list[Route]:
        """Return the routes of the submission and the monitoring prefix, which are the same."""
        return [
            Route("/add-checkpoint", self._post, methods=["POST"]),
            Route("/{origin}/checkpoint", self._get, methods=["GET"]),
        ]

    def _cosign(self, accepted: Accept, record: Record) -> NoteSignature | None:
        now = self._clock()
        if now < record.time:
            raise UnavailableError("the clock of this witness stands before its last cosignature")
        line = self._cosigner.cosign(accepted.signed, now)
        return line if self.store.advance(record, accepted.signed.adding(line), time=now) else None

    def _keep_fork(self, decision: Decline, record: Record) -> None:
        if decision.fork is not None:
            self.store.keep_fork(record.checkpoint, decision.fork, time=self._clock())

    async def _post(self, request: Request) -> Response:
        body = b""
        try:
            async with asyncio.timeout(BODY_WITHIN):
                async for part in request.stream():
                    body += part
                    if len(body) > MAX_BODY:
                        return _plain(413, "the request is too large\n")
        except TimeoutError:
            return _plain(408, "the request is too slow\n")
        try:
            answer = self.add_checkpoint(parse_add_checkpoint(body))
        except MalformedError as error:
            return _plain(400, f"{error.message}\n")
        except UnavailableError as error:
            return _plain(503, f"{error.message}\n")
        if isinstance(answer, Decline):
            return _plain(answer.status, answer.body, answer.content_type)
        return _plain(200, answer.line)

    async def _get(self, request: Request) -> Response:
        origin = self._origins.get(request.path_params["origin"])
        try:
            checkpoint = self.store.record(origin).checkpoint if origin is not None else b""
        except UnavailableError as error:
            return _plain(503, f"{error.message}\n")
        if not checkpoint:
            return _plain(404, "this witness has cosigned no checkpoint of that log\n")
        return PlainTextResponse(checkpoint, headers={"Cache-Control": "no-store"})


def _plain(status: int, text: str, content_type: str = TEXT_TYPE) -> Response:
    return Response(text, status, headers={"Content-Type": content_type, "Cache-Control": "no-store"})
