"""The guide for suppliers: what the marks are, which tier, how to prepare, how to apply, and who may evaluate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from registry.reading.bodies_routes import bodies_answer
from registry.reading.page_answer import PageRequest, Render, answer_page
from verifier.edge.packs import among_installed, installed_packs
from verifier.errors import NotFoundError
from verifier.scheme.transition import ACCEPTING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from verifier.gather import Fetcher
    from verifier.injected import Clock
    from verifier.scheme.pack import SchemePack
    from verifier.trust.root import TrustRoot


class SupplierGuide:
    """The handler over one published plane."""

    def __init__(self, fetcher: Fetcher, *, trust_root: TrustRoot, now: Clock, render: Render | None) -> None:
        self._fetcher = fetcher
        self._root = trust_root
        self._now = now
        self._render = render

    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route("/start", self.guide)]

    async def guide(self, request: Request) -> Response:
        """Answer with the guide: the tiers that are open to organisations now, and how many bodies may evaluate."""
        answer = await run_in_threadpool(guide_answer, self._fetcher, self._root, now=self._now())
        return answer_page(request, PageRequest("guide", "", answer, None, "", {}), self._render)


def guide_answer(fetcher: Fetcher, root: TrustRoot, *, now: int) -> dict[str, Any]:
    """Return the versions of organisations' schemes that take applications, and the number of active bodies."""
    packs = [among_installed(pack) for pack in installed_packs() if pack.head.subject == "organisation"]
    return {
        "registry": f"https://{root.host}",
        "as_of": now,
        "schemes": [_scheme(pack) for pack in packs if pack.tiers and pack.phase(now) in ACCEPTING],
        "active_bodies": _active_bodies(fetcher, root, now),
    }


def _scheme(pack: SchemePack) -> dict[str, Any]:
    return {
        "scheme": pack.scheme,
        "version": pack.version,
        "address": f"/s/{pack.scheme}/{pack.version}",
        "label": pack.head.label.members(),
        "tiers": [
            {
                "level": tier.level,
                "basis": tier.basis,
                "issuer": tier.issuer,
                "method": tier.method.members(),
                "requirements": tier.counts.requirements,
                "term_months": tier.term_months,
            }
            for tier in pack.tiers
        ],
    }


def _active_bodies(fetcher: Fetcher, root: TrustRoot, now: int) -> int:
    try:
        bodies = bodies_answer(fetcher, root, now=now)["bodies"]
    except NotFoundError:
        return 0
    return sum(1 for one in bodies if (one["role"], one["standing"]) == ("evaluation", "active"))
