"""The artwork of a mark, out of the verdict on it and its seal: the same drawing wherever it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.dates import last_valid_day
from verifier.edge.drawing.artwork import Artwork
from verifier.edge.i18n import translator
from verifier.edge.page.account import scheme_words
from verifier.edge.page.wording import tier_words
from verifier.errors import RefusedError
from verifier.seal import scan_text

if TYPE_CHECKING:
    from verifier.verdict import Verdict

SAMPLE = "見本 / TEST"
"""What is written across everything that a sandbox prints."""


def mark_artwork(verdict: Verdict, seal: str | None, *, host: str) -> Artwork:
    """Return what is drawn of a valid mark. Raises RefusedError for one that is not valid, or without a seal."""
    shown = verdict.mark
    if verdict.exit_code != 0 or shown is None:
        raise RefusedError(f"only a valid mark has artwork; this one is {verdict.headline.value}")
    if seal is None:
        raise RefusedError("the mark's QR seal is not published")
    title, latin = (tier_words(shown.tier, shown.basis, translator(lang)) for lang in ("ja", "en"))
    return Artwork(
        form="issued",
        level=shown.tier,
        scheme=scheme_words(shown.scheme, translator("ja")),
        title=f"★{shown.tier} {title}",
        title_latin=latin,
        until=f"有効期限 / until {last_valid_day(shown.exp, verdict.zone):%Y-%m}",
        number=shown.number or shown.id,
        host=host,
        code=scan_text(seal),
        sample=SAMPLE if verdict.environment == "sandbox" else "",
    )
