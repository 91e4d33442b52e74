"""`shirushi witness`: one witness over HTTP, for whoever wants to watch a log (C2SP tlog-witness)."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.household.child import now
from registry.household.household import free_port
from registry.settings import read_passphrase
from registry.witness.house import HouseConfig, create_app
from registry.witness.service import WitnessConfig
from registry.witness.store import WitnessStore
from verifier.edge.keystore import load_note_key, save_note_key
from verifier.edge.web_server import serve_application
from verifier.errors import NotFoundError
from verifier.log.cosignature import Cosigner
from verifier.log.vkey import parse_vkey

app = typer.Typer(add_completion=False, no_args_is_help=True)

Name = Annotated[str, typer.Option(help="The witness's key name, such as witness.example/w1.")]
KeyFile = Annotated[Path, typer.Option("--key", help="The encrypted key file.")]


@app.command("new-key")
def new_key(name: Name, key: KeyFile) -> None:
    """Make a witness key and print its verifier key."""
    private = Ed25519PrivateKey.generate()
    save_note_key(key, private, read_passphrase())
    print(Cosigner(name, private).key)


@app.command()
def serve(
    *,
    name: Name,
    key: KeyFile,
    store: Annotated[Path, typer.Option(help="The file in which the witness remembers what it cosigned.")],
    log: Annotated[list[str], typer.Option(help="The verifier key of a log to follow; may be given several times.")],
    listen: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.")] = 0,
) -> None:
    """Cosign the checkpoints of logs until Ctrl-C."""
    private = load_note_key(key, read_passphrase())
    config = WitnessConfig(name, private, store, tuple(map(parse_vkey, log)), now)
    chosen = port or free_port(listen)
    print(f"http://{listen}:{chosen}/witness")

    def hold(stop: Callable[[], None]) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop())

    serve_application(create_app(HouseConfig({"witness": config})), address=listen, port=chosen, hold=hold)


@app.command()
def evidence(
    *,
    store: Annotated[Path, typer.Option(help="The file in which the witness remembers what it cosigned.")],
    origin: Annotated[str | None, typer.Option(help="The log to ask about; without it, all of them.")] = None,
) -> None:
    """Print the forks that the witness was offered, one JSON object a line; exit 1 when there are any."""
    if not store.is_file():
        raise NotFoundError(f"there is no witness store at {store}")
    opened = WitnessStore(store)
    try:
        forks = opened.forks(origin)
    finally:
        opened.close()
    for fork in forks:
        shown = {"cosigned": fork.cosigned.decode(), "refused": fork.refused.decode()}
        print(json.dumps({"origin": fork.origin, "time": fork.time, **shown}, ensure_ascii=False))
    if forks:
        raise typer.Exit(1)
