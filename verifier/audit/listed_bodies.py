"""What a trust list over the first ``size`` entries has to say: its bodies and keys, as the log had them then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.errors import RefusedError
from verifier.replay.records import state_before
from verifier.trust.trustlist import read_trust_list

if TYPE_CHECKING:
    from verifier.audit.chain import TrustChain
    from verifier.replay.records import BodyRecord, KeyRecord
    from verifier.replay.state import LogState
    from verifier.trust.trustlist import ListedBody


def check_trust_list(
    data: bytes, chain: TrustChain, state: LogState, *, names: dict[str, set[str]], size: int | None = None
) -> None:
    """Check a trust list against the entries: signature, bodies, keys, and names where they are disclosed.

    ``size`` is the epoch's; without one the list's own is taken. Raises EvidenceError.
    """
    listed = read_trust_list(data, chain.newest)
    over = listed.token.payload["size"]
    if size is not None and over != size:
        raise RefusedError(f"the list is over {over} entries, its epoch over {size}")
    if over > state.size:
        return
    shown = [_comparable(body) for body in listed.bodies]
    if shown != list(_expected(state, over)):
        raise RefusedError(f"the first {over} entries list other bodies or keys")
    for body in listed.bodies:
        if body.name is not None and body.uri in names and body.name not in names[body.uri]:
            raise RefusedError(f"the name of {body.uri} is not the disclosed one")


def _comparable(body: ListedBody) -> dict[str, Any]:
    return {name: value for name, value in body.members().items() if name != "name"}


def _expected(state: LogState, size: int) -> list[dict[str, Any]]:
    keys: dict[str, list[KeyRecord]] = {}
    for key in state.keys.values():
        keys.setdefault(key.body, []).append(key)
    bodies = []
    for uri, body in sorted(state.bodies.items(), key=lambda item: item[1].no):
        standing = state_before(body.steps, size)
        if standing is not None:
            bodies.append({**_body(body, standing, size), "keys": _keys(keys.get(uri, []), size)})
    return bodies


def _body(body: BodyRecord, standing: str, size: int) -> dict[str, Any]:
    terms = [terms for terms in body.terms if terms.index < size][-1]
    return {
        "no": body.no,
        "uri": body.uri,
        "role": body.role,
        "state": standing,
        "scope": [row.members() for row in terms.scope],
        "from": terms.begins,
        "until": terms.ends,
    }


def _keys(keys: list[KeyRecord], size: int) -> list[dict[str, Any]]:
    listed = []
    for key in sorted(keys, key=lambda one: one.no):
        standing = state_before(key.steps, size)
        if standing not in (None, "revoked"):
            said = {"no": key.no, "kid": key.kid, "jwk": key.key.jwk, "role": key.role, "state": standing}
            listed.append(said)
    return listed
