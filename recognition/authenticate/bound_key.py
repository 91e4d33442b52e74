"""Keys of foreign issuers, each bound to one algorithm (RFC 7517, RFC 7518, RFC 8037; RFC 8725 section 3.1).

Wider than the gate of our own keys (``verifier.keys``), because others have chosen already: P-384 and RSA too, high s,
kids of any form. What stays: the algorithm is the key's and never the token's, no symmetric or private member, RSA of
2048 to 4096 bits with a sound exponent and without the fingerprint of ROCA (CVE-2017-15361).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from verifier.encoding import unb64u
from verifier.errors import KeyRefusedError, MalformedError, SignatureError

Algorithm = Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]
ALGORITHMS: tuple[Algorithm, ...] = get_args(Algorithm)
Public = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey

SMALLEST_RSA, LARGEST_RSA = 2048, 4096
_FAMILY = {"ES256": ("EC", "P-256"), "ES384": ("EC", "P-384"), "EdDSA": ("OKP", "Ed25519")}
_CURVES: dict[str, tuple[ec.EllipticCurve, int, hashes.HashAlgorithm]] = {
    "ES256": (ec.SECP256R1(), 32, hashes.SHA256()),
    "ES384": (ec.SECP384R1(), 48, hashes.SHA384()),
}
_HEADER_NAMES = {"EdDSA": frozenset({"EdDSA", "Ed25519"})}
_SECRET = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_ROCA_PRIMES = (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157)


@dataclass(frozen=True)
class BoundKey:
    """A public key with its one algorithm, which counts for what was issued in [begins, ends)."""

    kid: str
    algorithm: Algorithm
    public: Public
    begins: int = 0
    ends: int | None = None

    def goes_with(self, name: object) -> bool:
        """Tell whether a header's ``alg`` names this key's algorithm."""
        return isinstance(name, str) and name in _HEADER_NAMES.get(self.algorithm, {self.algorithm})

    def counted_at(self, instant: int) -> bool:
        """Tell whether what was issued at that instant may bear this key's signature."""
        return self.begins <= instant and (self.ends is None or instant < self.ends)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Check a signature in the form that JWS gives it. Raises SignatureError."""
        try:
            match self.public:
                case ec.EllipticCurvePublicKey():
                    _, size, digest = _CURVES[self.algorithm]
                    self.public.verify(_der(signature, size), message, ec.ECDSA(digest))
                case ed25519.Ed25519PublicKey():
                    self.public.verify(signature, message)
                case rsa.RSAPublicKey():
                    if len(signature) != (self.public.key_size + 7) // 8:
                        raise SignatureError("the signature is not as long as the key's modulus")
                    self.public.verify(signature, message, _padding(self.algorithm), hashes.SHA256())
        except InvalidSignature as error:
            raise SignatureError("the signature does not fit the key and the text") from error


def bind_key(
    jwk: object, *, algorithm: str | None = None, kid: str = "", begins: int = 0, ends: int | None = None
) -> BoundKey:
    """Return the key bound to its algorithm, which curve keys name themselves and RSA keys have to be told.

    Raises KeyRefusedError.
    """
    if not isinstance(jwk, dict) or not all(isinstance(name, str) for name in jwk):
        raise KeyRefusedError("a key is a JSON object")
    if _SECRET & jwk.keys():
        raise KeyRefusedError("the key carries private or symmetric members", hint="Publish the public part only.")
    bound = _algorithm(jwk, algorithm)
    if jwk.get("use", "sig") != "sig":
        raise KeyRefusedError("the key is not marked for signatures")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise KeyRefusedError("key_ops does not include verify")
    if jwk.get("kid", kid) != kid and kid:
        raise KeyRefusedError("the key's own kid is another than the one it is listed under")
    return BoundKey(kid or str(jwk.get("kid", "")), bound, _public(jwk, bound), begins, ends)


def _algorithm(jwk: dict[str, Any], told: str | None) -> Algorithm:
    family = (str(jwk.get("kty")), str(jwk.get("crv")))
    own = next((name for name, known in _FAMILY.items() if known == family), None)
    named = str(jwk["alg"]) if "alg" in jwk else None
    for bound in ALGORITHMS:
        says = {name for name in (told, named) if name is not None}
        fits = own == bound if bound in _FAMILY else family[0] == "RSA"
        accepted = _HEADER_NAMES.get(bound, frozenset({bound}))
        if fits and says <= accepted and (says or own):
            return bound
    raise KeyRefusedError(
        "no algorithm can be bound to this key",
        hint=f"Accepted: {', '.join(ALGORITHMS)}; an RSA key has to name RS256 or PS256.",
    )


def _public(jwk: dict[str, Any], algorithm: Algorithm) -> Public:
    try:
        if algorithm == "EdDSA":
            return ed25519.Ed25519PublicKey.from_public_bytes(_bytes(jwk, "x"))
        if algorithm in _CURVES:
            curve, size, _ = _CURVES[algorithm]
            x, y = _bytes(jwk, "x"), _bytes(jwk, "y")
            if len(x) != size or len(y) != size:
                raise KeyRefusedError(f"coordinates are {size} bytes each")
            return ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), curve).public_key()
        modulus, exponent = int.from_bytes(_bytes(jwk, "n")), int.from_bytes(_bytes(jwk, "e"))
        _check_rsa(modulus, exponent)
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except (ValueError, UnsupportedAlgorithm, MalformedError) as error:
        raise KeyRefusedError("the members of the key are no public key") from error


def _check_rsa(modulus: int, exponent: int) -> None:
    bits = modulus.bit_length()
    if not SMALLEST_RSA <= bits <= LARGEST_RSA:
        raise KeyRefusedError(f"RSA keys have {SMALLEST_RSA} to {LARGEST_RSA} bits, this one {bits}")
    if not 65_537 <= exponent < 2**32 or exponent % 2 == 0:
        raise KeyRefusedError("the RSA exponent is not an odd number from 65537 to 2^32")
    if all(_is_power_of_65537(modulus % prime, prime) for prime in _ROCA_PRIMES):
        raise KeyRefusedError("the RSA key has the fingerprint of a weak generator (ROCA)")


def _is_power_of_65537(residue: int, prime: int) -> bool:
    seen, power = set(), 1
    while power not in seen:
        seen.add(power)
        power = power * 65_537 % prime
    return residue in seen


def _bytes(jwk: dict[str, Any], name: str) -> bytes:
    value = jwk.get(name)
    if not isinstance(value, str) or not value:
        raise KeyRefusedError(f"the key has no {name}")
    return unb64u(value)


def _padding(algorithm: Algorithm) -> padding.AsymmetricPadding:
    if algorithm == "RS256":
        return padding.PKCS1v15()
    # RFC 7518 section 3.5: the salt is as long as the hash, and MGF1 uses the same hash.
    return padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256.digest_size)


def _der(signature: bytes, size: int) -> bytes:
    if len(signature) != 2 * size:
        raise SignatureError(f"the signature is not {2 * size} bytes long")
    # Foreign signers do not make s low: both forms verify, and a token is known by its signing input alone.
    return encode_dss_signature(int.from_bytes(signature[:size]), int.from_bytes(signature[size:]))
