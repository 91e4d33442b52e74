"""Imported lists: pinned by two operators, looked up in without a network, and never more than the list says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from recognition.authenticate.published_list import ImportedList, PublishedList, describe_list, open_list
from recognition.authenticate.record import Authenticated, Claimed, Undecided
from recognition.authenticate.two_operators import Office, Operator, approval_subject, office_of
from registry.scenario.simulated_log import SimulatedLog
from tests.authenticate.foreign import DAY, HOLDER, NOW, make_key, make_profile
from verifier.errors import EvidenceError, MalformedError, RefusedError, SignatureError, StatementError
from verifier.injected import seeded_entropy
from verifier.keys import import_jwk
from verifier.schema import read_model
from verifier.signer import SoftwareSigner
from verifier.statement.approval import sign_approval

AUTHORITY, LOG = "https://home.example", "home.example/log"
DRAW = seeded_entropy("operators")
ONE, TWO, THREE = (SoftwareSigner.generate(DRAW) for _ in range(3))
OFFICE = Office(
    AUTHORITY,
    LOG,
    {
        signer.kid: Operator(holder, import_jwk(signer.jwk))
        for signer, holder in ((ONE, "h-1"), (TWO, "h-2"), (THREE, "h-1"))
    },
)
CLAIMS = """
[claims]
number = { at = "/No" }
level = { at = "/Level", words = { Plus = "checked" } }
version = { at = "/Version" }
holder = { at = "/LEI", register = "0199" }
issued = { at = "/Issued", form = "day" }
expires = { at = "/Expires", form = "last_day" }
status = { at = "/State", words = { current = "valid", withdrawn = "withdrawn" } }
scope_tags = { at = "/Scope", separator = ";", optional = true }
"""
COLUMNS = '["No", "Level", "Version", "LEI", "Issued", "Expires", "State", "Scope"]'
PROFILE = make_profile(
    claims=CLAIMS, token="", more=f'[list]\nissuer = "operator"\nform = "csv"\ncolumns = {COLUMNS}\nfresh_days = 7\n'
)
HEAD = "No,Level,Version,LEI,Issued,Expires,State,Scope\n"
ROW = "C-1,Plus,1,529900T8BM49AURSDO55,2026-10-23,2027-10-22,current,it;cloud\n"
OTHER = "C-2,Plus,1,7LTWFZYICNSX8D621K86,2026-10-23,2027-10-22,withdrawn,\n"
BAD = "C-3,Gold,1,7LTWFZYICNSX8D621K86,2026-10-23,2027-10-22,current,\n"
DATA = (HEAD + ROW + OTHER + BAD).encode()
CLAIMED = Claimed(number="C-1", holder=HOLDER)


def described(data: bytes = DATA, profile: Any = PROFILE, **changes: Any) -> ImportedList:
    record = describe_list(
        data,
        profile,
        source="https://operator.example/list.csv",
        published_at=NOW - DAY,
        imported_at=NOW,
        nonce="A" * 22,
    )
    return read_model(ImportedList, {**record.members(), **changes}, what="list")


def approve(subject: str, *signers: SoftwareSigner, iat: int = NOW, iss: str = AUTHORITY, log: str = LOG) -> list[str]:
    return [sign_approval(subject, iss=iss, log=log, iat=iat, signer=one, entropy=DRAW) for one in signers]


def opened(
    data: bytes = DATA,
    record: ImportedList | None = None,
    approvals: list[str] | None = None,
    now: int = NOW,
    profile: Any = PROFILE,
) -> PublishedList:
    record = record or described(data, profile)
    signed = approve(record.subject, ONE, TWO) if approvals is None else approvals
    return open_list(data, record, signed, profile=profile, office=OFFICE, now=now)


def test_a_listed_certificate_is_authenticated_by_the_list() -> None:
    found = opened().find(CLAIMED, now=NOW)
    assert isinstance(found, Authenticated)
    assert (found.certificate.evidence, found.certificate.status) == ("authenticated", "valid")
    assert found.certificate.scope_tags == ("cloud", "it")
    assert (found.record.method, found.record.rests_on) == ("published_list", "two_operators")
    assert found.record.fresh_until == NOW + 6 * DAY
    assert "registry_learns_who_is_asked_about" not in found.record.warnings


def test_the_state_in_the_list_is_a_fact() -> None:
    found = opened().find(Claimed(number="C-2", holder="0199-7LTWFZYICNSX8D621K86"), now=NOW)
    assert isinstance(found, Authenticated)
    assert found.certificate.status == "withdrawn"


@pytest.mark.parametrize(
    ("number", "holder", "reason"),
    [
        ("C-9", HOLDER, "not_listed"),
        ("c-1", HOLDER, "not_listed"),
        ("C-2", HOLDER, "contradicts_the_claim"),
        ("C-3", "0199-7LTWFZYICNSX8D621K86", "outside_profile"),
    ],
)
def test_what_the_list_does_not_confirm_is_undecided(number: str, holder: str, reason: str) -> None:
    found = opened().find(Claimed(number=number, holder=holder), now=NOW)
    assert isinstance(found, Undecided)
    assert found.record.reason == reason


def test_an_old_list_confirms_nothing() -> None:
    listed = opened()
    assert isinstance(listed.find(CLAIMED, now=NOW + 6 * DAY - 1), Authenticated)
    for now, reason in ((NOW + 6 * DAY, "stale"), (NOW - 1, "not_of_this_time")):
        found = listed.find(CLAIMED, now=now)
        assert isinstance(found, Undecided)
        assert found.record.reason == reason


def test_one_changed_byte_is_another_list() -> None:
    record = described()
    with pytest.raises(RefusedError, match="not the one"):
        opened(DATA.replace(b"withdrawn", b"current,"), record)


def test_one_operator_is_not_two() -> None:
    subject = described().subject
    for signers in ((), (ONE,), (ONE, ONE), (ONE, THREE), (ONE, TWO, THREE)):
        with pytest.raises(RefusedError):
            opened(approvals=approve(subject, *signers))


def test_an_approval_by_a_stranger_does_not_count() -> None:
    stranger = SoftwareSigner.generate(DRAW)
    with pytest.raises(SignatureError):
        opened(approvals=approve(described().subject, ONE, stranger))


@pytest.mark.parametrize(
    "changes", [{"iss": "https://other.example"}, {"log": "other.example/log"}, {"iat": NOW - DAY}, {"iat": NOW + DAY}]
)
def test_an_approval_for_another_authority_log_or_time_does_not_count(changes: dict[str, Any]) -> None:
    subject = described().subject
    with pytest.raises(EvidenceError):
        opened(approvals=[*approve(subject, ONE), *approve(subject, TWO, **changes)])


def test_approvals_of_one_list_do_not_count_for_another() -> None:
    old = approve(described(nonce="B" * 22).subject, ONE, TWO)
    with pytest.raises(RefusedError, match="another record"):
        opened(approvals=old)


def test_approvals_of_another_kind_of_record_do_not_count() -> None:
    subject = approval_subject("manual_evidence", described())
    with pytest.raises(RefusedError, match="another record"):
        opened(approvals=approve(subject, ONE, TWO))


def test_a_list_read_by_another_profile_was_not_approved() -> None:
    other = make_profile(
        claims=CLAIMS,
        token="",
        more=f'[list]\nissuer = "operator"\nform = "csv"\ncolumns = {COLUMNS}\nfresh_days = 8\n',
    )
    with pytest.raises(RefusedError, match="another profile"):
        open_list(DATA, described(), approve(described().subject, ONE, TWO), profile=other, office=OFFICE, now=NOW)


def test_operators_cannot_approve_a_longer_life_than_the_profile_allows() -> None:
    record = described(fresh_until=NOW + 30 * DAY)
    with pytest.raises(RefusedError, match="longer"):
        opened(record=record)


@pytest.mark.parametrize(
    "changes",
    [
        {"published_at": NOW + DAY},
        {"fresh_until": NOW},
        {"rows": 0},
        {"sha256": "x"},
        {"source": "http://operator.example"},
    ],
)
def test_a_record_that_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(StatementError):
        described(**changes)


def test_a_record_with_another_number_of_rows_is_refused() -> None:
    with pytest.raises(MalformedError, match="rows"):
        opened(record=described(rows=2))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (HEAD.encode(), "1 to"),
        ((HEAD + ROW + ROW).encode(), "twice"),
        ((HEAD + ROW.replace("C-1", "")).encode(), "row 1"),
        ((HEAD + "C-1,Plus\n").encode(), "row 2"),
        (("Nr" + HEAD[2:] + ROW).encode(), "row 1"),
        (b"\xff\xfe", "UTF-8"),
        ((HEAD + ROW).encode("utf-16"), "UTF-8"),
        (b"", "list.csv"),
    ],
)
def test_a_table_of_another_form_is_refused_by_row(data: bytes, words: str) -> None:
    with pytest.raises(MalformedError, match=words):
        described(data)


JSON_PROFILE = make_profile(
    claims=CLAIMS,
    token="",
    more='[list]\nissuer = "operator"\nform = "json"\nrows_at = "/data/certificates"\nfresh_days = 7\n',
)


def as_json(*rows: Any) -> bytes:
    return json.dumps({"data": {"certificates": list(rows)}}).encode()


def test_a_json_list_is_read_too() -> None:
    row = dict(zip(HEAD.strip().split(","), ROW.strip().split(","), strict=True))
    found = opened(as_json(row), profile=JSON_PROFILE).find(CLAIMED, now=NOW)
    assert isinstance(found, Authenticated)


@pytest.mark.parametrize(
    "data",
    [b"{}", b"[]", as_json(), as_json("row"), as_json({}), as_json({"No": "C-1"}, {"No": "C-1"}), b"{", b"[" * 10_000],
)
def test_a_json_list_of_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        described(data, JSON_PROFILE)


def test_a_scheme_without_a_list_has_none() -> None:
    with pytest.raises(RefusedError, match="no list"):
        described(DATA, make_profile(make_key("ES256"), token=""))


def test_an_approval_whose_signature_does_not_hold_does_not_count() -> None:
    subject = described().subject
    good = approve(subject, ONE, TWO)
    header, payload, signature = good[1].split(".")
    (other,) = approve(described(nonce="B" * 22).subject, TWO)
    for forged in (f"{header}.{payload}.{other.rsplit('.', 1)[1]}", f"{other.rsplit('.', 1)[0]}.{signature}"):
        with pytest.raises(EvidenceError):
            opened(approvals=[good[0], forged])


def test_approvals_count_from_the_minute_of_the_record_for_fourteen_days() -> None:
    subject, record = described().subject, described()
    for iat, now, counts in (
        (NOW - 120, NOW, True),
        (NOW - 121, NOW, False),
        (NOW + 120, NOW, True),
        (NOW + 121, NOW, False),
        (NOW + 14 * DAY, NOW + 20 * DAY, True),
        (NOW + 14 * DAY + 1, NOW + 20 * DAY, False),
    ):
        approvals = [*approve(subject, ONE), *approve(subject, TWO, iat=iat)]
        if counts:
            assert opened(record=record, approvals=approvals, now=now).approved_by == ("h-1", "h-2")
        else:
            with pytest.raises(RefusedError, match="fourteen days"):
                opened(record=record, approvals=approvals, now=now)


def test_only_operators_of_the_trust_root_who_count_now_make_its_office() -> None:
    world = SimulatedLog()
    office = office_of(world.root)
    assert office.operators.keys() == {signer.kid for signer in world.ceremony.keys.operators}
    assert (office.authority, office.audience) == (f"https://{world.root.host}", world.root.origin)
    for gone in ({"cutoff": 5}, {"until": 5}):
        keys = [{**key.members(), **(gone if key.role == "operator" else {})} for key in world.root.content.keys]
        content = world.root.content.model_validate({**world.root.content.members(), "keys": keys}, by_alias=True)
        root = replace(world.root, content=content)
        assert office_of(root).operators == {}


def test_a_list_without_states_leaves_them_unknown_and_says_so() -> None:
    claims = CLAIMS.replace('status = { at = "/State", words = { current = "valid", withdrawn = "withdrawn" } }\n', "")
    more = f'[list]\nissuer = "operator"\nform = "csv"\ncolumns = {COLUMNS}\nfresh_days = 7\n'
    found = opened(profile=make_profile(claims=claims, token="", more=more)).find(CLAIMED, now=NOW)
    assert isinstance(found, Authenticated)
    assert (found.certificate.status, found.record.warnings) == (None, ("status_unknown",))
    assert opened().find(CLAIMED, now=NOW).record.warnings == ()


def test_a_list_may_be_imported_in_the_second_of_its_publication() -> None:
    assert described(published_at=NOW).published_at == NOW
