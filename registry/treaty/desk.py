"""The recognition desk: it decides by the log's own agreements, records what is recognised, and ends what is not.

Signed by the directory key, which says nothing of its own: every decision follows from inputs that anybody recomputes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recognition.agreement import Listed
from recognition.decide import decide
from recognition.home import home_criteria
from recognition.logged import agreement_in_log, newest_version
from recognition.public_receipt import PublicReceipt, public_receipt, receipt_files
from recognition.question import Question
from recognition.receipt import receipt_bytes
from registry.treaty.admission import published_treaty
from verifier.edge.packs import load_pack
from verifier.errors import NotFoundError
from verifier.identifier import parse_identifier
from verifier.markid import new_mark_id
from verifier.names import agreement_uri, authority_uri, log_origin, org_uri, recognition_uri
from verifier.scheme.tables import files_digest
from verifier.statement import Draft, new_token_id, sign_statement
from verifier.statement.document import write_document
from verifier.trust.recognition_list import LATEST, read_recognition_list
from verifier.trust.trustlist import read_trust_list

if TYPE_CHECKING:
    from recognition.certificate import Certificate, Supplement
    from recognition.decision import Decision
    from recognition.treaty import Treaty
    from verifier.edge.write_api import Admitted, WriteApi
    from verifier.gather import Fetcher
    from verifier.injected import Clock, Entropy
    from verifier.signer import Signer
    from verifier.tier import Tier
    from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class Asked:
    """A question with the folder that it was asked by, and the decision on it."""

    question: Question
    treaty: Treaty
    decision: Decision


@dataclass(frozen=True)
class Recorded:
    """A recognition in the log: its name, its entry, its public receipt, and the full one for the holder."""

    uri: str
    admitted: Admitted
    public: PublicReceipt
    full: bytes


def ask(
    plane: Fetcher,
    root: TrustRoot,
    label: str,
    certificate: Certificate,
    *,
    target: Tier,
    now: int,
    supplements: tuple[Supplement, ...] = (),
) -> Asked:
    """Return the decision by the agreement of that id, as the published plane has it now.

    Raises NotFoundError when no version of it was ever in force, or what cannot be read raises.
    """
    listed = read_recognition_list(plane.fetch(LATEST), root)
    found = listed.agreement(agreement_uri(root.host, label))
    if found is None:
        raise NotFoundError(f"no agreement {label!r} is in the recognition list")
    treaty = published_treaty(plane, newest_version(found).sha256)
    home = load_pack(treaty.terms.home.scheme, treaty.terms.home.version)
    question = Question(
        home=home_criteria(home),
        agreement=agreement_in_log(treaty, found, mappings=listed.mappings),
        scheme=treaty.scheme,
        mappings=treaty.mappings,
        certificate=certificate,
        target=target,
        as_of=now,
        known_at=now,
        supplements=supplements,
        evaluators=home_evaluators(plane, root),
    )
    return Asked(question, treaty, decide(question))


def home_evaluators(plane: Fetcher, root: TrustRoot) -> tuple[Listed, ...]:
    """Return the evaluation bodies that are active by the trust list, by their numbers."""
    bodies = read_trust_list(plane.fetch("trust/list.jwt"), root).bodies
    return tuple(
        Listed(id=str(one.no), begins=one.begins, ends=one.ends)
        for one in bodies
        if one.role == "evaluation" and one.state == "active"
    )


class RecognitionDesk:
    """Records recognitions in one registry."""

    def __init__(self, host: str, *, signer: Signer, registry: WriteApi, clock: Clock, entropy: Entropy) -> None:
        self._host = host
        self._signer = signer
        self._registry = registry
        self._clock = clock
        self._entropy = entropy

    def record(self, asked: Asked) -> Recorded:
        """Record the highest tier that was recognised. Raises RefusedError when none was, or as the API answers."""
        question, host = asked.question, self._host
        holder = question.certificate.holder
        if holder is None:
            raise NotFoundError("the certificate names no holder", hint="A recognition is an organisation's.")
        uri = agreement_uri(host, asked.treaty.terms.id)
        receipt = public_receipt(question, asked.decision, agreement=uri, terms_sha256=asked.treaty.sha256)
        files = receipt_files(receipt)
        best = asked.decision.recognised
        public = {
            "agreement": uri,
            "scheme": best.tier.scheme if best else "",
            "tier": best.tier.level if best else 0,
            "sub": org_uri(host, parse_identifier(holder)),
            "until": receipt.until,
            "receipt_sha256": files_digest(files),
        }
        recorded = recognition_uri(host, new_mark_id(self._entropy))
        admitted = self._say("recognition.recorded", recorded, public, document=write_document(files))
        return Recorded(recorded, admitted, receipt, receipt_bytes(question, asked.decision))

    def end(self, uri: str, *, reason: str) -> Admitted:
        """End a recognition: its certificate was withdrawn, its agreement ended. Raises as the API answers."""
        return self._say("recognition.ended", uri, {"reason": reason})

    def _say(self, type_: str, uri: str, public: dict[str, object], *, document: str | None = None) -> Admitted:
        now, prev = self._clock(), self._registry.head(uri)
        statement = sign_statement(
            Draft(log_origin(self._host), type_, uri, public),
            iss=authority_uri(self._host),
            iat=now,
            jti=new_token_id(now, self._entropy),
            prev=prev,
            anchor=self._registry.anchor_over(prev),
            signer=self._signer,
        )
        return self._registry.send(statement, {"document": document})
