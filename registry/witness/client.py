"""Asking a witness for its cosignature (C2SP tlog-witness v1.0.0) and for the last checkpoint that it cosigned.

What a witness answers is not trusted: whoever uses a line checks it against the witness policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from verifier.encoding import sha256
from verifier.errors import MalformedError, NotFoundError, RefusedError, UnavailableError
from verifier.log.add_checkpoint import SIZE_TYPE, AddCheckpoint, parse_size
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.note import MAX_NOTE, NoteSignature, read_signature_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHOWN = 200


@dataclass(frozen=True)
class Cosigned:
    """The witness cosigned: its lines, unverified."""

    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True)
class KnowsOtherSize:
    """The witness cosigned another size last: send a proof from there."""

    size: int


class WitnessClient:
    """One witness behind its submission prefix, asked through the given HTTP client, which sets the timeouts."""

    def __init__(self, url: str, http: httpx.Client) -> None:
        self.url = url.rstrip("/")
        self._http = http

    def submit(self, old_size: int, proof: Sequence[bytes], signed: SignedCheckpoint) -> Cosigned | KnowsOtherSize:
        """Ask for a cosignature on a checkpoint that extends the one of ``old_size``.

        Raises RefusedError when the witness will not cosign it, UnavailableError when asking again may help.
        """
        body = AddCheckpoint(old_size, tuple(proof), signed).serialize()
        status, content_type, answer = self._ask("POST", "add-checkpoint", body)
        try:
            if status == httpx.codes.OK:
                return Cosigned(read_signature_lines(answer))
            if status == httpx.codes.CONFLICT and content_type == SIZE_TYPE:
                return KnowsOtherSize(parse_size(answer))
        except MalformedError as error:
            raise UnavailableError(f"the witness {self.url} gave an answer outside the protocol") from error
        shown = answer[:_SHOWN].decode("utf-8", "replace").strip()
        if status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.REQUEST_TIMEOUT) or status >= 500:
            raise UnavailableError(f"the witness {self.url} answered {status}: {shown}")
        raise RefusedError(f"the witness {self.url} answered {status}: {shown}")

    def latest(self, origin: str) -> SignedCheckpoint:
        """Return the last checkpoint of the log that the witness cosigned, unverified.

        Raises NotFoundError when there is none, UnavailableError, MalformedError.
        """
        status, _, answer = self._ask("GET", f"{sha256(origin.encode()).hex()}/checkpoint")
        if status == httpx.codes.NOT_FOUND:
            raise NotFoundError(f"the witness {self.url} has cosigned no checkpoint of {origin}")
        if status != httpx.codes.OK:
            raise UnavailableError(f"the witness {self.url} answered {status}")
        return SignedCheckpoint.parse(answer)

    def _ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, str, bytes]:
        answer = b""
        try:
            with self._http.stream(method, f"{self.url}/{path}", content=body) as response:
                for part in response.iter_bytes():
                    answer += part
                    if len(answer) > MAX_NOTE:
                        raise UnavailableError(f"the witness {self.url} answered without end")
                media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
                return response.status_code, media_type, answer
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnavailableError(f"the witness {self.url} cannot be reached: {error}") from error
