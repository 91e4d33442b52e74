"""An application to be accredited: folded from its steps, with the rules of each.

open -> proposed (one operator decided) -> granted | refused (another one decided the same) ; granted -> accredited (the
log says so) ; open, proposed -> withdrawn. What is supplied after the first word makes it open again: both decide on
the same papers. Papers stay where they are; the register keeps their digests.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from verifier.encoding import canonical, digest
from verifier.envelope import verify_token
from verifier.errors import RefusedError
from verifier.schema import Closed, Code, Count, Digest, Index, Instant, Label, Level, Many
from verifier.statement.approval import parse_approval

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.applications.rules import Item, Window
    from verifier.trust.root import TrustRoot

PURPOSE = "shirushi application 1"
State = Literal["open", "proposed", "granted", "refused", "accredited", "withdrawn"]


class Terms(Closed):
    """What a body is to be accredited for: its number, levels of a scheme's version, the window [begins, ends)."""

    no: Count
    scheme: Label
    version: Label
    levels: Many[Level]
    begins: Instant
    ends: Instant


class Decision(Closed):
    """An operator's decision: granted on terms, or refused for a reason."""

    outcome: Literal["grant", "refuse"]
    terms: Terms | None = None
    reason: Code | None = None


class Step(Closed):
    """One step: who took it when. ``approval`` is the operator's signature over the subject of the decision."""

    step: Literal["open", "supply", "withdraw", "decide", "accredited"]
    at: Instant
    by: Label
    item: Label | None = None
    sha256: Digest | None = None
    decision: Decision | None = None
    approval: str | None = None
    entry: Index | None = None


@dataclass(frozen=True)
class Application:
    """An application of one body in one window."""

    id: str
    window: str
    role: str
    identifier: str
    name: str
    steps: tuple[Step, ...] = ()
    state: State = "open"
    papers: tuple[tuple[str, str], ...] = ()
    """The newest digest of each item that was supplied, by the item's id."""

    words: tuple[Step, ...] = ()
    """The operators' decisions on the papers as they are."""

    @property
    def is_running(self) -> bool:
        """Say whether nobody has the last word on it yet."""
        return self.state in ("open", "proposed")

    @property
    def decision(self) -> Decision | None:
        """The decision that stands or is proposed."""
        return self.words[-1].decision if self.words else None

    @property
    def entry(self) -> int | None:
        """The log entry that accredited the body."""
        return next((one.entry for one in self.steps if one.step == "accredited"), None)

    def missing(self, items: Iterable[Item]) -> tuple[Item, ...]:
        """Return which of these items were not supplied."""
        supplied = {name for name, _ in self.papers}
        return tuple(one for one in items if one.id not in supplied)

    def subject(self, decision: Decision) -> str:
        """Return what an operator signs: this application with these papers, decided so."""
        about = {"purpose": PURPOSE, "id": self.id, "role": self.role, "identifier": self.identifier, "name": self.name}
        papers = [list(one) for one in self.papers]
        return digest(canonical({**about, "papers": papers, "decision": decision.members()}))

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "id": self.id,
            "window": self.window,
            "role": self.role,
            "identifier": self.identifier,
            "name": self.name,
            "state": self.state,
            "papers": dict(self.papers),
            "steps": [one.members() for one in self.steps],
        }


def begin(
    application: Application, step: Step, window: Window, *, zone: str, running: Iterable[Application]
) -> Application:
    """Return an application that is opened within its window, the body's only running one for the role.

    Raises RefusedError.
    """
    if not window.is_open(step.at, zone):
        raise RefusedError(
            f"the window {window.id} takes applications from {window.opens} to {window.closes}",
            hint="Wait for the next.",
        )
    for other in running:
        same = (other.identifier, other.role) == (application.identifier, application.role)
        if same and other.is_running:
            raise RefusedError(f"{other.id} is running for the same body and role", hint="Withdraw it first.")
    return _after(application, step)


def supply(application: Application, step: Step, items: Iterable[Item]) -> Application:
    """Return the application with one more paper; a newer one takes the place of an older. Raises RefusedError."""
    _check_running(application, step)
    known = [one.id for one in items]
    if step.item not in known:
        raise RefusedError(f"{step.item!r} is no item for {application.role}", hint=f"One of {', '.join(known)}.")
    return _after(application, step)


def withdraw(application: Application, step: Step) -> Application:
    """Return the application taken back by the body. Raises RefusedError."""
    _check_running(application, step)
    return _after(application, step)


def decide(application: Application, step: Step, items: Iterable[Item]) -> Application:
    """Return the application after an operator's word: the first one proposes, another operator's same word decides.

    Raises RefusedError while items are missing that a grant needs, or when the two differ.
    """
    _check_running(application, step)
    decision = step.decision
    if decision is None or (decision.outcome == "grant") != (decision.terms is not None):
        raise RefusedError("a grant names its terms, and a refusal has none")
    if (decision.outcome == "refuse") != (decision.reason is not None):
        raise RefusedError("a refusal names its reason, and a grant has none")
    if decision.terms is not None and decision.terms.ends <= decision.terms.begins:
        raise RefusedError("the accreditation would end before it begins")
    missing = application.missing(items)
    if decision.outcome == "grant" and missing:
        raise RefusedError(
            f"missing: {', '.join(one.id for one in missing)}", hint="shirushi registry application check"
        )
    earlier = application.words[-1] if application.words else None
    if earlier is not None and earlier.by != step.by and earlier.decision != decision:
        raise RefusedError(f"{earlier.by} decided otherwise", hint="Agree first: the one who proposed decides again.")
    return _after(application, step)


def accredited(application: Application, step: Step) -> Application:
    """Return the application after the log took the accreditation. Raises RefusedError unless it was granted."""
    if application.state != "granted" or step.entry is None:
        raise RefusedError("only what two operators granted becomes an accreditation")
    return _after(application, step)


def check_words(application: Application, root: TrustRoot) -> None:
    """Two operators of the trust root signed the same decision on this application with these papers.

    The register is a file that somebody may have written to: nothing follows from it before this was checked. Raises
    RefusedError, EnvelopeError, MalformedError, StatementError or SignatureError.
    """
    holders = set()
    for word in application.words:
        if word.decision is None or word.approval is None or word.decision != application.decision:
            raise RefusedError("a word on the application is not signed, or for another decision")
        approval = parse_approval(word.approval, log=root.origin)
        if approval.subject != application.subject(word.decision):
            raise RefusedError("an operator signed something else than the register holds")
        listed, key = root.keys.get(approval.token.kid, (None, None))
        if listed is None or key is None or listed.role != "operator":
            raise RefusedError("a word on the application is not an operator's")
        verify_token(approval.token, key)
        holders.add(listed.holder)
    if len(holders) < 2:
        raise RefusedError("two operators decide, and only one signed")


def fold(application: Application, steps: Iterable[Step]) -> Application:
    """Return a stored application: its steps were judged when they were taken."""
    for step in steps:
        application = _after(application, step)
    return application


def _check_running(application: Application, step: Step) -> None:
    if not application.is_running:
        raise RefusedError(f"{application.id} is {application.state}: nothing more is done with it")
    if step.at < application.steps[-1].at:
        raise RefusedError("the step is dated before the one before it", hint="Check the clock.")


def _after(application: Application, step: Step) -> Application:
    application = replace(application, steps=(*application.steps, step))
    match step.step:
        case "supply":
            papers = {**dict(application.papers), str(step.item): str(step.sha256)}
            return replace(application, papers=tuple(sorted(papers.items())), words=(), state="open")
        case "withdraw":
            return replace(application, state="withdrawn")
        case "accredited":
            return replace(application, state="accredited")
        case "decide":
            words = (*(one for one in application.words if one.by != step.by), step)
            if len(words) < 2 or step.decision is None:
                return replace(application, words=words, state="proposed")
            return replace(application, words=words, state="granted" if step.decision.outcome == "grant" else "refused")
        case _:
            return application
