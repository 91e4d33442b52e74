"""The supplier's part of the demonstration: the answer sheet, opened in a spreadsheet and filled in."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from issuer.template import ANSWER, EVIDENCE, FIRST_ITEM, ID, write_template
from verifier.scheme.pack import SchemePack


def filled_sheet(pack: SchemePack, level: int) -> bytes:
    """Return the .xlsx template of a level with every item answered "met" and a reference to its evidence."""
    workbook = load_workbook(io.BytesIO(write_template(pack, level, form="xlsx")))
    sheet = workbook.worksheets[0]
    for row in sheet.iter_rows(min_row=FIRST_ITEM + 1):
        row[ANSWER].value = "met"
        row[EVIDENCE].value = f"evidence/{row[ID].value}.pdf"
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
