"""A link that shows a mark to one addressee: made here, kept nowhere, with the name only where its holder consents.

Nothing leaves the machine unless the link is to open once: then an encrypted box is left with the registry.
"""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import TYPE_CHECKING

from issuer.supplier import shelf
from issuer.supplier.mark_screens import EITHER
from issuer.supplier.views import mistake_ids, page
from verifier.bundle import parse_bundle
from verifier.dates import day_start
from verifier.edge.client import open_client
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.share_client import leave_box
from verifier.edge.share_package import opening_of
from verifier.errors import MalformedError, RefusedError
from verifier.mark import parse_mark
from verifier.share import Showing, new_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from issuer.supplier.place import SupplierPlace
    from issuer.supplier.queries_requests import KeptMark
    from verifier.edge.console.visit import Visit
    from verifier.mark import Mark
    from verifier.share import Share
    from verifier.statement.commitment import Disclosure
    from verifier.trust.root import TrustRoot


class ShareScreens:
    """The handlers over one supplier's place."""

    def __init__(self, place: SupplierPlace) -> None:
        self._place = place

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (Screen("/marks/{id}/link", self.form),)

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (Deed("/marks/{id}/link", self.make, EITHER, again=self.form),)

    def form(self, visit: Visit) -> Response:
        """Show the form."""
        return self._shown(visit, "")

    def make(self, visit: Visit) -> Response:
        """Make a link and show it, this once."""
        kept, root = self._kept(visit)
        mark = _mark_of(kept)
        showing = Showing(visit.form.need("to"), _end_of(visit.form.need("until"), root), _opened(visit, mark))
        share = new_share(mark, showing, now=visit.now, entropy=secrets.token_bytes)
        return self._shown(visit, self._left(share, kept) if visit.form.get("once") == "yes" else share.link())

    def _left(self, share: Share, kept: KeptMark) -> str:
        with open_client() as http:
            base = (kept.via or f"https://{share.host}").rstrip("/")
            return leave_box(share, base, http, entropy=secrets.token_bytes)

    def _kept(self, visit: Visit) -> tuple[KeptMark, TrustRoot]:
        root = shelf.pinned_root(self._place)
        if root is None:
            raise RefusedError("no trust root is pinned here", hint="Give its file on the page of the marks.")
        return shelf.find_mark(self._place, visit.params["id"]), root

    def _shown(self, visit: Visit, link: str) -> Response:
        kept, _ = self._kept(visit)
        mark, form = _mark_of(kept), visit.form
        return page(
            visit,
            "supplier/share_link.html",
            made=[{"link": link, "to": form.get("to")}] if link else [],
            href=f"/marks/{kept.id}",
            holder=mark.content.org.name,
            hidden=[True] if mark.content.org.name_sd else [],
            to=form.get("to"),
            until=form.get("until"),
            own_mistakes=mistake_ids(visit),
        )


def _mark_of(kept: KeptMark) -> Mark:
    return parse_mark(parse_bundle(kept.bundle).mark or "")


def _opened(visit: Visit, mark: Mark) -> Disclosure | None:
    """Return what opens the name, where the holder says so. Raises RefusedError for a file without that word."""
    wants, sent = visit.form.get("agrees") == "yes", visit.form.files.get("name")
    has_file = sent is not None and sent.filename != ""
    if mark.content.org.name_sd is None or not (wants or has_file):
        return None
    if not wants:
        raise RefusedError("nobody agreed that the name is shown", hint="Tick the box, or leave the file out.")
    return opening_of(visit.form.file("name").data)


def _end_of(text: str, root: TrustRoot) -> int:
    try:
        return day_start(date.fromisoformat(text) + timedelta(days=1), root.content.zone)
    except (ValueError, OverflowError) as error:
        raise MalformedError("until is no day", hint="Write it as 2027-03-31.") from error
