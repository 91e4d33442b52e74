"""A process that checks ES256 signatures for another one, so that a second core has work while the first one judges.

It reads frames from standard input: the length of what follows (two bytes), then for each signature the key (x || y),
the SHA-256 of what was signed and the signature (r || s). It answers each frame with one byte, whose bit n says whether
signature n of the frame is good. It holds no secret, and ends when its input does.
"""

from __future__ import annotations

import signal
import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from verifier.encoding import b64u
from verifier.errors import MarkError
from verifier.keys import SIGNATURE_BYTES, VerifyingKey, import_jwk

if TYPE_CHECKING:
    from typing import BinaryIO

READY = b"\x80"
"""Stands before the first answer: no frame has so many signatures."""

KEY_BYTES, DIGEST_BYTES = 64, 32
CHECK_BYTES = KEY_BYTES + DIGEST_BYTES + SIGNATURE_BYTES


def serve(frames: BinaryIO, answers: BinaryIO) -> None:
    """Answer frames until there are no more."""
    answers.write(READY)
    answers.flush()
    while len(length := frames.read(2)) == 2:
        answers.write(bytes([answer(frames.read(int.from_bytes(length)))]))
        answers.flush()


def answer(frame: bytes) -> int:
    """Return the bits of one frame."""
    starts = range(0, len(frame), CHECK_BYTES)
    return sum(_is_good(frame[at : at + CHECK_BYTES]) << number for number, at in enumerate(starts))


def _is_good(check: bytes) -> bool:
    try:
        key = _key(check[:KEY_BYTES])
        key.verify_digest(check[KEY_BYTES + DIGEST_BYTES :], check[KEY_BYTES : KEY_BYTES + DIGEST_BYTES])
    except MarkError:
        return False
    return True


@lru_cache(maxsize=1024)
def _key(point: bytes) -> VerifyingKey:
    return import_jwk({"kty": "EC", "crv": "P-256", "x": b64u(point[:32]), "y": b64u(point[32:])})


if __name__ == "__main__":
    # The parent ends it by closing the pipe, also when somebody interrupts the whole group of processes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(sys.stdin.buffer, sys.stdout.buffer)
