"""The verification service over a small registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from registry.verification.service import create_verification
from registry.web.in_process import InProcessTransport
from tests.registry.conftest import bare, engine, engines, issued, office, pytest_generate_tests, staffed, world
from verifier.answer_receipt import parse_answer_receipt, verify_answer_receipt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.verification.service import Verification
    from tests.registry.conftest import Issued, World
    from verifier.answer_receipt import AnswerReceipt
    from verifier.signer import SoftwareSigner

__all__ = ["bare", "engine", "engines", "issued", "office", "pytest_generate_tests", "staffed", "world"]


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
