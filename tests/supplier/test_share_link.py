"""The page that makes a link for one addressee: the name goes in with a word of consent alone, and is kept nowhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from issuer.supplier.plan import supplier_plan
from issuer.supplier.shelf import add_bundle, pin_root
from registry.scenario.simulated_log import HOST
from tests.console.enrolled import Visitor, add_person, free_port, open_console
from tests.issuer.conftest import DAY, accredited, evaluator, filled_sheet, migrated
from tests.issuer.test_sole_proprietor import NAME, opened
from verifier.dates import local_date
from verifier.mark import parse_mark
from verifier.share import Share, name_standing, read_link

if TYPE_CHECKING:
    from pathlib import Path

    from issuer.supplier.place import SupplierPlace
    from tests.issuer.conftest import Evaluator

__all__ = ["accredited", "evaluator", "migrated"]


@pytest.fixture
def package(evaluator: Evaluator, place: SupplierPlace, tmp_path: Path) -> Path:
    """A sole proprietor's package, whose mark is on the shelf."""
    case = opened(evaluator)
    evaluator.desk.import_answers(case, filled_sheet(3), "a.xlsx")
    evaluator.desk.confirm_by_expert(case, kind="body_holder", by="h-99aa")
    evaluator.desk.swear_oath(case, officer=NAME)
    evaluator.sim.now += 3600
    evaluator.desk.attest(case)
    evaluator.sim.now += DAY
    evaluator.sim.publish_directory()
    evaluator.sim.publish()
    evaluator.desk.decide(case, "granted")
    folder = evaluator.issue(case, tmp_path / "marks").folder
    place.now = lambda: evaluator.sim.now
    pin_root(place, evaluator.sim.fetch("trust/1.json"))
    add_bundle(place, (folder / "bundle.json").read_bytes(), by="me")
    return folder


@pytest.fixture
def person(place: SupplierPlace, tmp_path: Path) -> Visitor:
    console = open_console(supplier_plan(place), tmp_path / "accounts", port=free_port(), now=lambda: place.now())
    return Visitor(console, add_person(console, "担当", "officer"))


def link_on(page: str) -> Share:
    found = re.search(r"(https://[^<\s]+/s#s\.[A-Za-z0-9_-]+)", page)
    assert found is not None, page
    share = read_link(found[1])
    assert isinstance(share, Share)
    return share


def test_a_link_is_made_with_the_name_that_its_holder_agreed_to_show_and_nothing_of_it_is_kept(
    place: SupplierPlace, package: Path, person: Visitor
) -> None:
    until = local_date(place.now() + 7 * DAY, "Asia/Tokyo").isoformat()
    path, name = f"/marks/{package.name}/link", (package / "name.json").read_bytes()
    files = {"name": ("name.json", name)}
    made = person.send(path, {"to": "見本商事", "until": until, "agrees": "yes"}, files=files)
    share, mark = link_on(made.text), parse_mark((package / "mark.jwt").read_text())
    assert (share.to, share.host, share.mark) == ("見本商事", HOST, mark.id)
    assert name_standing(share, mark, is_registered=True) == "fits"
    kept = [one.read_bytes() for one in place.folder.iterdir() if one.name.startswith("supplier.db")]
    assert not any(NAME.encode() in one or share.id.encode() in one for one in kept)


def test_without_consent_no_name_goes_into_a_link(place: SupplierPlace, package: Path, person: Visitor) -> None:
    until = local_date(place.now() + 7 * DAY, "Asia/Tokyo").isoformat()
    path, order = f"/marks/{package.name}/link", {"to": "見本商事", "until": until}
    refused = person.send(path, order, files={"name": ("name.json", (package / "name.json").read_bytes())})
    assert refused.status_code == 422
    assert "/s#s." not in refused.text
    assert link_on(person.send(path, order, files={"name": ("", b"")}).text).name is None
    other = person.send(path, {**order, "agrees": "yes"}, files={"name": ("name.json", b"{}")})
    assert "/s#s." not in other.text
    over = person.send(path, {**order, "until": "2020-01-01"})
    assert (over.status_code, "the last day on which it is shown is over" in over.text) == (400, True)
