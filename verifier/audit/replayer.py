"""Replay with judgement: every entry of a log is judged as admission had to, then folded into the state.

An entry that breaks a rule is a finding and is folded all the same where that is possible, because the directory is a
function of the entries and not of what should have stood there.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verifier.audit.companions import fetch_companions
from verifier.audit.diagnosis import Case, diagnose
from verifier.audit.kinds import Code
from verifier.envelope import parse_token
from verifier.errors import EvidenceError, MarkError, NewerVersionError, NotFoundError, RefusedError
from verifier.keys import import_jwk, thumbprint
from verifier.names import key_uri, parse_name
from verifier.replay.rules import judge
from verifier.replay.signers import check_signed
from verifier.replay.state import Head, LogState
from verifier.statement import parse_statement
from verifier.statement.attestation import TYP as ATTESTATION
from verifier.statement.kinds import Effect
from verifier.statement.public import KeyAdded, KeyRevoked, MarkIssued, TrustRootPublished

if TYPE_CHECKING:
    from verifier.audit.chain import TrustChain
    from verifier.audit.finding import Findings
    from verifier.gather import Fetcher
    from verifier.replay.rules import Companions
    from verifier.statement import Statement
    from verifier.trust.root import TrustRoot


@dataclass
class Replayer:
    """Judges and folds entries in order. ``signed`` holds, for each key of a body, the entries that it signed."""

    fetcher: Fetcher
    chain: TrustChain
    state: LogState
    findings: Findings
    signed: dict[str, array[int]] = field(default_factory=dict)
    is_whole: bool = True
    """Whether every entry so far could be folded: only then is the directory known."""

    void: dict[str, int] = field(default_factory=dict)
    """The objects that were granted something against the rules, with the entry that did."""

    is_judging: bool = True
    unproven_keys: int = 0
    """How many keys were added whose own proof is not published."""

    def take(self, data: bytes, leaf: bytes) -> Statement | None:
        """Judge and fold the next entry; None for one that cannot be read. Raises UnavailableError."""
        index = self.state.size
        statement = read_entry(data, index, self.findings)
        if statement is not None and self.is_judging:
            self._judge(statement, index)
            self._note_key(statement, index)
        self.is_whole &= fold(self.state, statement, leaf)
        return statement

    def _judge(self, statement: Statement, index: int) -> None:
        root = self._root_for(statement, index)
        record = self.state.marks.get(statement.object)
        companions = fetch_companions(self.fetcher, statement, index, self.findings, record=record)
        error = self._refusal(statement, companions, root)
        code = diagnose(Case(self.state, root, statement, companions)) if error is not None else None
        if error is not None and code is not None:
            self.findings.add(code, error.message, entry=index, object=statement.object)
            if statement.kind.effect is Effect.GRANT:
                self.void[statement.object] = index
        elif self.void and isinstance(statement.public, MarkIssued):
            self._check_grounds(statement, companions, index)

    def _check_grounds(self, statement: Statement, companions: Companions, index: int) -> None:
        """Find a mark whose rules hold only because an accreditation or a key was listed against the rules."""
        host = self.state.host
        kids = [statement.token.kid]
        if companions.second is not None:
            kids.append(parse_token(companions.second, ATTESTATION).kid)
        grounds = [(Code.ISSUER_NOT_ACCREDITED, statement.iss)]
        grounds += [(Code.KEY_NOT_ENTITLED, key_uri(host, kid)) for kid in kids]
        for code, uri in grounds:
            if uri in self.void:
                detail = f"entry {self.void[uri]}, which it rests on, broke the rules"
                self.findings.add(code, detail, entry=index, object=statement.object)

    def _refusal(self, statement: Statement, companions: Companions, root: TrustRoot) -> MarkError | None:
        added = statement.public if isinstance(statement.public, KeyAdded) and companions.proof is None else None
        self.unproven_keys += added is not None
        try:
            if added is not None:
                check_signed(statement, companions.second, index=self.state.size, root=root, book=self.state)
        except MarkError as error:
            return error
        try:
            # Dates are judged by checkpoints (dating.py), not by a clock.
            judge(self.state, root, statement, companions, now=statement.iat)
        except NotFoundError as error:
            # The signers are known, so what a new key misses is its own proof, which is not published.
            return error if added is None else _fault_of_added_key(self.state, statement, added)
        except MarkError as error:
            return error
        return None

    def _root_for(self, statement: Statement, index: int) -> TrustRoot:
        """Return the root to judge by: the newest one, which lists retired keys too, or the one just published."""
        if not isinstance(statement.public, TrustRootPublished):
            return self.chain.newest
        root = self.chain.versions.get(statement.public.version)
        if root is None or root.sha256 != statement.public.sha256:
            detail = f"version {statement.public.version} of the trust root is not published as it was logged"
            self.findings.add(Code.TRUST_ROOT_WRONG, detail, entry=index, object=statement.object)
        return root or self.chain.newest

    def _note_key(self, statement: Statement, index: int) -> None:
        kid = statement.token.kid
        if kid in self.state.keys:
            self.signed.setdefault(kid, array("q")).append(index)
        if isinstance(statement.public, KeyRevoked):
            revoked = parse_name(statement.object).value
            for entry in self.signed.get(revoked, ()):
                if entry >= statement.public.cutoff_index:
                    detail = f"entry {index} revoked its key from entry {statement.public.cutoff_index} on"
                    self.findings.add(Code.VOID_BY_CUTOFF, detail, entry=entry, object=statement.object)


def read_entry(data: bytes, index: int, findings: Findings) -> Statement | None:
    """Return the statement of an entry; one that cannot be read is a finding."""
    try:
        return parse_statement(data)
    except NewerVersionError as error:
        findings.add(Code.NEWER_VERIFIER_NEEDED, error.message, entry=index)
    except EvidenceError as error:
        findings.add(Code.ENTRY_UNREADABLE, error.message, entry=index)
    return None


def fold(state: LogState, statement: Statement | None, leaf: bytes) -> bool:
    """Take the entry as the next one; say whether the state could follow.

    Where it could not, the object's chain goes on from here, so that one wrong step is not found again at every later
    one.
    """
    if statement is None:
        state.size += 1
        return False
    try:
        state.apply(statement, leaf)
    except EvidenceError:
        state.heads[statement.object] = Head(state.size, leaf, state.state_of(statement.object) or "unknown")
        if statement.second is not None:
            state.seconds.add(statement.second)
        state.size += 1
        return False
    return True


def _fault_of_added_key(state: LogState, statement: Statement, added: KeyAdded) -> MarkError | None:
    """Return what is wrong with a new key apart from its own proof, which is not published."""
    try:
        if statement.object != key_uri(state.host, added.kid) or thumbprint(added.jwk) != added.kid:
            raise RefusedError("the object is not the key that is added")
        if import_jwk({**added.jwk, "kid": added.kid}).algorithm != "ES256":
            raise RefusedError("keys of bodies are P-256")
        if added.body not in state.bodies or state.bodies[added.body].state != "active":
            raise RefusedError("a key is added for an accredited body")
        if (added.body, added.no) in state.key_numbers:
            raise RefusedError("the key number was used before")
    except EvidenceError as error:
        return error
    return None
