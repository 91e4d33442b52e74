"""A registry in one process with a foreign operator at its door, and an agreement folder for it to sign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from recognition.certificate import Certificate
from recognition.foreign_desk import ForeignDesk, ForeignOperator
from recognition.treaty import Treaty, parse_treaty
from registry.desk.operator_desk import Accreditation, OperatorDesk
from registry.scenario import cast
from registry.scenario.border import LABEL, SCHEME, TARGET, BorderStory
from registry.scenario.one_process import OneProcess, one_process
from registry.treaty.desk import Asked, RecognitionDesk, Recorded, ask
from verifier.edge.folder import FolderFetcher
from verifier.edge.packs import load_pack
from verifier.edge.write_api import Admitted, WriteApi
from verifier.envelope import DAY
from verifier.names import agreement_uri
from verifier.signer import SoftwareSigner
from verifier.trust.recognition_list import LATEST, RecognitionList, read_recognition_list

START = 1_795_305_600


@dataclass
class Border:
    """Both sides of an agreement over one registry."""

    world: OneProcess
    authority: OperatorDesk
    foreign: ForeignDesk
    desk: RecognitionDesk
    api: WriteApi
    files: dict[str, bytes]

    @property
    def treaty(self) -> Treaty:
        return parse_treaty(self.files, pack_of=load_pack)

    @property
    def uri(self) -> str:
        return agreement_uri(cast.HOST, LABEL)

    @property
    def plane(self) -> FolderFetcher:
        return FolderFetcher(self.world.public)

    def tick(self, seconds: float = 1) -> None:
        for _ in range(3):
            self.world.pass_time(seconds)

    def propose(self, version: int = 1) -> Admitted:
        admitted = self.foreign.propose(self.files, version=version, registry=self.api, pack_of=load_pack)
        self.tick()
        return admitted

    def announce(self, version: int = 1) -> Admitted:
        return self.say("announced", self.treaty.statement_public(version))

    def begin(self, version: int = 1, **part: str) -> Admitted:
        said = {name: one for name, one in self.treaty.statement_public(version).items() if name != "scheme"}
        return self.say("in_force", {**said, "effective": self.world.clock() + 1, **part})

    def suspend(self, *, reason: str = "administrative", days: int | None = None, **part: str) -> Admitted:
        now = self.world.clock()
        existing = {"existing": "stop_now"} if days is None else {"existing": "keep_until", "until": now + days * DAY}
        return self.say("suspended", {"reason": reason, "effective": now, **existing, **part})

    def say(self, what: str, public: dict[str, object]) -> Admitted:
        admitted = self.authority.submit(f"agreement.{what}", self.uri, public)
        self.tick()
        return admitted

    def in_force(self) -> None:
        self.propose()
        self.announce()
        self.begin()
        self.tick(2)

    def listed(self) -> RecognitionList:
        return read_recognition_list(self.plane.fetch(LATEST), self.world.ceremony.root)

    def certificate(self, **changes: object) -> Certificate:
        now = self.world.clock()
        members = {
            "scheme": SCHEME,
            "version": "2026",
            "level": "reviewed",
            "basis": "evaluation",
            "evidence": "authenticated",
            "issuer": self.treaty.terms.issuers[0].id,
            "holder": cast.SUPPLIER_3.identifier,
            "scope_kind": "company",
            "status": "active",
            "issued": now - 20 * DAY,
            "expires": now + 200 * DAY,
        }
        return Certificate.model_validate(members | changes)

    def ask(self, **changes: object) -> Asked:
        return ask(
            self.plane,
            self.world.ceremony.root,
            LABEL,
            self.certificate(**changes),
            target=TARGET,
            now=self.world.clock(),
        )

    def record(self) -> Recorded:
        recorded = self.desk.record(self.ask())
        self.tick()
        return recorded


@pytest.fixture
def border(tmp_path: Path) -> Iterator[Border]:
    """Yield a registry with published criteria and a listed foreign operator."""
    with one_process(tmp_path / "registry", seed="border", start=START) as world:
        stage = world.stage
        first, second = stage.operators
        authority = OperatorDesk(
            host=cast.HOST,
            first=first,
            second=second,
            http=stage.http,
            addresses=stage.addresses,
            clock=stage.clock,
            entropy=stage.entropy,
            pause=lambda: stage.pass_time(1),
            root=stage.root,
        )
        api = WriteApi(stage.http, stage.addresses, pause=lambda: stage.pass_time(1), root=stage.root)
        authority.publish_scheme(load_pack("jp.meti.scs", "2026-03-27").statement_public())
        now = stage.clock()
        authority.accredit(
            Accreditation(
                no=9001,
                role="foreign_operator",
                identifier=cast.TESTER.identifier,
                name="Example partner",
                scope=(),
                operates=(SCHEME,),
                begins=now - DAY,
                ends=now + 1000 * DAY,
            )
        )
        signer = SoftwareSigner.generate(stage.entropy)
        operator = ForeignOperator(cast.HOST, 9001, "h-partner")
        foreign = ForeignDesk(operator, signer=signer, clock=stage.clock, entropy=stage.entropy)
        authority.add_key(foreign.prove_key())
        directory = world.ceremony.keys.directory
        desk = RecognitionDesk(cast.HOST, signer=directory, registry=api, clock=stage.clock, entropy=stage.entropy)
        story = BorderStory(stage, authority, directory=directory, tell=lambda heading, detail: None)
        found = Border(world, authority, foreign, desk, api, story.folder())
        found.tick()
        yield found
