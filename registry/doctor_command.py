"""`shirushi registry doctor`: is this registry fit to run, and does it run well?

Looks only: nothing is opened for writing, no key is used to sign, and no process is asked for more than its health.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.data_folder import DIRECTORY, OPERATORS, RECEIPT, STATUS, DataFolder
from registry.document.document_key import load_document_key
from registry.errors import DocumentKeyMissingError
from registry.household.child import now
from registry.portal.portal_doctor import examine_portal
from registry.publishing.published import witness_policy
from registry.settings import read_passphrase, read_settings
from registry.web.readiness import ReadinessOf
from verifier.edge.command.doctor import WORDS, Finding
from verifier.edge.drawing.fonts import document_fonts
from verifier.edge.keystore import load_signer
from verifier.edge.programme_folder import AT_MOST, read_programmes
from verifier.errors import MarkError
from verifier.verify import LIVE_WITHIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verifier.trust.root import TrustRoot

LEAST_FREE = 2**30
"""Bytes of the disk that must be free: a registry whose disk is full stops to admit."""
ROOT_SOON = 90 * 86_400
"""Seconds before the trust root's end from which on its successor should be made."""


def examine(data: DataFolder) -> Iterator[Finding]:
    """Yield what was found about a data folder, the most basic things first."""
    yield _of("settings", lambda: str(read_settings(data.path).listen))
    yield _disk(data)
    yield from _key_files(data)
    yield from (_key(data, name) for name in (RECEIPT, DIRECTORY, STATUS))
    yield _documents(data)
    yield from _programmes(data)
    yield from examine_portal(data)
    try:
        root = data.trust_root()
    except MarkError as error:
        yield Finding("trust root", False, f"{error.message}. {error.hint}")
        return
    yield _root(root)
    yield _published(data, root)
    yield _witnesses(root)


def doctor(
    directory: Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Write the findings as JSON.")] = False,
) -> None:
    """Check a registry: settings, disk, keys, portal, trust root, checkpoint. Ends with 1 when something is wrong."""
    findings = list(examine(DataFolder(directory.resolve())))
    if as_json:
        print(json.dumps([vars(one) for one in findings], indent=2))
    else:
        for one in findings:
            print(f"  {WORDS[one.passed]:<5} {one.name}: {one.detail}")
    raise typer.Exit(int(any(one.passed is False for one in findings)))


def _of(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, look())
    except MarkError as error:
        return Finding(name, False, f"{error.message}. {error.hint}".strip())


def _disk(data: DataFolder) -> Finding:
    if not data.path.is_dir():
        return Finding("disk", False, f"{data.path} is no folder")
    free = shutil.disk_usage(data.path).free
    return Finding("disk", free >= LEAST_FREE, f"{free // 2**20} MiB free")


def _key_files(data: DataFolder) -> Iterator[Finding]:
    folder = data.path / "keys"
    shown = [one.name for one in sorted(folder.glob("*")) if one.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    detail = f"others may read {', '.join(shown)}: chmod 600" if shown else "readable by their owner only"
    yield Finding("key files", not shown, detail)
    present = [name for name in OPERATORS if data.key(name).exists()]
    if present:
        yield Finding(
            "operators' keys", None, f"{', '.join(present)} lie here: outside a demonstration, keep them apart"
        )


def _key(data: DataFolder, name: str) -> Finding:
    return _of(f"key {name}", lambda: f"opens, {load_signer(data.key(name), read_passphrase()).kid[:12]}")


def _documents(data: DataFolder) -> Finding:
    try:
        document_fonts()
        key = load_document_key(data, read_passphrase())
    except DocumentKeyMissingError as error:
        return Finding("documents", None, f"{error.message}. {error.hint}")
    except MarkError as error:
        return Finding("documents", False, f"{error.message}. {error.hint}")
    return Finding("documents", True, f"signed by {key.fingerprint[:12]}")


def _programmes(data: DataFolder) -> Iterator[Finding]:
    if os.path.lexists(data.programmes):
        found = read_programmes(data.programmes, at_most=AT_MOST)
        ids = ", ".join(one.head.id for one in found.programmes) or "none is shown"
        yield Finding("programmes", not found.left_out, ids)
        yield from (Finding(f"programme {one.name}", False, f"left out: {one.reason}") for one in found.left_out)


def _root(root: TrustRoot) -> Finding:
    left = root.content.expires - now()
    detail = f"version {root.content.version} of {root.host}, {max(left, 0) // 86_400} days left"
    if left < ROOT_SOON:
        detail += ": make the next version, see docs/how-to/hold-the-root-ceremony.md"
    return Finding("trust root", left > 0, detail)


def _published(data: DataFolder, root: TrustRoot) -> Finding:
    found = ReadinessOf(data.public, trust_root=root, now=now).look()
    if found.checkpoint_age is None:
        return Finding("published", False, "nothing is published: shirushi serve")
    detail = f"{found.size} entries, witnessed {found.checkpoint_age} s ago"
    is_fresh = found.checkpoint_age <= LIVE_WITHIN
    return Finding("published", is_fresh, detail if is_fresh else f"{detail}: do the publisher and the witnesses run?")


def _witnesses(root: TrustRoot) -> Finding:
    policy = witness_policy(root)
    return Finding("witnesses", None, f"{len(policy.witnesses)} in the trust root")
