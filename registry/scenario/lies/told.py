"""The lies that a registry, or whoever holds its keys, could try; each told over a simulated world.

A story is played twice: as it should be, and with the lie. Only the lie differs, so what finds it finds nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from registry.admission.receipt import sign_receipt
from registry.rows.queries import ReceiptClaims
from registry.scenario.simulated_log import HOST
from registry.scenario.simulated_plane import Plane, published
from registry.scenario.simulator import DAY, copy_state
from verifier.audit.kinds import Code
from verifier.encoding import b64u, unb64u
from verifier.names import key_uri, log_origin, mark_uri
from verifier.statement import Draft, parse_statement
from verifier.verdict import CheckName

if TYPE_CHECKING:
    from registry.scenario.simulated_world import World

SECOND_MARK: dict[str, Any] = {"idx": 8, "identifier": "0188-7000012050002", "name": "別会社"}
"""What a second mark differs in: its place in the status list and its holder."""


@dataclass(frozen=True)
class Shown:
    """What outsiders have: a mark, tokens that they were given, and what was published when they looked before."""

    mark: str
    seen: tuple[str, ...] = ()
    before: Plane | None = None


@dataclass(frozen=True)
class Caught:
    """Who catches a lie, and by which named check or finding."""

    by: str
    name: Code | CheckName


class Story(Protocol):
    """Plays a story in a world, as it should be or with the lie."""

    def __call__(self, world: World, *, lying: bool) -> Shown:
        """Return what outsiders are shown."""
        ...


@dataclass(frozen=True)
class Lie:
    """One lie: its name, who tells it, the story with and without it, and what has to catch it."""

    name: str
    liar: str
    story: Story
    caught: Caught


def drop_a_suspension(world: World, *, lying: bool) -> Shown:
    """A suspension was received and receipted, and never enters the log."""
    mark_id, sim = world.issue(), world.sim
    public = {"reason": "nonconformity", "lift_by": sim.now + 90 * DAY}
    draft = Draft(log_origin(HOST), "mark.suspended", mark_uri(HOST, mark_id), public)
    statement = sim.signed(draft, world.body.keys["decider"], iss=world.body.uri)
    claims = ReceiptClaims(len(sim.entries), b64u(sim.entropy(16)), sim.now)
    receipt = sign_receipt(parse_statement(statement), claims, host=HOST, signer=sim.ceremony.keys.receipt)
    if not lying:
        sim.append(statement)
    sim.now += 600
    world.show()
    return Shown(mark_id, seen=(receipt,))


def hide_a_suspension(world: World, *, lying: bool) -> Shown:
    """A suspension stands in the log; the directory goes on showing the mark as active."""
    mark_id = world.issue()
    before = copy_state(world.sim.state)
    world.suspend(mark_id, directory=False)
    before.size = world.sim.state.size
    world.sim.publish_directory(state=before if lying else None)
    return Shown(mark_id)


def backdate(world: World, *, lying: bool) -> Shown:
    """A mark is issued today and dated ten days back."""
    earlier = world.prepare()
    world.sim.now += 10 * DAY
    world.show()
    return Shown(world.issue(earlier if lying else None, judged=not lying))


def sign_in_advance(world: World, *, lying: bool) -> Shown:
    """A mark was signed two days ago, to be shown when it is wanted."""
    anchor, prepared = world.sim.anchor, world.prepare()
    world.sim.now += 2 * DAY
    world.show()
    return Shown(world.issue(prepared, anchor=anchor, judged=False) if lying else world.issue())


def show_two_histories(world: World, *, lying: bool) -> Shown:
    """Who looks first sees a suspension; who looks later sees a log in which it never was."""
    mark_id = world.issue()
    other = world.fork()
    world.suspend(mark_id)
    before = published(world.sim)
    if lying:
        world.sim, world.body, world.tester = other.sim, other.body, other.tester
    world.issue(**SECOND_MARK)
    world.show()
    return Shown(mark_id, before=before)


def invent_an_accreditation(world: World, *, lying: bool) -> Shown:
    """One operator of the authority accredits a body alone, and the body issues."""
    sim = world.sim
    operators = sim.ceremony.keys.operators
    world.body = sim.accredit(1002, operators=operators[:1] if lying else None)
    sim.add_key(world.body, "assessor", "h-third", no=1)
    sim.add_key(world.body, "decider", "h-fourth", no=2)
    world.show()
    return Shown(world.issue())


def edit_a_row(world: World, *, lying: bool) -> Shown:
    """The owner of the database raises a mark's tier in its entry."""
    mark_id, entries = world.issue(), world.sim.entries
    if lying:
        at = next(at for at, entry in enumerate(entries) if parse_statement(entry).type == "mark.issued")
        header, payload, signature = entries[at].decode().split(".")
        raised = b64u(unb64u(payload).replace(b'"tier":3', b'"tier":4'))
        entries[at] = f"{header}.{raised}.{signature}".encode()
    return Shown(mark_id)


def deny_a_mark(world: World, *, lying: bool) -> Shown:
    """A mark is in the log; the directory says that there is none."""
    before = copy_state(world.sim.state)
    mark_id = world.issue(directory=False)
    before.size = world.sim.state.size
    world.sim.publish_directory(state=before if lying else None)
    return Shown(mark_id)


def use_an_attestation_again(world: World, *, lying: bool) -> Shown:
    """One assessment serves for two marks."""
    first = world.prepare()
    attestation = world.attest(first)
    world.issue(first, attestation=attestation)
    again = attestation if lying else None
    return Shown(world.issue(attestation=again, judged=not lying, **SECOND_MARK))


def issue_after_a_cut_off(world: World, *, lying: bool) -> Shown:
    """A stolen key goes on issuing after its revocation; what it issued before stays good."""
    issued, uri = world.issue(), key_uri(HOST, world.body.keys["decider"].kid)
    world.announce("key.revoked", uri, {"reason": "compromised", "cutoff_index": len(world.sim.entries)})
    return Shown(world.issue(judged=False, **SECOND_MARK) if lying else issued)


LIES = (
    Lie("drops a suspension", "operator", drop_a_suspension, Caught("audit", Code.STATEMENT_DROPPED)),
    Lie("hides a suspension", "directory key", hide_a_suspension, Caught("audit", Code.DIRECTORY_WRONG)),
    Lie("backdates a mark", "evaluator and operator", backdate, Caught("audit", Code.BACKDATED)),
    Lie("signs in advance", "evaluator", sign_in_advance, Caught("audit", Code.DATING_TOO_WIDE)),
    Lie("shows two histories", "operator", show_two_histories, Caught("monitor", Code.HISTORY_REWRITTEN)),
    Lie(
        "invents an accreditation", "one operator", invent_an_accreditation, Caught("audit", Code.SECOND_PERSON_MISSING)
    ),
    Lie("edits a row", "owner of the database", edit_a_row, Caught("fsck", Code.ROOT_HASH_WRONG)),
    Lie("denies an existing mark", "directory key", deny_a_mark, Caught("verify", CheckName.DIRECTORY)),
    Lie("re-uses an attestation", "evaluator", use_an_attestation_again, Caught("audit", Code.ATTESTATION_REUSED)),
    Lie("issues after a cut-off", "thief of a key", issue_after_a_cut_off, Caught("verify", CheckName.KEYS)),
)
