"""The status of single marks follows the log and the clock, and nobody can show an old answer for ever."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from registry.publishing import mark_status_job
from registry.publishing.files import PublicFolder
from registry.publishing.mark_status_job import REFRESH, status_word, status_words, version_path
from registry.publishing.marked_entities import Listing
from tests.audit.planes import corrected
from tests.federation.conftest import AUTHORITY, HOLDER, TYPE, ask
from verifier.envelope import sign_token
from verifier.errors import EnvelopeError, SignatureError, StatementError, UnavailableError
from verifier.injected import seeded_entropy
from verifier.keys import import_jwk
from verifier.mark import Holder, draft_of, parse_mark, sign_mark
from verifier.mark_status import LIFETIME, TYP, parse_mark_status, sign_mark_status, verify_mark_status
from verifier.signer import SoftwareSigner

if TYPE_CHECKING:
    from registry.desk.operator_desk import OperatorDesk
    from tests.registry.conftest import Office, World
    from verifier.mark_status import MarkStatus

DATABASES = ("sqlite", "postgresql")
HOUR, DAY = 3600, 86_400


def response(world: World, mark_id: str) -> MarkStatus:
    mark = (world.public / f"m/{mark_id}.jwt").read_text("ascii")
    answer = world.http.post("http://read/federation/trust-mark-status", data={"trust_mark": mark})
    assert answer.status_code == 200, answer.text
    said = parse_mark_status(answer.content)
    assert said.trust_mark == mark
    verify_mark_status(said, world.registry.host, import_jwk(world.ceremony.keys.directory.jwk))
    return said


def word(world: World, mark_id: str) -> str:
    return response(world, mark_id).status


def suspend(world: World, mark_id: str, *, hours: int = 720) -> None:
    world.desk.suspend_mark(mark_id, reason="nonconformity", lift_by=world.clock() + hours * HOUR)


def revoke(desk: OperatorDesk, kid: str, cutoff: int) -> None:
    desk.revoke_key(kid, reason="compromised", cutoff=cutoff)


def test_a_mark_is_active_once_it_is_published_and_a_suspension_shows_at_once(office: Office) -> None:
    world, signers = office
    mark_id = world.issue(signers)
    assert word(world, mark_id) == "active"
    suspend(world, mark_id)
    assert world.registry.mark_status.step() == 1
    assert word(world, mark_id) == "suspended"
    assert world.registry.mark_status.step() == 0


def test_a_mark_whose_file_is_not_published_yet_is_looked_at_again(office: Office) -> None:
    world, signers = office
    signed = world.sign_mark(signers, world.reserve(signers).json())
    assert world.send(signed.request).status_code == 201
    assert world.registry.mark_status.step() == 0
    world.publisher.publish_once()
    world.clock.now += 2
    assert world.registry.mark_status.step() == 1
    assert word(world, signed.id) == "active"


def test_the_clock_ends_a_term_and_an_overdue_suspension(office: Office) -> None:
    world, signers = office
    lasting, lifted = world.issue(signers), world.issue(signers)
    suspend(world, lifted, hours=12)
    world.registry.mark_status.step()
    world.clock.now += DAY // 2
    world.registry.mark_status.step()
    assert (word(world, lifted), word(world, lasting)) == ("revoked", "active")
    world.clock.now = parse_mark((world.public / f"m/{lasting}.jwt").read_bytes()).exp
    world.registry.mark_status.step()
    assert word(world, lasting) == "expired"
    world.clock.now += 10 * 365 * DAY
    assert world.registry.mark_status.step() == 0
    assert word(world, lasting) == "expired"


@pytest.mark.parametrize("role", ["decider", "assessor"])
def test_a_cut_off_makes_later_marks_invalid_and_leaves_the_earlier_ones(office: Office, role: str) -> None:
    world, signers = office
    early, late = world.issue(signers), world.issue(signers)
    index, _ = world.registry.look_up(f"https://{world.registry.host}/m/{late}").result(30)
    revoke(world.desk, signers[role].kid, index or 0)
    world.registry.mark_status.step()
    assert (word(world, early), word(world, late)) == ("active", "invalid")
    world.clock.now += 60
    world.registry.mark_status.step()
    assert ask(world, "/federation/trust-mark-list", trust_mark_type=TYPE).json() == [HOLDER]


def test_an_answer_that_may_change_is_signed_anew_long_before_it_ends(office: Office) -> None:
    world, signers = office
    mark_id = world.issue(signers)
    first = response(world, mark_id)
    assert first.exp == first.iat + LIFETIME
    world.clock.now += REFRESH - 2 * HOUR
    assert world.registry.mark_status.step() == 0
    world.clock.now += 2 * HOUR
    assert world.registry.mark_status.step() == 1
    assert response(world, mark_id).iat == first.iat + REFRESH


def test_an_answer_that_nobody_signed_anew_is_given_no_more(office: Office) -> None:
    world, signers = office
    mark_id = world.issue(signers)
    mark = (world.public / f"m/{mark_id}.jwt").read_text("ascii")
    world.clock.now += LIFETIME
    answer = world.http.post("http://read/federation/trust-mark-status", data={"trust_mark": mark})
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert "Retry-After" in answer.headers


def test_a_registry_that_starts_again_looks_at_every_file_and_signs_none(office: Office) -> None:
    world, signers = office
    marks = [world.issue(signers) for _ in range(2)]
    suspend(world, marks[0])
    world.settle()
    world.registry.writer._follower.forget()
    assert world.registry.mark_status.step() == 0
    files = sorted((world.public / "m").glob("*/status-*.jwt"))
    files[0].write_bytes(b"broken")
    world.registry.writer._follower.forget()
    assert world.registry.mark_status.step() == 1
    assert [word(world, one) for one in marks] == ["suspended", "active"]


def test_a_step_that_was_cut_short_is_made_up_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    world, signers = office
    mark_id = world.issue(signers)
    suspend(world, mark_id)

    def full(*_: object) -> None:
        raise UnavailableError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(PublicFolder, "replace", full)
        with pytest.raises(UnavailableError):
            world.registry.mark_status.step()
    assert word(world, mark_id) == "active"
    assert world.registry.mark_status.step() == 1
    assert word(world, mark_id) == "suspended"


def test_a_suspended_mark_is_given_to_nobody_and_its_holder_is_not_listed(office: Office) -> None:
    world, signers = office
    mark_id = world.issue(signers)
    asked: dict[str, Any] = {"trust_mark_type": TYPE, "sub": HOLDER}
    assert ask(world, "/federation/trust-mark", **asked).status_code == 200
    suspend(world, mark_id)
    world.clock.now += 60
    world.settle()
    assert ask(world, "/federation/trust-mark", **asked).status_code == 404
    assert ask(world, "/federation/trust-mark-list", **asked).json() == []
    assert ask(world, "/federation/trust-mark-list", trust_mark_type=TYPE).json() == []


def test_the_newest_of_several_marks_is_given(office: Office) -> None:
    world, signers = office
    world.issue(signers)
    world.clock.now += 60
    newest = world.issue(signers)
    answer = ask(world, "/federation/trust-mark", trust_mark_type=TYPE, sub=HOLDER)
    assert answer.text == (world.public / f"m/{newest}.jwt").read_text("ascii")


def test_the_bytes_that_a_correction_took_the_place_of_are_revoked() -> None:
    sim = corrected().world.sim
    (record,) = [mark for mark in sim.state.marks.values() if mark.corrected]
    assert [said for _, said in status_words(record, now=sim.now, is_void=False)] == ["revoked", "active"]
    assert status_word(record, now=sim.now, is_void=True) == ("invalid", 0)


def test_a_response_about_something_else_or_for_longer_or_by_somebody_else_is_refused(office: Office) -> None:
    world, signers = office
    mark = (world.public / f"m/{world.issue(signers)}.jwt").read_text("ascii")
    directory = world.ceremony.keys.directory
    host, now = world.registry.host, world.clock()
    good = parse_mark_status(sign_mark_status(host, mark, "active", iat=now, signer=directory))
    with pytest.raises(SignatureError):
        verify_mark_status(good, "elsewhere.example", import_jwk(directory.jwk))
    with pytest.raises(SignatureError):
        verify_mark_status(good, host, import_jwk(signers["decider"].jwk))
    forged = parse_mark_status(sign_mark_status(host, mark, "active", iat=now, signer=signers["decider"]))
    with pytest.raises(SignatureError):
        verify_mark_status(forged, host, import_jwk(directory.jwk))
    for changed in ({"exp": now + LIFETIME + 1}, {"status": "fine"}):
        with pytest.raises(StatementError):
            parse_mark_status(_signed({**good.token.payload, **changed}, directory))
    with pytest.raises(EnvelopeError):
        parse_mark_status(_signed({**good.token.payload, "trust_mark": good.token.compact}, directory))


def _signed(payload: dict[str, Any], signer: SoftwareSigner) -> str:
    return sign_token(payload, typ=TYP, signer=signer)


def test_a_clock_that_ran_ahead_leaves_no_word_of_another_time(office: Office) -> None:
    world, signers = office
    mark_id = world.issue(signers)
    job, end = world.registry.mark_status, parse_mark((world.public / f"m/{mark_id}.jwt").read_bytes()).exp
    job.step()
    now = world.clock.now
    world.clock.now = end
    job.step()
    world.clock.now = now
    job.step()
    said = response(world, mark_id)
    assert (said.status, said.iat) == ("active", now)
    assert job.step() == 0


UNLISTED = Holder(name="株式会社ヒカエ見本", identifiers=("0188-5010001067883",), unlisted=True)
UNLISTED_URI = f"{AUTHORITY}/o/{UNLISTED.identifiers[0]}"


def holders(world: World) -> list[str]:
    """Return the list of who holds a mark of the type, written anew."""
    world.clock.now += 60
    world.registry.mark_status.step()
    found: list[str] = ask(world, "/federation/trust-mark-list", trust_mark_type=TYPE).json()
    return found


def test_an_unlisted_holder_stands_in_no_list_and_is_found_by_its_own_number(office: Office) -> None:
    world, signers = office
    world.issue(signers)
    mark = world.issue(signers, UNLISTED)
    world.settle()
    assert holders(world) == [HOLDER]
    asked = ask(world, "/federation/trust-mark-list", trust_mark_type=TYPE, sub=UNLISTED_URI)
    assert asked.json() == [UNLISTED_URI]
    assert ask(world, "/federation/trust-mark", trust_mark_type=TYPE, sub=UNLISTED_URI).status_code == 200
    assert word(world, mark) == "active"


def test_after_a_start_the_lists_stay_as_they_were_until_the_marks_are_read(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, signers = office
    world.issue(signers)
    world.issue(signers, UNLISTED)
    assert holders(world) == [HOLDER]
    with monkeypatch.context() as slow:
        slow.setattr(mark_status_job, "A_TURN", 0)
        world.registry.writer._follower.forget()
        assert holders(world) == [HOLDER]
    assert holders(world) == [HOLDER]


def test_a_correction_changes_who_is_in_a_list() -> None:
    listing, records = Listing(), corrected().world.sim.state.marks
    record = next(one for one in records.values() if one.earlier)
    listing.add([record.uri])
    has = listing.over(lambda path: None)
    assert not has(record)
    plain = corrected().plane.fetch(version_path(record, record.version))
    listing.read(record.uri, plain)
    assert has(record)
    listing.read(record.uri, b"broken")
    assert has(record)
    draft = draft_of(parse_mark(plain))
    hidden = replace(draft, holder=draft.holder.model_copy(update={"unlisted": True}))
    signer = SoftwareSigner.generate(seeded_entropy("key"))
    listing.read(
        record.uri, sign_mark(hidden, iat=draft.nbf, seal_sha256="A" * 43, nonce="A" * 22, signer=signer).encode()
    )
    assert not has(record)
