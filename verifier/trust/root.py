"""Trust roots: {signed: base64url(JCS), signatures[]}, signed by k of n custodians, each with ES256 and ML-DSA-65.

Version n+1 needs the threshold of version n and its own. A verifier pins version 1, follows the chain as far as it
goes and refuses less than the highest version it has seen. Modelled on The Update Framework's root role.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import mldsa
from pydantic import Field

from verifier.dates import is_zone
from verifier.encoding import b64u, canonical, digest, read_object, unb64u
from verifier.envelope import DAY
from verifier.errors import EvidenceError, MarkError, SignatureError, TrustRootError
from verifier.keys import VerifyingKey, import_jwk
from verifier.log.policy_file import parse_policy
from verifier.log.tlog_policy import Policy
from verifier.log.vkey import VerifierKey, parse_vkey
from verifier.names import HOST, log_origin
from verifier.schema import Closed, Label, Many, read_model
from verifier.signer import Signer
from verifier.trust.content import Custodian, LogKey, RootContent, RootKey, Window, Witness

MAX_BYTES = 1_048_576
LONGEST_LIFE = 397 * DAY

_CONTEXT = b"shirushi-trust-root-v1\n"


class PostQuantumSigner(Protocol):
    """Something that can make ML-DSA-65 signatures (FIPS 204) with one key."""

    def sign(self, data: bytes) -> bytes:
        """Return the signature."""


class _Signature(Closed):
    holder: Label
    es256: Annotated[str, Field(max_length=100)]
    ml_dsa_65: Annotated[str, Field(max_length=5000)]


class _File(Closed):
    signed: Annotated[str, Field(max_length=MAX_BYTES)]
    signatures: Annotated[Many[_Signature], Field(max_length=32)]


@dataclass(frozen=True)
class TrustRoot:
    """One version of the trust root; made by ``pin`` or ``follow``, its content is agreed by the custodians."""

    content: RootContent
    signed: bytes
    signatures: tuple[_Signature, ...]

    @cached_property
    def sha256(self) -> str:
        """Digest of the signed bytes, as it stands in the log."""
        return digest(self.signed)

    @cached_property
    def keys(self) -> dict[str, tuple[RootKey, VerifyingKey]]:
        """The authority's keys by kid."""
        return {key.kid: (key, import_jwk({**key.jwk, "kid": key.kid})) for key in self.content.keys}

    @cached_property
    def policy(self) -> Policy:
        """The witness policy, of all times. Raises MalformedError or KeyRefusedError when it contradicts itself."""
        return parse_policy(self.content.policy.encode())

    @cached_property
    def windows(self) -> dict[VerifierKey, Window]:
        """For which tree sizes each witness and log key counts. Raises MalformedError or KeyRefusedError."""
        listed: list[Witness | LogKey] = [*self.content.witnesses, *self.content.log_keys]
        return {parse_vkey(one.vkey): one for one in listed}

    @property
    def host(self) -> str:
        """The authority's host."""
        return self.content.host

    @property
    def origin(self) -> str:
        """The origin of the authority's log."""
        return self.content.log

    def serialize(self) -> bytes:
        """Return the file's bytes."""
        signatures = [one.members() for one in self.signatures]
        return canonical({"signed": b64u(self.signed), "signatures": signatures}) + b"\n"


@dataclass(frozen=True)
class CustodianKeys:
    """A custodian at the ceremony: the pseudonym and the two keys."""

    holder: str
    es256: Signer
    ml_dsa_65: PostQuantumSigner


def sign_root(content: dict[str, Any], custodians: Iterable[CustodianKeys]) -> TrustRoot:
    """Return the content signed by these custodians. Raises StatementError for content outside its schema."""
    signed = canonical(read_model(RootContent, content, what="trust root").members())
    message = _CONTEXT + signed
    signatures = tuple(
        _Signature(
            holder=one.holder,
            es256=b64u(one.es256.sign(message)),
            ml_dsa_65=b64u(one.ml_dsa_65.sign(message)),
        )
        for one in custodians
    )
    return TrustRoot(_content(signed), signed, signatures)


def countersign(root: TrustRoot, custodian: CustodianKeys) -> TrustRoot:
    """Return the root with this custodian's signature beside the others; the same one again changes nothing."""
    message = _CONTEXT + root.signed
    own = _Signature(
        holder=custodian.holder,
        es256=b64u(custodian.es256.sign(message)),
        ml_dsa_65=b64u(custodian.ml_dsa_65.sign(message)),
    )
    others = tuple(one for one in root.signatures if (one.holder, one.es256) != (own.holder, own.es256))
    return TrustRoot(root.content, root.signed, (*others, own))


def agreed_by(root: TrustRoot, judges: RootContent) -> tuple[str, ...]:
    """Return those of the judges' custodians whose two signatures under the root verify, each key once."""
    listed = {one.holder: one for one in judges.custodians}
    found: dict[str, str] = {}
    for signature in root.signatures:
        custodian = listed.get(signature.holder)
        if custodian is not None and _agrees(root.signed, signature, custodian):
            found.setdefault(import_jwk(custodian.es256).kid, custodian.holder)
    return tuple(found.values())


def parse_root(data: bytes) -> TrustRoot:
    """Return the trust root of a file; nobody has vouched for it yet. Raises MalformedError or TrustRootError."""
    if len(data) > MAX_BYTES:
        raise TrustRootError("the trust root file is too large")
    file = read_model(_File, read_object(data), what="trust root file")
    signed = unb64u(file.signed)
    return TrustRoot(_content(signed), signed, file.signatures)


def pin(data: bytes) -> TrustRoot:
    """Return the root that the caller chose to trust, after checking that it fulfils its own threshold.

    Raises TrustRootError or MalformedError.
    """
    root = parse_root(data)
    _check_threshold(root, root.content)
    return root


def follow(pinned: TrustRoot, successors: Iterable[bytes]) -> TrustRoot:
    """Return the newest root reachable from the pinned one: each step agreed by the old and the new custodians.

    Versions at or below the pinned one are passed over. Raises TrustRootError when a step is missing or not agreed.
    """
    current = pinned
    for root in sorted(map(parse_root, successors), key=_version):
        if _version(root) > _version(current):
            _check_step(current, root)
            current = root
    return current


def follow_each(known: TrustRoot, candidates: Iterable[bytes]) -> TrustRoot:
    """Return the newest root that files from strangers lead to, as ``steps_from`` does."""
    return (known, *steps_from(known, candidates))[-1]


def steps_from(known: TrustRoot, candidates: Iterable[bytes]) -> tuple[TrustRoot, ...]:
    """Return every newer root that files from strangers lead to, in order, each step agreed as in ``follow``.

    A file that does not follow is passed over, wherever it stands: whoever adds one hides none of the others.
    """
    steps = [known]
    for root in sorted(_readable(candidates), key=_version):
        if _version(root) > _version(steps[-1]):
            with suppress(MarkError):
                _check_step(steps[-1], root)
                steps.append(root)
    return tuple(steps[1:])


def _content(signed: bytes) -> RootContent:
    value = read_object(signed)
    if canonical(value) != signed:
        raise TrustRootError("the trust root's signed part is not canonical JSON")
    content = read_model(RootContent, value, what="trust root")
    holders = [one.holder for one in content.custodians]
    kids = [one.kid for one in content.keys]
    if not HOST.fullmatch(content.host) or content.log != log_origin(content.host):
        raise TrustRootError("the trust root's host and log do not fit each other")
    keys = [(one.es256.get("x"), one.es256.get("y")) for one in content.custodians]
    lattices = [one.ml_dsa_65 for one in content.custodians]
    if any(len(set(each)) != len(each) for each in (holders, kids, keys, lattices)):
        raise TrustRootError("the trust root lists a custodian or a key twice")
    if not is_zone(content.zone):
        raise TrustRootError("the trust root's time zone is unknown")
    if not content.threshold <= len(holders):
        raise TrustRootError("the trust root's threshold cannot be met")
    _check_policy(content)
    if not content.issued < content.expires <= content.issued + LONGEST_LIFE:
        raise TrustRootError("a trust root lives 13 months at most")
    return content


def _check_policy(content: RootContent) -> None:
    """No operator of witnesses may count twice towards the quorum, whatever the policy's groups are called."""
    policy = parse_policy(content.policy.encode())
    operators = {one.vkey: one.operator for one in content.witnesses}
    if {str(one.key) for one in policy.witnesses} != operators.keys():
        raise TrustRootError("the trust root's witnesses are not those of its policy")
    voices = {one.name: {operators[str(one.key)]} for one in policy.witnesses}
    for group in policy.groups:
        voices[group.name] = set().union(*(voices[member] for member in group.members))
    quorum = next((group for group in policy.groups if group.name == policy.quorum), None)
    heard: set[str] = set()
    for member in quorum.members if quorum else ():
        if heard & voices[member]:
            raise TrustRootError("an operator of witnesses would count twice towards the quorum")
        heard |= voices[member]


def _version(root: TrustRoot) -> int:
    return root.content.version


def _readable(files: Iterable[bytes]) -> Iterator[TrustRoot]:
    for data in files:
        with suppress(MarkError):
            yield parse_root(data)


def _check_step(current: TrustRoot, root: TrustRoot) -> None:
    if _version(root) != _version(current) + 1 or root.host != current.host:
        raise TrustRootError("a version of the trust root is missing from the chain")
    _check_threshold(root, current.content)
    _check_threshold(root, root.content)


def _check_threshold(root: TrustRoot, judges: RootContent) -> None:
    count = len(agreed_by(root, judges))
    if count < judges.threshold:
        raise TrustRootError(
            f"trust root version {root.content.version} carries {count} of {judges.threshold} needed signatures"
        )


def _agrees(signed: bytes, signature: _Signature, custodian: Custodian) -> bool:
    message = _CONTEXT + signed
    try:
        import_jwk(custodian.es256).verify(unb64u(signature.es256), message)
        lattice = mldsa.MLDSA65PublicKey.from_public_bytes(unb64u(custodian.ml_dsa_65))
        lattice.verify(unb64u(signature.ml_dsa_65), message)
    except (EvidenceError, SignatureError, InvalidSignature, ValueError):
        return False
    return True
