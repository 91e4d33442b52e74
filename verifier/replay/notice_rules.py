"""What may be said in a notice: its text is published with it, in Japanese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.errors import NotFoundError, RefusedError
from verifier.statement.document import read_document
from verifier.statement.public import NoticePublished

if TYPE_CHECKING:
    from verifier.replay.companions import Companions
    from verifier.statement import Statement

TEXTS = ("en.md", "ja.md")
LONGEST = 20_000
"""Characters of a text."""


def check_notice(statement: Statement, companions: Companions) -> None:
    """Check that a notice comes with its texts. Raises NotFoundError, MalformedError or RefusedError."""
    if not isinstance(statement.public, NoticePublished):
        return
    if companions.document is None:
        raise NotFoundError("the text of the notice is not at hand")
    files = read_document(companions.document, sha256=statement.public.sha256)
    if tuple(sorted(files)) != TEXTS:
        raise RefusedError("a notice is exactly the texts ja.md and en.md")
    for name, data in files.items():
        text = data.decode()
        if not text.strip() or len(text) > LONGEST:
            raise RefusedError(f"{name} is empty, or longer than {LONGEST} characters")
