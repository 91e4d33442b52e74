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

Environment = Literal["production", "demonstration", "sandbox"]


@dataclass(frozen=True)
class WitnessPlace:
    """A witness as it enters the trust root: its name in the policy, its key, who runs it and where."""

    name: str
    vkey: str
    operator: str
    country: str


@dataclass(frozen=True)
class Arrangement:
    """What an authority decides before its first trust root: names, and who watches the log."""

    host: str
    zone: str
    environment: Environment
    witnesses: Sequence[WitnessPlace]
    quorum: int


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

    def listed(self) -> dict[str, Any]:
        """Return the public part, as it stands in a trust root."""
        public = self.ml_dsa_65.public_key().public_bytes_raw()
        return {"holder": self.holder, "es256": self.es256.jwk, "ml_dsa_65": b64u(public)}


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
    environment: Environment,
    witnesses: Sequence[WitnessPlace],
    quorum: int,
    now: int,
    entropy: Entropy,
) -> Ceremony:
    """Make the keys and the first trust root. Raises StatementError or TrustRootError for a wrong arrangement."""
    custodians = tuple(make_custodian(f"custodian-{number}", entropy) for number in range(1, CUSTODIANS + 1))
    keys = make_keys(entropy)
    arrangement = Arrangement(host, zone, environment, witnesses, quorum)
    listed = [one.listed() for one in custodians]
    content = compose_root(arrangement, keys, listed, threshold=THRESHOLD, now=now)
    signing = [CustodianKeys(one.holder, one.es256, one.ml_dsa_65) for one in custodians]
    return Ceremony(sign_root(content, signing), keys, custodians)


def make_keys(entropy: Entropy) -> AuthorityKeys:
    """Make the keys that an authority works with."""
    return AuthorityKeys(
        operators=(SoftwareSigner.generate(entropy), SoftwareSigner.generate(entropy)),
        directory=SoftwareSigner.generate(entropy),
        status=SoftwareSigner.generate(entropy),
        receipt=SoftwareSigner.generate(entropy),
        log=Ed25519PrivateKey.from_private_bytes(entropy(32)),
    )


def make_custodian(holder: str, entropy: Entropy) -> MadeCustodian:
    """Make the two keys of a custodian."""
    lattice = MLDSA65PrivateKey.from_seed_bytes(entropy(32))
    return MadeCustodian(holder, SoftwareSigner.generate(entropy), lattice)


def compose_root(
    arrangement: Arrangement,
    keys: AuthorityKeys,
    custodians: Sequence[dict[str, Any]],
    *,
    threshold: int,
    now: int,
) -> dict[str, Any]:
    """Return the content of the first trust root, which ``threshold`` of the custodians are to sign."""
    host, witnesses = arrangement.host, arrangement.witnesses
    return {
        "v": 1,
        "version": 1,
        "environment": arrangement.environment,
        "host": host,
        "zone": arrangement.zone,
        "issued": now,
        "expires": term_end(now, ROOT_MONTHS, arrangement.zone),
        "threshold": threshold,
        "custodians": list(custodians),
        "log": log_origin(host),
        "log_keys": [{"vkey": log_vkey(host, keys.log), "from": 0}],
        "witnesses": [
            {"vkey": one.vkey, "operator": one.operator, "country": one.country, "from": 0} for one in witnesses
        ],
        "policy": witness_policy([log_vkey(host, keys.log)], witnesses, arrangement.quorum),
        "keys": _root_keys(keys),
    }


def log_vkey(host: str, key: Ed25519PrivateKey) -> str:
    """Return the verifier key of the log's key."""
    return str(NoteSigner(log_origin(host), key).key)


def witness_policy(logs: Sequence[str], witnesses: Sequence[WitnessPlace], quorum: int) -> str:
    """Return the C2SP tlog-policy: one group for each operator, so that nobody counts twice."""
    lines = [f"log {log}" for log in logs]
    lines += [f"witness {one.name} {one.vkey}" for one in witnesses]
    operators = sorted({one.operator for one in witnesses})
    for number, operator in enumerate(operators, start=1):
        members = " ".join(one.name for one in witnesses if one.operator == operator)
        lines.append(f"group operator-{number} any {members}")
    groups = " ".join(f"operator-{number}" for number in range(1, len(operators) + 1))
    lines += [f"group witnesses {quorum} {groups}", "quorum witnesses"]
    return "\n".join(lines) + "\n"


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
