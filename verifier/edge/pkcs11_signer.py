"""A key in a hardware security module, through PKCS#11 (v2.40): it signs there and never leaves.

Only ES256: CKM_ECDSA over the SHA-256 of the message, made low-s afterwards. Every signature is checked before it is
handed out. A module draws its nonces at random, so the same text signed twice gives other bytes. Needs the extra
``hsm`` (python-pkcs11); the module itself is the vendor's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from pydantic import Field

from verifier.encoding import b64u, sha256
from verifier.errors import KeyRefusedError, MarkError, NotFoundError, SignatureError, UnavailableError, WrongUseError
from verifier.keys import P256_ORDER, VerifyingKey, import_jwk
from verifier.schema import Closed

try:
    import pkcs11
    from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, exceptions
except ImportError:
    # The extra is not installed: what opens a session says so.
    pkcs11 = None  # type: ignore[assignment]

_P256 = bytes.fromhex("06082a8648ce3d030107")
"""The curve as CKA_EC_PARAMS holds it: the DER of its object identifier."""
_POINTS = (b"\x04\x41\x04", b"\x04")
"""What stands before x and y in CKA_EC_POINT: a DER octet string with an uncompressed point, or the bare point."""


class TokenKey(Closed):
    """Where a key is: the vendor's module, the label of the token, the label of the key in it."""

    module: Annotated[str, Field(min_length=1, max_length=400, pattern=r"^[^\x00-\x1f]+$")]
    token: Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[^\x00-\x1f/]+$")]
    label: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f/]+$")]


class Pkcs11Signer:
    """An ES256 key in a token, as long as its session is open. For one thread, as PKCS#11 sessions are."""

    def __init__(self, private: Any, public: VerifyingKey) -> None:
        self._private = private
        self._public = public
        self.jwk: dict[str, str] = dict(public.jwk)
        self.kid = public.kid

    def sign(self, message: bytes) -> bytes:
        """Return r || s, 64 bytes, low s. Raises UnavailableError when the token makes no good signature."""
        with _told():
            raw: bytes = self._private.sign(sha256(message), mechanism=Mechanism.ECDSA)
        if len(raw) != 64:
            raise UnavailableError("the token's signature is not 64 bytes long")
        s = int.from_bytes(raw[32:])
        signature = raw[:32] + min(s, P256_ORDER - s).to_bytes(32)
        try:
            self._public.verify(signature, message)
        except SignatureError as error:
            raise UnavailableError("the token made a signature that its own public key does not verify") from error
        return signature


@contextmanager
def open_token_key(place: TokenKey, pin: bytes) -> Iterator[Pkcs11Signer]:
    """Give the signer of a key that cannot leave its token, until the context ends.

    Raises NotFoundError where there is no such token or key, KeyRefusedError for a wrong PIN or a key that is not P-256
    or could be exported, UnavailableError when the module fails, WrongUseError without the extra ``hsm``.
    """
    with _session(place, pin, is_writing=False) as session:
        yield _signer(session, place)


def make_token_key(place: TokenKey, pin: bytes) -> None:
    """Make a P-256 key inside the token, which never gives it out.

    Raises WrongUseError where there is a key of that label, else as ``open_token_key`` does.
    """
    with _session(place, pin, is_writing=True) as session:
        if list(session.get_objects({Attribute.LABEL: place.label})):
            raise WrongUseError(f"the token {place.token} holds a key {place.label} already", hint="Choose a label.")
        domain = session.create_domain_parameters(KeyType.EC, {Attribute.EC_PARAMS: _P256}, local=True)
        closed = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.PRIVATE: True}
        domain.generate_keypair(label=place.label, store=True, private_template=closed)


def _signer(session: Any, place: TokenKey) -> Pkcs11Signer:
    named = {Attribute.LABEL: place.label, Attribute.KEY_TYPE: KeyType.EC}
    private = _only(session, {**named, Attribute.CLASS: ObjectClass.PRIVATE_KEY}, place)
    public = _only(session, {**named, Attribute.CLASS: ObjectClass.PUBLIC_KEY}, place)
    if private[Attribute.EXTRACTABLE] or not private[Attribute.SENSITIVE]:
        raise KeyRefusedError(f"the key {place.label} could be exported", hint="Make it inside the token.")
    if bytes(public[Attribute.EC_PARAMS]) != _P256:
        raise KeyRefusedError(f"the key {place.label} is not a P-256 key")
    return Pkcs11Signer(private, import_jwk(_jwk(bytes(public[Attribute.EC_POINT]))))


def _only(session: Any, template: dict[Any, Any], place: TokenKey) -> Any:
    found = list(session.get_objects(template))
    if not found:
        raise NotFoundError(f"the token {place.token} holds no key pair {place.label}")
    if len(found) > 1:
        raise KeyRefusedError(f"the token {place.token} holds several keys {place.label}")
    return found[0]


def _jwk(point: bytes) -> dict[str, str]:
    for before in _POINTS:
        if point.startswith(before) and len(point) == len(before) + 64:
            x, y = point[-64:-32], point[-32:]
            return {"kty": "EC", "crv": "P-256", "x": b64u(x), "y": b64u(y)}
    raise KeyRefusedError("the token tells the public key in a form that is not known here")


@contextmanager
def _session(place: TokenKey, pin: bytes, *, is_writing: bool) -> Iterator[Any]:
    if pkcs11 is None:
        raise WrongUseError("keys in a security module need python-pkcs11", hint="Install the extra `hsm`.")
    try:
        text = pin.decode()
    except UnicodeDecodeError as error:
        raise WrongUseError("the PIN is not text") from error
    with _told():
        library = pkcs11.lib(place.module)
        session = library.get_token(token_label=place.token).open(user_pin=text, rw=is_writing)
    try:
        with _told():
            yield session
    finally:
        session.close()


@contextmanager
def _told() -> Iterator[None]:
    """Say in our own errors what a module answers. Nothing that it was given is repeated."""
    try:
        yield
    except MarkError:
        raise
    except (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange) as error:
        raise KeyRefusedError("the token refuses the PIN", hint="A few wrong ones lock it.") from error
    except exceptions.PinLocked as error:
        raise KeyRefusedError("the token's PIN is locked", hint="The security officer unlocks it.") from error
    except (exceptions.NoSuchToken, exceptions.MultipleTokensReturned) as error:
        raise NotFoundError("the module knows no such token, or several", hint="Look at the token's label.") from error
    except (exceptions.PKCS11Error, RuntimeError, OSError) as error:
        raise UnavailableError(f"the security module fails: {type(error).__name__}") from error
