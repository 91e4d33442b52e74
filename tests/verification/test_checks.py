"""Lists on the service: taken whole, checked like on the buyer's machine, resumed, and forgotten."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from registry.errors import QueueFullError
from registry.verification import check_jobs
from registry.verification.check_jobs import KEPT, CheckJobs
from registry.verification.checking import Order
from tests.waiting import wait_until
from verifier.check.receipt import parse_receipt
from verifier.encoding import digest
from verifier.requirement import requirement_of

if TYPE_CHECKING:
    from tests.verification.conftest import Service

ROOT = "http://verification"
CHECKS = f"{ROOT}/verification/v1/checks"
POLICY = {"version": 1, "tier": "jp.meti.scs/3"}
LIST = "取引先,法人番号,備考\n見本精機,1180301018771,=1+1\n見本商事,5010001067883,\n,5.01E+12,\n見本精,,\n"


def sent(service: Service, data: bytes, **fields: Any) -> str:
    answer = service.http.post(
        f"{CHECKS}/file", files={"suppliers": ("list.csv", data)}, data={"policy": json.dumps(POLICY), **fields}
    )
    assert answer.status_code == 202, answer.text
    address: str = answer.headers["location"]
    return address


def done(service: Service, address: str) -> dict[str, Any]:
    def progress() -> dict[str, Any]:
        told: dict[str, Any] = service.http.get(ROOT + address).json()
        return told

    wait_until(lambda: progress()["state"] in ("done", "failed"))
    return progress()


def test_a_file_of_a_spreadsheet_comes_back_with_its_columns_and_the_answers(service: Service) -> None:
    address = sent(service, LIST.encode("cp932"))
    assert done(service, address) | {"until": 0} == {"state": "done", "done": 2, "total": 2, "rows": 4, "until": 0}
    rows = [json.loads(line) for line in service.http.get(f"{ROOT}{address}/rows").text.splitlines()]
    assert [row["verdict"] for row in rows] == ["meets", "not_found", "refused", "candidates"]
    assert rows[3]["candidates"] == [["0188-1180301018771", "株式会社見本精機"]]
    table = service.http.get(f"{ROOT}{address}/csv").content.decode("utf-8-sig").splitlines()
    assert table[0].startswith("取引先,法人番号,備考,")
    assert "'=1+1" in table[1]
    assert service.http.get(f"{ROOT}{address}/xlsx").content[:2] == b"PK"


def test_the_receipt_is_signed_and_one_row_of_it_stands_alone(service: Service) -> None:
    address = sent(service, LIST.encode())
    done(service, address)
    receipt = parse_receipt(service.http.get(f"{ROOT}{address}/receipt").content)
    assert receipt.kid == service.world.ceremony.keys.receipt.kid
    part = parse_receipt(receipt.show(2).serialize())
    assert part.rows[0]["verdict"] == "meets"


def test_a_list_as_json_gets_the_same_answers(service: Service) -> None:
    suppliers = [{"identifier": "T1180301018771"}, {"mark": service.mark, "tier": "★4"}]
    answer = service.http.post(CHECKS, json={"suppliers": suppliers, "policy": POLICY})
    assert answer.status_code == 202, answer.text
    done(service, answer.json()["progress"])
    text = service.http.get(f"{ROOT}{answer.json()['progress']}/rows?after=1").text
    assert [json.loads(line)["reason"] for line in text.splitlines()] == ["below"]


def test_what_is_no_list_or_no_policy_is_refused_before_it_is_kept(service: Service) -> None:
    for data, policy in ((b"", POLICY), (b"a,b\n1,2\n", POLICY), (LIST.encode(), {"version": 1})):
        files = {"suppliers": ("list.csv", data)}
        answer = service.http.post(f"{CHECKS}/file", files=files, data={"policy": json.dumps(policy)})
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


def test_who_does_not_know_the_secret_learns_nothing(service: Service) -> None:
    sent(service, LIST.encode())
    for address in ("x" * 32, "x" * 31):
        assert service.http.get(f"{CHECKS}/{address}").status_code in (400, 404)
    folder = service.world.folder / "verification/checks"
    assert {len(job.name) for job in folder.iterdir()} == {43}
    assert folder.stat().st_mode & 0o077 == 0


def test_list_and_answers_are_deleted_when_asked_and_an_hour_after_the_end(service: Service) -> None:
    address = sent(service, LIST.encode())
    done(service, address)
    folder = service.world.folder / "verification/checks" / digest(address.rpartition("/")[2].encode())
    assert not (folder / "list").exists()
    assert service.http.delete(ROOT + address).status_code == 204
    assert not folder.exists()
    assert service.http.get(ROOT + address).status_code == 404
    other = sent(service, LIST.encode())
    done(service, other)
    service.world.clock.now += KEPT
    try:
        sent(service, LIST.encode())
        assert service.http.get(ROOT + other).status_code == 404
    finally:
        service.world.clock.now -= KEPT


def test_a_list_that_was_taken_is_checked_after_the_process_died(service: Service) -> None:
    stopped = CheckJobs(service.world.folder / "again", service.made.jobs.checker, now=service.world.clock)
    (service.world.folder / "again").mkdir()
    secret = stopped.begin(LIST.encode(), Order("list.csv", requirement_of(POLICY).members()))
    later = CheckJobs(service.world.folder / "again", service.made.jobs.checker, now=service.world.clock)
    later.start()
    wait_until(lambda: later.progress(secret).state == "done")
    later.stop()
    path, _ = later.result(secret, "rows")
    assert path.read_bytes().count(b"\n") == 4


def test_one_sender_cannot_keep_all_others_out_of_the_line(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_jobs, "MOST_WAITING", 1)
    line = service.world.folder / "line"
    line.mkdir()
    jobs = CheckJobs(line, service.made.jobs.checker, now=service.world.clock)
    begun = partial(jobs.begin, LIST.encode(), Order("list.csv", requirement_of(POLICY).members()))
    begun(sender="192.0.2.1")
    with pytest.raises(QueueFullError):
        begun(sender="192.0.2.1")
    assert begun(sender="192.0.2.2")


@pytest.mark.parametrize(
    ("headers", "lang", "word"),
    [({"Accept-Language": "en"}, {}, "meets"), ({"Accept-Language": "en"}, {"lang": "ja"}, "満た"), ({}, {}, "満た")],
)
def test_answers_are_in_the_language_asked_for_else_in_the_browsers(
    service: Service, headers: dict[str, str], lang: dict[str, str], word: str
) -> None:
    order = {"suppliers": [{"identifier": "1180301018771"}], "policy": POLICY, **lang}
    address = service.http.post(CHECKS, json=order, headers=headers).json()["progress"]
    done(service, address)
    assert word in service.http.get(f"{ROOT}{address}/csv").content.decode("utf-8-sig")
    files = {"suppliers": ("list.csv", LIST.encode())}
    sent_file = service.http.post(
        f"{CHECKS}/file", files=files, data={"policy": json.dumps(POLICY), **lang}, headers=headers
    )
    done(service, sent_file.headers["location"])
    assert word in service.http.get(f"{ROOT}{sent_file.headers['location']}/csv").content.decode("utf-8-sig")


def test_whatever_is_fetched_is_asked_after_with_head_too(service: Service) -> None:
    address = sent(service, LIST.encode())
    done(service, address)
    for kind in ("", "/rows", "/csv", "/xlsx", "/receipt"):
        asked, fetched = (getattr(service.http, one)(f"{ROOT}{address}{kind}") for one in ("head", "get"))
        assert (asked.status_code, asked.content) == (200, b"")
        assert asked.headers["content-type"] == fetched.headers["content-type"]


def test_a_parameter_that_there_is_not_is_refused_not_skipped(service: Service) -> None:
    address = sent(service, LIST.encode())
    for path in (
        f"{address}/csv?lang=en",
        f"{address}/rows?from=2",
        f"/verification/v1/marks/{service.mark}?as_of=zzz",
    ):
        answer = service.http.get(ROOT + path)
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong_use"), path
        assert "takes no parameter" in answer.json()["detail"]
    assert "after" in service.http.get(f"{ROOT}{address}/rows?from=2").json()["hint"]
