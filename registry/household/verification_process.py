"""The verification service's process: the public folder, the receipt key and the key of documents.

No database of the registry; the portal's is read where a setting wants its clients to have a larger share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.data_folder import RECEIPT
from registry.document.document_key import load_document_key
from registry.errors import DocumentKeyMissingError
from registry.household.child import Child, now
from registry.portal.portal_database import read_portal
from registry.settings import read_passphrase
from registry.verification.known_clients import KnownClients
from registry.verification.service import create_verification
from verifier.edge.keystore import load_signer
from verifier.edge.web_server import serve_application

if TYPE_CHECKING:
    from registry.document.document_key import DocumentKey
    from registry.verification.fair_share import Known


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
        known=_known(child),
        tells_all=child.settings.access_log == 1,
    )
    service.start()
    serve_application(service.served, address=child.settings.listen, port=child.port, hold=child.hold)
    service.stop()


def _known(child: Child) -> Known | None:
    if child.settings.verification_clients != 1:
        return None
    return KnownClients(lambda: read_portal(child.data, child.settings), now=now).of


def _document_key(child: Child) -> DocumentKey | None:
    try:
        return load_document_key(child.data, read_passphrase())
    except DocumentKeyMissingError:
        # A registry from before there were documents serves everything else.
        return None
