"""Settings, for administrators: where the directory is published, the portal, and how this desk is known there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.edge.buyer.desk import ADMINISTRATION
from verifier.edge.buyer.desk_folder import Settings
from verifier.edge.buyer.portal_access import keep_api_key, make_client_key
from verifier.edge.buyer.portal_client import check_portal
from verifier.edge.check.supplier_list import read_file
from verifier.edge.console.plan import Deed, Screen
from verifier.errors import NotFoundError
from verifier.schema import read_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from verifier.edge.buyer.desk import Desk
    from verifier.edge.console.visit import Visit

SETTINGS = "/settings"


class SettingsScreens:
    """The screens and deeds of settings."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (
            Screen(SETTINGS, self.show, ADMINISTRATION),
            Screen(f"{SETTINGS}/public-key.json", self.public_key, ADMINISTRATION),
        )

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (
            Deed(SETTINGS, self.change, ADMINISTRATION, again=self.show),
            Deed(f"{SETTINGS}/api-key", self.take_api_key, ADMINISTRATION, again=self.show),
            Deed(f"{SETTINGS}/client-key", self.make_key, ADMINISTRATION, again=self.show),
        )

    def show(self, visit: Visit) -> Response:
        """Show what is set; keys are never shown."""
        folder = self._desk.folder
        kept = folder.settings()
        typed = visit.form if visit.mistake is not None and visit.form.get("source") else None
        return visit.show(
            "buyer/settings.html",
            title=visit.t.gettext("buyer.settings.title"),
            source=typed.get("source") if typed else kept.source,
            portal=typed.get("portal") if typed else kept.portal,
            client=typed.get("client") if typed else kept.client,
            root=folder.trust_root(),
            api_keys=["kept"] if folder.api_key.exists() else [],
            client_keys=["kept"] if folder.client_key.exists() else [],
        )

    def change(self, visit: Visit) -> Response:
        """Change the settings."""
        portal = visit.form.get("portal")
        members = {
            "v": 1,
            "source": visit.form.need("source"),
            "portal": check_portal(portal) if portal else "",
            "client": visit.form.get("client"),
        }
        self._desk.folder.keep_settings(read_model(Settings, members, what="the settings"))
        return visit.go(SETTINGS, "buyer.told.set")

    def take_api_key(self, visit: Visit) -> Response:
        """Keep the API key that the registry's operator handed over."""
        keep_api_key(self._desk.folder, visit.form.need("api_key"))
        return visit.go(SETTINGS, "buyer.told.key")

    def make_key(self, visit: Visit) -> Response:
        """Make a key pair of this desk's own; the registry's operator is given the public key."""
        make_client_key(self._desk.folder, visit.form.need("passphrase").encode(), self._desk.entropy)
        return visit.go(SETTINGS, "buyer.told.key")

    def public_key(self, visit: Visit) -> Response:
        """Return the public key, for `shirushi registry client add --jwk`. Raises NotFoundError."""
        if not self._desk.folder.client_jwk.exists():
            raise NotFoundError("there is no key yet")
        return visit.file(read_file(self._desk.folder.client_jwk), "application/json", "portal-client.jwk.json")
