"""Act 2, the evaluation body: thirty cases, each decided by another person than its assessor, issued in one batch.

The first case goes through the commands, step by step. The others are the same deeds at the same desk, in one process:
what an evaluator does over weeks is no less true for being typed once.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from typing import TYPE_CHECKING

from issuer.office import open_office
from registry.scenario import cast
from registry.scenario.answers import filled_sheet
from registry.scenario.outcome import verify_package
from registry.scenario.served import wall_clock
from registry.scenario.tour.act import supplier
from registry.scenario.tour.consoles import Wanted, look_in
from registry.scenario.tour.operator_act import ASSESSOR, DECIDER
from verifier.scheme.shipped import load_shipped

if TYPE_CHECKING:
    from pathlib import Path

    from issuer.desk import Desk
    from registry.scenario.tour.act import Act

MARKS, LEVEL = 30, 3
OFFICER = "代表取締役"


def issue_batch(act: Act) -> None:
    """Decide thirty cases and issue them. Raises ProofError for a broken promise."""
    sheet = act.folder / "answers.xlsx"
    sheet.write_bytes(filled_sheet(load_shipped(cast.SCHEME, cast.VERSION), LEVEL))
    _first_case(act, sheet)
    with open_office(
        act.ground.desk,
        roles=("assessor", "decider", "desk"),
        passphrase=act.ground.passphrase.read_bytes().strip(),
        clock=wall_clock,
        entropy=secrets.token_bytes,
    ) as desk:
        assessed = [_assess(desk, supplier(number), sheet.read_bytes()) for number in range(2, MARKS + 1)]
        # An assessment that began in this very second has not happened.
        time.sleep(1)
        for case_id in assessed:
            desk.attest(case_id)
            desk.decide(case_id, "granted")
        cases = desk.cases()
    decided = Counter(case.state.value for case in cases)
    two = {(case.attested.holder, case.decision.by) for case in cases if case.attested and case.decision}
    act.see("every case is granted", decided, Counter({"granted": MARKS}))
    act.see("and by another person than its assessor", two, {(ASSESSOR, DECIDER)})
    _issue(act)
    desk_pages = ("--desk", act.ground.desk)
    look_in(act, Wanted(("issuer", "console"), desk_pages, "Sample Assessor", "assessor", "/cases", "C-000001"))


def _first_case(act: Act, sheet: Path) -> None:
    first, desk = supplier(1), ("--desk", act.ground.desk)
    key = ("--passphrase-file", act.ground.passphrase)
    named = ("--name", first.name, "--name-latin", first.name_latin, "--identifier", first.identifier)
    case = ("issuer", "case")
    act.run(*case, "open", "--tier", LEVEL, *named, "--summary", "全社 / Company-wide", *desk, *key)
    act.run(*case, "attest", "C-000001", *desk, *key, expect=1)
    act.see("nothing is attested before it was assessed", _entries(act), 0)
    act.run(*case, "answers", "C-000001", sheet, *desk)
    act.run(*case, "confirm", "C-000001", "--kind", "body_holder", "--by", ASSESSOR, *desk)
    act.run(*case, "oath", "C-000001", "--officer", OFFICER, *desk)
    act.run(*case, "attest", "C-000001", *desk, *key)
    act.run(*case, "decide", "C-000001", "granted", *desk, *key)


def _assess(desk: Desk, holder: cast.Organisation, sheet: bytes) -> str:
    case = desk.open_case(cast.application(holder, LEVEL))
    desk.import_answers(case.id, sheet, "answers.xlsx")
    desk.confirm_by_expert(case.id, kind="body_holder", by=ASSESSOR)
    desk.swear_oath(case.id, officer=OFFICER)
    return case.id


def _issue(act: Act) -> None:
    desk, key = ("--desk", act.ground.desk), ("--passphrase-file", act.ground.passphrase)
    batch = ("issuer", "batch")
    act.run(*batch, "sheet", "--out", "batch.csv", *desk)
    rows = (act.folder / "batch.csv").read_text("utf-8-sig")
    act.write("faulty.csv", rows.replace(supplier(7).identifier, supplier(8).identifier, 1))
    act.run(*batch, "check", "faulty.csv", "--faults", "faults.csv", *desk, expect=1)
    faults = (act.folder / "faults.csv").read_text("utf-8-sig").splitlines()[1:]
    act.see("a slip in one row of the sheet is named before anything is signed", len(faults) >= 1, True)
    act.run(*batch, "check", "batch.csv", *desk)
    act.run(*batch, "dry-run", "batch.csv", *desk)
    act.see("a dry run leaves nothing in the log", _entries(act), 0)
    act.run(*batch, "issue", "batch.csv", "--out", "marks", "--receipt", "receipt.json", *desk, *key)
    act.see("one session issues every mark of the sheet", _entries(act), MARKS)
    act.run(*batch, "verify-receipt", "receipt.json", *desk)
    packages = sorted(path for path in (act.folder / "marks").iterdir() if path.is_dir())
    judged = Counter(verify_package(one, act.ground.root, now=wall_clock()).headline.value for one in packages)
    act.see("each package is judged without a network, from its QR", judged, Counter({"valid_offline": MARKS}))
    act.picture("statistics", "/statistics")


def _entries(act: Act) -> int:
    """Return how many marks the public folder holds."""
    return len(list((act.ground.data.public / "m").glob("*/attestation.jwt")))
