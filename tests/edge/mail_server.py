"""A real SMTP server on loopback for tests: it keeps what it takes, and fails where it is told to."""

from __future__ import annotations

import datetime
import email
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.ports import free_port


@dataclass
class Taken:
    """A letter that the server took: from whom, to whom, the message, and whether it came encrypted."""

    sender: str
    to: list[str]
    message: EmailMessage
    encrypted: bool


@dataclass
class PostOffice:
    """What the server does with letters: ``answers`` to addresses, and ``drops``, at which connections end."""

    letters: list[Taken] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    drops: set[str] = field(default_factory=set)
    data_answer: str = "250 taken"
    port: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Take or refuse an address."""
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a letter; at an address in ``drops`` it is taken and the connection ends without an answer."""
        if self.data_answer.startswith("250"):
            message = email.message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.letters.append(Taken(envelope.mail_from, envelope.rcpt_tos, message, session.ssl is not None))
        if self.drops & set(envelope.rcpt_tos):
            server.transport.close()
        return self.data_answer


@contextmanager
def post_office(certificate: tuple[Path, Path] | None = None) -> Iterator[PostOffice]:
    """Run a server on a free port; with a certificate and its key it offers STARTTLS."""
    office = PostOffice()
    options: dict[str, Any] = {}
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
        options = {"tls_context": context}
    office.port = free_port()
    controller = Controller(office, hostname="127.0.0.1", port=office.port, **options)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Write a self-signed certificate for a name or an address, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "server.pem", folder / "server.key"
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, secret
