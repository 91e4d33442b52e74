"""The reader serves the read plane as it is, and composes answers without a database."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import httpx
import pytest

import registry.household.reader_process
from registry.reading.reader import create_reader
from registry.web.in_process import InProcessTransport
from verifier.bundle import parse_bundle
from verifier.edge.drawing.qr import decode_qr
from verifier.edge.page.pages import PageRenderer
from verifier.log.merkle import leaf_hash
from verifier.log.policy_file import parse_policy
from verifier.log.tlog_proof import TlogProof
from verifier.seal import scan_text
from verifier.trust.root import pin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.registry.conftest import Issued

ELSEWHERE = {"/search": 307}
"""What leads to another service."""


def get(issued: Issued, path: str, **headers: str) -> httpx.Response:
    return issued.world.http.get(f"http://read{path}", headers=headers)


def test_a_published_mark_is_valid(issued: Issued) -> None:
    answer = get(issued, f"/m/{issued.mark}", accept="application/json")
    checks = {one["name"]: one["result"] for one in answer.json()["checks"]}
    assert answer.json()["headline"] == "valid", answer.text
    assert set(checks.values()) == {"passed"}


def test_every_file_of_the_public_folder_is_served_byte_for_byte(issued: Issued) -> None:
    public = issued.world.public
    files = [path for path in public.rglob("*") if path.is_file()]
    assert len(files) > 20
    for path in files:
        answer = get(issued, "/" + path.relative_to(public).as_posix())
        assert answer.status_code == 200, path
        assert answer.content == path.read_bytes()
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "media_type", "cache"),
    [
        ("/log/checkpoint", "text/plain; charset=utf-8", "public, max-age=1"),
        ("/log/checkpoints/1", "text/plain; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/log/tile/entries/000.p/1", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("/directory/latest", "application/json", "public, max-age=1"),
        ("/trust/1.json", "application/json", "public, max-age=31536000, immutable"),
        ("/.well-known/openid-federation", "application/entity-statement+jwt", "public, max-age=60"),
    ],
)
def test_each_kind_of_file_has_its_type_and_its_time_to_live(
    issued: Issued, path: str, media_type: str, cache: str
) -> None:
    answer = get(issued, path)
    assert (answer.status_code, answer.headers["content-type"], answer.headers["cache-control"]) == (
        200,
        media_type,
        cache,
    )


def test_who_has_the_bytes_already_gets_none(issued: Issued) -> None:
    first = get(issued, "/log/checkpoint")
    again = get(issued, "/log/checkpoint", **{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_range_of_a_shard_is_served(issued: Issued) -> None:
    shard = next((issued.world.public / "directory/shards").iterdir())
    part = get(issued, f"/directory/shards/{shard.name}", range="bytes=5-14")
    assert (part.status_code, part.content) == (206, shard.read_bytes()[5:15])
    assert part.headers["content-range"] == f"bytes 5-14/{shard.stat().st_size}"
    assert get(issued, f"/directory/shards/{shard.name}", range="bytes=9999999-").status_code == 416


@pytest.mark.parametrize(
    "path",
    [
        "/log/../../registry.db",
        "/log/%2e%2e/%2e%2e/registry.db",
        "/log/..%2f..%2fregistry.db",
        "/directory/shards/..%2f..%2f..%2fsigner.db",
        "/trust//etc/passwd",
        "/.incoming/api",
        "/registry.db",
        "/log/tile/0/000.p/0",
        "/log/tile/64/000",
    ],
)
def test_no_path_leads_out_of_the_read_plane(issued: Issued, path: str) -> None:
    answer = get(issued, path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_typed_id_is_moved_to_its_one_form(issued: Issued) -> None:
    typed = issued.mark.upper()[:13] + "-" + issued.mark.upper()[13:]
    for suffix in ("", ".json", "/bundle.json"):
        answer = get(issued, f"/m/{typed}{suffix}")
        assert (answer.status_code, answer.headers["location"]) == (301, f"/m/{issued.mark}{suffix}")


def test_a_mistyped_id_and_an_unknown_one_are_different_answers(issued: Issued) -> None:
    mistyped = ("1" if issued.mark[0] != "1" else "2") + issued.mark[1:]
    assert get(issued, f"/m/{mistyped}").json()["code"] == "malformed"
    unknown = get(issued, "/m/0000000000000000000000000h")
    assert unknown.status_code in (400, 404)
    assert get(issued, "/e/999").json()["code"] == "not_found"


def test_the_bundle_and_the_proof_are_of_the_mark(issued: Issued) -> None:
    root = pin(get(issued, "/trust/1.json").content)
    proof = TlogProof.parse(get(issued, f"/m/{issued.mark}.tlog-proof").content)
    assert proof.extra is not None
    proof.verify(leaf_hash(proof.extra), parse_policy(root.content.policy.encode()))
    bundle = parse_bundle(get(issued, f"/m/{issued.mark}/bundle.json").content)
    assert bundle.mark == get(issued, f"/m/{issued.mark}.jwt").text


def test_the_proof_carries_the_first_checkpoint_that_covers_the_mark(issued: Issued) -> None:
    proof = TlogProof.parse(get(issued, f"/m/{issued.mark}.tlog-proof").content)
    sizes = sorted(int(path.name) for path in (issued.world.public / "log/checkpoints").iterdir())
    assert proof.checkpoint.checkpoint.size == min(size for size in sizes if size > proof.index)
    assert proof.checkpoint.checkpoint.size < max(sizes)


def test_the_qr_image_holds_the_seal(issued: Issued) -> None:
    image = get(issued, f"/m/{issued.mark}/qr.png")
    (text,) = decode_qr(image.content)
    assert text.startswith(f"https://shirushi.example/m/{issued.mark}#")
    assert get(issued, f"/m/{issued.mark}/qr.svg").headers["content-type"] == "image/svg+xml"


def test_a_body_is_shown_with_its_disclosed_name_and_its_scope(issued: Issued) -> None:
    answer = get(issued, "/e/7").json()
    assert (answer["name"], answer["record"]["state"]) == ("見本評価機構", "active")
    assert answer["listed"]["scope"][0]["scheme"] == "jp.meti.scs"


def test_an_organisation_is_shown_with_its_marks(issued: Issued) -> None:
    assert get(issued, "/o/1180301018771").headers["location"] == "/o/0188-1180301018771"
    marks = get(issued, "/o/0188-1180301018771").json()["record"]["marks"]
    assert [one["mark"] for one in marks] == [issued.mark]


@pytest.fixture(scope="module")
def browser(issued: Issued) -> Iterator[httpx.Client]:
    """A browser that looks at the pages."""
    root, now = issued.world.ceremony.root, issued.world.clock
    render = PageRenderer(environment=root.content.environment, zone=root.content.zone, now=now)
    app = create_reader(issued.world.public, trust_root=root, now=now, render=render)
    headers = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "accept-language": "ja"}
    with httpx.Client(transport=InProcessTransport({"read": app}), base_url="http://read", headers=headers) as client:
        yield client


def test_a_browser_gets_a_page_and_a_program_gets_json(issued: Issued, browser: httpx.Client) -> None:
    page = browser.get(f"/m/{issued.mark}")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="ja"' in page.text
    assert "株式会社見本精機" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert browser.get(f"/m/{issued.mark}", headers={"accept": "application/json"}).json()["headline"] == "valid"
    assert browser.get(f"/m/{issued.mark}?lang=en").text.count('<html lang="en"') == 1


@pytest.mark.parametrize("path", ["/e/7", "/o/0188-1180301018771"])
def test_bodies_and_organisations_have_pages(browser: httpx.Client, path: str) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_a_number_without_a_mark_has_a_page_that_says_what_is_proven_and_as_of_when(browser: httpx.Client) -> None:
    page = browser.get("/o/0188-5010001067883?lang=en")
    assert page.status_code == 404
    for words in ("5010001067883", "No mark is registered under this number", "Answer as of", "sole proprietor"):
        assert words in page.text
    assert 'href="/a?lang=en"' in page.text
    told = browser.get("/o/0188-5010001067883", headers={"accept": "application/json"})
    assert (told.status_code, told.json()["code"]) == (404, "not_found")


def test_a_number_without_a_mark_is_not_called_proven_where_the_directory_cannot_be_proven(
    browser: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.reading.reader.organisation_listed", lambda *_args, **_settings: None)
    page = browser.get("/o/0188-5010001067883?lang=en")
    assert page.status_code == 404
    assert "No mark is registered" not in page.text
    assert "This alone does not say that a mark is not registered" in page.text


def test_a_page_refers_only_to_files_that_are_served(issued: Issued, browser: httpx.Client) -> None:
    page = browser.get(f"/m/{issued.mark}").text
    addresses = set(re.findall(r'(?:href|src)="(/[^"]*)"', page))
    assert any(one.startswith("/static/") for one in addresses)
    # Documents are signed by the verification service, which does not run beside this reader.
    elsewhere = {one for one in addresses if one.startswith("/verification/")}
    assert {browser.get(one).status_code for one in elsewhere} == {503}
    addresses -= elsewhere
    assert {one: browser.get(one).status_code for one in addresses} == dict.fromkeys(addresses, 200) | ELSEWHERE


def test_a_person_who_mistypes_an_id_gets_a_page_that_says_so(browser: httpx.Client) -> None:
    for path, status in (("/m/mistyped", 400), ("/e/999", 404), ("/nothing", 404)):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")


def test_the_reader_loads_no_database() -> None:
    source = inspect.getsource(registry.household.reader_process)
    assert "database" not in source.replace("no database", "")


# --- the start page ---------------------------------------------------------------------------------------------------


def test_the_start_page_says_where_everything_is(issued: Issued, browser: httpx.Client) -> None:
    page = browser.get("/")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "form-action 'self'" in page.headers["content-security-policy"]
    addresses = set(re.findall(r'href="(/[^"]*)"', page.text))
    assert {one: browser.get(one).status_code for one in addresses} == dict.fromkeys(addresses, 200) | ELSEWHERE
    about = get(issued, "/").json()
    assert (about["registry"], about["log"]["origin"]) == ("https://shirushi.example", "shirushi.example/log")


def test_only_the_page_with_the_form_allows_a_form(issued: Issued, browser: httpx.Client) -> None:
    for path in (f"/m/{issued.mark}", "/limits", "/nothing"):
        assert "form-action 'none'" in browser.get(path).headers["content-security-policy"]


def test_the_limits_are_told_to_people_and_to_programs(issued: Issued, browser: httpx.Client) -> None:
    assert '<html lang="en"' in browser.get("/limits?lang=en").text
    told = get(issued, "/limits?lang=en").json()["limits"]
    assert {"persons", "evidence", "safety", "dropped", "camera", "witnesses"} <= {one["name"] for one in told}
    assert all(one["title"] and one["explanation"] and one["instead"] for one in told)


def _typed(mark: str) -> list[str]:
    slips = mark.replace("1", "I", 1).replace("0", "O", 1)
    return [mark, mark.upper(), f" {mark[:13]}-{mark[13:]} ", slips, f"https://shirushi.example/m/{mark}"]


def test_whatever_way_an_id_is_typed_it_leads_to_the_marks_page(issued: Issued, browser: httpx.Client) -> None:
    for text in _typed(issued.mark):
        answer = browser.get("/check", params={"q": text})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/m/{issued.mark}"), text
    chosen = browser.get("/check", params={"q": issued.mark, "lang": "en"})
    assert chosen.headers["location"] == f"/m/{issued.mark}?lang=en"


def test_a_number_of_an_organisation_is_not_looked_up_in_a_query_string(browser: httpx.Client) -> None:
    for typed in ("5010001067883", "529900T8BM49AURSDO55"):
        answer = browser.get("/check", params={"q": typed})
        assert (answer.status_code, answer.headers.get("location")) == (400, None)


def test_the_address_by_which_the_reader_was_reached_stands_for_the_registry(
    issued: Issued, browser: httpx.Client
) -> None:
    assert browser.get("/check", params={"q": f"http://read/m/{issued.mark}"}).status_code == 303


def _scanned(issued: Issued) -> str:
    return scan_text(get(issued, f"/m/{issued.mark}/seal.jwt").text)


def _judged(browser: httpx.Client, text: str) -> str:
    answer = browser.get("/check", params={"q": text}, headers={"accept": "application/json"})
    return str(answer.json()["headline"])


def test_a_scanned_text_is_judged_with_its_own_signature(issued: Issued, browser: httpx.Client) -> None:
    text = _scanned(issued)
    assert _judged(browser, text) == "valid"
    damaged = text[:-1] + ("1" if text[-1] != "1" else "2")
    assert _judged(browser, damaged) == "forged"
    assert "株式会社見本精機" in browser.get("/check", params={"q": text}).text


@pytest.mark.parametrize("digits", [True, False])
def test_a_look_alike_address_is_forged_and_never_leads_to_the_genuine_mark(
    issued: Issued, browser: httpx.Client, digits: bool
) -> None:
    text = _scanned(issued).replace("shirushi.example", "shirushi-example.com")
    asked = text if digits else text.partition("#")[0]
    assert _judged(browser, asked) == "forged"
    page = browser.get("/check", params={"q": asked})
    assert page.status_code == 200
    assert f'href="/m/{issued.mark}' not in page.text


@pytest.mark.parametrize("text", ["hello", "x" * 5000, "eyJ" + "x" * 5000, "#", "/etc/passwd", "<script>", "１２３"])
def test_a_text_that_is_no_mark_leads_back_to_the_form(browser: httpx.Client, text: str) -> None:
    answer = browser.get("/check", params={"q": text})
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    assert browser.get("/check", params={"q": text}, headers={"accept": "*/*"}).json()["code"] == "wrong_use"


def test_an_empty_form_leads_to_the_start(browser: httpx.Client) -> None:
    assert browser.get("/check?q=").headers["location"] == "/"


@pytest.mark.parametrize("path", ["/limits/", "/e/7/", "/log", "/check/"])
def test_no_answer_repeats_the_host_that_a_request_names(issued: Issued, path: str) -> None:
    answer = get(issued, path, host="elsewhere.example")
    assert answer.status_code in (303, 404)
    assert "elsewhere.example" not in answer.text + str(answer.headers)
