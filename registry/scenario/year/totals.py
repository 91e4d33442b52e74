"""The year's totals, twice: from what the actors did, and from the log, replayed out of the published files alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.edge.folder import FolderFetcher
from verifier.encoding import b64u
from verifier.errors import ProofError
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.merkle import leaf_hash
from verifier.log.tile import TileReader
from verifier.log.tree import Frontier
from verifier.names import parse_name
from verifier.replay.clock import standing_of
from verifier.replay.duties import report_duty
from verifier.replay.state import LogState
from verifier.statement import parse_statement
from verifier.statement.public import NoticePublished

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from registry.scenario.year.authority import Account

Totals = dict[str, Counter[str]]
"""By heading, then by what is counted."""

STATEMENTS, MARKS, TIERS = "Statements", "Marks by state at the year's end", "Marks by tier and state"
ISSUED, BODIES, KEYS = "Marks by issuing body and state", "Bodies by state", "Keys by state"
EXPERTS, DECLARED, SEALED = "Experts by state", "Declarations by state", "Series of evidence by state"
NOTICES = "Notices by kind"


@dataclass(frozen=True)
class MarkLine:
    """What is counted of a mark: its tier, its body's number and how it stands."""

    tier: str
    body: int
    state: str


@dataclass(frozen=True)
class Logged:
    """What the log says: its size, its root and the totals."""

    size: int
    root: str
    totals: Totals


def told(account: Account, said: Counter[str], *, at: int) -> Totals:
    """Return the totals by the actors' own account, with the marks as they stand at that instant."""
    marks = [
        MarkLine(f"{held.offer.scheme}/{held.offer.tier}", held.body.no, held.stands(at))
        for body in account.bodies
        for held in body.marks
    ]
    return {
        STATEMENTS: Counter(said),
        **_mark_totals(marks),
        BODIES: Counter(body.state for body in account.bodies),
        KEYS: Counter(account.keys.values()),
        EXPERTS: Counter(account.experts.values()),
        DECLARED: Counter(account.declarations.values()),
        SEALED: Counter(account.series.values()),
        NOTICES: Counter(account.notices),
    }


def logged(public: Path, host: str, *, zone: str, at: int) -> Logged:
    """Replay the published log and return its totals, with the marks as they stand at that instant.

    Raises ProofError when the entries do not lead to the checkpoint's root, RefusedError for one that breaks a rule.
    """
    fetcher = FolderFetcher(public)
    checkpoint = SignedCheckpoint.parse(fetcher.fetch("log/checkpoint")).checkpoint
    reader, frontier, state = TileReader(fetcher.fetch, checkpoint.size), Frontier(), LogState(host)
    said: Counter[str] = Counter()
    notices: Counter[str] = Counter()
    for index in range(checkpoint.size):
        entry = reader.entry(index)
        statement, leaf = parse_statement(entry), leaf_hash(entry)
        state.apply(statement, leaf)
        frontier.append(leaf)
        said[statement.type] += 1
        if isinstance(statement.public, NoticePublished):
            notices[statement.public.kind] += 1
    if frontier.root() != checkpoint.root:
        raise ProofError("the entries do not lead to the root of the checkpoint")
    totals = {STATEMENTS: said, **_counted(state, zone=zone, at=at), NOTICES: notices}
    return Logged(checkpoint.size, b64u(checkpoint.root), totals)


def _counted(state: LogState, *, zone: str, at: int) -> Totals:
    marks = []
    for mark in state.marks.values():
        duty = report_duty(mark.issued, state.schemes.values(), zone=zone)
        standing = standing_of(mark, at=at, duty=duty).state
        tier = f"{mark.issued.scheme}/{mark.issued.tier}"
        marks.append(MarkLine(tier, int(parse_name(mark.issuer).value), standing))
    return {
        **_mark_totals(marks),
        BODIES: Counter(standing_of(body, at=at).state for body in state.bodies.values()),
        KEYS: Counter(key.state for key in state.keys.values()),
        EXPERTS: Counter(standing_of(expert, at=at).state for expert in state.experts.values()),
        DECLARED: Counter(one.state for org in state.organisations.values() for one in org.declarations),
        SEALED: Counter(series.state for series in state.evidence.values()),
    }


def _mark_totals(marks: Iterable[MarkLine]) -> Totals:
    lines = list(marks)
    return {
        MARKS: Counter(one.state for one in lines),
        TIERS: Counter(f"{one.tier} {one.state}" for one in lines),
        ISSUED: Counter(f"body {one.body} {one.state}" for one in lines),
    }


def differences(did: Totals, logs: Totals) -> list[str]:
    """Return every total that the two accounts do not agree on, in words."""
    found = []
    for heading in sorted(did.keys() | logs.keys()):
        ours, theirs = did.get(heading, Counter()), logs.get(heading, Counter())
        found += [
            f"{heading}, {name}: the actors count {ours[name]}, the log {theirs[name]}"
            for name in sorted(ours.keys() | theirs.keys())
            if ours[name] != theirs[name]
        ]
    return found
