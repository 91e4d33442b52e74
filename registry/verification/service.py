"""The verification service as one application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.body_limit import BodyLimit
from registry.verification.answering import Answering
from registry.verification.hot_marks import HotMarks
from registry.verification.look_up_routes import add_look_ups
from registry.verification.paths import IMAGES, OPENAPI
from registry.verification.shedding import Shedding
from registry.web_api import new_api
from verifier.edge.qr import MAX_IMAGE_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from verifier.injected import Clock
    from verifier.signer import Signer
    from verifier.trust.root import TrustRoot

MOST_BYTES = 65_536
MOST_INSIDE = 64
"""Questions that are judged or wait for it at a time; a thread pool of 40 judges them."""


def create_verification(public: Path, *, trust_root: TrustRoot, now: Clock, signer: Signer) -> tuple[ASGIApp, FastAPI]:
    """Return what is served, and the application in it that describes itself. ``signer`` is the receipt key's."""
    host = trust_root.host
    api = new_api(
        host,
        title="Shirushi verification service",
        summary="Answers about marks and organisations, each with a signed receipt. Free, and open to anyone.",
        openapi_url=OPENAPI,
    )
    answering = Answering(public, trust_root=trust_root, now=now, signer=signer, recognitions=lambda _: ())
    hot = HotMarks(answering, public, now=now)
    add_look_ups(api, answering, hot)
    api.add_middleware(BodyLimit, most_bytes=MOST_BYTES, host=host, larger={IMAGES: MAX_IMAGE_BYTES})
    api.add_middleware(Shedding, most=MOST_INSIDE, host=host)
    return hot.around(api), api
