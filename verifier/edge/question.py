"""What a person asks about: a file, a picture of a QR, a scanned text, an address or a mark id."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from verifier.bundle import Bundle, parse_bundle
from verifier.edge.qr import decode_qr
from verifier.errors import MalformedError, MarkError, UnavailableError, WrongUseError
from verifier.markid import normalise_mark_id

MAX_BYTES = 20_000_000

_IMAGE = re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|BM|RIFF....WEBP|II\*\x00|MM\x00\*", re.DOTALL)
_ADDRESS = re.compile(r"(?:https?://[^/]+)?/?m/([^/?#.]+)(?:\.[a-z-]+|/[a-z.-]+)?/?(?:\?[^#]*)?")


@dataclass(frozen=True)
class Question:
    """What is to be verified: a token's or a QR's text, or only a mark id; a bundle file brings its own evidence."""

    text: str | None = None
    mark_id: str | None = None
    bundle: Bundle | None = None


def read_question(asked: str) -> Question:
    """Return the question of a command line argument.

    Raises WrongUseError when it is nothing that can be verified, UnavailableError for a picture without a readable QR.
    """
    path = Path(asked)
    if len(asked) < 1024 and path.is_file():
        return _of_file(path)
    return _of_text(asked)


def _of_file(path: Path) -> Question:
    if path.stat().st_size > MAX_BYTES:
        raise WrongUseError(f"{path} is larger than {MAX_BYTES} bytes")
    data = path.read_bytes()
    if _IMAGE.match(data):
        return Question(text=_of_picture(data, path))
    if path.suffix == ".json" or data[:1] == b"{":
        bundle = parse_bundle(data)
        if bundle.mark is None:
            raise MalformedError("the bundle holds no mark")
        return Question(text=bundle.mark, bundle=bundle)
    try:
        return Question(text=data.decode().strip())
    except UnicodeDecodeError as error:
        raise WrongUseError(f"{path} is neither a picture nor a token nor a bundle") from error


def _of_picture(data: bytes, path: Path) -> str:
    texts = decode_qr(data)
    if not texts:
        raise UnavailableError(f"no QR code can be read in {path}", hint="Take the picture closer and sharper.")
    marks = [text for text in texts if "/m/" in text]
    if len(marks) > 1:
        raise WrongUseError(f"{path} shows several marks", hint="Cut the picture so that one is left.")
    return (marks or texts)[0]


def _of_text(asked: str) -> Question:
    address = _ADDRESS.fullmatch(asked)
    try:
        return Question(mark_id=normalise_mark_id(address[1] if address else asked))
    except MarkError:
        if "#" in asked or len(asked) > 60:
            return Question(text=asked)
        raise WrongUseError(
            f"{asked[:60]!r} is neither a file, a mark id, an address of a mark nor a token",
            hint="Give a file (token, bundle or picture of the QR), a mark id or the text of the QR.",
        ) from None
