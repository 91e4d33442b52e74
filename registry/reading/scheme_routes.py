"""Schemes and the versions of their criteria, as pages and as JSON.

The log pins a version by the digest of its pack; the texts come from the pack that this reader has at hand, and are
shown only where the digest is the pinned one, or where nothing is pinned yet. A version whose pack is not at hand is
told by its log entry alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from registry.reading.bodies_routes import TRUST_LIST
from registry.reading.history_routes import HistoryReader, asks_for_a_day
from registry.reading.object_entries import entries_of
from registry.reading.page_answer import PageRequest, Render, answer_page
from verifier.edge.packs import among_installed, installed_packs
from verifier.edge.page.listing import body_standing
from verifier.errors import MalformedError, NotFoundError
from verifier.names import SCHEME, VERSION, scheme_uri
from verifier.statement.public import SchemePublished
from verifier.trust.trustlist import read_trust_list

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from verifier.gather import Fetcher
    from verifier.injected import Clock
    from verifier.scheme.pack import SchemePack
    from verifier.trust.root import TrustRoot


class SchemeReader:
    """The handlers over one published plane."""

    def __init__(
        self, fetcher: Fetcher, *, trust_root: TrustRoot, now: Clock, render: Render | None, history: HistoryReader
    ) -> None:
        self._fetcher = fetcher
        self._root = trust_root
        self._now = now
        self._render = render
        self._history = history

    def routes(self) -> list[Route]:
        """Return the routes; the JSON of a version's history has its own, which stands before these."""
        return [Route("/schemes", self.schemes), Route("/s/{scheme}/{version}", self.scheme)]

    async def schemes(self, request: Request) -> Response:
        """Answer with all schemes and their versions."""
        answer = await run_in_threadpool(schemes_answer, self._fetcher, self._root, now=self._now())
        return answer_page(request, PageRequest("schemes", "", answer, None, "", {}), self._render)

    async def scheme(self, request: Request) -> Response:
        """Answer with one version: tiers, days of transition, and its criteria as far as the pack lists them."""
        scheme, version = request.path_params["scheme"], request.path_params["version"]
        if not SCHEME.fullmatch(scheme) or len(scheme) > 64 or not VERSION.fullmatch(version):
            raise MalformedError("not a version of a scheme", hint="For example /s/jp.meti.scs/2026-03-27.")
        if asks_for_a_day(request):
            return await self._history.told(request, f"s/{scheme}/{version}")
        now = self._now()
        answer = await run_in_threadpool(scheme_answer, self._fetcher, self._root, (scheme, version), now=now)
        return answer_page(request, PageRequest("scheme", "", answer, None, "", {}), self._render)


def schemes_answer(fetcher: Fetcher, root: TrustRoot, *, now: int) -> dict[str, Any]:
    """Return every version whose pack is at hand, by scheme, and whether the log pins it."""
    schemes: dict[str, dict[str, Any]] = {}
    for pack in installed_packs():
        head = pack.head
        row = schemes.setdefault(
            pack.scheme, {"scheme": pack.scheme, "label": head.label.members(), "subject": head.subject, "versions": []}
        )
        # The newest version's name for the scheme stands last and is taken.
        row["label"] = head.label.members()
        row["versions"].insert(0, _version(fetcher, root, pack, now))
    return {"registry": f"https://{root.host}", "as_of": now, "schemes": list(schemes.values())}


def scheme_answer(fetcher: Fetcher, root: TrustRoot, named: tuple[str, str], *, now: int) -> dict[str, Any]:
    """Return one version: what the log pins, and the pack with its items where its digest is that one.

    Raises NotFoundError where neither log nor packs have it.
    """
    scheme, version = named
    pack = next((one for one in installed_packs() if (one.scheme, one.version) == named), None)
    published = _published(fetcher, root, named)
    if pack is None and published is None:
        raise NotFoundError("there is no such version of a scheme", hint="/schemes lists those that there are.")
    standing = _standing(pack, published)
    is_told = pack is not None and standing != "differs"
    sha256 = published["sha256"] if published else pack.digest if pack else ""
    return {
        "registry": f"https://{root.host}",
        "scheme": scheme,
        "version": version,
        "as_of": now,
        "sha256": sha256,
        "standing": standing,
        "published": published,
        "history": f"/s/{scheme}/{version}.json",
        **(_told(pack, now) if pack and is_told else {"phase": None, "pack": None, "requirements": [], "criteria": []}),
        "bodies": _bodies(fetcher, root, sha256, now),
    }


def _version(fetcher: Fetcher, root: TrustRoot, pack: SchemePack, now: int) -> dict[str, Any]:
    published, whole = _published(fetcher, root, (pack.scheme, pack.version)), among_installed(pack)
    return {
        "version": pack.version,
        "sha256": pack.digest,
        "standing": _standing(pack, published),
        "entry": published["entry"] if published else None,
        "phase": whole.phase(now),
        "transition": whole.head.transition.members(),
        "tiers": [one.level for one in pack.tiers],
        "declared": [one.level for one in pack.head.declared],
        "address": f"/s/{pack.scheme}/{pack.version}",
    }


def _told(pack: SchemePack, now: int) -> dict[str, Any]:
    whole = among_installed(pack)
    return {
        "phase": whole.phase(now),
        "pack": whole.head.members(),
        "requirements": [vars(one) for one in pack.requirements],
        "criteria": [vars(one) for one in pack.criteria],
    }


def _published(fetcher: Fetcher, root: TrustRoot, named: tuple[str, str]) -> dict[str, Any] | None:
    try:
        index, statement = entries_of(fetcher, scheme_uri(root.host, *named))[0]
    except NotFoundError:
        return None
    public = statement.public
    if not isinstance(public, SchemePublished):
        raise MalformedError(f"entry {index} pins no version of a scheme")
    return {"entry": index, "at": statement.iat, **public.members()}


def _standing(pack: SchemePack | None, published: dict[str, Any] | None) -> str:
    if published is None:
        return "not_published"
    return "published" if pack is None or pack.digest == published["sha256"] else "differs"


def _bodies(fetcher: Fetcher, root: TrustRoot, sha256: str, now: int) -> list[dict[str, Any]]:
    """Return the bodies whose scope names this version."""
    try:
        listed = read_trust_list(fetcher.fetch(TRUST_LIST), root).bodies
    except NotFoundError:
        return []
    found = []
    for body in listed:
        levels = sorted({row.level for row in body.scope if row.criteria_sha256 == sha256})
        if levels:
            standing = body_standing(body.state, body, now)
            found.append({"no": body.no, "name": body.name, "role": body.role, "levels": levels, "standing": standing})
    return found
