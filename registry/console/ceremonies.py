"""The trust root as the console shows it: its versions, who signs the next one, and what that one needs.

Nothing is signed here: custodians sign with the ceremony's commands, on machines of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.doctor_command import ROOT_SOON
from registry.publishing.published import witness_policy
from registry.root.root_report import differences
from verifier.errors import NotFoundError
from verifier.trust.root import agreed_by, parse_root

if TYPE_CHECKING:
    from registry.data_folder import DataFolder
    from verifier.trust.root import TrustRoot


def roots_shown(data: DataFolder, root: TrustRoot, *, size: int, now: int) -> dict[str, Any]:
    """Return every published version, the newest first, and what the next ceremony has to bring together."""
    content = root.content
    versions = [_version(data, no) for no in range(content.version, 0, -1)]
    return {
        "host": content.host,
        "environment": content.environment,
        "version": content.version,
        "sha256": root.sha256,
        "expires": content.expires,
        "is_due": now >= content.expires - ROOT_SOON,
        "due_at": content.expires - ROOT_SOON,
        "threshold": content.threshold,
        "custodians": [one.holder for one in content.custodians],
        "quorum": policy_lines(root),
        "keys": [_key(one.members(), size) for one in content.keys],
        "log_keys": [_key(one.members(), size) for one in content.log_keys],
        "versions": versions,
    }


def policy_lines(root: TrustRoot) -> int:
    """Return how many witnesses the policy names."""
    return len(witness_policy(root).witnesses)


def root_file(data: DataFolder, version: int) -> bytes:
    """Return the bytes of a published version. Raises NotFoundError."""
    try:
        return (data.public / f"trust/{version}.json").read_bytes()
    except OSError as error:
        raise NotFoundError(f"no trust root is published as version {version}") from error


def _version(data: DataFolder, no: int) -> dict[str, Any]:
    root = parse_root(root_file(data, no))
    before = parse_root(root_file(data, no - 1)) if no > 1 else None
    return {
        "version": no,
        "sha256": root.sha256,
        "issued": root.content.issued,
        "expires": root.content.expires,
        "agreed": [*agreed_by(root, root.content)],
        "threshold": root.content.threshold,
        "changes": [*differences(before.content, root.content)] if before else [],
    }


def _key(listed: dict[str, Any], size: int) -> dict[str, Any]:
    ends = [one for one in (listed.get("until"), listed.get("cutoff")) if one is not None]
    return {
        "role": listed.get("role", "log"),
        "holder": listed.get("holder", ""),
        "id": listed.get("kid") or listed["vkey"],
        "from": listed["from"],
        "until": min(ends, default=None),
        "counts": listed["from"] <= size and all(size < one for one in ends),
    }
