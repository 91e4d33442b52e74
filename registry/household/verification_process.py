"""The verification service's process: the public folder, the receipt key and the key of documents; no database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.data_folder import RECEIPT
from registry.document.document_key import load_document_key
from registry.errors import DocumentKeyMissingError
from registry.household.child import Child, now
from registry.settings import read_passphrase
from registry.verification.service import create_verification
from verifier.edge.keystore import load_signer
from verifier.edge.web_server import serve_application

if TYPE_CHECKING:
    from registry.document.document_key import DocumentKey


def run(child: Child) -> None:
    """Serve questions until told to end."""
    signer = load_signer(child.data.key(RECEIPT), read_passphrase())
    service = create_verification(
        child.data.public,
        child.data.verification,
        trust_root=child.data.trust_root(),
        now=now,
        signer=signer,
        read_url=child.settings.read_url,
        document_key=_document_key(child),
        tells_all=child.settings.access_log == 1,
    )
    service.start()
    serve_application(service.served, address=child.settings.listen, port=child.port, hold=child.hold)
    service.stop()


def _document_key(child: Child) -> DocumentKey | None:
    try:
        return load_document_key(child.data, read_passphrase())
    except DocumentKeyMissingError:
        # A registry from before there were documents serves everything else.
        return None
