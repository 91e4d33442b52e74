"""A file that somebody drops to have it checked: what it is, and the question in it.

The document of a mark (PDF) gives the mark that is attached to it, a picture or a drawing the text of its QR; a token,
a bundle and a text are questions as they are. Everything else is told apart, so that each gets an answer of its own.
The browser's judge reads files by the same rules (static/scan/dropped.js).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from verifier.bundle import Bundle, parse_bundle
from verifier.edge.drawing.drawn_code import codes_in_drawing, is_drawing
from verifier.edge.drawing.qr import decode_qr
from verifier.edge.pdf_attachments import attached_files, is_encrypted, is_pdf
from verifier.edge.question import Question, is_mark, marks_among, question_of_text, token_type
from verifier.edge.recognised import members_of, names_recognition, tells_recognition
from verifier.errors import EvidenceError, MarkError, NewerVersionError, UnreadableFileError, WrongUseError
from verifier.mark import TYP as MARK

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["document", "picture", "drawing", "token", "bundle", "text"]
WHY = (
    "empty", "too_large", "document_locked", "document_broken", "document_without_mark", "recognised",
    "picture_unreadable", "picture_heic", "picture_without_code", "other_code", "several", "drawing_unread",
    "bundle_unreadable", "bundle_newer", "bundle_without_mark", "verdict", "other_json", "other_token", "archive",
    "text_without_mark", "unknown",
)  # fmt: skip
"""What a file can be that has nothing to check in it."""
LONGEST_TEXT = 20_000
_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc", b"ftypavif")
_PICTURE = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")


@dataclass(frozen=True)
class Dropped:
    """What was in a file: its kind, and the mark or text that is to be judged, with evidence where it brings some."""

    kind: Kind
    question: Question


def read_dropped(data: bytes) -> Dropped:
    """Return the question in a file. Raises UnreadableFileError, whose ``why`` is one of WHY."""
    if not data.strip():
        raise UnreadableFileError("empty", "the file is empty")
    if is_pdf(data):
        return _of_document(data)
    if data[4:12] in _HEIC:
        raise UnreadableFileError("picture_heic", "HEIC and AVIF pictures cannot be read", hint="Save it as JPEG.")
    if data.startswith(_PICTURE) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return _of_picture(data)
    if data.startswith((b"PK\x03\x04", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b\x08")):
        raise UnreadableFileError("archive", "archives and office files are not opened", hint="Unpack it first.")
    if is_drawing(data):
        texts = codes_in_drawing(data)
        if not texts:
            raise UnreadableFileError("drawing_unread", "no code of ours is in this drawing", hint="Photograph it.")
        return _of_codes("drawing", texts)
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise UnreadableFileError("unknown", "this is no kind of file that holds a mark") from error
    return _of_bundle(text) if text.startswith("{") else _of_text(text)


def _of_document(data: bytes) -> Dropped:
    if is_encrypted(data):
        raise UnreadableFileError("document_locked", "the PDF is encrypted", hint="Save it without a password.")
    try:
        files = attached_files(data)
    except EvidenceError as error:
        raise UnreadableFileError("document_broken", error.message) from error
    marks = sorted({text for text in map(_text, files) if is_mark(text)})
    if len(marks) > 1:
        raise _several("the PDF")
    if not marks:
        why = "recognised" if tells_recognition(files) else "document_without_mark"
        raise UnreadableFileError(why, "no mark is attached to this PDF", hint="Scan the QR on it.")
    bundles = [one for one in map(_bundle, files) if one is not None and one.mark == marks[0]]
    return Dropped("document", Question(text=marks[0], bundle=bundles[0] if bundles else None))


def _of_picture(data: bytes) -> Dropped:
    try:
        texts = decode_qr(data)
    except EvidenceError as error:
        raise UnreadableFileError("picture_unreadable", error.message, hint=error.hint) from error
    if not texts:
        raise UnreadableFileError("picture_without_code", "no QR can be read in the picture", hint="Take it closer.")
    return _of_codes("picture", texts)


def _of_codes(kind: Kind, texts: Iterable[str]) -> Dropped:
    marks = marks_among(texts)
    if len(marks) > 1:
        raise _several("the picture")
    if not marks:
        why = "recognised" if any(map(names_recognition, texts)) else "other_code"
        raise UnreadableFileError(why, "the code in the picture is no mark's; what it leads to was not opened")
    return Dropped(kind, Question(text=marks[0]))


def _of_bundle(text: str) -> Dropped:
    try:
        bundle = parse_bundle(text.encode())
    except NewerVersionError as error:
        raise UnreadableFileError("bundle_newer", error.message, hint=error.hint) from error
    except EvidenceError as error:
        members = members_of(text.encode())
        if {"headline", "checks"} <= members.keys():
            raise UnreadableFileError("verdict", "an answer proves nothing; the mark does") from error
        why = "bundle_unreadable" if "mark" in members else "other_json"
        raise UnreadableFileError(why, f"the evidence cannot be read: {error.message}") from error
    if bundle.mark is None:
        raise UnreadableFileError("bundle_without_mark", "the bundle holds no mark")
    return Dropped("bundle", Question(text=bundle.mark, bundle=bundle))


def _of_text(text: str) -> Dropped:
    typ = token_type(text)
    if typ == MARK:
        return Dropped("token", Question(text=text))
    if typ is not None:
        raise UnreadableFileError("other_token", f"this is a {typ}, which is not a mark")
    if names_recognition(text):
        raise UnreadableFileError("recognised", "the text is an address of a recognised foreign assessment")
    without = UnreadableFileError("text_without_mark", "the text is neither a mark nor the text of a mark's QR")
    if len(text) > LONGEST_TEXT:
        raise without
    try:
        question = question_of_text(text)
    except WrongUseError as error:
        raise without from error
    if question.text is not None and "/m/" not in text[:200] and not text.startswith("eyJ"):
        raise without
    return Dropped("text", question)


def _several(what: str) -> UnreadableFileError:
    return UnreadableFileError("several", f"{what} holds several marks", hint="Check them one by one.")


def _text(data: bytes) -> str:
    return data.decode("ascii", "replace").strip() if data.startswith(b"eyJ") else ""


def _bundle(data: bytes) -> Bundle | None:
    try:
        return parse_bundle(data) if data.startswith(b"{") else None
    except MarkError:
        return None
