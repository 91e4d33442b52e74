"""The foreign operator's console without a browser: who may do what, and what the pages refuse."""

from __future__ import annotations

import errno
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from recognition.agreement_answer import gather_answer, read_answer
from recognition.agreement_proposal import read_proposal
from recognition.case_file import read_case
from recognition.console.commands import app
from recognition.console.mapping_desk import row_mark
from recognition.decide import decide
from recognition.receipt import receipt_bytes
from recognition.shipped import scheme_files
from registry.scenario import cast
from registry.scenario.border import OPERATOR_NO, SCHEME
from tests.console.enrolled import Visitor, add_person
from tests.foreign.conftest import LABEL, PASSPHRASE, Alone, Corridor
from verifier.edge.folder import FolderFetcher
from verifier.edge.packs import load_pack
from verifier.names import body_uri

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.system

MAPPING = "partner-to-scs3"
CRITERION = "1-2-1-1"
EDITOR = f"/mappings/{MAPPING}/criteria/{CRITERION}"


class Office:
    """Three people at one console."""

    def __init__(self, place: Alone) -> None:
        self.place = place
        console = place.console
        self.mapper = Visitor(console, add_person(console, "Sample mapper", "mapper"))
        self.approver = Visitor(console, add_person(console, "Sample approver", "approver"))
        self.signatory = Visitor(console, add_person(console, "Sample signatory", "signatory"))

    def begin(self) -> None:
        done(self.mapper.send("/mappings/catalogue", {"name": MAPPING}))

    def row(self, relation: str, **changes: Any) -> Any:
        (row,) = self.place.desks.mappings.at_work(MAPPING).rows_of(CRITERION)
        said = {"act": "save", "form": f"row-{row.number}", "was": row_mark(row), "source": [*row.sources]}
        return self.mapper.send(EDITOR, {**said, "relation": relation, "qualifier": "", "note": "", **changes})

    def release(self) -> None:
        answer = done(self.mapper.send(f"/mappings/{MAPPING}/propose"))
        done(self.approver.send(f"{answer.headers['location']}/approve"))

    def draw_up(self) -> None:
        days = {"opens": -60, "closes": -30, "review_by": 300, "not_after": 900}
        terms = {name: self.place.day(number) for name, number in days.items()}
        caps = {"cap-reviewed": "3", "cap-tested": "3"}
        said = {"label": LABEL, "mapping": MAPPING, "release": "1", "max_supplement": "10"}
        done(self.mapper.send("/agreements/new", {**said, **terms, **caps}))


def done(answer: Any) -> Any:
    assert answer.status_code == 303, answer.text[answer.text.find("mistake") :][:400]
    return answer


@pytest.fixture
def office(alone: Alone) -> Office:
    found = Office(alone)
    found.begin()
    return found


@pytest.fixture
def embassy(corridor: Corridor) -> tuple[Office, Corridor]:
    """Return the same people before a registry that is really there, with a released mapping and drawn-up terms."""
    found = Office(corridor)
    found.begin()
    found.release()
    found.draw_up()
    return found, corridor


def test_a_row_that_is_changed_changes_the_gap_list_and_who_drew_it_does_not_release_it(office: Office) -> None:
    done(office.row("subset-of"))
    gaps = office.mapper.get(f"/mappings/{MAPPING}/gaps.csv").text.splitlines()
    assert [line.partition(",")[0] for line in gaps[1:]] == [CRITERION]
    done(office.row("equivalent-to", note="the same duties"))
    assert len(office.mapper.get(f"/mappings/{MAPPING}/gaps.csv").text.splitlines()) == 1
    proposed = done(office.mapper.send(f"/mappings/{MAPPING}/propose")).headers["location"]
    assert office.mapper.send(f"{proposed}/approve").status_code == 403
    done(office.approver.send(f"{proposed}/approve"))
    (release,) = office.place.desks.mappings.releases(MAPPING)
    assert (release.drawn_by, release.released_by) == (("Sample mapper",), "Sample approver")


def test_an_approver_who_drew_a_part_does_not_release_it_either(office: Office) -> None:
    console = office.place.console
    both = Visitor(console, add_person(console, "Both", "mapper", "approver"))
    office.mapper, first = both, office.mapper
    done(office.row("equivalent-to"))
    proposed = done(first.send(f"/mappings/{MAPPING}/propose")).headers["location"]
    refused = both.send(f"{proposed}/approve")
    assert refused.status_code in (400, 422)
    assert "who drew a mapping does not release it" in refused.text


def test_two_people_at_one_row_do_not_overwrite_each_other(office: Office) -> None:
    assert office.row("subset-of", was='["PS-33", "1-2-1-1", "subset-of", "", ""]').status_code == 409
    assert office.place.desks.mappings.at_work(MAPPING).rows_of(CRITERION)[0].relation == "superset-of"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"relation": "banana"}, "relation"),
        ({"relation": "subset-of", "source": []}, "source"),
        ({"relation": "subset-of", "source": ["XX-1"]}, "XX-1"),
        ({"relation": "superset-of", "qualifier": "addressable"}, "condition"),
    ],
)
def test_a_row_outside_the_format_is_refused_with_the_place_and_nothing_typed_is_lost(
    office: Office, changes: dict[str, Any], told: str
) -> None:
    refused = office.row(changes.pop("relation"), note="kept note", **changes)
    assert refused.status_code in (400, 422)
    assert told in refused.text
    assert "kept note" in refused.text
    assert office.place.desks.mappings.at_work(MAPPING).rows_of(CRITERION)[0].relation == "superset-of"


def test_a_simulation_gives_the_tiers_of_the_decision_and_receipts_that_recompute(office: Office) -> None:
    day = office.place.day(-10)
    rows = f"name,level,issued\nA,declared,{day}\nB,reviewed,{day}\nC,tested,{day}\n"
    said = {"under": f"mapping:{MAPPING}", "tier": "3", "compare": "suspended"}
    ran = done(office.mapper.send("/simulation", said, files={"list": ("list.csv", io.BytesIO(rows.encode()))}))
    place = ran.headers["location"]
    page = office.mapper.get(place, headers={"accept-language": "en"}).text
    levels = []
    for at in range(3):
        question = read_case(office.mapper.get(f"{place}/{at}/case.json").content)
        decision = decide(question)
        assert office.mapper.get(f"{place}/{at}/receipt.json").content == receipt_bytes(question, decision)
        levels.append(decision.recognised.tier.level if decision.recognised else 0)
    assert levels == [0, 3, 3]
    assert page.count("Equivalent to ★3") >= 4, "twice as it is, twice before the suspension"
    assert page.count(">Lost<") == 2


def test_a_list_with_a_bad_row_is_refused_by_its_row(office: Office) -> None:
    rows = "name,level,issued\nA,golden,2026-01-01"
    said = {"form": "simulation", "under": f"mapping:{MAPPING}", "tier": "3", "compare": "", "rows": rows}
    refused = office.mapper.send("/simulation", said)
    assert refused.status_code in (400, 422)
    assert "row 2" in refused.text
    assert "A,golden" in refused.text


def test_the_corridor_from_the_draft_to_both_signatures(embassy: tuple[Office, Corridor]) -> None:
    office, corridor = embassy
    page = f"/agreements/{LABEL}"
    assert office.mapper.send(f"{page}/sign").status_code == 403, "a mapper signs nothing"
    shown = {"sha256": corridor.desks.agreements.treaty(LABEL).sha256}
    asked = office.signatory.send(f"{page}/sign", shown)
    assert "unlock_passphrase" in asked.text
    unlocked = {"unlock_key": "operator", "unlock_passphrase": PASSPHRASE, **shown}
    done(office.signatory.send(f"{page}/sign", unlocked))
    proposal = read_proposal(office.signatory.get(f"{page}/proposals/1").content)
    assert proposal.said.iss == body_uri(cast.HOST, OPERATOR_NO)
    done(office.signatory.send(f"{page}/send"))
    corridor.tick()
    treaty = proposal.treaty(load_pack)
    corridor.authority.submit("agreement.announced", corridor.desks.agreements.uri(LABEL), treaty.statement_public(1))
    corridor.tick()
    done(office.mapper.send(f"{page}/ask"))
    answer = corridor.desks.agreements.answer(LABEL)
    assert answer is not None
    announced = answer.announced(treaty.sha256)
    assert announced is not None
    assert len(set(announced.holders)) == 2
    shown = office.mapper.get(page, headers={"accept-language": "en"}).text
    assert "Sample signatory, version 1" in shown
    assert all(holder in shown for holder in announced.holders)


@pytest.mark.prove
def test_an_answer_with_another_second_signature_is_refused(embassy: tuple[Office, Corridor]) -> None:
    office, corridor = embassy
    shown = {"sha256": corridor.desks.agreements.treaty(LABEL).sha256}
    unlocked = {"unlock_key": "operator", "unlock_passphrase": PASSPHRASE, **shown}
    done(office.signatory.send(f"/agreements/{LABEL}/sign", unlocked))
    done(office.signatory.send(f"/agreements/{LABEL}/send"))
    corridor.tick()
    uri, treaty = corridor.desks.agreements.uri(LABEL), corridor.desks.agreements.treaty(LABEL)
    corridor.authority.submit("agreement.announced", uri, treaty.statement_public(1))
    corridor.tick()
    root = corridor.world.ceremony.root
    good = gather_answer(FolderFetcher(corridor.world.public), root, uri)
    assert read_answer(good, root, uri).announced(treaty.sha256) is not None
    told = json.loads(good)
    for bad in ({**told, "entries": []}, {**told, "entries": [{**told["entries"][0], "second": "x.y.z"}]}):
        files = {"answer": ("answer.json", io.BytesIO(json.dumps(bad).encode()))}
        assert office.mapper.send(f"/agreements/{LABEL}/answer", files=files).status_code in (400, 422)
    assert corridor.desks.agreements.answer(LABEL) is None


def test_a_mapping_goes_out_as_oscal_and_comes_in_again_with_the_same_digest(office: Office) -> None:
    document = office.mapper.get(f"/mappings/{MAPPING}/files/work/oscal.json").content
    again = document.replace(MAPPING.encode(), b"partner-again")
    done(office.mapper.send("/mappings/import", files={"oscal": ("mapping.json", io.BytesIO(again))}))
    desk = office.place.desks.mappings
    rows = [{row_mark(row) for row in desk.version(name, "work").rows} for name in (MAPPING, "partner-again")]
    assert rows[0] == rows[1]
    banana = again.replace(b"superset-of", b"banana").replace(b"partner-again", b"partner-third")
    refused = office.mapper.send("/mappings/import", files={"oscal": ("mapping.json", io.BytesIO(banana))})
    assert refused.status_code == 400
    assert "banana" in refused.text


def test_who_drew_the_terms_does_not_sign_them_and_broken_terms_are_never_saved(office: Office) -> None:
    both = Visitor(office.place.console, add_person(office.place.console, "Both", "mapper", "signatory"))
    office.release()
    office.mapper = both
    office.draw_up()
    refused = both.send(f"/agreements/{LABEL}/sign")
    assert "who drew the terms does not sign them" in refused.text
    assert "unlock_passphrase" not in refused.text
    treaty = office.place.desks.agreements.treaty(LABEL)
    broken = {"form": "terms", "sha256": treaty.sha256, "agreement.toml": 'id = "jp-partner"\nkind = "friendly"'}
    answer = both.send(f"/agreements/{LABEL}/terms", broken)
    assert answer.status_code == 400
    assert "friendly" in answer.text
    assert office.place.desks.agreements.treaty(LABEL).sha256 == treaty.sha256


def test_terms_that_were_changed_after_they_were_shown_are_not_signed(office: Office) -> None:
    office.release()
    office.draw_up()
    page, desk = f"/agreements/{LABEL}", office.place.desks.agreements
    shown = re.search(r'name="sha256" value="([^"]+)"', office.signatory.get(page).text)
    assert shown is not None
    files = {name: data.decode() for name, data in desk.files(LABEL).items() if name == "agreement.toml"}
    changed = {"form": "terms", "sha256": shown[1], "agreement.toml": files["agreement.toml"] + "\n# changed\n"}
    done(
        office.mapper.send(
            f"{page}/terms", {**changed, "disclosure.toml": desk.files(LABEL)["disclosure.toml"].decode()}
        )
    )
    assert desk.treaty(LABEL).sha256 != shown[1]
    unlocked = {"unlock_key": "operator", "unlock_passphrase": PASSPHRASE, "sha256": shown[1]}
    answer = office.signatory.send(f"{page}/sign", unlocked)
    assert answer.status_code == 409
    assert "changed after they were shown" in answer.text
    assert desk.signatures(LABEL) == []


def test_an_agreement_rests_on_a_released_mapping_only(office: Office) -> None:
    office.release()
    office.draw_up()
    done(office.row("subset-of"))
    desks = office.place.desks
    files = desks.agreements.files(LABEL)
    unreleased = {f"mappings/{name}": data for name, data in desks.mappings.files(MAPPING).items()}
    for name, data in {**files, **unreleased}.items():
        (office.place.folder / "agreements" / LABEL / "terms" / name).write_bytes(data)
    assert "is not a released one" in office.signatory.send(f"/agreements/{LABEL}/sign").text


def test_a_scheme_is_taken_in_from_whom_it_is_of_only(office: Office) -> None:
    def sent(folder: str) -> Any:
        files = scheme_files()[folder]
        names = {"head": "scheme.toml", "statements": "statements.csv"}
        return office.mapper.send("/schemes", files={key: (name, files[name]) for key, name in names.items()})

    assert done(sent("example.partner-scheme")).headers["location"] == "/schemes/example.partner-scheme"
    assert office.place.desks.folder.own_scheme("example.partner-scheme") is not None
    assert "does not speak for" in sent("uk.ncsc.cyber-essentials").text


def test_the_folder_is_made_and_people_are_invited_from_the_command_line(
    tmp_path: Path, trust_root: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", PASSPHRASE)
    root, folder = tmp_path / "1.json", tmp_path / "made"
    root.write_bytes(trust_root)
    words = ["init", str(folder), "--host", cast.HOST, "--no", "9001", "--scheme", SCHEME, "--root", str(root)]
    made = CliRunner().invoke(app, [*words, "--api", "https://api.shirushi.example"])
    assert made.exit_code == 0, made.exception
    assert "shirushi agreement key --out" in made.output
    invited = CliRunner().invoke(app, ["console", "invite", "Sample", "--role", "mapper", "--dir", str(folder)])
    assert "http://localhost:8723/enrol/" in invited.output
    assert "there is no role" in str(
        CliRunner().invoke(app, ["console", "invite", "Sample", "--role", "king", "--dir", str(folder)]).exception
    )
    assert CliRunner().invoke(app, ["console", "people", "--dir", str(tmp_path / "none")]).exit_code != 0


def test_a_history_that_cannot_be_written_stops_the_change_and_half_a_line_swallows_none(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    mappings = office.place.desks.mappings
    before, lines = mappings.files(MAPPING), mappings.history(MAPPING)
    with monkeypatch.context() as disk:
        disk.setattr("recognition.console.operator_folder.os.fsync", full)
        assert office.row("subset-of").status_code == 503
    assert (mappings.files(MAPPING), mappings.history(MAPPING)) == (before, lines)
    (history,) = (office.place.folder / "mappings").rglob("history.jsonl")
    history.write_bytes(history.read_bytes() + b'{"at": 1, "pers')
    assert mappings.history(MAPPING) == lines
    done(office.row("subset-of"))
    assert len(mappings.history(MAPPING)) == len(lines) + 1
