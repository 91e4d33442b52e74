"""The operator's schemes: versions, levels and controls; a scheme is taken in as its two files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recognition.console.desks import MAPPER, Desks
from recognition.console.forms import UPLOADS, Button, FieldMaker, FormView
from recognition.console.operator_folder import write_file
from recognition.console.page import PAUSED, Page, code, show, table, tag, text, way
from recognition.finding import refuse_first
from recognition.scheme import STATEMENTS, read_scheme
from recognition.scheme_head import HEAD
from verifier.edge.console.plan import LARGE, Deed, Screen
from verifier.edge.page.account import Fact, Link
from verifier.errors import MalformedError, MarkError, RefusedError

if TYPE_CHECKING:
    from starlette.responses import Response

    from recognition.scheme import ForeignScheme
    from verifier.edge.console.visit import Visit
    from verifier.edge.page.grid import Cell

MAPPERS = frozenset({MAPPER})


@dataclass(frozen=True)
class SchemePages:
    """The pages over one operator's folder."""

    desks: Desks

    def screens(self) -> tuple[Screen, ...]:
        """Return what is read."""
        return (Screen("/schemes", self.show), Screen("/schemes/{scheme}", self.show_one))

    def deeds(self) -> tuple[Deed, ...]:
        """Return what is sent."""
        return (Deed("/schemes", self.take_in, MAPPERS, again=self.show, most_bytes=LARGE),)

    def show(self, visit: Visit) -> Response:
        """Show the schemes that this operator speaks for, and those that lie in its folder."""
        t, folder = visit.t, self.desks.folder
        names = sorted({*folder.operator().schemes, *folder.names("schemes")})
        page = Page(
            t.gettext("foreign.schemes.title"),
            intro=(t.gettext("foreign.schemes.text"),),
            grids=(
                table(visit, "schemes", ("name", "version", "level", "from"), [self._row(visit, one) for one in names]),
            ),
            forms=(self._form(visit),) if visit.person.may(MAPPERS) else (),
        )
        return show(visit, page)

    def show_one(self, visit: Visit) -> Response:
        """Show one scheme. Raises NotFoundError."""
        t, lang = visit.t, visit.lang
        scheme = self.desks.folder.scheme(visit.params["scheme"])
        files = self.desks.folder.scheme_files(scheme.id)
        told = read_scheme(files)[1]
        head = scheme.head
        facts = (
            Fact(t.gettext("foreign.head.name"), (scheme.id,)),
            Fact(t.gettext("foreign.head.digest"), (scheme.digest,)),
            Fact(t.gettext("foreign.draw.issuer"), (head.operator,)),
            Fact(t.gettext("foreign.scheme.notice"), (head.notice.in_(lang),)),
        )
        none = t.gettext("foreign.none")
        versions = [
            (
                text(one.id),
                text(one.name),
                text(str(one.first_day or none)),
                text(*(f"{level}: {day}" for level, day in one.last_day.items())),
            )
            for one in head.versions
        ]
        levels = [
            (
                text(one.id),
                text(one.label.in_(lang)),
                code(*(f"{name}: {value}" for name, value in one.assurance.members().items())),
            )
            for one in head.levels
        ]
        controls = [
            (code(one.id), text(one.theme), text(one.label_en), text(one.lowest_level or none))
            for one in scheme.controls
        ]
        doubts = [(code(one.place), tag(PAUSED, one.code, one.text(lang))) for one in told]
        page = Page(
            head.label.in_(lang),
            ways=(Link(t.gettext("foreign.schemes.title"), "/schemes"),),
            summary=facts,
            grids=(
                table(visit, "versions", ("version", "name", "first_day", "last_day"), versions),
                table(visit, "levels", ("level", "name", "assurance"), levels),
                table(visit, "findings", ("relations", "finding"), doubts),
                table(visit, "controls", ("control", "theme", "name", "level"), controls),
            ),
        )
        return show(visit, page)

    def take_in(self, visit: Visit) -> Response:
        """Take in a scheme, or a new version of one. Raises MalformedError, RefusedError for one of somebody else."""
        form, folder = visit.form, self.desks.folder
        files = {HEAD: form.file("head").data, STATEMENTS: form.file("statements").data}
        scheme, findings = read_scheme(files)
        refuse_first(findings)
        if scheme is None:
            raise MalformedError("the files are not a foreign scheme")
        if scheme.id not in folder.operator().schemes:
            raise RefusedError(f"this operator does not speak for {scheme.id}", hint="operator.toml names its schemes.")
        place = folder.place("schemes", scheme.id)
        with folder.alone():
            for name, data in files.items():
                write_file(place / name, data)
        return visit.go(f"/schemes/{scheme.id}", "foreign.told.saved")

    def _row(self, visit: Visit, name: str) -> tuple[Cell, ...]:
        t = visit.t
        try:
            scheme: ForeignScheme = self.desks.folder.scheme(name)
        except MarkError as error:
            return (text(name), tag(PAUSED, error.message), text(""), text(""))
        own = self.desks.folder.own_scheme(name) is not None
        return (
            way(scheme.head.label.in_(visit.lang), f"/schemes/{name}"),
            text(", ".join(one.id for one in scheme.head.versions)),
            text(", ".join(scheme.head.level_ids) or t.gettext("foreign.none")),
            text(t.gettext("foreign.scheme.own" if own else "foreign.scheme.catalogue")),
        )

    def _form(self, visit: Visit) -> FormView:
        t, make = visit.t, FieldMaker("scheme")
        fields = (
            make.file("head", t.gettext("foreign.scheme.head"), accept=".toml"),
            make.file("statements", t.gettext("foreign.scheme.statements"), accept=".csv"),
        )
        buttons = (Button("take", t.gettext("foreign.import.send")),)
        return FormView(
            "scheme",
            "/schemes",
            t.gettext("foreign.scheme.form"),
            fields,
            buttons,
            hidden=(("form", "scheme"),),
            enctype=UPLOADS,
        )
