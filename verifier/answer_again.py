"""Making an answer again: whoever holds a receipt and its evidence needs nobody's word for what the answer says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.answer import Judge, anchors_of, answer_about_identifier, answer_about_mark, answer_about_text
from verifier.bundle import parse_bundle
from verifier.encoding import canonical, digest, read_object
from verifier.errors import MarkError, ProofError, WrongUseError
from verifier.requirement import requirement_of

if TYPE_CHECKING:
    from typing import Any

    from verifier.answer_receipt import AnswerReceipt
    from verifier.bundle import Bundle
    from verifier.trust.root import TrustRoot


def check_answer(receipt: AnswerReceipt, evidence: bytes, root: TrustRoot, *, text: str | None = None) -> None:
    """Check that the evidence is the receipt's and that its answer follows from it at the receipt's own time.

    ``root`` is the newest that is known: what it cut off since counts no more, though older ones are in the evidence.
    ``text`` is the one that was asked about, which the receipt holds the digest of. Raises ProofError where the answer
    is another one, WrongUseError for another text or none, and as reading the evidence does.
    """
    said = receipt.said
    # Whoever filed it may have written the JSON anew: its content is what the digest is of.
    if digest(canonical(read_object(evidence)) + b"\n") != said.evidence_sha256:
        raise ProofError("this is not the evidence that the answer was made of")
    if said.question.text_sha256 is not None and text is None:
        raise WrongUseError("the receipt is about a text", hint="Give the very text that was asked about.")
    if text is not None:
        check_text(receipt, text)
    bundle = parse_bundle(evidence)
    if anchors_of(bundle) != (said.checkpoint, said.directory):
        raise ProofError("the receipt names another checkpoint or directory than its evidence")
    if canonical(_made_again(receipt, bundle, root, text or "")) != canonical(said.answer):
        raise ProofError("another answer follows from the evidence")


def check_text(receipt: AnswerReceipt, text: str) -> None:
    """Check that this is the text that was asked about. Raises WrongUseError for another one, or where none was."""
    asked = receipt.said.question.text_sha256
    if asked is None:
        raise WrongUseError("the receipt is not about a text", hint="Leave the text out.")
    if digest(text.strip().encode()) != asked:
        raise WrongUseError("the receipt is about another text", hint="Give the very text that was asked about.")


def trust_roots_in(evidence: bytes | None) -> tuple[bytes, ...]:
    """Return the files of the trust roots in evidence, none of them followed yet; none where it cannot be read."""
    try:
        return parse_bundle(evidence).trust_roots if evidence is not None else ()
    except MarkError:
        # What is wrong with the evidence is said when the answer is made again.
        return ()


def _made_again(receipt: AnswerReceipt, bundle: Bundle, root: TrustRoot, text: str) -> dict[str, Any]:
    question, judge = receipt.said.question, Judge(root, receipt.iat)
    requirement = requirement_of(question.policy) if question.policy is not None else None
    if question.identifier is not None:
        return answer_about_identifier(question, bundle, judge, requirement=requirement)
    if question.mark is not None:
        return answer_about_mark(question, bundle, judge, requirement=requirement)
    return answer_about_text(text.strip(), question, bundle, judge, requirement=requirement)
