"""`shirushi recognition schemes`: the foreign schemes at hand, and what each says of its levels and versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from recognition.scheme import ForeignScheme
from recognition.shipped import load_scheme, shipped_schemes
from verifier.edge.scheme_text import checked_language
from verifier.scheme.rule import Words


def register(app: typer.Typer) -> None:
    """Add this command to the ones of `shirushi recognition`."""
    app.command()(schemes)


def schemes(
    scheme: Annotated[str | None, typer.Argument(metavar="[SCHEME]", help="Id of one scheme; all if absent.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: Annotated[str, typer.Option(help="Language of the text: ja or en.")] = "en",
) -> None:
    """List the foreign schemes at hand, or show one: levels, assurance, versions, how it is authenticated."""
    checked_language(lang)
    found = shipped_schemes() if scheme is None else (load_scheme(scheme),)
    if as_json:
        print(json.dumps([_members(one) for one in found], ensure_ascii=False, indent=2))
    elif scheme is None:
        print("\n".join(_line(one, lang) for one in found))
    else:
        print("\n".join(_lines(found[0], lang)))


def _members(scheme: ForeignScheme) -> dict[str, Any]:
    return {"id": scheme.id, "sha256": scheme.digest, "scheme": scheme.head.members(), "ids": len(scheme.controls)}


def _line(scheme: ForeignScheme, lang: str) -> str:
    levels = " ".join(scheme.head.level_ids) or "-"
    return f"{scheme.id}  [{levels}]  {scheme.head.standing}  {scheme.head.label.in_(lang)}"


def _lines(scheme: ForeignScheme, lang: str) -> Iterator[str]:
    head = scheme.head
    yield _line(scheme, lang)
    yield f"  {head.notice.in_(lang)}"
    yield f"  sha256 {scheme.digest}"
    for level in head.levels:
        assured = f"{level.assurance.assessor}, {level.assurance.technical_test}"
        held = len(scheme.controls_of(level.id))
        yield f"  {level.id}: {level.label.in_(lang)}; {assured}; {_months(scheme, level.id, lang)}; {held}"
    for version in head.versions:
        ends = ", ".join(f"{level} {day}" for level, day in version.last_day.items())
        yield f"  {version.id} {version.name}: {version.first_day or '?'} - {ends}"
    for status in head.statuses:
        yield f"  {status.word}: {status.means}"
    for way in head.authentication:
        yield f"  {way.method}: {way.note.in_(lang)}"
    for name, why in head.omitted.items():
        yield f"  ({name}) {why.in_(lang)}"
    for source in head.sources:
        yield f"  {source.title}: {source.url} ({source.read_on or '?'})"


def _months(scheme: ForeignScheme, level: str, lang: str) -> str:
    if (scheme.level(level).validity_months or scheme.head.validity_months) is None:
        return "?"
    months = scheme.months(level)
    return Words(ja=f"{months} か月", en=f"{months} months").in_(lang)
