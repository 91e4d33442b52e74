"""Answers to questions about marks and organisations: a pure function of question, evidence, trust root and time.

The verification service answers with it, and whoever holds the evidence makes the same answer again. Specification:
docs/specification/verification-receipt.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.check.judge import Case, judge_listed, state_at
from verifier.check.listed import listed_marks_of
from verifier.check.receipt import CheckpointAnchor, DirectoryAnchor
from verifier.encoding import b64u
from verifier.errors import NotFoundError, UnavailableError
from verifier.examine.examination import Presented
from verifier.identifier import parse_identifier
from verifier.log.checkpoint import SignedCheckpoint
from verifier.mark import parse_mark
from verifier.policy import About, AllOf
from verifier.statement import parse_statement
from verifier.statement.public import DirectoryPublished
from verifier.verify import verify, verify_text

if TYPE_CHECKING:
    from verifier.answer_receipt import AskedFor
    from verifier.bundle import Bundle
    from verifier.check.listed import Listed
    from verifier.policy import Policy
    from verifier.requirement import Requirement
    from verifier.trust.root import TrustRoot
    from verifier.verdict import Verdict


@dataclass(frozen=True)
class Judge:
    """What an answer is made with beside the evidence: the trust root and the present (UTC seconds)."""

    root: TrustRoot
    now: int


def answer_about_mark(
    asked: AskedFor, bundle: Bundle, judge: Judge, *, requirement: Requirement | None
) -> dict[str, Any]:
    """Return the answer about a mark id as shown under the registry's own host or the one that the question names."""
    root, shown_under = judge.root, asked.shown_under or judge.root.host
    mark = parse_mark(bundle.mark) if bundle.mark is not None and shown_under == root.host else None
    presented = Presented(asked.mark or "", shown_under, mark=mark)
    demand = _demand(asked, requirement, root)
    verdict = verify(presented, bundle=bundle, root=root, now=judge.now, as_of=asked.as_of, demand=demand, live=True)
    return _of_verdict(verdict, asked, bundle)


def answer_about_text(
    text: str, asked: AskedFor, bundle: Bundle | None, judge: Judge, *, requirement: Requirement | None
) -> dict[str, Any]:
    """Return the answer about the text of a QR or a mark's token; ``bundle`` is None where nothing belongs to it."""
    root = judge.root
    demand = _demand(asked, requirement, root)
    verdict = verify_text(text, bundle=bundle, root=root, now=judge.now, as_of=asked.as_of, demand=demand, live=True)
    return _of_verdict(verdict, asked, bundle)


def answer_about_identifier(
    asked: AskedFor, bundle: Bundle, judge: Judge, *, requirement: Requirement | None
) -> dict[str, Any]:
    """Return the answer about an organisation: what the directory lists under its number, or that it lists nothing.

    With a requirement it says whether that is enough. Raises as ``listed_marks_of``.
    """
    listed = listed_marks_of(asked.identifier or "", bundle, root=judge.root, now=judge.now)
    answer: dict[str, Any] = {
        "kind": "identifier",
        "found": bool(listed.marks or listed.recognised or listed.declared),
        "as_of": asked.as_of,
        "known_at": listed.as_of,
        "marks": [{**line._asdict(), "state_as_of": state_at(line, asked.as_of)} for line in listed.marks],
        "recognised": [vars(one) for one in listed.recognised],
        "declared": listed.declared,
        "searched": {"subjects": [str(listed.identifier)], "directory_size": listed.size},
    }
    return answer | ({"outcome": _outcome(listed, asked, judge, requirement)} if requirement else {})


def anchors_of(bundle: Bundle) -> tuple[CheckpointAnchor, DirectoryAnchor]:
    """Return the checkpoint and the directory epoch that evidence stands on. They are named here, not judged.

    Raises UnavailableError while the registry publishes no directory.
    """
    part = bundle.directory
    entry = next((one for one in bundle.statements if part and one.index == part.entry), None)
    if bundle.latest is None or part is None or entry is None:
        raise UnavailableError("the registry publishes no directory yet", hint="Ask again in a moment.")
    statement = parse_statement(entry.compact)
    if not isinstance(statement.public, DirectoryPublished):
        raise NotFoundError("the evidence holds no directory")
    head, public = SignedCheckpoint.parse(bundle.latest).checkpoint, statement.public
    directory = DirectoryAnchor(entry=part.entry, size=public.size, root=public.root, as_of=statement.iat)
    return CheckpointAnchor(size=head.size, root=b64u(head.root)), directory


def _demand(asked: AskedFor, requirement: Requirement | None, root: TrustRoot) -> Policy:
    subject = parse_identifier(asked.subject) if asked.subject is not None else None
    demands: list[Policy] = [About(subject)] if subject is not None else []
    demands += [requirement.policy(root.content.zone, subject)] if requirement is not None else []
    return AllOf(tuple(demands))


def _of_verdict(verdict: Verdict, asked: AskedFor, bundle: Bundle | None) -> dict[str, Any]:
    subject = asked.mark or (verdict.mark.id if verdict.mark else None)
    searched: dict[str, Any] = {"subjects": [subject] if subject else []}
    searched |= {"directory_size": anchors_of(bundle)[1].size} if bundle is not None else {}
    return {"kind": "mark", "verdict": verdict.members(), "searched": searched}


def _outcome(listed: Listed, asked: AskedFor, judge: Judge, requirement: Requirement) -> dict[str, Any]:
    content = judge.root.content
    case = Case(
        requirement=requirement,
        host=judge.root.host,
        zone=content.zone,
        environment=content.environment,
        at=asked.as_of,
        now=judge.now,
        as_of=listed.as_of,
    )
    return judge_listed(listed, case).members()
