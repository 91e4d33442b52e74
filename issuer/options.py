"""What the desk's commands share: their common options, the passphrase, opening the desk with real time and chance."""

from __future__ import annotations

import os
import secrets
import sys
import time
from contextlib import AbstractContextManager
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from issuer.desk import Desk
from issuer.office import open_office
from verifier.errors import WrongUseError
from verifier.statement.public import KeyRole

PASSPHRASE = "SHIRUSHI_PASSPHRASE"
CONSOLE = Console(soft_wrap=True, highlight=False)
ENTROPY = secrets.token_bytes

DeskFolder = Annotated[Path, typer.Option("--desk", envvar="SHIRUSHI_DESK", help="The desk's folder.")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help=f"File with the passphrase of the key file or the PIN of its token; otherwise {PASSPHRASE} is read, "
        "or a person at a terminal is asked.",
    ),
]
Module = Annotated[Path | None, typer.Option(help="The PKCS#11 module (.so) of the tokens that hold keys.")]
InToken = typer.Option(metavar="TOKEN/KEY", help="Labels of the token and of the key; without them, a file is made.")
CaseId = Annotated[str, typer.Argument(metavar="CASE", help="The case id, such as C-000001.")]
FOLDER = Path("desk")
CREDENTIALS = "Also sign an SD-JWT VC for each holder's wallet, bound to the key that its case names if there is one."


def present() -> int:
    """Return the time in whole seconds."""
    return int(time.time())


def read_passphrase(file: Path | None) -> bytes:
    """Return the passphrase or PIN out of the file, the environment or a terminal, in this order.

    Raises WrongUseError when there is none.
    """
    if file is None:
        given = os.environ.get(PASSPHRASE, "").encode()
        if not given and sys.stdin.isatty():
            given = getpass("Passphrase or PIN: ").encode()
    else:
        try:
            given = file.read_bytes().strip(b"\r\n")
        except OSError as error:
            raise WrongUseError(f"the passphrase file cannot be read: {error.strerror}") from error
    if not given:
        raise WrongUseError("a passphrase is needed", hint=f"Give --passphrase-file, or set {PASSPHRASE}.")
    return given


def read_token_key(module: Path | None, labels: str | None) -> dict[str, object]:
    """Return the members of a key's place that say in which token it is, none where there are no labels.

    Raises WrongUseError for labels without a module or without a slash.
    """
    if labels is None:
        return {}
    token, slash, label = labels.partition("/")
    if module is None or not slash:
        raise WrongUseError("a key in a token is named by --module and TOKEN/KEY")
    return {"pkcs11": {"module": str(module), "token": token, "label": label}}


def read_input(path: Path) -> bytes:
    """Return the bytes of a file that the caller named. Raises WrongUseError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise WrongUseError(f"{path} cannot be read: {error.strerror}") from error


def desk_with(folder: Path, *roles: KeyRole, passphrase_file: Path | None = None) -> AbstractContextManager[Desk]:
    """Return the desk, to be entered, with the keys of these roles open."""
    passphrase = read_passphrase(passphrase_file) if roles else b""
    return open_office(folder, roles=roles, passphrase=passphrase, clock=present, entropy=ENTROPY)
