"""Sheets of batches that were sent: kept in the desk's folder under the digest of their cases until they are issued.

The preview, the dry run and the run are requests of their own, hours apart if need be, and speak of the same sheet.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from issuer.batch.rows import BatchSheet, read_sheet
from verifier.edge.whole_file import write_whole
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")
_LONGEST_NAME = 180
"""Bytes of a kept name: in other scripts than ours a sign has nine of them."""


def keep_sheet(folder: Path, sheet: BatchSheet, data: bytes) -> None:
    """Keep a sheet whose rows can all be read."""
    kept = folder / sheet.sha256
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    suffix = ".csv" if sheet.filename.lower().endswith(".csv") else ".xlsx"
    name = sheet.filename[: -len(suffix)]
    while len(quote(name, safe="")) > _LONGEST_NAME:
        name = name[:-1]
    # A hidden file is one that is being written.
    stem = quote(name, safe="").lstrip(".") or "batch"
    write_whole(kept / f"{stem}{suffix}", data)
    for earlier in _files(kept):
        if earlier.name != f"{stem}{suffix}":
            earlier.unlink(missing_ok=True)


def _files(kept: Path) -> list[Path]:
    """Return what is there, without what somebody else is writing just now."""
    return sorted(one for one in kept.iterdir() if not one.name.startswith("."))


def kept_sheet(folder: Path, sha256: str) -> BatchSheet:
    """Return a sheet that was kept. Raises NotFoundError."""
    kept = folder / sha256 if _DIGEST.fullmatch(sha256) else None
    file = next(iter(_files(kept)), None) if kept is not None and kept.is_dir() else None
    if file is None:
        raise NotFoundError("there is no such sheet", hint="Choose the file again.")
    return read_sheet(file.read_bytes(), filename=unquote(file.name))
