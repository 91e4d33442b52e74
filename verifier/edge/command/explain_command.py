"""`shirushi explain`: one entry of a log in plain words.

Exit codes: 0 explained and proven, 1 it does not hold, 2 could not be read or proven, 64 wrong use.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.audit.chain import read_chain
from verifier.audit.explain import explain_entry
from verifier.audit.finding import Findings
from verifier.dates import utc_text
from verifier.edge.read_plane import open_plane
from verifier.edge.root_store import read_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.audit.explain import Dated, Explanation
    from verifier.replay.signers import SignedBy

MOST_STEPS = 12

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def main() -> None:
    """Explain what stands in a log."""


@app.command("entry")
def entry(
    index: Annotated[int, typer.Argument(metavar="N", min=0, help="Index of the entry.")],
    *,
    place: Annotated[
        str | None, typer.Option("--from", help="Address or folder to read from; the registry's own address if absent.")
    ] = None,
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the explanation as JSON.")] = False,
) -> int:
    """Say what an entry says, who signed and approved it, what came before and after it, and what proves it."""
    pinned = read_root(root)
    with open_plane(place or f"https://{pinned.host}") as plane:
        chain = read_chain(plane.fetcher, pinned, Findings())
        explanation = explain_entry(plane.fetcher, chain, index)
    if as_json:
        typer.echo(json.dumps(explanation.members(), ensure_ascii=False, indent=2))
    else:
        for line in _lines(explanation):
            typer.echo(line)
    if explanation.signatures.trouble:
        return 1
    return 2 if explanation.proof.trouble else 0


def _lines(explanation: Explanation) -> Iterator[str]:
    yield f"Entry {explanation.index} of {explanation.statement.log}"
    yield from (f"  {sentence}" for sentence in explanation.members()["says"])
    signatures = explanation.signatures
    if signatures.trouble:
        yield f"  The signatures do not hold: {signatures.trouble}."
    else:
        yield f"  Signed by {_who(signatures.first)}."
        if explanation.statement.second is not None:
            yield f"  Approved by {_who(signatures.second)}."
        else:
            yield "  It needs no second person."
    yield "History of the object:"
    for step in explanation.history.steps[-MOST_STEPS:]:
        mark = "*" if step.is_explained else " "
        yield f" {mark} entry {step.index}: {step.type}, {utc_text(step.dated)}, then {step.state}"
    if not explanation.history.is_whole:
        yield "   Whether later entries exist is not proven: the directory does not reach that far."
    yield from _proof(explanation)


def _proof(explanation: Explanation) -> Iterator[str]:
    proof = explanation.proof
    yield "Proof:"
    if proof.trouble or proof.head.time is None:
        yield f"  Not proven: {proof.trouble}."
        return
    yield f"  It is in the tree of {proof.head.size} entries that the log signed."
    yield f"  A quorum of witnesses had seen that tree at {utc_text(proof.head.time)}."
    yield f"  Witnesses: {', '.join(proof.witnesses)}."
    yield f"  It came into the log {_between(proof.dated)}."
    if proof.dated.holds is not None:
        yield f"  The date that its signer gives it {'fits' if proof.dated.holds else 'does not fit'}."


def _between(dated: Dated) -> str:
    after = f"after {utc_text(dated.after)}" if dated.after is not None else "at a time without a lower bound"
    before = f"and by {utc_text(dated.before)}" if dated.before is not None else "and before the latest checkpoint"
    return f"{after} {before}"


def _who(signer: SignedBy | None) -> str:
    return f"{signer.holder} as {signer.role} of {signer.entity} (key {signer.key.kid})" if signer else "nobody known"
