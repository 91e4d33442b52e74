"""Reminders: on the right days, in the right language, to both addresses, each exactly once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer import queries_reminder
from issuer.batch.rows import read_sheet, write_sheet
from issuer.batch.run import issue_batch
from issuer.identity import open_signer
from issuer.reminder.commands import _tell
from issuer.reminder.record import Contact
from issuer.reminder.remind import Done, Plan, _name, plan_reminders, send_reminders
from issuer.reminder.schedule import STEPS, due_step
from tests.edge.mail_server import post_office
from tests.issuer.batch_world import QUIET, BatchWorld, batch_world
from verifier.dates import day_start, last_valid_day, term_end
from verifier.edge.mail import Letter, MailServer, UnknownOutcomeError, open_mailer
from verifier.errors import RefusedError, UnavailableError
from verifier.mark import Mark, parse_mark
from verifier.names import mark_uri
from verifier.statement import Draft, new_token_id, sign_statement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.edge.mail_server import PostOffice

ZONE = "Asia/Tokyo"
SENDER = "desk@hyoka.example"
EXP = day_start(date(2029, 11, 22), ZONE)


# --- the calendar ----------------------------------------------------------------------------------------------------


def on(distance: int, *, hour: int = 12) -> int:
    """Return an instant that many days from the last valid day."""
    return day_start(last_valid_day(EXP, ZONE) + timedelta(days=distance), ZONE) + hour * 3600


@pytest.mark.parametrize(
    ("distance", "step"),
    {
        -91: None,
        -90: -90,
        -89: -90,
        -60: -60,
        -31: -60,
        -30: -30,
        -7: -7,
        -1: -7,
        0: 0,
        6: 0,
        7: 7,
        37: 7,
        38: None,
    }.items(),
)
def test_the_newest_step_that_has_come_is_due(distance: int, step: int | None) -> None:
    assert due_step(EXP, now=on(distance), zone=ZONE) == step


def test_a_step_begins_with_its_day_in_the_schemes_zone() -> None:
    assert due_step(EXP, now=on(-90, hour=0), zone=ZONE) == -90
    assert due_step(EXP, now=on(-90, hour=0) - 1, zone=ZONE) is None


@given(st.lists(st.integers(-120, 60), min_size=1, max_size=40))
def test_whenever_one_looks_each_step_is_met_at_most_once_and_in_order(looks: list[int]) -> None:
    met = [step for look in sorted(looks) if (step := due_step(EXP, now=on(look), zone=ZONE)) is not None]
    assert met == sorted(met)
    assert set(met) <= set(STEPS)


# --- letters ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[BatchWorld]:
    with batch_world(tmp_path, seed="reminders") as world:
        lines = world.grant(3)
        sheet = read_sheet(write_sheet(lines, form="csv"), filename="b.csv")
        issue_batch(world.desk, sheet, QUIET).check()
        for number, (case, language) in enumerate([("C-000001", "ja"), ("C-000002", "en")], 1):
            subject = world.desk.case(case).holder.identifiers[0]
            contacts = [Contact(subject, position, f"p{position}@s{number}.example", language) for position in (1, 2)]
            with world.desk.database.transaction() as session:
                queries_reminder.replace_contacts(session, subject, contacts)
        yield world


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


def mark_of(bench: BatchWorld, case: str) -> Mark:
    issuance = bench.desk.issuance(case)
    assert issuance is not None
    assert issuance.signed is not None
    return parse_mark(issuance.signed.mark)


def move_to(bench: BatchWorld, distance: int) -> None:
    last = last_valid_day(mark_of(bench, "C-000001").exp, ZONE)
    bench.world.clock.now = day_start(last + timedelta(days=distance), ZONE) + 3600


def plan(bench: BatchWorld) -> Plan:
    return plan_reminders(bench.with_signers(), sender=SENDER)


def run(bench: BatchWorld, office: PostOffice, *, again: bool = False) -> Done:
    with open_mailer(MailServer("127.0.0.1", office.port), name="hyoka.example") as mailer:
        return send_reminders(bench.desk, plan(bench), mailer.send, again=again)


def test_over_a_marks_life_each_address_gets_each_of_the_six_letters_once(
    bench: BatchWorld, office: PostOffice
) -> None:
    assert term_end(mark_of(bench, "C-000001").nbf, 36, ZONE) == mark_of(bench, "C-000001").exp
    for distance in range(-100, 20, 3):
        move_to(bench, distance)
        for _ in range(2):
            run(bench, office)
    for address in ("p1@s1.example", "p2@s1.example", "p1@s2.example", "p2@s2.example"):
        assert sum(one.to == [address] for one in office.letters) == len(STEPS)
    assert all(len(one.to) == 1 for one in office.letters)
    ids = [one.message["Message-ID"] for one in office.letters]
    assert len(ids) == len(set(ids)) == 4 * len(STEPS)


def test_the_letters_say_what_is_true_on_their_day_in_the_language_of_the_address(
    bench: BatchWorld, office: PostOffice
) -> None:
    mark, subjects = mark_of(bench, "C-000001"), []
    for distance in (-90, 0, 7):
        move_to(bench, distance)
        run(bench, office)
        subjects.append([one.message["Subject"] for one in office.letters if one.to == ["p1@s1.example"]][-1])
    number = mark.content.number
    assert [f"登録番号 {number}：" in one for one in subjects] == [True] * 3
    assert ("最終日" in subjects[1], "満了しました" in subjects[2]) == (True, True)
    japanese = [one.message.get_content() for one in office.letters if one.to == ["p1@s1.example"]]
    english = [one.message.get_content() for one in office.letters if one.to == ["p1@s2.example"]]
    assert all(f"https://{mark.host}/m/{mark.id}" in one and mark.content.org.name in one for one in japanese)
    assert "Renewal opens 90 days before" in english[0]
    assert "today is its last day" in english[1]
    assert "has ended" in english[2]
    for text in (*japanese, *english):
        assert "認定" not in text
        assert "必須" not in text


def test_a_holder_without_an_address_is_named_and_nobody_else_waits_for_it(
    bench: BatchWorld, office: PostOffice
) -> None:
    move_to(bench, -30)
    assert plan(bench).unreachable == [mark_of(bench, "C-000003").content.number]
    assert len(run(bench, office).sent) == 4


def test_a_plan_writes_nothing(bench: BatchWorld) -> None:
    move_to(bench, -7)
    assert [one.key.days for one in plan(bench).due] == [-7] * 4
    with bench.desk.database.transaction() as session:
        assert queries_reminder.reminded(session) == {}


def test_without_the_registry_nobody_is_reminded_of_a_mark_that_may_be_withdrawn(bench: BatchWorld) -> None:
    move_to(bench, -7)
    bench.line.away.add("api")
    with pytest.raises(UnavailableError):
        plan(bench)


def test_a_mark_that_is_cancelled_is_not_reminded_of(bench: BatchWorld) -> None:
    bench.publish()
    desk, mark = bench.desk, mark_of(bench, "C-000001")
    uri, now = mark_uri(mark.host, mark.id), desk.clock()
    desk.registry.send(
        sign_statement(
            Draft(desk.identity.log, "mark.cancelled", uri, {}),
            iss=desk.identity.uri,
            iat=now,
            jti=new_token_id(now, desk.entropy),
            prev=desk.registry.head_of(uri),
            anchor=desk.registry.anchor(desk.identity.log),
            signer=open_signer(desk.signers, "decider"),
        )
    )
    move_to(bench, -60)
    assert {one.letter.to for one in plan(bench).due} == {"p1@s2.example", "p2@s2.example"}


# --- once, whatever happens ------------------------------------------------------------------------------------------


class Crash(Exception):
    """The power went out."""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_around_the_sending_never_sends_a_second_letter_unnoticed(
    bench: BatchWorld, office: PostOffice, moment: str
) -> None:
    move_to(bench, -30)
    first = plan(bench)

    def dying(letter: Letter) -> None:
        if moment == "after":
            with open_mailer(MailServer("127.0.0.1", office.port), name="h") as mailer:
                mailer.send(letter)
        raise Crash

    with pytest.raises(Crash):
        send_reminders(bench.desk, first, dying, again=False)
    done = run(bench, office)
    assert [one.key for one in done.unknown] == [first.due[0].key]
    assert len(done.sent) == 3
    with pytest.raises(UnknownOutcomeError, match="of 1 letters nobody knows"):
        _tell(done)
    assert run(bench, office).sent == []
    assert [one.key for one in run(bench, office, again=True).sent] == [first.due[0].key]
    ids = [one.message["Message-ID"] for one in office.letters]
    assert ids.count(first.due[0].letter.message_id) == (1 if moment == "before" else 2)
    assert plan(bench).unknown == []


def test_an_answer_that_got_lost_is_unknown_and_not_tried_again_by_itself(
    bench: BatchWorld, office: PostOffice
) -> None:
    move_to(bench, -30)
    office.drops.add("p1@s1.example")
    done = run(bench, office)
    assert done.unknown[0].letter.to == "p1@s1.example"
    office.drops.clear()
    assert len(run(bench, office).unknown) == 1
    assert sum(one.to == ["p1@s1.example"] for one in office.letters) == 1


def test_a_refused_address_is_told_once_and_the_others_are_reached(bench: BatchWorld, office: PostOffice) -> None:
    move_to(bench, -30)
    office.answers["p2@s1.example"] = "550 5.1.1 no such user"
    done = run(bench, office)
    assert [due.letter.to for due, _ in done.refused] == ["p2@s1.example"]
    assert len(done.sent) == 3
    with pytest.raises(RefusedError, match="1 letters were refused"):
        _tell(done)
    assert run(bench, office) == Done()


def test_what_a_busy_server_did_not_take_is_due_in_the_next_run(bench: BatchWorld, office: PostOffice) -> None:
    move_to(bench, -30)
    office.answers["p1@s2.example"] = "450 4.2.1 try later"
    done = run(bench, office)
    assert (len(done.sent), done.away is not None) == (2, True)
    office.answers.clear()
    assert len(run(bench, office).sent) == 2
    assert len(office.letters) == 4


def test_two_runs_at_once_send_each_letter_once(bench: BatchWorld, office: PostOffice) -> None:
    move_to(bench, -30)
    first, second = plan(bench), plan(bench)
    with open_mailer(MailServer("127.0.0.1", office.port), name="h") as mailer:
        send_reminders(bench.desk, first, mailer.send, again=False)
        assert send_reminders(bench.desk, second, mailer.send, again=False).sent == []
    assert len(office.letters) == 4


def test_addresses_stand_in_the_desks_own_database_only(bench: BatchWorld, office: PostOffice) -> None:
    move_to(bench, -30)
    run(bench, office)
    bench.publish()
    folder = bench.world.public.parent
    desk = bench.world.stage.desk
    for file in folder.rglob("*"):
        if file.is_file() and not file.name.startswith(desk.name):
            assert b"@s1.example" not in file.read_bytes(), file


def test_erased_addresses_are_gone_and_get_no_letters(bench: BatchWorld) -> None:
    subject = bench.desk.case("C-000001").holder.identifiers[0]
    with bench.desk.database.transaction() as session:
        queries_reminder.replace_contacts(session, subject, [])
        assert {one.subject for one in queries_reminder.contacts(session)} != {subject}
    move_to(bench, -30)
    assert {one.letter.to for one in plan(bench).due} == {"p1@s2.example", "p2@s2.example"}


def test_a_latin_name_is_used_abroad_where_there_is_one(bench: BatchWorld) -> None:
    mark = mark_of(bench, "C-000002")
    org = mark.content.org.model_copy(update={"name_latin": "Sample KK"})
    shown = replace(mark, content=mark.content.model_copy(update={"org": org}))
    assert (_name(shown, "en"), _name(shown, "ja"), _name(mark, "en")) == ("Sample KK", org.name, org.name)
