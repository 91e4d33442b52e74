"""Signing a document: PAdES B-B (ETSI EN 319 142-1) as an incremental update, by pyHanko, with a key of ours.

The update adds one invisible signature that allows no change and leaves everything else as typesetting made it: version
and metadata stay those of PDF/A-3. There is no time stamp: when a mark was issued is proven by the log, not by the PDF.
"""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

if TYPE_CHECKING:
    from pyhanko.pdf_utils.writer import BasePdfFileWriter
    from pyhanko.sign.signers.pdf_signer import PdfSigningSession

    from registry.document.document_key import DocumentKey

FIELD = "Registry"


def sign_document(pdf: bytes, key: DocumentKey, *, now: int) -> bytes:
    """Return the PDF with the registry's signature, which says the time ``now`` and holds its certificate."""
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signer = _PdfSigner(metadata, _KeySigner(key), at=datetime.fromtimestamp(now, UTC))
    # pyHanko runs an event loop of its own, which a thread that has one already cannot.
    with ThreadPoolExecutor(1) as alone:
        signed = alone.submit(signer.sign_pdf, _UpdateWriter(io.BytesIO(pdf))).result()
    return bytes(signed.getvalue())


class _KeySigner(Signer):
    """Signs with whatever holds the key: memory or a security module."""

    def __init__(self, key: DocumentKey) -> None:
        own, *issuers = load_certs_from_pemder_data(key.certificate)
        known = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # its constructor has no annotation
        for one in issuers:
            known.register(one)
        super().__init__(signing_cert=own, cert_registry=known)
        self._key = key.signer

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        signature = self._key.sign(data)
        return encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))


class _UpdateWriter(IncrementalPdfFileWriter):
    """Leaves the metadata as they are: those of PDF/A must agree with each other, and with the document's date."""

    def _update_meta(self) -> None:
        pass


class _PdfSigner(PdfSigner):
    """Takes the time that it is given, and registers no extension: those make a file PDF 2.0, which A-3 is not."""

    def __init__(self, metadata: PdfSignatureMetadata, signer: Signer, *, at: datetime) -> None:
        super().__init__(metadata, signer)
        self._at = at

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
        pass

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._at
        return session
