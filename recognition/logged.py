"""An agreement as the log has it: the terms of a version in force, with the timeline that its entries make.

The terms are what both sides signed; what happened since is entries. Here they come together into what the decision
reads, so that anybody who has the recognition list and the folder decides the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from recognition.mapping import read_head
from recognition.timeline import Event, Timeline
from recognition.treaty import parse_treaty
from verifier.errors import MalformedError, NotFoundError, RefusedError
from verifier.names import parse_name
from verifier.statement.document import read_document
from verifier.statement.recognition import AgreementVersion, MappingPublished

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from recognition.agreement import Agreement
    from recognition.treaty import PackOf, Treaty
    from verifier.statement import Statement
    from verifier.trust.recognition_list import ListedAgreement, ListedEvent, ListedMapping, ListedVersion

RecordedAt = Callable[["ListedEvent"], "int | None"]
"""Returns since when an entry was known, None for one that is not known yet."""


def own_date(event: ListedEvent) -> int | None:
    """Return the date that the entry bears: what a list alone can tell."""
    return event.recorded


def newest_version(listed: ListedAgreement) -> ListedVersion:
    """Return the version that was put in force last. Raises NotFoundError when none ever was."""
    begun = [one.version for one in listed.events if one.status == "in_force" and not _is_part(one)]
    found = [one for one in listed.versions if begun and one.version == begun[-1] and one.announced is not None]
    if not found:
        raise NotFoundError(f"no version of {listed.uri} was ever in force")
    return found[-1]


def agreement_in_log(
    treaty: Treaty,
    listed: ListedAgreement,
    *,
    mappings: Iterable[ListedMapping] = (),
    recorded_at: RecordedAt = own_date,
) -> Agreement:
    """Return the agreement of this folder with its timelines. Raises RefusedError when it was never in force."""
    agreement, events = treaty.agreement, _known(listed, recorded_at)
    versions = {one.version for one in listed.versions if one.sha256 == treaty.sha256}
    begun = [one.version for one, _ in events if one.status == "in_force" and one.version in versions]
    if not begun or begun[-1] is None:
        raise RefusedError(f"these terms of {agreement.id} were never in force")
    superseded = {one.sha256: one.recorded for one in mappings if one.status == "superseded"}
    issuers = tuple(
        one.model_copy(update={"timeline": _parts(events, ("issuer", one.id))}) for one in agreement.issuers
    )
    pins = tuple(
        pin.model_copy(update={"timeline": (*_parts(events, ("mapping", pin.sha256)), *_ended(pin.sha256, superseded))})
        for pin in agreement.mappings
    )
    timeline = tuple(_whole(events, begun[-1], keeps_until=agreement.not_after))
    return agreement.model_copy(update={"timeline": timeline, "issuers": issuers, "mappings": pins})


def check_pinned(statement: Statement, document: str, *, pack_of: PackOf) -> Treaty | None:
    """Check that the files which a statement pins are what it says they are; return the agreement, where it is one.

    Raises MalformedError naming the file, RefusedError, or NotFoundError when the home scheme's pack is not at hand.
    """
    public, label = statement.public, parse_name(statement.object).value
    match public:
        case AgreementVersion():
            treaty = parse_treaty(read_document(document, sha256=public.sha256), pack_of=pack_of)
            _check_same("the agreement's id", treaty.terms.id, label)
            _check_same("the foreign scheme", treaty.terms.foreign.scheme, public.scheme)
            _check_same("the kind", treaty.terms.kind, public.kind)
            if statement.type == "agreement.announced" and treaty.is_draft:
                raise RefusedError("terms or mappings that call themselves a draft are not announced")
            return treaty
        case MappingPublished():
            head, _ = read_head(read_document(document, sha256=public.sha256))
            _check_same("the mapping's id", head.id, label)
            if public.status != "superseded":
                _check_same("the status", head.status, public.status)
            return None
        case _:
            raise MalformedError(f"{statement.type} pins no files of an agreement or a mapping")


def _check_same(what: str, in_files: str, in_statement: str) -> None:
    if in_files != in_statement:
        raise RefusedError(f"{what} is {in_files} in the files and {in_statement} in the statement")


def _is_part(event: ListedEvent) -> bool:
    return event.issuer is not None or event.mapping is not None


def _known(listed: ListedAgreement, recorded_at: RecordedAt) -> list[tuple[ListedEvent, int]]:
    times = [(one, recorded_at(one)) for one in listed.events]
    return [(one, recorded) for one, recorded in times if recorded is not None]


def _whole(events: list[tuple[ListedEvent, int]], version: int, *, keeps_until: int) -> Iterator[Event]:
    for one, recorded in events:
        if _is_part(one) or (one.version is not None and one.version < version):
            continue
        if one.version is not None and one.version > version:
            # Other terms decide from there on; what these ones decided keeps the end that it was given.
            kept = {"status": "suspended", "existing": "keep_until", "existing_until": keeps_until}
            yield _event(one, recorded, **kept)
        else:
            yield _happened(one, recorded)


def _parts(events: list[tuple[ListedEvent, int]], part: tuple[str, str]) -> Timeline:
    """Return the events about one issuer or one mapping."""
    found = [(one, at) for one, at in events if part in (("issuer", one.issuer), ("mapping", one.mapping))]
    return tuple(_happened(one, at) for one, at in found)


def _ended(sha256: str, superseded: dict[str, int]) -> Timeline:
    at = superseded.get(sha256)
    return () if at is None else (Event(effective_from=at, recorded_at=at, status="suspended"),)


def _happened(one: ListedEvent, recorded: int) -> Event:
    said = {"status": one.status, "reason": one.reason, "existing": one.existing, "existing_until": one.until}
    return _event(one, recorded, **{name: value for name, value in said.items() if value is not None})


def _event(one: ListedEvent, recorded: int, **details: Any) -> Event:
    return Event.model_validate({"effective_from": one.effective, "recorded_at": recorded, **details})
