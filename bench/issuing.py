"""From a statement sent to its witnessed proof read: the processes of a registry and its witnesses, over real HTTP.

The household is that of the demonstration: API, publisher, reader, and four witnesses of which three have to cosign.
A mark is issued at a moment that has nothing to do with the publisher's; its clock runs from the request until the
reader serves the proof, which is then verified.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import httpx

from bench.chaos.evaluators import Evaluators
from bench.measuring import spread
from registry.data_folder import DataFolder
from registry.publishing.published import witness_policy
from registry.root.founding import QUORUM_OF_FOUR
from registry.scenario.served import PASSPHRASE_FILE, found, household
from verifier.log.merkle import leaf_hash
from verifier.log.tlog_proof import TlogProof

if TYPE_CHECKING:
    from tests.registry.conftest import SignedMark
    from verifier.log.tlog_policy import Policy

LOOK_EVERY = 0.01
LONGEST = 30.0
PAUSE = 0.5
"""The longest pause before the next issuance, in seconds; its length is drawn."""


@dataclass(frozen=True)
class Answering:
    """Where the registry's API answers."""

    api: str


def measure(count: int, seed: int) -> dict[str, Any]:
    """Issue so many marks, one after the other, and return how long each took."""
    chance, accepted, proven = Random(seed), [], []
    with tempfile.TemporaryDirectory() as folder:
        data = DataFolder(Path(folder) / "data")
        found(data)
        policy = witness_policy(data.trust_root())
        with household(data, read_port=0) as running, httpx.Client(base_url=running.urls["reader"]) as reader:
            passphrase = (data.path / PASSPHRASE_FILE).read_text().strip()
            evaluators = Evaluators(data, Answering(running.urls["api"]), passphrase=passphrase)
            evaluators.accredit()
            for _ in range(count):
                signed = evaluators.sign()
                time.sleep(chance.uniform(0, PAUSE))
                started = time.perf_counter()
                answer = evaluators.send(signed)
                accepted.append(time.perf_counter() - started)
                if answer.status_code != 201:
                    raise SystemExit(f"a mark was not admitted: {answer.text[:300]}")
                proof = _read_proof(reader, signed)
                proven.append(time.perf_counter() - started)
                _verify(proof, signed, policy)
    return {
        "issued": count,
        "witnesses": len(policy.witnesses),
        "quorum": QUORUM_OF_FOUR,
        "admitted": spread(accepted, digits=1),
        "witnessed_proof": spread(proven, digits=1),
    }


def _read_proof(reader: httpx.Client, signed: SignedMark) -> bytes:
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        answer = reader.get(f"/m/{signed.id}.tlog-proof")
        if answer.status_code == httpx.codes.OK:
            return answer.content
        time.sleep(LOOK_EVERY)
    raise SystemExit(f"no proof within {LONGEST:.0f} seconds")


def _verify(proof: bytes, signed: SignedMark, policy: Policy) -> None:
    parsed = TlogProof.parse(proof)
    entry = signed.request["statement"].encode()
    if parsed.extra != entry:
        raise SystemExit("the proof is another entry's")
    parsed.verify(leaf_hash(entry), policy)
