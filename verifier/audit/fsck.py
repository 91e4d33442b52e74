"""fsck: everything that is published is derived again from the entries, and whatever differs is reported.

It looks at bytes, not at rules: whether an entry was allowed is the audit's question. Afterwards every tile, bundle,
checkpoint line, directory file, token and proof is what the entries and the trust root make it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.audit.chain import read_chain
from verifier.audit.epochs import check_pointer
from verifier.audit.finding import Findings
from verifier.audit.fsck_directory import DirectoryCheck, kept_epochs
from verifier.audit.fsck_federation import FederationCheck
from verifier.audit.fsck_strays import Accounted, check_strays
from verifier.audit.fsck_tiles import PartialCheck, TileCheck
from verifier.audit.fsck_tokens import Disclosures, TokenCheck, check_entity_configuration
from verifier.audit.heads import Heads
from verifier.audit.kinds import Code
from verifier.audit.listed_agreements import check_recognition_list
from verifier.audit.listed_bodies import check_trust_list
from verifier.audit.plane import CHECKPOINT, ENTITY_CONFIGURATION, TRUST_LIST, checkpoint_path, optional
from verifier.audit.replay_run import Reached, ReplayRun, Sources
from verifier.audit.report import Counts, Report
from verifier.audit.status_check import StatusCheck
from verifier.directory.proven import POINTER
from verifier.errors import EvidenceError, MarkError, RefusedError
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.tile import TILE_WIDTH
from verifier.log.tree import Frontier
from verifier.replay.state import LogState
from verifier.trust.notice_list import PATH as NOTICES
from verifier.trust.notice_list import notice_list, read_notice_list
from verifier.trust.recognition_list import LATEST as RECOGNITION_LIST

if TYPE_CHECKING:
    from verifier.audit.heads import Head
    from verifier.audit.plane import Listing, Progress
    from verifier.gather import Fetcher
    from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class Published:
    """What is checked: a plane, its listing where it is a folder, and the trust root it is checked under."""

    fetcher: Fetcher
    root: TrustRoot
    listing: Listing | None = None
    is_root_given: bool = True


def fsck(published: Published, progress: Progress) -> Report:
    """Return the report on everything published.

    Raises NotFoundError where nothing is published, UnavailableError when the plane cannot be read.
    """
    return _Check(published).run(progress)


class _Check:
    """One check, from the trust roots to the files that nobody can explain."""

    def __init__(self, published: Published) -> None:
        self._published = published
        self._fetcher = published.fetcher
        self._findings = Findings()
        self._counts = Counts()
        if not published.is_root_given:
            self._findings.add(Code.ROOT_NOT_GIVEN)
        self._pointer = optional(self._fetcher, POINTER)
        self._chain = read_chain(self._fetcher, published.root, self._findings)
        self._heads = Heads(self._fetcher, self._chain.newest, self._findings)
        self._state = LogState(self._chain.newest.host)

    def run(self, progress: Progress) -> Report:
        """Check everything."""
        head = self._latest()
        if head is not None:
            self._check_log(head, progress)
        return Report("fsck", self._chain, head, self._counts, self._findings)

    def _latest(self) -> Head | None:
        data = self._fetcher.fetch(CHECKPOINT)
        try:
            signed = SignedCheckpoint.parse(data)
        except EvidenceError as error:
            self._findings.add(Code.MALFORMED_FILE, error.message, path=CHECKPOINT)
            return None
        if signed.serialize() != data:
            self._findings.add(Code.NOT_ITS_FORM, path=CHECKPOINT)
        kept = optional(self._fetcher, checkpoint_path(signed.checkpoint.size))
        if kept is not None and kept.partition(b"\n\n")[0] != data.partition(b"\n\n")[0]:
            self._findings.add(Code.CHECKPOINT_MISPLACED, "not the one kept for its size", path=CHECKPOINT)
        return self._heads.judge(signed, CHECKPOINT)

    def _check_log(self, head: Head, progress: Progress) -> None:
        published = self._published
        sources = Sources(self._fetcher, self._chain, self._heads, self._findings, published.listing)
        run = ReplayRun(sources, Reached(self._state, Frontier()), judging=False)
        tiles = TileCheck(self._fetcher, self._findings)
        tokens = TokenCheck(self._fetcher, self._chain, self._state, self._findings)
        disclosures = Disclosures(self._fetcher, self._state, self._findings)
        kept = kept_epochs(self._fetcher, self._pointer, head.size, published.listing)
        directory = DirectoryCheck(sources, self._state, run.fold, kept=kept)
        for taken in run.entries(head.size):
            tiles.append(taken.data, taken.leaf)
            if taken.statement is not None:
                tokens.take(taken.index, taken.statement)
                disclosures.take(taken.statement)
                directory.take(taken)
            self._counts.take(taken.statement)
            if self._counts.entries % TILE_WIDTH == 0 or self._counts.entries == head.size:
                progress(self._counts.entries, head.size)
        if self._counts.entries == head.size:
            tiles.close()
            run.close(head)
            PartialCheck(self._fetcher, self._findings, head.size).check(run.sizes(head.size), published.listing)
            names = disclosures.check()
            directory.close(names)
            self._check_changing(run, head, names)
            lists = self._status_lists(run, head)
            federation = FederationCheck(self._fetcher, self._chain, self._state, self._findings)
            federation.check()
            if published.listing is not None:
                federation.check_statuses()
                accounted = Accounted(self._state, self._chain, directory, tokens.proofs, lists, head.size)
                check_strays(self._fetcher, published.listing, accounted, self._findings)
        self._counts.checkpoints, self._counts.directories = self._heads.count, run.epochs.count

    def _status_lists(self, run: ReplayRun, head: Head) -> set[int]:
        """Check the status lists; return the numbers of those that the log accounts for."""
        if not run.replayer.is_whole:
            return {no for no, _ in self._state.places}
        check = StatusCheck(self._fetcher, self._chain, self._state, head)
        check.check(self._findings, self._published.listing, all_needed=True)
        return check.numbers

    def _check_notices(self, data: bytes) -> None:
        size = read_notice_list(data).size
        if size <= self._state.size and notice_list(self._state, size) != data:
            raise RefusedError(f"the first {size} entries publish other notices")

    def _check_changing(self, run: ReplayRun, head: Head, names: dict[str, set[str]]) -> None:
        """Check the few files that are replaced: pointer, lists, entity configuration."""
        check_pointer(self._pointer, run.epochs.newest, self._findings, as_of=head.time or 0)
        trust_list = optional(self._fetcher, TRUST_LIST)
        configuration = optional(self._fetcher, ENTITY_CONFIGURATION)
        try:
            if trust_list is not None:
                check_trust_list(trust_list, self._chain, self._state, names=names)
        except MarkError as error:
            self._findings.add(Code.TRUST_LIST_WRONG, error.message, path=TRUST_LIST)
        recognition_list = optional(self._fetcher, RECOGNITION_LIST)
        try:
            if recognition_list is not None:
                check_recognition_list(recognition_list, self._chain, self._state)
        except MarkError as error:
            self._findings.add(Code.RECOGNITION_LIST_WRONG, error.message, path=RECOGNITION_LIST)
        notices = optional(self._fetcher, NOTICES)
        try:
            if notices is not None:
                self._check_notices(notices)
        except MarkError as error:
            self._findings.add(Code.NOTICES_WRONG, error.message, path=NOTICES)
        try:
            if configuration is not None:
                check_entity_configuration(configuration, self._chain, self._state)
        except MarkError as error:
            self._findings.add(Code.ENTITY_CONFIGURATION_WRONG, error.message, path=ENTITY_CONFIGURATION)
