"""Schemes: which packs are installed here, which of them the log pins, and publishing one by two operators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.console.showing import OPERATORS, show_cards
from registry.desk.saying import say
from registry.desk.scheme_command import TYPE, statement_body
from verifier.edge.authority.schemes_view import schemes_cards
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.packs import installed_packs, load_pack
from verifier.names import scheme_uri

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from registry.console.desk import Desk
    from verifier.edge.console.visit import Visit
    from verifier.scheme.pack import SchemePack
    from verifier.statement.public import SchemePublished


@dataclass(frozen=True)
class SchemesScreens:
    """The page about schemes."""

    desk: Desk

    def screens(self) -> Sequence[Screen]:
        """Return the page."""
        return (Screen("/schemes", self.show),)

    def deeds(self) -> Sequence[Deed]:
        """Return what is proposed on it."""
        return (Deed("/schemes", self.publish, OPERATORS, again=self.show),)

    def show(self, visit: Visit) -> Response:
        """Show every version that is installed or published."""
        with self.desk.log.look() as reading:
            published = list(reading.state.schemes.values())
        rows = [*_installed(installed_packs(), published), *_elsewhere(installed_packs(), published)]
        return show_cards(visit, schemes_cards(rows, visit.house.plan.zone, visit.t))

    def publish(self, visit: Visit) -> Response:
        """Propose to pin a pack in the log. Raises NotFoundError, RefusedError, LockedError."""
        scheme, _, version = visit.form.need("pack").rpartition("/")
        pack = load_pack(scheme, version)
        public = statement_body(pack)["public"]
        uri = scheme_uri(self.desk.host, pack.scheme, pack.version)
        saying = say(self.desk.host, TYPE, uri, public, entropy=self.desk.entropy)
        return self.desk.propose(visit, saying, about=pack.name)


def _installed(packs: Sequence[SchemePack], published: Sequence[SchemePublished]) -> list[dict[str, Any]]:
    pinned = {(one.scheme, one.version): one.sha256 for one in published}
    ended = {one.replaces: one.replaced_issuable_until for one in published if one.replaces}
    found = []
    for pack in packs:
        in_log = pinned.get((pack.scheme, pack.version))
        is_same = in_log == pack.digest
        closed = pack.head.closed is not None
        state = "published" if is_same else "differs" if in_log else "closed" if closed else "installed"
        found.append(
            {
                "name": f"{pack.scheme}/{pack.version}",
                "label": {"ja": pack.head.label.in_("ja"), "en": pack.head.label.in_("en")},
                "levels": [one.level for one in pack.tiers],
                "sha256": pack.digest,
                "state": state,
                "issuable_until": ended.get(pack.digest),
            }
        )
    return found


def _elsewhere(packs: Sequence[SchemePack], published: Sequence[SchemePublished]) -> list[dict[str, Any]]:
    """Return what the log pins and nobody installed here: nothing can be looked up in it."""
    here = {(pack.scheme, pack.version) for pack in packs}
    return [
        {
            "name": f"{one.scheme}/{one.version}",
            "label": {"ja": "", "en": ""},
            "levels": [terms.level for terms in one.tiers],
            "sha256": one.sha256,
            "state": "elsewhere",
            "issuable_until": None,
        }
        for one in published
        if (one.scheme, one.version) not in here
    ]
