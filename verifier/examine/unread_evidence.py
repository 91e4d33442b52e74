"""Check on what this version cannot read: a mark with a member, or a QR with a profile, that it does not know.

A newer version may have made it, and then the answer is "could not be made". But a mark has one token and one QR: where
the log holds another one under the same id, what is shown is a forgery, whoever could read it.
"""

from __future__ import annotations

from verifier.envelope import parse_token
from verifier.errors import MarkError, UnavailableError
from verifier.examine.entries import own_uri
from verifier.examine.examination import Examination, Presented
from verifier.mark import TYP as MARK
from verifier.names import parse_name
from verifier.replay.records import MarkRecord
from verifier.seal import SCANNED, read_seal
from verifier.seal import TYP as SEAL
from verifier.verdict import CheckName, Headline


def unread(text: str) -> Presented:
    """Return the host and the id that the text claims, both empty where it claims none."""
    scanned = SCANNED.fullmatch(text)
    if scanned:
        return Presented(id=scanned[2], host=scanned[1])
    try:
        payload = parse_token(text, MARK).payload
        name = parse_name(str(payload.get("ref")))
    except MarkError:
        return Presented(id="", host="")
    return Presented(id=name.value, host=name.host) if name.kind == "m" else Presented(id="", host="")


def check_unread(case: Examination, text: str, error: UnavailableError) -> None:
    """Note that the text cannot be read, and that it is forged where the log proves another one under its id."""
    case.note(CheckName.FORMAT, error, reason=error.code)
    record = case.marks.get(own_uri(case)) if case.presented.host == case.root.host else None
    if record is not None and _is_another(case, text, record):
        detail = "the log holds another mark or QR under this id"
        case.failed(CheckName.REGISTRATION, "another_mark", detail, headline=Headline.FORGED)


def _is_another(case: Examination, text: str, record: MarkRecord) -> bool:
    if not SCANNED.fullmatch(text):
        return parse_token(text, MARK).digest != record.mark_sha256
    try:
        read_seal(case.bundle.seal or "")
        logged = parse_token(case.bundle.seal or "", SEAL).digest
    except MarkError:
        return False
    # Where the logged seal is of the profile known here, a QR of another profile is not this mark's.
    return logged == record.seal_sha256
