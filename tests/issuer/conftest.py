"""A desk at work: a registry that keeps the rules behind two HTTP addresses, and an evaluator's desk before it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from issuer.database import Database
from issuer.desk import Desk
from issuer.identity import Identity, KeyPlace
from issuer.intake import Application, read_holder, read_scope
from issuer.issue import Issued, Waiting
from issuer.submit import RegistryClient
from issuer.template import ANSWER, EVIDENCE, FIRST_ITEM, JUSTIFICATION, write_template
from issuer.trust import newest
from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import RegistrySimulator
from verifier.admission_receipt import sign_admission_receipt
from verifier.edge.check.spreadsheet import Sheet, read_rows, write_csv, write_xlsx
from verifier.encoding import b64u, canonical, digest
from verifier.envelope import parse_token, verify_token
from verifier.errors import ConflictError, EvidenceError, NotFoundError
from verifier.keys import import_jwk
from verifier.markid import new_mark_id
from verifier.names import body_uri, scheme_uri
from verifier.replay.rules import Companions
from verifier.scheme.shipped import load_shipped
from verifier.signer import SoftwareSigner
from verifier.statement import parse_statement

PACK = load_shipped("jp.meti.scs", "2026-03-27")
READ, API = "https://read.test", "https://api.test"
BODY, TESTER = 1001, 2001
PLACES = {"assessor": KeyPlace("h-7f3a", 1), "decider": KeyPlace("h-c2d8", 2), "desk": KeyPlace("h-0b51", 3)}
DAY = 86_400
GRANTED = "C-000001"


@dataclass
class RegistryOverHttp:
    """The simulator behind HTTP: reservations, idempotent submission, object heads and the read plane."""

    sim: RegistrySimulator
    desk_key: SoftwareSigner
    admitted: dict[str, tuple[int, str]] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    reserved: int = 0
    lose_answers: int = 0
    publishes: bool = True
    promises: Any = field(default_factory=dict)

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self.answer))

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/")
        try:
            if request.url.host == "read.test":
                return httpx.Response(200, content=self.sim.fetch(path))
            status, told = self._api(path.removeprefix("api/v1/"), request)
        except NotFoundError as error:
            return httpx.Response(404, json={"detail": error.message})
        except ConflictError as error:
            return httpx.Response(409, json={"detail": error.message, "head": error.head})
        except EvidenceError as error:
            return httpx.Response(422, json={"detail": error.message, "hint": error.hint, "code": error.code})
        if self.lose_answers:
            self.lose_answers -= 1
            raise httpx.ReadError("the connection broke", request=request)
        return httpx.Response(status, json=told)

    def publish(self, seconds: float = 0.5) -> None:
        if self.publishes:
            self.sim.publish()
            self.sim.publish_directory()

    def _api(self, path: str, request: httpx.Request) -> tuple[int, Any]:
        match path:
            case "reservations":
                return 201, self._reserve(json.loads(request.content))
            case "statements":
                return self._submit(json.loads(request.content))
            case "objects":
                uri = request.url.params["uri"]
                return 200, {"object": uri, "head": self.sim.state.head(uri), "state": self.sim.state.state_of(uri)}
        raise AssertionError(path)

    def _reserve(self, body: dict[str, Any]) -> Any:
        assertion = parse_token(body.pop("assertion"), "client-assertion+jwt")
        verify_token(assertion, import_jwk(self.desk_key.jwk))
        assert assertion.payload["request"] == digest(canonical(body))
        self.reserved += 1
        number = f"SCS{body['level']}-{self.reserved:06}"
        place = {"list": 1, "idx": self.reserved}
        return {"mark": new_mark_id(self.sim.entropy), "number": number, "status": place}

    def _submit(self, body: dict[str, Any]) -> tuple[int, Any]:
        self.sent.append(body["statement"])
        statement = parse_statement(body["statement"])
        sha256 = statement.token.digest
        status = 200
        if sha256 not in self.admitted:
            companions = Companions(second=body["second"], mark=body["mark"], seal=body["seal"], proof=None)
            index = self.sim.append(body["statement"], companions)
            mark_id = statement.object.rpartition("/")[2]
            self.sim.files[f"m/{mark_id}.jwt"] = body["mark"].encode()
            self.sim.files[f"m/{mark_id}/seal.jwt"] = body["seal"].encode()
            self.sim.files[f"m/{mark_id}/attestation.jwt"] = body["second"].encode()
            self.sim.unproven.append((mark_id, index))
            self.admitted[sha256] = index, self.receipt(sha256, index)
            status = 201
        index, receipt = self.admitted[sha256]
        return status, {"index": index, "receipt": receipt}

    def forget_receipts(self) -> None:
        """Give new receipts for what was admitted, with what is promised now."""
        self.admitted = {sha256: (index, self.receipt(sha256, index)) for sha256, (index, _) in self.admitted.items()}

    def receipt(self, sha256: str, index: int) -> str:
        """Return the receipt; ``promises`` makes the registry promise something else, or as somebody else."""
        said = {"statement_sha256": sha256, "index": index, "host": HOST, "iat": self.sim.now} | self.promises
        signer = said.pop("signer", self.sim.ceremony.keys.receipt)
        return sign_admission_receipt(
            said.pop("statement_sha256"), jti=b64u(self.sim.entropy(16)), signer=signer, **said
        )


@dataclass
class Evaluator:
    """A desk with its registry, and shortcuts through the deeds that a test is not about."""

    desk: Desk
    registry: RegistryOverHttp

    @property
    def sim(self) -> RegistrySimulator:
        return self.registry.sim

    def open(self, level: int = 3, **scope: Any) -> str:
        holder = read_holder(
            name="株式会社サンプル精機",
            name_latin="Sample Seiki KK",
            identifiers=["1180301018771"],
            domains=["seiki.example"],
        )
        described = read_scope(**{"kind": "company", "summary": "全社の IT 基盤"} | scope)
        return self.desk.open_case(Application(PACK.scheme, PACK.version, level, holder, described)).id

    def assess(self, level: int = 3) -> str:
        """Return a case with everything that its tier demands, ready to attest."""
        case = self.open(level)
        self.desk.import_answers(case, filled_sheet(level, form="csv"), "answers.csv")
        if level == 3:
            self.desk.confirm_by_expert(case, kind="body_holder", by="h-99aa")
            self.desk.swear_oath(case, officer="代表取締役")
        else:
            uri = body_uri(HOST, TESTER)
            self.desk.record_technical_verification(case, body=uri, date=self.sim.now - DAY)
        self.sim.now += 3600
        return case

    def grant(self, level: int = 3) -> str:
        case = self.assess(level)
        self.desk.attest(case)
        self.sim.now += DAY
        self.sim.publish()
        self.desk.decide(case, "granted")
        return case

    def issue(self, case: str, out: Path, *, looks: int = 5, progress: Any = None) -> Issued:
        waiting = Waiting(looks=looks, pause=self.registry.publish)
        return self.desk.issue(case, out, waiting=waiting, progress=progress or (lambda number, text: None))

    def with_signers(self, *roles: str) -> Evaluator:
        signers = {role: signer for role, signer in self.desk.signers.items() if role in roles}
        return Evaluator(replace(self.desk, signers=signers), self.registry)

    def marks_in_log(self) -> list[str]:
        found = [parse_statement(entry) for entry in self.sim.entries]
        return [one.object for one in found if one.type == "mark.issued"]


@cache
def filled_sheet(level: int, *, form: str = "xlsx") -> bytes:
    """Return a sheet whose items are all met."""
    return sheet_with({}, level, form=form)


def sheet_with(changed: dict[tuple[str, int], str], level: int = 3, *, form: str = "csv") -> bytes:
    """Return a sheet whose items are all met, but for the given cells by item and column."""
    rows = [list(row) for row in read_rows(write_template(PACK, level, form="csv"), filename="template")]
    for row in rows[FIRST_ITEM:]:
        row += [""] * (EVIDENCE + 1 - len(row))
        row[ANSWER], row[JUSTIFICATION], row[EVIDENCE] = "met", "", "規程 12 条"
        for (item, column), text in changed.items():
            if row[0] == item:
                row[column] = text
    sheet = Sheet("answers", tuple(tuple(row) for row in rows))
    return write_xlsx(sheet) if form == "xlsx" else write_csv(sheet)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that was migrated once, to be copied."""
    path = tmp_path_factory.mktemp("desk") / "desk.db"
    Database(path).close()
    return path


@pytest.fixture(scope="session")
def accredited() -> tuple[RegistrySimulator, dict[str, SoftwareSigner]]:
    """A registry that has published the pack and accredited both bodies, to be copied; and the keys it listed."""
    sim = RegistrySimulator("evaluator")
    sim.say("scheme.published", scheme_uri(HOST, PACK.scheme, PACK.version), PACK.statement_public())
    body = _accredit(sim, BODY, "evaluation", (3, 4))
    _accredit(sim, TESTER, "technical_verification", ())
    signers = {role: sim.add_key(body, role, place.holder, no=place.no) for role, place in PLACES.items()}
    sim.publish()
    return sim, signers


@pytest.fixture
def evaluator(accredited: tuple[RegistrySimulator, Any], migrated: Path, tmp_path: Path) -> Iterator[Evaluator]:
    sim, signers = deepcopy(accredited)
    with _at_desk(sim, signers, migrated, tmp_path / "desk.db") as working:
        yield working


@pytest.fixture(scope="session")
def after_grant(
    accredited: tuple[RegistrySimulator, Any], migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[RegistrySimulator, Any, Path]:
    """The registry, the keys and the database as they stand after a ★4 case was granted, to be copied."""
    sim, signers = deepcopy(accredited)
    path = tmp_path_factory.mktemp("granted") / "desk.db"
    with _at_desk(sim, signers, migrated, path) as working:
        assert working.grant(4) == GRANTED
    return sim, signers, path


@pytest.fixture
def granted(after_grant: tuple[RegistrySimulator, Any, Path], tmp_path: Path) -> Iterator[Evaluator]:
    """A desk with one granted ★4 case, GRANTED."""
    sim, signers = deepcopy(after_grant[:2])
    with _at_desk(sim, signers, after_grant[2], tmp_path / "desk.db") as working:
        yield working


@contextmanager
def _at_desk(sim: RegistrySimulator, signers: Any, source: Path, path: Path) -> Iterator[Evaluator]:
    shutil.copy(source, path)
    database = Database(path)
    registry = RegistryOverHttp(sim, signers["desk"])
    with registry.client() as http:
        client = RegistryClient(http, read=READ, api=API, root=lambda fetcher: newest(sim.root, fetcher))
        identity = Identity(HOST, BODY, PLACES)
        yield Evaluator(Desk(database, identity, signers, client, lambda: sim.now, sim.entropy), registry)
    database.close()


def _accredit(sim: RegistrySimulator, no: int, role: Any, levels: tuple[int, ...]) -> Any:
    scope = [{"scheme": PACK.scheme, "level": level, "criteria_sha256": PACK.digest} for level in levels]
    public = {
        "no": no,
        "role": role,
        "identifier": "0188-5010005007126",
        "scope": scope,
        "from": sim.now - 90 * DAY,
        "until": sim.now + 1000 * DAY,
    }
    sim.say("body.accredited", body_uri(HOST, no), public)
    return _Listed(no)


@dataclass
class _Listed:
    no: int
    keys: dict[str, SoftwareSigner] = field(default_factory=dict)

    @property
    def uri(self) -> str:
        return body_uri(HOST, self.no)
