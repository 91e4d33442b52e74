"""Versions of a mapping: its releases, what has changed since, its status, its files, and the proposal of a release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recognition.console.desks import APPROVER, MAPPER, Desks, noted
from recognition.console.forms import Button, FieldMaker, FormView, options
from recognition.console.mapping_desk import KIND
from recognition.console.matrix_pages import mapping_ways
from recognition.console.page import BAD, PAUSED, Look, Page, code, show, table, tag, text, typed
from recognition.console.words import STATUSES, WHATS, slug
from recognition.mapping import ControlMapping
from recognition.mapping_diff import mapping_difference
from recognition.mapping_writing import write_mapping
from recognition.oscal import export_collection
from verifier.edge.console.plan import Deed, ProposalKind, Screen
from verifier.edge.page.account import Fact, Link
from verifier.edge.page.grid import Cell
from verifier.encoding import canonical
from verifier.errors import NotFoundError
from verifier.schema import read_model
from verifier.scheme.rule import Words

if TYPE_CHECKING:
    from starlette.responses import Response

    from recognition.console.mapping_desk import Release
    from recognition.console.operator_folder import Noted
    from verifier.edge.console.proposal import Proposal
    from verifier.edge.console.visit import Visit
    from verifier.edge.page.grid import Grid

MAPPERS, APPROVERS = frozenset({MAPPER}), frozenset({APPROVER})
RELEASE = "release"
WORK = "work"
MOST = 60


@dataclass(frozen=True)
class VersionPages:
    """The pages over one operator's folder."""

    desks: Desks

    def screens(self) -> tuple[Screen, ...]:
        """Return what is read."""
        return (
            Screen("/mappings/{name}/versions", self.show),
            Screen("/mappings/{name}/files/{which}/{form}", self.take),
        )

    def deeds(self) -> tuple[Deed, ...]:
        """Return what is sent."""
        return (
            Deed("/mappings/{name}/head", self.reword, MAPPERS, again=self.show),
            Deed("/mappings/{name}/propose", self.propose, MAPPERS, again=self.show),
        )

    def kind(self) -> ProposalKind:
        """Return the proposal to release a mapping: another person, who drew none of it, carries it out."""
        return ProposalKind(APPROVERS, "foreign/release.html", self.shown, self.carry_out)

    def show(self, visit: Visit) -> Response:
        """Show releases, differences and history of a mapping. Raises NotFoundError."""
        name, t = visit.params["name"], visit.t
        work, releases = self.desks.mappings.at_work(name), self.desks.mappings.releases(name)
        which = [(str(one.no), t.gettext("foreign.release", no=str(one.no))) for one in releases]
        which.append((WORK, t.gettext("foreign.work")))
        old = visit.query.get("old") or which[-2 if len(which) > 1 else -1][0]
        new = visit.query.get("new") or WORK
        make = FieldMaker("look")
        fields = (
            make.select("old", t.gettext("foreign.head.old"), options(which, old)),
            make.select("new", t.gettext("foreign.head.new"), options(which, new)),
        )
        before, after = self.desks.mappings.version(name, old), self.desks.mappings.version(name, new)
        forms = (self._head_form(visit, work.mapping), self._propose_form(visit)) if visit.person.may(MAPPERS) else ()
        page = Page(
            t.gettext("foreign.versions.page", name=name),
            ways=(*mapping_ways(t, name), *self._files(visit, WORK)),
            summary=self._facts(visit, work.mapping),
            looks=(Look(f"/mappings/{name}/versions", fields),),
            grids=(*difference_grids(visit, before, after), self._releases(visit), self._history(visit)),
            forms=forms,
        )
        return show(visit, page)

    def take(self, visit: Visit) -> Response:
        """Return a file of a version: its head, its table, or an OSCAL document. Raises NotFoundError."""
        name, which = visit.params["name"], visit.params["which"]
        mapping, form = self.desks.mappings.version(name, which), visit.params["form"]
        if form == "oscal.json":
            scheme = self.desks.mappings.scheme_of(mapping)
            targets = self.desks.folder.known()[mapping.head.target.scheme][mapping.head.target.version]
            document = export_collection(mapping, sources=scheme.control_ids, targets=targets, at=visit.now)
            return visit.file(canonical(document), "application/json", f"{name}-{which}.oscal.json")
        files = write_mapping(mapping.head, mapping.rows)
        ending = {"toml": "toml", "csv": "csv"}.get(form)
        if ending is None:
            raise NotFoundError("a mapping has no such file")
        return visit.file(files[f"{name}.{ending}"], f"text/{ending}", f"{name}.{ending}")

    def reword(self, visit: Visit) -> Response:
        """Change status and notice. Raises MalformedError, StatementError."""
        name, form = visit.params["name"], visit.form
        notice = read_model(Words, {"ja": form.need("ja"), "en": form.need("en")}, what="notice")
        self.desks.mappings.reword(name, status=form.need("status"), notice=notice, by=noted(visit, "head"))
        return visit.go(f"/mappings/{name}/versions", "foreign.told.saved")

    def propose(self, visit: Visit) -> Response:
        """Propose the mapping as it is at work for release. Raises RefusedError with why it may not be."""
        name = visit.params["name"]
        found = self.desks.mappings.check_releasable(name)
        members = {"mapping": name, "sha256": found.mapping.digest}
        number = visit.house.proposals.propose(visit.person, RELEASE, about=name, members=members)
        self.desks.folder.note(self.desks.folder.place(KIND, name), noted(visit, "proposed", found.mapping.digest))
        return visit.go(f"/proposals/{number}", "foreign.told.proposed")

    def shown(self, visit: Visit, proposal: Proposal) -> dict[str, object]:
        """Return what a proposed release says: what it pins, who drew it, and everything that changes by it."""
        name, sha256 = str(proposal.members["mapping"]), str(proposal.members["sha256"])
        t, desk = visit.t, self.desks.mappings
        done = next((one for one in desk.releases(name) if one.sha256 == sha256), None)
        mapping = desk.version(name, str(done.no) if done else WORK)
        drew = done.drawn_by if done else tuple(desk.drawn_by(name).values())
        found = [
            Fact(t.gettext("foreign.head.name"), links=(Link(name, f"/mappings/{name}"),)),
            Fact(t.gettext("foreign.head.digest"), (sha256,)),
            Fact(t.gettext("foreign.head.drawn_by"), drew),
            Fact(t.gettext("foreign.notice.form"), (mapping.head.notice.in_(visit.lang),)),
        ]
        if mapping.digest != sha256:
            found.append(Fact(t.gettext("foreign.changed"), (t.gettext("foreign.changed.text"),)))
        before = self._before(name, mapping, done)
        return {"release": found, "grids": (self._findings(visit, name), *difference_grids(visit, before, mapping))}

    def _before(self, name: str, mapping: ControlMapping, done: Release | None) -> ControlMapping:
        """Return what a release is compared with: the one before it; before the first one there is no row at all."""
        earlier = [one.no for one in self.desks.mappings.releases(name) if done is None or one.no < done.no]
        if earlier:
            return self.desks.mappings.version(name, str(earlier[-1]))
        return ControlMapping(mapping.head, (), "")

    def carry_out(self, visit: Visit, proposal: Proposal) -> str:
        """Release the mapping in the name of whoever approves. Raises RefusedError, ConflictError."""
        name = str(proposal.members["mapping"])
        by = noted(visit, "released", str(proposal.members["sha256"]))
        release = self.desks.mappings.release(name, sha256=str(proposal.members["sha256"]), by=by)
        return f"{name} {release.no}: {release.sha256}"

    def _findings(self, visit: Visit, name: str) -> Grid:
        found = self.desks.mappings.at_work(name).findings
        rows = [
            (text(one.place), tag(BAD if one.severity == "error" else PAUSED, one.code, one.text(visit.lang)))
            for one in found[:MOST]
        ]
        return table(visit, "findings", ("relations", "finding"), rows)

    def _files(self, visit: Visit, which: str) -> tuple[Link, ...]:
        t, base = visit.t, f"/mappings/{visit.params['name']}/files/{which}"
        names = (("toml", "TOML"), ("csv", "CSV"), ("oscal.json", "OSCAL"))
        return tuple(Link(t.gettext("foreign.take", form=shown), f"{base}/{form}") for form, shown in names)

    def _facts(self, visit: Visit, mapping: ControlMapping) -> tuple[Fact, ...]:
        t, drew = visit.t, self.desks.mappings.drawn_by(visit.params["name"])
        return (
            Fact(t.gettext("foreign.head.status"), (t.gettext(f"foreign.status.{mapping.head.status}"),)),
            Fact(t.gettext("foreign.head.digest"), (mapping.digest,)),
            Fact(t.gettext("foreign.drawn_since"), tuple(drew.values()) or (t.gettext("foreign.none"),)),
        )

    def _releases(self, visit: Visit) -> Grid:
        name = visit.params["name"]
        rows = [
            (
                text(str(one.no)),
                code(one.sha256),
                Cell(moments=(visit.moment(one.at),)),
                text(*one.drawn_by),
                text(one.released_by),
                Cell(links=self._files(visit, str(one.no))),
            )
            for one in reversed(self.desks.mappings.releases(name))
        ]
        return table(visit, "releases", ("release", "digest", "at", "drawn_by", "released_by", "take"), rows)

    def _history(self, visit: Visit) -> Grid:
        return history_grid(visit, self.desks.mappings.history(visit.params["name"]))

    def _head_form(self, visit: Visit, mapping: ControlMapping) -> FormView:
        t, make, head = visit.t, FieldMaker("head"), mapping.head
        statuses = [(one, t.gettext(f"foreign.status.{one}")) for one in STATUSES]
        fields = (
            make.select(
                "status",
                t.gettext("foreign.head.status"),
                options(statuses, typed(visit, "head", "status", head.status)),
            ),
            make.area("ja", t.gettext("foreign.notice.ja"), typed(visit, "head", "ja", head.notice.ja)),
            make.area("en", t.gettext("foreign.notice.en"), typed(visit, "head", "en", head.notice.en)),
        )
        action, title = f"/mappings/{visit.params['name']}/head", t.gettext("foreign.notice.form")
        buttons = (Button("save", t.gettext("foreign.row.save")),)
        return FormView("head", action, title, fields, buttons, hidden=(("form", "head"),))

    def _propose_form(self, visit: Visit) -> FormView:
        t, action = visit.t, f"/mappings/{visit.params['name']}/propose"
        notes = (t.gettext("foreign.propose.text"),)
        buttons = (Button("propose", t.gettext("foreign.propose.send")),)
        return FormView("propose", action, t.gettext("foreign.propose"), (), buttons, notes=notes)


def history_grid(visit: Visit, lines: list[Noted]) -> Grid:
    """Return the newest lines of a history, the newest first."""
    rows = [
        (
            Cell(moments=(visit.moment(one.at),)),
            text(one.name),
            text(visit.t.gettext(f"foreign.what.{slug(one.what)}") if slug(one.what) in WHATS else one.what),
            code(one.about) if one.about else text(""),
        )
        for one in reversed(lines[-MOST:])
    ]
    return table(visit, "history", ("at", "who", "what", "criterion"), rows)


def difference_grids(visit: Visit, old: ControlMapping, new: ControlMapping) -> tuple[Grid, Grid]:
    """Return what changes from one version to the next: rows, and what criteria gain or lose."""
    t, found = visit.t, mapping_difference(old, new)
    rows = [
        (
            text(t.gettext(f"foreign.change.{one.kind}")),
            code(f"{' '.join(one.sources)} → {one.target}"),
            text(*(f"{name}: {before or '-'} → {after or '-'}" for name, (before, after) in one.members.items())),
        )
        for one in found.rows
    ]
    covers = [
        (
            text(one.criterion),
            text(t.gettext("foreign.change.gains" if one.gains else "foreign.change.loses")),
            text(f"{t.gettext(f'foreign.cover.{one.old}')} → {t.gettext(f'foreign.cover.{one.new}')}"),
        )
        for one in found.covers
    ]
    return (
        table(visit, "rows", ("change", "relations", "what"), rows),
        table(visit, "covers", ("criterion", "change", "cover"), covers),
    )
