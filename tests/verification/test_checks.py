"""Lists on the service: taken whole, checked like on the buyer's machine, resumed, and forgotten."""

from __future__ import annotations

import errno
import io
import json
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pytest
from openpyxl import Workbook

from registry.errors import QueueFullError
from registry.verification import check_folder, check_jobs
from registry.verification.check_jobs import KEPT, CheckJobs
from registry.verification.check_keys import CheckKeys
from registry.verification.checking import Order
from tests.waiting import wait_until
from verifier.check.receipt import parse_receipt
from verifier.encoding import digest
from verifier.errors import NotFoundError, UnavailableError
from verifier.requirement import requirement_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from registry.verification.checking import CheckedList, Checker
    from tests.verification.conftest import Service
    from verifier.edge.check.supplier_list import SupplierList

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


def test_the_sheets_of_a_workbook_that_are_not_read_are_told(service: Service) -> None:
    book, file = Workbook(), io.BytesIO()
    for title in ("一次", "二次"):
        book.create_sheet(title).append(["法人番号"])
        book[title].append(["1180301018771"])
    book.remove(book.worksheets[0])
    book.save(file)
    told = done(service, sent(service, file.getvalue()))
    assert (told["rows"], told["sheet"], told["not_read"]) == (1, "一次", ["二次"])


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
    assert {len(job.name) for job in folder.iterdir() if not job.name.startswith(".")} == {43}
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
    with later.result(secret, "rows") as rows:
        assert rows.read().count(b"\n") == 4


class Held:
    """A checker that waits in the middle of a list until it may go on."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self.index = checker.index
        self.reached, self.may_go_on = threading.Event(), threading.Event()

    def read(self, data: bytes, order: Order) -> SupplierList:
        return self._checker.read(data, order)

    def check(self, data: bytes, order: Order, tell: Callable[[int, int], None]) -> CheckedList:
        checked = self._checker.check(data, order, lambda done, total: None)
        self.reached.set()
        assert self.may_go_on.wait(timeout=30)
        return checked


@pytest.fixture
def held(service: Service, tmp_path: Path) -> Iterator[tuple[CheckJobs, Held]]:
    checker = Held(service.made.jobs.checker)
    jobs = CheckJobs(tmp_path / "checks", cast("Checker", checker), now=service.world.clock)
    jobs.start()
    yield jobs, checker
    checker.may_go_on.set()
    jobs.stop()


ORDER = Order("list.csv", requirement_of(POLICY).members())
OTHER = "法人番号\n1180301018771\n"


def test_a_list_that_is_deleted_in_the_middle_is_gone_and_its_answers_go_nowhere(
    held: tuple[CheckJobs, Held], tmp_path: Path
) -> None:
    jobs, checker = held
    secret = jobs.begin(LIST.encode(), ORDER, key="one-and-the-same")
    assert checker.reached.wait(timeout=30)
    jobs.forget(secret)
    with pytest.raises(NotFoundError):
        jobs.progress(secret)
    # The same key names another list now: it must not get the answers of the deleted one.
    assert jobs.begin(OTHER.encode(), ORDER, key="one-and-the-same") == secret
    checker.may_go_on.set()
    wait_until(lambda: jobs.progress(secret).state == "done")
    with jobs.result(secret, "rows") as rows:
        assert rows.read().count(b"\n") == 1
    jobs.forget(secret)
    wait_until(lambda: not list((tmp_path / "checks").iterdir()))


def test_deleting_deletes_also_what_came_again_under_the_keys_of_before(service: Service) -> None:
    order = {"suppliers": [{"identifier": "1180301018771"}], "policy": POLICY}
    for _ in range(2):
        begun = service.http.post(CHECKS, json=order, headers={"Idempotency-Key": "the-same-list"})
        address = ROOT + begun.headers["location"]
        for _ in range(2):
            assert service.http.delete(address, headers={"Idempotency-Key": "its-deletion"}).status_code == 204
        assert service.http.get(address).status_code == 404


def test_a_waiting_list_that_was_deleted_and_sent_again_is_checked_once(held: tuple[CheckJobs, Held]) -> None:
    jobs, checker = held
    jobs.begin(LIST.encode(), ORDER)
    assert checker.reached.wait(timeout=30)
    secret = jobs.begin(LIST.encode(), ORDER, key="sent-twice")
    jobs.forget(secret)
    jobs.begin(LIST.encode(), ORDER, key="sent-twice")
    checker.may_go_on.set()
    wait_until(lambda: jobs.progress(secret).state == "done")
    last = jobs.begin(OTHER.encode(), ORDER)
    wait_until(lambda: jobs.progress(last).state == "done")
    assert jobs.progress(secret).state == "done"


def test_answers_that_cannot_be_kept_end_one_list_and_not_the_work(
    held: tuple[CheckJobs, Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(path: Path, data: bytes) -> None:
        raise UnavailableError(f"{path} cannot be written: No space left on device")

    jobs, checker = held
    secret = jobs.begin(LIST.encode(), ORDER)
    assert checker.reached.wait(timeout=30)
    with monkeypatch.context() as full:
        full.setattr(check_folder, "write_whole", disk_full)
        with pytest.raises(UnavailableError, match="cannot write"):
            jobs.begin(OTHER.encode(), ORDER)
        checker.may_go_on.set()
        wait_until(lambda: jobs.progress(secret).state == "failed")
    told = jobs.progress(secret)
    assert "/" not in told.detail + told.hint
    later = jobs.begin(OTHER.encode(), ORDER)
    wait_until(lambda: jobs.progress(later).state == "done")


def test_what_cannot_be_deleted_stays_and_is_said_to_stay(
    held: tuple[CheckJobs, Held], monkeypatch: pytest.MonkeyPatch, service: Service
) -> None:
    def disk_full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    jobs, checker = held
    checker.may_go_on.set()
    secret = jobs.begin(LIST.encode(), ORDER)
    wait_until(lambda: jobs.progress(secret).state == "done")
    with monkeypatch.context() as full:
        full.setattr("pathlib.Path.rename", disk_full)
        with pytest.raises(UnavailableError, match="cannot write"):
            jobs.forget(secret)
        assert jobs.progress(secret).state == "done"
        service.world.clock.now += KEPT
        try:
            with pytest.raises(NotFoundError):
                jobs.progress(secret)
            with pytest.raises(UnavailableError, match="cannot write"):
                jobs.begin(OTHER.encode(), ORDER)
        finally:
            service.world.clock.now -= KEPT
    later = jobs.begin(OTHER.encode(), ORDER)
    wait_until(lambda: jobs.progress(later).state == "done")


def test_a_service_that_nobody_asks_deletes_in_time_too(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_jobs, "LOOK_EVERY", 0.05)
    jobs = CheckJobs(tmp_path / "checks", service.made.jobs.checker, now=service.world.clock)
    jobs.start()
    secret = jobs.begin(LIST.encode(), ORDER)
    wait_until(lambda: jobs.progress(secret).state == "done")
    service.world.clock.now += KEPT
    try:
        wait_until(lambda: not list((tmp_path / "checks").iterdir()))
    finally:
        service.world.clock.now -= KEPT
        jobs.stop()


def test_where_too_much_is_kept_the_largest_answers_go_first(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = CheckJobs(tmp_path / "checks", service.made.jobs.checker, now=service.world.clock)
    jobs.start()
    padded = (
        "法人番号," + ",".join(f"備考{no}" for no in range(10)) + "\n1180301018771" + 10 * ("," + "x" * 30_000) + "\n"
    )
    small, large = jobs.begin(OTHER.encode(), ORDER), jobs.begin(padded.encode(), ORDER)
    wait_until(lambda: jobs.progress(large).state == "done")
    monkeypatch.setattr(check_jobs, "MOST_KEPT", 250_000)
    last = jobs.begin(LIST.encode(), ORDER)
    wait_until(lambda: jobs.progress(last).state == "done")
    jobs.stop()
    assert jobs.progress(small).state == "done"
    with pytest.raises(NotFoundError):
        jobs.progress(large)


def test_a_key_that_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"")
    made = CheckKeys(tmp_path / "key").secret_of("some-key")
    assert made == CheckKeys(tmp_path / "key").secret_of("some-key")
    assert made != CheckKeys(tmp_path / "other").secret_of("some-key")
    assert [file.stat().st_mode & 0o777 for file in tmp_path.iterdir()] == [0o600, 0o600]


def test_answers_that_are_being_read_are_read_to_the_end_when_the_list_is_deleted(service: Service) -> None:
    jobs = service.made.jobs
    secret = jobs.begin(LIST.encode(), ORDER)
    wait_until(lambda: jobs.progress(secret).state == "done")
    with jobs.result(secret, "rows") as rows:
        jobs.forget(secret)
        assert rows.read().count(b"\n") == 4


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
