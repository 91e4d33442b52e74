"""`shirushi foreign`: the foreign scheme operator's own place: a folder, a key, and pages over both.

Exit codes: 0 done, 2 could not be read, 64 wrong use.
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recognition.agreement_commands import PASSPHRASE, operator_passphrase
from recognition.console.foreign_plan import foreign_plan
from recognition.console.operator_folder import Operator, OperatorFolder, found_folder
from verifier.edge.console.commands import console_commands
from verifier.edge.keystore import save_signer
from verifier.errors import NotFoundError
from verifier.schema import read_model
from verifier.signer import SoftwareSigner
from verifier.trust.root import pin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.edge.console.plan import Plan

PORT = 8723
Folder = Annotated[Path, typer.Argument(help="The operator's folder.")]

app = typer.Typer(add_completion=False, no_args_is_help=True, help="The foreign scheme operator's own place.")


@app.command()
def init(
    folder: Folder,
    *,
    host: Annotated[str, typer.Option(help="The host of the home authority.")],
    no: Annotated[int, typer.Option("--no", help="The operator's number in the home registry.")],
    scheme: Annotated[list[str], typer.Option(help="A scheme that it speaks for; may be given several times.")],
    root: Annotated[Path, typer.Option(help="Version 1 of the trust root that you trust.")],
    api: Annotated[str, typer.Option(help="Address of the home registry's API.")],
    read: Annotated[str | None, typer.Option(help="Address of its read plane; the host's own if absent.")] = None,
    holder: Annotated[str | None, typer.Option(help="Pseudonym of the key's holder; drawn if absent.")] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(help=f"File of the new key's passphrase; {PASSPHRASE} if absent.")
    ] = None,
) -> None:
    """Make the folder with its key. The home authority lists the key by `shirushi agreement key --out KEY`."""
    passphrase = operator_passphrase(passphrase_file)
    if not root.is_file():
        raise NotFoundError(f"{root} is missing")
    data = root.read_bytes()
    pin(data)
    said = {
        "host": host,
        "no": no,
        "holder": holder or f"h-{secrets.token_hex(4)}",
        "schemes": scheme,
        "read": read or f"https://{host}",
        "api": api,
    }
    made = found_folder(folder, operator=read_model(Operator, said, what="operator"), root=data)
    save_signer(made.key, SoftwareSigner.generate(secrets.token_bytes), passphrase)
    operator = made.operator()
    typer.echo(f"{folder}: made. Let the home authority list the key by its proof, good for an hour:")
    typer.echo(f"  shirushi agreement key --out {made.key} --host {host} --no {no} --holder {operator.holder}")


@contextmanager
def open_plan(folder: Path) -> Iterator[Plan]:
    """Give the console over a folder. Raises NotFoundError for a folder without ``operator.toml``."""
    OperatorFolder(folder).operator()
    yield foreign_plan(folder)


app.add_typer(
    console_commands(
        open_plan, folder=typer.Option("--dir", help="The operator's folder."), default=Path("foreign"), port=PORT
    ),
    name="console",
)
