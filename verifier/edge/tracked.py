"""A progress bar on standard error for long work, and what an interruption means: stopped, nothing lost."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from verifier.errors import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def tracked(title: str, *, unit: str = "entry", console: Console | None = None) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that is told how many units are done, and of how many. Raises StoppedError on Ctrl-C."""
    shown = console or Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    done = [0, 0]
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as bar:
        task = bar.add_task(title, total=None)

        def tell(count: int, total: int) -> None:
            done[:] = [count, total]
            bar.update(task, completed=count, total=total)

        try:
            yield tell
        except KeyboardInterrupt as error:
            raise StoppedError(f"stopped at {unit} {done[0]} of {done[1]}", hint="Run it again.") from error
