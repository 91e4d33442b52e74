"""What a mark's page tells programs that read pages: schema.org's Certification as JSON-LD, and Open Graph.

Only what is registered is told, and only of tiers that others evaluated: a holder's own declaration certifies nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from verifier.dates import utc_text
from verifier.edge.i18n import plain
from verifier.edge.page.account import is_registered, scheme_words
from verifier.verdict import Verdict

if TYPE_CHECKING:
    from verifier.edge.i18n import Translator

_SCHEMA = "https://schema.org"
# What could end the element early; inside it nothing is decoded.
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def structured_data(verdict: Verdict, t: Translator) -> list[Markup]:
    """Return the JSON-LD of a mark that could be judged, as it stands in a script element of data; none otherwise."""
    mark = verdict.mark
    could_be_judged = verdict.exit_code in (0, 1) and is_registered(verdict)
    if mark is None or not could_be_judged or mark.basis == "self_declared":
        return []
    status = "CertificationActive" if verdict.exit_code == 0 else "CertificationInactive"
    data: dict[str, Any] = {
        "@context": _SCHEMA,
        "@type": "Certification",
        "name": f"{scheme_words(mark.scheme, t)} ★{mark.tier}",
        "url": _address(verdict),
        "certificationIdentification": mark.number or mark.id,
        "certificationStatus": f"{_SCHEMA}/{status}",
        "certificationRating": {"@type": "Rating", "ratingValue": f"★{mark.tier}"},
        "issuedBy": {"@type": "Organization", "url": mark.issuer},
        "about": {"@type": "Organization", "legalName": plain(mark.holder), "identifier": list(mark.identifiers)},
        "validFrom": utc_text(mark.nbf),
        "expires": utc_text(mark.exp),
    }
    text = json.dumps(data, ensure_ascii=False)
    for sign, escaped in _ESCAPED.items():
        text = text.replace(sign, escaped)
    return [Markup(text)]


def open_graph(verdict: Verdict, *, title: str, site: str, explanation: str) -> list[tuple[str, str]]:
    """Return the properties that messengers and networks show of a link to the page."""
    if verdict.mark is None:
        return []
    told = {"og:type": "website", "og:site_name": site, "og:title": title, "og:description": explanation}
    address = _address(verdict)
    image = {"og:image": f"{address}/qr.png"} if verdict.exit_code == 0 else {}
    return [*told.items(), ("og:url", address), *image.items()]


def _address(verdict: Verdict) -> str:
    assert verdict.mark is not None  # both callers have looked
    return f"https://{verdict.mark.issuer.split('/')[2]}/m/{verdict.mark.id}"
