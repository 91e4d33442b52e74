"""A batch whose process is killed: the next run ends with every mark exactly once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from issuer.batch.logged import check_logged
from issuer.batch.receipt import read_receipt, receipt_file, row_of
from issuer.batch.rows import read_sheet, write_sheet
from issuer.batch.run import issue_batch
from issuer.batch.standing import preview
from issuer.database import Database
from issuer.desk import Desk
from issuer.identity import ROLES
from issuer.keyring import open_key
from issuer.office import found_office, load_settings, read_settings
from issuer.options import PASSPHRASE
from issuer.submit import RegistryClient
from issuer.trust import newest
from registry.scenario import cast
from registry.scenario.one_process import one_process
from registry.scenario.story import Story
from tests.issuer.batch_world import QUIET, BatchWorld, batch_world, issued_entries, served
from tests.issuer.granted_cases import grant_many, sheet_file

if TYPE_CHECKING:
    from verifier.signer import Signer
    from verifier.statement.public import KeyRole

SECRET = "a long passphrase of this desk"
RUN = "import sys; from verifier.edge.main import main; sys.exit(main())"
MARKS = 200
GROUP = 40


class Killer:
    """Kills a process with SIGKILL when the registry meets its third batch of statements, once."""

    def __init__(self, moment: str) -> None:
        self.moment = moment
        self.victim: int | None = None
        self.batches = 0

    def __call__(self, when: str, path: str) -> bool:
        """Return False, having killed, at the moment in question."""
        if self.victim is None or when != self.moment or not path.endswith("/statements/batch"):
            return True
        self.batches += 1
        if self.batches < 3:
            return True
        os.kill(self.victim, signal.SIGKILL)
        self.victim = None
        return False


@pytest.mark.prove
@pytest.mark.system
@pytest.mark.parametrize("moment", ["before", "after"], ids=["signed and not sent", "admitted and not told"])
def test_a_batch_that_is_killed_and_resumed_ends_with_every_mark_once(tmp_path: Path, moment: str) -> None:
    killer, office = Killer(moment), tmp_path / "office"
    with one_process(tmp_path / "registry", seed="kill", start=int(time.time())) as world, ExitStack() as stack:
        urls = stack.enter_context(served(world, killer))
        keys = {role: {"holder": place.holder, "no": place.no} for role, place in cast.PLACES.items()}
        settings = read_settings({"host": cast.HOST, "body": cast.BODY_NO, **urls, "keys": keys})
        found_office(office, settings, passphrases=dict.fromkeys(ROLES, SECRET.encode()), entropy=world.stage.entropy)
        settings = load_settings(office)
        signers: dict[KeyRole, Signer] = {
            role: stack.enter_context(open_key(office, role, settings.place(role), SECRET.encode())) for role in ROLES
        }
        Story(world.stage, tell=lambda heading, detail: None, signers=signers).prepare().database.close()
        world.pass_time(1)
        database, root = Database(office / "desk.db"), world.stage.root
        registry = RegistryClient(
            world.stage.http, read="http://read", api="http://api", root=lambda fetcher: newest(root, fetcher)
        )
        desk = Desk(database, settings.identity, signers, registry, world.clock, world.stage.entropy)
        lines = grant_many(desk, MARKS, tester=cast.TESTER_NO)
        sheet = sheet_file(tmp_path, lines)

        process = _issue(office, sheet)
        killer.victim = process.pid
        assert process.wait(60) == -signal.SIGKILL
        admitted = len(issued_entries(world))
        assert admitted == GROUP * (2 if moment == "before" else 3)
        stored = {case: issuance.signed for case, *_ in lines if (issuance := desk.issuance(case)) is not None}
        assert len(stored) == 3 * GROUP

        again = _issue(office, sheet, receipt=tmp_path / "receipt.json")
        told, _ = again.communicate(timeout=60)
        assert again.returncode == 0, told
        issued = issued_entries(world)
        assert Counter(uri for uri, _ in issued).most_common(1)[0][1] == 1
        assert len(issued) == MARKS
        for case, signed in stored.items():
            issuance = desk.issuance(case)
            assert issuance is not None
            assert issuance.signed == signed
        world.pass_time(1)
        verified = _run("batch", "verify-receipt", str(tmp_path / "receipt.json"), "--desk", str(office))
        told, _ = verified.communicate(timeout=60)
        assert verified.returncode == 0, told
        assert f"{MARKS} of {MARKS} marks, signature and rows hold" in told
        assert "the log holds them all" in told
        database.close()


@pytest.mark.prove
def test_ten_thousand_cases_are_checked_tried_and_issued_once(tmp_path: Path) -> None:
    with batch_world(tmp_path, seed="ten thousand") as bench:
        _issue_many(bench, 10_000)


@pytest.mark.prove
def test_a_hundred_cases_go_the_same_way(tmp_path: Path) -> None:
    with batch_world(tmp_path, seed="a hundred") as bench:
        _issue_many(bench, 100)


def _issue_many(bench: BatchWorld, count: int) -> None:
    lines = bench.grant(count)
    sheet = read_sheet(write_sheet(lines, form="xlsx"), filename="batch.xlsx")
    seen = preview(bench.desk, sheet, progress=lambda done, total: None)
    assert (seen.faults, seen.unsigned) == ((), count)
    outcome = issue_batch(bench.desk, sheet, replace(QUIET, group=100))
    outcome.check()
    marks = bench.marks_in_log()
    assert len(marks) == len(set(marks)) == count
    bench.publish()
    assert outcome.batch.receipt is not None
    receipt = read_receipt(receipt_file(outcome.batch.receipt, [row_of(one) for one in outcome.members]))
    registry = bench.desk.registry
    assert check_logged(receipt, registry.fetcher, registry.root(), progress=lambda done, total: None) > 0
    assert len(receipt.rows) == count


def _issue(office: Path, sheet: Path, *, receipt: Path | None = None) -> subprocess.Popen[str]:
    more = ["--receipt", str(receipt)] if receipt else []
    return _run("batch", "issue", str(sheet), "--desk", str(office), "--group", str(GROUP), *more)


def _run(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, "issuer", *arguments],
        env={**os.environ, PASSPHRASE: SECRET},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=Path(__file__).parents[2],
    )
