"""The story at the border, as the demonstration plays it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry.desk.operator_desk import OperatorDesk
from registry.scenario import cast
from registry.scenario.border import BorderStory
from registry.scenario.one_process import one_process
from tests.treaty.conftest import START
from verifier.audit.audit import Asked, audit
from verifier.edge.folder import FolderFetcher
from verifier.edge.packs import load_pack

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.system


def test_the_story_ends_with_a_recognised_certificate_and_an_auditor_finds_nothing(tmp_path: Path) -> None:
    told: list[str] = []
    with one_process(tmp_path, seed="border", start=START) as world:
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
        authority.publish_scheme(load_pack(cast.SCHEME, cast.VERSION).statement_public())
        directory = world.ceremony.keys.directory
        story = BorderStory(stage, authority, directory=directory, tell=lambda heading, _: told.append(heading))
        recorded = story.play()
        found = audit(Asked(FolderFetcher(world.public), stage.root, None), lambda done, total: None)
    assert [str(one) for one in found.findings] == []
    assert recorded.public.tier == "jp.meti.scs/3"
    assert told == [
        "Foreign operator listed",
        "Agreement proposed",
        "Agreement announced",
        "Agreement in force",
        "Certificate authentic",
        "Certificate recognised",
    ]
