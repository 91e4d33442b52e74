"""A registry in one process, a body's desk before it, and a folder of inspection data to be sealed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from issuer.database import Database
from issuer.desk import Desk
from issuer.evidence import Content, plan_manifest, results_manifest
from issuer.evidence_hashing import hash_evidence
from issuer.identity import ROLES, Identity, prove_key
from issuer.issue import Waiting
from issuer.seal import Sealed, seal_in_log
from issuer.sealing_folder import Journal, SealingFolder
from issuer.submit import RegistryClient
from issuer.trust import newest
from registry.desk.operator_desk import Accreditation, OperatorDesk
from registry.scenario import cast
from registry.scenario.one_process import OneProcess, one_process
from verifier.dates import term_end
from verifier.edge.evidence_folder import present_files
from verifier.edge.folder import FolderFetcher
from verifier.edge.read_plane import FolderListing
from verifier.envelope import DAY
from verifier.evidence.gathering import gather_seals
from verifier.evidence.judge import judge_evidence
from verifier.evidence.manifest import Manifest
from verifier.evidence.plan import pack_rules, read_plan
from verifier.evidence.report import EvidenceReport
from verifier.evidence.sealing import SealEvidence, judge_seals
from verifier.scheme.shipped import load_shipped
from verifier.signer import SoftwareSigner

START = 1_795_305_600
RUNS = 20
PLAN = f"""
subject = "引張試験 ロット7"
pack = "example.inspection-record/1"

[terms]
text = "契約の相手方に限る。公開しない。"
until = 2027-03-31

[[items]]
item = "tensile"
label = "Tensile strength"
method = "ISO 6892-1"
unit = "MPa"
last = {RUNS}
files = "tensile/run-{{run}}.csv"
criterion = "RESULTS-1"
""".encode()


@dataclass
class Sealer:
    """A desk that seals, with the registry that it seals in; time passes when it waits."""

    world: OneProcess
    desk: Desk
    place: Path

    @property
    def now(self) -> int:
        return self.world.clock()

    def wait(self, seconds: int) -> None:
        """Let time pass; the registry goes on publishing."""
        self.world.pass_time(seconds)

    def out(self, name: str) -> SealingFolder:
        return SealingFolder(self.place / name)

    def plan(self, name: str = "plan", text: bytes = PLAN, **options: Any) -> SealingFolder:
        """Make and seal a plan."""
        read = read_plan(text, filename="plan.toml")
        pack = load_shipped(*read.pack.split("/")) if read.pack else None
        folder = self.out(name)
        with folder.alone():
            earlier = options.pop("earlier", ())
            folder.keep(plan_manifest(self.desk, read, pack_rules(read, pack), earlier=earlier), list(earlier))
            self.submit(folder)
        return folder

    def make(self, name: str, data: Path, **members: Any) -> SealingFolder:
        """Hash a folder into a manifest, not yet sealed."""
        folder = self.out(name)
        with folder.alone(), Journal(folder) as journal:
            files = hash_evidence(data, journal, lambda done, total: None)
            content = Content(**{"files": files, "sheet": {}, "subject": None, **members})
            folder.keep(results_manifest(self.desk, content), list(content.earlier))
        return folder

    def seal(self, name: str, data: Path, **members: Any) -> SealingFolder:
        """Hash a folder and seal it."""
        folder = self.make(name, data, **members)
        self.submit(folder)
        return folder

    def submit(self, folder: SealingFolder) -> Sealed:
        return seal_in_log(self.desk, folder, Waiting(looks=10, pause=lambda seconds: self.world.pass_time(1)))

    def evidence(self, object: str) -> SealEvidence:
        """Return what the published folder says about an object."""
        public = self.world.public
        return gather_seals(FolderFetcher(public), object, listing=FolderListing(public))

    def report(
        self, data: Path, *manifests: Manifest, evidence: SealEvidence | None = None, offline: bool = False
    ) -> EvidenceReport:
        """Judge a folder with these manifests by what is published."""
        sealing = None
        if not offline:
            uri = manifests[0].head.object
            told = evidence or self.evidence(uri)
            sealing = judge_seals(told, uri, root=self.world.ceremony.root, now=self.now)
        return judge_evidence(manifests, present_files(data), sealing, now=self.now)


def write_runs(folder: Path, numbers: range | list[int], *, at: int, seconds: int = 60) -> Path:
    """Write a file for each run, measured one after the other from that instant on."""
    (folder / "tensile").mkdir(parents=True, exist_ok=True)
    for position, number in enumerate(numbers):
        path = folder / "tensile" / f"run-{number:03}.csv"
        path.write_text(f"run,{number}\nforce,{4000 + number}\n")
        os.utime(path, (at + position * seconds, at + position * seconds))
    return folder


@pytest.fixture(scope="session")
def registry_and_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OneProcess, Desk]]:
    """A registry in which time only goes on, and the desk of a body that it accredited."""
    folder = tmp_path_factory.mktemp("world")
    with one_process(folder, seed="evidence", start=START) as world:
        yield world, _open_desk(world, folder / "desk.db")


@pytest.fixture
def sealer(registry_and_desk: tuple[OneProcess, Desk], tmp_path: Path) -> Sealer:
    return Sealer(*registry_and_desk, tmp_path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def _open_desk(world: OneProcess, database: Path) -> Desk:
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
    )
    pack = load_shipped(cast.SCHEME, cast.VERSION)
    authority.publish_scheme(pack.statement_public())
    begins = stage.clock() - 30 * DAY
    scope: list[dict[str, object]] = [{"scheme": pack.scheme, "level": 3, "criteria_sha256": pack.digest}]
    authority.accredit(
        Accreditation(
            no=cast.BODY_NO,
            role="evaluation",
            identifier=cast.BODY.identifier,
            name=cast.BODY.name,
            scope=scope,
            begins=begins,
            ends=term_end(begins, 36, cast.ZONE),
        )
    )
    identity = Identity(cast.HOST, cast.BODY_NO, cast.PLACES)
    signers = {role: SoftwareSigner.generate(stage.entropy) for role in ROLES}
    for role in ROLES:
        authority.add_key(prove_key(identity, role, signers, at=stage.clock(), entropy=stage.entropy))
    stage.pass_time(1)
    registry = RegistryClient(
        stage.http,
        read=stage.addresses.read,
        api=stage.addresses.api,
        root=lambda fetcher: newest(stage.root, fetcher),
    )
    return Desk(Database(database), identity, signers, registry, stage.clock, stage.entropy)
