"""`shirushi registry application`: from the opening to the accreditation in a running registry."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from registry.applications.application import check_words, decide
from registry.applications.rules import FILE, read_rules
from registry.applications.store import Applications
from registry.data_folder import DataFolder
from registry.root.founding import found_registry
from tests.registry.test_applications import IDENTIFIER, RULES, TOKYO
from tests.registry.test_household import serving
from verifier.edge.keystore import load_signer
from verifier.edge.main import run
from verifier.errors import NotFoundError, RefusedError, WrongUseError
from verifier.injected import seeded_entropy
from verifier.names import authority_uri
from verifier.statement.approval import sign_approval

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSPHRASE = "a passphrase of this test"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """A founded registry whose window is open on every day."""
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", PASSPHRASE)
    folder = DataFolder(tmp_path / "registry")
    found_registry(
        folder,
        host="shirushi.example",
        zone=TOKYO,
        witnesses=(),
        quorum=3,
        passphrase=PASSPHRASE.encode(),
        clock=lambda: int(time.time()),
        entropy=seeded_entropy("applications 1"),
    )
    (folder.path / FILE).write_text(
        RULES.replace("2026-10-01", "2020-01-01").replace("2026-10-31", "2999-12-31"), "utf-8"
    )
    return folder


@pytest.fixture
def served(data: DataFolder) -> Iterator[DataFolder]:
    """The same, being served."""
    with serving(data):
        yield data


def complete(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> tuple[str, list[str]]:
    """Open an application and supply everything; return its id and the terms to grant it on."""
    where, paper, terms = ["--dir", str(data.path)], data.path / "paper.pdf", data.path / "terms.json"
    paper.write_bytes(b"a paper")
    opening = ["registry", "application", "open", "w", *where, "--identifier", IDENTIFIER, "--name", "見本評価機構"]
    assert run([*opening, "--by", "op-1"]) == 0
    found_id = capsys.readouterr().out.split()[0]
    assert run(["registry", "application", "check", found_id, *where, "--json"]) == 1
    assert [one["id"] for one in json.loads(capsys.readouterr().out)["missing"]] == ["a", "b"]
    for item in ("a", "b"):
        assert run(["registry", "application", "supply", found_id, item, str(paper), *where, "--by", "op-1"]) == 0
    assert run(["registry", "application", "check", found_id, *where]) == 0
    said = {"no": 7, "scheme": "jp.meti.scs", "version": "2026-03-27", "levels": [3]}
    terms.write_text(json.dumps({**said, "from": "2026-01-01", "until": "2029-01-01"}))
    capsys.readouterr()
    return found_id, [str(terms)]


def test_papers_are_told_by_name_and_a_refusal_needs_both(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--dir", str(data.path)]
    found_id, _ = complete(data, capsys)
    deciding = ["registry", "application", "decide", found_id, *where]
    with pytest.raises(WrongUseError, match="no operator"):
        run([*deciding, "--as", "op-1", "--refuse", "cause"])
    with pytest.raises(NotFoundError, match="nobody decided before"):
        run([*deciding, "--as", "operator-1"])
    assert run([*deciding, "--as", "operator-1", "--refuse", "competence"]) == 0
    assert run([*deciding, "--as", "operator-2"]) == 0
    assert "refused" in capsys.readouterr().out
    assert run(["registry", "application", "show", found_id, *where, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [one["step"] for one in shown["steps"]] == ["open", "supply", "supply", "decide", "decide"]
    assert run(["registry", "application", "list", *where]) == 0
    assert run(["registry", "application", "windows", *where]) == 0
    assert "w  evaluation  2020-01-01 to 2999-12-31  open" in capsys.readouterr().out


def test_terms_that_no_pack_knows_are_refused_before_anybody_signs(
    data: DataFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    found_id, (terms,) = complete(data, capsys)
    deciding = [
        "registry",
        "application",
        "decide",
        found_id,
        "--dir",
        str(data.path),
        "--as",
        "operator-1",
        "--grant",
        terms,
    ]
    Path(terms).write_text(Path(terms).read_text().replace("[3]", "[5]"))
    with pytest.raises(RefusedError, match="tier 5 cannot be issued"):
        run(deciding)
    Path(terms).write_text("[]")
    with pytest.raises(WrongUseError, match="holds no terms"):
        run(deciding)


@pytest.mark.system
def test_a_grant_by_two_operators_is_an_accreditation_in_the_log(
    served: DataFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--dir", str(served.path)]
    found_id, (terms,) = complete(served, capsys)
    assert run(["scheme", "publish", "jp.meti.scs", *where]) == 0
    deciding = ["registry", "application", "decide", found_id, *where]
    assert run([*deciding, "--as", "operator-1", "--grant", terms]) == 0
    assert "proposed" in capsys.readouterr().out
    assert run([*deciding, "--as", "operator-2"]) == 0
    assert "log entry" in capsys.readouterr().out
    found = Applications(served.applications).get(found_id)
    assert found.state == "accredited"
    assert found.entry is not None
    with pytest.raises(RefusedError, match="is accredited: nothing more"):
        run([*deciding, "--as", "operator-1"])


def test_a_grant_that_somebody_wrote_into_the_file_leads_to_nothing(
    data: DataFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    found_id, (terms,) = complete(data, capsys)
    deciding = ["registry", "application", "decide", found_id, "--dir", str(data.path)]
    run([*deciding, "--as", "operator-1", "--grant", terms])
    book = Applications(data.applications)
    proposed = book.get(found_id)
    forged = proposed.words[0].model_copy(update={"by": "operator-2"})
    book.append(decide(proposed, forged, read_rules(data.path).items("evaluation")))
    assert book.get(found_id).state == "granted"
    with pytest.raises(RefusedError, match="two operators decide, and only one signed"):
        run([*deciding, "--as", "operator-2"])


def test_words_that_are_unsigned_or_of_another_key_are_refused(
    data: DataFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    found_id, (terms,) = complete(data, capsys)
    deciding = ["registry", "application", "decide", found_id, "--dir", str(data.path)]
    run([*deciding, "--as", "operator-1", "--grant", terms])
    found, root = Applications(data.applications).get(found_id), data.trust_root()
    word = found.words[0]
    unsigned = replace(found, words=(word, word.model_copy(update={"by": "operator-2", "approval": None})))
    with pytest.raises(RefusedError, match="not signed"):
        check_words(unsigned, root)
    with pytest.raises(RefusedError, match="something else"):
        check_words(replace(found, name="別の機構"), root)
    assert word.decision is not None
    directory = load_signer(data.key("directory"), PASSPHRASE.encode())
    other = sign_approval(
        found.subject(word.decision),
        iss=authority_uri(root.host),
        log=root.origin,
        iat=word.at,
        signer=directory,
        entropy=seeded_entropy("other"),
    )
    with pytest.raises(RefusedError, match="not an operator's"):
        check_words(replace(found, words=(word, word.model_copy(update={"approval": other}))), root)
