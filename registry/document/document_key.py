"""The key that documents are signed with, and its self-signed X.509 certificate; both lie beside the registry's keys.

It signs nothing else and is no key of the trust root: whoever steals it can make sheets of paper, and paper proves
nothing. So it may be made again at any time, and no entry of the log says so.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from registry.errors import DocumentKeyMissingError
from verifier.edge.keystore import load_signer, save_signer
from verifier.encoding import b64u
from verifier.errors import KeyRefusedError, NotFoundError, WrongUseError
from verifier.signer import SoftwareSigner

if TYPE_CHECKING:
    from pathlib import Path

    from registry.data_folder import DataFolder
    from verifier.injected import Entropy
    from verifier.signer import Signer

DOCUMENT = "document"
YEARS = 10
_PASSING = b"held in memory only"


@dataclass(frozen=True)
class DocumentKey:
    """The key with its certificate (PEM), which those of its issuers may follow."""

    signer: Signer
    certificate: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate's DER, in hexadecimal: what PDF readers show."""
        return x509.load_pem_x509_certificate(self.certificate).fingerprint(hashes.SHA256()).hex()


def make_document_key(data: DataFolder, *, passphrase: bytes, now: int, entropy: Entropy) -> DocumentKey:
    """Make the key and its certificate in a data folder. Raises WrongUseError where there is one, NotFoundError."""
    place = certificate_file(data)
    if place.exists():
        raise WrongUseError(f"{place} exists", hint="Move it and document.pem away to make a new key.")
    signer = SoftwareSigner.generate(entropy)
    certificate = _self_signed(signer, host=data.trust_root().host, now=now, entropy=entropy)
    save_signer(data.key(DOCUMENT), signer, passphrase)
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(certificate)
        file.flush()
        os.fsync(file.fileno())
    return DocumentKey(signer, certificate)


def load_document_key(data: DataFolder, passphrase: bytes) -> DocumentKey:
    """Return the key. Raises DocumentKeyMissingError where none was made, KeyRefusedError for one that is not whole."""
    try:
        certificate = certificate_file(data).read_bytes()
        signer = load_signer(data.key(DOCUMENT), passphrase)
    except (OSError, NotFoundError) as error:
        raise DocumentKeyMissingError(
            "this registry has no key for documents", hint="Its operator makes one: shirushi registry key document"
        ) from error
    if _jwk_of(certificate) != signer.jwk:
        raise KeyRefusedError(
            "document.crt does not belong to document.pem", hint="Put back the pair that was made together."
        )
    return DocumentKey(signer, certificate)


def certificate_file(data: DataFolder) -> Path:
    """Return where the certificate lies."""
    return data.key(DOCUMENT).with_suffix(".crt")


def document_certificate(data: DataFolder) -> bytes:
    """Return the certificate (PEM) of the key for documents, empty where none was made. It is no secret."""
    place = certificate_file(data)
    return place.read_bytes() if place.is_file() else b""


def _self_signed(signer: SoftwareSigner, *, host: str, now: int, entropy: Entropy) -> bytes:
    key = load_pem_private_key(signer.to_pem(_PASSING), _PASSING)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Documents of {host}"[:64])])
    begins = datetime.fromtimestamp(now, UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(entropy(16)) >> 1 | 1)
        .not_valid_before(begins)
        .not_valid_after(begins + YEARS * timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


def _jwk_of(certificate: bytes) -> dict[str, str]:
    """Return the public key of a certificate as JWK, empty for what is no certificate of a P-256 key."""
    try:
        key = x509.load_pem_x509_certificate(certificate).public_key()
    except ValueError:
        return {}
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        return {}
    numbers = key.public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": b64u(numbers.x.to_bytes(32)), "y": b64u(numbers.y.to_bytes(32))}
