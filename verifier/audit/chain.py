"""The chain of trust roots as a plane publishes it, followed from the one that the caller pinned.

``follow`` (verifier/trust/root.py) asks for a threshold of good signatures. Here every published signature has to
hold, so that a flipped bit does not hide behind the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import mldsa

from verifier.audit.kinds import Code
from verifier.audit.plane import optional, trust_root_path
from verifier.encoding import unb64u
from verifier.errors import EvidenceError, MarkError, TrustRootError
from verifier.keys import import_jwk
from verifier.trust.root import TrustRoot, follow, parse_root, pin

if TYPE_CHECKING:
    from verifier.audit.finding import Findings
    from verifier.gather import Fetcher
    from verifier.keys import VerifyingKey
    from verifier.trust.content import Custodian

MOST_VERSIONS = 1000

# The text that custodians sign the content under: docs/specification/trust-root.md.
_CONTEXT = b"shirushi-trust-root-v1\n"


@dataclass(frozen=True)
class TrustChain:
    """The versions of the trust root that follow from the pinned one, and those before it as they are published."""

    pinned: TrustRoot
    newest: TrustRoot
    versions: dict[int, TrustRoot]

    def signing_key(self, kid: str, role: str) -> VerifyingKey | None:
        """Return the authority's key of that role, whatever its window; None for a key that is not listed so."""
        listed = self.newest.keys.get(kid)
        return listed[1] if listed is not None and listed[0].role == role else None


def pin_published(fetcher: Fetcher) -> TrustRoot:
    """Return the first trust root that a plane itself publishes: it vouches for itself.

    Raises NotFoundError where there is none, TrustRootError or MalformedError when it does not hold.
    """
    return pin(fetcher.fetch(trust_root_path(1)))


def read_chain(fetcher: Fetcher, pinned: TrustRoot, findings: Findings) -> TrustChain:
    """Return the published chain; what is wrong with a file of it is a finding. Raises UnavailableError."""
    newest, versions = pinned, {pinned.content.version: pinned}
    for version in range(1, MOST_VERSIONS):
        path = trust_root_path(version)
        data = optional(fetcher, path)
        if data is None:
            if version <= pinned.content.version:
                findings.add(Code.MISSING_FILE, "a version of the trust root is not published", path=path)
                continue
            break
        try:
            root = parse_root(data)
            if root.serialize() != data:
                findings.add(Code.NOT_ITS_FORM, path=path)
            _check_version(root, version, pinned)
            if version == newest.content.version + 1:
                newest = follow(newest, [data])
            _check_signatures(root, versions.get(version - 1))
            versions[version] = root
        except MarkError as error:
            findings.add(Code.TRUST_ROOT_WRONG, error.message, path=path)
    return TrustChain(pinned, newest, versions)


def _check_version(root: TrustRoot, version: int, pinned: TrustRoot) -> None:
    if root.content.version != version:
        raise TrustRootError(f"the file says that it is version {root.content.version}")
    if root.host != pinned.host:
        raise TrustRootError(f"the trust root is of another host: {root.host}")
    if version == pinned.content.version and root.sha256 != pinned.sha256:
        raise TrustRootError("the published version is not the pinned one")


def _check_signatures(root: TrustRoot, earlier: TrustRoot | None) -> None:
    custodians = [*root.content.custodians, *(earlier.content.custodians if earlier else ())]
    for signature in root.signatures:
        named = [one for one in custodians if one.holder == signature.holder]
        if not any(_signed(root.signed, signature.es256, signature.ml_dsa_65, one) for one in named):
            raise TrustRootError(f"the signature of {signature.holder} does not verify")


def _signed(signed: bytes, es256: str, ml_dsa_65: str, custodian: Custodian) -> bool:
    message = _CONTEXT + signed
    try:
        import_jwk(custodian.es256).verify(unb64u(es256), message)
        lattice = mldsa.MLDSA65PublicKey.from_public_bytes(unb64u(custodian.ml_dsa_65))
        lattice.verify(unb64u(ml_dsa_65), message)
    except (EvidenceError, InvalidSignature, ValueError):
        return False
    return True
