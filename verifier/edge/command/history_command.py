"""`shirushi history`: what an object was on a day, as it was known on another, out of the published log alone.

Exit codes: 0 answered, 1 nothing about it was in effect then, 2 could not be read or proven, 64 wrong use.
"""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from verifier.audit.past import PublishedPast
from verifier.dates import utc_text
from verifier.edge.history_answer import answer_of, moment_of
from verifier.edge.read_plane import open_plane
from verifier.edge.root_store import read_root
from verifier.edge.tracked import tracked
from verifier.errors import MalformedError, WrongUseError
from verifier.identifier import parse_identifier
from verifier.markid import normalise_mark_id
from verifier.names import mark_uri, org_uri, parse_name

if TYPE_CHECKING:
    from collections.abc import Iterator


app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    asked: Annotated[
        str,
        typer.Argument(
            metavar="OBJECT", help="Mark id, identifier of an organisation, e/7, k/<kid>, x/<no>, or a full name."
        ),
    ],
    *,
    place: Annotated[
        str | None, typer.Option("--from", help="Address or folder to read from; the registry's own address if absent.")
    ] = None,
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="The day or time asked about; a day is its first second. Now if absent.")
    ] = None,
    known_at: Annotated[
        str | None,
        typer.Option(help="What was known on this day, or in the first so many entries. Everything if absent."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> int:
    """Say what an object was on a day; of a mark also what it said, who decided it and in what standing."""
    pinned = read_root(root)
    uri = object_uri(asked, pinned.host)
    with open_plane(place or f"https://{pinned.host}") as plane, tracked("history") as progress:
        past = PublishedPast(plane.fetcher, pinned, progress, plane.listing)
    moment = moment_of(past, as_of=as_of, known_at=known_at, now=int(time.time()))
    answer = answer_of(uri, moment, past)
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        for line in _lines(answer):
            typer.echo(line)
    return 1 if answer["state"] == "unknown" and not answer.get("marks") else 0


def object_uri(asked: str, host: str) -> str:
    """Return the full name of an object as people name it. Raises WrongUseError for what no log can hold."""
    try:
        if asked.startswith("https://") or re.match(r"[a-z]+/", asked):
            uri = asked if asked.startswith("https://") else f"https://{host}/{asked}"
            parse_name(uri)
            return uri
        with suppress(MalformedError):
            return mark_uri(host, normalise_mark_id(asked))
        return org_uri(host, parse_identifier(asked))
    except MalformedError as error:
        raise WrongUseError(f"{asked[:80]}: {error.message}", hint="For example e/7, or a mark's id.") from error


def _lines(answer: dict[str, Any]) -> Iterator[str]:
    known = f"as known in the first {answer['known_size']} of {answer['log_size']} entries"
    yield f"{answer['object']}: {answer['state']} at {utc_text(answer['as_of'])}, {known}"
    if answer["entry"] is not None:
        yield f"  by entry {answer['entry']}, since {_text(answer['since'])}"
    if answer["until"] is not None:
        yield f"  the clock changes it at {utc_text(answer['until'])}"
    if answer["changed_by_later_entry"] is not None:
        yield f"  entry {answer['changed_by_later_entry']}, which came later, reaches back to this time"
    for one in answer.get("marks", ()):
        yield f"  mark {one['mark']} ({one['link']}): {one['scheme']} tier {one['tier']}, {one['state']}"
    incident = answer.get("incident")
    if incident is None or incident["said"] is None:
        return
    said = incident["said"]
    yield f"It said: {said['scheme']} tier {said['tier']} for {said['sub']}, {said['scope_kind']},"
    yield f"  from {utc_text(said['nbf'])} until {utc_text(said['exp'])}"
    if incident["issuer"] is not None:
        yield f"Its issuer {incident['issuer']['object']} was {incident['issuer']['state']}"
    if incident["void"]:
        yield "A key that issued it is void from before it on."
    for one in incident["decisions"]:
        yield from _decision(one)


def _decision(one: dict[str, Any]) -> Iterator[str]:
    yield f"  entry {one['entry']}: {one['type']}, dated {utc_text(one['dated'])}, seen {_text(one['seen'])}"
    for person in one["persons"]:
        who = f"{person['role']} {person['holder']}" if person["holder"] else "an operator or key of the authority"
        state = f", key {person['state']}" if person["state"] else ""
        yield f"    {who} of {person['entity']}{state}{', void' if person['is_void'] else ''}"
    if one["body"] is not None:
        body = one["body"]
        scope = "within" if body["is_in_scope"] and body["is_in_window"] else "outside"
        yield f"    the body was {body['state']}, {scope} its accreditation"


def _text(instant: int | None) -> str:
    return "at an unknown time" if instant is None else utc_text(instant)
