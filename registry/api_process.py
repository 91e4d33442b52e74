"""The API's process: the write API, the one writer and the directory job, with the receipt and the directory key."""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING

import structlog

from registry.api import create_api
from registry.child import Child, now
from registry.data_folder import DIRECTORY, RECEIPT
from registry.service import Registry
from registry.settings import read_passphrase
from registry.web_server import serve_application
from verifier.edge.keystore import load_signer
from verifier.errors import MarkError

if TYPE_CHECKING:
    from registry.directory_job import DirectoryJob

DIRECTORY_EVERY = 1.0
_log = structlog.get_logger()


def run(child: Child) -> None:
    """Serve the write API until told to end."""
    passphrase = read_passphrase()
    registry = Registry(
        database=child.data.database,
        public=child.data.public,
        root=child.data.trust_root(),
        receipt_signer=load_signer(child.data.key(RECEIPT), passphrase),
        directory_signer=load_signer(child.data.key(DIRECTORY), passphrase),
        organisation=child.settings.organisation,
        clock=now,
        entropy=secrets.token_bytes,
    )
    registry.start()
    stopping = threading.Event()
    job = threading.Thread(target=_keep_directory, args=(registry.directory, stopping), name="directory")
    job.start()
    serve_application(create_api(registry), address=child.settings.listen, port=child.port, hold=child.hold)
    stopping.set()
    job.join()
    registry.stop()


def _keep_directory(job: DirectoryJob, stopping: threading.Event) -> None:
    while not stopping.wait(DIRECTORY_EVERY):
        try:
            job.step()
        except (MarkError, OSError) as error:
            _log.error("the directory waits", error=str(error))
