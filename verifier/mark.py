"""The mark: an OpenID Federation 1.1 Trust Mark (section 7) with a Token Status List reference and one ``scs`` object.

``id`` repeats ``trust_mark_type`` because two third-party clients still read the older name. There is no delegation:
the authority's entity configuration names the issuers of each type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from verifier.encoding import canonical, digest
from verifier.envelope import DAY, Token, parse_token, sign_token
from verifier.errors import MalformedError, StatementError
from verifier.identifier import SOLE_PROPRIETOR, parse_identifier
from verifier.names import NUMBER, log_origin, mark_uri, org_uri, parse_name, trust_mark_type
from verifier.schema import Closed, Digest, Index, Instant, Label, Level, Many, Nonce, Uri, Yes, read_model
from verifier.signer import Signer
from verifier.statement.public import MarkId, ScopeKind

TYP = "trust-mark+jwt"
EARLIEST_ISSUE = 100 * DAY
SOLE_NAME, SOLE_NAME_LATIN = "個人事業主", "Sole proprietor"

Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Summary = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Domain = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$")]
Number = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{3,23}$")]


class Holder(Closed):
    """The organisation that holds the mark: its name in its own script and, where shown abroad, in Latin letters.

    A sole proprietor's name is a person's: it stands as the commitment ``name_sd`` about the holder's URI, and ``name``
    says only what the holder is. Every other holder may be ``unlisted``: whoever does not have its number does not find
    it. That says how it wants to be found and keeps nothing secret; what is absent is listed.
    """

    name: Text
    name_latin: Text | None = None
    identifiers: Annotated[Many[Label], Field(min_length=1)]
    domains: Many[Domain] | None = None
    name_sd: Digest | None = None
    unlisted: Yes | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON of the members: what an assessor attests about the holder."""
        return digest(canonical(self.members()))

    @property
    def is_listed(self) -> bool:
        """Whether it is found by more than its number: neither a sole proprietor nor unlisted."""
        return self.name_sd is None and not self.unlisted


class Scope(Closed):
    """What the mark is about; ``scope_sha256`` is over exactly these members."""

    scope_kind: ScopeKind
    covered: Many[Label]
    scope_summary: Summary
    ot: Literal["excluded", "included"]

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON of the four members."""
        return digest(canonical(self.members()))


class Content(Closed):
    """The ``scs`` object: everything a trust mark's standard claims do not carry."""

    scheme: Label
    tier: Level
    number: Number
    criteria: Label
    basis: Literal["evaluation", "self_declared"]
    org: Holder
    scope_kind: ScopeKind
    covered: Many[Label]
    scope_summary: Summary
    ot: Literal["excluded", "included"]
    scope_sha256: Digest
    seal_sha256: Digest
    log: Annotated[str, Field(max_length=120)]
    nonce: Nonce

    @property
    def scope(self) -> Scope:
        """The scope's members."""
        return Scope(scope_kind=self.scope_kind, covered=self.covered, scope_summary=self.scope_summary, ot=self.ot)


class StatusReference(Closed):
    """A place in a status list."""

    idx: Index
    uri: Uri


class Status(Closed):
    """Where status lists tell the state of this mark."""

    status_list: StatusReference


class _Claims(Closed):
    iss: Uri
    sub: Uri
    trust_mark_type: Uri
    id: Uri
    iat: Instant
    nbf: Instant
    exp: Instant
    jti: MarkId
    ref: Uri
    logo_uri: Uri
    status: Status
    scs: Content


@dataclass(frozen=True)
class Mark:
    """A mark of the right shape. Whether its signature is good and its issuer accredited is judged elsewhere."""

    token: Token
    host: str
    id: str
    iss: str
    sub: str
    iat: int
    nbf: int
    exp: int
    status_no: int
    status_idx: int
    content: Content


@dataclass(frozen=True)
class MarkDraft:
    """What a decider decided about one mark. ``status_no`` and ``status_idx`` were reserved with the id."""

    host: str
    id: str
    iss: str
    sub: str
    nbf: int
    exp: int
    status_no: int
    status_idx: int
    number: str
    scheme: str
    tier: int
    criteria: str
    basis: Literal["evaluation", "self_declared"]
    holder: Holder
    scope: Scope


def sign_mark(draft: MarkDraft, *, iat: int, seal_sha256: str, nonce: str, signer: Signer) -> str:
    """Return the signed mark. Raises StatementError when the draft lies outside the schema."""
    kind = trust_mark_type(draft.host, draft.scheme, draft.tier)
    payload: dict[str, Any] = {
        "iss": draft.iss,
        "sub": draft.sub,
        "trust_mark_type": kind,
        "id": kind,
        "iat": iat,
        "nbf": draft.nbf,
        "exp": draft.exp,
        "jti": draft.id,
        "ref": mark_uri(draft.host, draft.id),
        "logo_uri": f"https://{draft.host}/logo/{draft.scheme}-{draft.tier}.svg",
        "status": {"status_list": {"idx": draft.status_idx, "uri": f"https://{draft.host}/status/{draft.status_no}"}},
        "scs": {
            "scheme": draft.scheme,
            "tier": draft.tier,
            "number": draft.number,
            "criteria": draft.criteria,
            "basis": draft.basis,
            "org": draft.holder.members(),
            **draft.scope.members(),
            "scope_sha256": draft.scope.digest,
            "seal_sha256": seal_sha256,
            "log": log_origin(draft.host),
            "nonce": nonce,
        },
    }
    compact = sign_token(payload, typ=TYP, signer=signer)
    parse_mark(compact)
    return compact


def parse_mark(compact: str | bytes) -> Mark:
    """Return the mark with all its claims agreeing with each other; the signature is not checked here.

    Raises EnvelopeError, MalformedError, StatementError or NewerVersionError.
    """
    return mark_of(parse_token(compact, TYP))


def mark_of(token: Token) -> Mark:
    """Return the mark that a token of its type is, as ``parse_mark`` does."""
    claims = read_model(_Claims, token.payload, what="mark")
    issuer = parse_name(claims.iss)
    status_no = _check_agreement(claims, issuer.host)
    if issuer.kind != "e":
        raise StatementError("a mark is issued by a body")
    return Mark(
        token=token,
        host=issuer.host,
        id=claims.jti,
        iss=claims.iss,
        sub=claims.sub,
        iat=claims.iat,
        nbf=claims.nbf,
        exp=claims.exp,
        status_no=status_no,
        status_idx=claims.status.status_list.idx,
        content=claims.scs,
    )


def draft_of(mark: Mark) -> MarkDraft:
    """Return the draft that a mark was signed from."""
    content = mark.content
    return MarkDraft(
        host=mark.host,
        id=mark.id,
        iss=mark.iss,
        sub=mark.sub,
        nbf=mark.nbf,
        exp=mark.exp,
        status_no=mark.status_no,
        status_idx=mark.status_idx,
        number=content.number,
        scheme=content.scheme,
        tier=content.tier,
        criteria=content.criteria,
        basis=content.basis,
        holder=content.org,
        scope=content.scope,
    )


def _check_agreement(claims: _Claims, host: str) -> int:
    scs, prefix = claims.scs, f"https://{host}/status/"
    kind = trust_mark_type(host, scs.scheme, scs.tier)
    if (claims.trust_mark_type, claims.id) != (kind, kind):
        raise StatementError("trust_mark_type and id must name the tier of the mark")
    if claims.ref != mark_uri(host, claims.jti) or scs.log != log_origin(host):
        raise StatementError("ref and log must lie under the host of the issuer")
    named = (*scs.org.identifiers, *scs.covered)
    if any(str(parse_identifier(one)) != one for one in named):
        raise StatementError("identifiers stand in the normal form of their register")
    if claims.sub not in [org_uri(host, parse_identifier(one)) for one in scs.org.identifiers]:
        raise StatementError("sub must be one of the holder's identifiers")
    _check_sole_proprietor(scs.org)
    if scs.scope.digest != scs.scope_sha256:
        raise StatementError("scope_sha256 does not fit the scope")
    if not claims.nbf < claims.exp or claims.nbf - claims.iat > EARLIEST_ISSUE:
        raise StatementError("the dates of the mark do not fit each other")
    uri = claims.status.status_list.uri
    number = uri.removeprefix(prefix)
    if not uri.startswith(prefix) or not NUMBER.fullmatch(number):
        raise MalformedError("the status list does not lie under the host of the issuer")
    return int(number)


def _check_sole_proprietor(org: Holder) -> None:
    """Whoever is named by a pseudonymous number shows no name, domain or other number; nobody else hides a name."""
    is_one = any(parse_identifier(one).icd == SOLE_PROPRIETOR for one in org.identifiers)
    if is_one != (org.name_sd is not None):
        raise StatementError("a sole proprietor's name stands as a commitment, and nobody else's does")
    shown = (org.name, org.name_latin, len(org.identifiers), org.domains)
    if is_one and shown != (SOLE_NAME, SOLE_NAME_LATIN, 1, None):
        raise StatementError("a sole proprietor's mark shows a name, a domain or a further number")
    if is_one and org.unlisted:
        raise StatementError("a sole proprietor's mark says that it is unlisted, which it is by its number")
