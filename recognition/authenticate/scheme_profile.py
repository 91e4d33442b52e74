"""Authentication profile: one TOML file per foreign scheme that says how its evidence is read. Data, never code.

It names the issuers with their bound keys, the place of every fact in a token, an answer or a row (JSON pointers,
RFC 6901), the foreign words for levels and states, and how the registry is asked. It is pinned by its digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from recognition.authenticate.bound_key import Algorithm, BoundKey, bind_key
from verifier.encoding import digest
from verifier.errors import KeyRefusedError, MalformedError
from verifier.schema import Closed, Label, Many, Uri
from verifier.scheme.rule import SchemeId, Text, Zone
from verifier.scheme.tables import read_toml

FILE = "authentication.toml"
SELECTIVE_TYP = "dc+sd-jwt"
Pointer = Annotated[str, StringConstraints(pattern=r"^(/[^/\s]{1,64}){1,6}$")]
RESERVED_TYPS = frozenset({"statuslist+jwt", "kb+jwt", "recognition-proof+jwt"})
Typ = Annotated[str, StringConstraints(pattern=r"^(JWT|[a-z0-9][a-z0-9.+-]{1,62})$")]
Days = Annotated[int, Field(ge=1, le=3660)]
Seconds = Annotated[int, Field(ge=0, le=31 * 86_400)]


class Claim(Closed):
    """Where a fact stands and what its words mean; ``fixed`` where the scheme leaves no choice.

    With ``words`` any other word is refused. Without ``optional`` an absent fact is refused: a missing exclusion must
    not read as none.
    """

    at: Pointer | None = None
    fixed: Text | None = None
    words: dict[str, Text] = Field(default_factory=dict)
    separator: Annotated[str, Field(max_length=1)] = ""
    optional: bool = False

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.at is None) == (self.fixed is None):
            raise ValueError("a fact either stands somewhere (at) or is fixed")
        return self


class DateClaim(Closed):
    """Where a date stands and how it is written. ``last_day`` is the last day that counts, in the profile's zone."""

    at: Pointer
    form: Literal["seconds", "instant", "day", "last_day"]


class HolderClaim(Closed):
    """Where the holder's number stands; ``register`` is the ICD of the register that it is a number of."""

    at: Pointer
    register_: Annotated[str, Field(alias="register", max_length=8)] = ""


class Claims(Closed):
    """The place of every fact of a certificate."""

    number: Claim | None = None
    level: Claim
    version: Claim
    holder: HolderClaim
    issued: DateClaim
    expires: DateClaim
    basis: Claim = Claim(fixed="evaluation")
    scope_kind: Claim = Claim(fixed="company")
    scope_tags: Claim | None = None
    status: Claim | None = None
    documents: Claim | None = None
    excluded_controls: Claim | None = None


class IssuerKey(Closed):
    """A public key bound to one algorithm and to what was issued in [begins, ends)."""

    kid: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")]
    alg: Algorithm
    jwk: dict[str, Any]
    use: Literal["certificates", "status", "both"] = "both"
    begins: Annotated[int, Field(ge=0)] = 0
    ends: Annotated[int, Field(gt=0)] | None = None


class Issuer(Closed):
    """Who issues: the label that agreements list, the ``iss`` of its tokens and its keys."""

    id: Label
    iss: Uri
    keys: Many[IssuerKey] = ()


class TokenForm(Closed):
    """What is demanded of the scheme's tokens."""

    typ: Typ
    vct: Annotated[str, Field(max_length=200)] | None = None
    audience: Uri | None = None
    max_days: Days = 1100
    require_exp: bool = True
    status_list: bool = False
    status_words: dict[str, Text] = Field(default_factory=dict)
    key_binding: bool = False

    @model_validator(mode="after")
    def _own_type(self) -> Self:
        if self.typ in RESERVED_TYPS:
            raise ValueError("this type means something else: one token would read as two")
        return self

    @property
    def selective(self) -> bool:
        """Tell whether the holder chooses which members to show."""
        return self.typ == SELECTIVE_TYP


class LookUpForm(Closed):
    """How the registry is asked: an address with ``{certificate}``, and how long an answer counts."""

    address: Annotated[
        str, StringConstraints(pattern=r"^https?://[^\s{}#/]+/[^\s{}#]*\{certificate\}[^\s{}#]*$", max_length=300)
    ]
    issuer: Label
    answer: Literal["json", "jwt"] = "json"
    fresh_seconds: Annotated[int, Field(ge=1, le=7 * 86_400)] = 86_400
    keep_seconds: Seconds = 7 * 86_400


class ListForm(Closed):
    """How the scheme's published list is laid out, and how many days after its publication it counts."""

    issuer: Label
    form: Literal["csv", "json"]
    columns: Many[Annotated[str, Field(min_length=1, max_length=64)]] = ()
    rows_at: Pointer | None = None
    fresh_days: Annotated[int, Field(ge=1, le=366)]


class ProfileHead(Closed):
    """The document ``authentication.toml``."""

    scheme: SchemeId
    zone: Zone
    claims: Claims
    issuers: Annotated[Many[Issuer], Field(min_length=1)]
    token: TokenForm | None = None
    look_up: LookUpForm | None = None
    list_: Annotated[ListForm | None, Field(alias="list")] = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        names = [issuer.id for issuer in self.issuers]
        if len(set(names)) != len(names) or len({issuer.iss for issuer in self.issuers}) != len(names):
            raise ValueError("an issuer is named twice")
        for form in (self.look_up, self.list_):
            if form is not None and form.issuer not in names:
                raise ValueError(f"{form.issuer} is not among the issuers")
            if form is not None and self.claims.number is None:
                raise ValueError("an answer or a row has to name its certificate: claims.number is missing")
        if self.token is not None and self.token.status_list and self.claims.status is not None:
            raise ValueError("the state stands either in the token or in a status list, not in both")
        lowering = (self.claims.scope_tags, self.claims.excluded_controls)
        if self.token is not None and self.token.selective and any(one and one.optional for one in lowering):
            # Its holder chooses what to show, and would not show what lowers the answer.
            raise ValueError("exclusions and scope tags cannot be optional where the holder chooses what to show")
        return self


@dataclass(frozen=True)
class BoundIssuer:
    """An issuer with the keys that may sign its certificates and those that may sign its status lists, by kid."""

    id: str
    iss: str
    keys: dict[str, BoundKey]
    status_keys: dict[str, BoundKey]


@dataclass(frozen=True)
class Profile:
    """A checked profile. ``digest`` pins the file byte for byte."""

    head: ProfileHead
    issuers: dict[str, BoundIssuer]
    digest: str

    @property
    def scheme(self) -> str:
        """Return the id of the scheme."""
        return self.head.scheme

    def issuer(self, name: str) -> BoundIssuer:
        """Return the issuer of that label, which a checked profile names."""
        return next(issuer for issuer in self.issuers.values() if issuer.id == name)


def parse_profile(data: bytes) -> Profile:
    """Return the profile. Raises MalformedError naming the member at fault, KeyRefusedError for a bad key."""
    head = read_toml(data, ProfileHead, file=FILE)
    issuers = {issuer.iss: _bound(issuer) for issuer in head.issuers}
    if head.token is not None and not all(issuer.keys for issuer in issuers.values()):
        raise MalformedError(f"{FILE}: an issuer of tokens has no key for certificates")
    return Profile(head, issuers, digest(data))


def _bound(issuer: Issuer) -> BoundIssuer:
    keys: dict[str, BoundKey] = {}
    for one in issuer.keys:
        if one.kid in keys:
            raise KeyRefusedError(f"{FILE}: {issuer.id} names the kid {one.kid!r} twice")
        keys[one.kid] = bind_key(one.jwk, algorithm=one.alg, kid=one.kid, begins=one.begins, ends=one.ends)
    uses = {one.kid: one.use for one in issuer.keys}
    return BoundIssuer(
        issuer.id,
        issuer.iss,
        {kid: key for kid, key in keys.items() if uses[kid] != "status"},
        {kid: key for kid, key in keys.items() if uses[kid] != "certificates"},
    )
