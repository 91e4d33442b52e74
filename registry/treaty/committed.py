"""The documents of the read plane, and those of entries that are committed and not yet published.

An agreement may be put in force, and its recognitions asked about, once their entries are committed; the publisher
lays their documents into the public folder a moment later, or when the witnesses are back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.rows import queries
from verifier.errors import NotFoundError
from verifier.statement.document import document_path

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from registry.publishing.published import Published


class CommittedDocuments:
    """Serves documents by their digests, as far as one connection sees them."""

    def __init__(self, connection: Connection, published: Published) -> None:
        self._connection = connection
        self._published = published

    def document(self, sha256: str) -> str:
        """Return the text of a document. Raises NotFoundError where no entry brought it."""
        # Before the folder is read: what is published in between is found there.
        latest = self._published.latest()
        try:
            return self._published.plane.fetch(document_path(sha256)).decode("utf-8", "replace")
        except NotFoundError:
            text = queries.document(self._connection, sha256, start=0 if latest is None else latest.size)
            if text is None:
                raise
            return text
