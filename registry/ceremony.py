"""The key ceremony: makes every key of an authority and the first trust root, signed by its custodians.

The demonstration holds it on one machine. A production ceremony makes the custodians' keys on machines that never
touch a network; ``compose_root`` and ``sign_root`` are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

from verifier.dates import term_end
from verifier.encoding import b64u
from verifier.injected import Entropy
from verifier.log.note import NoteSigner
from verifier.names import log_origin
from verifier.signer import SoftwareSigner
from verifier.trust.root import CustodianKeys, TrustRoot, sign_root

ROOT_MONTHS = 12
CUSTODIANS = 3
THRESHOLD = 2


@dataclass(frozen=True)
class WitnessPlace:
    """A witness as it enters the trust root: its name in the policy, its key, who runs it and where."""

    name: str
    vkey: str
    operator: str
    country: str


@dataclass(frozen=True)
class AuthorityKeys:
    """The private keys that a ceremony makes, each for one process or one person."""

    operators: tuple[SoftwareSigner, SoftwareSigner]
    directory: SoftwareSigner
    status: SoftwareSigner
    receipt: SoftwareSigner
    log: Ed25519PrivateKey


@dataclass(frozen=True)
class MadeCustodian:
    """A custodian whose keys were made here: the pseudonym and the two private keys."""

    holder: str
    es256: SoftwareSigner
    ml_dsa_65: MLDSA65PrivateKey


@dataclass(frozen=True)
class Ceremony:
    """What a ceremony leaves behind."""

    root: TrustRoot
    keys: AuthorityKeys
    custodians: tuple[MadeCustodian, ...]


def hold_ceremony(
    *,
    host: str,
    zone: str,
    environment: Literal["production", "demonstration", "sandbox"],
    witnesses: Sequence[WitnessPlace],
    quorum: int,
    now: int,
    entropy: Entropy,
) -> Ceremony:
    """Make the keys and the first trust root. Raises StatementError or TrustRootError for a wrong arrangement."""
    custodians = tuple(_custodian(number, entropy) for number in range(1, CUSTODIANS + 1))
    keys = AuthorityKeys(
        operators=(SoftwareSigner.generate(entropy), SoftwareSigner.generate(entropy)),
        directory=SoftwareSigner.generate(entropy),
        status=SoftwareSigner.generate(entropy),
        receipt=SoftwareSigner.generate(entropy),
        log=Ed25519PrivateKey.from_private_bytes(entropy(32)),
    )
    content: dict[str, Any] = {
        "v": 1,
        "version": 1,
        "environment": environment,
        "host": host,
        "zone": zone,
        "issued": now,
        "expires": term_end(now, ROOT_MONTHS, zone),
        "threshold": THRESHOLD,
        "custodians": [_listed(one) for one in custodians],
        "log": log_origin(host),
        "log_keys": [{"vkey": log_vkey(host, keys.log), "from": 0}],
        "witnesses": [
            {"vkey": one.vkey, "operator": one.operator, "country": one.country, "from": 0} for one in witnesses
        ],
        "policy": witness_policy(log_vkey(host, keys.log), witnesses, quorum),
        "keys": _root_keys(keys),
    }
    signing = [CustodianKeys(one.holder, one.es256, one.ml_dsa_65) for one in custodians]
    return Ceremony(sign_root(content, signing), keys, custodians)


def log_vkey(host: str, key: Ed25519PrivateKey) -> str:
    """Return the verifier key of the log's key."""
    return str(NoteSigner(log_origin(host), key).key)


def witness_policy(log: str, witnesses: Sequence[WitnessPlace], quorum: int) -> str:
    """Return the C2SP tlog-policy: one group for each operator, so that nobody counts twice."""
    lines = [f"log {log}"]
    lines += [f"witness {one.name} {one.vkey}" for one in witnesses]
    operators = sorted({one.operator for one in witnesses})
    for number, operator in enumerate(operators, start=1):
        members = " ".join(one.name for one in witnesses if one.operator == operator)
        lines.append(f"group operator-{number} any {members}")
    groups = " ".join(f"operator-{number}" for number in range(1, len(operators) + 1))
    lines += [f"group witnesses {quorum} {groups}", "quorum witnesses"]
    return "\n".join(lines) + "\n"


def _custodian(number: int, entropy: Entropy) -> MadeCustodian:
    lattice = MLDSA65PrivateKey.from_seed_bytes(entropy(32))
    return MadeCustodian(f"custodian-{number}", SoftwareSigner.generate(entropy), lattice)


def _listed(custodian: MadeCustodian) -> dict[str, Any]:
    public = custodian.ml_dsa_65.public_key().public_bytes_raw()
    return {"holder": custodian.holder, "es256": custodian.es256.jwk, "ml_dsa_65": b64u(public)}


def _root_keys(keys: AuthorityKeys) -> list[dict[str, Any]]:
    listed = [
        ("operator-1", "operator", keys.operators[0]),
        ("operator-2", "operator", keys.operators[1]),
        ("directory", "directory", keys.directory),
        ("status", "status", keys.status),
        ("receipt", "receipt", keys.receipt),
    ]
    return [
        {"jwk": signer.jwk, "kid": signer.kid, "role": role, "holder": holder, "from": 0}
        for holder, role, signer in listed
    ]
