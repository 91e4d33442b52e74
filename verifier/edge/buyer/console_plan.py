"""The plan of a buyer's console: every screen and deed, the menu, and the one key that is unlocked here."""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from verifier.edge.buyer.checking import STAGES, Checking
from verifier.edge.buyer.copy_view import copy_message_ids
from verifier.edge.buyer.desk import PORTAL_KEY, ROLES, TECHNICAL, Desk
from verifier.edge.buyer.desk_folder import open_desk
from verifier.edge.buyer.digest_screens import DigestScreens, digest_message_ids
from verifier.edge.buyer.directory_screens import DirectoryScreens, directory_message_ids
from verifier.edge.buyer.list_rows import list_state_ids
from verifier.edge.buyer.list_screens import ListScreens
from verifier.edge.buyer.order_view import order_message_ids
from verifier.edge.buyer.overview_screens import OverviewScreens
from verifier.edge.buyer.portal_screens import PortalScreens, portal_message_ids
from verifier.edge.buyer.pulling import Pulling
from verifier.edge.buyer.receipt_screens import ReceiptScreens, receipt_message_ids
from verifier.edge.buyer.request_screens import RequestScreens
from verifier.edge.buyer.result_screens import ResultScreens
from verifier.edge.buyer.settings_screens import SettingsScreens
from verifier.edge.buyer.watch_screens import WatchScreens
from verifier.edge.buyer.webhook_screens import WebhookScreens, webhook_message_ids
from verifier.edge.console.plan import Plan
from verifier.edge.keystore import load_signer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from verifier.edge.buyer.desk_folder import DeskFolder

NAME = "buyer"
MENU = {
    "overview": "/",
    "lists": "/lists",
    "requests": "/requests",
    "watches": "/watches",
    "receipts": "/receipts",
    "directory": "/directory",
    "portal": "/portal",
    "settings": "/settings",
}


def present() -> int:
    """Return the time in whole seconds."""
    return int(time.time())


@contextmanager
def open_plan(path: Path) -> Iterator[Plan]:
    """Yield the plan over a buyer's folder. Raises WrongUseError where the folder is none."""
    folder = open_desk(path)
    checking = Checking(folder, secrets.token_bytes)
    desk = Desk(folder, checking, Pulling(folder, present), present, secrets.token_bytes)
    try:
        yield plan_of(desk)
    finally:
        desk.close()


def plan_of(desk: Desk) -> Plan:
    """Return the plan over a desk."""
    answers = (OverviewScreens(desk), ResultScreens(desk))
    parts = (
        ListScreens(desk),
        RequestScreens(desk),
        WatchScreens(desk),
        ReceiptScreens(desk),
        DirectoryScreens(desk),
        PortalScreens(desk),
        WebhookScreens(desk),
        DigestScreens(desk),
        SettingsScreens(desk),
    )
    return Plan(
        name=NAME,
        roles=ROLES,
        screens=[screen for part in (*answers, *parts) for screen in part.screens()],
        deeds=[deed for part in parts for deed in part.deeds()],
        menu=MENU,
        keys={PORTAL_KEY: TECHNICAL},
        try_key=lambda key, passphrase: try_key(desk.folder, passphrase),
        zone=desk.folder.trust_root().content.zone,
    )


def buyer_message_ids() -> list[str]:
    """Return the ids of this console's texts that are put together out of codes."""
    bare = Plan(name=NAME, roles=ROLES, screens=(), menu=MENU, keys={PORTAL_KEY: TECHNICAL})
    return [
        *bare.message_ids(),
        *order_message_ids(),
        *list_state_ids(),
        *(f"buyer.stage.{one}" for one in STAGES),
        *receipt_message_ids(),
        *copy_message_ids(),
        *directory_message_ids(),
        *portal_message_ids(),
        *webhook_message_ids(),
        *digest_message_ids(),
    ]


def try_key(folder: DeskFolder, passphrase: bytes) -> None:
    """Open the key for assertions. Raises KeyRefusedError or NotFoundError."""
    load_signer(folder.client_key, passphrase)
