"""The forms in which an agreement is drawn up and its terms are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recognition.agreement_folder import usual_terms
from recognition.console.forms import Area, Button, Field, FieldMaker, FormView, options
from recognition.console.page import is_again, typed
from verifier.dates import local_date
from verifier.edge.packs import load_pack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recognition.agreement_folder import FirstTerms
    from recognition.console.desks import Desks
    from recognition.scheme import ForeignScheme
    from verifier.edge.console.visit import Visit
    from verifier.scheme.pack import SchemePack


def draw_form(visit: Visit, desks: Desks, mapping: str) -> FormView:
    """Return the form from which an agreement about one mapping is drawn up."""
    t, make = visit.t, FieldMaker("draw")
    releases = desks.mappings.releases(mapping)
    head = desks.mappings.version(mapping, str(releases[-1].no)).head
    scheme, pack = desks.folder.scheme(head.source.scheme), load_pack(head.target.scheme, head.target.version)
    usual = usual_terms(scheme, pack, today=local_date(visit.now, pack.zone))
    choices = [(str(one.no), t.gettext("foreign.release", no=str(one.no))) for one in reversed(releases)]
    number = str(usual.max_supplement)
    fields = (
        make.line(
            "label",
            t.gettext("foreign.draw.label"),
            typed(visit, "draw", "label"),
            required=True,
            hint=t.gettext("foreign.draw.label.hint"),
        ),
        make.select("release", t.gettext("foreign.head.release"), options(choices, typed(visit, "draw", "release"))),
        *_caps(visit, scheme, pack, usual),
        make.line(
            "max_supplement",
            t.gettext("foreign.draw.supplement"),
            typed(visit, "draw", "max_supplement", number),
            type="number",
            required=True,
        ),
        *_days(visit, usual),
    )
    hidden = (("form", "draw"), ("mapping", mapping))
    buttons = (Button("draw", t.gettext("foreign.draw.send")),)
    return FormView("draw", "/agreements/new", t.gettext("foreign.draw", name=mapping), fields, buttons, hidden=hidden)


def terms_form(visit: Visit, label: str, texts: Sequence[tuple[str, str]], sha256: str) -> FormView:
    """Return the form of the terms, a field for each file."""
    t, again = visit.t, is_again(visit, "terms")
    fields = tuple(
        Field(
            f"terms-{at}",
            name,
            t.gettext("foreign.terms.file", name=name),
            areas=(Area(visit.form.get(name) if again else shown, "24" if not at else "10"),),
        )
        for at, (name, shown) in enumerate(texts)
    )
    hidden = (("form", "terms"), ("sha256", visit.form.get("sha256") if again else sha256))
    buttons = (Button("save", t.gettext("foreign.row.save")),)
    title = t.gettext("foreign.terms.form")
    return FormView("terms", f"/agreements/{label}/terms", title, fields, buttons, hidden=hidden)


def _caps(visit: Visit, scheme: ForeignScheme, pack: SchemePack, usual: FirstTerms) -> list[Field]:
    t, make = visit.t, FieldMaker("draw")
    tiers = [("", t.gettext("foreign.draw.cap.none"))]
    tiers += [(str(rule.level), rule.label.in_(visit.lang)) for rule in pack.tiers]
    return [
        make.select(
            f"cap-{level.id}",
            t.gettext("foreign.draw.cap", level=level.label.in_(visit.lang)),
            options(tiers, typed(visit, "draw", f"cap-{level.id}", str(usual.caps.get(level.id, "")))),
        )
        for level in scheme.head.levels
    ]


def _days(visit: Visit, usual: FirstTerms) -> list[Field]:
    t, make = visit.t, FieldMaker("draw")
    days = {"opens": usual.opens, "closes": usual.closes, "review_by": usual.review_by, "not_after": usual.not_after}
    return [
        make.line(
            name,
            t.gettext(f"foreign.draw.{name}"),
            typed(visit, "draw", name, day.isoformat()),
            type="date",
            required=True,
        )
        for name, day in days.items()
    ]
