"""What is signed and exchanged about an agreement: the proposal, the authority's answer, facts of this side."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recognition.agreement_fact import AgreementFact
from recognition.console.agreement_views import SIGNATORIES, WORKERS
from recognition.console.desks import KEY, Desks, noted
from recognition.foreign_desk import ForeignDesk, ForeignOperator
from verifier.dates import parse_instant
from verifier.edge.client import HttpFetcher, open_client
from verifier.edge.console.plan import LARGE, Deed, Screen
from verifier.edge.keystore import load_signer
from verifier.edge.write_api import Addresses, WriteApi
from verifier.errors import NotFoundError
from verifier.schema import read_model

if TYPE_CHECKING:
    from starlette.responses import Response

    from verifier.edge.console.plan import Handler
    from verifier.edge.console.visit import Visit

PAUSE = 0.5


@dataclass(frozen=True)
class SigningPages:
    """The deeds over one operator's folder; ``show_one`` shows the agreement again when one is refused."""

    desks: Desks
    show_one: Handler
    pause: Callable[[float], None] = time.sleep

    def screens(self) -> tuple[Screen, ...]:
        """Return what is read."""
        return (
            Screen("/agreements/{label}/proposals/{version:int}", self.take_proposal),
            Screen("/agreements/{label}/facts/{no:int}", self.take_fact),
        )

    def deeds(self) -> tuple[Deed, ...]:
        """Return what is sent."""
        base = "/agreements/{label}"
        return (
            Deed(f"{base}/sign", self.sign, SIGNATORIES, again=self.show_one),
            Deed(f"{base}/send", self.send, SIGNATORIES, again=self.show_one),
            Deed(f"{base}/ask", self.ask, WORKERS, again=self.show_one),
            Deed(f"{base}/answer", self.take_answer, WORKERS, again=self.show_one, most_bytes=LARGE),
            Deed(f"{base}/facts", self.state_fact, SIGNATORIES, again=self.show_one),
        )

    def sign(self, visit: Visit) -> Response:
        """Sign the terms that the page showed, with the operator's key.

        Raises RefusedError, ConflictError, LockedError, UnavailableError.
        """
        label, shown = visit.params["label"], visit.form.get("sha256")
        # Who may not sign is told before anybody is asked for a passphrase.
        self.desks.agreements.check_signable(label, visit.person.id, shown=shown)
        desk = self._desk(visit)
        with self._registry() as registry:
            self.desks.agreements.sign(label, desk, registry, noted(visit, "signed"), shown=shown)
        return visit.go(f"/agreements/{label}", "foreign.told.signed")

    def send(self, visit: Visit) -> Response:
        """Send the newest signed version to the registry. Raises as the registry answers."""
        label = visit.params["label"]
        signed = self.desks.agreements.signatures(label)
        if not signed:
            raise NotFoundError("nothing is signed yet")
        with self._registry() as registry:
            admitted = self.desks.agreements.send(label, signed[-1].version, registry, noted(visit, "sent"))
        return visit.go(f"/agreements/{label}", "foreign.told.sent", index=str(admitted.index))

    def ask(self, visit: Visit) -> Response:
        """Fetch the authority's answer from its read plane and check every signature. Raises as reading it does."""
        label = visit.params["label"]
        with open_client() as http:
            answer = self.desks.agreements.ask(label, HttpFetcher(self.desks.folder.operator().read, http))
        return visit.go(f"/agreements/{label}", "foreign.told.asked", number=str(len(answer.entries)))

    def take_answer(self, visit: Visit) -> Response:
        """Take in the authority's answer from a file and check every signature. Raises as reading it does."""
        label = visit.params["label"]
        answer = self.desks.agreements.take_answer(label, visit.form.file("answer").data)
        return visit.go(f"/agreements/{label}", "foreign.told.asked", number=str(len(answer.entries)))

    def state_fact(self, visit: Visit) -> Response:
        """Sign a fact of this side: what the home authority is asked to do. Raises RefusedError, StatementError."""
        label, form = visit.params["label"], visit.form
        at = parse_instant(form.get("effective"), zone=visit.house.plan.zone) if form.get("effective") else visit.now
        said = {"asks": form.need("asks"), "reason": form.need("reason"), "effective": at}
        if form.get("issuer"):
            said["issuer"] = form.get("issuer")
        fact = read_model(AgreementFact, said, what="fact")
        no = self.desks.agreements.state_fact(label, fact, self._desk(visit), noted(visit, "fact", form.get("asks")))
        return visit.go(f"/agreements/{label}", "foreign.told.fact", no=str(no))

    def take_proposal(self, visit: Visit) -> Response:
        """Return what was signed, as the file that the home authority takes in."""
        label, version = visit.params["label"], int(visit.params["version"])
        data = self.desks.agreements.proposal(label, version).write()
        return visit.file(data, "application/json", f"{label}-{version}.proposal.json")

    def take_fact(self, visit: Visit) -> Response:
        """Return a signed fact."""
        label, no = visit.params["label"], int(visit.params["no"])
        return visit.file(self.desks.agreements.fact(label, no), "application/jwt", f"{label}-fact-{no}.jwt")

    def _desk(self, visit: Visit) -> ForeignDesk:
        said = self.desks.folder.operator()
        operator = ForeignOperator(said.host, said.no, said.holder, said.key_no)
        signer = load_signer(self.desks.folder.key, visit.passphrase(KEY))
        return ForeignDesk(operator, signer=signer, clock=lambda: visit.now, entropy=secrets.token_bytes)

    @contextmanager
    def _registry(self) -> Iterator[WriteApi]:
        said = self.desks.folder.operator()
        addresses = Addresses(read=said.read.rstrip("/"), api=said.api.rstrip("/"))
        with open_client() as http:
            yield WriteApi(http, addresses, pause=lambda: self.pause(PAUSE), root=self.desks.folder.root())
