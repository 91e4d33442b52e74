"""`shirushi issuer case`: who is assigned to what, and what the scope leaves out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from issuer.assigning import assign as assign_part
from issuer.case_text import tell
from issuer.options import CONSOLE, FOLDER, CaseId, DeskFolder, desk_with, read_input
from issuer.record import Excluded, Part
from issuer.scoping import accept_exclusions, drop_exclusions, erase_person
from issuer.scoping import exclude as exclude_from
from issuer.wallet import ask, read_wallet_key, take_back
from verifier.errors import RefusedError, WrongUseError
from verifier.names import body_uri

app = typer.Typer()

Numbers = Annotated[list[int], typer.Argument(metavar="NUMBER...", help="Numbers of exclusions of the case.")]


@app.command()
def assign(
    case: CaseId,
    part: Annotated[Part, typer.Argument(help="What is to be done.")],
    party: Annotated[str, typer.Argument(help="Pseudonym of a holder; for technical verification a body's number.")],
    desk: DeskFolder = FOLDER,
) -> None:
    """Assign a part of a case; refused to who is not competent, not impartial or not another person."""
    with desk_with(desk) as opened:
        if part == "technical_verifier":
            if not (party.isascii() and party.isdigit() and int(party) > 0):
                raise WrongUseError("technical verification is assigned to a body by its number")
            party = body_uri(opened.identity.host, int(party))
        tell(assign_part(opened, case, part, party))


@app.command()
def exclude(
    case: CaseId,
    *,
    kind: Annotated[Excluded, typer.Option(help="What kind of thing it is.")],
    what: Annotated[str, typer.Option(help="What the scope leaves out; stays at this desk.")],
    because: Annotated[str, typer.Option(help="Why; stays at this desk.")],
    desk: DeskFolder = FOLDER,
) -> None:
    """Record that the scope leaves something out, and why."""
    with desk_with(desk) as opened:
        tell(exclude_from(opened, case, kind, what=what, justification=because))


@app.command("accept-exclusion")
def accept_exclusion(case: CaseId, number: Numbers, desk: DeskFolder = FOLDER) -> None:
    """Accept, as the assessor, why the scope leaves things out."""
    with desk_with(desk) as opened:
        tell(accept_exclusions(opened, case, number))


@app.command("drop-exclusion")
def drop_exclusion(case: CaseId, number: Numbers, desk: DeskFolder = FOLDER) -> None:
    """Take exclusions back into the scope."""
    with desk_with(desk) as opened:
        tell(drop_exclusions(opened, case, number))


@app.command()
def wallet(
    case: CaseId,
    *,
    holder_key: Annotated[
        Path | None, typer.Option(help="The wallet's public key (JWK) that the credential is bound to.")
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="No credential is wanted after all.")] = False,
    desk: DeskFolder = FOLDER,
) -> None:
    """Record that the holder wants a credential (SD-JWT VC): whatever signs the case's mark then signs it too."""
    if none and holder_key is not None:
        raise WrongUseError("a key is for a credential that is wanted", hint="Give --holder-key or --none.")
    key = read_wallet_key(read_input(holder_key)) if holder_key else None
    with desk_with(desk) as opened:
        if none:
            tell(take_back(opened, case))
            return
        if ask(opened, [case], key):
            raise RefusedError(f"the mark of case {case} is signed already, without a credential")
        tell(opened.case(case))
    CONSOLE.print("  a credential is signed with the mark" + (", bound to this key" if key else ""))


@app.command("erase-person")
def erase(case: CaseId, desk: DeskFolder = FOLDER) -> None:
    """Erase a sole proprietor's name at this desk; the mark and every proof stay as they are."""
    with desk_with(desk) as opened:
        tell(erase_person(opened, case))
