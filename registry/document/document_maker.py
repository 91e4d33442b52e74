"""Making a document: judge, say, set, sign, keep. What is not valid now has no document, whatever is kept of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from registry.document.kept_documents import KeptDocuments
from registry.document.signing import sign_document
from registry.document.typesetting import Attachment, template_bytes, typeset
from registry.errors import DocumentKeyMissingError
from registry.reading.standing import body_answer
from registry.treaty.reading import recognition_answer
from verifier.edge.document import mark_document, recognition_document
from verifier.edge.folder import FolderFetcher
from verifier.encoding import canonical, digest
from verifier.errors import MarkError, NotFoundError, RefusedError
from verifier.examine.examination import Presented
from verifier.gather import gather
from verifier.mark import parse_mark
from verifier.names import parse_name, recognition_uri
from verifier.seal import scan_text
from verifier.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    from registry.document.document_key import DocumentKey
    from verifier.edge.document import Document
    from verifier.gather import Fetcher
    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot

Kind = Literal["m", "r"]
MOST_EVIDENCE = 262_144
"""Bytes of evidence that a document carries at most; more would make a sheet of paper slow to send."""


@dataclass(frozen=True)
class _Drawn:
    """A document and what it carries; ``stable`` of it never changes, the evidence is that of the day it was made."""

    document: Document
    stable: tuple[Attachment, ...]
    evidence: tuple[Attachment, ...] = ()


class DocumentMaker:
    """Makes the documents of one registry. ``key`` is None where none was made: then every request says so."""

    def __init__(
        self, public: Path, private: Path, *, trust_root: TrustRoot, now: Clock, key: DocumentKey | None
    ) -> None:
        self._fetcher: Fetcher = FolderFetcher(public)
        self._kept = KeptDocuments(private)
        self._root = trust_root
        self._now = now
        self._key = key
        self._making = threading.Lock()

    @property
    def certificate(self) -> bytes:
        """The certificate (PEM) of the key that signs. Raises DocumentKeyMissingError."""
        return self._the_key().certificate

    def make(self, kind: Kind, label: str, *, lang: str) -> bytes:
        """Return the signed document of a mark (``m``) or of a recognition (``r``).

        Raises RefusedError for what is not valid now, NotFoundError, FontMissingError, LetterMissingError,
        DocumentKeyMissingError.
        """
        key = self._the_key()
        drawn = self._of_mark(label, lang) if kind == "m" else self._of_recognition(label, lang)
        name = self._name(drawn, key)
        with self._making:
            kept = self._kept.get(name)
            if kept is None:
                kept = sign_document(typeset(drawn.document, (*drawn.stable, *drawn.evidence)), key, now=self._now())
                self._kept.put(name, kept)
        return kept

    def _the_key(self) -> DocumentKey:
        if self._key is None:
            raise DocumentKeyMissingError(
                "this registry has no key for documents",
                hint="Its operator makes one, then starts it again: shirushi registry key document",
            )
        return self._key

    def _of_mark(self, mark_id: str, lang: str) -> _Drawn:
        bundle = gather(self._fetcher, mark_id)
        if bundle.mark is None or bundle.seal is None:
            raise NotFoundError("the mark or its QR seal is not published")
        shown = Presented(mark_id, self._root.host, mark=parse_mark(bundle.mark))
        verdict = verify(shown, bundle=bundle, root=self._root, now=self._now(), live=True)
        if verdict.mark is None:
            raise RefusedError("the mark cannot be read")
        document = mark_document(
            verdict,
            host=self._root.host,
            code=scan_text(bundle.seal),
            body=self._body_name(verdict.mark.issuer),
            lang=lang,
        )
        mark = Attachment("mark.jwt", bundle.mark.encode(), "application/jwt", "source", "The signed mark")
        evidence = bundle.serialize()
        attached = Attachment("bundle.json", evidence, "application/json", "data", "What verifies it without a network")
        return _Drawn(document, (mark,), (attached,) if len(evidence) <= MOST_EVIDENCE else ())

    def _of_recognition(self, label: str, lang: str) -> _Drawn:
        answer = recognition_answer(self._fetcher, self._root, label, now=self._now())
        content = self._root.content
        document = recognition_document(
            answer,
            environment=content.environment,
            zone=content.zone,
            host=content.host,
            code=recognition_uri(content.host, label),
            lang=lang,
        )
        receipt = canonical(answer["receipt"])
        described = "The public receipt of the decision"
        return _Drawn(document, (Attachment("receipt.json", receipt, "application/json", "source", described),))

    def _body_name(self, uri: str) -> str | None:
        try:
            name = body_answer(self._fetcher, self._root, int(parse_name(uri).value))["name"]
        except MarkError:
            return None
        return str(name) if name else None

    def _name(self, drawn: _Drawn, key: DocumentKey) -> str:
        """Return the name of the one file that may say this: words, layout, mark and key decide it."""
        said = {
            "document": drawn.document.members(),
            "files": {one.name: digest(one.data) for one in drawn.stable},
            "template": digest(template_bytes("document.typ")),
            "key": key.fingerprint,
        }
        return f"{digest(canonical(said))}.pdf"
