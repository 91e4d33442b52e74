"""Admission: how a statement becomes an entry of the log, in the order in which it is judged.

Parse strictly, judge by the rules of replay, find the anchor among the published checkpoints, ask whether the
witnesses are there (grants only), open the disclosures, then rows and entry in one transaction. The receipt is signed
after the commit, by whoever answers. The same signing input again gets the first answer; another under the same
(iss, jti) is a conflict. ``look_over`` is everything before the first row: an API worker asks it too, without the last
word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from registry.errors import WitnessesUnavailableError
from registry.rows import queries
from registry.rows.queries import ReceiptClaims, StoredCompanion
from registry.rows.queries_erasure import erase_disclosure
from registry.treaty.admission import check_recognition_files
from registry.treaty.committed import CommittedDocuments
from verifier.encoding import b64u
from verifier.envelope import CLOCK_SKEW
from verifier.errors import ConflictError, NotFoundError, RefusedError
from verifier.mark import TYP as MARK
from verifier.names import parse_name
from verifier.replay.rules import Companions, judge
from verifier.statement import Statement, parse_statement
from verifier.statement.commitment import Disclosure, check_disclosure
from verifier.statement.document import document_of
from verifier.statement.kinds import Effect
from verifier.statement.public import DisclosureErased, KeyAdded, MarkCorrected, MarkIssued

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from registry.log.ledger import Group, LogView
    from registry.publishing.published import Published
    from verifier.injected import Clock, Entropy
    from verifier.replay.state import LogState
    from verifier.trust.root import TrustRoot

CORRECTED = "corrected_"
"""What the kinds of companions begin with that a correction brings."""

HOUR = 3600
OLDEST_ANCHOR = 23 * HOUR
"""One hour less than a verifier allows between anchor and covering checkpoint, so that publishing has its time."""

LONGEST_SILENCE = 6 * HOUR
"""After this long without a quorum nothing is granted."""


@dataclass(frozen=True)
class Submission:
    """A statement with the tokens and disclosures that travel with it; only its shape was checked."""

    statement: Statement
    companions: Companions
    disclosures: tuple[Disclosure, ...]


@dataclass(frozen=True)
class Admission:
    """Where the entry stands and what its receipt says; ``repeated`` when it stood there before."""

    claims: ReceiptClaims
    repeated: bool

    @property
    def index(self) -> int:
        """The entry's place in the log."""
        return self.claims.index


@dataclass(frozen=True)
class Office:
    """What admission is given: the trust root, the published checkpoints, clock and entropy."""

    root: TrustRoot
    published: Published
    clock: Clock
    entropy: Entropy


def read_submission(
    statement: str, companions: Companions | None = None, disclosures: tuple[Disclosure, ...] = ()
) -> Submission:
    """Return the submission. Raises EnvelopeError, MalformedError, StatementError or NewerVersionError."""
    return Submission(parse_statement(statement), companions or Companions(), disclosures)


def accept(submission: Submission, group: Group, state: LogState, office: Office) -> Admission:
    """Admit the submission into the group. It is admitted once the group is committed, not before.

    Raises ConflictError, RefusedError, SignatureError, StatementError or WitnessesUnavailableError, and then the group
    must undo the request.
    """
    earlier = look_over(submission, group, state, office)
    if earlier is not None:
        return earlier
    index = group.append(submission.statement)
    store_companions(submission, index, group)
    claims = ReceiptClaims(index, b64u(office.entropy(16)), office.clock())
    group.rows.give_receipt(claims)
    return Admission(claims, repeated=False)


def look_over(submission: Submission, log: LogView, state: LogState, office: Office) -> Admission | None:
    """Judge the submission against one state of the log; return the first answer when it was admitted before.

    Raises as ``accept`` does. Nothing is written.
    """
    statement = submission.statement
    earlier = _earlier(statement, log)
    if earlier is not None:
        return Admission(earlier, repeated=True)
    now = office.clock()
    _judge(submission, with_earlier(submission, state, log.reading), state, office.root, now=now)
    documents = CommittedDocuments(log.reading, office.published)
    check_recognition_files(submission, state, documents, zone=office.root.content.zone)
    _check_anchor(statement, office.published, now=now)
    _check_reserved(submission, log)
    _check_disclosures(submission)
    return None


def _earlier(statement: Statement, log: LogView) -> ReceiptClaims | None:
    taken = log.index_of_token_id(statement.iss, statement.jti)
    if taken is None:
        return None
    if log.entry(taken).rpartition(b".")[0] != statement.token.signing_input:
        raise ConflictError(
            f"entry {taken} is another statement under the same iss and jti", hint="Draw a new jti.", head=taken
        )
    return log.receipt(taken)


def with_earlier(submission: Submission, state: LogState, connection: Connection) -> Companions:
    """Return the submission's tokens, for a correction with the mark that it takes the place of."""
    record = state.marks.get(submission.statement.object)
    if not isinstance(submission.statement.public, MarkCorrected) or record is None:
        return submission.companions
    index = record.version.index
    tokens = {one.digest: one.token for one in queries.companions(connection, index, index + 1)}
    return replace(submission.companions, earlier=tokens.get(record.mark_sha256))


def _judge(submission: Submission, companions: Companions, state: LogState, root: TrustRoot, *, now: int) -> None:
    try:
        judge(state, root, submission.statement, companions, now=now)
    except NotFoundError as error:
        # To the judge what is missing may turn up; to admission whoever submits has to bring everything.
        raise RefusedError(error.message, hint=error.hint) from error


def _check_anchor(statement: Statement, published: Published, *, now: int) -> None:
    if statement.anchor is None:
        return
    is_grant = statement.kind.effect is Effect.GRANT
    latest = published.latest()
    if is_grant and (latest is None or latest.time < now - LONGEST_SILENCE):
        raise WitnessesUnavailableError(
            "no checkpoint met the witness policy for six hours", hint="Sign again when the witnesses are back."
        )
    anchor = published.at(statement.anchor.size)
    if anchor is None or b64u(anchor.root) != statement.anchor.root:
        raise RefusedError("the anchor names no published checkpoint", hint="Fetch log/checkpoint and sign again.")
    if is_grant and statement.iat < anchor.time - CLOCK_SKEW:
        raise RefusedError("the statement is dated before its anchor", hint="Check the clock of the signing machine.")
    if is_grant and anchor.time < now - OLDEST_ANCHOR:
        raise RefusedError("the anchor is too old", hint="Fetch log/checkpoint and sign again.")


def _check_reserved(submission: Submission, log: LogView) -> None:
    public, companions = submission.statement.public, submission.companions
    if not isinstance(public, MarkIssued) or companions.mark is None:
        return
    reserved = log.reservation(parse_name(submission.statement.object).value)
    if reserved is None:
        raise RefusedError("the mark id was not reserved", hint="Reserve an id when the case opens.")
    wanted = (submission.statement.iss, public.scheme, public.tier, public.status.list, public.status.idx)
    if wanted != (reserved.body, reserved.scheme, reserved.level, reserved.status_list, reserved.status_idx):
        raise RefusedError("the mark id was reserved for another body, tier or status place")
    # The judge has read and verified this very token.
    if companions.token(companions.mark, MARK).payload["scs"]["number"] != reserved.number:
        raise RefusedError("the mark carries another registration number than the reserved one")


def _check_disclosures(submission: Submission) -> None:
    statement = submission.statement
    for disclosure in submission.disclosures:
        check_disclosure(disclosure, log=statement.log, object=statement.object, sd=statement.sd)


def store_companions(submission: Submission, index: int, group: Group) -> None:
    """Store what travels with the entry at ``index``: tokens, the use of the second person's, opened commitments."""
    statement = submission.statement
    for kind, digest, token in companions_of(submission):
        if token is not None:
            mark = mark_beside(statement, kind)
            group.rows.companion(StoredCompanion(index, kind, digest, mark, token))
    if statement.second is not None:
        group.rows.use_token(group.reading, "second", statement.second)
    for disclosure in submission.disclosures:
        queries.add_disclosure(group.connection, index, statement.object, disclosure)
    if isinstance(statement.public, DisclosureErased):
        commitment = statement.public.commitment
        erase_disclosure(group.connection, index, log=statement.log, commitment=commitment)


def mark_beside(statement: Statement, kind: str) -> str | None:
    """Return the id of the mark that a companion of the statement is published with, None where it stands alone."""
    is_part = isinstance(statement.public, MarkIssued) or kind.startswith(CORRECTED)
    return parse_name(statement.object).value if is_part else None


def companions_of(submission: Submission) -> Iterator[tuple[str, str, str | None]]:
    """Yield kind, digest and token of what the judged statement refers to; what it does not name is not kept."""
    statement, companions = submission.statement, submission.companions
    if statement.second is not None:
        yield "second", statement.second, companions.second
    match statement.public:
        case MarkIssued() as issued:
            yield "mark", issued.mark_sha256, companions.mark
            yield "seal", issued.seal_sha256, companions.seal
        case MarkCorrected() as corrected:
            yield f"{CORRECTED}mark", corrected.mark_sha256, companions.mark
            yield f"{CORRECTED}seal", corrected.seal_sha256, companions.seal
        case KeyAdded() as added:
            yield "proof", added.proof, companions.proof
        case _:
            pinned = document_of(statement)
            if pinned is not None:
                yield "document", pinned, companions.document
