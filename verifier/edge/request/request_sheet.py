"""A level request as a sheet of paper: the letter's words on A4, with the request's file inside the PDF.

Whoever gets the PDF can take the file out and answer it, or tick a box on the paper. What the sheet says is what the
letter says (request_text.py): it asks, and never says that anything must be.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from verifier.dates import day_start
from verifier.edge.drawing.typesetting import compile_sheet, sheet_template
from verifier.edge.i18n import plain, translator
from verifier.edge.page.account import scheme_words
from verifier.edge.request.request_text import answer_text

if TYPE_CHECKING:
    from verifier.edge.i18n import Translator
    from verifier.level_request import Asked, LevelRequest

ZONE = "Asia/Tokyo"
"""The PDF is dated with the beginning of the request's day there: dates of requests are days without a zone."""
SAID = ("accepts", "asks_about_cost", "proposes_date")


@dataclass(frozen=True)
class SheetRow:
    """A labelled line."""

    label: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class AnswerBox:
    """What was answered, or the boxes to tick where nothing was answered yet."""

    title: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class RequestSheet:
    """Everything that stands on the sheet."""

    lang: str
    title: str
    sender: str
    to: str
    from_: str
    made: str
    asks: str
    rows: tuple[SheetRow, ...]
    notes: tuple[str, ...]
    answers: tuple[AnswerBox, ...]
    foot: str


def sheet_message_ids() -> set[str]:
    """Return the ids of the texts whose names are put together here."""
    return {f"request.sheet.box.{one}" for one in SAID}


def request_sheet(asked: Asked, *, lang: str) -> RequestSheet:
    """Return what stands on the sheet of a request and of the answer that was given to it."""
    request, t = asked.request, translator(lang)
    client, supplier = request.client, request.supplier
    return RequestSheet(
        lang=lang,
        title=t.gettext("request.sheet.title"),
        sender=plain(client.name),
        to=t.gettext("request.to", name=plain(supplier.name), identifier=supplier.identifier),
        from_=t.gettext("request.from", name=plain(client.name), identifier=client.identifier),
        made=t.gettext("request.made", date=request.made.isoformat()),
        asks=t.gettext("request.asks", level=request.wanted.level, scheme=_scheme(request, t), by=request.by),
        rows=request_rows(request, t),
        notes=tuple(t.gettext(one) for one in ("request.choice", "request.private", "request.sheet.inside")),
        answers=(_answer_box(asked, t),),
        foot=t.gettext("request.sheet.foot", digest=request.sha256),
    )


def request_rows(request: LevelRequest, t: Translator) -> tuple[SheetRow, ...]:
    """Return what a request says, line by line: level, day, reasons, need and who talks about the cost."""
    reasons = tuple(t.gettext(f"request.reason.{one}") for one in request.reasons)
    told = (
        ("request.sheet.level", (f"★{request.wanted.level} {_scheme(request, t)}",)),
        ("request.sheet.by", (request.by.isoformat(),)),
        ("request.sheet.reasons", reasons or (t.gettext("request.sheet.reasons.none"),)),
        ("request.sheet.need", tuple(plain(line) for line in request.need.splitlines())),
        ("request.sheet.cost", (plain(request.cost_contact),)),
    )
    return tuple(SheetRow(t.gettext(label), texts) for label, texts in told)


def request_pdf(asked: Asked, *, lang: str) -> bytes:
    """Return the sheet as PDF, with the request's file attached. Raises FontMissingError, LetterMissingError."""
    request = asked.request
    inputs = {
        "sheet": json.dumps(asdict(request_sheet(asked, lang=lang)), ensure_ascii=False),
        "request": request.serialize().decode(),
    }
    return compile_sheet(sheet_template("request"), inputs, at=day_start(request.made, ZONE))


def _answer_box(asked: Asked, t: Translator) -> AnswerBox:
    if asked.answer is not None:
        return AnswerBox(t.gettext("request.sheet.answer"), (answer_text(asked, t), asked.answer.made.isoformat()))
    boxes = tuple(f"□ {t.gettext(f'request.sheet.box.{one}')}" for one in SAID)
    return AnswerBox(t.gettext("request.sheet.boxes"), (*boxes, t.gettext("request.sheet.words")))


def _scheme(request: LevelRequest, t: Translator) -> str:
    return scheme_words(request.wanted.scheme, t)
