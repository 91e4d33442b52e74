"""What the published plane says about agreements and recognitions, for the pages /a/ and /r/ and their JSON.

Everything is computed when it is asked: an agreement that stopped changes what is said of what it recognised, and no
entry is rewritten.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from recognition.logged import agreement_in_log, newest_version
from recognition.public_receipt import read_public_receipt
from recognition.standing import recognised_standing
from registry.reading.object_entries import entries_from
from registry.reading.standing import standing_of
from registry.treaty.admission import published_treaty
from verifier.directory.record import ObjectRecord
from verifier.errors import MalformedError, NotFoundError
from verifier.names import agreement_uri, parse_name, recognition_uri
from verifier.statement.document import document_path, read_document
from verifier.statement.recognition import RecognitionRecorded
from verifier.trust.recognition_list import LATEST, read_recognition_list

if TYPE_CHECKING:
    from recognition.treaty import Treaty
    from verifier.gather import Fetcher
    from verifier.trust.recognition_list import ListedAgreement, RecognitionList
    from verifier.trust.root import TrustRoot

UNSIGNED = "unilateral: the other side has not signed"


def agreements_answer(fetcher: Fetcher, root: TrustRoot, *, at: int, now: int) -> dict[str, Any]:
    """Return every agreement as it stood at an instant, and when any of them changed until now.

    Raises NotFoundError or EvidenceError.
    """
    listed = _list(fetcher, root)
    rows = [_row(fetcher, one, at) for one in listed.agreements]
    return {"as_of": at, "list": _about(listed, at), "agreements": rows, "changes": _changes(listed, now)}


def change_times(fetcher: Fetcher, root: TrustRoot, *, now: int) -> list[int]:
    """Return when agreements changed until now, oldest first. Raises NotFoundError or EvidenceError."""
    return [one["at"] for one in _changes(_list(fetcher, root), now)]


def agreement_answer(fetcher: Fetcher, root: TrustRoot, label: str, *, at: int) -> dict[str, Any]:
    """Return one agreement: its terms, its levels beside home tiers, and everything that happened to it."""
    listed = _list(fetcher, root)
    found = listed.agreement(agreement_uri(root.host, label))
    if found is None:
        raise NotFoundError("the recognition list holds no such agreement", hint="Check its id.")
    shown = {"versions": [one.members() for one in found.versions], "events": [one.members() for one in found.events]}
    return {**_row(fetcher, found, at), **shown, "as_of": at, "list": _about(listed, at)}


def recognition_answer(fetcher: Fetcher, root: TrustRoot, label: str, *, now: int) -> dict[str, Any]:
    """Return how a recognised certificate stands now: its receipt, its agreement, and until when that holds."""
    uri = recognition_uri(root.host, label)
    directory = standing_of(fetcher, uri)
    if not isinstance(directory.record, ObjectRecord):
        raise MalformedError("the directory's record is not of a recognition")
    entries = entries_from(fetcher, directory.record.head)
    first, last = entries[-1], entries[0]
    recorded = first[1].public
    if not isinstance(recorded, RecognitionRecorded):
        raise MalformedError("the history does not begin with a recognition")
    text = fetcher.fetch(document_path(recorded.receipt_sha256)).decode("utf-8", "replace")
    receipt = read_public_receipt(read_document(text, sha256=recorded.receipt_sha256))
    listed = _list(fetcher, root)
    found = listed.agreement(recorded.agreement)
    if found is None:
        raise NotFoundError("the agreement of the recognition is not in the recognition list")
    treaty = published_treaty(fetcher, receipt.terms_sha256)
    agreement = agreement_in_log(treaty, found, mappings=listed.mappings)
    times = {"recorded_at": first[1].iat, "as_of": now, "known_at": now}
    standing = recognised_standing(receipt, agreement, **times)
    ended = last[1].type == "recognition.ended"
    return {
        "recognition": uri,
        "state": "ended" if ended else standing.word,
        "because": "statement" if ended else standing.because,
        "until": standing.until,
        "basis": "recognition",
        "tier": receipt.tier,
        "holder": parse_name(recorded.sub).value,
        "agreement": recorded.agreement,
        "notices": [UNSIGNED] if receipt.kind == "unilateral" else [],
        "scheme_label": treaty.scheme.head.label.members(),
        "receipt": receipt.members(),
        "entry": first[0],
        "recorded": first[1].iat,
        "list": _about(listed, now),
        "as_of": now,
        **directory.members(),
    }


def _row(fetcher: Fetcher, one: ListedAgreement, at: int) -> dict[str, Any]:
    newest = one.versions[-1]
    with suppress(NotFoundError):
        newest = newest_version(one)
    treaty = published_treaty(fetcher, newest.sha256)
    signed = newest.signed_by
    return {
        "agreement": one.uri,
        "id": parse_name(one.uri).value,
        "state": _state_at(one, at),
        "version": newest.version,
        "sha256": newest.sha256,
        "kind": newest.kind,
        "signed_by": signed,
        "notices": [UNSIGNED] if newest.kind == "unilateral" else [],
        **_terms(treaty),
    }


def _terms(treaty: Treaty) -> dict[str, Any]:
    terms, head = treaty.terms, treaty.scheme.head
    return {
        "label": terms.label.members(),
        "foreign": {"scheme": head.id, "label": head.label.members(), "versions": [*terms.foreign.versions]},
        "home": terms.home.members(),
        "levels": [
            {"id": level.id, "label": level.label.members(), "tier": terms.cap_by_level.get(level.id)}
            for level in head.levels
        ],
        "issuers": [one.id for one in terms.issuers],
        "max_supplement": terms.max_supplement,
        "requires": [*terms.requires],
        "comment": terms.comment.members(),
        "review_by": terms.review_by.isoformat(),
        "not_after": terms.not_after.isoformat(),
        "duties": terms.duties.members(),
        "legal": terms.legal.members() if terms.legal else None,
        "is_draft": treaty.is_draft,
    }


def _changes(listed: RecognitionList, now: int) -> list[dict[str, Any]]:
    found = [
        {"at": max(event.effective, event.recorded), "id": parse_name(one.uri).value, **event.members()}
        for one in listed.agreements
        for event in one.events
    ]
    return sorted((one for one in found if one["at"] <= now), key=lambda one: (one["at"], one["index"]))


def _state_at(one: ListedAgreement, at: int) -> str:
    """Return the state by the events that count at an instant; before all of them, what was said without one."""
    whole = [event for event in one.events if event.issuer is None and event.mapping is None]
    counting = [event for event in whole if event.effective <= at and event.recorded <= at]
    if counting:
        return counting[-1].status
    if whole:
        return "announced"
    return one.state


def _about(listed: RecognitionList, now: int) -> dict[str, Any]:
    return {"size": listed.size, "next_update": listed.exp, "stale": listed.is_stale(now)}


def _list(fetcher: Fetcher, root: TrustRoot) -> RecognitionList:
    return read_recognition_list(fetcher.fetch(LATEST), root)
