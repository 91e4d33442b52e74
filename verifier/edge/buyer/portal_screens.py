"""Watches that a registry's portal keeps for this desk. What is watched there the registry knows; the page says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.edge.buyer.desk import PORTAL_KEY, TECHNICAL
from verifier.edge.buyer.portal_access import following, is_registered, portal_address, portal_of
from verifier.edge.buyer.portal_documents import Events, HostedWatch, HostedWatches, NewHostedWatch
from verifier.edge.check.check_words import state_text
from verifier.edge.check.watch_words import changed_lines
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.i18n import plain
from verifier.errors import WrongUseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from verifier.edge.buyer.desk import Desk
    from verifier.edge.buyer.portal_documents import Event
    from verifier.edge.console.visit import Visit
    from verifier.edge.i18n import Translator

PORTAL = "/portal"
KINDS = ("subject", "mark", "body", "agreement")


class PortalScreens:
    """The screens and deeds of hosted watches."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (
            Screen(PORTAL, self.show, TECHNICAL),
            Screen(f"{PORTAL}/watches", self.show_watches, TECHNICAL),
            Screen(f"{PORTAL}/events", self.show_events, TECHNICAL),
        )

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (
            Deed(f"{PORTAL}/open", self.open, TECHNICAL),
            Deed(f"{PORTAL}/watches", self.add, TECHNICAL, again=self.show_watches),
            Deed(f"{PORTAL}/watches/{{watch}}/remove", self.remove, TECHNICAL),
        )

    def show(self, visit: Visit) -> Response:
        """Show how this desk is known at the portal, and the ways to what is kept there; asks the portal nothing."""
        folder = self._desk.folder
        is_locked = folder.client_key.exists() and PORTAL_KEY not in visit.house.unlocking.unlocked(visit.session.id)
        return visit.show(
            "buyer/portal.html",
            title=visit.t.gettext("buyer.portal.title"),
            address=portal_address(folder),
            registered=["registered"] if is_registered(folder) else [],
            locked=["locked"] if is_locked and is_registered(folder) else [],
        )

    def open(self, visit: Visit) -> Response:
        """Unlock the key for assertions, where there is one, and go to the watches."""
        with portal_of(self._desk, visit):
            return visit.go(f"{PORTAL}/watches")

    def show_watches(self, visit: Visit) -> Response:
        """Show the watches that the portal keeps, a hundred a page."""
        with portal_of(self._desk, visit) as portal:
            told = portal.get(HostedWatches, "watches", **_after(visit))
        kinds = [(one, visit.t.gettext(f"buyer.kind_of.{one}"), _chosen(visit, one)) for one in KINDS]
        return visit.show(
            "buyer/hosted.html",
            title=visit.t.gettext("buyer.hosted.title"),
            watches=[_row(one, visit) for one in told.watches],
            following=following(visit, told.next),
            kinds=kinds,
        )

    def add(self, visit: Visit) -> Response:
        """Let the portal watch something; the addresses of its feeds are shown this once."""
        kind = visit.form.need("kind")
        if kind not in KINDS:
            raise WrongUseError(f"there is no kind {kind[:20]!r}", hint=f"Kinds: {', '.join(KINDS)}.")
        what = visit.form.number("object") if kind == "body" else visit.form.need("object")
        with portal_of(self._desk, visit) as portal:
            made = portal.post(NewHostedWatch, "watches", {kind: what, "label": visit.form.get("label")})
        if not made.feed_atom:
            # It was watched before: the addresses of its feeds are told once.
            return visit.go(f"{PORTAL}/watches", "buyer.told.watched_before")
        return visit.show(
            "buyer/hosted_made.html",
            title=visit.t.gettext("buyer.hosted.made"),
            watch=made,
            name=plain(made.label or made.object),
        )

    def remove(self, visit: Visit) -> Response:
        """Let the portal watch something no more."""
        with portal_of(self._desk, visit) as portal:
            portal.delete(f"watches/{visit.params['watch']}")
        return visit.go(f"{PORTAL}/watches", "buyer.told.removed")

    def show_events(self, visit: Visit) -> Response:
        """Show what the watches saw, the oldest first, a hundred a page."""
        with portal_of(self._desk, visit) as portal:
            told = portal.get(Events, "events", **_after(visit))
        rows = [_event(one, visit) for one in told.events]
        return visit.show(
            "buyer/hosted_events.html",
            title=visit.t.gettext("buyer.events.title"),
            events=rows,
            following=following(visit, told.next),
        )


def portal_message_ids() -> list[str]:
    """Return the message ids that are put together here."""
    return [f"buyer.kind_of.{one}" for one in KINDS]


def _row(watch: HostedWatch, visit: Visit) -> dict[str, object]:
    return {
        "id": watch.id,
        "kind": visit.t.gettext(f"buyer.kind_of.{watch.kind}") if watch.kind in KINDS else watch.kind,
        "object": plain(watch.object),
        "label": [plain(watch.label)] if watch.label else [],
        "seen": _seen(watch, visit.t),
        "made": visit.moment(watch.made),
    }


def _seen(watch: HostedWatch, t: Translator) -> list[str]:
    """Return the words of the answer that was seen last; nothing before the first look."""
    if watch.seen is None:
        return []
    state, marks = watch.seen.get("state"), watch.seen.get("marks")
    if isinstance(marks, list):
        return [t.ngettext("buyer.hosted.marks", len(marks))]
    # That nothing is listed is an answer too.
    return [state_text(state, t) if isinstance(state, str) else t.gettext("portal.none")]


def _event(event: Event, visit: Visit) -> dict[str, object]:
    data = event.payload.get("data", {})
    is_change = isinstance(data, dict) and "old" in data and "new" in data
    return {
        "id": event.id,
        "type": plain(str(event.payload.get("type", ""))),
        "at": plain(str(event.payload.get("timestamp", ""))),
        "lines": changed_lines(data, visit.t) if is_change else [],
    }


def _after(visit: Visit) -> dict[str, str]:
    after = visit.query.get("after", "")
    return {"after": after} if after else {}


def _chosen(visit: Visit, kind: str) -> str:
    return "selected" if visit.form.get("kind") == kind else ""
