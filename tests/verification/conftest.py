"""The verification service over a small registry."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from registry.root.root_plan import NewKey, next_root, with_key, without_key
from registry.verification.service import create_verification
from registry.web.in_process import InProcessTransport
from tests.registry.conftest import (
    START,
    Keys,
    bare,
    engine,
    engines,
    issued,
    marked,
    office,
    open_world,
    pytest_generate_tests,
    staffed,
    world,
)
from verifier.answer_receipt import parse_answer_receipt, verify_answer_receipt
from verifier.injected import seeded_entropy
from verifier.names import root_uri
from verifier.signer import SoftwareSigner
from verifier.trust.root import CustodianKeys, sign_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.verification.service import Verification
    from tests.registry.conftest import Issued, Template, World
    from verifier.answer_receipt import AnswerReceipt
    from verifier.trust.root import TrustRoot

__all__ = ["bare", "engine", "engines", "issued", "marked", "office", "pytest_generate_tests", "staffed", "world"]


@dataclass(frozen=True)
class Service:
    """The service and a client before it."""

    world: World
    mark: str
    signers: dict[str, SoftwareSigner]
    made: Verification
    http: httpx.Client

    def look_up(self, **asked: Any) -> httpx.Response:
        """Ask a question."""
        return self.http.post("http://verification/verification/v1/lookups", json=asked)

    def answer(self, **asked: Any) -> dict[str, Any]:
        """Ask a question and return the document that answers it."""
        answered = self.look_up(**asked)
        assert answered.status_code == 200, answered.text
        document: dict[str, Any] = answered.json()
        return document

    def receipt(self, document: dict[str, Any]) -> AnswerReceipt:
        """Return the verified receipt of an answer."""
        receipt = parse_answer_receipt(document["receipt"])
        verify_answer_receipt(receipt, self.world.ceremony.root)
        return receipt


@pytest.fixture
def service(issued: Issued) -> Iterator[Service]:
    """The service over a registry with one mark."""
    here = issued.world
    own = here.ceremony.keys
    made = create_verification(
        here.public, here.folder / "verification", trust_root=here.ceremony.root, now=here.clock, signer=own.receipt
    )
    made.jobs.start()
    made.index.refresh()
    transport = InProcessTransport({"verification": made.served})
    with httpx.Client(transport=transport) as http:
        yield Service(here, issued.mark, issued.signers, made, http)
    made.jobs.stop()


@dataclass(frozen=True)
class Rotated:
    """The service after a rotation: its answers are signed by a receipt key that only the second root lists."""

    service: Service
    first: TrustRoot
    second: TrustRoot
    signer: SoftwareSigner

    def forged(self) -> TrustRoot:
        """Return a second root that lists the key too, signed by one custodian alone, who also plays another."""
        one, other, _ = self.service.world.ceremony.custodians
        played = (CustodianKeys(holder, one.es256, one.ml_dsa_65) for holder in (one.holder, other.holder))
        return sign_root(self.second.content.members(), played)

    def third(self, *, now: int = START, directory_until: int | None = None) -> TrustRoot:
        """Return the root that the custodians agreed on next, perhaps one that ends the directory key at an entry."""
        (directory,) = (key.kid for key in self.second.content.keys if key.role == "directory")
        ends = [without_key(directory, until=directory_until)] if directory_until is not None else []
        agreed = [CustodianKeys(one.holder, one.es256, one.ml_dsa_65) for one in self.service.world.ceremony.custodians]
        return sign_root(next_root(self.second.content, ends, now=now), agreed[:2])


@pytest.fixture(scope="module")
def rotated(marked: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rotated]:
    """A registry whose custodians listed a new receipt key, started anew with it, and logged the second root."""
    ceremony, folder = marked.keys.ceremony, tmp_path_factory.mktemp("rotated") / "registry"
    signer = SoftwareSigner.generate(seeded_entropy("the second receipt key"))
    key = NewKey(dict(signer.jwk), signer.kid, "receipt", "receipt-2")
    two = [CustodianKeys(one.holder, one.es256, one.ml_dsa_65) for one in ceremony.custodians[:2]]
    second = sign_root(next_root(ceremony.root.content, [with_key(key, begins=1)], now=START), two)
    shutil.copytree(marked.folder, folder)
    (folder / "public/trust/2.json").write_bytes(second.serialize())
    here = open_world(folder, Keys(replace(ceremony, root=second), marked.keys.witnesses), seed="rotated")
    here.desk.submit("trust_root.published", root_uri(second.host), {"version": 2, "sha256": second.sha256})
    here.settle()
    made = create_verification(
        here.public, here.folder / "verification", trust_root=second, now=here.clock, signer=signer
    )
    with httpx.Client(transport=InProcessTransport({"verification": made.served})) as http:
        yield Rotated(Service(here, marked.mark, marked.signers, made, http), ceremony.root, second, signer)
    here.close()
