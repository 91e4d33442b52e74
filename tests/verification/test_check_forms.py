"""A list that is sent as a form: no field is skipped, and what is asked is read before the list is taken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.registry.page_reading import AS_PAGE
from tests.verification.test_checks import CHECKS, LIST, POLICY, ROOT, done, sent
from tests.verification.test_search_page import PAGE
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    import httpx

    from tests.verification.conftest import Service

LISTED, ASKED = ("list.csv", LIST.encode()), (None, json.dumps(POLICY))
Parts = list[tuple[str, Any]]


def post(service: Service, *more: tuple[str, Any]) -> httpx.Response:
    parts: Parts = [("suppliers", LISTED), ("policy", ASKED), *more]
    return service.http.post(f"{CHECKS}/file", files=parts)


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ([("foo", (None, "bar"))], "foo"),
        ([("At", (None, "2027-12-31"))], "At"),
        ([("columns", (None, "0188=法人番号"))], "columns"),
        ([("as_of", (None, "2029-12-31"))], "as_of"),
        ([("at", (None, "2027-12-31")), ("at", (None, "2028-12-31"))], "at"),
        ([("policy", ASKED)], "policy"),
        ([("suppliers", LISTED)], "suppliers"),
    ],
    ids=["unknown", "another case", "plural", "of look-ups", "two days", "two policies", "two lists"],
)
def test_a_field_that_would_be_skipped_is_refused_by_its_name(service: Service, more: Parts, named: str) -> None:
    refused = post(service, *more)
    told = refused.json()
    assert (refused.status_code, told["code"]) == (400, "wrong_use"), told
    assert repr(named) in told["detail"]
    assert told["hint"]


def test_several_columns_are_named_with_one_field_each(service: Service) -> None:
    assert post(service, ("column", (None, "0188=法人番号")), ("column", (None, "name=取引先"))).status_code == 202
    twice = post(service, ("column", (None, "0188=法人番号")), ("column", (None, "0188=備考")))
    assert twice.status_code == 400
    assert "0188" in twice.json()["detail"]


@pytest.mark.parametrize("at", ["foo", "2027-13-01", "0001-01-01"])
def test_a_day_that_is_none_is_refused_before_the_list_is_taken(service: Service, at: str) -> None:
    as_json = {"suppliers": [{"name": "見本精機"}], "policy": POLICY, "at": at}
    for refused in (post(service, ("at", (None, at))), service.http.post(CHECKS, json=as_json)):
        assert (refused.status_code, refused.json()["code"]) == (400, "wrong_use")
        assert at in refused.json()["detail"]


def test_a_column_that_the_list_lacks_is_refused_in_words_that_are_not_the_command_lines(service: Service) -> None:
    unknown = post(service, ("column", (None, "0188=番号")))
    assert (unknown.status_code, "番号" in unknown.json()["detail"]) == (400, True)
    nobody = service.http.post(f"{CHECKS}/file", files=[("suppliers", ("a.csv", b"a,b\n1,2\n")), ("policy", ASKED)])
    sheet = post(service, ("sheet", (None, "one")))
    no_wish = post(service, ("column", (None, "0188")))
    for refused in (nobody, sheet, no_wish):
        assert refused.status_code == 400
        assert "--" not in refused.text


def test_the_answers_of_a_check_that_failed_are_refused_with_the_reason(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise UnavailableError("no directory is published", hint="Send the list again in a minute.")

    monkeypatch.setattr("registry.verification.checking.Checker.check", fails)
    address = sent(service, LIST.encode())
    assert done(service, address)["state"] == "failed"
    refused = service.http.get(f"{ROOT}{address}/rows")
    assert refused.status_code == 404
    assert "no directory is published" in refused.json()["detail"]
    assert refused.json()["hint"] == "Send the list again in a minute."


@pytest.mark.parametrize("body", ["name=見本&nane=x", "name=見本&name=精機", "Name=見本"])
def test_the_form_for_searches_skips_nothing_either(service: Service, body: str) -> None:
    headers = {**AS_PAGE, "Content-Type": "application/x-www-form-urlencoded"}
    assert service.http.post(PAGE, content=body.encode(), headers=headers).status_code == 400
