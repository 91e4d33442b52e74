"""`shirushi registry timers`: which timed acts wait for two operators, and their word on exactly that list.

Exit codes: 0 nothing waits, or the word was given; 1 something waits; 2 it could not be read; 64 wrong use.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from registry.data_folder import OPERATORS, DataFolder
from registry.household.child import now
from registry.settings import read_passphrase
from registry.timers.confirmation import HOLDS_FOR, add_approval, approve
from registry.timers.store import TimerFolder
from verifier.dates import utc_text
from verifier.edge.keystore import load_signer
from verifier.errors import ConflictError, NotFoundError, WrongUseError

app = typer.Typer(no_args_is_help=True, help="What the clock makes due, where it waits for two operators.")

Folder = Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")]
WORDS = {
    "too_many": "more acts than one run may log by itself",
    "too_large_a_share": "a larger share of all that stands than one run may end by itself",
    "clock": "this machine's clock is far from the newest witnessed checkpoint, or was",
}


@app.command()
def show(
    directory: Folder,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> int:
    """Show what would be logged and why it waits. Ends with 1 while something waits."""
    data = DataFolder(directory.resolve())
    host, folder = data.trust_root().host, TimerFolder(data.timers)
    held, said = folder.held(), folder.confirmed()
    subject = held.digest(host) if held else None
    given = len(said.approvals) if said and said.subject == subject else 0
    if as_json:
        members = {"held": held.members() if held else None, "digest": subject, "approvals": given}
        typer.echo(json.dumps(members, indent=2))
    elif held is None:
        typer.echo("nothing waits")
    else:
        typer.echo(f"waiting since {utc_text(held.since)}")
        for reason in held.reasons:
            typer.echo(f"  {reason}: {WORDS[reason]}")
        for act in held.acts:
            typer.echo(f"  {utc_text(act.due)}  {act.type}  {act.object}")
        counts = Counter(act.type for act in held.acts)
        typer.echo(", ".join(f"{number} {name}" for name, number in sorted(counts.items())) or "no act is due")
        typer.echo(f"digest {subject}, confirmed by {given} of 2 operators")
    return 1 if held else 0


@app.command()
def confirm(
    directory: Folder,
    subject: Annotated[str, typer.Argument(metavar="DIGEST", help="The digest that `timers show` printed.")],
    *,
    operator: Annotated[str, typer.Option("--as", help="Whose key signs: operator-1 or operator-2.")],
) -> None:
    """Confirm exactly the list of that digest, as one of two operators. With both words of a day it is logged."""
    if operator not in OPERATORS:
        raise WrongUseError(f"{operator!r} is no operator", hint=f"One of {', '.join(OPERATORS)}.")
    data = DataFolder(directory.resolve())
    host, folder = data.trust_root().host, TimerFolder(data.timers)
    held = folder.held()
    if held is None:
        raise NotFoundError("nothing waits", hint="shirushi upcoming lists what comes.")
    if held.digest(host) != subject:
        raise ConflictError("what waits is another list by now", hint="shirushi registry timers show")
    signer = load_signer(data.key(operator), read_passphrase())
    approval = approve(held, host=host, iat=now(), signer=signer, entropy=secrets.token_bytes)
    said = folder.confirm(lambda before: add_approval(before, held, approval, host=host))
    typer.echo(f"confirmed by {len(said.approvals)} of 2; it holds for {HOLDS_FOR // 3600} hours")
