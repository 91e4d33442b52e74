"""Checking the signed answer of a verification service, and making it again from its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from verifier.answer_again import check_answer, check_text, trust_roots_in
from verifier.answer_receipt import parse_answer_receipt, receipt_in, verify_answer_receipt
from verifier.check.outcome import REASONS
from verifier.dates import utc_text
from verifier.edge.check.check_words import row_words
from verifier.edge.check.receipt_anchor import check_anchor
from verifier.edge.check.supplier_list import open_copy, read_file
from verifier.edge.command.expected_receipt import counted
from verifier.edge.command.told_text import tell_json, tell_line
from verifier.edge.i18n import translator
from verifier.edge.root_store import newest_root, read_root
from verifier.encoding import read_object
from verifier.errors import MalformedError
from verifier.requirement import requirement_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from verifier.answer_receipt import AnswerReceipt
    from verifier.edge.command.expected_receipt import Expected


def read_answer(data: bytes) -> AnswerReceipt | None:
    """Return the receipt of an answer in a file, alone or in the document that the service gave.

    None where the file is something else. Raises as parsing does.
    """
    text = data.strip()
    if text.startswith(b"eyJ"):
        return parse_answer_receipt(text)
    try:
        document = read_object(text, max_depth=32)
    except MalformedError:
        return None
    return receipt_in(document) if isinstance(document.get("receipt"), str) else None


def tell_answer(receipt: AnswerReceipt, expected: Expected, *, as_json: bool) -> None:
    """Check the receipt against all that its reader gave, make the answer again from evidence, print what it says.

    Raises as ``verify_answer_receipt`` and ``check_answer`` do, SignatureError or ProofError where it is another one
    than was expected, UnavailableError where that cannot be found out, WrongUseError for what says nothing about it.
    """
    expected.refuse(
        "the receipt of one answer, which has no rows and is always signed",
        hint="Leave it out.",
        row=expected.row,
        unsigned=expected.unsigned or None,
    )
    if expected.text is not None:
        check_text(receipt, expected.text)
    pinned = read_root(expected.root)
    file = read_file(expected.evidence) if expected.evidence is not None else receipt.evidence
    known = newest_root(pinned, trust_roots_in(file))
    verify_answer_receipt(receipt, known)
    expected.check_signed_by(receipt.token.kid)
    question = receipt.said.question
    # A service keeps the policy as it was sent; what it asks is the same however it is written.
    expected.check_policy(None if question.policy is None else requirement_of(question.policy).sha256)
    if expected.folder is not None:
        check_anchor(receipt.log, receipt.said.directory, open_copy(expected.folder, expected.root))
    if file is not None:
        check_answer(receipt, file, known, text=expected.text)
    if as_json:
        told = {"question": question.members(), "answer": receipt.said.answer, "made_again": file is not None}
        tell_json(told)
        return
    _print(receipt)
    typer.echo("made again from its evidence" if file else "signed; without the evidence it is the service's word")


def _print(receipt: AnswerReceipt) -> None:
    said = receipt.said
    question, answer = said.question, said.answer
    asked = question.mark or question.identifier or "a text"
    is_mark = answer["kind"] == "mark"
    word = answer["verdict"]["headline"] if is_mark else f"{counted(len(answer['marks']), 'mark')} listed"
    tell_line(f"{asked}: {word}, as of {utc_text(question.as_of)}; answered {utc_text(receipt.iat)}")
    if question.policy is not None:
        outcome = answer.get("outcome")
        asked_for = f"asked for {question.policy.get('tier', '')}"
        tell_line(f"{asked_for}: {_outcome(outcome)}" if outcome else f"{asked_for}, digest {question.policy_sha256}")
    tell_line(f"directory epoch {said.directory.size} of {receipt.log}, as of {utc_text(said.directory.as_of)}")


def _outcome(outcome: Mapping[str, Any]) -> str:
    """Return the outcome under a policy: the words of the format, and the reason as people read it."""
    verdict, reason = outcome["verdict"], outcome["reason"]
    words = row_words(reason, translator("en")).reason if reason in REASONS else ""
    return f"{verdict} ({reason}). {words}".rstrip()
