"""What stands around a mark on its page: all that was logged about it, and its equivalents in other countries.

None of it is part of the verdict; where a file is not published yet, that part is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.reading.object_entries import entries_of
from registry.treaty.reading import agreements_answer
from verifier.errors import MarkError
from verifier.names import mark_uri

if TYPE_CHECKING:
    from verifier.gather import Fetcher
    from verifier.trust.root import TrustRoot
    from verifier.verdict import Verdict

_SHOWN = ("reason", "lift_by", "successor")


def surroundings_of(fetcher: Fetcher, root: TrustRoot, verdict: Verdict, *, now: int) -> dict[str, Any]:
    """Return ``history``, oldest first, and ``equivalents``: foreign levels that count as its tier now."""
    if verdict.mark is None:
        return {"history": [], "equivalents": []}
    return {
        "history": _history(fetcher, mark_uri(root.host, verdict.mark.id)),
        "equivalents": _equivalents(fetcher, root, (verdict.mark.scheme, verdict.mark.tier), now),
    }


def _history(fetcher: Fetcher, uri: str) -> list[dict[str, Any]]:
    try:
        entries = entries_of(fetcher, uri)
    except MarkError:
        return []
    rows = []
    for index, statement in reversed(entries):
        public = statement.token.payload["public"]
        said = {name: public[name] for name in _SHOWN if name in public}
        rows.append({"index": index, "type": statement.type, "at": statement.iat, **said})
    return rows


def _equivalents(fetcher: Fetcher, root: TrustRoot, tier: tuple[str, int], now: int) -> list[dict[str, Any]]:
    try:
        agreements = agreements_answer(fetcher, root, at=now, now=now)["agreements"]
    except MarkError:
        return []
    return [
        {"agreement": row["id"], "scheme": row["foreign"]["label"], "level": level["label"]}
        for row in agreements
        if row["state"] == "in_force" and row["home"]["scheme"] == tier[0]
        for level in row["levels"]
        if level["tier"] == tier[1]
    ]
