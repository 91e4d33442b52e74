"""`shirushi check-receipt`: the receipt of a checked list, single rows of it that stand alone, and signed answers.

Exit codes: 0 the receipt holds, 1 it does not, 2 could not find out, 64 wrong use.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from verifier.check.receipt import parse_receipt
from verifier.dates import utc_text
from verifier.edge.check.receipt_anchor import check_anchor
from verifier.edge.check.supplier_list import open_copy, read_file, read_policy
from verifier.edge.command.answer_receipt_command import read_answer, tell_answer
from verifier.edge.whole_file import write_whole
from verifier.errors import ProofError, SignatureError, WrongUseError

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Check the receipt of a list or of one answer, and show one row of a list without the others.",
)

_Receipt = Annotated[Path, typer.Argument(metavar="RECEIPT", help="The receipt, or a part that shows one row.")]


@app.command()
def verify(
    receipt: _Receipt,
    *,
    row: Annotated[int | None, typer.Option(help="Print what is said about this row, counted from 1.")] = None,
    folder: Annotated[
        Path | None, typer.Option("--directory", help="A copy at the same epoch, to check the anchor against.")
    ] = None,
    require: Annotated[Path | None, typer.Option(help="The policy file that you expect.")] = None,
    signed_by: Annotated[str | None, typer.Option(metavar="KID", help="The key whose signature you expect.")] = None,
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
    evidence: Annotated[Path | None, typer.Option(help="The evidence of an answer, to make the answer again.")] = None,
    text: Annotated[str | None, typer.Option(help="The text that the answer is about, where it is about one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Check that every row leads to the root in the head, and whatever else is given.

    The signed answer of a verification service is checked too, and made again where its evidence is given.
    """
    data = read_file(receipt)
    answer = read_answer(data)
    if answer is not None:
        tell_answer(answer, root=root, evidence=evidence, text=text, as_json=as_json)
        return 0
    held = parse_receipt(data)
    if require is not None and read_policy(require).sha256 != held.head.policy_sha256:
        raise ProofError("the receipt was made under another policy")
    if signed_by is not None and held.kid != signed_by:
        raise SignatureError("the receipt is not signed by that key", hint=f"It is signed by {held.kid or 'nobody'}.")
    if folder is not None:
        check_anchor(held, open_copy(folder, root))
    shown = held.row(row) if row is not None else held.rows[0] if held.index is not None else None
    if as_json:
        typer.echo(json.dumps({"head": held.head.members(), "row": shown}, ensure_ascii=False, indent=2))
        return 0
    head = held.head
    signed = f"signed by {held.kid}" if held.kid else "not signed: list, policy and epoch give it again"
    typer.echo(f"{head.count} rows, asked as of {utc_text(head.at)}; {signed}")
    typer.echo(f"directory epoch {head.directory.size} of {head.log}, as of {utc_text(head.directory.as_of)}")
    if shown is not None:
        typer.echo("  ".join(f"{name} {_text(value)}" for name, value in shown.items() if name != "salt"))
    return 0


@app.command()
def show(
    receipt: _Receipt,
    *,
    row: Annotated[int, typer.Option(help="The row to show, counted from 1.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
) -> None:
    """Cut out one row with its path: it verifies alone and tells nothing about the others."""
    held = parse_receipt(read_file(receipt))
    if held.index is not None:
        raise WrongUseError("this is a part already")
    part = held.show(row)
    write_whole(out, part.serialize())
    typer.echo(f"{out}: row {row} of {held.head.count} rows")


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)
