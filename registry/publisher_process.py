"""The publisher's process: alone with the log key and what it signed last."""

from __future__ import annotations

import threading

import httpx
import structlog

from registry.child import Child
from registry.data_folder import LOG
from registry.database import Database
from registry.errors import PublishRefusedError
from registry.files import PublicFolder
from registry.publisher import Publisher
from registry.settings import read_passphrase
from registry.signer_store import SignerStore
from registry.witness.client import WitnessClient
from verifier.edge.keystore import load_note_key
from verifier.errors import MarkError
from verifier.log.note import NoteSigner

_log = structlog.get_logger()


def run(child: Child) -> None:
    """Publish at the set cadence until told to end. Raises PublishRefusedError, which only a person can settle."""
    stopping = threading.Event()
    child.hold(stopping.set)
    publisher = _publisher(child)
    is_sure, pause = False, child.settings.publish_every_ms / 1000
    while not stopping.is_set():
        try:
            if not is_sure:
                publisher.recover()
            result = publisher.publish_once()
            is_sure = True
            if result.outcome == "waiting":
                _log.warning("waiting for witnesses", published=result.size, absent=result.absent)
        except PublishRefusedError:
            raise
        except (MarkError, OSError) as error:
            # It may have stopped between two files: that is finished first.
            is_sure = False
            _log.error("publishing failed", error=str(error))
        stopping.wait(pause)


def _publisher(child: Child) -> Publisher:
    data, root = child.data, child.data.trust_root()
    http = httpx.Client(timeout=child.settings.witness_timeout_ms / 1000)
    addresses = dict(child.settings.witnesses)
    if child.house_url:
        addresses |= {one.name: f"{child.house_url}/{one.name}" for one in data.own_witnesses()}
    return Publisher(
        database=Database(data.database),
        signer_store=SignerStore(data.signer_store),
        public=PublicFolder(data.public, writer="publisher"),
        root=root,
        signer=NoteSigner(root.origin, load_note_key(data.key(LOG), read_passphrase())),
        witnesses={name: WitnessClient(url, http) for name, url in addresses.items()},
    )
