"""The list of mappings, and the ways to begin one: from the catalogue, from files, from OSCAL, or empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recognition.console.chosen import sight
from recognition.console.desks import MAPPER, Desks, noted
from recognition.console.forms import UPLOADS, Button, FieldMaker, FormView, options
from recognition.console.page import OPEN, Page, code, show, table, tag, text, typed, way
from recognition.finding import refuse_first
from recognition.mapping import MappingHead, MappingSource, MappingTarget
from recognition.mapping_writing import write_mapping
from recognition.oscal_reading import Stated, read_collection
from recognition.shipped import mapping_files
from verifier.edge.console.plan import LARGE, Deed, Screen
from verifier.edge.packs import find_pack, installed_packs
from verifier.errors import MalformedError, MarkError, NotFoundError
from verifier.names import LABEL
from verifier.scheme.rule import Words

if TYPE_CHECKING:
    from starlette.responses import Response

    from verifier.edge.console.visit import Visit
    from verifier.edge.page.grid import Cell, Grid

MAPPERS = frozenset({MAPPER})
DRAFT = Words(ja="草案です。", en="Draft.")


@dataclass(frozen=True)
class MappingPages:
    """The pages over one operator's folder."""

    desks: Desks

    def screens(self) -> tuple[Screen, ...]:
        """Return what is read."""
        return (Screen("/mappings", self.show),)

    def deeds(self) -> tuple[Deed, ...]:
        """Return what is sent."""
        return (
            Deed("/mappings/catalogue", self.from_catalogue, MAPPERS, again=self.show),
            Deed("/mappings/import", self.from_files, MAPPERS, again=self.show, most_bytes=LARGE),
            Deed("/mappings/begin", self.begin, MAPPERS, again=self.show),
        )

    def show(self, visit: Visit) -> Response:
        """Show every mapping, and the ways to begin one."""
        t = visit.t
        may = visit.person.may(MAPPERS)
        forms = (self._catalogue_form(visit), self._import_form(visit), self._begin_form(visit)) if may else ()
        page = Page(
            t.gettext("foreign.mappings.title"),
            intro=(t.gettext("foreign.mappings.text"),),
            grids=(self.grid(visit),),
            forms=forms,
        )
        return show(visit, page)

    def grid(self, visit: Visit) -> Grid:
        """Return every mapping with what it leaves open."""
        rows = [self._row(visit, name) for name in self.desks.mappings.names()]
        return table(visit, "mappings", ("name", "from", "to", "status", "open", "release"), rows)

    def from_catalogue(self, visit: Visit) -> Response:
        """Begin with a mapping of the catalogue. Raises NotFoundError, WrongUseError for one that is here already."""
        name = visit.form.need("name")
        files = mapping_files().get(name)
        if files is None:
            raise NotFoundError(f"no mapping {name[:60]} is in the catalogue")
        found = self.desks.mappings.take_in(files, noted(visit, "imported", name))
        return visit.go(f"/mappings/{found}", "foreign.told.begun")

    def from_files(self, visit: Visit) -> Response:
        """Begin with the two files of a mapping, or with an OSCAL document. Raises MalformedError, WrongUseError."""
        document = visit.form.files.get("oscal")
        if document is not None and document.filename:
            stated = Stated(
                visit.form.get("id") or None, visit.form.get("source") or None, visit.form.get("target") or None
            )
            read, findings = read_collection(
                document.data, file="oscal.json", known=self.desks.folder.known(), stated=stated
            )
            refuse_first(findings)
            if read is None:
                raise MalformedError("the document cannot be read as a mapping")
            files = write_mapping(read.head, read.rows)
        else:
            head, table_ = visit.form.file("head"), visit.form.file("table")
            files = {_name(head.filename, ".toml"): head.data, _name(table_.filename, ".csv"): table_.data}
        found = self.desks.mappings.take_in(files, noted(visit, "imported"))
        return visit.go(f"/mappings/{found}", "foreign.told.begun")

    def begin(self, visit: Visit) -> Response:
        """Begin an empty mapping. Raises NotFoundError, StatementError, WrongUseError."""
        form = visit.form
        scheme, pack = self.desks.folder.scheme(form.need("scheme")), find_pack(form.need("home"))
        versions = form.get("versions").replace(",", " ").split() or [one.id for one in scheme.head.versions]
        strange = set(versions) - {one.id for one in scheme.head.versions}
        if strange:
            raise NotFoundError(f"{scheme.id} has no version {', '.join(sorted(strange))}")
        head = MappingHead(
            id=_label(form.need("id")),
            status="draft",
            notice=DRAFT,
            source=MappingSource(scheme=scheme.id, versions=tuple(versions)),
            target=MappingTarget(scheme=pack.scheme, version=pack.version),
        )
        found = self.desks.mappings.begin(head, noted(visit, "created"))
        return visit.go(f"/mappings/{found}", "foreign.told.begun")

    def _row(self, visit: Visit, name: str) -> tuple[Cell, ...]:
        try:
            mapping = self.desks.mappings.version(name, "work")
            seen = sight(self.desks, mapping, {})
        except MarkError as error:
            empty = (text(""),) * 4
            return (way(name, f"/mappings/{name}"), tag(OPEN, error.message), *empty)
        t, releases, gaps = visit.t, self.desks.mappings.releases(name), seen.gaps
        shown = t.gettext(
            "foreign.open", open=str(len(gaps.open)), all=str(len(gaps.covers)), level=seen.level, tier=str(gaps.tier)
        )
        last = t.gettext("foreign.release", no=str(releases[-1].no)) if releases else t.gettext("foreign.none")
        return (
            way(name, f"/mappings/{name}"),
            code(f"{mapping.head.source.scheme} {', '.join(mapping.head.source.versions)}"),
            code(f"{mapping.head.target.scheme} {mapping.head.target.version}"),
            text(t.gettext(f"foreign.status.{mapping.head.status}")),
            text(shown),
            text(last),
        )

    def _catalogue_form(self, visit: Visit) -> FormView:
        t, make = visit.t, FieldMaker("catalogue")
        choices = options([(name, name) for name in mapping_files()], typed(visit, "catalogue", "name"))
        fields = (make.select("name", t.gettext("foreign.catalogue.name"), choices),)
        buttons = (Button("begin", t.gettext("foreign.begin")),)
        title = t.gettext("foreign.catalogue.form")
        return FormView("catalogue", "/mappings/catalogue", title, fields, buttons, hidden=(("form", "catalogue"),))

    def _import_form(self, visit: Visit) -> FormView:
        t, make = visit.t, FieldMaker("import")
        fields = (
            make.file("head", t.gettext("foreign.import.head"), accept=".toml"),
            make.file("table", t.gettext("foreign.import.table"), accept=".csv"),
            make.file(
                "oscal", t.gettext("foreign.import.oscal"), accept=".json", hint=t.gettext("foreign.import.hint")
            ),
            make.line("id", t.gettext("foreign.import.id"), typed(visit, "import", "id")),
            make.line("source", t.gettext("foreign.import.source"), typed(visit, "import", "source")),
            make.line("target", t.gettext("foreign.import.target"), typed(visit, "import", "target")),
        )
        buttons = (Button("begin", t.gettext("foreign.import.send")),)
        title = t.gettext("foreign.import.form")
        hidden = (("form", "import"),)
        return FormView("import", "/mappings/import", title, fields, buttons, hidden=hidden, enctype=UPLOADS)

    def _begin_form(self, visit: Visit) -> FormView:
        t, make = visit.t, FieldMaker("begin")
        schemes = sorted({*self.desks.folder.operator().schemes, *self.desks.folder.names("schemes")})
        homes = [(pack.name, pack.name) for pack in installed_packs() if pack.head.closed is None]
        fields = (
            make.line("id", t.gettext("foreign.begin.id"), typed(visit, "begin", "id"), required=True),
            make.select(
                "scheme",
                t.gettext("foreign.begin.scheme"),
                options([(one, one) for one in schemes], typed(visit, "begin", "scheme")),
            ),
            make.line(
                "versions",
                t.gettext("foreign.begin.versions"),
                typed(visit, "begin", "versions"),
                hint=t.gettext("foreign.begin.versions.hint"),
            ),
            make.select("home", t.gettext("foreign.begin.home"), options(homes, typed(visit, "begin", "home"))),
        )
        buttons = (Button("begin", t.gettext("foreign.begin")),)
        title = t.gettext("foreign.begin.form")
        return FormView("begin", "/mappings/begin", title, fields, buttons, hidden=(("form", "begin"),))


def _name(filename: str, ending: str) -> str:
    name = filename.replace("\\", "/").rpartition("/")[2]
    if not name.endswith(ending):
        raise MalformedError(f"{name[:60]} is no {ending} file", hint="Choose NAME.toml and NAME.csv.")
    return name


def _label(name: str) -> str:
    if not LABEL.fullmatch(name):
        raise MalformedError("an id is letters, digits, dots, hyphens and underscores", hint="For example uk-to-jp.")
    return name
