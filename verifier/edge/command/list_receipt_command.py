"""Checking the receipt of a list, or a part of it that shows one row, against all that its reader gave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from verifier.check.receipt import verify_receipt
from verifier.dates import utc_text
from verifier.directory.proven import fetch_roots
from verifier.edge.check.receipt_anchor import check_anchor
from verifier.edge.check.supplier_list import open_copy
from verifier.edge.command.expected_receipt import counted
from verifier.edge.directory_store import FolderStore
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
    expected.check_policy(held.head.policy_sha256)
    expected.check_signed_by(held.kid)
    signed = _signed(held, expected)
    if expected.folder is not None:
        check_anchor(held.head.log, held.head.directory, open_copy(expected.folder, expected.root))
    row = expected.row
    shown = held.row(row) if row is not None else held.rows[0] if held.index is not None else None
    if as_json:
        told = {"head": held.head.members(), "row": shown, "signed_by": held.kid}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    head = held.head
    typer.echo(f"{counted(head.count, 'row')}, asked as of {utc_text(head.at)}; {signed}")
    typer.echo(f"directory epoch {head.directory.size} of {head.log}, as of {utc_text(head.directory.as_of)}")
    typer.echo(f"policy {head.policy.get('tier', '')}, digest {head.policy_sha256}")
    if shown is not None:
        typer.echo("  ".join(f"{name} {_text(value)}" for name, value in shown.items() if name != "salt"))


def _signed(held: Receipt, expected: Expected) -> str:
    """Return in words who signed.

    A signature is the registry's, or that of the key which the reader named: anybody can sign with a key of their own.
    """
    if held.kid is None:
        if expected.root is not None and expected.folder is None:
            raise SignatureError(
                "the receipt is not signed, so the trust root says nothing about it",
                hint="One that was made on one's own machine is held against a copy of the directory: --directory.",
            )
        return "not signed: list, policy and epoch give it again"
    root = _root(expected) if expected.has_root else None
    if expected.signed_by is not None:
        if root is not None and held.head.log != root.origin:
            raise SignatureError(f"the receipt is about {held.head.log}, not about the log of the trust root")
        return f"signed by {held.kid}, the key that you named"
    if root is None:
        return f"signed by {held.kid}; whose key that is, only --root or --signed-by can tell"
    verify_receipt(held, root)
    return f"signed by {held.kid}, a receipt key of {root.host}"


def _root(expected: Expected) -> TrustRoot:
    pinned = read_root(expected.root)
    beside = fetch_roots(FolderStore(expected.folder), pinned) if expected.folder is not None else {}
    return newest_root(pinned, beside.values())


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)
