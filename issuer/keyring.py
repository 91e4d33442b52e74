"""Where the keys of a desk are: an encrypted file in its folder, or a token behind PKCS#11. Both sign alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from verifier.edge.keystore import load_signer, save_signer
from verifier.edge.pkcs11_signer import TokenKey, make_token_key, open_token_key
from verifier.errors import KeyRefusedError, NotFoundError
from verifier.injected import Entropy
from verifier.schema import Closed, Count, Digest, Label
from verifier.signer import Signer, SoftwareSigner
from verifier.statement.public import KeyRole


class Place(Closed):
    """Whose key a role has, its number within the body, and where it is: in ``file``, or in a token."""

    holder: Label
    no: Count
    kid: Digest | None = None
    file: Label | None = None
    pkcs11: TokenKey | None = None

    def path(self, folder: Path, role: KeyRole) -> Path:
        """Return the key file; the first key of a role is named by the role."""
        return folder / "keys" / f"{self.file or role}.pem"


@contextmanager
def all_or_no_keys(folder: Path) -> Iterator[None]:
    """Take back the key files that were made if what follows fails: nobody knows of them, and they block the next try.

    A key inside a token stays.
    """
    keys = folder / "keys"
    before = set(keys.iterdir())
    try:
        yield
    except BaseException:
        for made in set(keys.iterdir()) - before:
            made.unlink()
        raise


def make_key(folder: Path, role: KeyRole, place: Place, secret: bytes, *, entropy: Entropy) -> Place:
    """Make the key, and return its place with its kid. ``secret`` is the file's passphrase or the token's PIN.

    A key pair that is in the token already is taken. Raises WrongUseError for a file that exists or a short
    passphrase, and as ``open_token_key`` does.
    """
    if place.pkcs11 is None:
        save_signer(place.path(folder, role), SoftwareSigner.generate(entropy), secret)
    else:
        try:
            with open_token_key(place.pkcs11, secret):
                pass
        except NotFoundError:
            make_token_key(place.pkcs11, secret)
    with open_key(folder, role, place, secret) as signer:
        return place.model_copy(update={"kid": signer.kid})


@contextmanager
def open_key(folder: Path, role: KeyRole, place: Place, secret: bytes) -> Iterator[Signer]:
    """Give the signer of a role until the context ends. Raises KeyRefusedError, NotFoundError or UnavailableError."""
    if place.pkcs11 is None:
        yield _checked(load_signer(place.path(folder, role), secret), place)
        return
    with open_token_key(place.pkcs11, secret) as signer:
        yield _checked(signer, place)


def _checked(signer: Signer, place: Place) -> Signer:
    if place.kid is not None and signer.kid != place.kid:
        raise KeyRefusedError("there is another key in the place of this one", hint="Look at desk.toml.")
    return signer
