"""The connected side of offline signing: exporting what is to be signed, taking in what was.

What comes back is stored like bytes that were signed here, then sent; the spool looks after the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from issuer import queries, term
from issuer.batch.group import Rulebook, Settled, Work, load, send
from issuer.decision import Granted
from issuer.issuance import CaseEvent
from issuer.issue import check_rules
from issuer.offline import read_answer, write_request
from issuer.own_output import check_is_decided, check_signed
from issuer.wallet import ask, check_is_wished, check_own_credential
from issuer.workplace import Workplace
from verifier.errors import ConflictError, KeyRefusedError, RefusedError, UnavailableError

RESIGNED = "signed_again"


def export_to_sign(place: Workplace, case_ids: Sequence[str], *, credentials: bool = False) -> bytes:
    """Return the file that asks the decider's key to sign these granted cases, with ``credentials`` for a wallet too.

    Bytes that were signed before are sent first; only what the registry refused is asked for again. Raises RefusedError
    when a rule stands against a case or it is issued, UnavailableError when the registry is out of reach.
    """
    if credentials:
        ask(place, case_ids)
    works = load(place, case_ids, Rulebook())
    zones = {one.decided.rules.zone for one in works}
    if len(zones) != 1:
        raise RefusedError("the cases are of schemes in different time zones", hint="Export them one zone at a time.")
    wanted = [(one.case_id, _ready(place, one).signable) for one in works]
    anchor = place.registry.anchor(place.identity.log)
    return write_request(wanted, anchor, identity=place.identity, zone=zones.pop(), at=place.clock())


def import_signed(place: Workplace, data: bytes, *, decider_kid: str | None) -> Settled:
    """Store what was signed elsewhere once it is word for word what was decided, then send it.

    All of it is stored or nothing. Raises KeyRefusedError for another key than the decider's, RefusedError for a mark
    that says something else than its case, ConflictError for a case that other bytes are signed for.
    """
    answer = read_answer(data)
    if decider_kid is not None and answer.key.kid != decider_kid:
        raise KeyRefusedError("the file was signed with another key than the decider's of this desk")
    works = load(place, list(answer.signed), Rulebook())
    for one in works:
        signed = answer.signed[one.case_id]
        check_rules(place, one.decided)
        check_is_decided(signed, one.decided.signable)
        check_signed(signed, one.decided.attested.compact, answer.key)
        wish = one.decided.signable.wish
        check_is_wished(signed, wish)
        check_own_credential(signed, answer.key, name=wish.name if wish else None)
    with place.database.transaction() as session:
        for one in works:
            if queries.load_issuance(session, one.case_id) is None:
                queries.begin_issuance(session, one.case_id, at=place.clock())
            is_kept = queries.keep_signed(session, one.case_id, answer.signed[one.case_id])
            stored = queries.load_issuance(session, one.case_id)
            if not is_kept and (stored is None or stored.signed != answer.signed[one.case_id]):
                raise ConflictError(f"something else is signed for case {one.case_id}", hint="Export it again.")
    settled = Settled()
    waiting = [one for one in load(place, list(answer.signed), Rulebook()) if not _is_admitted(one)]
    try:
        settled.add(send(place, waiting))
    except UnavailableError as error:
        settled.away = error
    return settled


def _ready(place: Workplace, work: Work) -> Granted:
    """Return the granted case as it is to be signed today, stored so."""
    if _is_admitted(work):
        raise RefusedError(f"case {work.case_id} is issued already")
    if work.signed is not None:
        _settle_earlier(place, work)
    check_rules(place, work.decided)
    begun = term.begun_by(work.decided, place.identity, at=place.clock())
    if begun is work.decided:
        return begun
    by, note = begun.decision.by, term.told(work.decided, begun)
    return replace(begun, case=place.change(begun.case, by=by, event=term.EVENT, note=note))


def _settle_earlier(place: Workplace, work: Work) -> None:
    settled = Settled()
    settled.add(send(place, [work]))
    if settled.admitted:
        raise RefusedError(f"case {work.case_id} is issued: what was signed before has just been admitted")
    if settled.away is not None:
        raise settled.away
    refused = settled.refused[work.case_id]
    if isinstance(refused, ConflictError) or not isinstance(refused, RefusedError):
        raise refused
    case, old = work.decided.case, work.signed
    if old is None:
        return
    with place.database.transaction() as session:
        if not queries.forget_signed(session, work.case_id, old):
            raise RefusedError("another run signed this case meanwhile", hint="Look at it again.")
        note = f"signed again, because it was refused: {refused.message}\n{old.statement}"
        line = CaseEvent(place.clock(), work.decided.decision.by, RESIGNED, case.state.value, note)
        queries.add_event(session, case, line)


def _is_admitted(work: Work) -> bool:
    return work.issuance is not None and work.issuance.admitted is not None
