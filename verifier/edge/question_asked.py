"""The question of a look-up, as the receipt of its answer states it.

The verification service writes it into the receipt, and whoever asked compares it with what was asked: both make it
here. Specification: docs/specification/verification-receipt.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.answer_receipt import AskedFor
from verifier.dates import parse_instant
from verifier.edge.question import question_of_text
from verifier.encoding import digest
from verifier.identifier import parse_identifier
from verifier.markid import normalise_mark_id
from verifier.requirement import requirement_of
from verifier.schema import read_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.trust.root import TrustRoot


def question_asked(asked: Mapping[str, Any], *, root: TrustRoot, now: int) -> tuple[AskedFor, str]:
    """Return the question, and the text that it is about, empty where it is about none.

    ``asked`` has the members of a look-up; exactly one of ``mark``, ``text`` and ``identifier`` is among them. Without
    ``as_of`` the question is about ``now`` (UTC seconds). Raises MalformedError, StatementError or WrongUseError.
    """
    said: dict[str, Any] = {"as_of": now}
    if asked.get("as_of") is not None:
        said["as_of"] = parse_instant(asked["as_of"], zone=root.content.zone)
    if asked.get("policy") is not None:
        requirement = requirement_of(asked["policy"])
        said |= {"policy": requirement.members(), "policy_sha256": requirement.sha256}
    if asked.get("subject") is not None:
        said["subject"] = str(parse_identifier(asked["subject"]))
    named, text = _named(asked, root.host)
    return read_model(AskedFor, said | named, what="question"), text


def _named(asked: Mapping[str, Any], own_host: str) -> tuple[dict[str, Any], str]:
    if asked.get("identifier") is not None:
        return {"identifier": str(parse_identifier(asked["identifier"]))}, ""
    if asked.get("mark") is not None:
        return {"mark": normalise_mark_id(asked["mark"])}, ""
    read = question_of_text((asked.get("text") or "").strip())
    if read.text is not None:
        return {"text_sha256": digest(read.text.encode())}, read.text
    host = read.host if read.host not in (None, own_host) else None
    return {"mark": read.mark_id, "shown_under": host}, ""
