"""The pages of batches: a sheet is looked through row by row, tried, run while the page may be left, and receipted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from issuer import queries_batch
from issuer.batch.receipt import receipt_file, row_of
from issuer.batch.rehearsal import Rehearsal, rehearse
from issuer.batch.rows import read_sheet, write_faults, write_sheet
from issuer.batch.run import Outcome, Pace, issue_batch
from issuer.batch.standing import Preview, preview
from issuer.console.batch_files import keep_sheet, kept_sheet
from issuer.console.batch_view import batches_grid, faults_grid, preview_facts, rows_grid
from issuer.console.case_pages import SHEET_TYPES
from issuer.issue import INTERVAL, Waiting
from verifier.edge.console.appearance import POLL_MODULE, address_of, mistakes_of
from verifier.edge.console.plan import LARGE, Deed, Screen
from verifier.edge.page.account import Link
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from starlette.responses import Response

    from issuer.batch.rows import BatchSheet
    from issuer.console.door import Door
    from issuer.console.works import Work, Works
    from issuer.desk import Desk
    from verifier.edge.console.visit import Visit

EVERY = "3"
"""Seconds after which a page that runs no script loads itself anew."""
DECIDER = frozenset({"decider"})
BATCHING = frozenset({"decider", "desk"})
GROUP = 20
"""Marks signed and sent together: few enough that the page shows how it goes on, and that stopping is quick."""

WAIT_SECONDS = 120


@dataclass(frozen=True)
class BatchPages:
    """Batches over one desk; ``works`` is what goes on."""

    door: Door
    works: Works

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (
            Screen("/batch", self.list),
            Screen("/batch/sheet.{form}", self.ready),
            Screen("/batch/sheets/{sheet}", self.show),
            Screen("/batch/sheets/{sheet}/state", self.state),
            Screen("/batch/receipts/{batch}.json", self.receipt),
        )

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (
            Deed("/batch", self.send, BATCHING, again=self.list, most_bytes=LARGE),
            Deed("/batch/sheets/{sheet}/rehearse", self.rehearse, BATCHING, again=self.show),
            Deed("/batch/sheets/{sheet}/run", self.run, DECIDER, again=self.show),
            Deed("/batch/sheets/{sheet}/stop", self.stop, BATCHING),
        )

    @property
    def _sheets(self) -> Path:
        return self.door.folder / "batches"

    def list(self, visit: Visit, seen: Preview | None = None) -> Response:
        """Show all batches and the form for another one; ``seen`` is a sheet with faults that was just sent."""
        desk, t = self.door.desk(), visit.t
        with desk.database.transaction() as session:
            found = [(one, queries_batch.members_of(session, one.id)) for one in queries_batch.list_batches(session)]
            ready = len(queries_batch.ready_cases(session))
        return visit.show(
            "evaluator/batches.html",
            title=t.gettext("evaluator.batches.title"),
            view=batches_grid(found, t),
            ready=str(ready),
            may_send=["sheet"] if visit.person.may(BATCHING) else [],
            forms=tuple(SHEET_TYPES),
            sent=[{"filename": seen.sheet.filename, "faults": faults_grid(seen, t)}] if seen else [],
        )

    def ready(self, visit: Visit) -> Response:
        """Give a sheet of all granted cases that wait. Raises NotFoundError."""
        form = visit.params["form"]
        if form not in SHEET_TYPES:
            raise NotFoundError("a sheet is .xlsx or .csv")
        with self.door.desk().database.transaction() as session:
            lines = queries_batch.ready_cases(session)
        if not lines:
            raise NotFoundError("no granted case waits to be issued")
        data = write_sheet(lines, form="xlsx" if form == "xlsx" else "csv")
        return visit.file(data, SHEET_TYPES[form], f"batch.{form}")

    def send(self, visit: Visit) -> Response:
        """Look through a sheet; it is kept when it has no fault. Raises MalformedError."""
        upload = visit.form.file("sheet")
        sheet = read_sheet(upload.data, filename=upload.filename)
        seen = preview(self.door.desk(), sheet, progress=_untold)
        if seen.faults and visit.form.get("as") == "csv":
            return visit.file(write_faults(seen.faults), SHEET_TYPES["csv"], "faults.csv")
        if seen.faults:
            return self.list(visit, seen)
        keep_sheet(self._sheets, sheet, upload.data)
        return visit.go(f"/batch/sheets/{sheet.sha256}")

    def show(self, visit: Visit) -> Response:
        """Show a sheet row by row, what was tried, and how the run goes. Raises NotFoundError."""
        desk, t = self.door.desk(), visit.t
        sheet = kept_sheet(self._sheets, visit.params["sheet"])
        work = self.works.of(_name(sheet))
        goes_on = work is not None and not work.is_over
        seen = preview(desk, sheet, progress=_untold)
        tried = work.result if work and isinstance(work.result, Rehearsal) else None
        came = work.result if work and isinstance(work.result, Outcome) else None
        receipt = seen.batch.id if seen.batch and seen.batch.receipt else None
        is_clean = not seen.faults and not goes_on and receipt is None
        return visit.show(
            "evaluator/batch.html",
            title=f"{t.gettext('evaluator.batch.title')} {sheet.filename}",
            sheet=sheet.sha256,
            facts=preview_facts(seen, t),
            faults=[faults_grid(seen, t)] if seen.faults else [],
            rows=rows_grid(desk, seen, t),
            poll_module=address_of(POLL_MODULE),
            every=EVERY,
            polls=[_state(work)] if goes_on else [],
            going=[(str(work.done), str(work.total))] if work is not None and goes_on else [],
            tried=_tried(tried),
            refused=sorted((case, error.message) for case, error in came.refused.items()) if came else [],
            errors=mistakes_of(work.error if work else None, t),
            may_try=[sheet.sha256] if is_clean and visit.person.may(BATCHING) else [],
            may_run=[sheet.sha256] if is_clean and visit.person.may(DECIDER) else [],
            may_stop=[sheet.sha256] if goes_on and visit.person.may(BATCHING) else [],
            receipts=[Link(f"{receipt}.json", f"/batch/receipts/{receipt}.json")] if receipt else [],
        )

    def state(self, visit: Visit) -> Response:
        """Tell how far the run is, for the page to ask while it is open."""
        work = self.works.of(_name(kept_sheet(self._sheets, visit.params["sheet"])))
        return visit.picture(_state(work).encode(), "text/plain")

    def rehearse(self, visit: Visit) -> Response:
        """Go through the whole batch with a trial key; nothing is stored or sent."""
        sheet = kept_sheet(self._sheets, visit.params["sheet"])
        kid = self.door.settings.place("decider").kid

        def job(work: Work) -> None:
            work.result = rehearse(self.door.desk(), sheet, decider_kid=kid, progress=work.tell)

        self.works.begin(_name(sheet), job)
        return visit.go(f"/batch/sheets/{sheet.sha256}")

    def run(self, visit: Visit) -> Response:
        """Issue every case of the sheet with the decider's key, or go on where an earlier run stopped."""
        sheet, passphrase = kept_sheet(self._sheets, visit.params["sheet"]), visit.passphrase("decider")
        is_asked = bool(visit.form.get("credential"))

        def job(work: Work) -> None:
            pace = Pace(work.tell, checking=_untold, group=GROUP, stop=work.asked_to_stop.is_set)
            with self.door.unlocked({"decider": passphrase}) as opened:
                work.result = outcome = issue_batch(opened, sheet, pace, credentials=is_asked)
                self._pack(opened, [one.case_id for one in outcome.members if one.index is not None], work)
                outcome.check()

        self.works.begin(_name(sheet), job)
        return visit.go(f"/batch/sheets/{sheet.sha256}")

    def stop(self, visit: Visit) -> Response:
        """Ask the run to stop after the group at hand."""
        sheet = kept_sheet(self._sheets, visit.params["sheet"])
        work = self.works.of(_name(sheet))
        if work is not None:
            work.asked_to_stop.set()
        return visit.go(f"/batch/sheets/{sheet.sha256}")

    def receipt(self, visit: Visit) -> Response:
        """Give the signed receipt of a finished batch. Raises NotFoundError."""
        with self.door.desk().database.transaction() as session:
            batch = queries_batch.load_batch(session, visit.params["batch"])
            members = queries_batch.members_of(session, visit.params["batch"])
        if batch is None or batch.receipt is None:
            raise NotFoundError("there is no receipt of this batch", hint="It is signed when all its marks are issued.")
        data = receipt_file(batch.receipt, [row_of(one) for one in members])
        return visit.file(data, "application/json", f"{batch.id}.json")

    def _pack(self, opened: Desk, cases: Sequence[str], work: Work) -> None:
        waiting = Waiting(looks=int(WAIT_SECONDS / INTERVAL), pause=work.pause)
        with opened.database.transaction() as session:
            left = queries_batch.unpacked_cases(session, cases)
        for done, case in enumerate(left):
            work.tell(done, len(left))
            opened.issue(case, self.door.packages, waiting=waiting, progress=lambda number, text: None)


def _untold(done: int, total: int) -> None:
    """Tell nobody: this is quick."""


def _name(sheet: BatchSheet) -> str:
    return f"batch {sheet.sha256}"


def _state(work: Work | None) -> str:
    return f"{work.done}/{work.total}/{work.is_over}" if work else ""


def _tried(tried: Rehearsal | None) -> list[dict[str, str]]:
    if tried is None:
        return []
    return [{"signed": str(tried.signed), "seconds": f"{tried.seconds:.1f}", "anchor": str(tried.anchor_size)}]
