"""One registry that works as hard as it can: issues marks, publishes, logs directories, and tells what it promised.

Writer, publisher and directory job run as they do in the product; the witnesses stand in the same process, and their
stores count as machines of others. Every promise to the outside is one line in the file of promises, written when the
product has answered: ``ack`` after an issuance was acknowledged, ``cosigned`` after a witness has cosigned,
``published`` after a step of the publisher. Started again over the same folders it goes on, and first sends again what
nobody answered.

    python -m bench.chaos.workload FOLDER OUTSIDE --marks N [--die-after SECONDS] [--sabotage normal|folders]
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.publishing import files, signer_store
from registry.rows import database_sqlite
from registry.witness.client import Cosigned, WitnessClient
from tests.registry.conftest import make_keys, open_world
from verifier.edge import whole_file
from verifier.encoding import b64
from verifier.envelope import parse_token
from verifier.errors import MarkError
from verifier.signer import SoftwareSigner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.log.checkpoint import SignedCheckpoint

ROLES = ("assessor", "decider", "desk")
PROMISES = "promises"
_UNANSWERED = "unanswered.json"
_PASSWORD = b"of the evaluator"


class Promises:
    """The file of promises, written line by line with one system call each."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def tell(self, *words: object) -> None:
        """Write one line."""
        os.write(self._descriptor, (" ".join(map(str, words)) + "\n").encode())


def main() -> None:
    """Work until so many more marks are issued, or until death."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("outside", type=Path)
    parser.add_argument("--marks", type=int, default=10)
    parser.add_argument("--die-after", type=float)
    parser.add_argument("--sabotage", choices=["normal", "folders"])
    given = parser.parse_args()
    sabotage(given.sabotage)
    Work(given.folder, given.outside, die_after=given.die_after).run(given.marks)


def sabotage(what: str | None) -> None:
    """Break one habit of the product, so that a test of this test can see it lose."""
    if what == "normal":
        pragmas = tuple(one.replace("synchronous=FULL", "synchronous=NORMAL") for one in database_sqlite._PRAGMAS)
        assert pragmas != database_sqlite._PRAGMAS
        database_sqlite._PRAGMAS = pragmas
    elif what == "folders":
        for module in (whole_file, database_sqlite, files, signer_store):
            vars(module).update(fsync_folder=lambda path: None)


class Work:
    """The registry with its two jobs in threads, and the evaluator that issues marks."""

    def __init__(self, folder: Path, outside: Path, *, die_after: float | None) -> None:
        self._outside = outside
        self._die_after = die_after
        self._promises = Promises(outside / PROMISES)
        self._listen_to_witnesses()
        # What an earlier run left in the cache alone is made durable before anything relies on it, as the product does.
        os.sync()
        runs = len(list(outside.glob("run-*")))
        (outside / f"run-{runs}").touch()
        self.world = open_world(folder, make_keys(), seed=f"workload {runs}")
        self._promises.tell("founded")
        self._stopping = threading.Event()

    def run(self, marks: int) -> None:
        """Issue marks while the jobs run, then bring everything to rest."""
        jobs = [threading.Thread(target=job, daemon=True) for job in (self._publish, self._direct)]
        signers = self._signers()
        if self._die_after is not None:
            timer = threading.Timer(self._die_after, os.kill, (os.getpid(), signal.SIGKILL))
            timer.daemon = True
            timer.start()
        for job in jobs:
            job.start()
        self._send_again()
        for _ in range(marks):
            self._issue(signers)
        self._stopping.set()
        for job in jobs:
            job.join()
        self.world.settle()
        self._promises.tell("published", self.world.publisher.publish_once().size)
        self.world.close()

    def _publish(self) -> None:
        while not self._stopping.wait(0.01):
            self._promises.tell("published", self.world.publisher.publish_once().size)

    def _direct(self) -> None:
        while not self._stopping.wait(0.1):
            try:
                self.world.registry.directory.step()
            except MarkError as error:
                self._promises.tell("directory", error.code)

    def _listen_to_witnesses(self) -> None:
        submit, promises = WitnessClient.submit, self._promises

        def telling(self: WitnessClient, old_size: int, proof: Sequence[bytes], signed: SignedCheckpoint) -> Any:
            answer = submit(self, old_size, proof, signed)
            if isinstance(answer, Cosigned):
                promises.tell(
                    "cosigned", self.url.rpartition("/")[2], b64(signed.adding(*answer.signatures).serialize())
                )
            return answer

        WitnessClient.submit = telling  # type: ignore[method-assign]

    def _signers(self) -> dict[str, SoftwareSigner]:
        places = {role: self._outside / f"{role}.pem" for role in ROLES}
        if all(place.exists() for place in places.values()):
            return {role: SoftwareSigner.from_pem(place.read_bytes(), _PASSWORD) for role, place in places.items()}
        signers = self.world.accredit()
        for role, place in places.items():
            place.write_bytes(signers[role].to_pem(_PASSWORD))
        return signers

    def _issue(self, signers: dict[str, SoftwareSigner]) -> None:
        reserved = self.world.reserve(signers)
        if reserved.status_code != 201:
            raise RuntimeError(reserved.text)
        signed = self.world.sign_mark(signers, reserved.json())
        unanswered = self._outside / _UNANSWERED
        half = unanswered.with_suffix(".half")
        half.write_text(json.dumps({"id": signed.id, **signed.request}))
        half.replace(unanswered)
        self._submit(signed.id, signed.request)
        unanswered.unlink()

    def _submit(self, mark: str, request: dict[str, Any]) -> None:
        answer = self.world.send(request)
        if answer.status_code not in (200, 201):
            raise RuntimeError(answer.text)
        statement = parse_token(request["statement"], "statement+jwt")
        self._promises.tell("ack", answer.json()["index"], statement.digest, mark)

    def _send_again(self) -> None:
        unanswered = self._outside / _UNANSWERED
        if unanswered.exists():
            request = json.loads(unanswered.read_text())
            self._submit(request.pop("id"), request)
            unanswered.unlink()


if __name__ == "__main__":
    main()
