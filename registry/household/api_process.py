"""The API's process: the write API with the receipt key.

On SQLite it is also the one writer and its jobs, with the directory and the status key; on PostgreSQL those are the
sequencer's and this process is one of several.
"""

from __future__ import annotations

import gc
import secrets
from typing import TYPE_CHECKING

from registry.admission.api import create_api
from registry.admission.intake import Intake
from registry.data_folder import RECEIPT
from registry.household.child import Child, now
from registry.log.writing_side import keep_published, open_registry, open_timers
from registry.settings import read_passphrase
from registry.web.observing import Observing
from registry.web.readiness import ReadinessOf
from verifier.edge.keystore import load_signer
from verifier.edge.web_server import serve_application

if TYPE_CHECKING:
    from registry.log.service import WritePlane


def run(child: Child) -> None:
    """Serve the write API until told to end."""
    place = child.data.database_place
    if isinstance(place, str):
        intake = Intake(
            database=place,
            public=child.data.public,
            root=child.data.trust_root(),
            clock=now,
            entropy=secrets.token_bytes,
        )
        intake.start()
        _serve(child, intake)
        intake.stop()
        return
    registry = open_registry(child)
    registry.start()
    with keep_published(registry, open_timers(child, registry), when=lambda: True):
        _serve(child, registry)
    registry.stop()


def _serve(child: Child, plane: WritePlane) -> None:
    _spare_the_collector()
    receipt_signer = load_signer(child.data.key(RECEIPT), read_passphrase())
    readiness = ReadinessOf(child.data.public, trust_root=plane.office.root, now=now)
    api, tells_all = create_api(plane, receipt_signer), child.settings.access_log == 1
    observed = Observing(api, process="api", gauges=readiness.gauges(), tells_all=tells_all)
    serve_application(observed, address=child.settings.listen, port=child.port, hold=child.hold)


def _spare_the_collector() -> None:
    """Let the garbage collector leave alone what lives as long as the process, and look less often at what is new.

    The state of the log is large and never garbage; the objects of a request hold no circles and go without it. At its
    own pace it looks through all of them in the middle of a batch, for longer than the batch takes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
