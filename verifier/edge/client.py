"""Reading the published plane over HTTP, with the caps and time-outs that a reader of strangers' bytes needs.

The address is the registry's own (from the trust root) or one that the caller names; a scanned address is never
followed, and neither is a redirect.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from verifier import __version__
from verifier.errors import NotFoundError, UnavailableError, WrongUseError

MAX_BYTES = 16_777_216
TIMEOUT = httpx.Timeout(10.0, connect=5.0)


class HttpFetcher:
    """A ``verifier.gather.Fetcher`` over one base address."""

    def __init__(self, base: str, http: httpx.Client) -> None:
        if not base.startswith(("https://", "http://")):
            raise WrongUseError(f"not an address: {base!r}", hint="Write https://HOST.")
        self._base = base.rstrip("/")
        self._http = http

    def fetch(self, path: str) -> bytes:
        """Return the bytes under the path. Raises NotFoundError for 404 and 410, UnavailableError for the rest."""
        url = f"{self._base}/{path}"
        try:
            with self._http.stream("GET", url, follow_redirects=False) as response:
                if response.status_code in (404, 410):
                    raise NotFoundError(f"{url} holds nothing")
                if response.status_code != 200:
                    raise UnavailableError(f"{url} answers {response.status_code}")
                return _capped(response, url)
        except httpx.HTTPError as error:
            raise UnavailableError(
                f"{self._base} cannot be reached: {error}",
                hint="Check the address. A demonstration is read where it says, not at its host.",
            ) from error
        except httpx.InvalidURL as error:
            raise WrongUseError(f"not an address: {url!r}") from error


@contextmanager
def open_client() -> Iterator[httpx.Client]:
    """Yield an HTTP client with this product's time-outs; it keeps no cookies across uses."""
    headers = {"User-Agent": f"shirushi/{__version__}"}
    with httpx.Client(timeout=TIMEOUT, headers=headers, trust_env=False) as client:
        yield client


def ask_repeatable(http: httpx.Client, method: str, url: str, **request: Any) -> httpx.Response:
    """Ask, and once more where the connection ended before the answer: only for what may be sent twice.

    Raises httpx.HTTPError, httpx.InvalidURL.
    """
    try:
        return http.request(method, url, **request)
    except (httpx.ReadError, httpx.RemoteProtocolError):
        return http.request(method, url, **request)


def _capped(response: httpx.Response, url: str) -> bytes:
    chunks, total = [], 0
    for chunk in response.iter_bytes():
        total += len(chunk)
        if total > MAX_BYTES:
            raise UnavailableError(f"{url} answers with more than {MAX_BYTES} bytes")
        chunks.append(chunk)
    return b"".join(chunks)
