"""Reading the signature of a PDF that somebody shows: CMS (RFC 5652) over the byte ranges of ISO 32000-2, 12.8.1.

Asked is one thing: whether these are the bytes that this registry's key for documents signed. The signature has to
cover the whole file but itself, which PAdES allows to be otherwise; there is no chain, no time and no revocation to
judge, since the one certificate that counts is at hand. The browser does the same (static/scan/signed_pdf.js).
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any, Literal

from asn1crypto import cms  # type: ignore[import-untyped]  # it brings no types
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

SignatureState = Literal["none", "ours", "other", "unknown_key", "changed", "unreadable"]
STATES: tuple[SignatureState, ...] = ("none", "ours", "other", "unknown_key", "changed", "unreadable")
_RANGE = re.compile(rb"/ByteRange\s{0,9}\[\s{0,9}(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s{0,99}\]")
_CONTENTS = re.compile(rb"<[0-9A-Fa-f]{2,60000}>")


def document_signature(pdf: bytes, certificate: bytes) -> SignatureState:
    """Say whether the PDF is signed by the key of ``certificate`` (PEM, empty where none is known) and unchanged since.

    ``other`` is a whole signature by another key, ``unknown_key`` one where there is no certificate to compare with;
    ``changed`` is a file that says something else than what was signed.
    """
    ranges = list(_RANGE.finditer(pdf))
    if not ranges:
        return "none"
    first, length, second, rest = (int(one) for one in ranges[-1].groups())
    gap = pdf[length:second]
    if first != 0 or second + rest != len(pdf) or not _CONTENTS.fullmatch(gap):
        return "changed"
    signed = sha256(pdf[:length] + pdf[second:]).digest()
    try:
        shown = _signer(bytes.fromhex(gap[1:-1].decode()), signed)
    except (ValueError, TypeError, KeyError, LookupError):
        return "unreadable"
    if shown is None:
        return "changed"
    if not certificate:
        return "unknown_key"
    own = x509.load_pem_x509_certificate(certificate).public_bytes(Encoding.DER)
    return "ours" if shown == own else "other"


def _signer(signature: bytes, digest: bytes) -> bytes | None:
    """Return the certificate (DER) of whoever signed that digest, None where the signature does not hold."""
    signed_data: Any = cms.ContentInfo.load(signature)["content"]
    (signer,) = signed_data["signer_infos"]
    wanted = signer["sid"].chosen.native["serial_number"]
    (certificate,) = (one.chosen for one in signed_data["certificates"] if one.chosen.serial_number == wanted)
    if signer["digest_algorithm"]["algorithm"].native != "sha256":
        raise ValueError("documents are signed over SHA-256")
    try:
        whole, fits = validate_sig_integrity(signer, certificate, "data", digest)
    except Exception as error:  # pyHanko's errors have no common root, and the bytes are a stranger's
        raise ValueError("the signature cannot be read") from error
    return bytes(certificate.dump()) if whole and fits else None
