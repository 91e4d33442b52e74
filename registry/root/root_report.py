"""A trust root in words: what custodians read before they sign, and what changes against the version before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.dates import utc_text
from verifier.encoding import digest
from verifier.keys import thumbprint
from verifier.trust.root import agreed_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.trust.content import RootContent
    from verifier.trust.root import TrustRoot

_LISTS = {"custodians": "holder", "keys": "kid", "log_keys": "vkey", "witnesses": "vkey"}
_PLAIN = ("environment", "host", "zone", "threshold")


def root_lines(root: TrustRoot, before: TrustRoot | None) -> Iterator[str]:
    """Yield what the root is, what it changes, and who has agreed; ``before`` is the version that it follows."""
    content = root.content
    yield f"trust root {content.version} of {content.host} ({content.environment}): {root.sha256}"
    yield f"issued {utc_text(content.issued)}, expires {utc_text(content.expires)}"
    if before is None:
        yield from _all(content)
    else:
        yield from differences(before.content, content)
    for judges in (before.content, content) if before else (content,):
        yield agreement(root, judges)
    if before is None and content.version > 1:
        yield f"whether custodians of version {content.version - 1} agree is not said: name it with --after"


def agreement(root: TrustRoot, judges: RootContent) -> str:
    """Return how many of a version's custodians have agreed, and whether that is enough."""
    agreed = agreed_by(root, judges)
    named = f": {', '.join(agreed)}" if agreed else ""
    word = "enough" if len(agreed) >= judges.threshold else "not enough"
    return f"custodians of version {judges.version}: {len(agreed)} of {judges.threshold} needed, {word}{named}"


def is_agreed(root: TrustRoot, before: TrustRoot | None) -> bool:
    """Say whether every threshold that the root needs is met."""
    judges = (before.content, root.content) if before else (root.content,)
    return all(len(agreed_by(root, one)) >= one.threshold for one in judges)


def differences(old: RootContent, new: RootContent) -> Iterator[str]:
    """Yield each change from one version to the next, in words."""
    was, now = old.members(), new.members()
    for name in _PLAIN:
        if was[name] != now[name]:
            yield f"{name}: {was[name]} -> {now[name]}"
    for name, member in _LISTS.items():
        earlier, later = ({one[member]: one for one in side[name]} for side in (was, now))
        yield from (f"{name}: taken out {_named(earlier[one])}" for one in earlier if one not in later)
        yield from (f"{name}: added {_named(later[one])}" for one in later if one not in earlier)
        for one in earlier.keys() & later.keys():
            if earlier[one] != later[one]:
                yield f"{name}: changed {_named(earlier[one])} to {_named(later[one])}"
    if was["policy"] != now["policy"]:
        yield "policy:"
        yield from (f"  {line}" for line in now["policy"].splitlines())


def _all(content: RootContent) -> Iterator[str]:
    members = content.members()
    yield f"threshold: {members['threshold']}"
    for name in _LISTS:
        yield from (f"{name}: {_named(one)}" for one in members[name])
    yield "policy:"
    yield from (f"  {line}" for line in members["policy"].splitlines())


def _named(listed: dict[str, Any]) -> str:
    """Return an entry of a list with thumbprints in the place of keys."""
    shown = {name: value for name, value in listed.items() if name not in ("jwk", "es256", "ml_dsa_65")}
    if "es256" in listed:
        shown |= {"es256": thumbprint(listed["es256"]), "ml_dsa_65": digest(listed["ml_dsa_65"].encode())}
    return " ".join(f"{name}={value}" for name, value in shown.items())
