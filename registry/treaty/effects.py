"""What an event would do to everything that an agreement recognised: computed from the log before anybody signs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recognition.logged import agreement_in_log, newest_version
from recognition.preview import preview_event
from recognition.public_receipt import read_public_receipt
from registry.log.follower import Follower
from registry.rows import queries
from registry.treaty.admission import published_treaty
from verifier.errors import NotFoundError
from verifier.statement.document import document_path, read_document
from verifier.trust.recognition_list import ListedAgreement, ListedEvent, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recognition.preview import Affected, Progress
    from recognition.public_receipt import PublicReceipt
    from registry.rows.database import Database
    from verifier.gather import Fetcher
    from verifier.replay.recognition_records import RecognitionRecord
    from verifier.replay.state import LogState


def effects_of(
    database: Database, host: str, plane: Fetcher, uri: str, event: ListedEvent, *, now: int, progress: Progress
) -> list[Affected]:
    """Return every recognition under the agreement that the event would touch. Raises NotFoundError, EvidenceError."""
    with database.read() as connection:
        state = Follower(host).follow(connection, queries.log_size(connection))
        dates = {one.index: queries.receipt(connection, one.index).iat for one in _recorded(state, uri)}
    row = next((one for one in listed(state, state.size)["agreements"] if one["uri"] == uri), None)
    if row is None:
        raise NotFoundError(f"the log knows no agreement {uri}")
    before = ListedAgreement.model_validate(row)
    treaty = published_treaty(plane, newest_version(before).sha256)
    after = before.model_copy(update={"events": (*before.events, event)})
    agreements = (agreement_in_log(treaty, before), agreement_in_log(treaty, after))
    recorded = _receipts(plane, _recorded(state, uri), dates)
    return list(preview_event(recorded, agreements, now=max(now, event.effective), progress=progress))


def _recorded(state: LogState, uri: str) -> list[RecognitionRecord]:
    found = [one for one in state.recognitions.values() if one.recorded.agreement == uri and one.state == "recorded"]
    return sorted(found, key=lambda one: one.index)


def _receipts(
    plane: Fetcher, records: list[RecognitionRecord], dates: dict[int, int]
) -> Iterator[tuple[str, PublicReceipt, int]]:
    for one in records:
        text = plane.fetch(document_path(one.recorded.receipt_sha256)).decode("utf-8", "replace")
        files = read_document(text, sha256=one.recorded.receipt_sha256)
        yield one.uri, read_public_receipt(files), dates[one.index]
