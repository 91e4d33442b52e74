"""Issuance in nine steps. Each one is stored before the next begins and recognises its own finished work.

So a run may stop anywhere, and the next one goes on: signed bytes are sent again unchanged, and there is never a
second mark, because the id was reserved with the case and a log entry about it has no predecessor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from issuer import queries, queries_correction, term
from issuer.case import Step
from issuer.decision import Granted, granted, results_commitment, sign_issue
from issuer.identity import open_signer
from issuer.issuance import Admitted, CaseEvent, Issuance, Signed
from issuer.machine import check_result
from issuer.own_output import check_signed
from issuer.package import write_package
from issuer.wallet import Wish, ask, check_own_credential
from issuer.workplace import Workplace, rules_of
from verifier.errors import ConflictError, RefusedError, UnavailableError
from verifier.keys import import_jwk
from verifier.statement import Anchor
from verifier.statement.attestation import parse_attestation

Pause = Callable[[float], None]
Progress = Callable[[int, str], None]
INTERVAL = 0.5


@dataclass(frozen=True)
class Waiting:
    """How long to wait for the witnessed proof: so many looks, with a pause of half a second between two of them."""

    looks: int
    pause: Pause
    index: int = 0
    """The log entry that the directory has to hold, beside that of the mark itself."""


@dataclass(frozen=True)
class Issued:
    """An issued mark: its id and number, its log index, the registry's receipt, its package folder."""

    mark_id: str
    number: str
    index: int
    receipt: str
    folder: Path


def issue(
    place: Workplace, case_id: str, out: Path, *, waiting: Waiting, progress: Progress, wish: Wish | None = None
) -> Issued:
    """Issue the mark of a granted case and write its package under ``out``; go on where an earlier run stopped.

    Where the case asks for a credential, it is signed in the same act; a ``wish`` makes the case ask. A mark that was
    signed before it was asked for has none.

    Raises RefusedError when the case's rules or the registry refuse, ConflictError when the log holds another statement
    about the mark, UnavailableError when the registry is out of reach or the proof is still pending: then run it again.
    """
    if wish is not None:
        ask(place, [case_id], wish.holder_key)
    progress(1, "load the decided case")
    decided = load_decided(place, case_id)
    progress(2, "check it against the tier's rules")
    check_rules(place, decided)
    progress(3, "record the intent")
    issuance = record_intent(place, decided)
    progress(4, "fetch an anchor")
    anchor = fetch_anchor(place, issuance)
    decided = begin_term(place, decided, issuance)
    progress(5, "sign seal, mark and statement")
    signed = sign_once(place, decided, issuance, anchor)
    progress(6, "verify what was signed")
    if issuance.admitted is None:
        verify_own_output(place, decided, signed)
    progress(7, "submit")
    admitted = submit_once(place, decided, issuance, signed)
    progress(8, "wait for the witnessed proof and the directory")
    newest, index = as_it_stands(place, decided.draft.id, signed, admitted)
    proof = wait_for_proof(place, decided, signed, admitted, replace(waiting, index=index))
    progress(9, "write the package")
    return finish(place, decided, newest, admitted, out=out, proof=proof)


def load_decided(place: Workplace, case_id: str) -> Granted:
    """Step 1: the granted case with its reserved id and the assessor's attestation."""
    case = place.case(case_id)
    return granted(case, rules_of(case), place.identity)


def check_rules(place: Workplace, decided: Granted) -> None:
    """Step 2: everything the tier demands, and an attestation of these very answers."""
    case = decided.case
    check_result(Step(case, decided.decision.by, place.clock(), decided.rules))
    attestation = parse_attestation(decided.attested.compact, log=place.identity.log)
    if attestation.says.results != results_commitment(case, place.identity, salt=decided.attested.salt):
        raise RefusedError("the answers are not those that the assessor attested")
    if place.identity.holder("decider") != decided.decision.by:
        raise RefusedError(
            f"{decided.decision.by} decided this case, but the open decider's key is another person's",
            hint="Issue with the key of who decided.",
        )


def record_intent(place: Workplace, decided: Granted) -> Issuance:
    """Step 3: the intent, before anything is signed. Signed bytes of an interrupted run are settled first.

    They may have been admitted without our hearing of it, so they are sent again before anything new is signed. What
    the registry refuses for its age is dropped: it is in no log, and step 5 signs anew.
    """
    case = decided.case
    with place.database.transaction() as session:
        if queries.load_issuance(session, case.id) is None:
            queries.begin_issuance(session, case.id, at=place.clock())
    issuance = _load(place, case.id)
    if issuance.signed is None or issuance.admitted is not None:
        return issuance
    verify_own_output(place, decided, issuance.signed)
    try:
        submit_once(place, decided, issuance, issuance.signed)
    except ConflictError:
        raise
    except RefusedError as refused:
        note = f"signed again, because it was refused: {refused.message}\n{issuance.signed.statement}"
        with place.database.transaction() as session:
            if queries.forget_signed(session, case.id, issuance.signed):
                line = CaseEvent(place.clock(), place.identity.holder("decider"), "refused", case.state.value, note)
                queries.add_event(session, case, line)
    return _load(place, case.id)


def fetch_anchor(place: Workplace, issuance: Issuance) -> Anchor | None:
    """Step 4: the newest published checkpoint, which dates what is signed next. Not needed for what is signed."""
    return None if issuance.signed else place.registry.anchor(place.identity.log)


def begin_term(place: Workplace, decided: Granted, issuance: Issuance) -> Granted:
    """Step 4 too: a decision of an earlier day begins its term with the day on which it is signed."""
    if issuance.signed is not None:
        return decided
    begun = term.begun_by(decided, place.identity, at=place.clock())
    if begun is decided:
        return decided
    case = place.change(begun.case, by=decided.decision.by, event=term.EVENT, note=term.told(decided, begun))
    return replace(begun, case=case)


def sign_once(place: Workplace, decided: Granted, issuance: Issuance, anchor: Anchor | None) -> Signed:
    """Step 5: the decider signs, and the bytes are stored before anybody sees them."""
    if issuance.signed is not None or anchor is None:
        return _signed(issuance)
    signed = sign_issue(
        decided.signable,
        anchor,
        identity=place.identity,
        signers=place.signers,
        at=place.clock(),
        entropy=place.entropy,
    )
    with place.database.transaction() as session:
        if queries.keep_signed(session, decided.case.id, signed):
            return signed
    # Another process signed first: only its bytes may ever be sent.
    return _signed(_load(place, decided.case.id))


def verify_own_output(place: Workplace, decided: Granted, signed: Signed) -> None:
    """Step 6: read everything back with the judge's own code, under our own public keys."""
    key = import_jwk(open_signer(place.signers, "decider").jwk)
    check_signed(signed, decided.attested.compact, key)
    person = decided.case.handling.person
    check_own_credential(signed, key, name=person.name if person else None)


def submit_once(place: Workplace, decided: Granted, issuance: Issuance, signed: Signed) -> Admitted:
    """Step 7: send; after an unknown outcome the same bytes again, to which the registry gives the same answer."""
    if issuance.admitted is not None:
        return issuance.admitted
    admitted = place.registry.submit(signed, decided.attested.compact)
    with place.database.transaction() as session:
        queries.keep_admitted(session, decided.case.id, signed, admitted)
    return admitted


def as_it_stands(place: Workplace, mark_id: str, signed: Signed, admitted: Admitted) -> tuple[Signed, int]:
    """Step 8 too: what the package is made of, and the entry that it is in; a correction is in the mark's place."""
    with place.database.transaction() as session:
        last = queries_correction.latest_correction(session, mark_id)
    if last is None or last.admitted is None:
        return signed, admitted.index
    return last.signed, last.admitted.index


def wait_for_proof(place: Workplace, decided: Granted, signed: Signed, admitted: Admitted, waiting: Waiting) -> bytes:
    """Step 8: the witnessed proof, and the first directory that holds the mark."""
    for look in range(waiting.looks):
        if look:
            waiting.pause(INTERVAL)
        proof = place.registry.proof(decided.draft.id, signed, admitted)
        if proof is not None and place.registry.directory_holds(max(admitted.index, waiting.index)):
            return proof
    raise UnavailableError(
        f"the mark {decided.draft.id} is issued at log index {admitted.index}, its proof is pending",
        hint=f"Run `shirushi issuer issue {decided.case.id}` again later: it only fetches what is missing.",
    )


def finish(
    place: Workplace, decided: Granted, signed: Signed, admitted: Admitted, *, out: Path, proof: bytes
) -> Issued:
    """Step 9: code, bundle and package; the receipt stays at the desk."""
    folder = write_package(out, decided, signed, proof=proof, fetcher=place.registry.fetcher)
    with place.database.transaction() as session:
        queries.keep_finished(session, decided.case.id, at=place.clock())
    return Issued(decided.draft.id, decided.draft.number, admitted.index, admitted.receipt, folder)


def _load(place: Workplace, case_id: str) -> Issuance:
    with place.database.transaction() as session:
        issuance = queries.load_issuance(session, case_id)
    if issuance is None:
        raise RefusedError(f"the issuance of case {case_id} has not begun")
    return issuance


def _signed(issuance: Issuance) -> Signed:
    if issuance.signed is None:
        raise RefusedError(f"nothing is signed for case {issuance.case_id}", hint="Run the same command again.")
    return issuance.signed
