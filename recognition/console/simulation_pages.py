"""Simulations: which certificates of a list would count as which tier, with every reason and a receipt to take away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from recognition.agreement_folder import first_draft, usual_terms
from recognition.console.certificates import OPTIONAL, REQUIRED, samples
from recognition.console.desks import APPROVER, MAPPER, SIGNATORY, Desks
from recognition.console.forms import UPLOADS, Button, FieldMaker, FormView, options
from recognition.console.page import Page, show, table, tag, text, typed, way
from recognition.console.simulation_store import SUSPENDED, Asked, SimulationStore
from recognition.console.words import VERDICTS
from recognition.reasons import explain
from verifier.dates import local_date, parse_instant
from verifier.edge.console.plan import LARGE, Deed, Screen
from verifier.edge.packs import load_pack
from verifier.edge.page.account import Fact, Link
from verifier.edge.page.grid import Cell
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from recognition.console.simulation import Simulated
    from recognition.console.simulation_store import Run
    from recognition.preview import Affected
    from verifier.edge.console.visit import Visit
    from verifier.edge.i18n import Translator

WORKERS = frozenset({MAPPER, APPROVER, SIGNATORY})
DAYS = 30
LISTED = timedelta(days=3650)


@dataclass(frozen=True)
class SimulationPages:
    """The pages over one operator's folder."""

    desks: Desks

    @property
    def store(self) -> SimulationStore:
        """The simulations of the folder."""
        return SimulationStore(self.desks.folder)

    def screens(self) -> tuple[Screen, ...]:
        """Return what is read."""
        return (
            Screen("/simulation", self.show),
            Screen("/simulation/sample/{scheme}", self.sample),
            Screen("/simulation/{no:int}", self.show_run),
            Screen("/simulation/{no:int}/{row:int}/{what}", self.take),
        )

    def deeds(self) -> tuple[Deed, ...]:
        """Return what is sent."""
        return (Deed("/simulation", self.run, WORKERS, again=self.show, most_bytes=LARGE),)

    def show(self, visit: Visit) -> Response:
        """Show the form of a simulation, and those that were run."""
        t = visit.t
        rows = [self._kept(visit, no) for no in reversed(self.store.numbers()[-20:])]
        schemes = sorted({*self.desks.folder.operator().schemes, *self.desks.folder.names("schemes")})
        page = Page(
            t.gettext("foreign.menu.simulation"),
            intro=(
                t.gettext("foreign.simulation.text"),
                t.gettext("foreign.simulation.columns", columns=", ".join(REQUIRED + OPTIONAL)),
            ),
            ways=tuple(
                Link(t.gettext("foreign.simulation.sample", scheme=one), f"/simulation/sample/{one}") for one in schemes
            ),
            grids=(table(visit, "simulations", ("name", "at", "who", "tier"), rows),),
            forms=(self._form(visit),) if visit.person.may(WORKERS) else (),
        )
        return show(visit, page)

    def sample(self, visit: Visit) -> Response:
        """Return a list to begin with. Raises NotFoundError."""
        scheme = self.desks.folder.scheme(visit.params["scheme"])
        return visit.file(
            samples(scheme, today=local_date(visit.now, scheme.head.zone)), "text/csv", "certificates.csv"
        )

    def run(self, visit: Visit) -> Response:
        """Run a simulation and keep what it was made of. Raises MalformedError naming the row at fault."""
        form = visit.form
        kind, _, name = form.need("under").partition(":")
        terms = self._agreement(name) if kind == "agreement" else self._mapping(visit, name)
        zone = visit.house.plan.zone
        as_of = parse_instant(form.get("as_of"), zone=zone) if form.get("as_of") else visit.now
        compare = form.get("compare")
        other = None
        if compare not in ("", SUSPENDED):
            other = self._pair(compare)
        upload = form.files.get("list")
        given = form.get("rows").encode() if upload is None or not upload.filename else upload.data
        begins = min(as_of, visit.now) - DAYS * 86_400
        asked = Asked(form.need("under"), form.number("tier"), as_of, begins, compare, visit.person.name, visit.now)
        no = self.store.keep(asked, terms, given, other)
        return visit.go(f"/simulation/{no}", "foreign.told.simulated")

    def show_run(self, visit: Visit) -> Response:
        """Show every certificate of a simulation with its verdict and its reasons. Raises NotFoundError."""
        no, t = int(visit.params["no"]), visit.t
        run = self.store.run(no)
        heads = ("certificate", "counts_as", "verdict", "reasons", "until", "take")
        grids = [
            table(visit, "results", heads, [self._result(visit, no, at, one) for at, one in enumerate(run.results)])
        ]
        if run.asked.compare:
            rows = [_affected(t, one) for one in run.affected]
            grids.append(table(visit, "affected", ("certificate", "effect", "old", "new"), rows))
        page = Page(
            t.gettext("foreign.simulation.page", no=str(no)),
            intro=(t.gettext("foreign.simulation.assumed"),),
            ways=(Link(t.gettext("foreign.menu.simulation"), "/simulation"),),
            summary=_facts(visit, run),
            grids=tuple(grids),
        )
        return show(visit, page)

    def take(self, visit: Visit) -> Response:
        """Return the case file or the receipt of one certificate: anybody recomputes one from the other."""
        results = self.store.run(int(visit.params["no"])).results
        row, what = int(visit.params["row"]), visit.params["what"]
        if row >= len(results) or what not in ("case.json", "receipt.json"):
            raise NotFoundError("the simulation has no such file")
        found = results[row]
        data = found.case if what == "case.json" else found.receipt
        return visit.file(data, "application/json", f"{found.name}-{what}")

    def _agreement(self, label: str) -> dict[str, bytes]:
        return self.desks.agreements.files(label)

    def _mapping(self, visit: Visit, name: str) -> Mapping[str, bytes]:
        """Return the usual terms with a mapping as it is at work: every level counts as far as it goes."""
        mapping = self.desks.mappings.version(name, "work")
        scheme = self.desks.folder.scheme(mapping.head.source.scheme)
        pack = load_pack(mapping.head.target.scheme, mapping.head.target.version)
        today = local_date(visit.now, pack.zone)
        usual = usual_terms(scheme, pack, today=today)
        highest = max(rule.level for rule in pack.tiers)
        caps = {level.id: highest for level in scheme.head.levels}
        # Certificates of past years are asked about too, so issuers are listed from long ago.
        wished = replace(usual, opens=today - LISTED, caps=caps)
        return first_draft(
            f"simulated-{name}"[:64],
            scheme=scheme,
            scheme_files=self.desks.folder.scheme_files(scheme.id),
            mapping_files=self.desks.mappings.files(name),
            pack=pack,
            today=today,
            wished=wished,
        )

    def _pair(self, compare: str) -> dict[str, bytes]:
        name, _, which = compare.partition(":")
        return self.desks.mappings.files(
            name, None if which in ("", "work") else int(which) if which.isdecimal() else 0
        )

    def _form(self, visit: Visit) -> FormView:
        t, make = visit.t, FieldMaker("simulation")
        under = [
            (f"agreement:{one}", t.gettext("foreign.simulation.agreement", name=one))
            for one in self.desks.agreements.names()
        ]
        under += [
            (f"mapping:{one}", t.gettext("foreign.simulation.mapping", name=one)) for one in self.desks.mappings.names()
        ]
        compare = [("", t.gettext("foreign.none")), (SUSPENDED, t.gettext("foreign.simulation.suspended"))]
        for name in self.desks.mappings.names():
            compare.append((f"{name}:work", t.gettext("foreign.simulation.mapping", name=name)))
            compare += [
                (f"{name}:{one.no}", f"{name}, {t.gettext('foreign.release', no=str(one.no))}")
                for one in self.desks.mappings.releases(name)
            ]
        fields = (
            make.select(
                "under", t.gettext("foreign.simulation.under"), options(under, typed(visit, "simulation", "under"))
            ),
            make.line(
                "tier",
                t.gettext("foreign.head.tier"),
                typed(visit, "simulation", "tier", "3"),
                type="number",
                required=True,
            ),
            make.file("list", t.gettext("foreign.simulation.file"), accept=".csv,.xlsx"),
            make.area(
                "rows",
                t.gettext("foreign.simulation.rows"),
                typed(visit, "simulation", "rows"),
                rows=5,
                hint=t.gettext("foreign.simulation.rows.hint"),
            ),
            make.line("as_of", t.gettext("foreign.simulation.as_of"), typed(visit, "simulation", "as_of"), type="date"),
            make.select(
                "compare",
                t.gettext("foreign.simulation.compare"),
                options(compare, typed(visit, "simulation", "compare")),
            ),
        )
        buttons = (Button("run", t.gettext("foreign.simulation.run")),)
        hidden = (("form", "simulation"),)
        return FormView(
            "simulation",
            "/simulation",
            t.gettext("foreign.simulation.form"),
            fields,
            buttons,
            hidden=hidden,
            enctype=UPLOADS,
        )

    def _kept(self, visit: Visit, no: int) -> tuple[Cell, ...]:
        asked = self.store.asked(no)
        title = visit.t.gettext("foreign.simulation.page", no=str(no))
        return (
            way(f"{title}: {asked.name}", f"/simulation/{no}"),
            Cell(moments=(visit.moment(asked.at),)),
            text(asked.by),
            text(str(asked.tier)),
        )

    def _result(self, visit: Visit, no: int, at: int, one: Simulated) -> tuple[Cell, ...]:
        t, decision = visit.t, one.decision
        failing = [explain(gate).in_(visit.lang) for gate in decision.asked.failing]
        counts = (
            t.gettext("foreign.counts_as", tier=str(one.counts_as))
            if one.counts_as
            else t.gettext("foreign.counts_as.none")
        )
        best = decision.recognised
        certificate = one.question.certificate
        return (
            Cell(texts=(one.name,), codes=(f"{certificate.level} {certificate.version}",)),
            text(counts),
            tag(VERDICTS[decision.verdict], t.gettext(f"foreign.verdict.{decision.verdict.word}")),
            text(*failing) if failing else text(t.gettext("foreign.reasons.none")),
            Cell(moments=(visit.moment(best.until),)) if best and best.until else text(t.gettext("foreign.none")),
            Cell(
                links=(
                    Link(t.gettext("foreign.take.case"), f"/simulation/{no}/{at}/case.json"),
                    Link(t.gettext("foreign.take.receipt"), f"/simulation/{no}/{at}/receipt.json"),
                ),
                codes=(one.receipt_sha256,),
            ),
        )


def _facts(visit: Visit, run: Run) -> tuple[Fact, ...]:
    t, asked = visit.t, run.asked
    return (
        Fact(t.gettext("foreign.simulation.under"), (asked.name,)),
        Fact(t.gettext("foreign.head.digest"), (run.sha256,)),
        Fact(t.gettext("foreign.head.tier"), (run.pack.tier(asked.tier).label.in_(visit.lang),)),
        Fact(t.gettext("foreign.simulation.as_of"), moments=(visit.moment(asked.as_of),)),
        Fact(t.gettext("foreign.simulation.compare"), (asked.compare or t.gettext("foreign.none"),)),
    )


def _affected(t: Translator, one: Affected) -> tuple[Cell, ...]:
    def level(number: int) -> str:
        return t.gettext("foreign.counts_as", tier=str(number)) if number else t.gettext("foreign.counts_as.none")

    return (
        text(one.name),
        text(t.gettext(f"foreign.effect.{one.effect}")),
        text(level(one.before.level)),
        text(level(one.after.level)),
    )
