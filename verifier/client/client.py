"""The client: one question, one verdict, with a network or without."""

from __future__ import annotations

import time
import warnings
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import httpx

from verifier.answer_again import check_answer, trust_roots_in
from verifier.answer_receipt import receipt_in, verify_answer_receipt
from verifier.check.listed import listed_marks_of, subjects_about
from verifier.client.asking import asking
from verifier.client.followed import FollowedRoot
from verifier.client.kept import Kept
from verifier.client.policy_file import demand_of, instant_of
from verifier.directory.proven import fetch_roots
from verifier.edge.client import HttpFetcher, ask_repeatable, open_client
from verifier.edge.question import Question, question_of_text
from verifier.edge.root_store import read_root
from verifier.encoding import read_object
from verifier.errors import (
    EvidenceError,
    MalformedError,
    MarkError,
    NotFoundError,
    UnavailableError,
    WrongUseError,
)
from verifier.examine.examination import Presented
from verifier.gather import gather_mark, gather_subjects
from verifier.identifier import parse_identifier
from verifier.trust.root import pin
from verifier.verify import present, verify, verify_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.answer_receipt import AnswerReceipt
    from verifier.bundle import Bundle
    from verifier.check.listed import Listed
    from verifier.client.policy_file import PolicyFile
    from verifier.gather import Fetcher
    from verifier.identifier import Identifier
    from verifier.injected import Clock
    from verifier.policy import Policy
    from verifier.trust.root import TrustRoot
    from verifier.verdict import Verdict

_NO_SUCH_ADDRESS = (404, 405, 410, 501)
"""The service itself answers a look-up with none of them: "none" is an answer."""


class Client:
    """Verifies marks of one registry by the trust root that the caller pinned.

    ``root`` is the file (or the bytes) of a version of the trust root that came by a way of its own; newer versions are
    followed from it. ``keep`` is a folder for what was proven, None to keep nothing. ``via`` is an address to read from
    instead of the registry's own: what it serves is judged all the same. One client serves many threads.
    """

    def __init__(
        self,
        root: str | Path | bytes,
        *,
        keep: str | Path | None = None,
        via: str | None = None,
        service: str | None = None,
        now: Clock = lambda: int(time.time()),
    ) -> None:
        self._pinned = pin(root) if isinstance(root, bytes) else read_root(Path(root))
        self._kept = Kept(Path(keep)) if keep is not None else None
        self._followed = FollowedRoot(self._pinned, self._kept)
        self._now = now
        self._open = ExitStack()
        self._http = self._open.enter_context(open_client())
        home = f"https://{self._pinned.host}"
        self._fetcher: Fetcher = HttpFetcher(via or home, self._http)
        self._service = (service or via or home).rstrip("/")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; what is kept stays."""
        self._open.close()

    @property
    def root(self) -> TrustRoot:
        """The newest trust root that is known and follows from the pinned one."""
        return self._followed.newest()

    def verify(
        self,
        what: str,
        *,
        require: str | None = None,
        expect: str | None = None,
        policy: Policy | PolicyFile | None = None,
        as_of: int | str | None = None,
        offline: bool = False,
    ) -> Verdict:
        """Return the verdict on a mark: the text of its QR, its token, its address or its id.

        ``require`` is the tier that is enough, ``expect`` the identifier of who should hold it, ``policy`` what else is
        demanded: a policy file's path, text, bytes or members, or a policy of ``verifier.policy``. ``as_of`` is when
        dates are judged: UTC seconds, or a text as in ``ask``. Without a network, or with ``offline``, what is kept is
        judged, and the verdict says as of when. Raises WrongUseError only; a folder that cannot be written is a
        RuntimeWarning.
        """
        if not isinstance(what, str):
            raise WrongUseError(
                f"what is to be verified is a text, not {type(what).__name__}",
                hint="Give the text of the QR, the token, the address or the id.",
            )
        zone = self.root.content.zone
        demand, instant = demand_of(require, expect, policy, zone=zone), instant_of(as_of, zone=zone)
        try:
            question = question_of_text(what)
            shown = present(question.text) if question.text is not None else None
        except EvidenceError:
            question, shown = Question(text=what), None
        mark_id = shown.id if shown is not None else question.mark_id
        bundle, live = self._evidence(mark_id, offline=offline) if mark_id is not None else (None, False)
        if question.text is not None:
            judge = partial(verify_text, question.text)
        else:
            judge = partial(verify, Presented(question.mark_id or "", question.host or self._pinned.host))
        return judge(bundle=bundle, root=self.root, now=self._now(), as_of=instant, demand=demand, live=live)

    def organisation(self, identifier: str, *, offline: bool = False) -> Listed:
        """Return the marks that a proven directory lists for an identifier; none is proven as well.

        The answer is as of the directory's time, ``as_of``. With ``offline`` it is from what was kept when the same
        identifier was asked after before. Raises WrongUseError for what is no text and MalformedError for what is no
        identifier, UnavailableError when the registry cannot be reached or nothing is kept, EvidenceError when what it
        serves does not hold.
        """
        if not isinstance(identifier, str):
            raise WrongUseError(f"an identifier is a text, not {type(identifier).__name__}", hint="Such as 0188-...")
        number = parse_identifier(identifier)
        bundle = self._kept_listing(number) if offline else self._listing(number)
        listed = listed_marks_of(str(number), bundle, root=self.root, now=self._now())
        if not offline:
            self._keep_listing(number, bundle)
        return listed

    def ask(self, **question: Any) -> AnswerReceipt:
        """Ask the verification service and return its signed answer, to exactly this question and not an old one.

        ``question`` has the members of a look-up, such as ``mark``, ``identifier``, ``evidence``; ``policy`` is as in
        ``verify``. Without a ``nonce`` one is drawn. The receipt is to be filed: it is what the service said. With
        ``evidence=True`` the answer was made again here, and ``receipt.evidence`` is the file by which anyone does so.
        An answer of another time than the clock's is refused. Raises WrongUseError, UnavailableError, EvidenceError.
        """
        asked = asking(question, root=self.root, now=self._now())
        document = self._looked_up(asked.members)
        now, receipt = self._now(), receipt_in(document)
        asked.check(receipt, document.get("answer"), now=now)
        root = self._root_for(receipt)
        verify_answer_receipt(receipt, root)
        if receipt.evidence is not None:
            check_answer(receipt, receipt.evidence, root, text=asked.text)
        return receipt

    def refresh(self) -> tuple[str, ...]:
        """Fetch the evidence about every kept mark and organisation anew.

        Return the ids and identifiers for which that could not be done. Raises WrongUseError where nothing is kept.
        """
        if self._kept is None:
            raise WrongUseError("nothing is kept", hint="Give the client a folder: keep=...")
        failed = []
        for mark_id in self._kept.marks():
            try:
                self._kept.keep(self._pinned, mark_id, gather_mark(self._fetcher, mark_id, self._pinned.host))
            except (UnavailableError, EvidenceError):
                failed.append(mark_id)
        for number in self._kept.identifiers():
            try:
                self._kept.keep_listing(self._pinned, number, self._listing(number))
            except (UnavailableError, EvidenceError):
                failed.append(str(number))
        return tuple(failed)

    def _looked_up(self, members: dict[str, Any]) -> dict[str, Any]:
        try:
            answered = ask_repeatable(self._http, "POST", f"{self._service}/verification/v1/lookups", json=members)
        except httpx.InvalidURL as error:
            raise WrongUseError(f"not an address: {self._service!r}", hint="Write https://HOST.") from error
        except httpx.HTTPError as error:
            raise UnavailableError(f"{self._service} cannot be reached: {error}") from error
        if answered.status_code in (400, 422):
            raise WrongUseError(_detail(answered) or "the service does not take the question")
        if answered.status_code in _NO_SUCH_ADDRESS and not _detail(answered):
            raise WrongUseError(
                f"{self._service} serves no verification service", hint="Name the one to ask: Client(..., service=...)."
            )
        if answered.status_code != 200:
            told = f": {_detail(answered)}" if _detail(answered) else ""
            raise UnavailableError(f"{self._service} answers {answered.status_code}{told}")
        return read_object(answered.content, max_depth=32)

    def _root_for(self, receipt: AnswerReceipt) -> TrustRoot:
        """Return the newest root known, of the evidence too; those that follow are fetched where that is not enough.

        It is not where the root does not list the receipt's key, or had expired when the receipt was given.
        """
        roots = trust_roots_in(receipt.evidence)
        self._followed.learn(roots)
        root = self.root
        if receipt.token.kid not in root.keys or receipt.iat >= root.content.expires:
            roots += tuple(fetch_roots(self._fetcher, root).values())
            self._followed.learn(roots)
        self._keep(lambda kept: kept.learn(self._pinned, roots))
        return self.root

    def _listing(self, number: Identifier) -> Bundle:
        return gather_subjects(self._fetcher, subjects_about(number, self._pinned.host))

    def _kept_listing(self, number: Identifier) -> Bundle:
        kept = self._kept.listing(number) if self._kept is not None else None
        if kept is None:
            hint = "Ask after it once with a network, and give the client a folder: keep=..."
            raise NotFoundError(f"nothing is kept about {number}", hint=hint)
        return kept

    def _keep_listing(self, number: Identifier, bundle: Bundle) -> None:
        self._followed.learn(bundle.trust_roots)
        self._keep(lambda kept: kept.keep_listing(self._pinned, number, bundle))

    def _evidence(self, mark_id: str, *, offline: bool) -> tuple[Bundle | None, bool]:
        """Return the evidence about a mark and whether it was fetched for this question."""
        if not offline:
            try:
                bundle = gather_mark(self._fetcher, mark_id, self._pinned.host)
            except (UnavailableError, EvidenceError):
                pass  # What is kept says what was true at its time; the verdict says which time that is.
            else:
                self._followed.learn(bundle.trust_roots)
                self._keep(lambda kept: kept.keep(self._pinned, mark_id, bundle))
                return bundle, True
        return (self._kept.evidence(mark_id, self._pinned.origin) if self._kept is not None else None), False

    def _keep(self, put: Callable[[Kept], None]) -> None:
        if self._kept is None:
            return
        try:
            put(self._kept)
        except MarkError as error:
            # A full disk makes no verdict wrong; without a network the next one is from what was kept before.
            warnings.warn(f"part of what was proven is not kept: {error.message}", RuntimeWarning, stacklevel=4)


def _detail(answered: httpx.Response) -> str:
    try:
        return str(read_object(answered.content).get("detail", ""))
    except MalformedError:
        return ""
