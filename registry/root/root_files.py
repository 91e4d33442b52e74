"""The files of a trust-root ceremony: custodians, witnesses, drafts, and the authority's next keys.

A draft is a trust root with too few signatures: the same format, so whoever signs reads what verifiers will read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.data_folder import DIRECTORY, LOG, OPERATORS, RECEIPT, STATUS, DataFolder
from registry.root.ceremony import MadeCustodian, WitnessPlace, log_vkey
from registry.root.root_plan import NewKey
from verifier.edge.keystore import (
    load_lattice_key,
    load_note_key,
    load_signer,
    save_lattice_key,
    save_note_key,
    save_signer,
)
from verifier.encoding import read_object
from verifier.errors import NotFoundError, WrongUseError
from verifier.schema import Closed, Label, read_model
from verifier.signer import SoftwareSigner
from verifier.trust.content import Custodian
from verifier.trust.root import CustodianKeys, TrustRoot, parse_root

if TYPE_CHECKING:
    from verifier.injected import Entropy

ROLES = dict.fromkeys(OPERATORS, "operator") | {one: one for one in (DIRECTORY, STATUS, RECEIPT)}
"""The authority's key files and the role of each; the log's key is of another kind."""


class _WitnessFile(Closed):
    name: Label
    vkey: str
    operator: str
    country: str


def read_draft(path: Path) -> TrustRoot:
    """Return a trust root out of a file, whoever signed it. Raises NotFoundError, MalformedError or TrustRootError."""
    return parse_root(_read(path))


def write_draft(path: Path, root: TrustRoot) -> None:
    """Write a trust root whole, in the place of an earlier state of it."""
    whole = path.with_name(f"{path.name}.new")
    whole.write_bytes(root.serialize())
    whole.replace(path)


def read_custodian(path: Path) -> dict[str, Any]:
    """Return a custodian's public part. Raises NotFoundError, MalformedError or StatementError."""
    return read_model(Custodian, read_object(_read(path)), what="custodian").members()


def read_witness(path: Path) -> WitnessPlace:
    """Return a witness as its operator describes it. Raises NotFoundError, MalformedError or StatementError."""
    return WitnessPlace(**read_model(_WitnessFile, read_object(_read(path)), what="witness").members())


def keep_custodian(folder: Path, made: MadeCustodian, *, passphrase: bytes) -> Path:
    """Write a custodian's two private keys, encrypted, and return the file with the public part."""
    save_signer(folder / f"{made.holder}.pem", made.es256, passphrase)
    save_lattice_key(folder / f"{made.holder}-ml-dsa-65.pem", made.ml_dsa_65, passphrase)
    public = folder / f"{made.holder}.json"
    public.write_text(json.dumps(made.listed(), indent=2) + "\n", encoding="ascii")
    return public


def open_custodian(folder: Path, holder: str, *, passphrase: bytes) -> CustodianKeys:
    """Return a custodian's keys. Raises NotFoundError or KeyRefusedError."""
    es256 = load_signer(folder / f"{holder}.pem", passphrase)
    return CustodianKeys(holder, es256, load_lattice_key(folder / f"{holder}-ml-dsa-65.pem", passphrase))


def next_key(data: DataFolder, name: str, *, passphrase: bytes, entropy: Entropy) -> NewKey:
    """Return the authority's next key of that name; it is made unless an earlier run made it.

    Raises WrongUseError for a name that no key of the authority has.
    """
    if name not in ROLES:
        raise WrongUseError(f"there is no key {name}", hint=f"One of {', '.join(ROLES)}.")
    path = _next(data, name)
    if not path.exists():
        save_signer(path, SoftwareSigner.generate(entropy), passphrase)
    signer = load_signer(path, passphrase)
    return NewKey(signer.jwk, signer.kid, ROLES[name], name)


def next_log_key(data: DataFolder, host: str, *, passphrase: bytes, entropy: Entropy) -> str:
    """Return the verifier key of the log's next key; it is made unless an earlier run made it."""
    path = _next(data, LOG)
    if not path.exists():
        save_note_key(path, Ed25519PrivateKey.from_private_bytes(entropy(32)), passphrase)
    return log_vkey(host, load_note_key(path, passphrase))


def switch_keys(data: DataFolder, *, passphrase: bytes) -> list[str]:
    """Put every next key that the newest trust root lists into its place; return their names.

    The old one is kept beside it, by the version of the root. Raises WrongUseError while the registry runs.
    """
    if data.run_file.exists():
        raise WrongUseError("the registry runs over this folder", hint="Stop it first, then start it again.")
    content = data.trust_root().content
    listed = {key.kid for key in content.keys} | {key.vkey for key in content.log_keys}
    done = []
    for name in (*ROLES, LOG):
        path = _next(data, name)
        if path.exists() and _public(data, name, passphrase) in listed:
            data.key(name).replace(data.key(f"{name}.before-{content.version}"))
            path.replace(data.key(name))
            done.append(name)
    return done


def _public(data: DataFolder, name: str, passphrase: bytes) -> str:
    path = _next(data, name)
    if name == LOG:
        return log_vkey(data.trust_root().host, load_note_key(path, passphrase))
    return load_signer(path, passphrase).kid


def _next(data: DataFolder, name: str) -> Path:
    return data.key(f"{name}.next")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFoundError(f"{path} cannot be read: {error.strerror}") from error
