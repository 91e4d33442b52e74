"""`... console serve|invite|people`: the three commands that every console has, over the folder that it works on."""

# No postponed annotations here: typer reads those of commands that are made inside a function.

import resource
import secrets
import shlex
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console as Terminal

from verifier.edge.console import queries
from verifier.edge.console.accounts import Accounts
from verifier.edge.console.accounts_database import AccountsDatabase
from verifier.edge.console.application import Console
from verifier.edge.console.passkeys import RelyingParty
from verifier.edge.console.people import ADMIN
from verifier.edge.console.plan import Plan
from verifier.edge.port import check_port
from verifier.edge.web_server import serve_application
from verifier.errors import WrongUseError

OpenPlan = Callable[[Path], AbstractContextManager[Plan]]
"""Gives the plan over a folder, and closes what it opened. Raises WrongUseError where the folder is not one."""

LOOPBACK = "127.0.0.1"
Port = Annotated[int, typer.Option(min=1, max=65535, help="The port on this machine.")]
SamePort = Annotated[int, typer.Option(min=1, max=65535, help="The port that `serve` has.")]
Address = Annotated[
    str, typer.Option(help="How browsers reach it, such as https://desk.example; otherwise http://localhost:PORT.")
]
TERMINAL = Terminal(soft_wrap=True, highlight=False)


def present() -> int:
    """Return the time in whole seconds."""
    return int(time.time())


@contextmanager
def open_accounts(folder: Path, *, name: str, origin: str) -> Iterator[Accounts]:
    """Give the accounts of a folder. Raises WrongUseError for an address at which no browser keeps passkeys."""
    party = RelyingParty(f"Shirushi {name}", origin).checked()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = AccountsDatabase(folder)
    try:
        yield Accounts(database, party, present, secrets.token_bytes)
    finally:
        database.close()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep a second process from serving the same folder.

    It would take what the first one has in hand for interrupted, and let it be done twice. Raises WrongUseError.
    """
    with (folder / "serving.lock").open("w") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except OSError as error:
            raise WrongUseError("this console is being served already", hint="End the other process first.") from error
        yield


def keep_memory_private() -> None:
    """Let no core file be written: passphrases are in the memory of this process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def console_commands(open_plan: OpenPlan, *, folder: Any, default: Path, port: int) -> typer.Typer:
    """Return the commands of one console; ``folder`` is the option that names its folder."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, help="The pages, for people with passkeys.")
    place = Annotated[Path, folder]

    @app.command()
    def serve(context: typer.Context, *, port: Port = port, address: Address = "", where: place = default) -> None:
        """Serve the pages to browsers of this machine, or behind a proxy that ends https; until Ctrl-C."""
        origin = address or f"http://localhost:{port}"
        check_port(LOOPBACK, port)
        keep_memory_private()
        with open_plan(where) as plan, alone(where), open_accounts(where, name=plan.name, origin=origin) as accounts:
            console = Console(plan, accounts)
            TERMINAL.print(origin)
            with accounts.database.transaction() as db:
                if not any(ADMIN in one.roles for one in queries.list_people(db)):
                    TERMINAL.print(_first_account(context))
            serve_application(console.app, address=LOOPBACK, port=port, hold=_until_told)

    @app.command()
    def invite(
        name: Annotated[str, typer.Argument(help="The name that others see.")],
        *,
        role: Annotated[list[str], typer.Option(help="A role; may be given more than once.")],
        unit: Annotated[str, typer.Option(help="The tenant, in a console that has several.")] = "",
        port: SamePort = port,
        address: Address = "",
        where: place = default,
    ) -> None:
        """Print the address at which somebody makes their passkey, while `serve` runs; it is good once, for a day."""
        with open_plan(where) as plan:
            unknown = set(role) - set(plan.every_role)
            if unknown:
                raise WrongUseError(f"there is no role {min(unknown)!r}", hint="Roles: " + ", ".join(plan.every_role))
            origin = address or f"http://localhost:{port}"
            with open_accounts(where, name=plan.name, origin=origin) as accounts:
                with accounts.database.transaction() as db:
                    plan.check_roles(frozenset(role), [one for one in queries.list_people(db) if one.unit == unit])
                _, token = accounts.invite(name, roles=frozenset(role), by="shirushi", unit=unit)
                TERMINAL.print(f"{origin}/enrol/{token}")

    @app.command()
    def people(context: typer.Context, *, where: place = default) -> None:
        """List who has an account."""
        with open_plan(where) as plan, open_accounts(where, name=plan.name, origin="http://localhost") as accounts:
            with accounts.database.transaction() as db:
                found = queries.list_people(db)
            for one in found:
                TERMINAL.print(f"{one.name}: {', '.join(sorted(one.roles))}{' (blocked)' if one.blocked_at else ''}")
            if not any(ADMIN in one.roles for one in found):
                TERMINAL.print(_first_account(context))

    return app


def _first_account(context: typer.Context) -> str:
    """Return the command that invites an administrator to the console of the command that runs, with its options."""
    options = [
        text
        for one in context.command.params
        if one.name and (source := context.get_parameter_source(one.name)) and source.name == "COMMANDLINE"
        for text in (one.opts[0], str(context.params[one.name]))
    ]
    console = context.parent.command_path if context.parent else ""
    return f"Nobody administers it yet: {console} {shlex.join(['invite', 'NAME', '--role', ADMIN, *options])}"


def _until_told(stop: Callable[[], None]) -> None:
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop())
