"""One key follows another at a running desk: announced, listed, switched to, and the old one retired."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from issuer.database import Database
from issuer.desk import Desk
from issuer.identity import ROLES
from issuer.issue import Waiting
from issuer.keyring import Place, open_key
from issuer.office import found_office, load_settings, open_office, read_settings
from issuer.rotation import announce, retire, switch
from issuer.submit import RegistryClient
from issuer.trust import newest
from registry.scenario import cast
from registry.scenario.answers import filled_sheet
from registry.scenario.one_process import OneProcess, one_process
from registry.scenario.outcome import verify_package
from registry.scenario.story import Story
from verifier.errors import KeyRefusedError, RefusedError, UnavailableError, WrongUseError
from verifier.mark import parse_mark
from verifier.names import key_uri
from verifier.scheme.shipped import load_shipped
from verifier.statement.key_proof import parse_key_proof
from verifier.verdict import Headline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from verifier.signer import Signer
    from verifier.statement.public import KeyRole

START = 1_795_305_600
PASSPHRASE = b"a long passphrase of this desk"
HOLDERS = {role: place.holder for role, place in cast.PLACES.items()}


@dataclass
class Bench:
    """A registry in one process, and the folder of the desk of its evaluation body."""

    world: OneProcess
    story: Story
    folder: Path

    @contextmanager
    def desk(self, *roles: KeyRole) -> Iterator[Desk]:
        """Give the desk with these keys open, as `shirushi issuer` opens it."""
        settings, stage = load_settings(self.folder), self.world.stage
        with ExitStack() as stack:
            signers: dict[KeyRole, Signer] = {
                role: stack.enter_context(open_key(self.folder, role, settings.place(role), PASSPHRASE))
                for role in roles
            }
            database = Database(self.folder / "desk.db")
            stack.callback(database.close)
            registry = RegistryClient(
                stage.http, read="http://read", api="http://api", root=lambda fetcher: newest(stage.root, fetcher)
            )
            yield Desk(database, settings.identity, signers, registry, stage.clock, stage.entropy)

    def announce(self, role: KeyRole, no: int) -> Place:
        """Announce the next key; the authority lists it."""
        stage = self.world.stage
        wanted = Place(holder=HOLDERS[role], no=no, file=f"{role}-{no}")
        place, proof = announce(self.folder, role, wanted, PASSPHRASE, at=stage.clock(), entropy=stage.entropy)
        self.story.authority.add_key(proof)
        self.world.pass_time(1)
        return place

    def state_of(self, kid: str | None) -> str | None:
        with self.desk() as desk:
            return desk.registry.state_of(key_uri(cast.HOST, kid or ""))

    def decided(self, desk: Desk, supplier: cast.Organisation) -> str:
        """Take a case as far as its decision."""
        case = desk.open_case(cast.application(supplier, 3))
        desk.import_answers(case.id, filled_sheet(load_shipped(cast.SCHEME, cast.VERSION), 3), "answers.xlsx")
        self.world.pass_time(1)
        desk.confirm_by_expert(case.id, kind="body_holder", by=desk.identity.holder("assessor"))
        desk.swear_oath(case.id, officer="代表取締役")
        self.world.pass_time(1)
        desk.attest(case.id)
        self.world.pass_time(1)
        desk.decide(case.id, "granted")
        return case.id

    def issue(self, desk: Desk, case_id: str) -> Path:
        waiting = Waiting(240, self.world.pass_time)
        return desk.issue(case_id, self.folder / "marks", waiting=waiting, progress=lambda number, what: None).folder

    def headline(self, package: Path) -> Headline:
        root = self.world.public / "trust/1.json"
        return verify_package(package, root, now=self.world.clock()).headline


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    folder = tmp_path / "desk"
    keys = {role: {"holder": HOLDERS[role], "no": place.no} for role, place in cast.PLACES.items()}
    addresses = {"read": "http://read", "api": "http://api"}
    settings = read_settings({"host": cast.HOST, "body": cast.BODY_NO, **addresses, "keys": keys})
    with one_process(tmp_path / "registry", seed="rotation", start=START) as world, ExitStack() as stack:
        stage = world.stage
        found_office(folder, settings, passphrases=dict.fromkeys(ROLES, PASSPHRASE), entropy=stage.entropy)
        settings = load_settings(folder)
        signers = {
            role: stack.enter_context(open_key(folder, role, settings.place(role), PASSPHRASE)) for role in ROLES
        }
        story = Story(stage, tell=lambda heading, detail: None, signers=signers)
        story.prepare()
        yield Bench(world, story, folder)


@pytest.mark.parametrize("role", ["decider", "assessor"])
def test_a_rotated_key_signs_and_what_the_old_one_signed_stays_valid(bench: Bench, role: KeyRole) -> None:
    with bench.desk(*ROLES) as desk:
        early = bench.issue(desk, bench.decided(desk, cast.SUPPLIER_3))
    new = bench.announce(role, 11)
    with bench.desk() as desk:
        old = switch(bench.folder, role, desk)
    with bench.desk("decider") as desk:
        admitted = retire(bench.folder, role, desk)
    assert admitted is not None
    bench.world.pass_time(1)
    assert (bench.state_of(old.kid), bench.state_of(new.kid)) == ("retired", "active")
    with bench.desk(*ROLES) as desk:
        late = bench.issue(desk, bench.decided(desk, cast.SUPPLIER_4))
    assert (bench.headline(early), bench.headline(late)) == (Headline.VALID_OFFLINE, Headline.VALID_OFFLINE)
    signed = parse_mark((late / "mark.jwt").read_bytes()).token.kid
    assert (signed == new.kid) == (role == "decider")


def test_the_settings_tell_present_next_and_former_key_apart(bench: Bench) -> None:
    before = load_settings(bench.folder).place("decider")
    place = bench.announce("decider", 11)
    settings = load_settings(bench.folder)
    assert (settings.place("decider"), settings.announced.decider) == (before, place)
    with bench.desk() as desk:
        switch(bench.folder, "decider", desk)
    settings = load_settings(bench.folder)
    assert (settings.place("decider"), settings.announced.decider, settings.former.decider) == (place, None, before)
    assert settings.identity.places["decider"].no == 11


def test_an_announced_key_that_the_log_does_not_list_signs_nothing(bench: Bench) -> None:
    stage = bench.world.stage
    wanted = Place(holder=HOLDERS["decider"], no=11, file="decider-11")
    announce(bench.folder, "decider", wanted, PASSPHRASE, at=stage.clock(), entropy=stage.entropy)
    with bench.desk() as desk, pytest.raises(RefusedError, match="not listed"):
        switch(bench.folder, "decider", desk)
    assert load_settings(bench.folder).place("decider").no == 2


def test_announcing_again_gives_a_fresh_proof_of_the_same_key(bench: Bench) -> None:
    stage = bench.world.stage
    wanted = Place(holder=HOLDERS["decider"], no=11, file="decider-11")
    made = []
    for _ in range(2):
        stage.pass_time(3600)
        place, proof = announce(bench.folder, "decider", wanted, PASSPHRASE, at=stage.clock(), entropy=stage.entropy)
        made.append((place.kid, parse_key_proof(proof, log=f"{cast.HOST}/log")))
    assert made[0][0] == made[1][0] == made[1][1].key.kid
    assert made[1][1].token.payload["iat"] == stage.clock()


def test_a_number_is_never_given_twice_and_no_key_is_left_behind(bench: Bench) -> None:
    stage = bench.world.stage
    wanted = Place(holder=HOLDERS["decider"], no=1, file="decider-1")
    with pytest.raises(WrongUseError, match="number"):
        announce(bench.folder, "decider", wanted, PASSPHRASE, at=stage.clock(), entropy=stage.entropy)
    assert not (bench.folder / "keys/decider-1.pem").exists()


def test_one_person_does_not_become_both_by_rotation(bench: Bench) -> None:
    stage = bench.world.stage
    wanted = Place(holder=HOLDERS["assessor"], no=11, file="decider-11")
    _, proof = announce(bench.folder, "decider", wanted, PASSPHRASE, at=stage.clock(), entropy=stage.entropy)
    bench.story.authority.add_key(proof)
    with bench.desk() as desk, pytest.raises(WrongUseError, match="two people"):
        switch(bench.folder, "decider", desk)
    assert load_settings(bench.folder).place("decider").holder == HOLDERS["decider"]


def test_nothing_is_switched_while_what_was_signed_is_on_its_way(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.announce("decider", 11)

    def unreachable(*_: object, **__: object) -> None:
        raise UnavailableError("the registry did not answer")

    with bench.desk(*ROLES) as desk:
        case_id = bench.decided(desk, cast.SUPPLIER_3)
        with monkeypatch.context() as patch:
            patch.setattr(RegistryClient, "send", unreachable)
            with pytest.raises(UnavailableError):
                bench.issue(desk, case_id)
        with pytest.raises(RefusedError, match=case_id):
            switch(bench.folder, "decider", desk)
        bench.issue(desk, case_id)
        switch(bench.folder, "decider", desk)


def test_an_assessors_key_does_not_retire_before_its_attestations_are_used(bench: Bench) -> None:
    bench.announce("assessor", 11)
    with bench.desk(*ROLES) as desk:
        case_id = bench.decided(desk, cast.SUPPLIER_3)
        switch(bench.folder, "assessor", desk)
        with pytest.raises(RefusedError, match=case_id):
            retire(bench.folder, "assessor", desk)
        package = bench.issue(desk, case_id)
        assert retire(bench.folder, "assessor", desk) is not None
    bench.world.pass_time(1)
    assert bench.headline(package) is Headline.VALID_OFFLINE


def test_a_key_is_retired_once_and_before_the_next_rotation(bench: Bench) -> None:
    bench.announce("decider", 11)
    with bench.desk() as desk:
        switch(bench.folder, "decider", desk)
    bench.announce("decider", 12)
    with bench.desk("decider") as desk:
        with pytest.raises(RefusedError, match="not retired"):
            switch(bench.folder, "decider", desk)
        retire(bench.folder, "decider", desk)
        with pytest.raises(WrongUseError, match="no former key"):
            retire(bench.folder, "decider", desk)
        switch(bench.folder, "decider", desk)


def test_a_file_put_in_the_place_of_a_key_is_noticed(bench: Bench) -> None:
    keys = bench.folder / "keys"
    (keys / "decider.pem").write_bytes((keys / "assessor.pem").read_bytes())
    stage = bench.world.stage
    opening = open_office(
        bench.folder, roles=("decider",), passphrase=PASSPHRASE, clock=stage.clock, entropy=stage.entropy
    )
    with pytest.raises(KeyRefusedError, match="another key"), opening:
        pass
