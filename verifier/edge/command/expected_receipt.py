"""What a receipt is held against on the command line: everything that was given counts, or is refused."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.edge.check.supplier_list import read_policy
from verifier.errors import ProofError, SignatureError, WrongUseError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Expected:
    """What the reader gave beside the receipt; None for what was not given.

    ``unsigned`` says that nobody is expected to have signed.
    """

    root: Path | None = None
    signed_by: str | None = None
    unsigned: bool = False
    require: Path | None = None
    folder: Path | None = None
    row: int | None = None
    evidence: Path | None = None
    text: str | None = None

    @property
    def has_root(self) -> bool:
        """Say whether a trust root is named, by option or in the environment."""
        return self.root is not None or bool(os.environ.get("SHIRUSHI_ROOT"))

    def refuse(self, what: str, *, hint: str, **given: object) -> None:
        """Refuse options that say nothing about such a receipt: nobody shall think that they were checked.

        Raises WrongUseError that names them.
        """
        named = [f"--{name}" for name, value in given.items() if value is not None]
        if named:
            raise WrongUseError(f"{' and '.join(named)}: this is {what}", hint=hint)

    def check_signed_by(self, kid: str | None) -> None:
        """Check that the key which signed is the one that is expected, if one is. Raises SignatureError."""
        if self.signed_by is not None and kid != self.signed_by:
            raise SignatureError("the receipt is not signed by that key", hint=f"It is signed by {kid or 'nobody'}.")

    def check_policy(self, sha256: str | None) -> None:
        """Check that the policy of this digest is the one that is expected, if one is.

        Raises ProofError, or WrongUseError for a policy file that is none.
        """
        if self.require is not None and read_policy(self.require).sha256 != sha256:
            raise ProofError(f"the receipt was made under {'another' if sha256 else 'no'} policy")


def counted(count: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
