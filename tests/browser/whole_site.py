"""A whole site for browsers: reader and verification service at one address, as behind a web server.

``play`` makes what it serves: two marks and a suspended one, an agreement with a recognised certificate, a notice.
Then ``python -m tests.browser.whole_site FOLDER PORT NOW`` serves it by a clock that stands still.
"""

from __future__ import annotations

import json
import secrets
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from registry.reading.legal_routes import Imprint
from registry.reading.reader import create_reader
from registry.scenario import cast
from registry.scenario.border import LABEL, BorderStory
from registry.scenario.one_process import one_process
from registry.scenario.story import Story
from registry.verification.service import create_verification
from tests.ports import free_port
from tests.waiting import wait_for_answer
from verifier.edge.page.pages import PageRenderer
from verifier.edge.web_server import serve_application
from verifier.scheme.tables import files_digest
from verifier.signer import SoftwareSigner
from verifier.statement.document import write_document
from verifier.trust.root import pin
from verifier.trust.trustlist import read_trust_list

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

REPOSITORY = Path(__file__).parent.parent.parent
DAY = 86_400
ABSENT = "96pz7w4a20m6c3qqy50pqs5hg2"
_NOTICE = {
    "ja.md": (
        "# 偽の勧誘にご注意ください\n\n★ を「必ず取らなければならない」と急がせる電話の報告があります。\n\n"
        "機関の番号を、登録された機関の一覧で確かめてください。\n"
    ).encode(),
    "en.md": (
        b"# Beware of false solicitation\n\nCalls that press for a star are reported.\n\n"
        b"Check the body's number in the list of accredited bodies.\n"
    ),
}


@dataclass(frozen=True)
class Site:
    """What there is to see, by the last parts of its addresses; ``now`` is when it stands still."""

    folder: str
    now: int
    marks: dict[str, str]
    entries: dict[str, int]
    recognition: str
    key: str

    def pages(self) -> dict[str, str]:
        """Return the address of every public page, by a name for it."""
        fixed = ("bodies", "schemes", "explore", "notices", "statistics", "limits", "legal", "report", "verify")
        return {
            "home": "/",
            "supplier-guide": "/start",
            **{name: f"/{name}" for name in fixed},
            "mark": f"/m/{self.marks['4']}",
            "mark-suspended": f"/m/{self.marks['suspended']}",
            "mark-not-found": f"/m/{ABSENT}",
            "unreadable": "/check?q=nonsense",
            "body": f"/e/{cast.BODY_NO}",
            "key": f"/e/{cast.BODY_NO}/key?q={self.key}",
            "key-unread": f"/e/{cast.BODY_NO}/key?q=nonsense",
            "organisation": f"/o/{cast.SUPPLIER_4.identifier}",
            "organisation-absent": "/o/0188-5010005007126",
            "scheme": f"/s/{cast.SCHEME}/{cast.VERSION}",
            "entry": f"/explore/{self.entries['4']}",
            "consistency": "/explore/consistency?from=7&to=13",
            "agreements": "/a",
            "agreement": f"/a/{LABEL}",
            "recognition": self.recognition,
            "notice": "/n/n-1",
            "search": "/verification/search",
            "problem": "/no-such-page",
        }


def play(folder: Path, *, start: int) -> Site:
    """Play the stories into an empty folder; the same start gives the same site."""
    with one_process(folder, seed="site", start=start) as world:
        story = Story(world.stage, tell=lambda heading, detail: None)
        three, four = story.play(folder / "marks")
        desk = story.authority
        directory = world.ceremony.keys.directory
        border = BorderStory(world.stage, desk, directory=directory, tell=lambda heading, detail: None).play()
        desk.suspend_mark(three.issued.mark_id, reason="report_missing", lift_by=world.clock() + 60 * DAY)
        public = {"kind": "false_solicitation", "sha256": files_digest(_NOTICE)}
        desk.submit(
            "notice.published", f"https://{cast.HOST}/n/n-1", public, document=write_document(_NOTICE), alone=True
        )
        for _ in range(6):
            world.pass_time(60)
        site = Site(
            folder=str(folder),
            now=world.clock(),
            marks={"suspended": three.issued.mark_id, "4": four.issued.mark_id},
            entries={"4": four.issued.index},
            recognition=border.uri.partition(cast.HOST)[2],
            key=_assessor(folder / "public"),
        )
    (folder / "site.json").write_text(json.dumps(asdict(site)))
    return site


def _assessor(public: Path) -> str:
    """Return the id of the key of the body's assessor."""
    listed = read_trust_list((public / "trust/list.jwt").read_bytes(), pin((public / "trust/1.json").read_bytes()))
    body = listed.body(cast.BODY_NO)
    assert body is not None
    return next(key.kid for key in body.keys if key.role == "assessor")


class _Both:
    """Sends what is under /verification/ to the one, everything else to the other."""

    def __init__(self, reader: ASGIApp, verification: ASGIApp) -> None:
        self._reader, self._verification = reader, verification

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._verification if scope.get("path", "").startswith("/verification/") else self._reader
        await app(scope, receive, send)


def serve(folder: Path, port: int, now: int) -> None:
    """Serve until the process is told to end."""
    root, public = pin((folder / "public/trust/1.json").read_bytes()), folder / "public"
    content = root.content
    render = PageRenderer(environment=content.environment, zone=content.zone, now=lambda: now)
    imprint = Imprint("Demonstration authority", "contact@authority.example")
    reader = create_reader(public, trust_root=root, now=lambda: now, render=render, imprint=imprint)
    signer = SoftwareSigner.generate(secrets.token_bytes)
    private = folder / f"verification-{port}"
    private.mkdir()
    service = create_verification(public, private, trust_root=root, now=lambda: now, signer=signer)
    service.index.refresh()
    serve_application(
        _Both(reader, service.served),
        address="127.0.0.1",
        port=port,
        hold=lambda stop: signal.signal(signal.SIGTERM, lambda *_: stop()) and None,
    )


@dataclass
class Running:
    """A served site."""

    site: Site
    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(timeout=20)


def run(site: Site) -> Running:
    """Start the server; returns once it answers."""
    port = free_port()
    command = [sys.executable, "-m", "tests.browser.whole_site", site.folder, str(port), str(site.now)]
    process = subprocess.Popen(command, cwd=REPOSITORY)
    url = f"http://localhost:{port}"
    try:
        wait_for_answer(f"{url}/log/checkpoint", lives=lambda: process.poll() is None)
    except BaseException:
        process.kill()
        raise
    return Running(site, url, process)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
