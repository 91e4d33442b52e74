"""Where an authority answers as an entity of OpenID Federation 1.1 (sections 5.1.1 and 8): addresses and files.

The paths are the authority's own choice; clients find them in its entity configuration. Bodies name the same addresses
in theirs, since their names lie under the authority's host. There is no resolve endpoint: whoever asks one trusts it.
"""

from __future__ import annotations

from verifier.names import NUMBER, authority_uri

FETCH = "federation/fetch"
LIST = "federation/list"
MARK_STATUS = "federation/trust-mark-status"
MARKED = "federation/trust-mark-list"
MARK = "federation/trust-mark"
HISTORICAL_KEYS = "federation/historical-keys"
SUBORDINATES = "federation/subordinates.json"
"""The file with the entity ids that the authority makes statements about."""


def statement_path(no: int) -> str:
    """Return where the authority's statement about a body is published."""
    return f"federation/statements/{no}.jwt"


def body_configuration_path(no: int) -> str:
    """Return where a body's own entity configuration is published: the well-known path below its entity id."""
    return f"e/{no}/.well-known/openid-federation"


def marked_path(scheme: str, level: int) -> str:
    """Return where the holders of valid marks of a tier are listed."""
    return f"federation/marked/{scheme}/{level}.json"


def mark_status_path(mark_id: str, digest: str) -> str:
    """Return where the status response about the mark token of that digest is published."""
    return f"m/{mark_id}/status-{digest}.jwt"


def authority_endpoints(host: str) -> dict[str, str]:
    """Return the ``federation_entity`` parameters with the authority's addresses."""
    at = authority_uri(host)
    return {
        "federation_fetch_endpoint": f"{at}/{FETCH}",
        "federation_list_endpoint": f"{at}/{LIST}",
        "federation_historical_keys_endpoint": f"{at}/{HISTORICAL_KEYS}",
        **issuer_endpoints(host),
    }


def issuer_endpoints(host: str) -> dict[str, str]:
    """Return the parameters of an issuer of trust marks: the authority answers about the marks of all its bodies."""
    at = authority_uri(host)
    return {
        "federation_trust_mark_status_endpoint": f"{at}/{MARK_STATUS}",
        "federation_trust_mark_list_endpoint": f"{at}/{MARKED}",
        "federation_trust_mark_endpoint": f"{at}/{MARK}",
    }


def body_number(uri: str, host: str) -> int | None:
    """Return the number of the body of that authority that an entity id names, None for any other text."""
    prefix = f"{authority_uri(host)}/e/"
    number = uri.removeprefix(prefix)
    return int(number) if uri.startswith(prefix) and NUMBER.fullmatch(number) else None
