"""What admission asks of statements about recognition beyond the judge's rules: that pinned files are what is said.

The judge of statements does not read agreements; the treaty office does. A registry that skipped this would log terms
that nobody can decide by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recognition.logged import check_pinned
from recognition.treaty import parse_treaty
from verifier.dates import day_start
from verifier.edge.packs import load_pack
from verifier.encoding import read_object
from verifier.errors import MarkError, RefusedError
from verifier.statement.document import document_path, read_document
from verifier.statement.recognition import AgreementInForce, AgreementVersion, MappingPublished, RecognitionRecorded

if TYPE_CHECKING:
    from recognition.treaty import Treaty
    from registry.admission.accept import Submission
    from registry.treaty.committed import CommittedDocuments
    from verifier.gather import Fetcher
    from verifier.replay.state import LogState

RECEIPT = "receipt.json"


def check_recognition_files(
    submission: Submission, state: LogState, documents: CommittedDocuments, *, zone: str
) -> None:
    """Check the files that a statement pins, or that the version which it puts in force pinned before.

    Raises RefusedError naming the file at fault.
    """
    statement, document = submission.statement, submission.companions.document
    try:
        match statement.public:
            case AgreementVersion() | MappingPublished() as pinned:
                # Terms that were proposed before are announced without sending them again.
                text = document if document is not None else documents.document(pinned.sha256)
                treaty = check_pinned(statement, text, pack_of=load_pack)
                if treaty is not None:
                    _check_home(treaty, state)
            case AgreementInForce() as begun if not begun.is_part:
                _check_begun(begun, read_treaty(documents.document(begun.sha256), sha256=begun.sha256), zone=zone)
            case RecognitionRecorded() as recorded if document is not None:
                _check_receipt(recorded, document)
            case _:
                pass
    except RefusedError:
        raise
    except MarkError as error:
        # What cannot be read is refused: whoever submits has to bring files that can.
        raise RefusedError(error.message, hint=error.hint) from error


def published_treaty(plane: Fetcher, sha256: str) -> Treaty:
    """Return a published agreement. Raises NotFoundError, MalformedError, RefusedError."""
    return read_treaty(plane.fetch(document_path(sha256)).decode("utf-8", "replace"), sha256=sha256)


def read_treaty(document: str, *, sha256: str) -> Treaty:
    """Return the agreement that a document of that digest holds. Raises MalformedError, RefusedError."""
    return parse_treaty(read_document(document, sha256=sha256), pack_of=load_pack)


def _check_home(treaty: Treaty, state: LogState) -> None:
    home = treaty.terms.home
    published = {(one.scheme, one.version, one.sha256) for one in state.schemes.values()}
    if (home.scheme, home.version, home.sha256) not in published:
        raise RefusedError(f"the criteria {home.scheme} {home.version} of the agreement are not published ones")


def _check_begun(begun: AgreementInForce, treaty: Treaty, *, zone: str) -> None:
    closes = day_start(treaty.terms.comment.closes, zone)
    if begun.effective < closes:
        raise RefusedError(f"public comment is open until {treaty.terms.comment.closes}")
    legal = treaty.terms.legal
    if begun.legal_sha256 is not None and (legal is None or legal.sha256 != begun.legal_sha256):
        raise RefusedError("the terms rest on another legal instrument")
    if begun.effective >= treaty.agreement.not_after:
        raise RefusedError("the agreement would begin after its end")


def _check_receipt(recorded: RecognitionRecorded, document: str) -> None:
    files = read_document(document, sha256=recorded.receipt_sha256)
    said = read_object(files.get(RECEIPT, b"{}"))
    wanted = {"agreement": recorded.agreement, "tier": f"{recorded.scheme}/{recorded.tier}", "until": recorded.until}
    if {name: said.get(name) for name in wanted} != wanted or said.get("verdict") != "recognised":
        raise RefusedError("the receipt says something else than the statement")
