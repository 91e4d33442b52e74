"""What happens to the objects of a simulated world beside issuance: corrections, declarations, experts, evidence.

Each function keeps the rules unless it is told what else to say, and publishes what was said.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from registry.scenario.simulated_log import HOST, ZONE
from registry.scenario.simulated_world import Issuance, attested, changed
from registry.scenario.simulator import DAY, OTHER_HOLDER, Body
from verifier.dates import day_start, local_date, term_end
from verifier.encoding import b64u, digest
from verifier.envelope import parse_token
from verifier.gather import corrected_path
from verifier.identifier import parse_identifier
from verifier.mark import draft_of, parse_mark, sign_mark
from verifier.names import body_uri, log_origin, mark_uri, org_uri, scheme_uri
from verifier.replay.companions import Companions
from verifier.seal import seal_content, sign_seal
from verifier.statement import Draft
from verifier.statement.attestation import Confirmed

if TYPE_CHECKING:
    from registry.scenario.simulated_world import World
    from verifier.statement.public import KeyRole

DECLARED, DECLARED_VERSION = "example.declaration", "1"
DECLARED_CRITERIA = digest(b"declared criteria")
DECLARED_TIERS = [
    {"level": 1, "basis": "self_declared", "issuer": "holder", "term_months": 12, "technical_verification": False},
    {"level": 2, "basis": "self_declared", "issuer": "holder", "term_months": 24, "technical_verification": False},
]
REGISTERED, REGISTERED_VERSION = "example.registered", "1"
REGISTERED_CRITERIA = digest(b"registered criteria")
REGISTERED_TIERS = [
    {"level": 3, "basis": "evaluation", "issuer": "registrar", "term_months": 12, "technical_verification": False}
]


def correct(
    world: World,
    mark_id: str,
    *,
    name: str | None = None,
    judged: bool = True,
    directory: bool = True,
    **changes: Any,
) -> int:
    """The body corrects a mark's holder name, or whatever else a liar changes; returns the entry's index."""
    sim, decider = world.sim, world.body.keys["decider"]
    earlier = newest_mark(world, mark_id)
    mark = parse_mark(earlier)
    holder = mark.content.org if name is None else mark.content.org.model_copy(update={"name": name})
    draft = replace(draft_of(mark), holder=holder, **changes)
    key_no = sim.state.keys[decider.kid].no
    seal = sign_seal(seal_content(draft, key_no=key_no), host=HOST, id=mark_id, signer=decider)
    seal_sha256 = parse_token(seal, "qr-seal+jwt").digest
    signed = sign_mark(draft, iat=sim.now, seal_sha256=seal_sha256, nonce=b64u(sim.entropy(16)), signer=decider)
    mark_sha256 = parse_token(signed, "trust-mark+jwt").digest
    public = {"mark_sha256": mark_sha256, "seal_sha256": seal_sha256}
    statement = Draft(log_origin(HOST), "mark.corrected", mark_uri(HOST, mark_id), public)
    approval = sim.approval(statement, world.body.keys["assessor"], iss=world.body.uri)
    companions = Companions(second=approval, mark=signed, seal=seal, earlier=earlier)
    compact = sim.signed(statement, decider, iss=world.body.uri, second=approval)
    index = sim.append(compact, companions, judged=judged)
    sim.files[corrected_path(mark_id, "mark", mark_sha256)] = signed.encode()
    sim.files[corrected_path(mark_id, "seal", seal_sha256)] = seal.encode()
    world.show(directory=directory)
    return index


def newest_mark(world: World, mark_id: str) -> str:
    """Return the newest version of a mark's token, and the issued one where it was never corrected."""
    record = world.sim.state.marks[mark_uri(HOST, mark_id)]
    path = corrected_path(mark_id, "mark", record.mark_sha256) if record.corrected else f"m/{mark_id}.jwt"
    return world.sim.files[path].decode()


def publish_scheme(
    world: World, scheme: str, version: str, sha256: str, tiers: list[dict[str, Any]], **replacing: Any
) -> None:
    """The authority publishes one version of a scheme's criteria; ``replacing`` says which version that ends when."""
    public = {"scheme": scheme, "version": version, "sha256": sha256, "tiers": tiers, **replacing}
    world.sim.say("scheme.published", scheme_uri(HOST, scheme, version), public)
    world.sim.publish()


def accredit_registrar(world: World, no: int = 3001) -> Body:
    """Publish two schemes whose marks and declarations a registrar registers, and list one with its keys."""
    publish_scheme(world, DECLARED, DECLARED_VERSION, DECLARED_CRITERIA, DECLARED_TIERS)
    publish_scheme(world, REGISTERED, REGISTERED_VERSION, REGISTERED_CRITERIA, REGISTERED_TIERS)
    rows = [{"scheme": DECLARED, "level": one["level"], "criteria_sha256": DECLARED_CRITERIA} for one in DECLARED_TIERS]
    rows.append({"scheme": REGISTERED, "level": 3, "criteria_sha256": REGISTERED_CRITERIA})
    window = {"from": world.sim.now - 90 * DAY, "until": world.sim.now + 1000 * DAY}
    public = {"no": no, "role": "registrar", "identifier": OTHER_HOLDER, "scope": rows, **window}
    world.sim.say("body.accredited", body_uri(HOST, no), public)
    registrar = Body(no)
    roles: tuple[KeyRole, ...] = ("assessor", "decider")
    for number, role in enumerate(roles, start=1):
        world.sim.add_key(registrar, role, f"h-{no}-{role}", no=number)
    world.sim.publish()
    return registrar


def list_expert(world: World, number: str = "riss-000001", *, days: int = 365, **changes: Any) -> str:
    """The authority lists a security expert; returns the expert's URI."""
    uri = f"https://{HOST}/x/{number}"
    public = {"register": "riss", "from": world.sim.now - 30 * DAY, "until": world.sim.now + days * DAY} | changes
    world.sim.say("expert.listed", uri, public)
    world.sim.publish()
    return uri


def register_mark(world: World, registrar: Body, expert: str | None, *, idx: int = 9, **wishes: Any) -> str:
    """A registrar issues a mark whose answers a listed expert confirmed; returns the mark's id."""
    prepared = registered(world, registrar, expert, idx=idx, **wishes)
    return world.issue(
        prepared,
        assessor=registrar.keys["assessor"],
        decider=registrar.keys["decider"],
        retell=lambda said: said | {"criteria_sha256": REGISTERED_CRITERIA},
    )


def registered(world: World, registrar: Body, expert: str | None, **wishes: Any) -> Issuance:
    """Return the issuance of a mark by a registrar that keeps all rules."""
    prepared = world.prepare(**wishes)
    members = {"iss": registrar.uri, "scheme": REGISTERED, "criteria": REGISTERED_VERSION}
    confirmed = Confirmed(expert=expert, date=world.sim.now - 4 * DAY) if expert else None
    said = {"scheme": REGISTERED, "criteria_sha256": REGISTERED_CRITERIA, "confirmed": confirmed}
    return attested(changed(prepared, **members), **said)


def declare(world: World, registrar: Body, identifier: str, *, level: int = 1, **changes: Any) -> int:
    """A registrar takes in an organisation's declaration; returns the entry's index."""
    sim = world.sim
    uri = org_uri(HOST, parse_identifier(identifier))
    nbf = day_start(local_date(sim.now, ZONE), ZONE)
    public = {
        "scheme": DECLARED,
        "level": level,
        "criteria_sha256": DECLARED_CRITERIA,
        "sub": uri,
        "nbf": nbf,
        "exp": term_end(nbf, 12 * level, ZONE),
    } | changes
    return body_says(world, registrar, "declaration.registered", uri, public)


def body_says(world: World, body: Body, type: str, uri: str, public: dict[str, Any], **how: Any) -> int:
    """A body's decider says something, and it is published without a new directory."""
    index = world.sim.speak(Draft(log_origin(HOST), type, uri, public), body.keys["decider"], iss=body.uri, **how)
    world.sim.publish()
    return index


def seal_evidence(world: World, series: str, kind: str, content: bytes, *, body: Body | None = None) -> int:
    """A body seals a manifest; returns the entry's index."""
    public = {"manifest_sha256": digest(content), "kind": kind}
    return body_says(world, body or world.body, "evidence.sealed", f"https://{HOST}/v/{series}", public)
