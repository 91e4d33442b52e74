"""Statements: what actors say in the log, and the tokens that stand beside a statement."""

from verifier.statement.claims import (
    Anchor,
    Draft,
    Statement,
    approval_subject,
    new_token_id,
    parse_statement,
    sign_statement,
)

__all__ = [
    "Anchor",
    "Draft",
    "Statement",
    "approval_subject",
    "new_token_id",
    "parse_statement",
    "sign_statement",
]
