"""What the authority publishes for OpenID Federation beside each directory: statements about its bodies, old keys.

The reader has no key, so all that it answers in the authority's name stands signed in the folder. A statement that says
the same as before is signed anew once a day, which leaves it good for six more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.encoding import canonical
from verifier.envelope import DAY, parse_token
from verifier.errors import EvidenceError
from verifier.names import body_uri
from verifier.trust.entity_statement import parse_subordinate_statement, sign_subordinate_statement
from verifier.trust.federation_metadata import HISTORICAL_KEYS, SUBORDINATES, statement_path
from verifier.trust.historical_keys import TYP as KEY_SET
from verifier.trust.historical_keys import HistoricalKey, Revoked, sign_historical_keys

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from registry.publishing.files import PublicFolder
    from verifier.keys import VerifyingKey
    from verifier.replay.state import LogState
    from verifier.signer import Signer
    from verifier.trust.root import TrustRoot

    TimeOf: TypeAlias = Callable[[int], int | None]
    Present: TypeAlias = Callable[[str], bytes | None]

REFRESH = DAY


@dataclass(frozen=True)
class Federation:
    """What one state of the log says: the keys of each body that issues marks, and the authority's keys that are over.

    A body without a key has no statement: nothing of it could be checked.
    """

    host: str
    bodies: dict[int, tuple[VerifyingKey, ...]]
    over: tuple[HistoricalKey, ...]


def federation_of(state: LogState, root: TrustRoot, *, time_of: TimeOf) -> Federation:
    """Return the federation; ``time_of`` tells when the entry of an index was admitted, None where there is none yet.

    Retired keys stay, and bodies that lost their accreditation too, so that what they signed before is still checked;
    a key that was revoked is gone.
    """
    bodies: dict[int, tuple[VerifyingKey, ...]] = {}
    for record in sorted(state.keys.values(), key=lambda one: one.no):
        body = state.bodies.get(record.body)
        if body is not None and body.role == "evaluation" and record.role == "decider" and record.cutoff is None:
            bodies[body.no] = (*bodies.get(body.no, ()), record.key)
    return Federation(state.host, bodies, tuple(_over(root, time_of)))


def publish_federation(federation: Federation, public: PublicFolder, *, iat: int, signer: Signer) -> None:
    """Write what changed, and what has to be signed anew; a body that has no key left loses its statement."""
    files = federation_files(federation, public.read, iat=iat, signer=signer)
    for path, data in files.items():
        public.replace(path, data)
    for path in _statements(public) - files.keys():
        public.withdraw(path)


def federation_files(federation: Federation, present: Present, *, iat: int, signer: Signer) -> dict[str, bytes]:
    """Return every file as it has to be; ``present`` tells what stands there, which is kept as long as it is good."""
    files: dict[str, bytes] = {}
    for no, keys in federation.bodies.items():
        held = present(statement_path(no))
        if held is None or not _still_says(held, keys, signer.kid, now=iat):
            held = sign_subordinate_statement(federation.host, no, keys=keys, iat=iat, signer=signer).encode()
        files[statement_path(no)] = held
    uris = [body_uri(federation.host, no) for no in sorted(federation.bodies)]
    files[SUBORDINATES] = canonical(uris) + b"\n"
    held = present(HISTORICAL_KEYS)
    if held is None or not _still_lists(held, federation.over, signer.kid, now=iat):
        held = sign_historical_keys(federation.host, federation.over, iat=iat, signer=signer).encode()
    files[HISTORICAL_KEYS] = held
    return files


def _statements(public: PublicFolder) -> set[str]:
    folder = (public.folder / statement_path(1)).parent
    numbers = [file.stem for file in folder.iterdir()] if folder.is_dir() else []
    return {statement_path(int(number)) for number in numbers if number.isdecimal()}


def _still_says(data: bytes, keys: tuple[VerifyingKey, ...], kid: str, *, now: int) -> bool:
    try:
        statement = parse_subordinate_statement(data)
    except EvidenceError:
        return False
    is_fresh = now - REFRESH < statement.iat <= now
    return is_fresh and statement.token.kid == kid and list(statement.keys) == [key.kid for key in keys]


def _still_lists(data: bytes, over: tuple[HistoricalKey, ...], kid: str, *, now: int) -> bool:
    try:
        token = parse_token(data, KEY_SET)
    except EvidenceError:
        return False
    is_fresh = now - REFRESH < token.payload.get("iat", 0) <= now
    return is_fresh and token.kid == kid and token.payload.get("keys") == [one.members() for one in over]


def _over(root: TrustRoot, time_of: TimeOf) -> list[HistoricalKey]:
    found = []
    for listed, key in root.keys.values():
        if listed.role != "directory":
            continue
        ended = time_of(listed.ends) if listed.ends is not None else None
        cut = time_of(listed.cutoff) if listed.cutoff is not None else None
        revoked = Revoked(cut, listed.cutoff) if cut is not None and listed.cutoff is not None else None
        times = [one for one in (ended, cut) if one is not None]
        if times:
            found.append(HistoricalKey(key, min(times), revoked))
    return found
