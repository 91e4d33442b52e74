"""Type metadata of credentials (draft-ietf-oauth-sd-jwt-vc): what a wallet shows of a tier, in both languages."""

from __future__ import annotations

from typing import Any

from verifier.credential import DISCLOSABLE, credential_type
from verifier.edge.i18n import LANGUAGES, Translator, translator
from verifier.edge.page.account import scheme_words
from verifier.edge.page.wording import tier_words

_LABELS = {
    "name": "credential.name",
    "name_latin": "credential.name_latin",
    "identifiers": "credential.identifiers",
    "domains": "credential.domains",
    "number": "credential.number",
    "scope_kind": "credential.scope_kind",
    "scope_summary": "credential.scope_summary",
    "covered": "credential.covered",
    "ot": "credential.ot",
    "mark": "credential.mark",
    "tier": "credential.tier",
    "criteria": "credential.criteria",
}
_OPTIONAL = ("name_latin", "domains")


def type_metadata(host: str, scheme: str, level: int) -> dict[str, Any]:
    """Return the type metadata of a tier's credentials."""
    english = translator("en")
    return {
        "vct": credential_type(host, scheme, level),
        "name": _title(scheme, level, english),
        "description": english.gettext("credential.description"),
        "display": [
            {
                "locale": lang,
                "name": _title(scheme, level, translator(lang)),
                "description": translator(lang).gettext("credential.description"),
            }
            for lang in LANGUAGES
        ],
        "claims": [_claim(name) for name in _LABELS],
    }


def _title(scheme: str, level: int, t: Translator) -> str:
    return f"{scheme_words(scheme, t)} ★{level} {tier_words(level, None, t)}"


def _claim(name: str) -> dict[str, Any]:
    labels = [{"locale": lang, "label": translator(lang).gettext(_LABELS[name])} for lang in LANGUAGES]
    sd = "always" if name in DISCLOSABLE else "never"
    return {"path": [name], "display": labels, "sd": sd, "mandatory": name not in _OPTIONAL}
