"""`shirushi mirror`: keep an S3-compatible bucket in step with the published folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from obstore.exceptions import BaseError
from obstore.store import from_url
from rich.progress import Progress

from registry.publishing.mirror import Mirror
from verifier.errors import WrongUseError

app = typer.Typer(add_completion=False)


@app.command()
def mirror(
    public: Annotated[Path, typer.Argument(help="The published folder.")],
    to: Annotated[
        str, typer.Argument(help="The bucket: s3://NAME or s3://NAME/PREFIX; credentials as AWS_* variables.")
    ],
    *,
    every: Annotated[float | None, typer.Option(help="Go on, with so many seconds between two runs.")] = None,
) -> None:
    """Send what the bucket lacks; pointers last, so that the bucket is whole at every moment."""
    if not (public / "log/checkpoint").is_file():
        raise WrongUseError(f"{public} is not a published folder", hint="It holds log/checkpoint.")
    try:
        store = from_url(to)
    except (BaseError, ValueError) as error:
        raise WrongUseError(f"not a bucket: {to}", hint="Write s3://NAME and set AWS_ENDPOINT, AWS_REGION.") from error
    work = Mirror(public, store)
    _run(work)
    while every is not None:
        time.sleep(every)
        _run(work)


def _run(work: Mirror) -> None:
    with Progress(transient=True) as bar:
        task = bar.add_task("Mirroring", total=None)
        done = work.sync(lambda step, total: bar.update(task, completed=step, total=total))
    print(f"{done.sent} files sent, {done.present} there already")
