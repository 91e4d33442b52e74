"""Whatever is sent, the answer is one that the OpenAPI document describes, and never a mistake of the server's.

schemathesis makes requests from the documents, well-formed and not, follows the links between operations, and holds
each answer against the document: status, media type, headers, schema. The servers are real ones with real data.
"""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.data_folder import DataFolder
from registry.household.child import now
from registry.portal.clients import Clients
from registry.portal.portal_database import open_portal
from registry.scenario.served import found, household, served_stage
from registry.scenario.story import Story
from registry.settings import read_settings

OPENAPI = Path(__file__).parents[2] / "openapi"
pytestmark = pytest.mark.system


CONFIG = """
[parameters]
"path.id" = ["{mark}"]

[checks]
negative_data_rejection.expected-statuses = [400, 404, 408, 409, 413, 415, 422, 429, 503]
"""


class Served:
    """A served registry with marks, and what is to be sent to it."""

    def __init__(self, urls: dict[str, str], mark: str, data: DataFolder) -> None:
        self.urls = urls
        self._folder = data.path.parent
        self._config = self._folder / "schemathesis.toml"
        self._config.write_text(CONFIG.format(mark=mark), "utf-8")
        clients = Clients(open_portal(data, read_settings(data.path)), now, secrets.token_bytes)
        self._key = clients.add("any request", per_minute=100_000)[1]

    def cases(self, document: str, process: str, *, examples: int, seed: int = 1) -> int:
        """Send cases made from a document; return how many passed. Fails when one did not."""
        st = [str(Path(sys.executable).with_name("st")), "--config-file", str(self._config)]
        told = subprocess.run(
            [
                *st,
                "run",
                str(OPENAPI / document),
                f"--url={self.urls[process]}",
                "--no-color",
                f"--seed={seed}",
                # What no schema can say, such as a checksum, may be refused although it fits the schema.
                "--exclude-checks=positive_data_acceptance",
                "--suppress-health-check=all",
                "--continue-on-failure",
                f"--max-examples={examples}",
                # Two threads that compile at a time are a SystemError of Python 3.11 now and then.
                "--workers=1",
                *([f"--header=Authorization: Bearer {self._key}"] if process == "portal" else []),
            ],
            capture_output=True,
            text=True,
            cwd=self._folder,
            check=False,
        )
        counted = re.search(r"(\d+) generated, (\d+) passed", told.stdout)
        shown = "\n".join(line[:200] for line in told.stdout.splitlines()[-120:])
        assert told.returncode == 0, shown + told.stderr[-1000:]
        assert counted is not None, told.stdout[-1000:]
        return int(counted[2])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    data = DataFolder(folder / "data")
    found(data)
    with household(data, read_port=0) as running, served_stage(data, running) as stage:
        marks = Story(stage, tell=lambda heading, detail: None).play(folder / "marks")
        yield Served(running.urls, marks[0].issued.mark_id, data)


DOCUMENTS = pytest.mark.parametrize(
    ("document", "process"),
    [
        ("registry.json", "api"),
        ("verification.json", "verification"),
        ("read-plane.json", "reader"),
        ("portal.json", "portal"),
    ],
)


EXAMPLES = {"api": 200, "verification": 200, "reader": 40, "portal": 150}
"""For each operation in one run."""
ENOUGH, MOST_RUNS = 6_700, 40
"""Of each document: 26,800 of all four."""


@DOCUMENTS
def test_some_dozens_of_requests_get_described_answers(served: Served, document: str, process: str) -> None:
    assert served.cases(document, process, examples=1) >= 50


@pytest.mark.prove
@DOCUMENTS
def test_thousands_of_requests_get_described_answers(served: Served, document: str, process: str) -> None:
    # In several runs, each from another seed: one long run keeps all that it sent.
    passed = 0
    for seed in range(1, MOST_RUNS + 1):
        passed += served.cases(document, process, examples=EXAMPLES[process], seed=seed)
        if passed >= ENOUGH:
            break
    assert passed >= ENOUGH


@pytest.mark.prove
def test_a_document_that_says_less_than_is_answered_is_found(served: Served, tmp_path: Path) -> None:
    text = (OPENAPI / "verification.json").read_text("utf-8")
    planted = tmp_path / "verification.json"
    planted.write_text(text.replace('"422": {', '"418": {').replace('"400": {', '"418": {'), "utf-8")
    with pytest.raises(AssertionError, match="Undocumented"):
        served.cases(str(planted), "verification", examples=3)
