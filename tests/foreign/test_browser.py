"""The foreign operator's console in a browser: three people, three passkeys, from a cell to the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from recognition.case_file import read_case
from recognition.decide import decide
from recognition.foreign_desk import ForeignOperator
from registry.scenario import cast
from registry.scenario.border import OPERATOR_NO
from tests.browser.test_accessibility import faults
from tests.console.enrolled import enrol, new_browser_page, serving
from tests.foreign.conftest import LABEL, PASSPHRASE, Alone, Corridor
from verifier.edge.keystore import load_signer
from verifier.envelope import verify_token
from verifier.keys import import_jwk

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.system

SAMPLE = (("ja", "light", 360), ("ja", "dark", 1280), ("en", "dark", 360), ("en", "light", 1280))
MAPPING, CRITERION = "partner-to-scs3", "1-2-1-1"


class Person:
    """Somebody at a browser of their own, with an authenticator of their own."""

    def __init__(self, chromium: Any, place: Alone, name: str, *roles: str) -> None:
        self.page = new_browser_page(chromium)
        self.url = place.console.house.accounts.party.origin
        enrol(self.page, place.console, name, *roles)

    def go(self, path: str) -> Any:
        self.page.goto(self.url + path)
        return self.page

    def press(self, form: str, act: str) -> None:
        with self.page.expect_navigation():
            self.page.click(f"#{form} button[value={act}]")

    def told(self) -> str:
        return str(self.page.inner_text("#content"))


@pytest.fixture
def served(corridor: Corridor) -> Iterator[Corridor]:
    port = int(corridor.console.house.accounts.party.origin.rpartition(":")[2])
    with serving(corridor.console.app, port):
        yield corridor


def change_a_cell(mapper: Person) -> None:
    """A covering relation becomes a part of the criterion, and the gap list grows by it; then back."""
    mapper.go("/mappings")
    mapper.page.select_option("#catalogue-name", MAPPING)
    mapper.press("catalogue", "begin")
    for relation, left in (("subset-of", "1"), ("equivalent-to", "0")):
        page = mapper.go(f"/mappings/{MAPPING}/criteria/{CRITERION}")
        (form,) = page.eval_on_selector_all("form[id^=row-]:not(#row-new)", "all => all.map(one => one.id)")
        page.select_option(f"#{form}-relation", relation)
        page.fill(f"#{form}-note", "the same duties")
        mapper.press(form, "save")
        assert "Saved." in page.inner_text("body")
        shown = mapper.go(f"/mappings/{MAPPING}/gaps").inner_text("#content")
        assert f"Left open\n{left}" in shown
        assert (CRITERION in shown) is (left == "1")


def simulate_three(mapper: Person, corridor: Corridor) -> list[int]:
    """Run a simulation over a certificate of each level; return the tiers that the page names."""
    day = corridor.day(-10)
    rows = "name,level,issued\n" + "".join(f"{level},{level},{day}\n" for level in ("declared", "reviewed", "tested"))
    page = mapper.go("/simulation")
    page.select_option("#simulation-under", f"mapping:{MAPPING}")
    page.fill("#simulation-rows", rows)
    mapper.press("simulation", "run")
    cells = page.eval_on_selector_all(
        "table tbody tr td:nth-child(2) .cell", "all => all.map(one => one.innerText.trim())"
    )
    shown = [int(one[-1]) if "★" in one else 0 for one in cells]
    place = page.url
    cases = [page.request.get(f"{place}/{at}/case.json").body() for at in range(3)]
    decided = [decide(read_case(one)).recognised for one in cases]
    assert shown == [one.tier.level if one else 0 for one in decided]
    return shown


def draw_up(mapper: Person, corridor: Corridor) -> None:
    page = mapper.go("/agreements/new")
    page.fill("#draw-label", LABEL)
    page.select_option("#draw-cap-declared", "")
    days = {"opens": -60, "closes": -30, "review_by": 300, "not_after": 900}
    for name, number in days.items():
        page.fill(f"#draw-{name}", corridor.day(number))
    mapper.press("draw", "draw")


def test_three_people_draw_release_simulate_and_sign_and_the_signature_verifies(
    chromium: Any, served: Corridor
) -> None:
    mapper = Person(chromium, served, "Sample mapper", "mapper")
    change_a_cell(mapper)
    mapper.go(f"/mappings/{MAPPING}/versions")
    mapper.press("propose", "propose")
    proposal = mapper.page.url.removeprefix(mapper.url)
    assert mapper.page.query_selector("form[action$=approve]") is None, "nobody approves their own"
    approver = Person(chromium, served, "Sample approver", "approver")
    approver.go(proposal)
    with approver.page.expect_navigation():
        approver.page.click("form[action$=approve] button")
    assert served.desks.mappings.releases(MAPPING)[0].released_by == "Sample approver"
    assert simulate_three(mapper, served) == [0, 3, 3]
    draw_up(mapper, served)
    signatory = Person(chromium, served, "Sample signatory", "signatory")
    signatory.go(f"/agreements/{LABEL}")
    signatory.press("sign", "sign")
    signatory.page.fill("#passphrase", PASSPHRASE)
    with signatory.page.expect_navigation():
        signatory.page.click("form button:has-text('nlock'), form.ask button[type=submit]")
    assert "Sample signatory, version 1" in signatory.told()
    token = served.desks.agreements.proposal(LABEL, 1).said.token
    signer = load_signer(served.desks.folder.key, PASSPHRASE.encode())
    verify_token(token, import_jwk(signer.jwk))
    assert token.payload["iss"] == ForeignOperator(cast.HOST, OPERATOR_NO, "-").uri


PAGES = (
    "/",
    "/schemes",
    "/schemes/example.partner-scheme",
    "/mappings",
    f"/mappings/{MAPPING}",
    f"/mappings/{MAPPING}/matrix",
    f"/mappings/{MAPPING}/gaps",
    f"/mappings/{MAPPING}/versions",
    f"/mappings/{MAPPING}/criteria/{CRITERION}",
    "/simulation",
    "/simulation/1",
    "/agreements",
    "/agreements/new",
    f"/agreements/{LABEL}",
    f"/agreements/{LABEL}/terms",
    "/proposals/1",
)


def furnish(chromium: Any, place: Corridor) -> Person:
    """Let one person with every role do what fills the pages; another one releases."""
    everything = Person(chromium, place, "Sample mapper", "mapper", "signatory")
    change_a_cell(everything)
    everything.go(f"/mappings/{MAPPING}/versions")
    everything.press("propose", "propose")
    approver = Person(chromium, place, "Sample approver", "approver")
    approver.go("/proposals/1")
    with approver.page.expect_navigation():
        approver.page.click("form[action$=approve] button")
    simulate_three(everything, place)
    draw_up(everything, place)
    return everything


@pytest.mark.prove
def test_no_page_of_the_console_has_a_violation(chromium: Any, served: Corridor) -> None:
    person = furnish(chromium, served)
    found = {}
    for lang, scheme, width in SAMPLE:
        person.page.emulate_media(color_scheme=scheme)
        person.page.set_viewport_size({"width": width, "height": 900})
        for path in PAGES:
            person.go(f"{path}{'&' if '?' in path else '?'}lang={lang}")
            found[path, lang, scheme, width] = faults(person.page)
    assert {name: one for name, one in found.items() if one} == {}


@pytest.mark.prove
def test_the_corridor_from_the_draft_to_the_suspension_is_seen_by_everybody(chromium: Any, served: Corridor) -> None:
    furnish(chromium, served)
    signatory = Person(chromium, served, "Sample signatory", "signatory")
    signatory.go(f"/agreements/{LABEL}")
    signatory.press("sign", "sign")
    signatory.page.fill("#passphrase", PASSPHRASE)
    with signatory.page.expect_navigation():
        signatory.page.click("form.ask button[type=submit]")
    signatory.press("send", "send")
    served.tick()
    desk = served.desks.agreements
    uri, public = desk.uri(LABEL), desk.treaty(LABEL).statement_public(1)
    served.authority.submit("agreement.announced", uri, public)
    served.tick()
    signatory.press("ask", "ask")
    assert "Announced" in signatory.told()
    begun = {name: one for name, one in public.items() if name != "scheme"}
    served.authority.submit("agreement.in_force", uri, {**begun, "effective": served.world.clock() + 1})
    served.tick()
    signatory.press("ask", "ask")
    assert "In force" in signatory.told()
    page = signatory.page.context.new_page()
    page.goto(f"{served.desks.folder.operator().read}/a/{LABEL}?lang=en")
    assert "In force" in page.inner_text("#content")
    signatory.page.select_option("#fact-asks", "suspend")
    signatory.press("fact", "state")
    assert desk.facts(LABEL) == [1]
    stopped = {"reason": "administrative", "existing": "stop_now", "effective": served.world.clock()}
    served.authority.submit("agreement.suspended", uri, stopped)
    served.tick()
    page.reload()
    assert "Suspended" in page.inner_text("#content")
    signatory.press("ask", "ask")
    assert "Suspended" in signatory.told()
