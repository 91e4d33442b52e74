"""Outgoing mail over SMTP (RFC 5321), with STARTTLS (RFC 3207) wherever the server offers it.

A letter is plain text in UTF-8, marked as sent by a machine (RFC 3834). What became of it is one of four things: taken
by the server; refused for good; not taken now; or not known, because the connection ended after the text was on its
way. The last one is never tried again by itself. There is no log-in and no queue: the server is one that relays for
this machine.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from verifier.errors import RefusedError, UnavailableError, WrongUseError

TIMEOUT = 30.0
LONGEST = 254
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


class UnknownOutcomeError(UnavailableError):
    """Nobody can say whether the letter was taken: sending it again might send it twice."""

    code = "outcome_unknown"


@dataclass(frozen=True)
class Letter:
    """A letter to one address; ``message_id`` stays the same when it is sent again. ``at`` is in unix seconds.

    ``unsubscribe`` is the https address that ends such letters by one POST (RFC 2369, RFC 8058), empty for none.
    """

    sender: str
    to: str
    subject: str
    body: str
    message_id: str
    at: int
    unsubscribe: str = ""

    def serialize(self) -> bytes:
        """Return the message (RFC 5322) in seven-bit lines."""
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"] = self.sender, self.to
        message["Subject"] = self.subject
        message["Date"] = format_datetime(datetime.fromtimestamp(self.at, UTC))
        message["Message-ID"] = self.message_id
        message["Auto-Submitted"] = "auto-generated"
        if self.unsubscribe:
            message["List-Unsubscribe"] = f"<{self.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(self.body, charset="utf-8", cte="base64")
        return message.as_bytes()


@dataclass(frozen=True)
class MailServer:
    """A server: where it is, which certificates are trusted beside the system's, and whether it must offer TLS."""

    host: str
    port: int
    trusted: Path | None = None
    requires_tls: bool = False


class Mailer:
    """An open connection to a server."""

    def __init__(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp

    def send(self, letter: Letter) -> None:
        """Hand over one letter; afterwards the server has taken it.

        Raises RefusedError when the server refuses it for good, UnavailableError when it does not take it now, and
        UnknownOutcomeError.
        """
        data = letter.serialize()
        try:
            self._smtp.rset()
            self._expect(self._smtp.mail(letter.sender))
            self._expect(self._smtp.rcpt(letter.to))
        except (smtplib.SMTPException, OSError) as error:
            raise UnavailableError(f"the mail server does not take letters now: {_told(error)}") from error
        try:
            answer = self._smtp.data(data)
        except smtplib.SMTPDataError as error:
            # The answer to the command itself: no text was sent.
            answer = (error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b"")
        except (smtplib.SMTPException, OSError) as error:
            raise UnknownOutcomeError(
                f"the connection ended while the letter was on its way: {_told(error)}"
            ) from error
        self._expect(answer)

    def _expect(self, answer: tuple[int, bytes]) -> None:
        code, text = answer
        if 200 <= code < 300:
            return
        told = f"the mail server answered {code} {text.decode('ascii', 'replace')[:200]}"
        if 500 <= code < 600:
            raise RefusedError(told, hint="Look at the address.")
        raise UnavailableError(told, hint="Try again later.")


@contextmanager
def open_mailer(server: MailServer, *, name: str) -> Iterator[Mailer]:
    """Yield a connection under this machine's ``name``, encrypted where the server offers it.

    Raises UnavailableError when the server does not answer or shows a certificate that is not trusted, RefusedError
    when TLS is required and not offered.
    """
    try:
        smtp = smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=TIMEOUT)
    except (smtplib.SMTPException, OSError) as error:
        raise UnavailableError(
            f"the mail server {server.host}:{server.port} does not answer: {_told(error)}"
        ) from error
    try:
        _encrypt(smtp, server)
        yield Mailer(smtp)
    finally:
        try:
            smtp.quit()
        except (smtplib.SMTPException, OSError):
            smtp.close()


def read_address(text: str) -> str:
    """Return a mail address. Raises WrongUseError."""
    address = text.strip()
    if len(address) > LONGEST or not _ADDRESS.fullmatch(address):
        raise WrongUseError(f"not a mail address: {text[:60]!r}", hint="Write name@domain, in ASCII.")
    return address


def read_server(text: str, *, trusted: Path | None, requires_tls: bool) -> MailServer:
    """Return the server of HOST:PORT. Raises WrongUseError."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise WrongUseError(f"not a mail server: {text[:60]!r}", hint="Write HOST:PORT.")
    return MailServer(host.removeprefix("[").removesuffix("]"), int(port), trusted, requires_tls)


def _encrypt(smtp: smtplib.SMTP, server: MailServer) -> None:
    try:
        smtp.ehlo_or_helo_if_needed()
        if smtp.has_extn("starttls"):
            context = ssl.create_default_context(cafile=str(server.trusted) if server.trusted else None)
            smtp.starttls(context=context)
            smtp.ehlo()
            return
    except (smtplib.SMTPException, OSError) as error:
        raise UnavailableError(f"no encrypted connection to the mail server: {_told(error)}") from error
    if server.requires_tls:
        raise RefusedError(f"the mail server {server.host}:{server.port} does not offer STARTTLS")


def _told(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
