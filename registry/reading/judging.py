"""What the reader judges: a mark by its id, or a text that somebody pasted, by the evidence in the public folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.check.listed import listed_marks_of, subjects_about
from verifier.errors import MarkError
from verifier.examine.examination import Presented
from verifier.gather import Fetcher, gather_mark, gather_subjects
from verifier.identifier import parse_identifier
from verifier.mark import parse_mark
from verifier.verify import present, verify, verify_text

if TYPE_CHECKING:
    from verifier.bundle import Bundle
    from verifier.check.listed import Listed
    from verifier.edge.question import Question
    from verifier.trust.root import TrustRoot
    from verifier.verdict import Verdict


def judge_id(fetcher: Fetcher, mark_id: str, *, root: TrustRoot, now: int, host: str | None = None) -> Verdict:
    """Return the verdict on a mark id as shown under ``host``, by default the registry's own."""
    shown_under = host or root.host
    bundle = gather_mark(fetcher, mark_id, root.host)
    mark = parse_mark(bundle.mark) if bundle.mark is not None and shown_under == root.host else None
    return verify(Presented(mark_id, shown_under, mark=mark), bundle=bundle, root=root, now=now, live=True)


def organisation_listed(fetcher: Fetcher, identifier: str, *, root: TrustRoot, now: int) -> Listed | None:
    """Return what the directory, once it is proven, lists for an organisation; None where it cannot be proven now."""
    subjects = subjects_about(parse_identifier(identifier), root.host)
    try:
        return listed_marks_of(identifier, gather_subjects(fetcher, subjects), root=root, now=now)
    except MarkError:
        return None


def judge_text(fetcher: Fetcher, text: str, *, root: TrustRoot, now: int) -> Verdict:
    """Return the verdict on the text of a QR or on a mark's token."""
    try:
        bundle: Bundle | None = gather_mark(fetcher, present(text).id, root.host)
    except MarkError:
        bundle = None
    return verify_text(text, bundle=bundle, root=root, now=now, live=True)


def judge_question(
    fetcher: Fetcher, question: Question, *, root: TrustRoot, now: int, bundle: Bundle | None = None
) -> Verdict:
    """Return the verdict on what somebody asks about; by ``bundle`` alone where that is what they ask about."""
    if question.text is None:
        return judge_id(fetcher, question.mark_id or "", root=root, now=now, host=question.host)
    if bundle is not None:
        return verify_text(question.text, bundle=bundle, root=root, now=now)
    return judge_text(fetcher, question.text, root=root, now=now)
