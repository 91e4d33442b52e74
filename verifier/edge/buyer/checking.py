"""Working through lists, one after the other, beside the pages: with progress, and with an end whenever it is wished.

No network is used: what is read is the copy of the directory. The steps are those of `shirushi check`.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from verifier.check.lookup import check_suppliers
from verifier.check.receipt import SEED_BYTES
from verifier.edge.buyer.kept_checks import RECEIPT
from verifier.edge.buyer.order import ordered_list
from verifier.edge.check.check_result import receipt_of
from verifier.edge.check.supplier_list import case_of, many_values, unreliable
from verifier.edge.whole_file import write_whole
from verifier.errors import EvidenceError, MarkError, StoppedError

if TYPE_CHECKING:
    from verifier.edge.buyer.desk_folder import DeskFolder
    from verifier.edge.buyer.kept_checks import KeptCheck
    from verifier.injected import Entropy

Stage = Literal["waiting", "reading", "asking", "writing"]
STAGES: tuple[Stage, ...] = ("waiting", "reading", "asking", "writing")


@dataclass
class Progress:
    """How far a check is: ``done`` of ``total`` look-ups while it asks."""

    stage: Stage = "waiting"
    done: int = 0
    total: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def enter(self, stage: Stage) -> None:
        """Begin a stage. Raises StoppedError where somebody wished an end."""
        if self.stop.is_set():
            raise StoppedError("the check was stopped", hint="Check the list again.")
        self.stage = stage

    def tell(self, done: int, total: int) -> None:
        """Note how many look-ups are done. Raises as ``enter`` does."""
        self.done, self.total = done, total
        self.enter("asking")


class Checking:
    """The one worker of a desk."""

    def __init__(self, folder: DeskFolder, entropy: Entropy) -> None:
        self._folder = folder
        self._entropy = entropy
        self._running: dict[str, Progress] = {}
        self._starting = threading.Lock()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="checking")

    def start(self, check: KeptCheck) -> None:
        """Check a list as soon as those before it are done; one that is being checked stays as it is."""
        with self._starting:
            if check.id in self._running:
                return
            check.begin()
            progress = self._running[check.id] = Progress()
            self._worker.submit(self._work, check, progress)

    def progress(self, id: str) -> Progress | None:
        """Return how far a check is, None where nobody works on it."""
        return self._running.get(id)

    def stop(self, id: str) -> None:
        """Let a check end before its time."""
        progress = self._running.get(id)
        if progress is not None:
            progress.stop.set()

    def close(self) -> None:
        """End everything; what was not finished counts as interrupted."""
        for progress in list(self._running.values()):
            progress.stop.set()
        self._worker.shutdown(cancel_futures=True)

    def _work(self, check: KeptCheck, progress: Progress) -> None:
        try:
            check_kept(check, self._folder, progress, entropy=self._entropy)
        except MarkError as error:
            check.fail(error)
        except Exception:
            check.fail(StoppedError("the check ended by a fault of this programme", hint="Look into the log."))
            raise
        finally:
            self._running.pop(check.id, None)


def check_kept(check: KeptCheck, folder: DeskFolder, progress: Progress, *, entropy: Entropy) -> None:
    """Check a list and keep its receipt.

    Raises MalformedError for the list or the policy, UnavailableError for the copy, StoppedError.
    """
    progress.enter("reading")
    requirement = check.order.requirement
    listed = ordered_list(check.data(), check.order, wanted=requirement.wanted)
    copy = folder.directory()
    recognitions = folder.statements(copy, requirement)
    case = case_of(copy, requirement, check.order.at)
    with many_values():
        progress.enter("asking")
        try:
            outcomes, _ = check_suppliers(
                listed.suppliers,
                copy.directory(),
                case,
                names=listed.names(),
                recognitions=recognitions,
                tell=progress.tell,
            )
        except EvidenceError as error:
            raise unreliable(error) from error
        progress.enter("writing")
        receipt = receipt_of(listed, outcomes, case, copy, seed=entropy(SEED_BYTES), signer=None)
        write_whole(check.folder / RECEIPT, receipt.serialize())
