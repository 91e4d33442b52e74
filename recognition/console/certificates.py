"""A list of certificates for a simulation: one row for each, as a spreadsheet programme saves it.

Columns: name, version, level, issued, expires, and, where they matter, issuer, status, holder, scope_kind,
excluded_controls, conditions_met, evidence. Days are days of the scheme's zone. Without an issuer it is the scheme's
operator, without a status its first word for "valid"; evidence is taken as authenticated, which the page says.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from recognition.certificate import Certificate
from verifier.dates import parse_instant, term_end
from verifier.edge.check.spreadsheet import Sheet, read_rows, write_csv
from verifier.errors import MalformedError, MarkError
from verifier.schema import read_model

if TYPE_CHECKING:
    from recognition.scheme import ForeignScheme

REQUIRED = ("name", "level", "issued")
OPTIONAL = (
    "version",
    "expires",
    "issuer",
    "status",
    "holder",
    "scope_kind",
    "excluded_controls",
    "conditions_met",
    "evidence",
)
MOST = 500


def read_certificates(data: bytes, scheme: ForeignScheme, *, filename: str) -> tuple[tuple[str, Certificate], ...]:
    """Return the certificates with their names. Raises MalformedError naming the row at fault."""
    rows = read_rows(data, filename=filename)
    if not rows:
        raise MalformedError(f"{filename}: no rows", hint=f"Columns: {', '.join(REQUIRED + OPTIONAL)}")
    heading = [cell.strip().lower() for cell in rows[0]]
    missing = [name for name in REQUIRED if name not in heading]
    strange = [name for name in heading if name and name not in REQUIRED + OPTIONAL]
    if missing or strange:
        told = f"missing columns: {', '.join(missing)}" if missing else f"unknown columns: {', '.join(strange)}"
        raise MalformedError(f"{filename}: {told}", hint=f"Columns: {', '.join(REQUIRED + OPTIONAL)}")
    if len(rows) > MOST + 1:
        raise MalformedError(f"{filename}: more than {MOST} certificates")
    found = []
    for number, row in enumerate(rows[1:], 2):
        cells = dict(zip(heading, (cell.strip() for cell in row), strict=False))
        try:
            found.append((cells.get("name") or str(number), _certificate(cells, scheme)))
        except MarkError as error:
            raise MalformedError(f"{filename}, row {number}: {error.message}", hint=error.hint) from error
    return tuple(found)


def samples(scheme: ForeignScheme, *, today: date) -> bytes:
    """Return a list to begin with: one certificate of each level, issued on that day in the version of that day."""
    rows: list[tuple[str, ...]] = [("name", "level", "version", "issued", "holder")]
    at = parse_instant(today.isoformat(), zone=scheme.head.zone)
    for number, level in enumerate(scheme.head.levels, 1):
        alive = scheme.alive(level=level.id, at=at) or tuple(scheme.head.versions[-1:])
        rows.append((f"sample-{number}", level.id, alive[-1].id, today.isoformat(), f"0000-SAMPLE{number}"))
    return write_csv(Sheet("certificates", tuple(rows), headings=1))


def _certificate(cells: dict[str, str], scheme: ForeignScheme) -> Certificate:
    level, zone = cells.get("level", ""), scheme.head.zone
    scheme.level(level)
    issued = parse_instant(cells.get("issued", ""), zone=zone)
    alive = [one.id for one in scheme.alive(level=level, at=issued)]
    version = cells.get("version") or (alive[-1] if alive else scheme.head.versions[-1].id)
    expires = cells.get("expires")
    stated = {
        "scheme": scheme.id,
        "version": version,
        "level": level,
        "basis": "evaluation",
        "evidence": cells.get("evidence") or "authenticated",
        "issuer": cells.get("issuer") or scheme.head.operator,
        "holder": cells.get("holder") or None,
        "scope_kind": cells.get("scope_kind") or "company",
        "status": cells.get("status") or _first_valid(scheme),
        "issued": issued,
        "expires": parse_instant(expires, zone=zone) if expires else term_end(issued, scheme.months(level), zone),
        "excluded_controls": _words(cells.get("excluded_controls", "")),
        "conditions_met": _words(cells.get("conditions_met", "")),
    }
    return read_model(Certificate, stated, what="certificate")


def _first_valid(scheme: ForeignScheme) -> str | None:
    return next((one.word for one in scheme.head.statuses if one.means == "valid"), None)


def _words(text: str) -> tuple[str, ...]:
    separated: Iterable[str] = text.replace(";", " ").replace(",", " ").split()
    return tuple(separated)
