"""What stands beside an entry that recovery writes back: tokens, opened commitments, reservation, receipt.

Everything is read from the public folder and taken only where the entry names its digest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.admission.accept import CORRECTED, Submission, companions_of, mark_beside, store_companions, with_earlier
from registry.admission.beside import companion_path
from registry.admission.reserve import free_place
from registry.rows import queries
from registry.rows.queries import ReceiptClaims, Reserved
from registry.rows.queries_recovery import reserved_numbers
from verifier.encoding import b64u, digest, read_object
from verifier.errors import EvidenceError, MalformedError
from verifier.log.merkle import leaf_hash
from verifier.mark import parse_mark
from verifier.markid import new_mark_id
from verifier.names import authority_uri, parse_name
from verifier.replay.rules import Companions, judge
from verifier.statement.commitment import Disclosure, commit, read_disclosure
from verifier.statement.document import read_document
from verifier.statement.public import MarkIssued

if TYPE_CHECKING:
    from registry.log.ledger import Group, Ledger
    from registry.publishing.files import PublicFolder
    from verifier.injected import Entropy
    from verifier.replay.state import LogState
    from verifier.statement import Statement
    from verifier.trust.root import TrustRoot


class Restorer:
    """Writes entries back with what stands beside them, following the state of the log."""

    def __init__(self, public: PublicFolder, root: TrustRoot, state: LogState, entropy: Entropy) -> None:
        self.public = public
        self.root = root
        self._state = state
        self.entropy = entropy
        self.missing: list[str] = []
        """What an entry names and the public folder does not hold, in words."""

    def restore(self, statement: Statement, group: Group) -> None:
        """Append an entry that a signed root covers. Raises RefusedError when no step of its object leads there."""
        companions = self._companions(statement)
        self._append(statement, companions, group)

    def admit(self, statement: Statement, group: Group) -> None:
        """Append an entry that nothing covers yet, as admission would. Raises what admission raises."""
        companions = self._companions(statement)
        whole = with_earlier(Submission(statement, companions, ()), self._state, group.connection)
        judge(self._state, self.root, statement, whole, now=statement.iat)
        self._append(statement, companions, group)

    def _append(self, statement: Statement, companions: Companions, group: Group) -> None:
        index = group.append(statement)
        self._state.apply(statement, leaf_hash(statement.entry))
        store_companions(Submission(statement, companions, self._disclosures(statement)), index, group)
        # The first receipt's id is lost; another receipt for a published entry promises nothing new.
        group.rows.give_receipt(ReceiptClaims(index, b64u(self.entropy(16)), statement.iat))
        if isinstance(statement.public, MarkIssued) and companions.mark is not None:
            self._reserve(statement, statement.public, companions.mark, group)

    def _companions(self, statement: Statement) -> Companions:
        found: dict[str, str] = {}
        for kind, wanted, _ in companions_of(Submission(statement, Companions(), ())):
            path = companion_path(kind, wanted, mark=mark_beside(statement, kind))
            token = (self.public.read(path) or b"").decode("utf-8", "replace")
            if _fits(kind, token, wanted):
                found[kind.removeprefix(CORRECTED)] = token
            else:
                self.missing.append(f"entry {self._state.size}: {path}")
        return Companions(**found)

    def _disclosures(self, statement: Statement) -> tuple[Disclosure, ...]:
        name = parse_name(statement.object)
        shown = self.public.read(f"e/{name.value}.json") if name.kind == "e" and statement.sd else None
        if shown is None:
            return ()
        listed = read_object(shown).get("disclosures")
        if not isinstance(listed, list):
            raise MalformedError(f"e/{name.value}.json lists no disclosures")
        opened = [read_disclosure(one) for one in listed]
        log, uri = statement.log, statement.object
        return tuple(one for one in opened if commit(log=log, object=uri, disclosure=one) in statement.sd)

    def _reserve(self, statement: Statement, issued: MarkIssued, mark: str, group: Group) -> None:
        mark_id, number = parse_name(statement.object).value, parse_mark(mark).content.number
        if queries.reservation(group.connection, mark_id) is None:
            reserved = Reserved(
                mark=mark_id,
                number=number,
                status_list=issued.status.list,
                status_idx=issued.status.idx,
                body=statement.iss,
                scheme=issued.scheme,
                level=issued.tier,
            )
            queries.add_reservation(group.connection, reserved, number.rpartition("-")[0])


def fill_numbers(ledger: Ledger, host: str, entropy: Entropy) -> None:
    """Use up registration numbers below the highest known one whose reservations are lost: none is given out twice."""
    with ledger.group() as group:
        for prefix, counters in reserved_numbers(group.connection).items():
            for lost in sorted(set(range(1, max(counters))) - counters):
                status_list, status_idx = free_place(group.connection, entropy)
                used_up = Reserved(
                    mark=new_mark_id(entropy),
                    number=f"{prefix}-{lost:06d}",
                    status_list=status_list,
                    status_idx=status_idx,
                    # No body is the authority: no issuance fits this reservation.
                    body=authority_uri(host),
                    scheme="",
                    level=0,
                )
                queries.add_reservation(group.connection, used_up, prefix)


def _fits(kind: str, token: str, wanted: str) -> bool:
    if kind != "document":
        return digest(token.rpartition(".")[0].encode()) == wanted
    try:
        read_document(token, sha256=wanted)
    except EvidenceError:
        return False
    return True
