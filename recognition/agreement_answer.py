"""The answer of the home authority: what it signed about an agreement, in one file, each signature checkable.

The canonical JSON ``{"file": "agreement-answer", "version": 1, "list", "entries"}``; of each entry index and tokens:
the signed recognition list, and every entry of the authority that it names with the second operator's approval. It is
gathered from a published plane by whoever may reach it; whoever may not is sent the file. Not done here: proving
that nothing is left out beyond what the directory key signed in the list, which is an auditor's work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.audit.companions import second_place
from verifier.encoding import canonical, read_object
from verifier.errors import MalformedError, NotFoundError, RefusedError
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.tile import TileReader
from verifier.names import authority_uri
from verifier.replay.signers import check_signed
from verifier.statement import parse_statement
from verifier.statement.recognition import AgreementInForce, AgreementVersion
from verifier.trust.recognition_list import LATEST, read_recognition_list

if TYPE_CHECKING:
    from verifier.gather import Fetcher
    from verifier.replay.records import KeyRecord
    from verifier.statement import Statement
    from verifier.trust.recognition_list import ListedAgreement, RecognitionList
    from verifier.trust.root import TrustRoot

FILE = "agreement-answer"


@dataclass(frozen=True)
class CounterSigned:
    """One entry of the authority whose two signatures were checked; ``holders`` are the operators' pseudonyms."""

    index: int
    type: str
    at: int
    holders: tuple[str, str]
    version: int | None
    sha256: str | None


@dataclass(frozen=True)
class Answer:
    """What the authority says about one agreement, as of its list."""

    listed: ListedAgreement
    list: RecognitionList
    entries: tuple[CounterSigned, ...]

    def announced(self, sha256: str) -> CounterSigned | None:
        """Return the entry by which the authority signed these very terms, None while it has not."""
        return next((one for one in self.entries if one.type == "agreement.announced" and one.sha256 == sha256), None)

    def in_force(self, sha256: str) -> CounterSigned | None:
        """Return the newest entry that put these very terms in force."""
        found = [one for one in self.entries if one.type == "agreement.in_force" and one.sha256 == sha256]
        return found[-1] if found else None


def gather_answer(fetcher: Fetcher, root: TrustRoot, uri: str) -> bytes:
    """Return the answer as a published plane has it. Raises NotFoundError where the list names no such agreement."""
    compact = fetcher.fetch(LATEST).decode("ascii", "replace")
    found = _named(read_recognition_list(compact, root), uri)
    size = SignedCheckpoint.parse(fetcher.fetch("log/checkpoint")).checkpoint.size
    reader, entries = TileReader(fetcher.fetch, size), []
    for index in _indices(found):
        statement = parse_statement(reader.entry(index))
        place = second_place(statement)
        second = fetcher.fetch(place).decode("ascii", "replace").strip() if place else ""
        entries.append({"index": index, "statement": statement.token.compact, "second": second})
    return canonical({"file": FILE, "version": 1, "list": compact.strip(), "entries": entries})


def read_answer(data: bytes, root: TrustRoot, uri: str) -> Answer:
    """Return the answer about an agreement after checking the list and both signatures of every entry that it names.

    Raises MalformedError, NotFoundError, RefusedError, SignatureError or TrustRootError.
    """
    members = read_object(data)
    if members.keys() != {"file", "version", "list", "entries"} or members["file"] != FILE or members["version"] != 1:
        raise MalformedError("not the file of an authority's answer")
    listed = read_recognition_list(_text(members["list"]), root)
    found = _named(listed, uri)
    shown = members["entries"] if isinstance(members["entries"], list) else []
    entries = tuple(_entry(one, root, uri) for one in shown)
    if [one.index for one in entries] != _indices(found):
        raise RefusedError("the answer does not hold the entries that its list names")
    return Answer(found, listed, entries)


class _NoKeys:
    """The authority's own keys stand in the trust root: no body's key is needed."""

    def body_key(self, kid: str) -> KeyRecord | None:
        return None


def _named(listed: RecognitionList, uri: str) -> ListedAgreement:
    found = listed.agreement(uri)
    if found is None:
        hint = "The list follows the log within a minute: look again."
        raise NotFoundError("the recognition list does not name the agreement", hint=hint)
    return found


def _indices(found: ListedAgreement) -> list[int]:
    announced = [one.announced for one in found.versions if one.announced is not None]
    return sorted({*announced, *(one.index for one in found.events)})


def _entry(one: Any, root: TrustRoot, uri: str) -> CounterSigned:
    if not isinstance(one, dict) or one.keys() != {"index", "statement", "second"} or not isinstance(one["index"], int):
        raise MalformedError("an entry of the answer has another form")
    statement, index = parse_statement(_text(one["statement"])), one["index"]
    if (statement.object, statement.iss, statement.log) != (uri, authority_uri(root.host), root.origin):
        raise RefusedError(f"entry {index} is not the authority's about this agreement")
    first, second = check_signed(statement, _text(one["second"]), index=index, root=root, book=_NoKeys())
    if second is None:
        raise RefusedError(f"entry {index} has one signature only")
    version, sha256 = _terms(statement)
    return CounterSigned(index, statement.type, statement.iat, (first.holder, second.holder), version, sha256)


def _terms(statement: Statement) -> tuple[int | None, str | None]:
    match statement.public:
        case AgreementVersion(version=version, sha256=sha256):
            return version, sha256
        case AgreementInForce(version=version, sha256=sha256, is_part=False):
            return version, sha256
        case _:
            return None, None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise MalformedError("the answer holds something else than text")
    return value
