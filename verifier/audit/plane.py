"""The published read plane as an auditor sees it: any ``Fetcher``, and a folder's listing where there is a folder.

The classes of published paths are listed here once; fsck calls everything else a stray file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from verifier.gather import Fetcher

CHECKPOINT = "log/checkpoint"
CHECKPOINTS = "log/checkpoints"
DIRECTORY = "directory"
SHARDS = "directory/shards"
STATUS = "status"
TRUST_LIST = "trust/list.jwt"
ENTITY_CONFIGURATION = ".well-known/openid-federation"

Progress = Callable[[int, int], None]
"""Is told how many entries are done, and of how many."""


class Listing(Protocol):
    """Names what a published folder holds; over HTTP there is no such thing."""

    def names(self, folder: str) -> list[str]:
        """Return the names directly below a folder of the plane, in order; none where there is no such folder."""
        ...

    def paths(self) -> Iterator[str]:
        """Yield the path of every file below the folder, hidden ones too."""
        ...


class PathClass(Enum):
    """What a published path is."""

    CHECKPOINT = r"log/checkpoint"
    KEPT_CHECKPOINT = r"log/checkpoints/(0|[1-9][0-9]{0,18})"
    BUNDLE = r"log/tile/entries/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
    TILE = r"log/tile/(0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
    SECOND = r"log/approvals/([A-Za-z0-9_-]{43})\.jwt"
    DOCUMENT = r"documents/([A-Za-z0-9_-]{43})\.json"
    DIRECTORY_POINTER = r"directory/latest"
    EPOCH = r"directory/([1-9][0-9]{0,18})/[a-z][a-z0-9.-]{0,60}"
    SHARD = r"directory/shards/([0-9a-f]{64})"
    STATUS_LIST = r"status/([1-9][0-9]{0,8})"
    AGGREGATION = r"status/lists"
    TRUST_ROOT = r"trust/([1-9][0-9]{0,8})\.json"
    TRUST_LIST = r"trust/list\.jwt"
    NOTICES = r"notices/list\.json"
    RECOGNITION_LIST = r"recognition/list\.jwt"
    ENTITY_CONFIGURATION = r"\.well-known/openid-federation"
    BODY_CONFIGURATION = r"e/([1-9][0-9]{0,8})/\.well-known/openid-federation"
    SUBORDINATE = r"federation/statements/([1-9][0-9]{0,8})\.jwt"
    SUBORDINATES = r"federation/subordinates\.json"
    MARKED = r"federation/marked/([a-z0-9]+(?:[.-][a-z0-9]+)*)/([1-9])\.json"
    HISTORICAL_KEYS = r"federation/historical-keys"
    MARK_STATUS = r"m/([0-9a-hjkmnp-tv-z]{26})/status-([A-Za-z0-9_-]{43})\.jwt"
    MARK = r"m/([0-9a-hjkmnp-tv-z]{26})\.jwt"
    PROOF = r"m/([0-9a-hjkmnp-tv-z]{26})\.tlog-proof"
    ATTESTATION = r"m/([0-9a-hjkmnp-tv-z]{26})/attestation\.jwt"
    SEAL = r"m/([0-9a-hjkmnp-tv-z]{26})/seal\.jwt"
    CORRECTED = r"m/([0-9a-hjkmnp-tv-z]{26})/(?:mark|seal)-([A-Za-z0-9_-]{43})\.jwt"
    BODY = r"e/([1-9][0-9]{0,8})\.json"


_PATTERNS = tuple((one, re.compile(one.value, re.ASCII)) for one in PathClass)


def classify(path: str) -> tuple[PathClass, tuple[str | None, ...]] | None:
    """Return what a path is, with the parts of its name; None for a path that is not published."""
    for one, pattern in _PATTERNS:
        matched = pattern.fullmatch(path)
        if matched:
            return one, matched.groups()
    return None


def optional(fetcher: Fetcher, path: str) -> bytes | None:
    """Return a file's bytes, None where there is none. Raises UnavailableError when the plane cannot tell."""
    try:
        return fetcher.fetch(path)
    except NotFoundError:
        return None


def mark_path(mark_id: str) -> str:
    """Return where a mark is published."""
    return f"m/{mark_id}.jwt"


def seal_path(mark_id: str) -> str:
    """Return where a mark's QR seal is published."""
    return f"m/{mark_id}/seal.jwt"


def attestation_path(mark_id: str) -> str:
    """Return where a mark's attestation is published."""
    return f"m/{mark_id}/attestation.jwt"


def proof_path(mark_id: str) -> str:
    """Return where a mark's proof of issuance is published."""
    return f"m/{mark_id}.tlog-proof"


def second_path(digest: str) -> str:
    """Return where the token of a second person is published."""
    return f"log/approvals/{digest}.jwt"


def checkpoint_path(size: int) -> str:
    """Return where the checkpoint of that size is kept for ever."""
    return f"{CHECKPOINTS}/{size}"


def trust_list_path(size: int) -> str:
    """Return where the trust list of a directory epoch is published."""
    return f"directory/{size}/trust-list.jwt"


def status_path(no: int) -> str:
    """Return where the status list of that number is published."""
    return f"{STATUS}/{no}"


def trust_root_path(version: int) -> str:
    """Return where a version of the trust root is published."""
    return f"trust/{version}.json"
