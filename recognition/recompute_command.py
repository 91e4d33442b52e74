"""`shirushi recognition case` and `recompute`: decide a case file; make a decision again and compare the receipt.

Exit codes of `recompute`: 0 the same bytes, 1 other bytes; of `case`: 0 recognised, 1 not, 2 could not be decided. Of
both: 2 where inputs cannot be read, 64 wrong use.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recognition.agreement_folder import read_folder
from recognition.case_file import check_against, read_case
from recognition.decide import decide
from recognition.decision import Verdict
from recognition.home import home_criteria
from recognition.receipt import receipt_bytes
from recognition.treaty import parse_treaty
from recognition.work_order import work_order as order_of
from verifier.dates import utc_text
from verifier.edge.packs import load_pack
from verifier.encoding import canonical, digest
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from recognition.question import Question

EXITS = {Verdict.RECOGNISED: 0, Verdict.CONDITIONAL: 1, Verdict.NOT_RECOGNISED: 1, Verdict.UNDECIDED: 2}


def decide_case(
    case: Annotated[Path, typer.Argument(help="The case file with every input of the decision.")],
    *,
    receipt: Annotated[Path | None, typer.Option(help="File for the full receipt.")] = None,
    work_order: Annotated[
        Path | None, typer.Option(help="File for the work order, where criteria remain for a home evaluator.")
    ] = None,
) -> int:
    """Decide a case file and say the verdict for each tier."""
    question = _read(case)
    decision = decide(question)
    for tier in decision.tiers:
        until = f" until {utc_text(tier.until)}" if tier.until is not None else ""
        failing = ", ".join(gate.code for gate in tier.failing)
        typer.echo(f"{tier.tier}: {tier.verdict.word}{until}{f' ({failing})' if failing else ''}")
    if receipt is not None:
        receipt.write_bytes(receipt_bytes(question, decision))
    if work_order is not None and decision.verdict is Verdict.CONDITIONAL:
        work_order.write_bytes(canonical(order_of(question, decision).members()))
        typer.echo(f"{len(decision.asked.gaps)} criteria are left for a home evaluator: {work_order}")
    return EXITS[decision.verdict]


def recompute(
    receipt: Annotated[Path, typer.Argument(help="The receipt: a file with its bytes, or its digest.")],
    *,
    case: Annotated[Path, typer.Option(help="The case file with every input of the decision.")],
    folder: Annotated[
        Path | None, typer.Option(help="The agreement's folder, to check that the case says what its files say.")
    ] = None,
) -> int:
    """Recompute a receipt from its inputs, and say whether it has the same bytes."""
    question = _read(case)
    if folder is not None:
        treaty = parse_treaty(read_folder(folder), pack_of=load_pack)
        pack = load_pack(treaty.terms.home.scheme, treaty.terms.home.version)
        check_against(question, treaty, home_criteria(pack))
        typer.echo(f"the case is of the agreement folder {treaty.sha256}")
    made = receipt_bytes(question, decide(question))
    wanted = receipt.read_bytes().strip() if receipt.is_file() else None
    same = made == wanted if wanted is not None else digest(made) == str(receipt)
    typer.echo(f"receipt {digest(made)}: {'the same bytes' if same else 'OTHER BYTES'}")
    return 0 if same else 1


def _read(case: Path) -> Question:
    if not case.is_file():
        raise NotFoundError(f"{case} is missing")
    return read_case(case.read_bytes())
