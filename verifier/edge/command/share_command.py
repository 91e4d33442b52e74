"""`shirushi share`: show a mark to somebody by a link, with the name that its public page does not show.

Making a link sends nothing anywhere, unless it is to open once: then an encrypted box is left with the registry.
"""

from __future__ import annotations

import json
import secrets
import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from verifier.dates import day_start
from verifier.edge.client import HttpFetcher, open_client
from verifier.edge.i18n import plain, translator
from verifier.edge.page.share_page import mistake_words, name_note
from verifier.edge.report import print_verdict
from verifier.edge.root_store import default_store, read_root
from verifier.edge.share_client import leave_box, take_box
from verifier.edge.share_package import mark_of_package, name_of_package
from verifier.edge.share_reading import read_share
from verifier.errors import RefusedError, WrongUseError
from verifier.gather import gather_mark
from verifier.share import Secret, Showing, new_share, read_link

if TYPE_CHECKING:
    from verifier.edge.share_reading import Reading
    from verifier.share import Share

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
ZONE = "Asia/Tokyo"

Via = Annotated[str | None, typer.Option(help="Another place that serves the registry's pages.")]


@app.command()
def make(
    package: Annotated[Path, typer.Argument(help="The folder of the mark's package.")],
    *,
    to: Annotated[str, typer.Option(help="To whom it is shown: stands in the link.")],
    until: Annotated[str, typer.Option(help="The last day on which it is shown (ISO 8601).")],
    show_name: Annotated[
        bool, typer.Option("--show-name", help="Disclose the name that the mark holds as a commitment.")
    ] = False,
    once: Annotated[bool, typer.Option("--once", help="Let it open once: leaves a box with the registry.")] = False,
    via: Via = None,
) -> None:
    """Make a link that shows a mark to one addressee. Without --show-name it shows what is public anyway."""
    mark = mark_of_package(package)
    if show_name and mark.content.org.name_sd is None:
        raise WrongUseError(
            "there is no name to disclose: this mark shows its holder's name to everybody",
            hint="Leave --show-name out.",
        )
    opened = name_of_package(package) if show_name else None
    showing = Showing(to=to, until=end_of_day(until), name=opened)
    share = new_share(mark, showing, now=int(time.time()), entropy=secrets.token_bytes)
    if not once:
        typer.echo(share.link())
        return
    with open_client() as http:
        base = (via or f"https://{share.host}").rstrip("/")
        typer.echo(leave_box(share, base, http, entropy=secrets.token_bytes))


@app.command(name="open")
def open_link(
    link: Annotated[str, typer.Argument(help="The link, with what follows the #, in quotation marks.")],
    *,
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
    via: Via = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: Annotated[str, typer.Option(help="Language: ja or en.")] = "en",
) -> int:
    """Open a link that shows a mark, and judge the mark here. A link that opens once is used up by it.

    Ends with 0 when the mark is valid and the name, where there is one, fits it; 1 when not; 2 when that could not be
    confirmed.
    """
    pinned = default_store().newest(read_root(root))
    base = (via or f"https://{pinned.host}").rstrip("/")
    now, found = int(time.time()), read_link(link)
    with open_client() as http:
        share = take_box(found, base, http, entropy=secrets.token_bytes) if isinstance(found, Secret) else found
        check_readable(share, host=pinned.host, now=now, lang=lang)
        bundle = gather_mark(HttpFetcher(base, http), share.mark, pinned.host)
    reading = read_share(share, bundle, root=pinned, now=now, live=True)
    if as_json:
        told = {"share": share.members(), "name": reading.name, "verdict": reading.verdict.members()}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print(reading, lang)
    return {"unfit": 1, "unconfirmed": 2}.get(reading.name, 0) or reading.verdict.exit_code


def check_readable(share: Share, *, host: str, now: int, lang: str) -> None:
    """Raise RefusedError unless the share is about this registry and its time is not over."""
    t = translator(lang)
    if share.host != host:
        raise RefusedError(mistake_words("other_host", t, host=share.host))
    if now >= share.until:
        raise RefusedError(mistake_words("ended", t))


def end_of_day(text: str) -> int:
    """Return the instant at which a day ends. Raises WrongUseError."""
    try:
        return day_start(date.fromisoformat(text) + timedelta(days=1), ZONE)
    except (ValueError, OverflowError) as error:
        raise WrongUseError(f"{text[:20]!r} is no day", hint="Write it as 2027-03-31.") from error


def _print(reading: Reading, lang: str) -> None:
    t, share = translator(lang), reading.share
    typer.echo(t.gettext("share.shown.title"))
    if share.name is not None:
        typer.echo(f"  {t.gettext('share.name')}: {plain(share.name.value)}")
    typer.echo(f"  {t.gettext('share.to')}: {plain(share.to)}")
    typer.echo(f"  {t.gettext('share.until')}: {t.last_day(share.until, reading.verdict.zone).words}")
    typer.echo(f"  {name_note(reading, t).text}")
    typer.echo(f"  {t.gettext('share.shown.words')}")
    print_verdict(Console(), reading.verdict, lang)
