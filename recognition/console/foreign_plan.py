"""The foreign operator's console as a plan: its roles, its key, its menu, its first page, its screens and deeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recognition.console.agreement_pages import AgreementPages
from recognition.console.desks import KEY, SIGNATORY, Desks, open_desks
from recognition.console.mapping_pages import MappingPages
from recognition.console.matrix_pages import MatrixPages
from recognition.console.page import Page, show
from recognition.console.row_pages import RowPages
from recognition.console.scheme_pages import SchemePages
from recognition.console.signing_pages import SigningPages
from recognition.console.simulation_pages import SimulationPages
from recognition.console.version_pages import RELEASE, VersionPages
from recognition.console.words import MENU, NAME, ROLES
from verifier.edge.console.plan import Plan, Screen
from verifier.edge.keystore import load_signer
from verifier.edge.page.account import Fact

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.responses import Response

    from verifier.edge.console.visit import Visit


@dataclass(frozen=True)
class FrontPage:
    """The first page: what there is, and who waits for whom."""

    mappings: MappingPages
    agreements: AgreementPages
    desks: Desks

    def show(self, visit: Visit) -> Response:
        """Show mappings and agreements with what they wait for."""
        t, operator = visit.t, self.desks.folder.operator()
        key = "foreign.key.there" if self.desks.folder.key.is_file() else "foreign.key.missing"
        facts = (
            Fact(t.gettext("foreign.operator"), (f"https://{operator.host}/e/{operator.no}",)),
            Fact(t.gettext("foreign.schemes.title"), tuple(operator.schemes)),
            Fact(t.gettext("foreign.key.operator"), (t.gettext(key),)),
        )
        grids = (self.agreements.grid(visit), self.mappings.grid(visit))
        return show(
            visit, Page(t.gettext("foreign.title"), intro=(t.gettext("foreign.text"),), summary=facts, grids=grids)
        )


def foreign_plan(path: Path) -> Plan:
    """Return the console over a foreign operator's folder. Raises NotFoundError for a folder that is none."""
    desks = open_desks(path)
    zone = desks.folder.root().content.zone
    versions, agreements, mappings = VersionPages(desks), AgreementPages(desks), MappingPages(desks)
    signing = SigningPages(desks, agreements.show_one)
    matrix, simulations = MatrixPages(desks), SimulationPages(desks)
    working = (SchemePages(desks), mappings, RowPages(desks), versions, simulations, agreements, signing)

    def try_key(key: str, passphrase: bytes) -> None:
        load_signer(desks.folder.key, passphrase)

    front = FrontPage(mappings, agreements, desks)
    return Plan(
        NAME,
        ROLES,
        screens=(
            Screen("/", front.show),
            *matrix.screens(),
            *(one for pages in working for one in pages.screens()),
        ),
        deeds=tuple(one for pages in working for one in pages.deeds()),
        menu=MENU,
        keys={KEY: frozenset({SIGNATORY})},
        try_key=try_key,
        kinds={RELEASE: versions.kind()},
        zone=zone,
    )
