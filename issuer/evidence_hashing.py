"""Hashing a folder that is to be sealed: every file or none, and only files that stood still.

A link, a pipe, a name that another disk would read differently: each is refused before anything is hashed, because what
cannot be compared later must not look sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from issuer.sealing_folder import Journal
from verifier.edge.evidence_folder import Found, Told, case_clashes, hash_file, list_folder, open_folder
from verifier.errors import RefusedError, UnavailableError

ROUNDS = 3
"""How often the folder is looked at again before it counts as one that somebody is writing into."""

_WHY = {
    "link": "is a link: its target may change",
    "special": "is no regular file",
    "name": "has a name that not every disk can hold",
    "clash": "has the name of another file in another Unicode form",
    "unread": "cannot be read",
}


@dataclass(frozen=True)
class HashedFile:
    """A file as it will be sealed; ``modified`` is when its content changed, by the file system, in UTC seconds."""

    path: str
    sha256: str
    size: int
    modified: int


def hash_evidence(folder: Path, journal: Journal, told: Told) -> tuple[HashedFile, ...]:
    """Return every file of the folder, hashed while nothing changed; the journal keeps what is finished.

    Raises RefusedError for a folder that holds nothing or something that cannot be sealed, UnavailableError when it
    changes all the time or cannot be read.
    """
    with open_folder(folder) as descriptor:
        listed = _sealable(list_folder(descriptor))
        for _ in range(ROUNDS):
            hashed = _hash_all(descriptor, listed, journal, told)
            again = _sealable(list_folder(descriptor))
            if again == listed:
                return hashed
            listed = again
    raise UnavailableError(f"{folder} changes while it is sealed", hint="Run it again when nobody writes there.")


def _sealable(listed: tuple[Found, ...]) -> tuple[Found, ...]:
    wrong = [one for one in listed if one.problem]
    if wrong:
        told = "; ".join(f"{one.path} {_WHY[one.problem or 'unread']}" for one in wrong[:3])
        more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise RefusedError(f"not everything can be sealed: {told}{more}", hint="Replace links by files, rename.")
    clash = case_clashes(one.path for one in listed)
    if clash:
        raise RefusedError(
            f"{clash[0]} and {clash[1]} are one name on a disk that ignores case", hint="Rename one of them."
        )
    if not listed:
        raise RefusedError("the folder holds no file")
    return listed


def _hash_all(descriptor: int, listed: tuple[Found, ...], journal: Journal, told: Told) -> tuple[HashedFile, ...]:
    total, done, hashed = sum(one.size for one in listed), 0, []

    def count(size: int) -> None:
        nonlocal done
        done += size
        told(done, total)

    for one in listed:
        sha256 = journal.known(one)
        if sha256 is None:
            sha256 = hash_file(descriptor, one, count)
            journal.note(one, sha256)
        else:
            count(one.size)
        hashed.append(HashedFile(one.path, sha256, one.size, one.modified))
    return tuple(hashed)
