"""Which addresses may be asked at all: https, a name, an ordinary port, and machines of the public internet only.

A profile comes from abroad, so its address is hostile until shown otherwise: it could point at this machine, its
neighbours or a cloud's metadata service (SSRF). What a name resolves to is judged, and that address is connected to,
so a second resolution cannot lead elsewhere.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from verifier.errors import AddressRefusedError

PORTS = frozenset({443, 8443})
_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_HINT = "Give https://, a name of the public internet and, where it is not 443, port 8443; no user name, no fragment."
_EMBEDDING = (
    (ipaddress.ip_network("64:ff9b::/96"), 0),
    (ipaddress.ip_network("64:ff9b:1::/48"), None),
    (ipaddress.ip_network("2002::/16"), 80),
    (ipaddress.ip_network("2001::/32"), None),
    (ipaddress.ip_network("fec0::/10"), None),
    (ipaddress.ip_network("::/96"), None),
)


@dataclass(frozen=True)
class Address:
    """A checked address. ``loopback`` says that this machine, and only it, may be connected to."""

    scheme: str
    host: str
    port: int
    target: str
    loopback: bool

    @property
    def url(self) -> str:
        """Return it as a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.target}"

    def admits(self, ip: str) -> bool:
        """Tell whether this address may be connected to at that IP address."""
        return ipaddress.ip_address(ip).is_loopback if self.loopback else is_public(ip)

    def same_origin(self, other: Address) -> bool:
        """Tell whether both lie under one scheme, host and port."""
        return (self.scheme, self.host, self.port) == (other.scheme, other.host, other.port)


def check_address(url: str, *, allow_loopback: bool = False) -> Address:
    """Return the address if it may be asked. Raises AddressRefusedError.

    Numbers are no host names: 0x7f000001, 2130706433 and 127.1 all mean this machine to somebody. With
    ``allow_loopback``, which tests and rehearsals set, http to this machine is allowed as well.
    """
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url or len(url) > 500:
        raise AddressRefusedError("the address holds characters that no address has", hint=_HINT)
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError as error:
        raise AddressRefusedError("not an address", hint=_HINT) from error
    if parts.username is not None or parts.password is not None or "@" in parts.netloc or parts.fragment:
        raise AddressRefusedError("the address holds a user name or a fragment", hint=_HINT)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if allow_loopback and parts.scheme in ("http", "https") and _is_loopback(host):
        return Address(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), target, loopback=True)
    if parts.scheme != "https":
        raise AddressRefusedError("only https is asked", hint=_HINT)
    if (port or 443) not in PORTS:
        raise AddressRefusedError(f"only the ports {', '.join(map(str, sorted(PORTS)))} are asked", hint=_HINT)
    if not _HOST.fullmatch(host) or host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        raise AddressRefusedError("the host is not a name of the public internet", hint=_HINT)
    return Address("https", host, port or 443, target, loopback=False)


def certificate_address(template: str, number: str) -> str:
    """Return the address of one certificate; nothing in its number can leave its place in the path."""
    return template.replace("{certificate}", quote(number, safe=""))


def is_public(ip: str) -> bool:
    """Tell whether an IP address is one of the public internet, also where another one is wrapped inside."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        for network, shift in _EMBEDDING:
            if address in network:
                return shift is not None and is_public(str(ipaddress.IPv4Address(int(address) >> shift & 0xFFFFFFFF)))
    return address.is_global and not address.is_multicast and not address.is_reserved


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
