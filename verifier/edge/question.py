"""What a person asks about: a file, a picture of a QR, a scanned text, an address or a mark id."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.bundle import Bundle, parse_bundle
from verifier.edge.drawing.drawn_code import codes_in_drawing, is_drawing
from verifier.edge.drawing.qr import decode_qr
from verifier.edge.pdf_attachments import attached_files, is_pdf
from verifier.edge.recognised import names_recognition, recognition_error, tells_recognition
from verifier.encoding import read_object, unb64u
from verifier.envelope import TOKEN_RULES
from verifier.errors import EvidenceError, MarkError, UnavailableError, WrongUseError
from verifier.mark import TYP as MARK
from verifier.markid import normalise_mark_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_BYTES = 20_000_000
LONGEST_PATH = 250
SHORTEST_TEXT = 60

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
    return question_of_text(asked, or_file=True)


def _of_file(path: Path) -> Question:
    if path.stat().st_size > MAX_BYTES:
        raise WrongUseError(f"{path} is larger than {MAX_BYTES} bytes")
    data = path.read_bytes()
    if is_pdf(data):
        return _of_document(data, path)
    if _IMAGE.match(data) or is_drawing(data):
        return Question(text=_of_picture(data, path))
    if path.suffix == ".json" or data[:1] == b"{":
        return _of_bundle(data)
    text = data.decode("utf-8", "replace").strip()
    if names_recognition(text):
        raise recognition_error()
    if not _TOKEN_LIKE.search(text) and "/m/" not in text[:200]:
        raise WrongUseError(
            f"{path} is neither a picture nor a token nor a bundle",
            hint="PNG, JPEG, GIF, BMP, WebP, TIFF, SVG and PDF are read.",
        )
    other = token_type(text)
    if other not in (None, MARK):
        raise WrongUseError(f"{path} holds a {other}, which is not a mark", hint="Give mark.jwt, bundle.json or a QR.")
    return Question(text=text)


def claims_mark(text: str) -> bool:
    """Say whether a text looks like a mark's token or like the text of a QR, be it damaged or forged."""
    return "/m/" in text.lower() or _TOKEN_LIKE.search(text) is not None


def marks_among(texts: Iterable[str]) -> list[str]:
    """Return those of the texts of codes that look like a mark's: addresses, or tokens where there is no address."""
    claimed = list(dict.fromkeys(filter(claims_mark, texts)))
    return [text for text in claimed if "/m/" in text.lower()] or claimed


def mark_among(texts: Sequence[str], what: str) -> str:
    """Return the text of the one mark among the codes that were read in a picture. ``what`` is the word for it.

    What no code of a mark says is not followed, and not called forged. Raises WrongUseError for several marks or none.
    """
    marks = marks_among(texts)
    if len(marks) > 1:
        raise WrongUseError(f"{what} shows several marks", hint="Cut the picture so that one is left.")
    if marks:
        return marks[0]
    if any(map(names_recognition, texts)):
        raise recognition_error()
    raise WrongUseError(
        f"the code in {what} is no mark's; what it leads to was not opened", hint="Give a picture of the mark's QR."
    )


def is_mark(text: str) -> bool:
    """Say whether a text says of itself that it is a mark's token."""
    return token_type(text) == MARK


def token_type(text: str) -> str | None:
    """Return the type that a text says of itself if it is a token of ours by its look, None for anything else."""
    try:
        typ = read_object(unb64u(text.partition(".")[0])).get("typ") if text.startswith("eyJ") else None
    except MarkError:
        return None
    return typ if typ in TOKEN_RULES else None


def _of_document(data: bytes, path: Path) -> Question:
    try:
        files = attached_files(data)
    except EvidenceError as error:
        raise UnavailableError(f"the PDF {path} cannot be read: {error.message}") from error
    marks = {text for text in (one.decode("ascii", "replace") for one in files) if is_mark(text)}
    if not marks and tells_recognition(files):
        raise recognition_error()
    if len(marks) != 1:
        attached = f"{len(marks)} marks are" if marks else "no mark is"
        raise WrongUseError(f"{attached} attached to the PDF {path}", hint="Give the mark's file or its QR.")
    return Question(text=marks.pop())


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
        texts = codes_in_drawing(data) if is_drawing(data) else decode_qr(data)
    except EvidenceError as error:
        raise UnavailableError(f"the picture {path} cannot be read: {error.message}") from error
    if not texts:
        raise UnavailableError(f"no QR code can be read in {path}", hint="Take the picture closer and sharper.")
    return mark_among(texts, str(path))


def question_of_text(asked: str, *, or_file: bool = False) -> Question:
    """Return the question of a text that is no file; ``or_file`` says that the name of one could have been given.

    Raises WrongUseError when it is nothing that can be verified. A text that looks like a mark's is a question however
    it is damaged: what is wrong with it is for the judge to say. A short one without digits was typed, and mistyped.
    """
    address = _ADDRESS.fullmatch(asked)
    try:
        host, mark_id = (address[1], address[2]) if address else (None, asked)
        return Question(mark_id=normalise_mark_id(mark_id), host=host)
    except MarkError:
        if names_recognition(asked):
            raise recognition_error() from None
        if claims_mark(asked) and ("#" in asked or len(asked) > SHORTEST_TEXT):
            return Question(text=asked)
        file, given = ("a file, ", "a file (token, bundle or picture of the QR), ") if or_file else ("", "")
        raise WrongUseError(
            f"{asked[:60]!r} is neither {file}a mark id, an address of a mark, the text of its QR nor a token",
            hint=f"Give {given}a mark id, the whole text of the QR or the token.",
        ) from None
