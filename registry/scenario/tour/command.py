"""`shirushi tour`: six acts, one for each kind of user.

Exit codes: 0 all that was promised was seen, 1 something was not, 2 the tour could not go on.
"""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from registry.data_folder import DataFolder
from registry.scenario.command import end_on_terminate
from registry.scenario.outcome import pin_root
from registry.scenario.served import found, household
from registry.scenario.tour.act import Act, Ground
from registry.scenario.tour.auditor_act import audit
from registry.scenario.tour.border_act import agree
from registry.scenario.tour.clerk_act import check_list
from registry.scenario.tour.evaluator_act import issue_batch
from registry.scenario.tour.operator_act import designate
from registry.scenario.tour.pictures import Pictures
from registry.scenario.tour.supplier_act import show_mark
from verifier.errors import WrongUseError

if TYPE_CHECKING:
    from collections.abc import Callable

ACTS: tuple[tuple[str, str, Callable[[Act], None]], ...] = (
    ("operator", "two operators designate a body and its keys", designate),
    ("evaluator", "an evaluation body issues a batch of thirty", issue_batch),
    ("supplier", "a supplier prepares, answers a client, prints its code", show_mark),
    ("clerk", "a clerk checks ten thousand suppliers and notices a suspension", check_list),
    ("border", "a foreign operator's agreement begins, counts, and is suspended", agree),
    ("auditor", "an auditor starts from zero and meets lying registries", audit),
)

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    *,
    directory: Annotated[Path, typer.Option("--dir", help="An empty folder for all of it.")] = Path("tour"),
    until: Annotated[int, typer.Option(min=1, max=len(ACTS), help="The last act to play.")] = len(ACTS),
) -> None:
    """Play what each kind of user does, with real commands, and hold what is seen against what was promised."""
    if directory.exists() and any(directory.iterdir()):
        raise WrongUseError(f"{directory} is not empty", hint="Delete it or choose another folder with --dir.")
    end_on_terminate()
    console = Console(highlight=False, soft_wrap=True)
    folder, begun = directory.resolve(), time.monotonic()
    data = DataFolder(folder / "registry")
    found(data)
    pin_root(data)
    (folder / "passphrase").write_text(secrets.token_urlsafe(32) + "\n", encoding="ascii")
    (folder / "passphrase").chmod(0o600)
    kept = 0
    with household(data, read_port=0) as running, Pictures(console.print) as pictures:
        ground = Ground(folder, data, running, pictures, console.print)
        for no, (name, title, play) in enumerate(ACTS[:until], start=1):
            console.print(f"[bold]Act {no}: {title}[/]")
            act = Act(no, name, ground)
            act.folder.mkdir(parents=True)
            play(act)
            kept += len(act.promises)
    console.print(
        f"{kept} promises kept in {until} acts, {pictures.drawn} pictures, {time.monotonic() - begun:.0f} s. "
        f"Inputs, outputs and pictures: {directory}/"
    )
