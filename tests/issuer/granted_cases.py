"""Many granted cases, made as the desk makes them but stored in one transaction: for tests of thousands of marks.

Every case has a reservation of its own by the registry, answers to every item, an attestation that the assessor's key
signed and a decision of the decider: nothing in them could not have come from the desk.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stdnum.jp import cn

from issuer import queries
from issuer.answers import ItemAnswer
from issuer.batch.rows import write_sheet
from issuer.case import Case, State
from issuer.decision import sign_request, sign_result
from issuer.intake import read_holder, read_scope
from issuer.issuance import CaseEvent
from issuer.record import Decision
from verifier.dates import day_start, local_date
from verifier.names import body_uri
from verifier.scheme.shipped import load_shipped
from verifier.statement.attestation import TechnicalVerification

if TYPE_CHECKING:
    from pathlib import Path

    from sqlmodel import Session

    from issuer.workplace import Workplace

PACK = load_shipped("jp.meti.scs", "2026-03-27")
LEVEL = 4
DAY = 86_400


def grant_many(place: Workplace, count: int, *, tester: int, first: int = 1) -> list[tuple[str, str, int]]:
    """Store so many granted ★4 cases; return id, identifier and tier of each, as a sheet has them."""
    now = place.clock()
    answers = tuple(ItemAnswer(item.id, "met", "", "規程 12 条") for item in PACK.items_for(LEVEL))
    scope = read_scope(kind="company", summary="全社の IT 基盤")
    test = TechnicalVerification(body=body_uri(place.identity.host, tester), date=now - DAY)
    cases = []
    for number in range(first, first + count):
        base = f"9999{number:08}"
        holder = read_holder(name=f"見本第{number}株式会社", identifiers=[f"{cn.calc_check_digit(base)}{base}"])
        wish = {"scheme": PACK.scheme, "level": LEVEL}
        assertion = sign_request(wish, identity=place.identity, signers=place.signers, at=now, entropy=place.entropy)
        cases.append(
            Case(
                id=f"C-{number:06}",
                scheme=PACK.scheme,
                version=PACK.version,
                level=LEVEL,
                criteria_sha256=PACK.digest,
                holder=holder,
                scope=scope,
                opened_at=now - 3 * DAY,
                state=State.GRANTED,
                assessing_since=now - 2 * DAY,
                reservation=place.registry.reserve(wish, assertion, key=f"case-of-{assertion[-20:]}"),
                answers=answers,
                technical=test,
            )
        )
    with place.database.transaction() as session:
        for case in cases:
            _store(place, session, case, now=now)
    return [(case.id, case.holder.identifiers[0], case.level) for case in cases]


def sheet_file(folder: Path, lines: list[tuple[str, str, int]]) -> Path:
    """Write the sheet of a batch."""
    path = folder / "batch.csv"
    path.write_bytes(write_sheet(lines, form="csv"))
    return path


def _store(place: Workplace, session: Session, case: Case, *, now: int) -> None:
    signed = sign_result(case, identity=place.identity, signers=place.signers, at=now - DAY, entropy=place.entropy)
    nbf = day_start(local_date(now, PACK.zone), PACK.zone)
    by = place.identity.holder("decider")
    decision = Decision(outcome="granted", by=by, at=now, reason="", nbf=nbf)
    whole = replace(case, attested=signed, decision=decision)
    queries.insert_case(session, replace(whole, answers=()))
    queries.save_case(session, whole)
    queries.add_event(session, whole, CaseEvent(now, by, "grant", "granted", ""))
