"""The artwork of a mark of this desk: the same drawing that the registry serves, out of what the decider signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from issuer.console.case_view import zone_of
from issuer.issue import as_it_stands
from verifier.dates import last_valid_day
from verifier.edge.drawing.artwork import Artwork, Style
from verifier.edge.i18n import translator
from verifier.edge.page.account import scheme_words
from verifier.edge.page.wording import tier_words
from verifier.errors import NotFoundError, RefusedError
from verifier.mark import Mark, parse_mark
from verifier.seal import scan_text

if TYPE_CHECKING:
    from issuer.desk import Desk

SAMPLE = "見本 / TEST"
STYLES: dict[str, Style] = {"colour": "colour", "mono": "mono", "reverse": "reverse"}


def issued_artwork(desk: Desk, case_id: str) -> tuple[Artwork, Mark]:
    """Return the artwork of a case's mark and the mark.

    Raises RefusedError before the registry has admitted it, UnavailableError while the trust root cannot be read.
    """
    case, issuance = desk.case(case_id), desk.issuance(case_id)
    if issuance is None or issuance.signed is None or issuance.admitted is None:
        raise RefusedError(f"the mark of case {case_id} is not issued yet", hint="Artwork is drawn of what is issued.")
    signed, _ = as_it_stands(desk, parse_mark(issuance.signed.mark).id, issuance.signed, issuance.admitted)
    mark = parse_mark(signed.mark)
    content = mark.content
    title, latin = (tier_words(content.tier, content.basis, translator(lang)) for lang in ("ja", "en"))
    environment = desk.registry.root().content.environment
    drawn = Artwork(
        form="issued",
        level=content.tier,
        scheme=scheme_words(content.scheme, translator("ja")),
        title=f"★{content.tier} {title}",
        title_latin=latin,
        until=f"有効期限 / until {last_valid_day(mark.exp, zone_of(case)):%Y-%m}",
        number=content.number,
        host=mark.host,
        code=scan_text(signed.seal),
        sample=SAMPLE if environment == "sandbox" else "",
    )
    return drawn, mark


def style_of(name: str) -> Style:
    """Return a style of artwork. Raises NotFoundError."""
    if name not in STYLES:
        raise NotFoundError(f"artwork has no style {name[:20]!r}", hint="Use colour, mono or reverse.")
    return STYLES[name]
