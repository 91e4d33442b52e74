"""The reader's process: the public folder, and a folder that takes reports of misuse; no database, no key."""

from __future__ import annotations

import os

import structlog

from registry.casebook.inbox import Inbox
from registry.document.document_key import document_certificate
from registry.household.child import Child, now
from registry.reading.hourly_limit import HourlyLimit
from registry.reading.legal_routes import Imprint
from registry.reading.reader import create_reader
from registry.reading.report_routes import ReportDesk
from registry.web.observing import Observing
from registry.web.readiness import ReadinessOf
from verifier.edge.page.pages import PageRenderer
from verifier.edge.programme_folder import LeftOut, ProgrammeShelf
from verifier.edge.web_server import serve_application
from verifier.programme import shipped_programmes

_log = structlog.get_logger()

EACH, TOGETHER = 10, 200
"""Reports of misuse that are taken in an hour: from one sender, and from all together."""


def run(child: Child) -> None:
    """Serve the public folder until told to end."""
    root = child.data.trust_root()
    content = root.content
    shelf = ProgrammeShelf(child.data.programmes, otherwise=shipped_programmes, tell=_left_out)
    shelf()  # What is left out stands in the log from the start on.
    render = PageRenderer(environment=content.environment, zone=content.zone, now=now, programmes=shelf)
    desk = ReportDesk(Inbox(child.data.reports), HourlyLimit(each=EACH, together=TOGETHER), os.urandom)
    imprint = Imprint(child.settings.organisation, child.settings.contact)
    app = create_reader(
        child.data.public,
        trust_root=root,
        now=now,
        render=render,
        desk=desk,
        imprint=imprint,
        verification_url=child.settings.verification_url,
        documents_at=child.verification_url,
        boxes_at=child.portal_url,
        sends_mail=bool(child.settings.portal_mail_server),
        document_certificate=document_certificate(child.data),
        sandbox=child.data.sandbox if content.environment == "sandbox" else None,
    )
    readiness = ReadinessOf(child.data.public, trust_root=root, now=now)
    observed = Observing(app, process="reader", gauges=readiness.gauges(), tells_all=child.settings.access_log == 1)
    serve_application(observed, address=child.settings.listen, port=child.port, hold=child.hold)


def _left_out(one: LeftOut) -> None:
    _log.warning("programme_left_out", programme=one.name, reason=one.reason)
