"""The pages of an issuance: its nine steps while they are taken, and the package to hand over at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from issuer.case import State
from issuer.console.case_view import case_facts, present_state
from issuer.console.drawing import STYLES, issued_artwork, style_of
from issuer.console.words import STEPS, done_tag, open_tag, turn_tag
from issuer.issue import INTERVAL, Waiting
from issuer.wallet import Wish
from verifier.edge.console.appearance import POLL_MODULE, address_of, mistakes_of
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.drawing.artwork import artwork_svg
from verifier.edge.drawing.typesetting import artwork_png
from verifier.edge.page.account import Link
from verifier.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from starlette.responses import Response

    from issuer.console.door import Door
    from issuer.console.works import Work, Works
    from issuer.issuance import Issuance
    from verifier.edge.console.visit import Visit
    from verifier.edge.i18n import Translator
    from verifier.edge.page.grid import Tag

EVERY = "3"
"""Seconds after which a page that runs no script loads itself anew."""
DECIDER = frozenset({"decider"})
WAIT_SECONDS = 600
MEDIA = {".svg": "image/svg+xml", ".png": "image/png", ".json": "application/json", ".txt": "text/plain; charset=utf-8"}
FORMS = ("svg", "png", "pdf")
ORDER = ("qr.png", "qr.svg", "bundle.json", "mark.jwt", "mark.tlog-proof", "attestation.jwt", "README.txt")


@dataclass(frozen=True)
class Step:
    """One of the nine steps and how far it is."""

    title: str
    tag: Tag


@dataclass(frozen=True)
class IssuePages:
    """Issuing over one desk; ``works`` is what goes on."""

    door: Door
    works: Works

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (
            Screen("/cases/{case}/issue", self.show),
            Screen("/cases/{case}/issue/state", self.state),
            Screen("/cases/{case}/package/{file}", self.file),
            Screen("/cases/{case}/qr.png", self.code),
            Screen("/cases/{case}/artwork/{style}.svg", self.artwork),
            Screen("/cases/{case}/artwork/{style}.png", self.raster),
            Screen("/cases/{case}/artwork/{style}.pdf", self.printed),
        )

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (
            Deed("/cases/{case}/issue", self.begin, DECIDER, again=self.show),
            Deed("/cases/{case}/issue/stop", self.stop, DECIDER),
        )

    def show(self, visit: Visit) -> Response:
        """Show the steps, and the package once it is there. Raises NotFoundError."""
        desk, t = self.door.desk(), visit.t
        case = desk.case(visit.params["case"])
        issuance, work = desk.issuance(case.id), self.works.of(issue_name(case.id))
        goes_on = work is not None and not work.is_over
        is_done = issuance is not None and issuance.finished_at is not None
        waits = present_state(case, visit.now) is State.GRANTED and not goes_on and not is_done
        folder = self._folder(case.reservation.mark) if case.reservation else None
        return visit.show(
            "evaluator/issue.html",
            title=f"{case.id} {t.gettext('evaluator.issue.title')}",
            case=case.id,
            facts=case_facts(case, t)[:1],
            steps=_steps(issuance, work, t),
            poll_module=address_of(POLL_MODULE),
            every=EVERY,
            polls=[_state(work, issuance)] if goes_on else [],
            begin=[case.id] if waits and visit.person.may(DECIDER) else [],
            not_yours=[case.id] if waits and not visit.person.may(DECIDER) else [],
            stop=[case.id] if goes_on and visit.person.may(DECIDER) else [],
            errors=mistakes_of(work.error if work else None, t),
            index=[str(issuance.admitted.index)] if issuance and issuance.admitted else [],
            packages=[{"files": _files(folder), "drawings": _drawings(case.id, t)}] if is_done and folder else [],
        )

    def state(self, visit: Visit) -> Response:
        """Tell how far it is in a word that changes when the page does: for the page to ask while it is open."""
        case_id = visit.params["case"]
        text = _state(self.works.of(issue_name(case_id)), self.door.desk().issuance(case_id))
        return visit.picture(text.encode(), "text/plain")

    def begin(self, visit: Visit) -> Response:
        """Issue the mark, or go on where it stopped; the page may be left meanwhile."""
        desk, passphrase = self.door.desk(), visit.passphrase("decider")
        case = desk.case(visit.params["case"])
        if present_state(case, visit.now) is not State.GRANTED:
            raise RefusedError(f"case {case.id} is {case.state}, not granted", hint="It is decided first.")
        wish = Wish() if visit.form.get("credential") else None

        def job(work: Work) -> None:
            waiting = Waiting(looks=int(WAIT_SECONDS / INTERVAL), pause=work.pause)
            with self.door.unlocked({"decider": passphrase}) as opened:
                opened.issue(
                    case.id,
                    self.door.packages,
                    waiting=waiting,
                    progress=lambda number, text: work.tell(number, STEPS),
                    wish=wish,
                )

        self.works.begin(issue_name(case.id), job)
        return visit.go(f"/cases/{case.id}/issue")

    def stop(self, visit: Visit) -> Response:
        """Ask the issuance to wait no longer; what is done stays done."""
        work = self.works.of(issue_name(visit.params["case"]))
        if work is not None:
            work.asked_to_stop.set()
        return visit.go(f"/cases/{visit.params['case']}/issue")

    def file(self, visit: Visit) -> Response:
        """Give a file of the package. Raises NotFoundError."""
        path = self._package(visit) / visit.params["file"]
        if path.name not in _files(path.parent):
            raise NotFoundError("the package has no such file")
        return visit.file(path.read_bytes(), MEDIA.get(path.suffix, "application/octet-stream"), path.name)

    def code(self, visit: Visit) -> Response:
        """Show the QR of the package. Raises NotFoundError."""
        return visit.picture((self._package(visit) / "qr.png").read_bytes(), "image/png")

    def artwork(self, visit: Visit) -> Response:
        """Show the artwork. Raises NotFoundError, RefusedError."""
        style = style_of(visit.params["style"])
        artwork, _ = issued_artwork(self.door.desk(), visit.params["case"])
        return visit.picture(artwork_svg(artwork, style=style), "image/svg+xml")

    def raster(self, visit: Visit) -> Response:
        """Give the artwork as PNG, 300 dots an inch. Raises NotFoundError, RefusedError, FontMissingError."""
        style = style_of(visit.params["style"])
        artwork, mark = issued_artwork(self.door.desk(), visit.params["case"])
        data = artwork_png(artwork_svg(artwork, style=style), title=artwork.title, host=artwork.host)
        return visit.file(data, "image/png", f"{mark.content.number}-{style}.png")

    def printed(self, visit: Visit) -> Response:
        """Give the artwork as PDF, as the registry sets it of a valid mark. Raises NotFoundError, UnavailableError."""
        style, desk = style_of(visit.params["style"]), self.door.desk()
        _, mark = issued_artwork(desk, visit.params["case"])
        data = desk.registry.fetcher.fetch(f"m/{mark.id}/artwork.pdf?style={style}")
        return visit.file(data, "application/pdf", f"{mark.content.number}-{style}.pdf")

    def _package(self, visit: Visit) -> Path:
        case = self.door.desk().case(visit.params["case"])
        folder = self._folder(case.reservation.mark) if case.reservation else None
        if folder is None:
            raise NotFoundError("there is no package yet", hint="It is written when the mark is issued.")
        return folder

    def _folder(self, mark_id: str) -> Path | None:
        folder = self.door.packages / mark_id
        return folder if folder.is_dir() else None


def issue_name(case_id: str) -> str:
    """Return under which name the issuance of a case goes on."""
    return f"issue {case_id}"


def _done(issuance: Issuance | None) -> int:
    """Return how many of the steps are in the database."""
    if issuance is None:
        return 0
    if issuance.finished_at is not None:
        return STEPS
    return 7 if issuance.admitted else 5 if issuance.signed else 3


def _state(work: Work | None, issuance: Issuance | None) -> str:
    going = f"{work.done}{'.' if work.is_over else ''}" if work else ""
    return f"{going}/{_done(issuance)}"


def _steps(issuance: Issuance | None, work: Work | None, t: Translator) -> tuple[Step, ...]:
    goes_on = work is not None and not work.is_over
    at = work.done if work is not None and goes_on else 0
    done = max(_done(issuance), at - 1)
    shown = []
    for number in range(1, STEPS + 1):
        if number <= done:
            tag = done_tag(t.gettext("evaluator.stands.done"))
        elif number == at:
            tag = turn_tag(t.gettext("evaluator.stands.now"))
        else:
            tag = open_tag(t.gettext("evaluator.stands.open"))
        shown.append(Step(t.gettext(f"evaluator.step.{number}"), tag))
    return tuple(shown)


def _files(folder: Path | None) -> tuple[str, ...]:
    names = {one.name for one in folder.iterdir()} if folder is not None and folder.is_dir() else set()
    first = [one for one in ORDER if one in names]
    return (*first, *sorted(names - set(first)))


def _drawings(case_id: str, t: Translator) -> Sequence[Mapping[str, object]]:
    drawn = []
    for style in STYLES:
        where = f"/cases/{case_id}/artwork/{style}"
        links = [Link(form.upper(), f"{where}.{form}") for form in FORMS]
        drawn.append({"href": f"{where}.svg", "words": t.gettext(f"evaluator.style.{style}"), "links": links})
    return drawn


def issue_message_ids() -> tuple[str, ...]:
    """Return the message ids that are put together here."""
    return ("evaluator.stands.now", *(f"evaluator.style.{one}" for one in STYLES))
