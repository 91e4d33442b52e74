"""What a digest says: one line for each change that a client's watches saw, and where the present state stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.check.watch_words import changed_lines, event_title
from verifier.edge.i18n import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verifier.edge.i18n import Translator


def digest_text(changes: Sequence[Mapping[str, Any]], host: str, t: Translator, *, has_more: bool) -> tuple[str, str]:
    """Return subject and text of a digest over the ``data`` of events."""
    lines = [_line(one, host, t) for one in changes]
    more = [t.gettext("digest.more")] if has_more else []
    text = "\n\n".join([t.gettext("digest.intro", host=host), *lines, *more, t.gettext("digest.footer", host=host)])
    return t.ngettext("digest.subject", len(changes), host=host), f"{text}\n"


def confirmation_text(host: str, code: str, t: Translator) -> tuple[str, str]:
    """Return subject and text of the letter that asks an address whether it wants the digest."""
    return t.gettext("digest.confirm.subject", host=host), t.gettext("digest.confirm.text", host=host, code=code) + "\n"


def _line(data: Mapping[str, Any], host: str, t: Translator) -> str:
    watched = str(data["object"])
    page = f"https://{host}/o/{watched}" if data["kind"] == "subject" else watched
    what = plain(str(data.get("label") or watched.rpartition("/")[2]))
    return f"{event_title(what, changed_lines(data, t), t)}\n  {page}"
