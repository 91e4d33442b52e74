"""Checking the signatures of a batch on another core, while this one reads and judges.

Nothing is decided here and nothing is refused. A token whose signature a child process (signature_child.py) found to be
good remembers under which key, and the judge, who asks in his own order, has that answer at hand. What the child did
not say, because it is starting, full or dead, and whatever it found to be bad, the judge checks himself.
"""

from __future__ import annotations

import fcntl
import os
import select
import subprocess
import sys
import threading
from collections import deque
from typing import TYPE_CHECKING

import structlog

from registry.admission.signature_child import READY
from verifier.envelope import check_key_named, note_verified
from verifier.errors import MarkError
from verifier.mark import TYP as MARK
from verifier.seal import TYP as SEAL
from verifier.statement.attestation import TYP as ATTESTATION
from verifier.statement.public import MarkIssued

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.admission.accept import Submission
    from verifier.envelope import Token
    from verifier.keys import VerifyingKey
    from verifier.replay.state import LogState
    from verifier.trust.root import TrustRoot

    Check = tuple[Token, VerifyingKey]

MOST_OPEN = 2000
"""Submissions whose signatures the child has not answered for."""

PIPE_BYTES = 1 << 20
LONGEST_WAIT = 1.0
"""Seconds after which a child that does not answer is given up."""

_log = structlog.get_logger()


class Foresight:
    """One child that checks signatures. It begins with the first submission that is foreseen; close it at the end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._is_over = False
        self._open: deque[tuple[Token, list[Check]]] = deque()
        self._asked: set[int] = set()

    def close(self) -> None:
        """End the child. Nothing may be foreseen or settled afterwards."""
        with self._lock:
            self._give_up()

    def foresee(self, submission: Submission, state: LogState, root: TrustRoot) -> None:
        """Let the signatures of a submission that is about to be judged be checked. Any thread may ask; none waits."""
        checks = list(_checks(submission, state, root))
        with self._lock:
            if self._is_over or len(self._open) >= MOST_OPEN or not checks:
                return
            if self._child is None:
                self._child = _Child()
            if self._child.took(b"".join(key.point + token.sha256 + token.signature for token, key in checks)):
                token = submission.statement.token
                self._open.append((token, checks))
                self._asked.add(id(token))

    def settle(self, submission: Submission) -> None:
        """Wait for what the child says about a submission, if it was asked. For the one thread that judges."""
        asked = id(submission.statement.token)
        while asked in self._asked and self._child is not None:
            answers = self._child.answers(LONGEST_WAIT)
            with self._lock:
                if not answers:
                    _log.error("signatures are checked by the judge alone")
                    self._give_up()
                for bits in answers:
                    self._note(bits)

    def _note(self, bits: int) -> None:
        token, checks = self._open.popleft()
        self._asked.discard(id(token))
        for number, (checked, key) in enumerate(checks):
            if bits >> number & 1:
                note_verified(checked, key)

    def _give_up(self) -> None:
        self._is_over = True
        self._open.clear()
        self._asked.clear()
        if self._child is not None:
            self._child.end()
            self._child = None


class _Child:
    """The process behind its two pipes."""

    def __init__(self) -> None:
        # It gets no environment: a passphrase may stand there.
        command = [sys.executable, "-I", "-m", "registry.admission.signature_child"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env={})
        pipes = self._process.stdin, self._process.stdout
        self._to, self._from = (pipe.fileno() for pipe in pipes if pipe is not None)
        self._is_ready = False
        os.set_blocking(self._to, False)
        fcntl.fcntl(self._to, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    def took(self, frame: bytes) -> bool:
        """Write a frame, below PIPE_BUF: whole or not at all. False while the child starts, is full or is dead."""
        if not self._is_ready and self._has_answered(0):
            self._is_ready = os.read(self._from, 1) == READY
        if not self._is_ready:
            return False
        try:
            os.write(self._to, len(frame).to_bytes(2) + frame)
        except OSError:
            return False
        return True

    def answers(self, seconds: float) -> bytes:
        """Wait for answers, a byte for each frame; none when the child is dead or does not answer in time."""
        return os.read(self._from, MOST_OPEN) if self._has_answered(seconds) else b""

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _has_answered(self, seconds: float) -> bool:
        waiting = select.poll()
        waiting.register(self._from, select.POLLIN)
        return bool(waiting.poll(seconds * 1000))


def _checks(submission: Submission, state: LogState, root: TrustRoot) -> Iterator[Check]:
    for token in _tokens(submission):
        listed, record = root.keys.get(token.kid), state.body_key(token.kid)
        key = listed[1] if listed is not None else record.key if record is not None else None
        if key is not None and key.algorithm == "ES256":
            try:
                check_key_named(token, key)
            except MarkError:
                continue
            yield token, key


def _tokens(submission: Submission) -> Iterator[Token]:
    yield submission.statement.token
    companions = submission.companions
    if not isinstance(submission.statement.public, MarkIssued):
        return
    for compact, typ in ((companions.second, ATTESTATION), (companions.mark, MARK), (companions.seal, SEAL)):
        if compact is not None:
            try:
                token = companions.token(compact, typ)
            except MarkError:
                # The judge comes upon it in his turn.
                continue
            yield token
