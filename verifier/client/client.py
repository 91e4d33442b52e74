"""The client: one question, one verdict, with a network or without."""

from __future__ import annotations

import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import httpx

from verifier.answer_receipt import parse_answer_receipt, verify_answer_receipt
from verifier.check.listed import listed_marks_of, subjects_about
from verifier.client.kept import Kept
from verifier.edge.client import HttpFetcher, open_client
from verifier.edge.question import Question, question_of_text
from verifier.edge.root_store import read_root
from verifier.encoding import read_object
from verifier.errors import EvidenceError, MalformedError, MarkError, StatementError, UnavailableError, WrongUseError
from verifier.examine.examination import Presented
from verifier.gather import gather_mark, gather_subjects
from verifier.identifier import parse_identifier
from verifier.policy import About, AllOf, AtLeast
from verifier.tier import parse_tier
from verifier.trust.root import TrustRoot, pin
from verifier.verify import present, verify, verify_text

if TYPE_CHECKING:
    from verifier.answer_receipt import AnswerReceipt
    from verifier.bundle import Bundle
    from verifier.check.listed import Listed
    from verifier.gather import Fetcher
    from verifier.injected import Clock
    from verifier.policy import Policy
    from verifier.verdict import Verdict


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
        return self._kept.root(self._pinned) if self._kept is not None else self._pinned

    def verify(
        self,
        what: str,
        *,
        require: str | None = None,
        expect: str | None = None,
        policy: Policy | None = None,
        as_of: int | None = None,
        offline: bool = False,
    ) -> Verdict:
        """Return the verdict on a mark: the text of its QR, its token, its address or its id.

        ``require`` is the tier that is enough, ``expect`` the identifier of who should hold it, ``policy`` what else is
        demanded; ``as_of`` the instant (UTC seconds) at which dates are judged. Without a network, or with
        ``offline``, what is kept is judged, and the verdict says as of when. Raises WrongUseError only.
        """
        if not isinstance(what, str):
            raise WrongUseError(
                f"what is to be verified is a text, not {type(what).__name__}",
                hint="Give the text of the QR, the token, the address or the id.",
            )
        demand = _demand(require, expect, policy)
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
        return judge(bundle=bundle, root=self.root, now=self._now(), as_of=as_of, demand=demand, live=live)

    def organisation(self, identifier: str) -> Listed:
        """Return the marks that a proven directory lists for an identifier; none is proven as well.

        Raises UnavailableError when the registry cannot be reached, EvidenceError when what it serves does not hold.
        """
        number = parse_identifier(identifier)
        bundle = gather_subjects(self._fetcher, subjects_about(number, self._pinned.host))
        return listed_marks_of(str(number), bundle, root=self.root, now=self._now())

    def ask(self, **question: Any) -> AnswerReceipt:
        """Ask the verification service and return its signed answer, whose signature holds and which is the answer.

        ``question`` has the members of a look-up, such as ``mark``, ``identifier``, ``policy``, ``nonce``. The receipt
        is to be filed: with the evidence (``evidence=True``) anyone makes the answer again. Raises UnavailableError,
        EvidenceError.
        """
        try:
            answered = self._http.post(f"{self._service}/verification/v1/lookups", json=question)
        except httpx.HTTPError as error:
            raise UnavailableError(f"{self._service} cannot be reached: {error}") from error
        if answered.status_code in (400, 422):
            raise WrongUseError(_detail(answered) or "the service does not take the question")
        if answered.status_code != 200:
            raise UnavailableError(f"{self._service} answers {answered.status_code}: {_detail(answered)}")
        document = read_object(answered.content)
        receipt = parse_answer_receipt(str(document.get("receipt")))
        verify_answer_receipt(receipt, self.root)
        if receipt.said.answer != document.get("answer") or receipt.said.nonce != question.get("nonce"):
            raise StatementError("the receipt is about another answer")
        return receipt

    def refresh(self) -> tuple[str, ...]:
        """Fetch the evidence about every kept mark anew; return the ids for which that could not be done."""
        if self._kept is None:
            raise WrongUseError("nothing is kept", hint="Give the client a folder: keep=...")
        return tuple(one for one in self._kept.marks() if not self._evidence(one, offline=False)[1])

    def _evidence(self, mark_id: str, *, offline: bool) -> tuple[Bundle | None, bool]:
        """Return the evidence about a mark and whether it was fetched for this question."""
        if not offline:
            try:
                bundle = gather_mark(self._fetcher, mark_id, self._pinned.host)
            except (UnavailableError, EvidenceError):
                pass  # What is kept says what was true at its time; the verdict says which time that is.
            else:
                if self._kept is not None:
                    self._kept.keep(self._pinned, mark_id, bundle)
                return bundle, True
        return (self._kept.evidence(mark_id, self._pinned.origin) if self._kept is not None else None), False


def _demand(require: str | None, expect: str | None, policy: Policy | None) -> Policy:
    demands: list[Policy] = [policy] if policy is not None else []
    try:
        demands += [AtLeast(parse_tier(require))] if require is not None else []
        demands += [About(parse_identifier(expect))] if expect is not None else []
    except MarkError as error:
        raise WrongUseError(error.message, hint=error.hint) from error
    return AllOf(tuple(demands))


def _detail(answered: httpx.Response) -> str:
    try:
        return str(read_object(answered.content).get("detail", ""))
    except MalformedError:
        return ""
