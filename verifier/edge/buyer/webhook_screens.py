"""Webhooks: the addresses to which the portal tells changes, what arrived, what was given up, and sending it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.edge.buyer.desk import TECHNICAL
from verifier.edge.buyer.portal_access import following, portal_of
from verifier.edge.buyer.portal_documents import Deliveries, Delivery, Endpoints, NewEndpoint
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.i18n import plain
from verifier.edge.page.grid import Tag
from verifier.edge.page.wording import Appearance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from verifier.edge.buyer.desk import Desk
    from verifier.edge.console.visit import Visit

WEBHOOKS = "/portal/webhooks"
ONE = f"{WEBHOOKS}/{{endpoint}}"
DELIVERIES = "/portal/deliveries"
STATES = ("pending", "delivered", "dead")
_LOOKS = {
    "pending": Appearance("open", "clock", "◷"),
    "delivered": Appearance("good", "check", "✓"),
    "dead": Appearance("bad", "cross", "✗"),
}


class WebhookScreens:
    """The screens and deeds of webhooks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (
            Screen(WEBHOOKS, self.show, TECHNICAL),
            Screen(DELIVERIES, self.show_deliveries, TECHNICAL),
        )

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (
            Deed(WEBHOOKS, self.add, TECHNICAL, again=self.show),
            Deed(f"{ONE}/test", self.test, TECHNICAL),
            Deed(f"{ONE}/secret", self.rotate, TECHNICAL),
            Deed(f"{ONE}/remove", self.remove, TECHNICAL),
            Deed(f"{DELIVERIES}/{{delivery}}/replay", self.replay, TECHNICAL),
        )

    def show(self, visit: Visit) -> Response:
        """Show the endpoints."""
        with portal_of(self._desk, visit) as portal:
            told = portal.get(Endpoints, "endpoints")
        rows = [
            {
                "id": one.id,
                "url": plain(one.url),
                "made": visit.moment(one.made),
                "stopped": [plain(one.stopped)] if one.stopped else [],
                "open": [] if one.stopped else [one.id],
            }
            for one in told.endpoints
        ]
        return visit.show("buyer/webhooks.html", title=visit.t.gettext("buyer.webhooks.title"), endpoints=rows)

    def add(self, visit: Visit) -> Response:
        """Let changes be told to an address; the secret is shown this once."""
        with portal_of(self._desk, visit) as portal:
            made = portal.post(NewEndpoint, "endpoints", {"url": visit.form.need("url")})
        return visit.show("buyer/webhook_secret.html", title=visit.t.gettext("buyer.secret.title"), endpoint=made)

    def test(self, visit: Visit) -> Response:
        """Let a message be sent, to try the address with."""
        with portal_of(self._desk, visit) as portal:
            portal.post(Delivery, f"endpoints/{visit.params['endpoint']}/test")
        return visit.go(DELIVERIES, "buyer.told.testing")

    def rotate(self, visit: Visit) -> Response:
        """Change the signing secret; for a day both hold. The new one is shown this once."""
        with portal_of(self._desk, visit) as portal:
            made = portal.post(NewEndpoint, f"endpoints/{visit.params['endpoint']}/secrets")
        return visit.show("buyer/webhook_secret.html", title=visit.t.gettext("buyer.secret.title"), endpoint=made)

    def remove(self, visit: Visit) -> Response:
        """Let nothing more be told to an address."""
        with portal_of(self._desk, visit) as portal:
            portal.delete(f"endpoints/{visit.params['endpoint']}")
        return visit.go(WEBHOOKS, "buyer.told.removed")

    def show_deliveries(self, visit: Visit) -> Response:
        """Show deliveries, of one state or all; dead ones are not tried any more."""
        state = visit.query.get("state", "")
        asked = {name: visit.query[name] for name in ("after", "state") if visit.query.get(name)}
        with portal_of(self._desk, visit) as portal:
            told = portal.get(Deliveries, "deliveries", **asked)
            stopped = {one.id for one in portal.get(Endpoints, "endpoints").endpoints if one.stopped}
        return visit.show(
            "buyer/deliveries.html",
            title=visit.t.gettext("buyer.deliveries.title"),
            deliveries=[_row(one, visit, is_stopped=one.endpoint in stopped) for one in told.deliveries],
            following=following(visit, told.next),
            states=_ways(visit, state),
        )

    def replay(self, visit: Visit) -> Response:
        """Let a delivery that ended be sent again, under the same id."""
        with portal_of(self._desk, visit) as portal:
            portal.post(Delivery, f"deliveries/{visit.params['delivery']}/replay")
        return visit.go(DELIVERIES, "buyer.told.replayed")


def webhook_message_ids() -> list[str]:
    """Return the message ids that are put together here."""
    return [f"buyer.delivery.{one}" for one in STATES]


def _row(delivery: Delivery, visit: Visit, *, is_stopped: bool) -> dict[str, object]:
    word = visit.t.gettext(f"buyer.delivery.{delivery.state}")
    return {
        "id": delivery.id,
        "event": delivery.event,
        "endpoint": delivery.endpoint,
        "tag": Tag(_LOOKS[delivery.state], word),
        "attempts": str(delivery.attempts),
        "answer": str(delivery.status) if delivery.status is not None else "",
        "reason": plain(delivery.reason),
        "changed": visit.moment(delivery.changed),
        "due": [visit.moment(delivery.due)] if delivery.state == "pending" else [],
        # To an address that said that it is gone the portal sends nothing again.
        "ended": [delivery.id] if delivery.state != "pending" and not is_stopped else [],
    }


def _ways(visit: Visit, chosen: str) -> list[tuple[str, str, str]]:
    every = [(DELIVERIES, visit.t.gettext("buyer.filter.all"), "true" if not chosen else "false")]
    of_each = [
        (f"{DELIVERIES}?state={one}", visit.t.gettext(f"buyer.delivery.{one}"), "true" if one == chosen else "false")
        for one in STATES
    ]
    return [*every, *of_each]
