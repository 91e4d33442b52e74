"""The dry run: all that issuing does up to the first stored byte, with a key that exists for this run only.

It finds what the desk's files alone cannot show: a text too long for its token, a body or key that the log does not
list as active, a registry that is away. Nothing is stored, nothing is sent, and the decider's key stays closed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from issuer import term
from issuer.batch.group import Rulebook, in_groups, load
from issuer.batch.rows import CASE, BatchSheet, Fault
from issuer.batch.standing import AT_A_TIME, Preview, Progress, preview
from issuer.decision import sign_issue
from issuer.issue import verify_own_output
from issuer.workplace import Workplace
from verifier.errors import MarkError, RefusedError
from verifier.names import key_uri
from verifier.signer import SoftwareSigner


@dataclass(frozen=True)
class Rehearsal:
    """What a dry run found: the preview, how many marks were signed for trial, and how long that took in seconds."""

    preview: Preview
    signed: int
    seconds: float
    anchor_size: int


def rehearse(place: Workplace, sheet: BatchSheet, *, decider_kid: str | None, progress: Progress) -> Rehearsal:
    """Go through the whole batch without storing or sending anything.

    Raises RefusedError when the log does not list the body or the decider's key as active, UnavailableError when the
    registry is away. Faults of rows are in the preview.
    """
    _check_listed(place, decider_kid)
    anchor = place.registry.anchor(place.identity.log)
    seen = preview(place, sheet, progress=lambda done, total: None)
    if seen.faults:
        return Rehearsal(seen, 0, 0.0, anchor.size)
    trial = replace(place, signers={"decider": SoftwareSigner.generate(place.entropy)})
    faults, rulebook, signed, started = [], Rulebook(), 0, time.perf_counter()
    rows = {line.case: line.row for line in sheet.lines}
    for lines in in_groups(sheet.lines, AT_A_TIME):
        for work in load(place, [line.case for line in lines], rulebook):
            if work.issuance is not None and work.issuance.admitted is not None:
                continue
            now = place.clock()
            try:
                decided = term.begun_by(work.decided, place.identity, at=now)
                made = sign_issue(
                    decided.signable,
                    anchor,
                    identity=place.identity,
                    signers=trial.signers,
                    at=now,
                    entropy=place.entropy,
                )
                verify_own_output(trial, decided, made)
                signed += 1
            except MarkError as error:
                faults.append(Fault(rows[work.case_id], CASE, error.message))
        progress(lines[-1].row, len(sheet.lines))
    seen.faults = tuple(faults)
    return Rehearsal(seen, signed, time.perf_counter() - started, anchor.size)


def _check_listed(place: Workplace, decider_kid: str | None) -> None:
    wanted = {"body": place.identity.uri}
    if decider_kid is not None:
        wanted["decider's key"] = key_uri(place.identity.host, decider_kid)
    for name, uri in wanted.items():
        state = place.registry.state_of(uri)
        if state != "active":
            raise RefusedError(f"the log lists the {name} as {state or 'unknown'}", hint="Ask the authority.")
