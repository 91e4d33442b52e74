"""Approval by the officer, what goes out to the evaluator, and the evaluator's invitation to swear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from issuer.supplier import swearing
from issuer.supplier.approving import check_ready, standing_approval
from issuer.supplier.bring_screens import XLSX
from issuer.supplier.home_screens import ANSWERER
from issuer.supplier.outgoing import answer_sheet, application_file, package_file
from issuer.supplier.views import TONES, looks, mistake_ids, names_of, page
from verifier.edge.console.plan import Deed, ProposalKind, Screen
from verifier.errors import MarkError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from issuer.supplier.place import SupplierPlace
    from verifier.edge.console.proposal import Proposal
    from verifier.edge.console.visit import Visit

OFFICER = frozenset({"officer"})
APPROVAL = "approval"
FILES = {
    "package.zip": "supplier.package.zip",
    "answers.xlsx": "supplier.package.sheet",
    "answers.csv": "supplier.package.csv",
    "application.json": "supplier.package.application",
}


class PackageScreens:
    """The handlers over one supplier's place."""

    def __init__(self, place: SupplierPlace) -> None:
        self._place = place

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (
            Screen("/approval", self.approval),
            Screen("/package", self.package),
            Screen("/package/{name}", self.download),
            Screen("/oaths", self.oaths),
            Screen("/oaths/{number:int}", self.oath),
            Screen("/oaths/{number:int}/reply.json", self.reply),
        )

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (
            Deed("/approval", self.ask, ANSWERER, again=self.approval),
            Deed("/oaths", self.take_invitation, ANSWERER | OFFICER, again=self.oaths),
            Deed("/oaths/{number:int}", self.swear, OFFICER, again=self.oath),
        )

    def kinds(self) -> Mapping[str, ProposalKind]:
        """Return what is proposed here: that an officer approves the answers."""
        return {APPROVAL: ProposalKind(OFFICER, "supplier/approve.html", self._shown, self._carry_out)}

    def approval(self, visit: Visit) -> Response:
        """Show whether the answers can be approved, and by whom they were."""
        progress, approvals = self._place.need(), self._place.approvals()
        standing = standing_approval(progress, approvals)
        waiting = [
            f"/proposals/{one.id}"
            for one in visit.house.proposals.list(unit=visit.person.unit)
            if one.state == "open" and one.members.get("whole_sha256") == progress.whole_sha256
        ]
        try:
            check_ready(progress)
            obstacles: list[MarkError] = []
        except RefusedError as error:
            obstacles = [error]
        may_ask = not (standing or waiting or obstacles) and visit.person.may(ANSWERER)
        return page(
            visit,
            "supplier/approval.html",
            approvals=[{"name": one.name, "at": visit.moment(one.at)} for one in [standing] if one],
            waiting=waiting,
            obstacles=[True for _ in obstacles],
            may_ask=[True] if may_ask else [],
            own_mistakes=mistake_ids(visit),
        )

    def ask(self, visit: Visit) -> Response:
        """Propose that an officer approves the answers as they stand."""
        progress = self._place.need()
        check_ready(progress)
        holder = progress.undertaking.profile.holder
        about = f"{holder.name if holder else ''} ★{progress.undertaking.level}"
        members = {"whole_sha256": progress.whole_sha256}
        number = visit.house.proposals.propose(visit.person, APPROVAL, about=about, members=members)
        return visit.go(f"/proposals/{number}")

    def package(self, visit: Visit) -> Response:
        """Show what goes out to the evaluator."""
        progress = self._place.need()
        standing = standing_approval(progress, self._place.approvals())
        return page(
            visit,
            "supplier/package.html",
            approvals=[{"name": one.name, "at": visit.moment(one.at)} for one in [standing] if one],
            scopes=[True] if progress.undertaking.has_scope else [],
            sha256=progress.result_sha256,
            files=[{"name": name, "text": visit.t.gettext(text)} for name, text in FILES.items()],
        )

    def download(self, visit: Visit) -> Response:
        """Give a file that goes out."""
        progress, approvals = self._place.need(), self._place.approvals()
        name = visit.params["name"]
        match name:
            case "answers.xlsx":
                return visit.file(answer_sheet(progress, "xlsx"), XLSX, name)
            case "answers.csv":
                return visit.file(answer_sheet(progress, "csv"), "text/csv", name)
            case "application.json":
                return visit.file(application_file(progress, approvals), "application/json", name)
            case "package.zip":
                return visit.file(package_file(progress, approvals), "application/zip", name)
        raise RefusedError(f"there is no file {name[:40]!r}")

    def oaths(self, visit: Visit) -> Response:
        """Show the evaluator's invitations to swear."""
        rows = [_oath(visit, one) for one in swearing.list_oaths(self._place)]
        may_take = [True] if visit.person.may(ANSWERER | OFFICER) else []
        return page(visit, "supplier/oaths.html", rows=rows, may_take=may_take, own_mistakes=mistake_ids(visit))

    def take_invitation(self, visit: Visit) -> Response:
        """Take an evaluator's invitation in."""
        number = swearing.take_invitation(self._place, visit.form.file("invitation").data, by=visit.person.id)
        return visit.go(f"/oaths/{number}", "supplier.told.invitation_taken")

    def oath(self, visit: Visit) -> Response:
        """Show one invitation with everything that is sworn to."""
        oath = swearing.find_oath(self._place, int(visit.params["number"]))
        open_one, left_out = not oath.kept.reply and not oath.differing, oath.invitation.exclusions
        return page(
            visit,
            "supplier/oath.html",
            oath=_oath(visit, oath),
            differing=[{"item": one, "href": _way_to(one)} for one in oath.differing],
            exclusions=[{"what": one.get("what", ""), "why": one.get("justification", "")} for one in left_out],
            own_name=visit.person.name,
            may_swear=[True] if open_one and visit.person.may(OFFICER) else [],
            answers=_answer_rows(visit, self._place),
            own_mistakes=mistake_ids(visit),
        )

    def swear(self, visit: Visit) -> Response:
        """Swear in the officer's name."""
        number = int(visit.params["number"])
        if visit.form.get("agrees") != "yes":
            raise RefusedError("nothing was sworn", hint="Tick the box if you swear.")
        swearing.swear(self._place, number, officer=visit.person.id, name=visit.person.name)
        return visit.go(f"/oaths/{number}", "supplier.told.sworn")

    def reply(self, visit: Visit) -> Response:
        """Give the reply that the evaluator takes in."""
        oath = swearing.find_oath(self._place, int(visit.params["number"]))
        if not oath.kept.reply:
            raise RefusedError("nobody swore yet")
        return visit.file(oath.kept.reply, "application/json", f"oath-{oath.invitation.case}.json")

    def _shown(self, visit: Visit, proposal: Proposal) -> Mapping[str, object]:
        progress, names = self._place.need(), names_of(visit)
        undertaking, profile = progress.undertaking, progress.undertaking.profile
        return {
            "level": f"{undertaking.pack.head.label.in_(visit.lang)} ★{undertaking.level}",
            "summary": [profile.scope.scope_summary] if profile.scope else [],
            "exclusions": [{"what": one.what, "why": one.justification} for one in profile.exclusions],
            "answerers": sorted(names.get(one, "–") for one in progress.answerers),
            "changed": [True] if proposal.members.get("whole_sha256") != progress.whole_sha256 else [],
            "holders": [one for one in (profile.holder,) if one is not None],
            "domains": (profile.holder.domains or ()) if profile.holder else (),
            "unlisted": [True] if profile.holder and profile.holder.unlisted else [],
            "covered": profile.scope.covered if profile.scope else (),
            "ot": [True] if profile.scope and profile.scope.ot == "included" else [],
            "answers": _answer_rows(visit, self._place),
            "own_mistakes": mistake_ids(visit),
            **looks(),
        }

    def _carry_out(self, visit: Visit, proposal: Proposal) -> str:
        whole_sha256 = str(proposal.members.get("whole_sha256"))
        self._place.approve(whole_sha256, officer=visit.person.id, name=visit.person.name)
        return visit.t.gettext("supplier.approval.outcome", sha256=self._place.need().result_sha256)


def _way_to(differing: str) -> str:
    return "/scope" if differing == swearing.EXCLUSIONS else f"/items/{differing}"


def _answer_rows(visit: Visit, place: SupplierPlace) -> list[dict[str, Any]]:
    progress = place.need()
    answers = {one.item: one for one in progress.answers}
    return [
        {
            "id": item.id,
            "label": item.label(visit.lang),
            "word": visit.t.gettext(f"supplier.word.{answers[item.id].word}"),
            "tone": TONES[answers[item.id].word],
            "justification": [answers[item.id].justification] if answers[item.id].justification else [],
            "evidence": answers[item.id].evidence.splitlines(),
        }
        for item in progress.undertaking.pack.items_for(progress.undertaking.level)
    ]


def _oath(visit: Visit, oath: swearing.Oath) -> dict[str, Any]:
    invitation, names = oath.invitation, names_of(visit)
    sworn_at = oath.kept.sworn_at
    return {
        "no": str(oath.kept.no),
        "href": f"/oaths/{oath.kept.no}",
        "case": invitation.case,
        "organisation": invitation.organisation,
        "tier": f"{invitation.scheme} ★{invitation.level}",
        "until": visit.moment(invitation.expires_at),
        "sworn": [{"name": names.get(oath.kept.sworn_by, "–"), "at": visit.moment(sworn_at)}] if sworn_at else [],
        "replies": [f"/oaths/{oath.kept.no}/reply.json"] if oath.kept.reply else [],
    }
