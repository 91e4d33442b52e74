"""Opening a sandbox: its past is played in one process, then its folder is one that `shirushi serve` could have made.

Keys and ids come from a seed that anybody may know: a sandbox is no ground for trust, and its trust root says so. All
dates are relative to the day of its opening; from ``fresh_until`` on, some answers are others than those promised.
"""

from __future__ import annotations

import json
import secrets
from datetime import date
from typing import TYPE_CHECKING, Any

from registry.document.document_key import make_document_key
from registry.reading.sandbox_routes import FIXTURES
from registry.scenario.cast import ZONE
from registry.scenario.one_process import Place, one_process
from registry.scenario.outcome import pin_root
from registry.scenario.sandbox.fixtures import FixtureMaker
from registry.scenario.sandbox.marks import DAYS, SandboxPast
from registry.scenario.served import write_passphrase
from verifier.dates import day_start
from verifier.edge.drawing.qr import qr_png
from verifier.edge.folder import FolderFetcher
from verifier.edge.question import question_of_text
from verifier.envelope import DAY
from verifier.errors import WrongUseError
from verifier.examine.unread_evidence import unread
from verifier.injected import seeded_entropy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.data_folder import DataFolder
    from registry.scenario.one_process import OneProcess
    from registry.scenario.sandbox.fixture import Fixture, OrganisationFixture
    from registry.scenario.sandbox.marks import Past

FIRST = day_start(date(2026, 6, 1), ZONE)
"""The criteria are of March 2026, and two months lie before the opening."""

PLACE = Place("sandbox.shirushi.example", "sandbox")


def open_sandbox(data: DataFolder, *, seed: str, at: int) -> dict[str, Any]:
    """Play a sandbox that opens at ``at`` (UTC seconds) into an empty folder; return what fixtures.json holds.

    The same seed and instant give the same log, byte for byte. Raises WrongUseError for a day before ``FIRST``.
    """
    if at < FIRST:
        raise WrongUseError(
            "the criteria were not in force for the sandbox's past", hint="Open it in June 2026 or later."
        )
    with one_process(data.path, seed=f"sandbox {seed}", start=at - (DAYS + 2) * DAY, place=PLACE) as world:
        past = SandboxPast(world, seed=seed, opens=at).play()
        _keep_keys(data, world)
        maker = FixtureMaker(past, FolderFetcher(world.public), PLACE.host, seeded_entropy(f"sandbox {seed}: fixtures"))
        fixtures, organisations = maker.all(), maker.organisations()
    _keep_witnesses(data, world)
    pin_root(data)
    for one in fixtures:
        _write_fixture(data, one)
    for asked in organisations:
        _write_policy(data, asked.name, asked.policy)
    listed = _listed(past, fixtures, organisations, at=at)
    text = json.dumps(listed, ensure_ascii=False, indent=2) + "\n"
    (data.sandbox / FIXTURES).write_text(text, encoding="utf-8")
    return listed


def _listed(
    past: Past, fixtures: Iterable[Fixture], organisations: Iterable[OrganisationFixture], *, at: int
) -> dict[str, Any]:
    return {
        "version": 1,
        "host": PLACE.host,
        "environment": PLACE.environment,
        "trust_root": "/trust/1.json",
        "opened": at,
        # The first answer to change is that of the mark which begins later.
        "fresh_until": past.marks["not-yet-valid"].draft.nbf,
        "recognition": past.recognition.partition(PLACE.host)[2],
        "fixtures": [one.members(_claimed(one.text)) for one in fixtures],
        "organisations": [one.members() for one in organisations],
    }


def _claimed(text: str) -> str | None:
    """Return the mark id that a text claims, readable or not."""
    return question_of_text(text).mark_id or unread(text).id or None


def _keep_keys(data: DataFolder, world: OneProcess) -> None:
    passphrase = write_passphrase(data)
    data.keep_keys(world.ceremony.keys, world.witness_keys, passphrase=passphrase)
    data.keep_custodians(world.ceremony.custodians, passphrase=passphrase)
    make_document_key(data, passphrase=passphrase, now=world.clock(), entropy=secrets.token_bytes)


def _keep_witnesses(data: DataFolder, world: OneProcess) -> None:
    """Put what the witnesses remember where their own process looks for it."""
    for name in world.witness_keys:
        place = data.witness_store(name)
        place.parent.mkdir(exist_ok=True)
        for file in data.path.glob(f"{name}.db*"):
            file.rename(place.parent / file.name)


def _write_fixture(data: DataFolder, fixture: Fixture) -> None:
    folder = data.sandbox / fixture.name
    folder.mkdir(parents=True)
    (folder / "text.txt").write_text(fixture.text + "\n", encoding="ascii")
    if fixture.is_scanned:
        (folder / "qr.png").write_bytes(qr_png(fixture.text))
    if fixture.bundle is not None:
        (folder / "bundle.json").write_bytes(fixture.bundle.serialize())
    if fixture.policy:
        _write_policy(data, fixture.name, fixture.policy)


def _write_policy(data: DataFolder, name: str, policy: dict[str, Any]) -> None:
    folder = data.sandbox / name
    folder.mkdir(parents=True, exist_ok=True)
    # JSON writes numbers, texts and lists of texts as TOML does.
    lines = [f"{key} = {json.dumps(value)}" for key, value in policy.items()]
    (folder / "policy.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
