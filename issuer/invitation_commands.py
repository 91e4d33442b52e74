"""`shirushi issuer case`: who confirms and who swears, by a one-time invitation or on paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from issuer.case_text import tell
from issuer.invitation import Purpose, invitation_file, read_reply
from issuer.inviting import confirm_by_token, invite, swear_by_token
from issuer.options import CONSOLE, FOLDER, CaseId, DeskFolder, desk_with, read_input
from issuer.record import Confirmer
from verifier.dates import utc_text
from verifier.errors import WrongUseError

app = typer.Typer()

MaybeCase = Annotated[str | None, typer.Argument(metavar="CASE", help="The case id, where there is no token.")]
Token = Annotated[str | None, typer.Option(help="The one-time token of the invitation.")]
Reply = Annotated[Path | None, typer.Option("--file", help="The invitation file, filled in by who was invited.")]
Out = Annotated[Path | None, typer.Option(help="Write the invitation with the result to this file, to be sent.")]


@app.command("invite-expert")
def invite_expert(
    case: CaseId,
    expert: Annotated[str | None, typer.Option(help="Register number of the only expert who may use it.")] = None,
    out: Out = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Make a one-time invitation for a security expert to confirm the answers; good for 14 days."""
    _invite(desk, case, "confirm", invited=expert, out=out)


@app.command("invite-oath")
def invite_oath(case: CaseId, out: Out = None, desk: DeskFolder = FOLDER) -> None:
    """Make a one-time invitation for an executive of the applicant to swear to the answers; good for 14 days."""
    _invite(desk, case, "swear", invited=None, out=out)


@app.command()
def confirm(
    case: MaybeCase = None,
    *,
    by: Annotated[str | None, typer.Option(help="Register number of the expert, or pseudonym of a holder.")] = None,
    token: Token = None,
    file: Reply = None,
    kind: Annotated[Confirmer, typer.Option(help="Without an invitation: which of the two.")] = "listed_expert",
    desk: DeskFolder = FOLDER,
) -> None:
    """Record that a security expert confirmed the answers: by invitation, or for a case on the desk's own word."""
    with desk_with(desk) as opened:
        if case is not None and by is not None and token is None and file is None:
            tell(opened.confirm_by_expert(case, kind=kind, by=by))
            return
        used, who = _reply("confirm", case, token=token, file=file, by=by)
        tell(confirm_by_token(opened, used, expert=who))


@app.command()
def oath(
    case: MaybeCase = None,
    *,
    officer: Annotated[str | None, typer.Option(help="Who swore; stays at this desk.")] = None,
    token: Token = None,
    file: Reply = None,
    desk: DeskFolder = FOLDER,
) -> None:
    """Record that an executive of the applicant swore to the answers: by invitation, or on paper for a case."""
    with desk_with(desk) as opened:
        if case is not None and officer is not None and token is None and file is None:
            tell(opened.swear_oath(case, officer=officer))
            return
        used, who = _reply("swear", case, token=token, file=file, by=officer)
        tell(swear_by_token(opened, used, officer=who))


def _invite(desk: Path, case: str, purpose: Purpose, *, invited: str | None, out: Path | None) -> None:
    with desk_with(desk) as opened:
        token, invitation = invite(opened, case, purpose, invited=invited)
        if out is None:
            CONSOLE.print(f"token: {token}", markup=False)
        else:
            text = json.dumps(invitation_file(opened.case(case), invitation, token), ensure_ascii=False, indent=2)
            out.touch(mode=0o600)
            out.write_text(text + "\n", encoding="utf-8")
            CONSOLE.print(f"{out}: to be filled in (`by`, `agrees`) and taken in again with --file", markup=False)
    CONSOLE.print(f"good once, until {utc_text(invitation.expires_at)}; it is shown here and nowhere else")


def _reply(
    purpose: Purpose, case: str | None, *, token: str | None, file: Path | None, by: str | None
) -> tuple[str, str]:
    """Return the token and who answers by it. Raises WrongUseError unless exactly one way is taken."""
    if file is not None and case is None and token is None and by is None:
        reply = read_reply(read_input(file), purpose)
        return reply.token, reply.by
    if token is not None and by is not None and case is None and file is None:
        return token, by
    who = "--by" if purpose == "confirm" else "--officer"
    raise WrongUseError("give one of three", hint=f"--token and {who}; or --file; or CASE and {who}")
