"""What a person asks about: a file, a picture of a QR, a scanned text, an address or a mark id."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from verifier.bundle import Bundle, parse_bundle
from verifier.edge.qr import decode_qr
from verifier.encoding import read_object, unb64u
from verifier.envelope import TOKEN_RULES
from verifier.errors import EvidenceError, MarkError, UnavailableError, WrongUseError
from verifier.mark import TYP as MARK
from verifier.markid import normalise_mark_id

MAX_BYTES = 20_000_000
LONGEST_PATH = 250

_IMAGE = re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|BM|RIFF....WEBP|II\*\x00|MM\x00\*", re.DOTALL)
_TOKEN_LIKE = re.compile(r"^eyJ|\.eyJ")
_ADDRESS = re.compile(r"(?:https?://([^/]+))?/?m/([^/?#.]+)(?:\.[a-z-]+|/[a-z.-]+)?/?(?:\?[^#]*)?")


@dataclass(frozen=True)
class Question:
    """What is to be verified: a token's or a QR's text, or a mark id, under a host if an address was given.

    A bundle file brings its own evidence.
    """

    text: str | None = None
    mark_id: str | None = None
    host: str | None = None
    bundle: Bundle | None = None


def read_question(asked: str) -> Question:
    """Return the question of a command line argument.

    Raises WrongUseError when it is nothing that can be verified, UnavailableError for a picture without a readable QR.
    """
    path = Path(asked)
    if len(asked) < LONGEST_PATH and path.is_file():
        return _of_file(path)
    return question_of_text(asked)


def _of_file(path: Path) -> Question:
    if path.stat().st_size > MAX_BYTES:
        raise WrongUseError(f"{path} is larger than {MAX_BYTES} bytes")
    data = path.read_bytes()
    if _IMAGE.match(data):
        return Question(text=_of_picture(data, path))
    if path.suffix == ".json" or data[:1] == b"{":
        return _of_bundle(data)
    text = data.decode("utf-8", "replace").strip()
    if not _TOKEN_LIKE.search(text) and "/m/" not in text[:200]:
        raise WrongUseError(
            f"{path} is neither a picture nor a token nor a bundle", hint="PNG, JPEG, GIF, BMP, WebP and TIFF are read."
        )
    other = _other_type(text)
    if other:
        raise WrongUseError(f"{path} holds a {other}, which is not a mark", hint="Give mark.jwt, bundle.json or a QR.")
    return Question(text=text)


def _other_type(text: str) -> str | None:
    """Return the type of a token that is one of ours but no mark."""
    try:
        typ = read_object(unb64u(text.partition(".")[0])).get("typ")
    except MarkError:
        return None
    return typ if typ in TOKEN_RULES and typ != MARK else None


def _of_bundle(data: bytes) -> Question:
    # A bundle that cannot be read says nothing about any mark, so this is not called forged.
    try:
        bundle = parse_bundle(data)
    except EvidenceError as error:
        raise UnavailableError(f"the bundle cannot be read: {error.message}") from error
    if bundle.mark is None:
        raise UnavailableError("the bundle holds no mark")
    return Question(text=bundle.mark, bundle=bundle)


def _of_picture(data: bytes, path: Path) -> str:
    try:
        texts = decode_qr(data)
    except EvidenceError as error:
        raise UnavailableError(f"the picture {path} cannot be read: {error.message}") from error
    if not texts:
        raise UnavailableError(f"no QR code can be read in {path}", hint="Take the picture closer and sharper.")
    marks = [text for text in texts if "/m/" in text]
    if len(marks) > 1:
        raise WrongUseError(f"{path} shows several marks", hint="Cut the picture so that one is left.")
    return (marks or texts)[0]


def question_of_text(asked: str) -> Question:
    """Return the question of a text that is no file. Raises WrongUseError when it is nothing that can be verified."""
    address = _ADDRESS.fullmatch(asked)
    try:
        host, mark_id = (address[1], address[2]) if address else (None, asked)
        return Question(mark_id=normalise_mark_id(mark_id), host=host)
    except MarkError:
        if "#" in asked or len(asked) > 60:
            return Question(text=asked)
        raise WrongUseError(
            f"{asked[:60]!r} is neither a file, a mark id, an address of a mark nor a token",
            hint="Give a file (token, bundle or picture of the QR), a mark id or the text of the QR.",
        ) from None
