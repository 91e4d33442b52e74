"""All SQL of the supplier's place. Rows never leave this file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from sqlmodel import col, func, select, update

from issuer.supplier.answering import Attached, Draft, Given
from issuer.supplier.approving import Approval
from issuer.supplier.tables import AnswerRow, ApprovalRow, DraftRow, EvidenceRow, UndertakingRow
from issuer.supplier.undertaking import Profile, Undertaking
from verifier.edge.packs import load_pack
from verifier.schema import read_model

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel import Session

    from issuer.answers import Word


def insert_undertaking(db: Session, begun: Undertaking) -> int:
    """Keep a new undertaking and return its number."""
    row = UndertakingRow(
        scheme=begun.pack.scheme,
        version=begun.pack.version,
        level=begun.level,
        began_at=begun.began_at,
        by=begun.by,
        profile=_written(begun.profile),
    )
    db.add(row)
    db.flush()
    return int(row.id or 0)


def latest_undertaking(db: Session) -> Undertaking | None:
    """Return the undertaking that was begun last. Raises NotFoundError when its pack is not at hand."""
    row = db.exec(select(UndertakingRow).order_by(col(UndertakingRow.id).desc()).limit(1)).first()
    return _undertaking(row) if row else None


def count_undertakings(db: Session) -> int:
    """Return how many undertakings were begun."""
    return int(db.exec(select(func.count()).select_from(UndertakingRow)).one())


def store_profile(db: Session, undertaking: int, profile: Profile) -> None:
    """Keep organisation, scope and expert."""
    db.exec(update(UndertakingRow).where(col(UndertakingRow.id) == undertaking).values(profile=_written(profile)))


def insert_answer(db: Session, undertaking: int, given: Given) -> None:
    """Add an answer; it is the present one from now on."""
    row = AnswerRow(
        undertaking=undertaking,
        item=given.item,
        word=given.word,
        justification=given.justification,
        evidence=given.evidence,
        by=given.by,
        at=given.at,
        source=given.source,
    )
    db.add(row)
    db.flush()


def present_answers(db: Session, undertaking: int) -> dict[str, Given]:
    """Return the last answer to each item."""
    last = select(func.max(AnswerRow.id)).where(col(AnswerRow.undertaking) == undertaking).group_by(col(AnswerRow.item))
    rows = db.exec(select(AnswerRow).where(col(AnswerRow.id).in_(last)))
    return {row.item: _given(row) for row in rows}


def answers_to(db: Session, undertaking: int, item: str) -> tuple[Given, ...]:
    """Return every answer that was given to an item, the latest first."""
    here = (col(AnswerRow.undertaking) == undertaking) & (col(AnswerRow.item) == item)
    return tuple(_given(row) for row in db.exec(select(AnswerRow).where(here).order_by(col(AnswerRow.id).desc())))


def insert_evidence(db: Session, undertaking: int, file: Attached) -> None:
    """Note a file that shows an answer."""
    row = EvidenceRow(
        undertaking=undertaking,
        item=file.item,
        name=file.name,
        sha256=file.sha256,
        size=file.size,
        by=file.by,
        at=file.at,
    )
    db.add(row)
    db.flush()


def attached_files(db: Session, undertaking: int) -> dict[str, tuple[Attached, ...]]:
    """Return the files that show the answers, by item."""
    here = (col(EvidenceRow.undertaking) == undertaking) & col(EvidenceRow.removed_at).is_(None)
    found: dict[str, list[Attached]] = {}
    for row in db.exec(select(EvidenceRow).where(here).order_by(col(EvidenceRow.id))):
        file = Attached(int(row.id or 0), row.item, row.name, row.sha256, row.size, row.by, row.at)
        found.setdefault(row.item, []).append(file)
    return {item: tuple(files) for item, files in found.items()}


def remove_evidence(db: Session, undertaking: int, number: int, *, at: int) -> bool:
    """Note that a file shows the answer no more; say whether it did."""
    here = (col(EvidenceRow.id) == number) & (col(EvidenceRow.undertaking) == undertaking)
    is_there = here & col(EvidenceRow.removed_at).is_(None)
    return int(db.exec(update(EvidenceRow).where(is_there).values(removed_at=at)).rowcount) == 1


def replace_drafts(db: Session, undertaking: int, drafts: Iterable[Draft], *, at: int) -> None:
    """Keep proposals in the place of earlier ones to the same items."""
    for one in drafts:
        row = DraftRow(
            undertaking=undertaking,
            item=one.item,
            draft=one.draft,
            because=one.because,
            evidence=one.evidence,
            source=one.source,
            at=at,
        )
        db.merge(row)


def present_drafts(db: Session, undertaking: int) -> dict[str, Draft]:
    """Return the proposals by item."""
    rows = db.exec(select(DraftRow).where(col(DraftRow.undertaking) == undertaking))
    return {row.item: Draft(row.item, row.draft, row.because, row.evidence, row.source) for row in rows}


def insert_approval(db: Session, undertaking: int, approval: Approval) -> None:
    """Keep an approval."""
    row = ApprovalRow(
        undertaking=undertaking,
        # The column has an older name: an approval of the result alone matches nothing any more.
        result_sha256=approval.whole_sha256,
        by=approval.by,
        name=approval.name,
        at=approval.at,
    )
    db.add(row)


def approvals_of(db: Session, undertaking: int) -> tuple[Approval, ...]:
    """Return the approvals, oldest first."""
    rows = db.exec(select(ApprovalRow).where(col(ApprovalRow.undertaking) == undertaking).order_by(col(ApprovalRow.id)))
    return tuple(Approval(row.result_sha256, row.by, row.name, row.at) for row in rows)


def _undertaking(row: UndertakingRow) -> Undertaking:
    profile = read_model(Profile, json.loads(row.profile), what="profile")
    pack = load_pack(row.scheme, row.version)
    return Undertaking(int(row.id or 0), pack, row.level, row.began_at, row.by, profile)


def _written(profile: Profile) -> str:
    return json.dumps(profile.members(), ensure_ascii=False)


def _given(row: AnswerRow) -> Given:
    word = cast("Word", row.word)
    return Given(
        row.item, word, row.justification, row.evidence, row.by, row.at, source=row.source, no=int(row.id or 0)
    )
