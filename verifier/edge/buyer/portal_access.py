"""How this desk is known at the portal, and the portal opened for one visit."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from verifier.edge.buyer.desk import PORTAL_KEY
from verifier.edge.buyer.portal_client import access_token, client_assertion, open_portal
from verifier.edge.keystore import load_signer, save_signer
from verifier.errors import NotFoundError, RefusedError
from verifier.signer import SoftwareSigner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.edge.buyer.desk import Desk
    from verifier.edge.buyer.desk_folder import DeskFolder
    from verifier.edge.buyer.portal_client import PortalClient
    from verifier.edge.console.visit import Visit
    from verifier.injected import Entropy


def portal_address(folder: DeskFolder) -> str:
    """Return where the portal answers: what is set, else the host of the trust root."""
    return folder.settings().portal or f"https://{folder.trust_root().host}"


def is_registered(folder: DeskFolder) -> bool:
    """Say whether there is something by which the portal may know this desk."""
    return folder.api_key.exists() or (folder.client_key.exists() and bool(folder.settings().client))


@contextmanager
def portal_of(desk: Desk, visit: Visit) -> Iterator[PortalClient]:
    """Yield the portal as this desk's client.

    Raises NotFoundError where the desk is no client, LockedError while the key for assertions is locked, and MarkError
    as the portal's answer says.
    """
    folder = desk.folder
    base, client = portal_address(folder), folder.settings().client
    if client and folder.client_key.exists():
        signer = load_signer(folder.client_key, visit.passphrase(PORTAL_KEY))
        assertion = client_assertion(client, folder.trust_root().host, signer, now=desk.now(), entropy=desk.entropy)
        secret = access_token(base, assertion)
    elif folder.api_key.exists():
        secret = folder.api_key.read_text("ascii").strip()
    else:
        raise NotFoundError("this desk is not registered at a portal", hint="An administrator sets the key.")
    with open_portal(base, secret=secret, entropy=desk.entropy) as portal:
        yield portal


def following(visit: Visit, after: str | None) -> list[str]:
    """Return the address of the page with what comes after, where there is more."""
    return [f"{visit.path}?{urlencode({**visit.query, 'after': after})}"] if after else []


def keep_api_key(folder: DeskFolder, key: str) -> None:
    """Keep an API key, readable by its owner alone. Raises RefusedError for what is none."""
    if not (key.isascii() and key.startswith("shk_") and len(key) < 100):
        raise RefusedError("this is no API key of a portal", hint="It begins with shk_.")
    descriptor = os.open(folder.api_key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key + "\n")


def make_client_key(folder: DeskFolder, passphrase: bytes, entropy: Entropy) -> None:
    """Make the key with which assertions are signed. Raises WrongUseError for a short passphrase or a second key."""
    signer = SoftwareSigner.generate(entropy)
    save_signer(folder.client_key, signer, passphrase)
    folder.client_jwk.write_text(_public(signer), "ascii")


def _public(signer: SoftwareSigner) -> str:
    members = ", ".join(f'"{name}": "{value}"' for name, value in signer.jwk.items())
    return f"{{{members}}}\n"
