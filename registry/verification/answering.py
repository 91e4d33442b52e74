"""Answering: from a question to evidence out of the public folder, the answer made of it, and its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.reading.history_routes import HistoryReader
from verifier.answer import Judge, anchors_of, answer_about_identifier, answer_about_mark, answer_about_text
from verifier.answer_receipt import AskedFor, Said, sign_answer
from verifier.check.listed import subjects_about
from verifier.dates import parse_instant
from verifier.edge.folder import FolderFetcher
from verifier.edge.question import question_of_text
from verifier.encoding import canonical, digest, read_object
from verifier.errors import MarkError, NotFoundError, UnavailableError
from verifier.gather import gather_mark, gather_subjects
from verifier.identifier import parse_identifier
from verifier.markid import normalise_mark_id
from verifier.requirement import requirement_of
from verifier.verify import present

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from registry.verification.models import LookUp
    from registry.verification.search_index import Recognising
    from verifier.bundle import Bundle
    from verifier.injected import Clock
    from verifier.requirement import Requirement
    from verifier.signer import Signer
    from verifier.trust.root import TrustRoot

    Recognitions = Callable[[str], Recognising]

_TRIES = 2
"""How often evidence is gathered where a newer directory comes in between."""


@dataclass(frozen=True)
class Answered:
    """An answer with its receipt; ``evidence`` is the bundle's file."""

    said: Said
    receipt: str
    evidence: bytes

    def members(self, *, with_evidence: bool) -> dict[str, Any]:
        """Return the JSON object."""
        found: dict[str, Any] = {
            "answer": self.said.answer,
            "question": self.said.question.members(),
            "receipt": self.receipt,
            "evidence_sha256": self.said.evidence_sha256,
        }
        return found | ({"evidence": read_object(self.evidence)} if with_evidence else {})


class Answering:
    """Answers from one public folder. ``recognitions`` names the objects that may recognise an identifier."""

    def __init__(
        self, public: Path, *, trust_root: TrustRoot, now: Clock, signer: Signer, recognitions: Recognitions
    ) -> None:
        self._fetcher = FolderFetcher(public)
        self._root = trust_root
        self._now = now
        self._signer = signer
        self._recognitions = recognitions
        self._history = HistoryReader(public, trust_root=trust_root, now=now)

    def document(self, asked: LookUp) -> dict[str, Any]:
        """Return the whole document that answers a question. Raises MalformedError, WrongUseError, UnavailableError."""
        answered = self.answer(asked)
        document = answered.members(with_evidence=asked.evidence)
        # A verdict about a day to come is what stands then if nothing is added to the log; that day has no history.
        if answered.said.question.as_of > self._now():
            return document | {"if_nothing_changes": True, "history": None}
        return document | self._told_before(asked, answered.said)

    def answer(self, asked: LookUp) -> Answered:
        """Return the answer to a question. Raises as ``document`` does."""
        requirement = None if asked.policy is None else requirement_of(asked.policy)
        question, text = self._question(asked, requirement)
        judge = Judge(self._root, self._now())
        if question.identifier is not None:
            evidence = self._about_identifier(question.identifier, requirement)
            answer = answer_about_identifier(question, evidence, judge, requirement=requirement)
        elif question.mark is not None:
            evidence = gather_mark(self._fetcher, question.mark, self._root.host)
            answer = answer_about_mark(question, evidence, judge, requirement=requirement)
        else:
            evidence = self._about_text(text)
            answer = answer_about_text(text, question, evidence, judge, requirement=requirement)
        return self._signed(question, answer, evidence, nonce=asked.nonce, iat=judge.now)

    def _question(self, asked: LookUp, requirement: Requirement | None) -> tuple[AskedFor, str]:
        said: dict[str, Any] = {"as_of": self._now()}
        if asked.as_of is not None:
            said["as_of"] = parse_instant(asked.as_of, zone=self._root.content.zone)
        if requirement is not None:
            said |= {"policy": requirement.members(), "policy_sha256": requirement.sha256}
        if asked.subject is not None:
            said["subject"] = str(parse_identifier(asked.subject))
        if asked.identifier is not None:
            return AskedFor(**said, identifier=str(parse_identifier(asked.identifier))), ""
        if asked.mark is not None:
            return AskedFor(**said, mark=normalise_mark_id(asked.mark)), ""
        read = question_of_text((asked.text or "").strip())
        if read.text is not None:
            return AskedFor(**said, text_sha256=digest(read.text.encode())), read.text
        host = read.host if read.host not in (None, self._root.host) else None
        return AskedFor(**said, mark=read.mark_id, shown_under=host), ""

    def _about_identifier(self, identifier: str, requirement: Requirement | None) -> Bundle:
        """Return the evidence about an organisation.

        Raises UnavailableError where recognition may count and nobody knows yet what this directory recognises: "not
        found" would be signed about somebody who is recognised.
        """
        subjects = subjects_about(parse_identifier(identifier), self._root.host)
        for _ in range(_TRIES):
            recognising = self._recognitions(identifier)
            evidence = gather_subjects(self._fetcher, (*subjects, *recognising.uris))
            if not (requirement and requirement.recognition) or anchors_of(evidence)[1].entry == recognising.entry:
                return evidence
        raise UnavailableError(
            "the recognitions of the newest directory are still being read",
            hint="Ask again in a moment, or leave recognition out of the policy.",
        )

    def _about_text(self, text: str) -> Bundle:
        try:
            return gather_mark(self._fetcher, present(text).id, self._root.host)
        except MarkError:
            # Nothing belongs to a text that cannot be read: the evidence shows the log and its directory alone.
            return gather_subjects(self._fetcher, ())

    def _signed(
        self, question: AskedFor, answer: dict[str, Any], bundle: Bundle, *, nonce: str | None, iat: int
    ) -> Answered:
        evidence = bundle.serialize()
        checkpoint, directory = anchors_of(bundle)
        said = Said(question, checkpoint, directory, digest(evidence), read_object(canonical(answer)), nonce)
        return Answered(said, sign_answer(said, host=self._root.host, iat=iat, signer=self._signer), evidence)

    def _told_before(self, asked: LookUp, said: Said) -> dict[str, Any]:
        question = said.question
        is_past = asked.as_of is not None and question.as_of < self._now()
        name = f"o/{question.identifier}" if question.identifier else f"m/{question.mark}" if question.mark else ""
        if not name or not (is_past or asked.known_at is not None):
            return {}
        try:
            return {"history": self._history.answer(name, asked.as_of, asked.known_at)}
        except NotFoundError:
            # The log has no word about the mark at that time; the signed answer stands all the same.
            return {"history": None}
