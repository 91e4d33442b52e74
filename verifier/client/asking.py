"""Asking a verification service: what is sent, and whether the receipt that comes back answers it.

A receipt is genuine about whatever it says. Whether that is what was asked, and asked now, is checked here: the service
and whoever stands before it may have a thousand genuine receipts about others and about other days.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.client.policy_file import read_policy
from verifier.dates import utc_text
from verifier.edge.question_asked import question_asked
from verifier.encoding import b64u
from verifier.envelope import CLOCK_SKEW
from verifier.errors import MarkError, StatementError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.answer_receipt import AnswerReceipt, AskedFor
    from verifier.trust.root import TrustRoot

_TEXTS = ("mark", "text", "identifier", "subject", "as_of", "known_at", "nonce")
LOOK_UP = (*_TEXTS, "policy", "evidence")
"""The members of a look-up, as in the API."""
_HINT = "Ask again. If it stays so, what answers is not the service, or answers what somebody else asked."
_CLOCK_HINT = f"Set the clock here if it is wrong. {_HINT}"


@dataclass(frozen=True)
class Asking:
    """A question to the service: the members of the look-up, and what its receipt has to say was asked."""

    members: dict[str, Any]
    question: AskedFor

    @property
    def text(self) -> str | None:
        """The text that is asked about, None where the question is about a mark or an identifier."""
        return self.members.get("text")

    def check(self, receipt: AnswerReceipt, answer: object, *, now: int) -> None:
        """Check that the receipt is about the answer beside it and answers this question, now and not before.

        ``now`` is the asker's own clock when the answer came: whoever answers may say of old evidence, under a new
        nonce, that it is of that day. Raises StatementError.
        """
        if receipt.said.answer != answer:
            raise StatementError("the receipt is about another answer", hint=_HINT)
        if self.members.get("evidence") and receipt.evidence is None:
            raise StatementError("the answer came without the evidence that was asked for", hint=_HINT)
        if receipt.said.nonce != self.members["nonce"]:
            raise StatementError("the receipt does not carry the nonce: it may be an old one", hint=_HINT)
        if abs(receipt.iat - now) > CLOCK_SKEW:
            told_at, own = utc_text(receipt.iat), utc_text(now)
            raise StatementError(
                f"the receipt says that it was given at {told_at}, by the clock here it is {own}", hint=_CLOCK_HINT
            )
        asked, told = self.question, receipt.said.question
        others = [name for name in type(asked).model_fields if getattr(asked, name) != getattr(told, name)]
        # Who names no instant asks about the present, which is the service's own.
        if "as_of" not in self.members and abs(told.as_of - receipt.iat) <= CLOCK_SKEW:
            others = [name for name in others if name != "as_of"]
        if others:
            raise StatementError(f"the receipt is about another question: {', '.join(others)}", hint=_HINT)


def asking(given: Mapping[str, Any], *, root: TrustRoot, now: int) -> Asking:
    """Return the question of a look-up's members; it gets a nonce where none is given. Raises WrongUseError."""
    members = {name: value for name, value in given.items() if value is not None}
    _check_members(members)
    if "policy" in members:
        members["policy"] = read_policy(members["policy"]).members()
    members.setdefault("nonce", b64u(secrets.token_bytes(16)))
    try:
        return Asking(members, question_asked(members, root=root, now=now)[0])
    except MarkError as error:
        raise WrongUseError(error.message, hint=error.hint) from error


def _check_members(members: Mapping[str, Any]) -> None:
    if unknown := sorted(members.keys() - set(LOOK_UP)):
        raise WrongUseError(f"a question has no {', '.join(unknown)}", hint=f"It may have: {', '.join(LOOK_UP)}.")
    if not isinstance(members.get("evidence", False), bool):
        raise WrongUseError("evidence: neither True nor False")
    if wrong := [name for name in _TEXTS if not _is_text(members.get(name, ""))]:
        raise WrongUseError(f"{', '.join(wrong)}: not a text", hint="A time is written as 2027-04-01T09:00:00+09:00.")
    if sum(name in members for name in ("mark", "text", "identifier")) != 1:
        raise WrongUseError("ask about exactly one of mark, text and identifier")


def _is_text(value: object) -> bool:
    # Half a character, as a broken decoder leaves it, is in no text that could be sent.
    return isinstance(value, str) and not any("\ud800" <= one <= "\udfff" for one in value)
