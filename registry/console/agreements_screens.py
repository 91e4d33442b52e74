"""Agreements on the authority's side: what foreign operators proposed, and what two operators say about it.

A proposal comes in by the registry's API, or here as the file that the other side hands over. A fact that it states is
checked and shown; it does nothing by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recognition.agreement_answer import gather_answer
from recognition.agreement_fact import read_fact
from recognition.agreement_proposal import read_proposal
from recognition.study import study
from registry.console.showing import HANDLERS, OPERATORS, first_instant, show_cards
from registry.desk.operators import read_addresses
from registry.desk.saying import say
from registry.treaty.admission import published_treaty
from verifier.edge.authority.agreements_view import agreement_cards, agreements_cards
from verifier.edge.authority.words import SAID
from verifier.edge.console.plan import LARGE, Deed, Screen
from verifier.edge.folder import FolderFetcher
from verifier.edge.packs import load_pack
from verifier.edge.write_api import WriteApi
from verifier.errors import MarkError, NotFoundError, RefusedError
from verifier.names import LABEL, agreement_uri, parse_name
from verifier.trust.recognition_list import ListedAgreement, listed
from verifier.trust.trustlist import read_trust_list

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.responses import Response

    from registry.console.desk import Desk
    from registry.console.read_log import Reading
    from verifier.edge.console.visit import Visit

AGREEMENT_ACTS = {
    "announce": "agreement.announced",
    "decline": "agreement.declined",
    "begin": "agreement.in_force",
    "suspend": "agreement.suspended",
    "terminate": "agreement.terminated",
}


@dataclass(frozen=True)
class AgreementsScreens:
    """The pages about agreements."""

    desk: Desk

    def screens(self) -> Sequence[Screen]:
        """Return the pages."""
        return (
            Screen("/agreements", self.show_all, HANDLERS),
            Screen("/agreements/{label}", self.show, HANDLERS),
            Screen("/agreements/{label}/answer", self.answer, HANDLERS),
        )

    def deeds(self) -> Sequence[Deed]:
        """Return what is taken in and proposed on them."""
        base = "/agreements/{label}"
        return (
            Deed("/agreements", self.receive, OPERATORS, again=self.show_all, most_bytes=LARGE),
            Deed(f"{base}/fact", self.check_fact, HANDLERS, again=self.show),
            *(Deed(f"{base}/{act}", self._proposing(act), OPERATORS, again=self.show) for act in AGREEMENT_ACTS),
        )

    def show_all(self, visit: Visit) -> Response:
        """Show every agreement, and take a proposal in by its file."""
        with self.desk.log.look() as reading:
            rows = [one.model_dump(mode="json") for one in _all(reading)]
        return show_cards(visit, agreements_cards(rows, visit.t))

    def receive(self, visit: Visit) -> Response:
        """Send a proposal that a foreign operator signed. Raises MalformedError, and what the registry answers with."""
        proposal = read_proposal(visit.form.file("proposal").data)
        label = parse_name(proposal.said.object).value
        proposal.treaty(load_pack)
        registry = WriteApi(self.desk.http, read_addresses(self.desk.data), pause=self.desk.pause, root=self.desk.root)
        admitted = registry.send(proposal.statement, {"document": proposal.document})
        return visit.go(f"/agreements/{label}", SAID, entry=str(admitted.index))

    def show(self, visit: Visit, stated: Mapping[str, Any] | None = None) -> Response:
        """Show an agreement: who signed, what it covers, what rests on it, what may be said. Raises NotFoundError."""
        with self.desk.log.look() as reading:
            found = _one(reading, self._uri(visit))
            resting = sum(
                one.recorded.agreement == found.uri and one.state == "recorded"
                for one in reading.state.recognitions.values()
            )
        shown = {**found.model_dump(mode="json"), "resting": resting, "study": self._study(found), "stated": stated}
        return show_cards(visit, agreement_cards(shown, visit.form.get, visit.house.plan.zone, visit.t))

    def answer(self, visit: Visit) -> Response:
        """Return what the authority signed, as one file for the other side. Raises NotFoundError."""
        data = gather_answer(FolderFetcher(self.desk.data.public), self.desk.root, self._uri(visit))
        return visit.file(data, "application/json", f"{visit.params['label']}-answer.json")

    def check_fact(self, visit: Visit) -> Response:
        """Check a fact that the other side states and show what it asks for. Raises EvidenceError, NotFoundError."""
        compact = visit.form.file("fact").data.decode("ascii", "replace").strip()
        trusted = read_trust_list(FolderFetcher(self.desk.data.public).fetch("trust/list.jwt"), self.desk.root)
        stated = read_fact(compact, trusted, now=visit.now)
        with self.desk.log.look() as reading:
            found = _one(reading, self._uri(visit))
        if stated.agreement != found.uri or stated.operator not in {one.signed_by for one in found.versions}:
            raise RefusedError("the fact is about another agreement, or its operator signed none of this one")
        return self.show(visit, {**stated.fact.members(), "operator": stated.operator})

    def _proposing(self, act: str) -> Callable[[Visit], Response]:
        def propose(visit: Visit) -> Response:
            with self.desk.log.look() as reading:
                found = _one(reading, self._uri(visit))
            public = _public(act, visit, found)
            saying = say(self.desk.host, AGREEMENT_ACTS[act], found.uri, public, entropy=self.desk.entropy)
            return self.desk.propose(visit, saying, about=visit.params["label"])

        return propose

    def _uri(self, visit: Visit) -> str:
        label = visit.params["label"]
        if not LABEL.fullmatch(label):
            raise NotFoundError("no agreement has such an id")
        return agreement_uri(self.desk.host, label)

    def _study(self, found: ListedAgreement) -> list[dict[str, Any]]:
        try:
            treaty = published_treaty(FolderFetcher(self.desk.data.public), found.versions[-1].sha256)
            pack = load_pack(treaty.terms.home.scheme, treaty.terms.home.version)
        except MarkError:
            # What is not published yet is shown a moment later.
            return []
        return [one.members() for one in study(treaty, pack) if one.within_cap]


def _all(reading: Reading) -> list[ListedAgreement]:
    rows = listed(reading.state, reading.state.size)["agreements"]
    return [ListedAgreement.model_validate(one) for one in rows]


def _one(reading: Reading, uri: str) -> ListedAgreement:
    found = next((one for one in _all(reading) if one.uri == uri), None)
    if found is None:
        raise NotFoundError("the log knows no agreement of that id")
    return found


def _public(act: str, visit: Visit, found: ListedAgreement) -> dict[str, Any]:
    """Return what will be said, about the newest version, or the newest one that was announced where it begins."""
    if act == "announce":
        newest = found.versions[-1]
        return {"version": newest.version, "sha256": newest.sha256, "scheme": newest.scheme, "kind": newest.kind}
    if act == "decline":
        return {"reason": visit.form.need("reason")}
    effective = first_instant(visit, "effective") if visit.form.get("effective") else visit.now
    if act == "begin":
        announced = [one for one in found.versions if one.announced is not None]
        if not announced:
            raise RefusedError("no version of it was announced", hint="Announce one first.")
        one = announced[-1]
        return {"version": one.version, "sha256": one.sha256, "kind": one.kind, "effective": effective}
    stopped: dict[str, Any] = {"reason": visit.form.need("reason"), "effective": effective}
    if not visit.form.get("until"):
        return {**stopped, "existing": "stop_now"}
    return {**stopped, "existing": "keep_until", "until": first_instant(visit, "until")}
