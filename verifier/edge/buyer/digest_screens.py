"""The digest by mail that a registry's portal sends this desk: set up, confirmed by a code, changed, stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.edge.buyer.desk import TECHNICAL
from verifier.edge.buyer.portal_access import portal_of
from verifier.edge.buyer.portal_documents import HostedDigest
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.i18n import plain
from verifier.errors import NotFoundError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from verifier.edge.buyer.desk import Desk
    from verifier.edge.console.visit import Visit

DIGEST = "/portal/digest"
PERIODS = ("daily", "weekly")
LANGUAGES = ("ja", "en")
STATES = ("waiting", "confirmed", "stopped")


class DigestScreens:
    """The screen and the deeds of the digest."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (Screen(DIGEST, self.show, TECHNICAL),)

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (
            Deed(DIGEST, self.order, TECHNICAL, again=self.show),
            Deed(f"{DIGEST}/confirm", self.confirm, TECHNICAL, again=self.show),
            Deed(f"{DIGEST}/stop", self.stop, TECHNICAL),
        )

    def show(self, visit: Visit) -> Response:
        """Show how the digest stands, and the form that sets it up."""
        told = self._told(visit)
        return visit.show(
            "buyer/digest.html",
            title=visit.t.gettext("buyer.digest.title"),
            digests=[_row(told, visit)] if told else [],
            waiting=["code"] if told and not told.confirmed and not told.stopped else [],
            address=visit.form.get("address") or (told.address if told else ""),
            periods=[_choice("period", one, told.period if told else "weekly", visit) for one in PERIODS],
            tongues=[_choice("lang", one, told.lang if told else visit.t.lang, visit) for one in LANGUAGES],
        )

    def order(self, visit: Visit) -> Response:
        """Set the digest up anew; a code goes to the address."""
        order = {"address": visit.form.need("address")}
        for name, known in (("period", PERIODS), ("lang", LANGUAGES)):
            order[name] = visit.form.need(name)
            if order[name] not in known:
                raise WrongUseError(f"there is no {name} {order[name][:20]!r}", hint=f"One of {', '.join(known)}.")
        with portal_of(self._desk, visit) as portal:
            portal.put(HostedDigest, "digest", order)
        return visit.go(DIGEST, "buyer.told.digest_ordered")

    def confirm(self, visit: Visit) -> Response:
        """Confirm the address by the code that came to it."""
        with portal_of(self._desk, visit) as portal:
            portal.post(HostedDigest, "digest/confirmation", {"code": visit.form.need("code")})
        return visit.go(DIGEST, "buyer.told.digest_confirmed")

    def stop(self, visit: Visit) -> Response:
        """Let no more digests come; the portal forgets the address."""
        with portal_of(self._desk, visit) as portal:
            portal.delete("digest")
        return visit.go(DIGEST, "buyer.told.digest_ended")

    def _told(self, visit: Visit) -> HostedDigest | None:
        with portal_of(self._desk, visit) as portal:
            try:
                return portal.get(HostedDigest, "digest")
            except NotFoundError:
                return None


def digest_message_ids() -> list[str]:
    """Return the message ids that are put together here."""
    return [
        *(f"buyer.digest.period.{one}" for one in PERIODS),
        *(f"buyer.digest.lang.{one}" for one in LANGUAGES),
        *(f"buyer.digest.state.{one}" for one in STATES),
    ]


def _row(told: HostedDigest, visit: Visit) -> dict[str, object]:
    state = "stopped" if told.stopped else "confirmed" if told.confirmed else "waiting"
    is_due = state == "confirmed" and told.due is not None
    return {
        "address": plain(told.address),
        "period": visit.t.gettext(f"buyer.digest.period.{told.period}"),
        "lang": visit.t.gettext(f"buyer.digest.lang.{told.lang}"),
        "state": visit.t.gettext(f"buyer.digest.state.{state}"),
        "due": [visit.moment(told.due)] if is_due and told.due is not None else [],
    }


def _choice(name: str, value: str, kept: str, visit: Visit) -> tuple[str, str, str]:
    is_chosen = value == (visit.form.get(name) or kept)
    return value, visit.t.gettext(f"buyer.digest.{name}.{value}"), "selected" if is_chosen else ""
