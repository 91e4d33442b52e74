"""Founding a registry in a data folder: ceremony, keys, entry 0. Four witnesses of its own make it a demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.admission.accept import Office
from registry.log.fence import open_ledger
from registry.publishing.files import PublicFolder
from registry.publishing.published import Published
from registry.root.ceremony import Ceremony, WitnessPlace, hold_ceremony
from registry.root.genesis import open_log
from registry.rows import queries
from registry.rows.database import Database
from verifier.errors import WrongUseError
from verifier.log.cosignature import Cosigner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.data_folder import DataFolder
    from verifier.injected import Clock, Entropy
    from verifier.signer import Signer
    from verifier.trust.root import TrustRoot

DEMONSTRATION = (
    ("w1", "Demonstration witness A", "JP"),
    ("w2", "Demonstration witness B", "GB"),
    ("w3", "Demonstration witness C", "DE"),
    ("w4", "Demonstration witness D", "SG"),
)
QUORUM_OF_FOUR = 3


def found_registry(
    data: DataFolder,
    *,
    host: str,
    zone: str,
    witnesses: Sequence[WitnessPlace],
    quorum: int,
    passphrase: bytes,
    clock: Clock,
    entropy: Entropy,
) -> Ceremony:
    """Make the keys, the trust root and entry 0; the first start of the processes publishes it.

    Without witnesses of others, four demonstration witnesses are made and the root says that it is a demonstration.
    Raises WrongUseError where a registry was founded before, StatementError for a wrong arrangement.
    """
    _refuse_founded(data)
    data.path.mkdir(parents=True, exist_ok=True)
    own = {} if witnesses else {name: Ed25519PrivateKey.from_private_bytes(entropy(32)) for name, *_ in DEMONSTRATION}
    ceremony = hold_ceremony(
        host=host,
        zone=zone,
        environment="production" if witnesses else "demonstration",
        witnesses=witnesses or demonstration_places(host, own),
        quorum=quorum,
        now=clock(),
        entropy=entropy,
    )
    keys = ceremony.keys
    data.keep_keys(keys, own, passphrase=passphrase)
    data.keep_custodians(ceremony.custodians, passphrase=passphrase)
    begin_log(data, ceremony.root, keys.operators, clock=clock, entropy=entropy)
    return ceremony


def begin_log(
    data: DataFolder, root: TrustRoot, operators: Sequence[Signer], *, clock: Clock, entropy: Entropy
) -> None:
    """Make the database of a registry and write entry 0: this trust root, said by both operators.

    Raises WrongUseError where a registry was founded before.
    """
    _refuse_founded(data)
    database = _empty_database(data)
    office = Office(root, Published(data.public, root), clock, entropy)
    first, second = operators
    ledger = open_ledger(database)
    if not ledger.take():
        raise WrongUseError("a sequencer works on this database already")
    open_log(ledger, office, PublicFolder(data.public, writer="api"), first=first, second=second)
    ledger.release()
    database.close()


def _refuse_founded(data: DataFolder) -> None:
    if data.database.exists():
        raise WrongUseError(f"{data.path} holds a registry already")


def _empty_database(data: DataFolder) -> Database:
    database = Database(data.database_place)
    database.migrate()
    with database.read() as connection:
        if queries.log_size(connection).size:
            raise WrongUseError("the database holds a log already", hint="Each registry has a database of its own.")
    return database


def demonstration_places(host: str, keys: dict[str, Ed25519PrivateKey]) -> list[WitnessPlace]:
    """Return the four demonstration witnesses as they enter the trust root."""
    return [
        WitnessPlace(name, str(Cosigner(f"{name}.{host}", keys[name]).key), operator, country)
        for name, operator, country in DEMONSTRATION
    ]
