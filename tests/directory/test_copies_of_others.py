"""A copy of one registry and the root or the address of another one: a mistake of a folder's owner, and no lie."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.root.ceremony import WitnessPlace, hold_ceremony
from registry.scenario.simulated_log import HOST, START, ZONE
from registry.scenario.simulator import DAY
from tests.directory.histories import Shelf
from tests.directory.test_copying import Plane, plane, pull, store
from tests.world import World
from verifier.directory.copying import DirectoryCopy
from verifier.directory.proven import fetch_epoch
from verifier.errors import ProofError, UnavailableError, WrongUseError
from verifier.injected import seeded_entropy
from verifier.log.cosignature import Cosigner
from verifier.trust.root import TrustRoot

__all__ = ["plane", "store"]


def test_a_copy_of_another_registry_accuses_nobody(plane: Plane, store: Shelf) -> None:
    pull(plane, store)
    before = dict(store.files)
    copy = DirectoryCopy(store, elsewhere(), now=plane.world.sim.now)
    for use in (copy.epoch, lambda: copy.pull(plane)):
        with pytest.raises(WrongUseError, match=f"of another registry: {HOST}, .* of elsewhere.example") as refused:
            use()
        assert "another folder" in refused.value.hint
    assert store.files == before


def test_what_another_registry_serves_is_named(plane: Plane, store: Shelf) -> None:
    sim = plane.world.sim
    # A root of the other registry that does not follow is no reason to speak of roots.
    sim.renew_root(issued=sim.now, expires=sim.now + 390 * DAY)
    for use in (
        lambda: DirectoryCopy(store, elsewhere(), now=sim.now).pull(plane),
        lambda: fetch_epoch(plane, elsewhere(), now=sim.now),
    ):
        with pytest.raises(ProofError, match=f"of another registry: {HOST}, .* of elsewhere.example") as refused:
            use()
        assert "the trust root" in refused.value.hint
    assert store.files == {}


def test_a_copy_of_a_namesake_is_no_memory_of_this_registry(plane: Plane, store: Shelf) -> None:
    pull(plane, store)
    stranger = Plane(World("another authority"))
    stranger.show()
    for _ in range(plane.world.sim.published):
        stranger.show()
    with pytest.raises(WrongUseError, match="not made under this trust root"):
        pull(stranger, store)


@pytest.mark.parametrize("left", [None, b"cut"])
def test_a_copy_whose_own_proof_is_lost_says_where_to_pull(plane: Plane, store: Shelf, left: bytes | None) -> None:
    path = f"directory/{pull(plane, store).epoch.size}/entry.tlog-proof"
    store.files.pop(path)
    if left is not None:
        store.files[path] = left
    with pytest.raises(UnavailableError, match="own proof is lost") as refused:
        pull(plane, store)
    assert refused.value.hint == "Pull into an empty folder."


def elsewhere() -> TrustRoot:
    """Return the trust root of another registry."""
    cosigners = [Cosigner(f"w{no}.example", Ed25519PrivateKey.from_private_bytes(bytes([no] * 32))) for no in (1, 2, 3)]
    places = [WitnessPlace(f"w{no}", str(one.key), f"Operator {no}", "JP") for no, one in enumerate(cosigners, start=1)]
    return hold_ceremony(
        host="elsewhere.example",
        zone=ZONE,
        environment="demonstration",
        witnesses=places,
        quorum=2,
        now=START,
        entropy=seeded_entropy("elsewhere"),
    ).root
