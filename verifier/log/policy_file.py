"""The text of a witness policy (C2SP tlog-policy, editor's copy of 2026-07): parsing and writing.

Names are opaque octets: bytes that are not UTF-8 survive as surrogate escapes and compare as they stood.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from verifier.errors import KeyRefusedError, MalformedError
from verifier.log.cosignature import COSIGNATURE_TYPES
from verifier.log.note import parse_vkey
from verifier.log.tlog_policy import NO_QUORUM, Policy, PolicyGroup, PolicyLog, PolicyWitness
from verifier.log.vkey import ED25519_NOTE

MAX_POLICY = 262_144
MAX_DEFINITIONS = 128
_CONTROL = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_THRESHOLD = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


def parse_policy(data: bytes) -> Policy:
    """Return the policy; every name, key and threshold in it fits. Raises MalformedError, KeyRefusedError."""
    if len(data) > MAX_POLICY:
        raise MalformedError(f"a policy is at most {MAX_POLICY} bytes long")
    if _CONTROL.search(data) or not data.endswith(b"\n"):
        raise MalformedError("a policy is lines that end in a newline, without other control characters but tab")
    draft = _Draft()
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        words = [word for word in re.split(r"[ \t]+", line) if word]
        if words and not words[0].startswith("#"):
            draft.read(words[0], words[1:])
    return draft.finish()


def serialize_policy(policy: Policy) -> bytes:
    """Return the policy as a file; parsing it gives an equal policy."""
    lines = [["log", str(log.key), log.url] for log in policy.logs]
    lines += [["witness", witness.name, str(witness.key), witness.url] for witness in policy.witnesses]
    lines += [["group", group.name, _rule(group), *group.members] for group in policy.groups]
    lines.append(["quorum", policy.quorum])
    return "".join(" ".join(word for word in line if word) + "\n" for line in lines).encode("utf-8", "surrogateescape")


@dataclass
class _Draft:
    logs: list[PolicyLog] = field(default_factory=list)
    witnesses: list[PolicyWitness] = field(default_factory=list)
    groups: list[PolicyGroup] = field(default_factory=list)
    quorum: str = ""
    names: set[str] = field(default_factory=lambda: {NO_QUORUM})
    members: set[str] = field(default_factory=set)

    def read(self, keyword: str, words: list[str]) -> None:
        readers: dict[str, tuple[Callable[[list[str]], None], int, int]] = {
            "log": (self._log, 1, 2),
            "witness": (self._witness, 2, 3),
            "group": (self._group, 3, MAX_DEFINITIONS),
            "quorum": (self._quorum, 1, 1),
        }
        if keyword not in readers:
            raise MalformedError("a policy line begins with log, witness, group or quorum")
        reader, fewest, most = readers[keyword]
        if not fewest <= len(words) <= most:
            raise MalformedError(f"a {keyword} line of a policy has {fewest} to {most} words after the first")
        reader(words)
        if max(len(self.logs), len(self.witnesses), len(self.groups)) > MAX_DEFINITIONS:
            raise MalformedError(f"a policy defines at most {MAX_DEFINITIONS} logs, witnesses and groups each")

    def finish(self) -> Policy:
        if not self.quorum:
            raise MalformedError("a policy has exactly one quorum line")
        return Policy(tuple(self.logs), tuple(self.witnesses), tuple(self.groups), self.quorum)

    def _log(self, words: list[str]) -> None:
        key = parse_vkey(words[0])
        if key.type != ED25519_NOTE:
            raise KeyRefusedError("a log of a policy signs with an Ed25519 note key (type 0x01)")
        self.logs.append(PolicyLog(key, *words[1:]))

    def _witness(self, words: list[str]) -> None:
        key = parse_vkey(words[1])
        if key.type not in COSIGNATURE_TYPES:
            raise KeyRefusedError("a witness of a policy cosigns with a key of type 0x04 or 0x06")
        self._define(words[0])
        self.witnesses.append(PolicyWitness(words[0], key, *words[2:]))

    def _group(self, words: list[str]) -> None:
        name, rule, *members = words
        for member in members:
            # Once in the whole file: otherwise one witness would contribute to the quorum along two ways.
            if member in self.members or member not in self.names or member == NO_QUORUM:
                raise MalformedError("a group member is a name defined above that no group holds yet")
            self.members.add(member)
        self._define(name)
        self.groups.append(PolicyGroup(name, _threshold(rule, len(members)), tuple(members)))

    def _quorum(self, words: list[str]) -> None:
        if self.quorum or words[0] not in self.names:
            raise MalformedError("a policy has one quorum line, which names a witness or group defined above, or none")
        self.quorum = words[0]

    def _define(self, name: str) -> None:
        if name in self.names:
            raise MalformedError("a policy defines each name once, and never the name none")
        self.names.add(name)


def _threshold(rule: str, members: int) -> int:
    if rule in ("all", "any"):
        return members if rule == "all" else 1
    if not _THRESHOLD.fullmatch(rule) or int(rule) > members:
        raise MalformedError("the rule of a group is all, any, or a number from 1 to its members")
    return int(rule)


def _rule(group: PolicyGroup) -> str:
    if group.threshold == len(group.members):
        return "all"
    return "any" if group.threshold == 1 else str(group.threshold)
