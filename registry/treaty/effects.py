"""What an event would do to everything that an agreement recognised: computed from the log before anybody signs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recognition.logged import agreement_in_log, newest_version
from recognition.preview import preview_event
from recognition.public_receipt import read_public_receipt
from registry.log.follower import Follower
from registry.rows import queries
from registry.treaty.admission import read_treaty
from registry.treaty.committed import CommittedDocuments
from verifier.errors import NotFoundError
from verifier.statement.document import read_document
from verifier.trust.recognition_list import ListedAgreement, ListedEvent, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from recognition.preview import Affected, Progress
    from recognition.public_receipt import PublicReceipt
    from registry.publishing.published import Published
    from registry.rows.database import Database
    from verifier.replay.recognition_records import RecognitionRecord
    from verifier.replay.state import LogState


def effects_of(
    database: Database, published: Published, uri: str, event: ListedEvent, *, now: int, progress: Progress
) -> list[Affected]:
    """Return every recognition under the agreement that the event would touch. Raises NotFoundError, EvidenceError."""
    with database.read() as connection:
        state = Follower(published.host).follow(connection, queries.log_size(connection))
        row = next((one for one in listed(state, state.size)["agreements"] if one["uri"] == uri), None)
        if row is None:
            raise NotFoundError(f"the log knows no agreement {uri}")
        documents = CommittedDocuments(connection, published)
        before = ListedAgreement.model_validate(row)
        newest = newest_version(before).sha256
        treaty = read_treaty(documents.document(newest), sha256=newest)
        after = before.model_copy(update={"events": (*before.events, event)})
        agreements = (agreement_in_log(treaty, before), agreement_in_log(treaty, after))
        recorded = _receipts(connection, documents, _recorded(state, uri))
        return list(preview_event(recorded, agreements, now=max(now, event.effective), progress=progress))


def _recorded(state: LogState, uri: str) -> list[RecognitionRecord]:
    found = [one for one in state.recognitions.values() if one.recorded.agreement == uri and one.state == "recorded"]
    return sorted(found, key=lambda one: one.index)


def _receipts(
    connection: Connection, documents: CommittedDocuments, records: list[RecognitionRecord]
) -> Iterator[tuple[str, PublicReceipt, int]]:
    for one in records:
        sha256 = one.recorded.receipt_sha256
        files = read_document(documents.document(sha256), sha256=sha256)
        yield one.uri, read_public_receipt(files), queries.receipt(connection, one.index).iat
