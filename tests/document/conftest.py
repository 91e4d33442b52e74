"""A registry with a valid mark and a key for documents, and how a document is looked at by programs of others."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import httpx
import pypdfium2
import pytest
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from registry.data_folder import DataFolder
from registry.document.document_key import DocumentKey, make_document_key
from registry.document.document_maker import DocumentMaker
from registry.scenario.simulated_plane import disclose_name, published
from registry.verification.service import create_verification
from registry.web.in_process import InProcessTransport
from tests.world import World, fork_issued
from verifier.injected import seeded_entropy

if TYPE_CHECKING:
    from pathlib import Path

    from pyhanko.sign.validation import PdfSignatureStatus

PASSPHRASE = b"correct horse battery"
BODY = "一般社団法人見本評価機構"


@dataclass(frozen=True)
class Pdf:
    """A document, read by PDFium; its objects and its signature by pyHanko's reader."""

    data: bytes

    @cached_property
    def drawn(self) -> pypdfium2.PdfDocument:
        return pypdfium2.PdfDocument(self.data)

    @property
    def text(self) -> str:
        """All text, without white space: lines break where the sheet ends."""
        return "".join("".join(page.get_textpage().get_text_range() for page in self.drawn).split())

    @property
    def attachments(self) -> dict[str, bytes]:
        found = (self.drawn.get_attachment(number) for number in range(self.drawn.count_attachments()))
        return {one.get_name(): bytes(one.get_data()) for one in found}

    @property
    def root(self) -> Any:
        return PdfFileReader(io.BytesIO(self.data)).root

    def picture(self, dpi: int, page: int = 0) -> bytes:
        """Return a page as PNG."""
        buffer = io.BytesIO()
        self.drawn[page].render(scale=dpi / 72).to_pil().save(buffer, "PNG")
        return buffer.getvalue()

    def signature(self, certificate: bytes) -> PdfSignatureStatus:
        """Validate the only signature, trusting the certificate alone."""
        (signature,) = PdfFileReader(io.BytesIO(self.data)).embedded_signatures
        trusted = list(load_certs_from_pemder_data(certificate))
        context = ValidationContext(trust_roots=trusted, allow_fetching=False)
        # Tests with a browser leave an event loop in this thread, beside which pyHanko cannot run its own.
        with ThreadPoolExecutor(1) as alone:
            return alone.submit(validate_pdf_signature, signature, context).result()


@dataclass
class Office:
    """A world with a mark, published into a data folder that has a key for documents."""

    world: World
    mark: str
    data: DataFolder
    key: DocumentKey

    def publish(self) -> None:
        """Write what the world publishes."""
        for path, content in published(self.world.sim).files.items():
            place = self.data.public / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)

    def maker(self, key: DocumentKey | None = None) -> DocumentMaker:
        """Return what makes its documents."""
        sim = self.world.sim
        return DocumentMaker(
            self.data.public, self.data.documents, trust_root=sim.root, now=lambda: sim.now, key=key or self.key
        )

    def client(self, *, key: DocumentKey | None) -> httpx.Client:
        """Return a client before the verification service."""
        sim = self.world.sim
        made = create_verification(
            self.data.public,
            self.data.verification,
            trust_root=sim.root,
            now=lambda: sim.now,
            signer=sim.ceremony.keys.receipt,
            document_key=key,
        )
        transport = InProcessTransport({"verification": made.served})
        return httpx.Client(transport=transport, base_url="http://verification")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a published registry with one valid mark."""
    world, mark = fork_issued()
    disclose_name(world, BODY)
    world.show()
    data = DataFolder(tmp_path / "data")
    made = Office(world, mark, data, DocumentKey(world.sim.ceremony.keys.receipt, b""))
    made.publish()
    entropy = seeded_entropy("documents")
    made.key = make_document_key(data, passphrase=PASSPHRASE, now=world.sim.now, entropy=entropy)
    return made
