"""A whole registry in one process: fixed clock, seeded keys, four real witnesses, HTTP without a network."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.admission.api import create_api
from registry.desk.operator_desk import Accreditation, OperatorDesk
from registry.log.service import Registry
from registry.log.whole_plane import WholePlane
from registry.publishing.files import PublicFolder
from registry.publishing.publisher import Publisher
from registry.publishing.signer_store import SignerStore
from registry.reading.reader import create_reader
from registry.root.ceremony import Ceremony, WitnessPlace, hold_ceremony
from registry.root.genesis import open_log
from registry.web.in_process import InProcessTransport
from registry.witness.client import WitnessClient
from registry.witness.house import HouseConfig, create_app
from registry.witness.service import WitnessConfig
from tests.postgresql_server import serving
from verifier.edge.write_api import Addresses
from verifier.encoding import b64u, canonical, digest
from verifier.envelope import parse_token, sign_token
from verifier.identifier import parse_identifier
from verifier.injected import seeded_entropy
from verifier.log.cosignature import Cosigner
from verifier.log.note import NoteSigner
from verifier.mark import Holder, MarkDraft, Scope, sign_mark
from verifier.names import log_origin, org_uri
from verifier.seal import seal_content, sign_seal
from verifier.signer import SoftwareSigner
from verifier.statement import Draft, sign_statement
from verifier.statement.attestation import Evaluated, sign_attestation
from verifier.statement.key_proof import sign_key_proof

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.postgresql_server import Server

# Tests provoke mistakes: their tracebacks need no boxes, colours and local variables, which take seconds.
structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])

HOST = "shirushi.example"
START = 1_793_577_600
CRITERIA = digest(b"criteria")
SCHEME = "jp.meti.scs"
HOLDER = Holder(name="株式会社見本精機", identifiers=("0188-1180301018771",))
YEAR = 365 * 86_400


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


class Doors:
    """Lets a test shut a witness: requests to it fail as if it were not there."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner = inner
        self.shut: set[str] = set()

    def client(self) -> httpx.Client:
        return httpx.Client(transport=_Door(self))


class _Door(httpx.BaseTransport):
    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if any(request.url.path.startswith(f"/{segment}/") for segment in self._doors.shut):
            raise httpx.ConnectError("shut", request=request)
        return self._doors.inner.handle_request(request)


@dataclass(frozen=True)
class SignedMark:
    """A mark ready to be sent: the body of POST /api/v1/statements and the id."""

    id: str
    request: dict[str, Any]


@dataclass
class World:
    """Everything of one registry."""

    folder: Path
    clock: Clock
    entropy: Callable[[int], bytes]
    ceremony: Ceremony
    registry: Registry
    plane: WholePlane
    witnesses: dict[str, WitnessClient]
    doors: Doors
    http: httpx.Client

    def __post_init__(self) -> None:
        first, second = self.ceremony.keys.operators
        self.publisher = self.new_publisher()
        self.desk = OperatorDesk(
            host=HOST,
            first=first,
            second=second,
            http=self.http,
            addresses=Addresses(read="http://read", api="http://api"),
            clock=self.clock,
            entropy=self.entropy,
            pause=self.settle,
        )

    def close(self) -> None:
        """Stop the writer and the thread that serves."""
        self.plane.stop()
        self.http.close()

    @property
    def public(self) -> Path:
        return self.folder / "public"

    def settle(self) -> None:
        """Publish and log directories until nothing changes."""
        for _ in range(8):
            published = self.publisher.publish_once()
            shown = self.registry.directory.step()
            if published.outcome == "unchanged" and shown.outcome == "unchanged":
                self.registry.status.step()
                self.registry.mark_status.step()
                return
        raise AssertionError("the registry does not come to rest")

    def new_publisher(self, signer_store: Path | None = None) -> Publisher:
        """Return a second publisher, as after a restart."""
        return Publisher(
            database=self.registry.database,
            signer_store=SignerStore(signer_store or self.folder / "signer.db"),
            public=PublicFolder(self.public, writer="publisher"),
            root=self.ceremony.root,
            signer=NoteSigner(log_origin(HOST), self.ceremony.keys.log),
            witnesses=self.witnesses,
            clock=self.clock,
        )

    def accredit(self, no: int = 7) -> dict[str, SoftwareSigner]:
        """Publish the scheme, accredit a body and give it an assessor's, a decider's and a desk key."""
        terms = {"level": 3, "basis": "evaluation", "issuer": "body", "term_months": 12}
        tiers = [{**terms, "technical_verification": False}]
        scheme = {"scheme": SCHEME, "version": "2026-03-27", "sha256": CRITERIA, "tiers": tiers}
        self.desk.publish_scheme(scheme)
        rows = [{"scheme": SCHEME, "level": 3, "criteria_sha256": CRITERIA}]
        self.desk.accredit(
            Accreditation(no, "evaluation", "0188-1180301018771", "見本評価機構", rows, START - YEAR, START + YEAR)
        )
        return {role: self.add_key(no, role, number) for number, role in enumerate(("assessor", "decider", "desk"), 1)}

    def add_key(self, no: int, role: Any, number: int) -> SoftwareSigner:
        """List a new key of a body, held by a person of its own."""
        signer = SoftwareSigner.generate(self.entropy)
        proof = sign_key_proof(
            body=f"https://{HOST}/e/{no}",
            role=role,
            holder=f"person-{number}",
            no=number,
            log=log_origin(HOST),
            iat=self.clock(),
            signer=signer,
            entropy=self.entropy,
        )
        self.desk.add_key(proof)
        return signer

    def reserve(
        self, signers: dict[str, SoftwareSigner], no: int = 7, *, key: str = "", **changes: Any
    ) -> httpx.Response:
        """Ask for a mark id with an assertion of the body's desk key; ``changes`` go into the assertion's claims."""
        wish = {"scheme": SCHEME, "level": 3}
        claims = {
            "iss": f"https://{HOST}/e/{no}",
            "sub": f"https://{HOST}/e/{no}",
            "aud": f"https://{HOST}",
            "jti": b64u(self.entropy(16)),
            "iat": self.clock(),
            "exp": self.clock() + 300,
            "request": digest(canonical(wish)),
            **changes,
        }
        assertion = sign_token(claims, typ="client-assertion+jwt", signer=signers["desk"])
        return self.http.post(
            "http://api/api/v1/reservations",
            json={"assertion": assertion, **wish},
            headers={"Idempotency-Key": key} if key else {},
        )

    def sign_mark(
        self, signers: dict[str, SoftwareSigner], reserved: dict[str, Any], no: int = 7, *, holder: Holder = HOLDER
    ) -> SignedMark:
        """Sign seal, mark, attestation and statement for a reserved id."""
        now, body = self.clock(), f"https://{HOST}/e/{no}"
        mark_id, log = reserved["mark"], log_origin(HOST)
        scope = Scope(scope_kind="company", covered=(), scope_summary="全社", ot="excluded")
        draft = MarkDraft(
            host=HOST,
            id=mark_id,
            iss=body,
            sub=org_uri(HOST, parse_identifier(holder.identifiers[0])),
            nbf=now,
            exp=now + 300 * 86_400,
            status_no=reserved["status"]["list"],
            status_idx=reserved["status"]["idx"],
            number=reserved["number"],
            scheme=SCHEME,
            tier=3,
            criteria="2026-03-27",
            basis="evaluation",
            holder=holder,
            scope=scope,
        )
        seal = sign_seal(seal_content(draft, key_no=2), host=HOST, id=mark_id, signer=signers["decider"])
        seal_sha256 = parse_token(seal, "qr-seal+jwt").digest
        nonce = b64u(self.entropy(16))
        mark = sign_mark(draft, iat=now, seal_sha256=seal_sha256, nonce=nonce, signer=signers["decider"])
        evaluated = Evaluated.model_validate(
            {
                "mark": mark_id,
                "sub": draft.sub,
                "scheme": SCHEME,
                "tier": 3,
                "criteria_sha256": CRITERIA,
                "scope_sha256": scope.digest,
                "holder_sha256": holder.digest,
                "results": digest(b"results"),
                "all_met": True,
                "evaluated": {"from": now - 3600, "to": now - 60},
            }
        )
        attestation = sign_attestation(
            evaluated, iss=body, log=log, iat=now, signer=signers["assessor"], entropy=self.entropy
        )
        public = {
            "scheme": SCHEME,
            "tier": 3,
            "criteria_sha256": CRITERIA,
            "sub": draft.sub,
            "scope_kind": "company",
            "covered": [],
            "nbf": draft.nbf,
            "exp": draft.exp,
            "mark_sha256": parse_token(mark, "trust-mark+jwt").digest,
            "seal_sha256": seal_sha256,
            "status": reserved["status"],
        }
        statement = sign_statement(
            Draft(log, "mark.issued", f"https://{HOST}/m/{mark_id}", public),
            iss=body,
            iat=now,
            jti=b64u(self.entropy(16)),
            prev=None,
            anchor=self.desk.anchor(),
            signer=signers["decider"],
            second=parse_token(attestation, "evaluation-attestation+jwt").digest,
        )
        return SignedMark(mark_id, {"statement": statement, "second": attestation, "mark": mark, "seal": seal})

    def send(self, request: dict[str, Any]) -> httpx.Response:
        """Submit a statement."""
        return self.http.post("http://api/api/v1/statements", json=request)

    def issue(self, signers: dict[str, SoftwareSigner], holder: Holder = HOLDER) -> str:
        """Issue a mark and publish it. Returns its id."""
        signed = self.sign_mark(signers, self.reserve(signers).json(), holder=holder)
        answer = self.send(signed.request)
        assert answer.status_code == 201, answer.text
        self.settle()
        return signed.id


Office = tuple[World, dict[str, SoftwareSigner]]
"""A registry with an accredited body, and the body's keys by role."""


@dataclass(frozen=True)
class Keys:
    """The keys of one authority and its witnesses, made once for all worlds."""

    ceremony: Ceremony
    witnesses: dict[str, Ed25519PrivateKey]


class Engine:
    """What the databases of a test are made by: SQLite, where they are files of the folder, or a PostgreSQL server."""

    def __init__(self, server: Server | None = None) -> None:
        self.server = server
        self.templates: dict[str, Template] = {}

    def database(self, copy_of: str | None = None) -> str | None:
        """Return the address of a new database, empty or a copy; None where the folder holds it."""
        if self.server is None:
            return None
        template = copy_of.rpartition("/")[2] if copy_of else "template0"
        return self.server.create(f"world_{secrets.token_hex(4)}", template=template)


@dataclass(frozen=True)
class Template:
    """A folder at rest that worlds are copies of, and the keys of the body in it."""

    folder: Path
    keys: Keys
    signers: dict[str, SoftwareSigner]
    engine: Engine
    database: str | None
    mark: str = ""

    def copy(self, folder: Path) -> World:
        """Return a world of its own over a copy."""
        shutil.copytree(self.folder, folder)
        database = self.engine.database(copy_of=self.database)
        return open_world(folder, self.keys, seed=f"copy of {self.folder.parent.name}", database=database)


def make_keys() -> Keys:
    """Hold the ceremony with four witnesses."""
    entropy = seeded_entropy("registry 1")
    witnesses = {f"w{number}": Ed25519PrivateKey.from_private_bytes(entropy(32)) for number in range(1, 5)}
    cosigners = {name: Cosigner(f"{name}.example", key) for name, key in witnesses.items()}
    ceremony = hold_ceremony(
        host=HOST,
        zone="Asia/Tokyo",
        environment="demonstration",
        witnesses=[WitnessPlace(name, str(one.key), f"operator {name}", "JP") for name, one in cosigners.items()],
        quorum=3,
        now=START,
        entropy=entropy,
    )
    return Keys(ceremony, witnesses)


def open_world(folder: Path, keys: Keys, *, seed: str, database: str | None = None) -> World:
    """Open a registry over a folder and its database; in an empty one, write and publish the trust root."""
    clock, entropy, public = Clock(), seeded_entropy(seed), folder / "public"
    root, own = keys.ceremony.root, keys.ceremony.keys
    public.mkdir(parents=True, exist_ok=True)
    registry = Registry(
        database=database or folder / "registry.db",
        public=public,
        root=root,
        directory_signer=own.directory,
        status_signer=own.status,
        organisation="Demonstration authority",
        clock=clock,
        entropy=entropy,
    )
    first, second = own.operators
    if not (public / "log").exists():
        registry.ledger.take()
        open_log(registry.ledger, registry.office, registry.public, first=first, second=second)
    plane = WholePlane(registry)
    plane.start()
    log_key = NoteSigner(log_origin(HOST), own.log).key
    house = {
        name: WitnessConfig(f"{name}.example", key, folder / f"{name}.db", (log_key,), clock)
        for name, key in keys.witnesses.items()
    }
    doors = Doors(
        InProcessTransport(
            {
                "api": create_api(plane.api_side, own.receipt),
                "house": create_app(HouseConfig(house)),
                "read": create_reader(public, trust_root=root, now=clock),
            }
        )
    )
    http, to_witnesses = httpx.Client(transport=doors.inner), doors.client()
    world = World(
        folder=folder,
        clock=clock,
        entropy=entropy,
        ceremony=keys.ceremony,
        registry=registry,
        plane=plane,
        witnesses={name: WitnessClient(f"http://house/{name}", to_witnesses) for name in house},
        doors=doors,
        http=http,
    )
    world.publisher.recover()
    world.publisher.publish_once()
    return world


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of a module on the databases that its ``DATABASES`` names; SQLite where it names none."""
    if "engine" in metafunc.fixturenames:
        names = getattr(metafunc.module, "DATABASES", ("sqlite",))
        marks = {"postgresql": [pytest.mark.system]}
        chosen = [pytest.param(name, marks=marks.get(name, [])) for name in names]
        metafunc.parametrize("engine", chosen, indirect=True, scope="module")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server."""
    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def engines() -> dict[str, Engine]:
    """What was made of each kind: it lasts longer than a module, which asks for one kind after the other."""
    return {}


@pytest.fixture(scope="module")
def engine(request: pytest.FixtureRequest, engines: dict[str, Engine]) -> Engine:
    """What makes databases."""
    name = request.param
    if name not in engines:
        engines[name] = Engine(request.getfixturevalue("postgresql") if name == "postgresql" else None)
    return engines[name]


@pytest.fixture(scope="module")
def bare(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A log that holds the trust root, published."""
    if "bare" not in engine.templates:
        folder, keys, database = tmp_path_factory.mktemp("bare") / "registry", make_keys(), engine.database()
        open_world(folder, keys, seed="bare", database=database).close()
        engine.templates["bare"] = Template(folder, keys, {}, engine, database)
    return engine.templates["bare"]


@pytest.fixture(scope="module")
def staffed(bare: Template, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A log that also holds a scheme and a body with three keys, published with its directory."""

    def staff(world: World) -> dict[str, Any]:
        signers = world.accredit()
        world.settle()
        return {"signers": signers}

    return _grown(bare, "staffed", tmp_path_factory, staff)


@pytest.fixture(scope="module")
def marked(staffed: Template, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A log that also holds a mark of the body's, published."""
    return _grown(staffed, "marked", tmp_path_factory, lambda world: {"mark": world.issue(staffed.signers)})


def _grown(
    template: Template,
    name: str,
    folders: pytest.TempPathFactory,
    grow: Callable[[World], dict[str, Any]],
) -> Template:
    """Return what ``grow`` makes of a copy of the template, at rest; it is made once for an engine."""
    made = template.engine.templates
    if name not in made:
        folder = folders.mktemp(name) / "registry"
        world = template.copy(folder)
        changes, place = grow(world), world.registry.database.place
        world.close()
        database = place if isinstance(place, str) else None
        made[name] = replace(template, folder=folder, database=database, **changes)
    return made[name]


@pytest.fixture
def world(bare: Template, tmp_path: Path) -> Iterator[World]:
    """A registry whose log holds the trust root, published."""
    world = bare.copy(tmp_path / "registry")
    yield world
    world.close()


@pytest.fixture
def office(staffed: Template, tmp_path: Path) -> Iterator[Office]:
    """A registry with an accredited body, and the body's keys by role."""
    world = staffed.copy(tmp_path / "registry")
    yield world, staffed.signers
    world.close()


@dataclass(frozen=True)
class Issued:
    """A world with a body and one published mark; for tests that only read."""

    world: World
    signers: dict[str, SoftwareSigner]
    mark: str


@pytest.fixture(scope="module")
def issued(staffed: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issued]:
    """One world for all tests of a module that change nothing which another one reads."""
    world = staffed.copy(tmp_path_factory.mktemp("issued") / "registry")
    yield Issued(world, staffed.signers, world.issue(staffed.signers))
    world.close()
