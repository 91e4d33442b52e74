"""The proposal as a file: what a foreign operator signed, in a form that somebody else can carry to the registry.

The canonical JSON ``{"file": "agreement-proposal", "version": 1, "statement", "document"}``. The statement follows the
agreement's newest entry, so it is admitted as long as nobody says anything else about that agreement first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recognition.treaty import parse_treaty
from verifier.encoding import canonical, read_object
from verifier.errors import MalformedError, RefusedError
from verifier.names import parse_name
from verifier.statement import parse_statement
from verifier.statement.document import read_document
from verifier.statement.recognition import AgreementVersion

if TYPE_CHECKING:
    from recognition.treaty import PackOf, Treaty
    from verifier.statement import Statement

FILE = "agreement-proposal"


@dataclass(frozen=True)
class SignedProposal:
    """A statement ``agreement.proposed`` with the document that it pins, both as they are sent."""

    statement: str
    document: str

    @property
    def said(self) -> Statement:
        """Return the statement. Its signature is the registry's to judge, which lists the key."""
        return parse_statement(self.statement)

    @property
    def terms(self) -> AgreementVersion:
        """Return which terms it proposes. Raises MalformedError for a statement of another type."""
        public = self.said.public
        if not isinstance(public, AgreementVersion) or self.said.type != "agreement.proposed":
            raise MalformedError("the statement proposes no agreement")
        return public

    def treaty(self, pack_of: PackOf) -> Treaty:
        """Return the agreement that it proposes.

        Raises MalformedError, RefusedError when statement and document are about different things.
        """
        treaty = parse_treaty(read_document(self.document, sha256=self.terms.sha256), pack_of=pack_of)
        if treaty.terms.id != parse_name(self.said.object).value:
            raise RefusedError("the document is of another agreement than the statement")
        return treaty

    def write(self) -> bytes:
        """Return the file."""
        members: dict[str, Any] = {
            "file": FILE,
            "version": 1,
            "statement": self.statement,
            "document": self.document,
        }
        return canonical(members)


def read_proposal(data: bytes) -> SignedProposal:
    """Return the proposal of a file. Raises MalformedError or what reading its statement raises."""
    members = read_object(data)
    if members.keys() != {"file", "version", "statement", "document"} or members["file"] != FILE:
        raise MalformedError("not the file of an agreement's proposal")
    statement, document = members["statement"], members["document"]
    if members["version"] != 1 or not isinstance(statement, str) or not isinstance(document, str):
        raise MalformedError("not the file of an agreement's proposal")
    found = SignedProposal(statement, document)
    read_document(document, sha256=found.terms.sha256)
    return found
