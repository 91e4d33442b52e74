"""`shirushi check-receipt`: the receipt of a checked list, single rows of it that stand alone, and signed answers.

Exit codes: 0 the receipt holds, 1 it does not, 2 could not find out, 64 wrong use.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verifier.check.receipt import parse_receipt
from verifier.edge.check.supplier_list import read_file
from verifier.edge.command.answer_receipt_command import read_answer, tell_answer
from verifier.edge.command.expected_receipt import Expected
from verifier.edge.command.list_receipt_command import tell_list
from verifier.edge.whole_file import write_named
from verifier.errors import WrongUseError

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
        Path | None, typer.Option("--directory", help="A copy at the same epoch, to check the directory against.")
    ] = None,
    require: Annotated[Path | None, typer.Option(help="The policy file that you expect.")] = None,
    signed_by: Annotated[
        str | None, typer.Option(metavar="KID", help="The key that you expect to have signed.")
    ] = None,
    root: Annotated[
        Path | None,
        typer.Option(
            help="Version 1 of the trust root that you trust: one of its receipt keys has to have signed, "
            "unless --signed-by names another or --unsigned says that nobody did."
        ),
    ] = None,
    unsigned: Annotated[
        bool,
        typer.Option(
            "--unsigned",
            help="The receipt is one's own and nobody signed it: only its rows, policy and directory are checked.",
        ),
    ] = False,
    evidence: Annotated[Path | None, typer.Option(help="The evidence of an answer, to make the answer again.")] = None,
    text: Annotated[str | None, typer.Option(help="The text that the answer is about, where it is about one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Check that every row leads to the root in the head, and whatever else is given; what does not apply is refused.

    The signed answer of a verification service is checked too, and made again where its evidence is given.
    """
    expected = Expected(
        root=root,
        signed_by=signed_by,
        unsigned=unsigned,
        require=require,
        folder=folder,
        row=row,
        evidence=evidence,
        text=text,
    )
    data = read_file(receipt)
    answer = read_answer(data)
    if answer is not None:
        tell_answer(answer, expected, as_json=as_json)
    else:
        tell_list(parse_receipt(data), expected, as_json=as_json)
    return 0


@app.command()
def show(
    receipt: _Receipt,
    *,
    row: Annotated[int, typer.Option(help="The row to show, counted from 1.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
) -> None:
    """Cut out one row with its path: it verifies alone and tells nothing about the others."""
    data = read_file(receipt)
    if read_answer(data) is not None:
        raise WrongUseError("this is the receipt of one answer, which has no rows", hint="Show it as it is.")
    held = parse_receipt(data)
    if held.index is not None:
        raise WrongUseError("this is a part already")
    part = held.show(row)
    write_named(out, part.serialize())
    typer.echo(f"{out}: row {row} of {held.head.count} rows")
