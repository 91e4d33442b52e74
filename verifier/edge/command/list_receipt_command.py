"""Checking the receipt of a list, or a part of it that shows one row, against all that its reader gave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from verifier.check.receipt import verify_receipt
from verifier.dates import utc_text
from verifier.directory.proven import fetch_roots
from verifier.edge.check.receipt_anchor import check_anchor
from verifier.edge.check.supplier_list import open_copy
from verifier.edge.command.expected_receipt import counted
from verifier.edge.command.told_text import tell_json, tell_line
from verifier.edge.directory_store import FolderStore
from verifier.edge.i18n import plain
from verifier.edge.root_store import newest_root, read_root
from verifier.errors import SignatureError

if TYPE_CHECKING:
    from verifier.check.receipt import Receipt
    from verifier.edge.command.expected_receipt import Expected
    from verifier.trust.root import TrustRoot


def tell_list(held: Receipt, expected: Expected, *, as_json: bool) -> None:
    """Check a receipt that was parsed, and print what it says.

    Raises SignatureError or ProofError where it is another one than was expected, UnavailableError where that cannot be
    found out, WrongUseError for what says nothing about a list.
    """
    expected.refuse(
        "the receipt of a list, which has neither",
        hint="A list is checked again with `shirushi check`; --directory holds the receipt against a copy.",
        evidence=expected.evidence,
        text=expected.text,
    )
    if expected.unsigned:
        expected.refuse("held to be signed by nobody", hint="Give one of the two.", **{"signed-by": expected.signed_by})
    expected.check_policy(held.head.policy_sha256)
    expected.check_signed_by(held.kid)
    signed = _signed(held, expected)
    if expected.folder is not None:
        check_anchor(held.head.log, held.head.directory, open_copy(expected.folder, expected.root))
    row = expected.row
    shown = held.row(row) if row is not None else held.rows[0] if held.index is not None else None
    if as_json:
        told = {"head": held.head.members(), "row": shown, "signed_by": held.kid}
        tell_json(told)
        return
    head = held.head
    tell_line(f"{counted(head.count, 'row')}, asked as of {utc_text(head.at)}; {signed}")
    tell_line(f"directory epoch {head.directory.size} of {head.log}, as of {utc_text(head.directory.as_of)}")
    tell_line(f"policy {head.policy.get('tier', '')}, digest {head.policy_sha256}")
    if shown is not None:
        tell_line("  ".join(f"{name} {_text(value)}" for name, value in shown.items() if name != "salt"))


def _signed(held: Receipt, expected: Expected) -> str:
    """Return in words who signed.

    A signature is the registry's, or that of the key which the reader named: anybody can sign with a key of their own.
    """
    if held.kid is None:
        _check_unsigned(expected)
        return "not signed: nobody vouches for the rows; list, policy and epoch give them again"
    expected.refuse("a list that somebody signed", hint="Leave it out.", unsigned=expected.unsigned or None)
    root = _root(expected) if expected.has_root else None
    if expected.signed_by is not None:
        if root is not None and held.head.log != root.origin:
            raise SignatureError(f"the receipt is about {plain(held.head.log)}, not about the log of the trust root")
        return f"signed by {held.kid}, the key that you named"
    if root is None:
        return f"signed by {held.kid}; whose key that is, only --root or --signed-by can tell"
    verify_receipt(held, root)
    return f"signed by {held.kid}, a receipt key of {root.host}"


def _check_unsigned(expected: Expected) -> None:
    # A copy beside the receipt shows which directory it names, not that its rows are what follows from it.
    if expected.root is not None and not expected.unsigned:
        raise SignatureError(
            "the receipt is not signed, so the trust root says nothing about it",
            hint="If it is your own and nobody was to sign it, say so: --unsigned.",
        )
    if expected.folder is None:
        hint = "It opens a copy of the directory: --directory."
        expected.refuse("a list that nobody signed, without a copy", hint=hint, root=expected.root)


def _root(expected: Expected) -> TrustRoot:
    pinned = read_root(expected.root)
    beside = fetch_roots(FolderStore(expected.folder), pinned) if expected.folder is not None else {}
    return newest_root(pinned, beside.values())


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)
