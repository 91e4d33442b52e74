"""The first page: where am I, what is next; and the scope and the expert, which are said once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from issuer.intake import read_holder, read_scope
from issuer.readiness import readiness
from issuer.record import Exclusion
from issuer.supplier import client_requests, shelf
from issuer.supplier.approving import STEPS, steps_of
from issuer.supplier.undertaking import ExpertNote
from issuer.supplier.views import EXCLUDED, SCOPE_KINDS, STATE_TONES, mistake_ids, page
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.packs import find_pack
from verifier.errors import MalformedError
from verifier.schema import read_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from issuer.supplier.place import SupplierPlace
    from verifier.edge.console.visit import Visit

WAYS = {
    "scope": "/scope",
    "answers": "/items",
    "gaps": "/gaps",
    "expert": "/expert",
    "approval": "/approval",
    "package": "/package",
}
ANSWERER = frozenset({"answerer"})
SCHEME = "jp.meti.scs"


class HomeScreens:
    """The handlers over one supplier's place."""

    def __init__(self, place: SupplierPlace) -> None:
        self._place = place

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (Screen("/", self.home), Screen("/scope", self.scope), Screen("/expert", self.expert))

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (
            Deed("/begin", self.begin, ANSWERER, again=self.home),
            Deed("/scope", self.save_scope, ANSWERER, again=self.scope),
            Deed("/scope/exclusions", self.exclude, ANSWERER, again=self.scope),
            Deed("/scope/exclusions/remove", self.include, ANSWERER, again=self.scope),
            Deed("/expert", self.save_expert, ANSWERER, again=self.expert),
        )

    def home(self, visit: Visit) -> Response:
        """Show where things stand."""
        progress, t = self._place.progress(), visit.t
        states = steps_of(progress, self._place.approvals())
        steps = [
            {
                "title": t.gettext(f"supplier.step.{one}"),
                "text": t.gettext(f"supplier.step.{one}.text"),
                "state": t.gettext(f"supplier.step.state.{states[one]}"),
                "tone": STATE_TONES[states[one]],
                "href": WAYS[one],
            }
            for one in STEPS
        ]
        waiting = [one for one in client_requests.list_requests(self._place) if one.answer is None]
        return page(
            visit,
            "supplier/home.html",
            undertakings=[self._undertaking(visit)] if progress else [],
            beginnings=[] if progress else [self._levels(visit)],
            steps=steps if progress else [],
            next_steps=[one for one, step in zip(steps, STEPS, strict=True) if progress and states[step] == "now"],
            may_answer=[True] if visit.person.may(ANSWERER) else [],
            waiting=str(len(waiting)),
            held=str(len(shelf.list_marks(self._place))),
        )

    def begin(self, visit: Visit) -> Response:
        """Begin a self-assessment."""
        self._place.begin(visit.form.number("level"), by=visit.person.id)
        return visit.go("/scope", "supplier.told.begun")

    def scope(self, visit: Visit) -> Response:
        """Show who applies and for what."""
        profile = self._place.need().undertaking.profile
        holder, scope = profile.holder, profile.scope
        kept = {
            "name": holder.name if holder else "",
            "name_latin": (holder.name_latin or "") if holder else "",
            "identifier": holder.identifiers[0] if holder else "",
            "domains": "\n".join(holder.domains or ()) if holder else "",
            "unlisted": "yes" if holder and holder.unlisted else "",
            "kind": scope.scope_kind if scope else "company",
            "summary": scope.scope_summary if scope else "",
            "covered": "\n".join(scope.covered) if scope else "",
            "ot": scope.ot if scope else "excluded",
        }
        typed = visit.form.fields if visit.mistake and "summary" in visit.form.fields else {}
        # A box that is not ticked is not sent: what was typed counts for all fields, or for none.
        shown = {name: visit.form.get(name) if typed else text for name, text in kept.items()}
        return page(
            visit,
            "supplier/scope.html",
            shown=shown,
            own_mistakes=mistake_ids(visit),
            kinds=_choices(visit, "scope_kind", SCOPE_KINDS, shown["kind"]),
            excluded_kinds=_choices(visit, "excluded", EXCLUDED, "site"),
            exclusions=[
                {
                    "no": str(one.no),
                    "kind": visit.t.gettext(f"supplier.excluded.{one.kind}"),
                    "what": one.what,
                    "why": one.justification,
                }
                for one in profile.exclusions
            ],
            attributes_of_ot="checked" if shown["ot"] == "included" else "",
            attributes_of_unlisted="checked" if shown["unlisted"] else "",
        )

    def save_scope(self, visit: Visit) -> Response:
        """Keep who applies and for what, in the forms that a mark has."""
        form = visit.form
        holder = read_holder(
            name=form.need("name"),
            identifiers=[form.need("identifier")],
            name_latin=form.get("name_latin") or None,
            domains=_lines(form.get("domains")),
            unlisted=bool(form.get("unlisted")),
        )
        scope = read_scope(
            kind=form.need("kind"),
            summary=form.need("summary"),
            covered=_lines(form.get("covered")),
            ot="included" if form.get("ot") else "excluded",
        )
        profile = self._place.need().undertaking.profile
        self._place.describe(profile.model_copy(update={"holder": holder, "scope": scope}))
        return visit.go("/", "supplier.told.scope_saved")

    def exclude(self, visit: Visit) -> Response:
        """Keep that the scope leaves something out, and why."""
        profile, form = self._place.need().undertaking.profile, visit.form
        number = max((one.no for one in profile.exclusions), default=0) + 1
        members = {
            "no": number,
            "kind": form.need("excluded"),
            "what": form.need("what"),
            "justification": form.need("why"),
        }
        added = read_model(Exclusion, members, what="exclusion")
        self._place.describe(profile.model_copy(update={"exclusions": (*profile.exclusions, added)}))
        return visit.go("/scope", "supplier.told.excluded")

    def include(self, visit: Visit) -> Response:
        """Keep that the scope leaves something out no more."""
        profile, number = self._place.need().undertaking.profile, visit.form.number("no")
        kept = tuple(one for one in profile.exclusions if one.no != number)
        if len(kept) == len(profile.exclusions):
            raise MalformedError(f"nothing of the number {number} is left out")
        self._place.describe(profile.model_copy(update={"exclusions": kept}))
        return visit.go("/scope", "supplier.told.included")

    def expert(self, visit: Visit) -> Response:
        """Show the security expert who advises and is to confirm."""
        kept = self._place.need().undertaking.profile.expert
        members = kept.members() if kept else {}
        names = ("name", "number", "advice")
        shown = {one: visit.form.get(one) if visit.mistake else str(members.get(one, "")) for one in names}
        return page(visit, "supplier/expert.html", shown=shown, own_mistakes=mistake_ids(visit))

    def save_expert(self, visit: Visit) -> Response:
        """Keep the expert."""
        form, profile = visit.form, self._place.need().undertaking.profile
        members = {"name": form.need("name"), "number": form.get("number"), "advice": form.get("advice")}
        expert = read_model(ExpertNote, members, what="expert")
        self._place.describe(profile.model_copy(update={"expert": expert}))
        return visit.go("/", "supplier.told.expert_saved")

    def _undertaking(self, visit: Visit) -> dict[str, Any]:
        progress = self._place.need()
        undertaking, lang = progress.undertaking, visit.lang
        left = readiness(undertaking.pack, undertaking.level, progress.answers)
        total = sum(left.counts.values())
        answered = total - left.counts["unanswered"]
        holder = undertaking.profile.holder
        return {
            "label": f"{undertaking.pack.head.label.in_(lang)} {left.tier.label.in_(lang)}",
            "notice": undertaking.pack.head.notice.in_(lang),
            "holder": [holder.name] if holder else [],
            "total": str(total),
            "answered": str(answered),
            "next": [f"/items/{item}" for item in [progress.next_open()] if item],
            "levels": self._levels(visit),
        }

    def _levels(self, visit: Visit) -> list[dict[str, str]]:
        return [
            {"level": str(tier.level), "label": tier.label.in_(visit.lang), "method": tier.method.in_(visit.lang)}
            for tier in find_pack(SCHEME).tiers
        ]


def _choices(visit: Visit, group: str, words: tuple[str, ...], chosen: str) -> list[dict[str, str]]:
    return [
        {
            "value": one,
            "text": visit.t.gettext(f"supplier.{group}.{one}"),
            "attributes": "selected" if one == chosen else "",
        }
        for one in words
    ]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
