"""Checking the signed answer of a verification service, and making it again from its evidence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from verifier.answer_again import check_answer, trust_roots_in
from verifier.answer_receipt import parse_answer_receipt, receipt_in, verify_answer_receipt
from verifier.dates import utc_text
from verifier.edge.check.supplier_list import read_file
from verifier.edge.root_store import newest_root, read_root
from verifier.encoding import read_object
from verifier.errors import MalformedError

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.answer_receipt import AnswerReceipt


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


def tell_answer(
    receipt: AnswerReceipt, *, root: Path | None, evidence: Path | None, text: str | None, as_json: bool
) -> None:
    """Check the receipt, make the answer again where there is evidence, and print what it says.

    Raises as ``verify_answer_receipt`` and ``check_answer`` do.
    """
    pinned = read_root(root)
    file = read_file(evidence) if evidence is not None else receipt.evidence
    known = newest_root(pinned, trust_roots_in(file))
    verify_answer_receipt(receipt, known)
    if file is not None:
        check_answer(receipt, file, known, text=text)
    said = receipt.said
    if as_json:
        told = {"question": said.question.members(), "answer": said.answer, "made_again": file is not None}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    question = said.question
    asked = question.mark or question.identifier or "a text"
    answer = said.answer
    word = answer["verdict"]["headline"] if answer["kind"] == "mark" else f"{len(answer['marks'])} marks listed"
    typer.echo(f"{asked}: {word}, as of {utc_text(question.as_of)}; answered {utc_text(receipt.iat)}")
    typer.echo(f"directory epoch {said.directory.size} of {receipt.log}, as of {utc_text(said.directory.as_of)}")
    typer.echo("made again from its evidence" if file else "signed; without the evidence it is the service's word")
