"""Whatever is sent, the answer is one that the OpenAPI document describes, and never a mistake of the server's.

schemathesis makes requests from the documents, well-formed and not, follows the links between operations, and holds
each answer against the document: status, media type, headers, schema. The servers are real ones with real data.
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from registry.data_folder import DataFolder
from registry.household.child import now
from registry.portal.clients import Clients
from registry.portal.portal_database import open_portal
from registry.scenario.served import found, household, served_stage
from registry.scenario.story import Story
from registry.settings import read_settings

ROOT = Path(__file__).parents[2]
OPENAPI = ROOT / "openapi"
pytestmark = pytest.mark.system


CONFIG = """
[parameters]
"path.id" = ["{mark}"]

[phases.stateful]
generation.max-examples = 20

[checks]
negative_data_rejection.expected-statuses = [400, 403, 404, 408, 409, 413, 415, 422, 429, 503]
"""


@dataclass(frozen=True)
class Sent:
    """What schemathesis reports: cases that passed, chains of requests among them, and links that these followed."""

    passed: int
    chains: int
    links: int


class Served:
    """A served registry with marks, and what is to be sent to it."""

    def __init__(self, urls: dict[str, str], mark: str, data: DataFolder) -> None:
        self.urls = urls
        self._folder = data.path.parent
        self._config = self._folder / "schemathesis.toml"
        self._config.write_text(CONFIG.format(mark=mark), "utf-8")
        clients = Clients(open_portal(data, read_settings(data.path)), now, secrets.token_bytes)
        self._key = clients.add("any request", per_minute=100_000)[1]

    def cases(self, document: str, process: str, *, examples: int, seed: int = 1) -> Sent:
        """Send cases made from a document; return what was sent. Fails when one did not pass."""
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
                # Under the same Idempotency-Key the first answer comes again, after what was made is deleted too.
                "--exclude-checks=positive_data_acceptance,ensure_resource_availability",
                "--suppress-health-check=all",
                "--continue-on-failure",
                f"--max-examples={examples}",
                # A registry that is no sandbox has nothing there, whatever the method.
                "--exclude-path-regex=^/sandbox",
                # Two threads that compile at a time are a SystemError of Python 3.11 now and then.
                "--workers=1",
                *([f"--header=Authorization: Bearer {self._key}"] if process == "portal" else []),
            ],
            capture_output=True,
            text=True,
            cwd=self._folder,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.openapi.described_problems", "PYTHONPATH": str(ROOT)},
            check=False,
        )
        counted = re.search(r"(\d+) generated, (\d+) passed", told.stdout)
        shown = "\n".join(line[:200] for line in told.stdout.splitlines()[-120:])
        assert told.returncode == 0, shown + told.stderr[-1000:]
        assert counted is not None, told.stdout[-1000:]
        chains = re.search(r"Scenarios: +(\d+)\s+API Links: +(\d+) covered", told.stdout)
        return Sent(int(counted[2]), *(map(int, chains.groups()) if chains else (0, 0)))


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


LINKS = {"api": 0, "verification": 4, "reader": 1, "portal": 4}
"""Links between operations that are followed at least; what goes to the API has to be signed each time."""
EXAMPLES = {"api": 200, "verification": 200, "reader": 40, "portal": 150}
"""For each operation in one run."""
ENOUGH, MOST_RUNS = 6_700, 40
"""Of each document: 26,800 of all four."""


@DOCUMENTS
def test_some_dozens_of_requests_get_described_answers(served: Served, document: str, process: str) -> None:
    sent = served.cases(document, process, examples=1)
    assert sent.passed >= 50
    assert sent.links >= LINKS[process], sent
    assert sent.chains >= sent.links


@pytest.mark.prove
@DOCUMENTS
def test_thousands_of_requests_get_described_answers(served: Served, document: str, process: str) -> None:
    # In several runs, each from another seed: one long run keeps all that it sent.
    passed = 0
    for seed in range(1, MOST_RUNS + 1):
        passed += served.cases(document, process, examples=EXAMPLES[process], seed=seed).passed
        if passed >= ENOUGH:
            break
    assert passed >= ENOUGH


LESS = {
    "a status": (lambda text: text.replace('"422": {', '"418": {').replace('"400": {', '"418": {'), "Undocumented"),
    "a problem": (lambda text: text.replace('"malformed": {', '"other": {'), "no document tells that"),
}


@pytest.mark.prove
@pytest.mark.parametrize("what", LESS)
def test_a_document_that_says_less_than_is_answered_is_found(served: Served, tmp_path: Path, what: str) -> None:
    change, told = LESS[what]
    planted = tmp_path / "verification.json"
    planted.write_text(change((OPENAPI / "verification.json").read_text("utf-8")), "utf-8")
    with pytest.raises(AssertionError, match=told):
        served.cases(str(planted), "verification", examples=3)
