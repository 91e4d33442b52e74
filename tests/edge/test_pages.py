"""Pages, made from real verdicts in both languages, say everything and say it safely."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from registry.reading.page_answer import PageRequest, Render
from registry.reading.standing import body_answer, standing_of
from registry.scenario.simulated_log import HOST, ZONE
from registry.scenario.simulator import DAY, HOLDER
from tests.edge.conftest import LOOK_ALIKE
from tests.world import World
from verifier.directory.record import IdentifierRecord, MarkLine
from verifier.edge.i18n import LANGUAGES, translator
from verifier.edge.page.front_pages import limits_page, problem_page, start_page
from verifier.edge.page.listing_pages import Answered, organisation_page
from verifier.edge.page.mark_page import mark_links, mark_page
from verifier.edge.page.pages import PageRenderer
from verifier.edge.page.wording import LIMITS, check_words, headline_words
from verifier.edge.rendering import static_file
from verifier.errors import NotFoundError, WrongUseError
from verifier.verdict import Headline, Verdict

CASES = (
    "valid", "valid_offline", "suspended", "expired", "forged", "not_confirmed", "seal_only", "below_requirement",
    "not_found",
)  # fmt: skip
VOID = {"meta", "link", "img", "br", "input"}


class _Page(HTMLParser):
    """A parsed page: its elements, its text, and whether every element is closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.faults: list[str] = []
        self.feed(html)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def _page(verdict: Verdict, lang: str = "ja") -> _Page:
    shown = verdict.mark.id if verdict.mark else "0" * 26
    return _Page(mark_page(verdict, lang=lang, path=f"/m/{shown}", links=mark_links(shown, lang)))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_a_page_says_the_headline_in_words_and_with_a_sign(verdicts: dict[str, Verdict], case: str, lang: str) -> None:
    page = _page(verdicts[case], lang)
    words = headline_words(verdicts[case].headline, translator(lang))
    for text in (words.answer, words.title, words.explanation, words.next_step):
        assert text in page.text
    status = next(one for tag, one in page.elements if one.get("role") == "status")
    assert status["class"].startswith("status tone-")
    assert any(one.get("class", "").startswith("icon icon-") for one in page.all("span"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_a_page_lists_every_check_with_its_reason(verdicts: dict[str, Verdict], case: str, lang: str) -> None:
    verdict = verdicts[case]
    page = _page(verdict, lang)
    assert len(page.all("details")) > 0
    for check in verdict.checks:
        words = check_words(check, translator(lang))
        for text in (words.title, words.result, words.explanation, words.next_step, check.detail):
            assert text in page.text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_a_page_is_well_formed_html_in_its_language(verdicts: dict[str, Verdict], case: str, lang: str) -> None:
    page = _page(verdicts[case], lang)
    assert page.faults == []
    assert page.open == []
    assert page.all("html") == [{"lang": lang}]
    ids = [one["id"] for _, one in page.elements if "id" in one]
    assert len(ids) == len(set(ids))
    labels = [one["aria-labelledby"] for _, one in page.elements if "aria-labelledby" in one]
    assert set(labels) <= set(ids)
    assert [tag for tag, _ in page.elements if tag in ("h1", "main", "header", "footer")].count("h1") == 1


@pytest.mark.parametrize("case", CASES)
def test_a_page_has_no_script_no_inline_style_and_nothing_from_elsewhere(
    verdicts: dict[str, Verdict], case: str
) -> None:
    page = _page(verdicts[case])
    assert not {"style", "iframe", "form"} & {tag for tag, _ in page.elements}
    assert [one for one in page.all("script") if one != {"type": "application/ld+json"}] == []
    names = {name for _, attributes in page.elements for name in attributes}
    assert not {name for name in names if name.startswith("on") or name == "style"}
    addresses = [one.get("href") or one.get("src") for _, one in page.elements if "href" in one or "src" in one]
    assert [one for one in addresses if one and not one.startswith(("/", "#"))] == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_a_page_always_says_when_what_it_does_not_mean_and_who_computed_it(
    verdicts: dict[str, Verdict], case: str, lang: str
) -> None:
    page, t = _page(verdicts[case], lang), translator(lang)
    assert t.moment(verdicts[case].as_of, ZONE).words in page.text
    assert t.moment(verdicts[case].as_of, ZONE).utc in page.text
    for name in ("mark.limits.title", "mark.server.text", "mark.server.code", "banner.demonstration.title"):
        assert t.gettext(name) in page.text


def test_a_valid_mark_is_shown_whole(verdicts: dict[str, Verdict]) -> None:
    verdict, page = verdicts["valid"], _page(verdicts["valid"], "en")
    assert verdict.mark is not None
    for text in (
        "株式会社サンプル精機", "Sample Seiki KK", "Corporate number (Japan)", "1180301018771", "★★★", "★3",
        "obtained and registered", "全社の IT 基盤", "Whole company", "Not included", "2026-03-27", "SCS3-000007",
        "to the end of 21 November 2027 (JST)", "2027-11-21T15:00:00Z", str(verdict.index), "As registered",
        "Does this match your supplier?", f"shirushi verify {verdict.mark.id}.jwt", "--offline --bundle bundle.json",
    ):  # fmt: skip
        assert text in page.text
    hrefs = {one["href"] for one in page.all("a")}
    assert {*mark_links(verdict.mark.id, "en").values(), "/e/1001"} <= hrefs
    assert page.all("img")[0]["src"] == mark_links(verdict.mark.id, "en")["qr_svg"]


def test_the_stars_have_a_text_beside_them(verdicts: dict[str, Verdict]) -> None:
    page = _page(verdicts["valid"])
    assert [one for one in page.all("span") if one.get("class") == "drawn"] == [
        {"class": "drawn", "aria-hidden": "true"}
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_holder_of_a_forged_mark_is_named_as_its_possible_victim(verdicts: dict[str, Verdict], lang: str) -> None:
    page = _page(verdicts["forged"], lang)
    assert translator(lang).gettext("note.victim", holder="株式会社サンプル精機") in page.text
    assert translator(lang).gettext("claim.unconfirmed") in page.text
    assert LOOK_ALIKE in page.text
    assert [one["href"] for one in page.all("a") if LOOK_ALIKE in one["href"]] == []


@pytest.mark.parametrize("case", ["forged", "seal_only"])
def test_what_an_unconfirmed_mark_says_is_told_as_its_claim(verdicts: dict[str, Verdict], case: str) -> None:
    page, t = _page(verdicts[case]), translator("ja")
    assert t.gettext("claim.unconfirmed") in page.text
    assert t.gettext("claim.registered") not in page.text


@pytest.mark.parametrize("case", [case for case in CASES if not case.startswith("valid")])
def test_a_mark_that_is_not_valid_offers_no_code_to_scan(verdicts: dict[str, Verdict], case: str) -> None:
    assert _page(verdicts[case]).all("img") == []


def test_not_confirmed_says_when_the_mark_itself_is_genuine(verdicts: dict[str, Verdict]) -> None:
    assert translator("en").gettext("note.genuine") in _page(verdicts["not_confirmed"], "en").text
    assert translator("en").gettext("note.genuine") not in _page(verdicts["seal_only"], "en").text


def test_a_replaced_mark_leads_to_its_successor(verdicts: dict[str, Verdict]) -> None:
    successor = "1" * 26
    verdict = replace(verdicts["valid"], headline=Headline.SUPERSEDED, successor=successor)
    assert f"/m/{successor}" in [one["href"] for one in _page(verdict).all("a")]


def test_a_group_opens_by_itself_only_where_something_did_not_pass(verdicts: dict[str, Verdict]) -> None:
    assert all("open" not in one for one in _page(verdicts["valid"]).all("details"))
    assert sum("open" in one for one in _page(verdicts["suspended"]).all("details")) == 1


def test_a_hostile_name_stays_text(verdicts: dict[str, Verdict]) -> None:
    verdict = verdicts["forged"]
    assert verdict.mark is not None
    hostile = replace(verdict.mark, holder="<script>alert(1)</script>\u202e%s %(x)s", holder_latin='"><img src=x>')
    html = mark_page(replace(verdict, mark=hostile), lang="en", path="/m/x", links={})
    assert "<script>" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\ufffd%s %(x)s" in html


@pytest.mark.parametrize(
    ("environment", "banners"), [("production", 0), (None, 0), ("demonstration", 1), ("sandbox", 1)]
)
def test_only_production_has_no_banner(verdicts: dict[str, Verdict], environment: str | None, banners: int) -> None:
    page = _page(replace(verdicts["valid"], environment=environment))
    assert len([one for one in page.all("aside") if one["class"].startswith("banner ")]) == banners


def test_the_other_language_is_one_link_away(verdicts: dict[str, Verdict]) -> None:
    verdict = verdicts["valid"]
    assert verdict.mark is not None
    links = [one for one in _page(verdict, "ja").all("a") if "hreflang" in one]
    assert [(one["href"], one["aria-current"]) for one in links] == [
        (f"/m/{verdict.mark.id}?lang=ja", "true"), (f"/m/{verdict.mark.id}?lang=en", "false"),
    ]  # fmt: skip


def test_the_style_sheet_that_pages_name_is_there(verdicts: dict[str, Verdict]) -> None:
    sheet = next(one["href"] for one in _page(verdicts["valid"]).all("link") if one["rel"] == "stylesheet")
    name, _, version = sheet.removeprefix("/static/").partition("?v=")
    data, media_type = static_file(name)
    assert (media_type, len(version)) == ("text/css", 12)
    assert b"prefers-color-scheme: dark" in data
    assert b"@media print" in data


@pytest.mark.parametrize("name", ["", "..", "../pages.py", "none.css", "/etc/hostname"])
def test_nothing_but_static_files_is_given_out(name: str) -> None:
    with pytest.raises(NotFoundError):
        static_file(name)


# --- bodies and organisations ----------------------------------------------------------------------------------------


def _ask(kind: str, name: str, answer: dict[str, object], lang: str = "en") -> PageRequest:
    return PageRequest(kind, name, answer, None, "", {"lang": lang})  # type: ignore[arg-type]


def _renderer(now: int) -> Render:
    return PageRenderer(environment="demonstration", zone=ZONE, now=lambda: now)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_bodys_page_says_for_what_and_until_when_it_is_accredited(
    world: World, verdicts: dict[str, Verdict], lang: str
) -> None:
    answer = body_answer(world.sim, world.pinned, 1001)
    page = _Page(_renderer(world.sim.now)(_ask("body", "1001", {**answer, "name": "評価機関 <甲>"}, lang)))
    t = translator(lang)
    for text in ("評価機関 <甲>", "1001", "★3", "★4", t.gettext("body.standing.active.title"),
                 t.gettext("body.role.evaluation"), t.gettext("body.person.text")):  # fmt: skip
        assert text in page.text
    assert (page.faults, page.open) == ([], [])


def test_a_body_whose_period_is_over_is_not_shown_as_accredited(world: World, verdicts: dict[str, Verdict]) -> None:
    answer = body_answer(world.sim, world.pinned, 1001)
    later = _Page(_renderer(world.sim.now + 2000 * DAY)(_ask("body", "1001", answer)))
    assert translator("en").gettext("body.standing.lapsed.title") in later.text
    unlisted = _Page(_renderer(world.sim.now)(_ask("body", "1001", {**answer, "listed": None})))
    assert translator("en").gettext("body.standing.unknown.title") in unlisted.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_organisations_page_lists_every_mark_with_its_state(
    world: World, verdicts: dict[str, Verdict], lang: str
) -> None:
    answer = {"organisation": f"https://{HOST}/o/{HOLDER}", **standing_of(world.sim, HOLDER).members()}
    page = _Page(_renderer(world.sim.now)(_ask("organisation", HOLDER, answer, lang)))
    marks = {one.mark.id for one in verdicts.values() if one.mark}
    assert marks <= {one["href"].removeprefix("/m/") for one in page.all("a")}
    assert translator(lang).gettext("state.suspended") in page.text
    assert translator(lang).gettext("state.active") in page.text
    assert (page.faults, page.open) == ([], [])


@pytest.mark.parametrize(
    ("state", "now", "shown"),
    [
        ("active", 50, "Not valid yet"), ("active", 100, "In force"), ("active", 200, "Expired"),
        ("suspended", 100, "Suspended"), ("suspended", 200, "Withdrawn"), ("annulled", 300, "Annulled"),
        ("under_review", 100, "Unknown"),
    ],
)  # fmt: skip
def test_a_listed_state_is_read_with_the_clock(state: str, now: int, shown: str) -> None:
    line = MarkLine(mark="0" * 25 + "0", link="held", scheme="jp.meti.scs", tier=3, scope_kind="company", state=state,
                    nbf=100, until=200)  # fmt: skip
    record = IdentifierRecord(identifier=HOLDER, marks=(line,))
    answered = Answered(now=now, zone="UTC", environment="production", size=1)
    page = _Page(organisation_page(record, answered, lang="en", path="/o/x"))
    assert f" {shown} " in page.text


def test_a_renderer_is_what_the_reader_takes(verdicts: dict[str, Verdict]) -> None:
    verdict = verdicts["valid"]
    assert verdict.mark is not None
    render: Render = PageRenderer(environment="demonstration", zone=ZONE, now=lambda: 1)
    request = PageRequest("mark", verdict.mark.id, verdict.members(), verdict, "en;q=0.8, ja;q=0.2", {})
    assert headline_words(Headline.VALID, translator("en")).title in _Page(render(request)).text
    with pytest.raises(WrongUseError):
        render(PageRequest("mark", verdict.mark.id, {}, None, "", {}))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_that_is_not_there_does_not_say_that_a_mark_is_not_registered(lang: str) -> None:
    page = _Page(problem_page("not_found", lang=lang, path="/m/x", detail="no such file <x>"))
    t = translator(lang)
    assert t.gettext("problem.not_found.explanation") in page.text
    assert t.gettext("answer.not_found") not in page.text
    assert "no such file <x>" in page.text
    assert t.gettext("problem.http_error.title") in _Page(problem_page("teapot", lang=lang, path="/")).text


@pytest.mark.parametrize("path", ["//elsewhere.example/m", "/\\elsewhere.example", "/\t/elsewhere.example", '/"><b>'])
def test_a_path_of_somebodys_making_leads_nowhere_else(path: str) -> None:
    links = [one["href"] for one in _Page(problem_page("not_found", lang="ja", path=path)).all("a")]
    assert [one for one in links if not re.match(r"#|/($|[^/\\\s\"<>])", one)] == []


def test_a_mark_that_is_not_registered_offers_only_the_answer(verdicts: dict[str, Verdict]) -> None:
    request = PageRequest("mark", "0" * 26, {}, verdicts["not_found"], "en", {})
    hrefs = [one["href"] for one in _Page(_renderer(1)(request)).all("a") if one["href"].startswith("/m/")]
    assert [one for one in hrefs if "?lang=" not in one] == [f"/m/{'0' * 26}.json"]


# --- the start page and the limits -----------------------------------------------------------------------------------

ABOUT = {
    "registry": f"https://{HOST}", "environment": "demonstration", "log": {"checkpoint": "/log/checkpoint"},
    "directory": "/directory/latest", "trust_root": "/trust/1.json", "trust_list": "/trust/list.jwt",
}  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_start_page_asks_for_a_mark_without_a_script(lang: str) -> None:
    page = _Page(start_page(ABOUT, lang=lang))
    t = translator(lang)
    form, drop = page.all("form")
    field, file = page.all("input")
    assert (form["action"], form["method"], field["name"]) == ("/check", "get", "q")
    assert (drop["action"], drop["method"], drop["enctype"], file["name"]) == (
        "/check",
        "post",
        "multipart/form-data",
        "file",
    )
    assert [one["for"] for one in page.all("label")] == [field["id"], file["id"]]
    assert field["aria-invalid"] == "false"
    assert t.gettext("start.check.hint") in page.text
    assert t.gettext("drop.sent") in page.text
    assert [one["src"] for one in page.all("script")] == ["/static/scan/hand_over.js"]
    assert not {"style", "iframe"} & {tag for tag, _ in page.elements}
    assert {"/limits", "/log/checkpoint", "/trust/1.json"} <= {one["href"] for one in page.all("a")}
    assert (page.faults, page.open) == ([], [])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_text_that_is_no_mark_is_shown_again_with_what_is_wrong(lang: str) -> None:
    page = _Page(start_page(ABOUT, lang=lang, typed='"><script>x</script>'))
    field = page.all("input")[0]
    assert (field["value"], field["aria-invalid"]) == ('"><script>x</script>', "true")
    ids = {one["id"] for _, one in page.elements if "id" in one}
    assert set(field["aria-describedby"].split()) <= ids
    assert translator(lang).gettext("start.check.unreadable") in page.text
    assert len(page.all("script")) == 1


def test_the_form_keeps_a_language_that_was_chosen() -> None:
    chosen = _Page(start_page(ABOUT, lang="en", asked_lang="en"))
    assert {"type": "hidden", "name": "lang", "value": "en"} in chosen.all("input")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_limit_says_what_cannot_be_proven_and_what_to_do_instead(lang: str) -> None:
    page, t = _Page(limits_page(lang=lang)), translator(lang)
    assert [one["id"] for one in page.all("section") if one["class"] == "card limits"] == list(LIMITS)
    for one in LIMITS:
        for part in ("title", "explanation", "instead"):
            assert t.gettext(f"limits.{one}.{part}") in page.text
    assert (page.faults, page.open) == ([], [])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_leads_to_what_cannot_be_proven(verdicts: dict[str, Verdict], lang: str) -> None:
    pages = (_page(verdicts["valid"], lang), _Page(problem_page("not_found", lang=lang, path="/x")))
    assert all("/limits" in [one["href"] for one in page.all("a")] for page in pages)


def test_a_pasted_text_offers_nothing_of_the_registrys_and_keeps_the_text_in_the_other_language(
    verdicts: dict[str, Verdict],
) -> None:
    verdict = verdicts["forged"]
    request = PageRequest("mark", "x", {}, verdict, "en", {}, typed="https://look.alike/m/x#1&lang=ja")
    page = _Page(_renderer(1)(request))
    hrefs = [one["href"] for one in page.all("a")]
    assert [one for one in hrefs if one.startswith("/m/")] == []
    assert "/check?q=https%3A%2F%2Flook.alike%2Fm%2Fx%231%26lang%3Dja&lang=ja" in hrefs
    assert translator("en").gettext("mark.server.pasted") in page.text
