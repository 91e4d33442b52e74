"""All SQL about clients' requests, marks that are held and invitations to swear. Rows never leave this file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, delete, select

from issuer.supplier.tables import LevelAnswerRow, MarkRow, OathRow, RequestRow
from verifier.level_request import parse_answer, parse_request

if TYPE_CHECKING:
    from sqlmodel import Session

    from verifier.level_request import LevelAnswer, LevelRequest


@dataclass(frozen=True)
class KeptMark:
    """A mark that is held: its bundle as it came, when and from where."""

    id: str
    bundle: bytes
    via: str
    at: int


@dataclass(frozen=True)
class KeptOath:
    """An invitation to swear as it came; ``reply`` is what went back, empty for nothing yet."""

    no: int
    content: bytes
    at: int
    reply: bytes
    sworn_by: str
    sworn_at: int | None


def keep_request(db: Session, request: LevelRequest, *, at: int, by: str) -> None:
    """Keep a request, unless it is here."""
    if db.get(RequestRow, request.sha256) is None:
        db.add(RequestRow(sha256=request.sha256, content=request.serialize(), at=at, by=by))


def kept_requests(db: Session) -> tuple[LevelRequest, ...]:
    """Return the requests."""
    return tuple(parse_request(row.content) for row in db.exec(select(RequestRow)))


def keep_answer(db: Session, answer: LevelAnswer, *, at: int, by: str) -> None:
    """Keep an answer."""
    db.add(LevelAnswerRow(request=answer.request_sha256, content=answer.serialize(), at=at, by=by))


def newest_answer(db: Session, request_sha256: str) -> LevelAnswer | None:
    """Return the newest answer to a request."""
    here = col(LevelAnswerRow.request) == request_sha256
    row = db.exec(select(LevelAnswerRow).where(here).order_by(col(LevelAnswerRow.id).desc()).limit(1)).first()
    return parse_answer(row.content) if row else None


def keep_mark(db: Session, mark: KeptMark, *, by: str) -> None:
    """Keep a mark's bundle in the place of an earlier one."""
    db.merge(MarkRow(id=mark.id, bundle=mark.bundle, via=mark.via, at=mark.at, by=by))


def kept_marks(db: Session) -> tuple[KeptMark, ...]:
    """Return the marks that are held, the one added last first."""
    rows = db.exec(select(MarkRow).order_by(col(MarkRow.at).desc(), col(MarkRow.id)))
    return tuple(KeptMark(row.id, row.bundle, row.via, row.at) for row in rows)


def find_mark(db: Session, mark_id: str) -> KeptMark | None:
    """Return a mark that is held."""
    row = db.get(MarkRow, mark_id)
    return KeptMark(row.id, row.bundle, row.via, row.at) if row else None


def forget_mark(db: Session, mark_id: str) -> None:
    """Take a mark off the shelf."""
    db.exec(delete(MarkRow).where(col(MarkRow.id) == mark_id))


def keep_oath(db: Session, content: bytes, *, at: int, by: str) -> int:
    """Keep an invitation to swear and return its number."""
    row = OathRow(content=content, at=at, by=by, reply=b"", sworn_by="")
    db.add(row)
    db.flush()
    return int(row.id or 0)


def kept_oaths(db: Session) -> tuple[KeptOath, ...]:
    """Return the invitations, the latest first."""
    return tuple(_oath(row) for row in db.exec(select(OathRow).order_by(col(OathRow.id).desc())))


def reply_to_oath(db: Session, number: int, reply: bytes, *, at: int, by: str) -> None:
    """Keep what is answered to an invitation."""
    row = db.get_one(OathRow, number)
    row.reply, row.sworn_by, row.sworn_at = reply, by, at
    db.add(row)


def _oath(row: OathRow) -> KeptOath:
    return KeptOath(int(row.id or 0), row.content, row.at, row.reply, row.sworn_by, row.sworn_at)
