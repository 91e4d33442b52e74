"""Outgoing mail before a real server: what is taken, refused, put off, and what nobody can know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.edge.mail_server import make_certificate, post_office
from verifier.edge.mail import Letter, MailServer, UnknownOutcomeError, open_mailer, read_address, read_server
from verifier.errors import RefusedError, UnavailableError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.edge.mail_server import PostOffice

NOW = 1_795_305_600


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


def letter(to: str = "a@seiki.example") -> Letter:
    return Letter(
        "desk@hyoka.example", to, "登録番号 SCS4-000001", "株式会社サンプル精機 御中\n\n…\n", "<1@h.example>", NOW
    )


def send(office: PostOffice, *letters: Letter) -> None:
    with open_mailer(MailServer("127.0.0.1", office.port), name="hyoka.example") as mailer:
        for one in letters:
            mailer.send(one)


def test_a_letter_arrives_word_for_word_and_says_that_a_machine_sent_it(office: PostOffice) -> None:
    send(office, letter())
    [taken] = office.letters
    assert (taken.sender, taken.to) == ("desk@hyoka.example", ["a@seiki.example"])
    message = taken.message
    assert message["Subject"] == "登録番号 SCS4-000001"
    assert message.get_content().replace("\r\n", "\n") == letter().body
    assert message["Message-ID"] == "<1@h.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.timestamp() == NOW
    assert all(len(line) <= 998 and line.isascii() for line in letter().serialize().split(b"\r\n"))


def test_one_connection_carries_many_letters_and_goes_on_after_a_refusal(office: PostOffice) -> None:
    office.answers["gone@seiki.example"] = "550 5.1.1 no such user"
    with open_mailer(MailServer("127.0.0.1", office.port), name="hyoka.example") as mailer:
        mailer.send(letter())
        with pytest.raises(RefusedError, match=r"550 5\.1\.1 no such user"):
            mailer.send(letter("gone@seiki.example"))
        mailer.send(letter("b@seiki.example"))
    assert [one.to for one in office.letters] == [["a@seiki.example"], ["b@seiki.example"]]


def test_a_server_that_is_busy_has_not_taken_the_letter(office: PostOffice) -> None:
    office.answers["a@seiki.example"] = "450 4.2.1 try later"
    with pytest.raises(UnavailableError, match=r"450 4\.2\.1") as told:
        send(office, letter())
    assert not isinstance(told.value, UnknownOutcomeError)


@pytest.mark.parametrize(
    ("answer", "error"), [("554 5.7.1 spam", RefusedError), ("451 4.3.0 disk full", UnavailableError)]
)
def test_a_text_that_is_not_taken_was_not_sent(office: PostOffice, answer: str, error: type[Exception]) -> None:
    office.data_answer = answer
    with pytest.raises(error) as told:
        send(office, letter())
    assert type(told.value) is error


def test_a_connection_that_ends_during_the_text_leaves_the_outcome_unknown(office: PostOffice) -> None:
    office.drops.add("a@seiki.example")
    with pytest.raises(UnknownOutcomeError):
        send(office, letter())


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with post_office() as office:
        port = office.port
    with pytest.raises(UnavailableError, match="does not answer"), open_mailer(MailServer("127.0.0.1", port), name="h"):
        pass


def test_the_connection_is_encrypted_where_the_server_offers_it(tmp_path: Path) -> None:
    certificate, secret = make_certificate(tmp_path, "localhost")
    with post_office((certificate, secret)) as office:
        server = MailServer("localhost", office.port, trusted=certificate, requires_tls=True)
        with open_mailer(server, name="hyoka.example") as mailer:
            mailer.send(letter())
        assert office.letters[0].encrypted


def test_a_certificate_that_nobody_vouches_for_ends_it_before_anything_is_sent(tmp_path: Path) -> None:
    certificate, secret = make_certificate(tmp_path, "other.example")
    with post_office((certificate, secret)) as office:
        for trusted in (None, certificate):
            server = MailServer("localhost", office.port, trusted=trusted)
            with pytest.raises(UnavailableError, match="no encrypted connection"), open_mailer(server, name="h"):
                pass
        assert office.letters == []


def test_a_server_without_encryption_is_refused_where_it_is_required(office: PostOffice) -> None:
    server = MailServer("127.0.0.1", office.port, requires_tls=True)
    with pytest.raises(RefusedError, match="does not offer STARTTLS"), open_mailer(server, name="h"):
        pass


@pytest.mark.parametrize(
    "text", ["", "a", "a@b", "a b@c.example", "a@c.example\nBcc: x@y.example", "名@例.example", "@"]
)
def test_what_is_no_address_is_never_put_into_a_header(text: str) -> None:
    with pytest.raises(WrongUseError, match="not a mail address"):
        read_address(text)


def test_a_subject_cannot_add_headers(office: PostOffice) -> None:
    hostile = Letter("desk@hyoka.example", "a@seiki.example", "a\nBcc: x@y.example", "b", "<1@h.example>", NOW)
    with pytest.raises(ValueError, match="linefeed"):
        send(office, hostile)
    assert office.letters == []


@pytest.mark.parametrize("text", ["", "mail", "mail:", ":25", "mail:0", "mail:99999", "mail:x"])
def test_what_is_no_server_is_refused(text: str) -> None:
    with pytest.raises(WrongUseError, match="not a mail server"):
        read_server(text, trusted=None, requires_tls=False)


def test_a_server_is_read() -> None:
    assert read_server("[::1]:587", trusted=None, requires_tls=True) == MailServer("::1", 587, None, True)
