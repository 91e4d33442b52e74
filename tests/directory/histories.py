"""Random histories of a log, as its state knows them: no signatures, every shape of change."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from stdnum.jp import cn

from verifier.directory.files import DirectoryFiles
from verifier.directory.growing import Epoch
from verifier.encoding import sha256
from verifier.errors import NotFoundError
from verifier.markid import new_mark_id
from verifier.names import body_uri, directory_uri, mark_uri, parse_name
from verifier.replay.records import MarkRecord, Step
from verifier.replay.state import Head, LogState
from verifier.statement.public import DirectoryPublished, MarkIssued

HOST = "shirushi.example"
NOW = 1_793_577_600
ORGANISATIONS = [f"0188-{cn.calc_check_digit(f'{number:012}')}{number:012}" for number in range(1, 400)]
STATES = ("active", "suspended", "withdrawn", "superseded")


class History:
    """A log's state that changes at random, the same way for the same seed."""

    def __init__(self, seed: int, *, organisations: int = 40) -> None:
        self.random = random.Random(seed)
        self.state = LogState(HOST)
        self.organisations = ORGANISATIONS[:organisations]
        self.accredit()

    def change(self, count: int = 1) -> None:
        """Issue, change and accredit."""
        for _ in range(count):
            self.random.choices((self.issue, self.move, self.accredit), weights=(6, 6, 1))[0]()

    def issue(self) -> None:
        """A mark for some organisation; it may cover others, twice, and its own holder too."""
        uri = mark_uri(HOST, new_mark_id(self.random.randbytes))
        covered = self.random.choices(self.organisations, k=self.random.choice((0, 0, 0, 1, 2, 5)))
        issued = issued_mark(self.random.choice(self.organisations), covered=covered, tier=self.random.choice((3, 4)))
        step = Step(self.state.size, "active")
        self.state.marks[uri] = MarkRecord(uri, body_uri(HOST, 1), issued, step.index, "A" * 43, "A" * 43, (step,))
        self._head(uri, "active", issued.exp)

    def move(self) -> None:
        """Another state for some mark."""
        if not self.state.marks:
            return
        uri = self.random.choice(list(self.state.marks))
        mark, state = self.state.marks[uri], self.random.choice(STATES)
        lift_by = NOW + self.random.randrange(1, 9999) if state == "suspended" else None
        steps = (*mark.steps, Step(self.state.size, state))
        self.state.marks[uri] = replace(mark, steps=steps, lift_by=lift_by)
        self._head(uri, state, lift_by or mark.issued.exp)

    def accredit(self) -> None:
        """Something about a body."""
        self._head(body_uri(HOST, self.random.randrange(1, 30)), "active", self.random.choice((None, NOW)))

    def log_directory(self, epoch: Epoch) -> None:
        """The entry of an epoch."""
        public = DirectoryPublished.model_construct(size=epoch.size, bits=epoch.bits, root="", files=())
        self.state.directory = (self.state.size, public)
        self._head(directory_uri(HOST), "published", None)

    def _head(self, uri: str, state: str, until: int | None) -> None:
        # As LogState.apply does.
        self.state.heads.pop(uri, None)
        self.state.heads[uri] = Head(self.state.size, sha256(f"{uri} {self.state.size}".encode()), state, until)
        self.state.size += 1


def issued_mark(holder: str, **changes: Any) -> MarkIssued:
    """Return what mark.issued says."""
    public = {
        "scheme": "jp.meti.scs",
        "tier": 3,
        "criteria_sha256": "A" * 43,
        "sub": f"https://{HOST}/o/{holder}",
        "scope_kind": "company",
        "covered": [],
        "nbf": NOW,
        "exp": NOW + 31_536_000,
        "mark_sha256": "A" * 43,
        "seal_sha256": "A" * 43,
        "status": {"list": 1, "idx": 1},
        **changes,
    }
    assert parse_name(str(public["sub"])).value == holder
    return MarkIssued.model_validate(public)


class Shelf:
    """Published files in memory."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.files = dict(files or {})

    def add(self, files: DirectoryFiles) -> None:
        self.files |= {f"directory/shards/{name}": data for name, data in files.shards.items()}

    def fetch(self, path: str) -> bytes:
        if path not in self.files:
            raise NotFoundError(path)
        return self.files[path]

    def fetch_range(self, path: str, first: int, end: int) -> bytes:
        return self.fetch(path)[first:end]

    def put(self, path: str, data: bytes) -> None:
        self.files[path] = data

    def keep_only(self, paths: set[str]) -> None:
        self.files = {path: data for path, data in self.files.items() if path in paths or "directory/" not in path}
