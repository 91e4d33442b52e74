"""The credential: the mark once more as an SD-JWT VC (draft-ietf-oauth-sd-jwt-vc, RFC 9901), for the holder's wallet.

It is signed in the same act by the same key and says nothing that the mark does not say, but for a sole proprietor's
name, which the mark holds as a commitment only. Who the holder is and what the scope is stand as disclosures, so that
the holder decides what to show to whom. It is the holder's to keep: nobody publishes it, and a verdict never rests on
it. Decoys bring the digests to one number, so that nobody counts what is not shown. Presentations, with or without key
binding, are made by wallets; ``recognition`` reads those of others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from verifier.encoding import b64u, canonical, digest, read_json, unb64u
from verifier.envelope import Token, parse_token, sign_token, verify_token
from verifier.errors import EnvelopeError, MalformedError, StatementError
from verifier.identifier import SOLE_PROPRIETOR
from verifier.injected import Entropy
from verifier.keys import VerifyingKey, import_jwk
from verifier.mark import Mark, Status
from verifier.names import authority_uri
from verifier.schema import Closed, Digest, Instant, Label, Level, Many, Uri, read_model
from verifier.signer import Signer
from verifier.statement.public import MarkId

TYP = "dc+sd-jwt"
DISCLOSABLE = (
    "name",
    "name_latin",
    "identifiers",
    "domains",
    "number",
    "scope_kind",
    "scope_summary",
    "covered",
    "ot",
)
"""What the holder may show or keep to itself, each on its own."""
DIGESTS = 12
MAX_BYTES = 32_768

_SALT_BYTES = 16


class _Confirmation(Closed):
    jwk: dict[str, str]


class _Claims(Closed):
    iss: Uri
    sub: Uri
    iat: Instant
    nbf: Instant
    exp: Instant
    vct: Uri
    mark: MarkId
    scheme: Label
    tier: Level
    criteria: Label
    basis: Literal["evaluation", "self_declared"]
    status: Status
    cnf: _Confirmation | None = None
    sd_alg: Literal["sha-256"] = Field(alias="_sd_alg")
    sd: Annotated[Many[Digest], Field(alias="_sd", min_length=DIGESTS, max_length=DIGESTS)]


@dataclass(frozen=True)
class Credential:
    """A credential as it was issued: its token, the text of each disclosure by name, and what each discloses."""

    token: Token
    claims: _Claims
    texts: dict[str, str]
    shown: dict[str, Any]

    def serialize(self, *names: str) -> str:
        """Return the SD-JWT with the disclosures of these names only. Raises KeyError for one that there is not."""
        return "~".join([self.token.compact, *(self.texts[name] for name in names), ""])


def credential_type(host: str, scheme: str, level: int) -> str:
    """Return the ``vct`` of a tier: the address of its type metadata."""
    return f"{authority_uri(host)}/vct/{scheme}/{level}"


def sign_credential(
    mark: Mark, *, entropy: Entropy, signer: Signer, name: str | None = None, holder_key: VerifyingKey | None = None
) -> str:
    """Return the credential of a mark with all disclosures.

    ``name`` is a sole proprietor's own, which the mark does not show. ``holder_key`` binds the credential to the key of
    a wallet.
    """
    texts = [_disclosure(entropy, one, value) for one, value in _facts(mark, name).items()]
    digests = [digest(text.encode("ascii")) for text in texts]
    # A decoy is the digest of something that nobody has: a look tells it from no other (RFC 9901, section 4.2.7).
    digests += [digest(entropy(32)) for _ in range(DIGESTS - len(digests))]
    payload = {
        **_told(mark),
        **({"cnf": {"jwk": dict(holder_key.jwk)}} if holder_key is not None else {}),
        "_sd_alg": "sha-256",
        "_sd": sorted(digests),
    }
    token = sign_token(payload, typ=TYP, signer=signer)
    return "~".join([token, *texts, ""])


def parse_credential(compact: str) -> Credential:
    """Return a credential of the right shape, without key binding; the signature is not checked here.

    Raises EnvelopeError, MalformedError, NewerVersionError or StatementError.
    """
    if len(compact) > MAX_BYTES:
        raise EnvelopeError(f"the credential is longer than {MAX_BYTES} bytes")
    first, *texts, last = compact.split("~") if "~" in compact else (compact, "missing")
    if last:
        raise EnvelopeError("a credential ends with ~, and is kept without key binding")
    token = parse_token(first, TYP)
    claims = read_model(_Claims, token.payload, what="credential")
    if claims.cnf is not None:
        import_jwk(claims.cnf.jwk)
    named: dict[str, str] = {}
    shown: dict[str, Any] = {}
    for text in texts:
        name, value = _opened(text)
        if digest(text.encode("ascii")) not in claims.sd or name in named:
            raise MalformedError("a disclosure is asked for by no digest, or stands there twice")
        named[name], shown[name] = text, value
    return Credential(token, claims, named, shown)


def check_credential(credential: Credential, mark: Mark, key: VerifyingKey, *, name: str | None = None) -> None:
    """Check that this key signed it, and that with all disclosures it says what the mark says and nothing else.

    Raises SignatureError or StatementError.
    """
    verify_token(credential.token, key)
    told = {one: value for one, value in credential.token.payload.items() if one not in ("cnf", "_sd", "_sd_alg")}
    if told != _told(mark) or credential.shown != _facts(mark, name):
        raise StatementError("the credential says something else than the mark")


def _told(mark: Mark) -> dict[str, Any]:
    content = mark.content
    return {
        "iss": mark.iss,
        "sub": mark.sub,
        "iat": mark.iat,
        "nbf": mark.nbf,
        "exp": mark.exp,
        "vct": credential_type(mark.host, content.scheme, content.tier),
        "mark": mark.id,
        "scheme": content.scheme,
        "tier": content.tier,
        "criteria": content.criteria,
        "basis": content.basis,
        "status": mark.token.payload["status"],
    }


def _facts(mark: Mark, name: str | None) -> dict[str, Any]:
    """Return what is disclosed, by name; what the mark leaves out has no disclosure."""
    content = mark.content
    is_person = content.org.identifiers[0].startswith(f"{SOLE_PROPRIETOR}-")
    if is_person != (name is not None):
        raise StatementError("a sole proprietor's own name is given, and nobody else's")
    said = {**content.org.members(), **content.scope.members(), "number": content.number}
    if is_person:
        # "Sole proprietor" stands in the mark in the place of the name; here the name itself does.
        said = {**said, "name": name, "name_latin": None}
    return {one: said[one] for one in DISCLOSABLE if said.get(one) is not None}


def _disclosure(entropy: Entropy, name: str, value: Any) -> str:
    return b64u(canonical([b64u(entropy(_SALT_BYTES)), name, value]))


def _opened(text: str) -> tuple[str, Any]:
    value = read_json(unb64u(text))
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[0], str):
        raise MalformedError("a disclosure is a list of salt, name and value")
    if value[1] not in DISCLOSABLE:
        raise MalformedError("a disclosure names what a credential does not hold")
    return value[1], value[2]
