"""What is attached to a PDF (ISO 32000-2, 7.11.4), found without reading the PDF as a whole.

A file that is attached is a stream of its own whose dictionary says so; that is all that is looked for. Nothing of the
page is drawn, no object is followed and what is unpacked is capped, so a hostile file costs a search and no more. Names
are not read: what an attached file is, its content says. Encrypted files are told apart, not opened.
"""

from __future__ import annotations

import re
import zlib

from verifier.errors import MalformedError

MOST_FILES = 16
MOST_BYTES = 1_048_576
"""Bytes of one attached file, unpacked."""
MOST_TOGETHER = 2 * MOST_BYTES
"""Bytes of all of them."""
_MOST_NAMED = 1000
"""Times that a PDF may speak of attached files: each is looked into."""
_LONGEST_DICTIONARY = 2_000
_EMBEDDED = re.compile(rb"/EmbeddedFile(?![A-Za-z])")
_STREAM = re.compile(rb"stream\r?\n")


def is_pdf(data: bytes) -> bool:
    """Say whether a file begins as PDFs do."""
    return data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-")


def is_encrypted(data: bytes) -> bool:
    """Say whether a PDF says that its streams are encrypted."""
    return re.search(rb"/Encrypt[ \r\n\t]*[0-9<]", data) is not None


def attached_files(data: bytes) -> list[bytes]:
    """Return the content of every attached file, each once, in the order of the PDF.

    Raises MalformedError for a file that cannot be unpacked, and for more or larger ones than a document has.
    """
    found: list[bytes] = []
    for number, match in enumerate(_EMBEDDED.finditer(data)):
        if number == _MOST_NAMED:
            raise MalformedError("the PDF speaks of too many attached files")
        opening = _STREAM.search(data, match.end(), match.end() + _LONGEST_DICTIONARY)
        if opening is None:
            continue
        if len(found) == MOST_FILES:
            raise MalformedError("the PDF has too many attached files")
        start = data.rfind(b"obj", max(0, match.start() - _LONGEST_DICTIONARY), match.start())
        content = _unpacked(data, opening.end(), data[max(start, 0) : opening.start()])
        if content not in found:
            found.append(content)
        if sum(map(len, found)) > MOST_TOGETHER:
            raise MalformedError("the files attached to the PDF are too large together")
    return found


def _unpacked(data: bytes, start: int, dictionary: bytes) -> bytes:
    end = data.find(b"endstream", start, start + MOST_BYTES)
    if end < 0:
        raise MalformedError("an attached file is too large or does not end")
    # An end of line before the word is not of the content; the last byte of the content may look like one.
    ends = [end - len(one) for one in (b"\r\n", b"\n", b"") if data[start:end].endswith(one)]
    if b"/Filter" not in dictionary:
        return data[start : ends[0]]
    if b"/FlateDecode" not in dictionary or b"/DecodeParms" in dictionary:
        raise MalformedError("an attached file is packed in a way that documents are not")
    for one in ends:
        unpacking = zlib.decompressobj()
        try:
            content = unpacking.decompress(data[start:one], MOST_BYTES)
        except zlib.error:
            continue
        if unpacking.eof and not unpacking.unused_data:
            return content
    raise MalformedError("an attached file cannot be unpacked")
