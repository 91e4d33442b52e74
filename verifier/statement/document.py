"""Document: the files that a statement pins by one digest, and the one text in which they travel beside it.

A version of an agreement or of a mapping is a small set of files, pinned as scheme packs are. The text is the canonical
JSON ``{"files": {name: content}}``; it is served under ``documents/<digest>.json``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verifier.encoding import canonical, read_object
from verifier.errors import MalformedError, RefusedError
from verifier.scheme.tables import files_digest, text_problem
from verifier.statement.public import NoticePublished
from verifier.statement.recognition import AgreementVersion, MappingPublished, RecognitionRecorded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.statement import Statement

MOST_CHARACTERS = 400_000
MOST_FILES = 32
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}(?:/[a-z0-9][a-z0-9._-]{0,63})?")


def write_document(files: Mapping[str, bytes]) -> str:
    """Return the text of a set of UTF-8 files. Raises MalformedError for what no document may hold."""
    if not 1 <= len(files) <= MOST_FILES:
        raise MalformedError(f"a document holds 1 to {MOST_FILES} files")
    for name, data in files.items():
        problem = text_problem(data) if _NAME.fullmatch(name) else "not a name for a file of a document"
        if problem:
            raise MalformedError(f"{name[:80]}: {problem}")
    text = canonical({"files": {name: data.decode() for name, data in files.items()}}).decode()
    if len(text) > MOST_CHARACTERS:
        raise MalformedError(f"the document is longer than {MOST_CHARACTERS} characters")
    return text


def read_document(text: str, *, sha256: str) -> dict[str, bytes]:
    """Return the files of a document by name.

    Raises MalformedError for a text of another form, RefusedError when its files are not those of the digest.
    """
    if len(text) > MOST_CHARACTERS:
        raise MalformedError(f"the document is longer than {MOST_CHARACTERS} characters")
    members = read_object(text.encode())
    shown = members.get("files")
    if members.keys() != {"files"} or not isinstance(shown, dict):
        raise MalformedError("a document has the one member files")
    files = {name: content.encode() for name, content in shown.items() if isinstance(content, str)}
    if len(files) != len(shown) or write_document(files) != text:
        raise MalformedError("the document is not in its one form")
    if files_digest(files) != sha256:
        raise RefusedError("the document is not the one that the statement pins")
    return files


def document_of(statement: Statement) -> str | None:
    """Return the digest of the document that a statement pins, None for one that pins none."""
    match statement.public:
        case MappingPublished(sha256=sha256) | AgreementVersion(sha256=sha256) | NoticePublished(sha256=sha256):
            return sha256
        case RecognitionRecorded(receipt_sha256=sha256):
            return sha256
        case _:
            return None


def document_path(sha256: str) -> str:
    """Return where the read plane serves the document of that digest."""
    return f"documents/{sha256}.json"
