"""What two operators do about single certificates from the command line, before a registry that runs."""

from __future__ import annotations

import datetime
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from recognition.agreement_answer import read_answer
from recognition.agreement_fact import AgreementFact
from recognition.foreign_desk import ForeignDesk
from registry.commands import app
from registry.data_folder import DIRECTORY, DataFolder
from registry.desk.operator_desk import OperatorDesk
from registry.scenario import cast
from registry.scenario.border import LABEL, BorderStory
from registry.scenario.served import PASSPHRASE_FILE, found, household, served_stage, wall_clock
from tests.waiting import wait_until
from verifier.edge.keystore import load_signer
from verifier.edge.packs import load_pack
from verifier.names import agreement_uri
from verifier.signer import SoftwareSigner

pytestmark = pytest.mark.system


class Home:
    """A running registry with an agreement in force and one recognised certificate."""

    def __init__(self, data: DataFolder, story: BorderStory, recognised: str) -> None:
        self.data, self.story, self.recognised = data, story, recognised

    def run(self, *words: str) -> Result:
        words = (words[0], "--dir", str(self.data.path), *words[1:])
        return CliRunner().invoke(app, ["agreement", *words])

    def token(self, folder: Path) -> Path:
        path = folder / "certificate.jwt"
        path.write_text(self.story.certificate())
        return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    data = DataFolder(tmp_path_factory.mktemp("border") / "data")
    found(data)
    with household(data, read_port=0) as running, served_stage(data, running) as stage:
        first, second = stage.operators
        authority = OperatorDesk(
            host=cast.HOST,
            first=first,
            second=second,
            http=stage.http,
            addresses=stage.addresses,
            clock=stage.clock,
            entropy=stage.entropy,
            pause=lambda: stage.pass_time(0.2),
        )
        authority.publish_scheme(load_pack(cast.SCHEME, cast.VERSION).statement_public())
        signer = load_signer(data.key(DIRECTORY), (data.path / PASSPHRASE_FILE).read_bytes().strip())
        story = BorderStory(stage, authority, directory=signer, tell=lambda heading, detail: None)
        yield Home(data, story, story.play().uri)


def test_a_certificate_is_decided_first_and_recorded_when_it_counts(home: Home, tmp_path: Path) -> None:
    token, receipt = home.token(tmp_path), tmp_path / "receipt.json"
    tried = home.run("recognise", LABEL, "--token", str(token), "--dry-run")
    assert (tried.exit_code, tried.output) == (0, "jp.meti.scs/3: recognised\n")
    done = home.run("recognise", LABEL, "--token", str(token), "--out", str(receipt))
    assert done.exit_code == 0, done.output
    assert "recorded: log entry" in done.output
    assert json.loads(receipt.read_bytes())["receipt"] == "recognition"


def test_a_token_that_was_changed_is_refused(home: Home, tmp_path: Path) -> None:
    token = home.token(tmp_path)
    token.write_text(token.read_text()[:-4] + "AAAA")
    refused = home.run("recognise", LABEL, "--token", str(token))
    assert refused.exit_code == 1
    assert "signature" in str(refused.exception)


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ((LABEL,), "give the certificate"),
        ((LABEL, "--token", "/nowhere"), "is missing"),
        (("none", "--token", "/nowhere"), "no agreement"),
    ],
)
def test_what_is_missing_is_named(home: Home, words: tuple[str, ...], rule: str) -> None:
    refused = home.run("recognise", *words)
    assert refused.exit_code != 0
    assert rule in str(refused.exception)


def test_an_authentication_that_is_old_counts_no_more(home: Home, tmp_path: Path) -> None:
    printed = tmp_path / "printed.json"
    printed.write_text(json.dumps({"record": {"outcome": "authenticated"}, "certificate": {}}))
    refused = home.run("recognise", LABEL, "--authenticated", str(printed))
    assert "authentication is outside its schema" in str(refused.exception)


def test_the_effect_of_an_event_is_shown_and_nothing_is_changed(home: Home) -> None:
    shown = home.run("effects", LABEL, "--issuer", "example-partner")
    assert f"lost {home.recognised}: at once" in shown.output
    assert "0 recognitions are affected" in home.run("effects", LABEL, "--issuer", "another").output
    # Sixty days on, before the certificate itself ends.
    until = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=60)
    kept = home.run("effects", LABEL, "--existing", "keep_until", "--until", str(until), "--json")
    effects = {one["name"]: one["effect"] for one in json.loads(kept.stdout.splitlines()[-1])}
    assert effects[home.recognised] == "shortened"


def test_one_recognition_is_ended(home: Home, tmp_path: Path) -> None:
    # One of its own: the tests come in any order, and the others ask for the one of the story.
    recorded = home.run("recognise", LABEL, "--token", str(home.token(tmp_path)), "--out", str(tmp_path / "r.json"))
    uri = next(word for word in recorded.output.split() if word.startswith("https://"))
    wait_until(lambda: uri in home.run("effects", LABEL).output)
    done = home.run("end", uri.rpartition("/")[2], "--reason", "certificate_withdrawn")
    assert done.exit_code == 0, done.exception
    wait_until(lambda: uri not in home.run("effects", LABEL).output)
    assert home.recognised in home.run("effects", LABEL).output


def test_a_proposal_comes_in_and_an_answer_goes_out_as_files(home: Home, tmp_path: Path) -> None:
    foreign = home.story.foreign
    assert foreign is not None
    files = home.story.folder()
    files["agreement.toml"] = files["agreement.toml"].replace(b"max_supplement = 10", b"max_supplement = 9")
    signed = foreign.sign(files, version=2, registry=home.story.registry, pack_of=load_pack)
    proposal, answer = tmp_path / "proposal.json", tmp_path / "answer.json"
    proposal.write_bytes(signed.write())
    tried = home.run("receive", str(proposal), "--dry-run")
    assert "  reviewed for tier 3: 0 criteria left open" in tried.output
    assert "log entry" not in tried.output
    done = home.run("receive", str(proposal))
    assert "proposed" in done.output.splitlines()[-1], done.exception
    proposal.write_bytes(signed.write().replace(b"max_supplement = 9", b"max_supplement = 8"))
    assert "not the one that the statement pins" in str(home.run("receive", str(proposal)).exception)
    written = home.run("answer", LABEL, "--out", str(answer))
    assert "in_force" in written.output, written.exception
    root = home.data.trust_root()
    read = read_answer(answer.read_bytes(), root, agreement_uri(root.host, LABEL))
    assert [one.type for one in read.entries] == ["agreement.announced", "agreement.in_force"]


def test_a_fact_names_the_command_that_would_act_and_does_nothing(home: Home, tmp_path: Path) -> None:
    foreign = home.story.foreign
    assert foreign is not None
    said = AgreementFact(asks="suspend", reason="integrity", effective=int(time.time()), issuer="example-partner")
    file = tmp_path / "fact.jwt"
    file.write_text(foreign.state(said, agreement=LABEL))
    told = home.run("fact", str(file))
    assert f"shirushi registry agreement suspend {LABEL}" in told.output, told.exception
    assert "--issuer example-partner" in told.output
    file.write_text(file.read_text()[:-4] + "AAAA")
    assert home.run("fact", str(file)).exit_code != 0
    stranger = ForeignDesk(
        foreign.operator, signer=SoftwareSigner.generate(os.urandom), clock=wall_clock, entropy=os.urandom
    )
    file.write_text(stranger.state(said, agreement=LABEL))
    assert "names no such key" in str(home.run("fact", str(file)).exception)
