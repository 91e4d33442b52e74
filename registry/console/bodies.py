"""Bodies and their keys as the console shows them: how each stands now, and what hangs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.admission.cascade import REVIEW_DAYS, cascade_of
from registry.admission.review import review_of
from verifier.edge.packs import installed_packs
from verifier.errors import NotFoundError
from verifier.names import body_uri, key_uri, mark_uri, parse_name
from verifier.replay.clock import standing_of
from verifier.scheme.rule import DeclaredTier
from verifier.statement.public import BodyWithdrawn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.admission.cascade import What
    from registry.console.read_log import Reading
    from verifier.replay.records import BodyRecord, KeyRecord, MarkRecord
    from verifier.statement.public import ScopeRow

MOST_SHOWN = 200
"""Marks that a page lists; how many there are beyond them it says."""


def bodies_listed(reading: Reading, *, now: int) -> list[dict[str, Any]]:
    """Return every body, those in force first."""
    marks: dict[str, int] = {}
    for mark in reading.state.marks.values():
        if standing_of(mark, at=now).state in ("active", "suspended"):
            marks[mark.issuer] = marks.get(mark.issuer, 0) + 1
    found = [
        {**body_members(reading, one, now=now), "marks": marks.get(one.uri, 0)} for one in reading.state.bodies.values()
    ]
    return sorted(found, key=lambda one: (one["standing"] != "active", one["no"]))


def body_members(reading: Reading, body: BodyRecord, *, now: int) -> dict[str, Any]:
    """Return what the log says of a body, with its disclosed name."""
    return {
        "no": body.no,
        "uri": body.uri,
        "name": reading.name(body.uri),
        "role": body.role,
        "identifier": body.identifier,
        "operates": [*body.operates],
        "state": body.state,
        "standing": standing_of(body, at=now).state,
        "scope": [row.members() for row in body.scope],
        "from": body.begins,
        "until": body.ends,
    }


def body_shown(reading: Reading, no: int, *, now: int) -> dict[str, Any]:
    """Return a body with its keys, what its end would concern, and its history. Raises NotFoundError."""
    body = find_body(reading, no)
    cascade = cascade_of(reading.state, body.uri, "suspend", now=now)
    keys = [key_members(reading, one) for one in reading.state.keys.values() if one.body == body.uri]
    return {
        **body_members(reading, body, now=now),
        "affected": {"marks": len(cascade.marks), "holders": cascade.holders, "keys": len(cascade.keys)},
        "keys": keys,
        "next_key": max((one["no"] for one in keys), default=0) + 1,
        "review": _review(reading, body, now),
        "history": history(reading, body.uri),
    }


def find_body(reading: Reading, no: int) -> BodyRecord:
    """Return the record of a body. Raises NotFoundError."""
    body = reading.state.bodies.get(body_uri(reading.state.host, no))
    if body is None:
        raise NotFoundError(f"the log knows no body {no}", hint="The list shows all that were accredited.")
    return body


def next_number(reading: Reading, role: str) -> int:
    """Return the number after the largest one of bodies in that role: a proposal, any free number will do."""
    same = [one.no for one in reading.state.bodies.values() if one.role == role]
    every = {one.no for one in reading.state.bodies.values()}
    number = max(same or every or {1000}) + 1
    while number in every:
        number += 1
    return number


def cascade_shown(reading: Reading, no: int, what: What, *, now: int) -> dict[str, Any]:
    """Return the marks and keys that the end of an accreditation concerns. Raises NotFoundError."""
    cascade = cascade_of(reading.state, body_uri(reading.state.host, no), what, now=now, review_days=REVIEW_DAYS)
    members = cascade.members()
    return {**members, "marks": [_mark_line(one) for one in cascade.marks[:MOST_SHOWN]]}


def key_members(reading: Reading, key: KeyRecord) -> dict[str, Any]:
    """Return what the log says of a body's key."""
    return {
        "kid": key.kid,
        "body": int(parse_name(key.body).value),
        "body_name": reading.name(key.body),
        "role": key.role,
        "holder": key.holder,
        "no": key.no,
        "state": key.state,
        "cutoff": key.cutoff,
    }


def keys_listed(reading: Reading) -> list[dict[str, Any]]:
    """Return every key of every body, those that sign first."""
    found = [key_members(reading, one) for one in reading.state.keys.values()]
    return sorted(found, key=lambda one: (one["state"] != "active", one["body"], one["no"]))


def key_shown(reading: Reading, kid: str) -> dict[str, Any]:
    """Return one key with its history. Raises NotFoundError."""
    return {
        **key_members(reading, find_key(reading, kid)),
        "history": history(reading, key_uri(reading.state.host, kid)),
    }


def find_key(reading: Reading, kid: str) -> KeyRecord:
    """Return the record of a body's key. Raises NotFoundError."""
    key = reading.state.keys.get(kid)
    if key is None:
        raise NotFoundError(f"the log knows no key {kid[:43]} of a body")
    return key


def cutoff_shown(reading: Reading, kid: str, cutoff: int) -> dict[str, Any]:
    """Return what a cut-off leaves valid and what it voids. Raises NotFoundError."""
    found = reading.affected(kid, cutoff)
    return {
        "cutoff": cutoff,
        "before": len(found.before),
        "after": len(found.after),
        "marks": [_mark_line(one) for one in found.after[:MOST_SHOWN]],
    }


def mark_shown(reading: Reading, mark_id: str, *, now: int) -> dict[str, Any]:
    """Return a mark as an operator sees it. Raises NotFoundError."""
    uri = mark_uri(reading.state.host, mark_id)
    mark = reading.state.marks.get(uri)
    if mark is None:
        raise NotFoundError(f"the log knows no mark {mark_id}", hint="Check each character of its id.")
    return {
        **_mark_line(mark),
        "standing": standing_of(mark, at=now).state,
        "from": mark.issued.nbf,
        "issuer": int(parse_name(mark.issuer).value),
        "issuer_name": reading.name(mark.issuer),
        "lift_by": mark.lift_by,
        "successor": mark.successor,
        "entry": mark.index,
        "history": history(reading, uri),
    }


def history(reading: Reading, uri: str) -> list[dict[str, Any]]:
    """Return the entries about an object, newest first."""
    found: list[dict[str, Any]] = []
    index = reading.state.head(uri)
    while index is not None and len(found) < MOST_SHOWN:
        statement = reading.entry(index)
        found.append({"index": index, "type": statement.type, "at": statement.iat})
        index = statement.prev
    return found


def scope_choices(reading: Reading, *, held: Iterable[ScopeRow] = ()) -> list[dict[str, Any]]:
    """Return the rows that a body can be accredited for: issuable levels of installed packs whose criteria are logged.

    Rows that a body holds already stay choices, whatever pack is installed here.
    """
    published = {one.sha256 for one in reading.state.schemes.values()}
    has = {(row.scheme, row.level, row.criteria_sha256) for row in held}
    found: dict[tuple[str, int, str], str] = {}
    for pack in installed_packs():
        for tier in pack.tiers:
            key = (pack.scheme, tier.level, pack.digest)
            if pack.digest in published and not isinstance(tier, DeclaredTier):
                found[key] = pack.version
    for row in has:
        found.setdefault(row, "")
    return [
        {"value": f"{scheme} {level} {digest}", "scheme": scheme, "level": level, "version": version,
         "is_held": (scheme, level, digest) in has}
        for (scheme, level, digest), version in sorted(found.items())
    ]  # fmt: skip


def _mark_line(mark: MarkRecord) -> dict[str, Any]:
    issued = mark.issued
    return {
        "mark": parse_name(mark.uri).value,
        "sub": issued.sub,
        "scheme": issued.scheme,
        "tier": issued.tier,
        "state": mark.state,
        "until": issued.exp,
    }


def _review(reading: Reading, body: BodyRecord, now: int) -> dict[str, Any] | None:
    newest = reading.entry(reading.state.heads[body.uri].index)
    if not isinstance(newest.public, BodyWithdrawn) or newest.public.reason != "cause":
        return None
    found = review_of(reading.state, newest, now=now)
    return {"by": found.review_by, "is_late": found.is_late, "marks": [_mark_line(one) for one in found.left]}
