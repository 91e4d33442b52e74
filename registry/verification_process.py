"""The verification service's process: the public folder and the receipt key; no database, no other key."""

from __future__ import annotations

from registry.child import Child, now
from registry.data_folder import RECEIPT
from registry.settings import read_passphrase
from registry.verification.service import create_verification
from registry.web_server import serve_application
from verifier.edge.keystore import load_signer


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
    )
    service.start()
    serve_application(service.served, address=child.settings.listen, port=child.port, hold=child.hold)
    service.stop()
