"""What a monitor remembers between two looks, and its file: JSON lines that give the same state back.

One line for each record, so that writing and reading a large state stream; the last line is the digest of all others,
and a file that was cut or changed is refused. The file is the monitor's own: it is trusted as far as its disk is.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from verifier.audit.epochs import Epoch
from verifier.audit.replay_run import Reached
from verifier.audit.watch import Rates, Watch
from verifier.directory.record import Line, line_key
from verifier.encoding import b64u, read_json, unb64u
from verifier.errors import MalformedError, MarkError
from verifier.keys import import_jwk
from verifier.log.tree import Frontier
from verifier.replay.listed_records import EvidenceRecord, ExpertRecord, OrganisationRecord
from verifier.replay.records import BodyRecord, KeyRecord, MarkRecord, Step
from verifier.replay.state import Head, LogState
from verifier.schema import Closed, Count, Digest, Index, Many, read_model
from verifier.statement.public import DirectoryPublished, PolicyChanged, SchemePublished
from verifier.trust.root import TrustRoot

SECONDS_A_LINE = 256

_BODY = TypeAdapter(BodyRecord)
_MARK = TypeAdapter(MarkRecord)
_EXPERT = TypeAdapter(ExpertRecord)
_ORGANISATION = TypeAdapter(OrganisationRecord)
_EVIDENCE = TypeAdapter(EvidenceRecord)


class _Header(Closed):
    v: Literal[1]
    log: Annotated[str, Field(max_length=120)]
    root: Digest
    size: Index
    frontier: Many[Digest]
    note: str
    grown_at: Index
    is_whole: bool
    void: dict[str, Index]
    changed_at: Index
    directory: Many[Any] | None = None
    policy: dict[str, Any] | None = None
    epochs: Many[Many[Index]]
    rates: dict[str, dict[str, Count]]
    witnesses: dict[str, Index]
    claims: dict[str, str]
    standing: Many[str]


@dataclass
class Memory:
    """The state of a monitor. ``note`` is the last verified checkpoint, empty before the first look."""

    reached: Reached
    note: str = ""
    grown_at: int = 0
    rates: Rates = field(default_factory=dict)
    witnesses: dict[str, int] = field(default_factory=dict)
    """When each witness was last seen to cosign."""

    claims: dict[str, str] = field(default_factory=dict)
    """Checkpoints that a witness showed and that the log has not grown to yet, by the witness's name."""

    standing: set[str] = field(default_factory=set)
    """Findings that last, such as a stalled log: told when they begin, not at every look."""

    watch: Watch | None = field(default=None, compare=False, repr=False)
    """What is derived from the state for the questions of watch.py; made when it is needed."""


def fresh_memory(host: str) -> Memory:
    """Return the memory of a monitor that has seen nothing."""
    return Memory(Reached(LogState(host), Frontier()))


def save_memory(memory: Memory, pinned: TrustRoot) -> Iterator[bytes]:
    """Yield the lines of the file."""
    running = hashlib.sha256()
    for value in _records(memory, pinned):
        line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        running.update(line)
        yield line
    yield json.dumps(["end", running.hexdigest()]).encode() + b"\n"


def load_memory(lines: Iterable[bytes], pinned: TrustRoot) -> Memory:
    """Return the memory of a file's lines. Raises MalformedError for a file that is damaged or another registry's."""
    running = hashlib.sha256()
    memory: Memory | None = None
    ended = False
    for line in lines:
        kind, value = _line(line)
        if kind == "end":
            ended = value == running.hexdigest()
            break
        running.update(line)
        try:
            if memory is None:
                memory = _from_header(kind, value, pinned)
            else:
                _take(memory.reached, kind, value)
        except (MarkError, ValidationError, ValueError, TypeError, KeyError) as error:
            raise MalformedError(f"a record of the monitor's state cannot be read: {kind}") from error
    if memory is None or not ended:
        raise MalformedError(
            "the monitor's state is cut or damaged", hint="Remove the file: the next look starts anew."
        )
    return memory


def _line(line: bytes) -> tuple[str, Any]:
    value = read_json(line)
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[0], str):
        raise MalformedError("the monitor's state is not in its form")
    return value[0], value[1]


def _records(memory: Memory, pinned: TrustRoot) -> Iterator[list[Any]]:
    reached, state = memory.reached, memory.reached.state
    yield ["monitor", _header(memory, pinned)]
    for uri, head in state.heads.items():
        yield ["head", [uri, head.index, b64u(head.leaf), head.state, head.until]]
    for body in state.bodies.values():
        yield ["body", _BODY.dump_python(body, mode="json", by_alias=True)]
    for key in state.keys.values():
        steps = [[step.index, step.state] for step in key.steps]
        yield ["key", [key.key.jwk, key.body, key.role, key.holder, key.no, steps, key.cutoff]]
    for mark in state.marks.values():
        yield ["mark", _MARK.dump_python(mark, mode="json", by_alias=True, exclude_none=True)]
    for uri, scheme in state.schemes.items():
        yield ["scheme", [uri, scheme.members()]]
    for expert in state.experts.values():
        yield ["expert", _EXPERT.dump_python(expert, mode="json")]
    for organisation in state.organisations.values():
        yield ["organisation", _ORGANISATION.dump_python(organisation, mode="json")]
    for evidence in state.evidence.values():
        yield ["evidence", _EVIDENCE.dump_python(evidence, mode="json")]
    seconds = sorted(state.seconds)
    for at in range(0, len(seconds), SECONDS_A_LINE):
        yield ["seconds", seconds[at : at + SECONDS_A_LINE]]
    for kid, indices in reached.signed.items():
        yield ["signed", [kid, list(indices)]]
    for index, lines in reached.waiting.lines:
        yield ["waiting", [index, [line.data.decode() for line in lines]]]
    for found, data in reached.waiting.before:
        yield ["before", [b64u(found), data.decode() if data is not None else None]]


def _header(memory: Memory, pinned: TrustRoot) -> dict[str, Any]:
    reached, state = memory.reached, memory.reached.state
    return {
        "v": 1,
        "log": pinned.origin,
        "root": pinned.sha256,
        "size": state.size,
        "frontier": [b64u(one) for one in reached.frontier.hashes],
        "note": memory.note,
        "grown_at": memory.grown_at,
        "is_whole": reached.is_whole,
        "void": reached.void,
        "changed_at": state.changed_at,
        "directory": [state.directory[0], state.directory[1].members()] if state.directory else None,
        "policy": state.policy.members() if state.policy else None,
        "epochs": [[one.entry, one.size, one.iat] for one in reached.epochs],
        "rates": {iss: {str(day): count for day, count in days.items()} for iss, days in memory.rates.items()},
        "witnesses": memory.witnesses,
        "claims": memory.claims,
        "standing": sorted(memory.standing),
    }


def _from_header(kind: str, value: Any, pinned: TrustRoot) -> Memory:
    header = read_model(_Header, value, what="monitor state")
    if kind != "monitor" or (header.log, header.root) != (pinned.origin, pinned.sha256):
        raise MalformedError("the state is of another registry or trust root")
    state = LogState(pinned.host, size=header.size, changed_at=header.changed_at)
    if header.directory is not None:
        entry, public = header.directory
        state.directory = (int(entry), read_model(DirectoryPublished, public, what="directory"))
    if header.policy is not None:
        state.policy = read_model(PolicyChanged, header.policy, what="policy")
    return Memory(
        reached=Reached(
            state,
            Frontier(header.size, [unb64u(one) for one in header.frontier]),
            epochs=tuple(Epoch(*one) for one in header.epochs),
            is_whole=header.is_whole,
            void=dict(header.void),
        ),
        note=header.note,
        grown_at=header.grown_at,
        rates={iss: {int(day): count for day, count in days.items()} for iss, days in header.rates.items()},
        witnesses=dict(header.witnesses),
        claims=dict(header.claims),
        standing=set(header.standing),
    )


def _take(reached: Reached, kind: str, value: Any) -> None:
    state = reached.state
    match kind:
        case "head":
            uri, index, leaf, standing, until = value
            state.heads[uri] = Head(index, unb64u(leaf), standing, until)
        case "body":
            body = _BODY.validate_python(value)
            state.bodies[body.uri] = body
        case "key":
            jwk, body_uri, role, holder, no, steps, cutoff = value
            key = import_jwk(jwk)
            taken = tuple(Step(*step) for step in steps)
            state.keys[key.kid] = KeyRecord(key.kid, key, body_uri, role, holder, no, taken, cutoff)
            state.key_numbers.add((body_uri, no))
        case "mark":
            mark = _MARK.validate_python(value)
            state.marks[mark.uri] = mark
            state.note_mark(mark)
        case "scheme":
            state.schemes[value[0]] = read_model(SchemePublished, value[1], what="scheme")
        case "expert":
            expert = _EXPERT.validate_python(value)
            state.experts[expert.uri] = expert
        case "organisation":
            organisation = _ORGANISATION.validate_python(value)
            state.organisations[organisation.uri] = organisation
        case "evidence":
            evidence = _EVIDENCE.validate_python(value)
            state.evidence[evidence.uri] = evidence
        case "seconds":
            state.seconds.update(value)
        case "signed":
            reached.signed[value[0]] = array("q", value[1])
        case "waiting":
            lines = tuple(Line(line_key(text.encode()), text.encode()) for text in value[1])
            reached.waiting = replace(reached.waiting, lines=(*reached.waiting.lines, (value[0], lines)))
        case "before":
            before = (unb64u(value[0]), value[1].encode() if value[1] is not None else None)
            reached.waiting = replace(reached.waiting, before=(*reached.waiting.before, before))
        case _:
            raise MalformedError(f"unknown record {kind}")
