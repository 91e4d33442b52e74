"""The recognition list: every agreement with what happened to it, as one signed file for whoever is offline.

Signed by the authority's directory key, logged with each directory epoch, valid seven days at most: after ``exp`` the
answer is still made from it, and says that the list is stale. It is a function of the log's entries, so an auditor
makes it again; the terms and the mappings are files under the digests that it names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from verifier.envelope import DAY, Token, parse_token, sign_token, verify_token
from verifier.errors import TrustRootError
from verifier.names import authority_uri, log_origin
from verifier.replay.records import state_before
from verifier.schema import Closed, Code, Count, Digest, Index, Instant, Label, Many, Nonce, Uri, read_model
from verifier.statement.recognition import AgreementInForce, AgreementKind, AgreementStopped

if TYPE_CHECKING:
    from verifier.replay.recognition_records import AgreementRecord, Happened, MappingRecord, Said
    from verifier.replay.state import LogState
    from verifier.signer import Signer
    from verifier.trust.root import TrustRoot

TYP = "recognition-list+jwt"
LIFETIME = 7 * DAY
LATEST = "recognition/list.jwt"


def recognition_list_path(size: int) -> str:
    """Return where the recognition list of a directory epoch is published."""
    return f"directory/{size}/recognition-list.jwt"


class ListedEvent(Closed):
    """What one entry did to an agreement or to a part of it; ``recorded`` is the entry's own date."""

    index: Index
    recorded: Instant
    status: Literal["in_force", "suspended", "terminated"]
    effective: Instant
    version: Count | None = None
    reason: Literal["administrative", "integrity"] | None = None
    existing: Literal["keep_until", "show_under_review", "stop_now"] | None = None
    until: Instant | None = None
    issuer: Label | None = None
    mapping: Digest | None = None


class ListedVersion(Closed):
    """Terms that were proposed or announced; ``signed_by`` is the foreign operator that signed them, if one did."""

    version: Count
    sha256: Digest
    scheme: Label
    kind: AgreementKind
    announced: Index | None = None
    signed_by: Uri | None = None


class ListedAgreement(Closed):
    """An agreement with its versions and everything that happened to it. ``legal_sha256`` is of the newest version."""

    uri: Uri
    state: Code
    versions: Many[ListedVersion]
    events: Many[ListedEvent]
    legal_sha256: Digest | None = None


class ListedMapping(Closed):
    """A version of a mapping that was published apart from agreements."""

    uri: Uri
    version: Label
    sha256: Digest
    status: Literal["draft", "complete", "superseded"]
    recorded: Instant


class _Claims(Closed):
    iss: Uri
    iat: Instant
    exp: Instant
    nonce: Nonce
    log: Annotated[str, Field(max_length=120)]
    size: Count
    agreements: Many[ListedAgreement]
    mappings: Many[ListedMapping]


@dataclass(frozen=True)
class RecognitionList:
    """A recognition list whose signature by a directory key was checked. ``size`` orders lists: keep the highest."""

    token: Token
    host: str
    size: int
    iat: int
    exp: int
    agreements: tuple[ListedAgreement, ...]
    mappings: tuple[ListedMapping, ...]

    def agreement(self, uri: str) -> ListedAgreement | None:
        """Return the agreement of that URI."""
        return next((one for one in self.agreements if one.uri == uri), None)

    def is_stale(self, now: int) -> bool:
        """Say whether a newer list was due by then."""
        return now >= self.exp


def sign_recognition_list(state: LogState, *, iat: int, nonce: str, signer: Signer) -> str:
    """Return the recognition list over all entries of the state."""
    payload = {
        "iss": authority_uri(state.host),
        "iat": iat,
        "exp": iat + LIFETIME,
        "nonce": nonce,
        "log": log_origin(state.host),
        "size": state.size,
        **listed(state, state.size),
    }
    return sign_token(payload, typ=TYP, signer=signer)


def read_recognition_list(compact: str | bytes, root: TrustRoot) -> RecognitionList:
    """Return the recognition list signed by a directory key of this root.

    Raises EnvelopeError, MalformedError, NewerVersionError, SignatureError, StatementError or TrustRootError.
    """
    token = parse_token(compact, TYP)
    key = root.keys.get(token.kid)
    if key is None or key[0].role != "directory" or key[0].cutoff is not None:
        raise TrustRootError("the recognition list is not signed by a directory key of the trust root")
    verify_token(token, key[1])
    claims = read_model(_Claims, token.payload, what="recognition list")
    if claims.iss != authority_uri(root.host) or claims.log != root.origin:
        raise TrustRootError("the recognition list is another authority's")
    return RecognitionList(token, root.host, claims.size, claims.iat, claims.exp, claims.agreements, claims.mappings)


def listed(state: LogState, size: int) -> dict[str, Any]:
    """Return what the first ``size`` entries make a list say of agreements and mappings."""
    agreements = (_agreement(one, size) for _, one in sorted(state.agreements.items()))
    mappings = (row for _, one in sorted(state.mappings.items()) for row in _mappings(one, size))
    return {"agreements": [one for one in agreements if one is not None], "mappings": [*mappings]}


def _agreement(record: AgreementRecord, size: int) -> dict[str, Any] | None:
    standing = state_before(record.steps, size)
    if standing is None:
        return None
    happened = [one for one in record.happened if one.index < size]
    begun = [one.event for one in happened if isinstance(one.event, AgreementInForce) and not one.event.is_part]
    said = {
        "uri": record.uri,
        "state": standing,
        "versions": _versions(record, size),
        "events": [_event(one) for one in happened],
    }
    legal = begun[-1].legal_sha256 if begun else None
    return said if legal is None else {**said, "legal_sha256": legal}


def _versions(record: AgreementRecord, size: int) -> list[dict[str, Any]]:
    proposed = [one for one in record.proposed if one.index < size]
    announced = [one for one in record.announced if one.index < size]
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for one in (*proposed, *announced):
        found.setdefault((one.terms.version, one.terms.sha256), _version(one))
    for one in proposed:
        found[one.terms.version, one.terms.sha256]["signed_by"] = one.iss
    for one in announced:
        found[one.terms.version, one.terms.sha256].setdefault("announced", one.index)
    return [found[key] for key in sorted(found)]


def _version(said: Said) -> dict[str, Any]:
    return said.terms.members()


def _event(one: Happened) -> dict[str, Any]:
    event = one.event
    said = {"index": one.index, "recorded": one.at, "status": one.status, "effective": event.effective}
    match event:
        case AgreementInForce():
            details: dict[str, Any] = {"version": event.version}
        case AgreementStopped():
            details = {"reason": event.reason, "existing": event.existing, "until": event.until}
    details |= {"issuer": event.issuer, "mapping": event.mapping}
    return said | {name: value for name, value in details.items() if value is not None}


def _mappings(record: MappingRecord, size: int) -> list[dict[str, Any]]:
    return [
        {"uri": record.uri, "version": one.version, "sha256": one.sha256, "status": one.status, "recorded": one.at}
        for one in record.versions
        if one.index < size
    ]
