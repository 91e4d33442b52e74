"""A registry's portal, asked by a client that is registered there: by its API key, or by assertions (RFC 7523).

What is asked for tells the registry what is watched; the pages say so. The address is https, or on this very machine.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from verifier.edge.client import ask_repeatable, open_client
from verifier.edge.write_api import error_of
from verifier.encoding import b64u, canonical
from verifier.errors import NotFoundError, RefusedError, UnavailableError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verifier.injected import Entropy
    from verifier.signer import Signer

PREFIX = "/portal/v1"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LASTS = 120
_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_PATH = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*", re.ASCII)
Told = TypeVar("Told", bound=BaseModel)


class PortalClient:
    """One portal, over a client that the caller owns; ``secret`` is an API key or an access token."""

    def __init__(self, http: httpx.Client, base: str, *, secret: str, entropy: Entropy) -> None:
        self._http = http
        self._base = base
        self._secret = secret
        self._entropy = entropy

    def get(self, model: type[Told], path: str, **params: str) -> Told:
        """Return what stands at a path. Raises MarkError as the portal's answer says."""
        return _read(model, self._ask("GET", path, params=params))

    def post(self, model: type[Told], path: str, body: dict[str, Any] | None = None) -> Told:
        """Send a wish, once, and return the answer. Raises as ``get`` does."""
        return _read(model, self._ask("POST", path, json=body))

    def put(self, model: type[Told], path: str, body: dict[str, Any]) -> Told:
        """Put something in the place of what stands at a path. Raises as ``get`` does."""
        return _read(model, self._ask("PUT", path, json=body))

    def delete(self, path: str) -> None:
        """Delete what stands at a path. Raises as ``get`` does."""
        self._ask("DELETE", path)

    def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        if not _PATH.fullmatch(path):
            # Parts of it come out of the addresses of pages; none of them leads to another operation.
            raise NotFoundError("the portal keeps nothing under such an id")
        headers = {"Authorization": f"Bearer {self._secret}"}
        if method != "GET":
            headers["Idempotency-Key"] = self._entropy(16).hex()
        ask = partial(ask_repeatable, self._http)
        return _answered(ask, method, f"{self._base}{PREFIX}/{path}", headers=headers, **request)


def check_portal(base: str) -> str:
    """Return the address of a portal without a slash at its end. Raises WrongUseError for one that is not secure."""
    try:
        parts = urlsplit(base)
        host = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    except ValueError as error:
        raise WrongUseError("this is no address of a portal", hint="It begins with https://.") from error
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOCAL):
        raise WrongUseError("the portal's address is not https", hint="A key must not travel in the clear.")
    return base.rstrip("/")


@contextmanager
def open_portal(base: str, *, secret: str, entropy: Entropy) -> Iterator[PortalClient]:
    """Yield the portal at an address, asked with a secret."""
    with open_client() as http:
        yield PortalClient(http, check_portal(base), secret=secret, entropy=entropy)


def access_token(base: str, assertion: str) -> str:
    """Return the access token that a portal grants for an assertion. Raises MarkError as the portal's answer says."""
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION,
        "client_assertion": assertion,
    }
    with open_client() as http:
        # An assertion is good for one time: what became of it on a broken line is not to be found out by another try.
        answer = _answered(http.request, "POST", f"{check_portal(base)}{PREFIX}/token", data=form)
    return _read(_Token, answer).access_token


def client_assertion(client: str, host: str, signer: Signer, *, now: int, entropy: Entropy) -> str:
    """Return an assertion with which a client gets an access token of the portal under ``host``, once."""
    claims = {
        "iss": client,
        "sub": client,
        "aud": f"https://{host}{PREFIX}/token",
        "jti": b64u(entropy(16)),
        "iat": now,
        "exp": now + LASTS,
    }
    header = {"alg": "ES256", "typ": "JWT", "kid": signer.kid}
    signed = f"{b64u(canonical(header))}.{b64u(canonical(claims))}"
    return f"{signed}.{b64u(signer.sign(signed.encode()))}"


class _Token(BaseModel):
    access_token: str


def _answered(ask: Callable[..., httpx.Response], method: str, url: str, **request: Any) -> httpx.Response:
    try:
        answer = ask(method, url, follow_redirects=False, **request)
    except httpx.HTTPError as error:
        raise UnavailableError("the portal cannot be reached", hint=f"{url}: {error}") from error
    if answer.is_success:
        return answer
    if answer.status_code == 401:
        raise RefusedError("the portal does not know this desk", hint="Look at the key in the settings.")
    raise error_of(answer)


def _read(model: type[Told], answer: httpx.Response) -> Told:
    try:
        return model.model_validate_json(answer.content)
    except ValidationError as error:
        raise UnavailableError("the portal answers something else than a portal does") from error
