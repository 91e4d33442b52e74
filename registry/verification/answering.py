"""Answering: from a question to evidence out of the public folder, the answer made of it, and its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.reading.history_routes import HistoryReader
from verifier.answer import Judge, anchors_of, answer_about_identifier, answer_about_mark, answer_about_text
from verifier.answer_receipt import Said, sign_answer
from verifier.check.listed import subjects_about
from verifier.edge.folder import FolderFetcher
from verifier.edge.question_asked import question_asked
from verifier.encoding import canonical, digest, read_object
from verifier.errors import MarkError, NotFoundError, UnavailableError
from verifier.gather import gather_mark, gather_subjects
from verifier.identifier import parse_identifier
from verifier.requirement import requirement_of
from verifier.verify import present

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from registry.verification.models import LookUp
    from registry.verification.search_index import Recognising
    from verifier.answer_receipt import AskedFor
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
        return answered.members(with_evidence=asked.evidence) | self._told_beside(asked, answered.said.question)

    def answer(self, asked: LookUp) -> Answered:
        """Return the answer to a question. Raises as ``document`` does."""
        question, text = question_asked(asked.model_dump(), root=self._root, now=self._now())
        requirement = None if question.policy is None else requirement_of(question.policy)
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

    def _told_beside(self, asked: LookUp, question: AskedFor) -> dict[str, Any]:
        """Return what is said of a time that was asked about, which the receipt does not sign."""
        now = self._now()
        is_past = asked.as_of is not None and question.as_of < now
        if question.as_of > now:
            # A verdict about a day to come is what stands then if nothing is added to the log; it has no history yet.
            name, told = None, {"if_nothing_changes": True}
        elif is_past or asked.known_at is not None:
            name, told = self._object_of(question, asked), {}
        else:
            return {}
        if name is None:
            if asked.known_at is not None:
                self._history.check_known_at(asked.known_at)
            return {**told, "history": None}
        try:
            return {"history": self._history.answer(name, asked.as_of, asked.known_at)}
        except NotFoundError:
            # The log has no word about the mark at that time; the signed answer stands all the same.
            return {"history": None}

    def _object_of(self, question: AskedFor, asked: LookUp) -> str | None:
        """Return the name of the object asked about; None for what is unreadable or shown under another host.

        This log knows nothing of marks of others, and the past of a mark says nothing of somebody's copy of it.
        """
        if question.identifier is not None:
            return f"o/{question.identifier}"
        if question.mark is not None:
            return f"m/{question.mark}" if question.shown_under is None else None
        try:
            shown = present(asked.text or "")
        except MarkError:
            return None
        return f"m/{shown.id}" if shown.host == self._root.host else None
