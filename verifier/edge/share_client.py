"""Leaving and opening the box of a one-time link at a registry, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from verifier.encoding import b64u, canonical, read_object, unb64u
from verifier.errors import MalformedError, NotFoundError, RefusedError, UnavailableError
from verifier.share import PATH
from verifier.share_box import MAX_SEALED, box_id, close_box, open_box

if TYPE_CHECKING:
    from verifier.injected import Entropy
    from verifier.share import Secret, Share

LEAVING = f"{PATH}/boxes"
TAKING = f"{PATH}/boxes/opening"
MOST_DAYS = 31


def leave_box(share: Share, base: str, http: httpx.Client, *, entropy: Entropy) -> str:
    """Leave a share in a box at the registry under ``base``; return its one-time link.

    The registry learns that somebody left something, until when, and nothing else. Raises RefusedError,
    UnavailableError.
    """
    secret, box = close_box(share, entropy)
    asked = {"id": box.id, "sealed": b64u(box.sealed), "until": share.until}
    answer = _post(http, base + LEAVING, asked, key=b64u(entropy(16)))
    if answer.status_code in (400, 422):
        hint = f"It lasts {MOST_DAYS} days at most."
        raise RefusedError("the registry does not take this one-time link", hint=hint)
    if answer.status_code != 204:
        raise UnavailableError(f"{base} answers {answer.status_code}", hint="Try again later, or share it without.")
    return secret.link(share.host)


def take_box(secret: Secret, base: str, http: httpx.Client, *, entropy: Entropy) -> Share:
    """Open the box of a one-time link, which is gone afterwards. An answer that a broken line swallowed is asked again.

    Raises NotFoundError, UnavailableError, MalformedError, StatementError.
    """
    answer = _post(http, base + TAKING, {"id": box_id(secret)}, key=b64u(entropy(16)))
    if answer.status_code == 404:
        raise NotFoundError("this link opens nothing: it was opened before, its time is over, or it never was")
    if answer.status_code != 200:
        raise UnavailableError(f"{base} answers {answer.status_code}")
    return open_box(secret, sealed_in(answer.content))


def sealed_in(data: bytes) -> bytes:
    """Return what was in a box, out of a registry's answer. Raises MalformedError."""
    sealed = read_object(data[: 2 * MAX_SEALED]).get("sealed")
    if not isinstance(sealed, str):
        raise MalformedError("the registry's answer holds no box")
    return unb64u(sealed)


def _post(http: httpx.Client, url: str, members: dict[str, object], *, key: str) -> httpx.Response:
    """Ask, and once more under the same key where the line broke before the answer: a box opens one time alone."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    body = canonical(members)
    try:
        try:
            return http.post(url, content=body, headers=headers)
        except (httpx.ReadError, httpx.RemoteProtocolError, httpx.ReadTimeout):
            return http.post(url, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UnavailableError(f"{url} cannot be reached", hint="Check the address.") from error
