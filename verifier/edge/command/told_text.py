"""Printing what others wrote: nothing in it steers the terminal, ends a line or turns the reading direction."""

from __future__ import annotations

import json

import typer

from verifier.edge.i18n import plain


def tell_line(text: str) -> None:
    """Print one line."""
    typer.echo(plain(text))


def tell_json(value: object) -> None:
    """Print JSON that reads as the same value: characters that are not shown are escaped, names stay legible."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    typer.echo("".join(one if one == "\n" or plain(one) == one else json.dumps(one)[1:-1] for one in text))
