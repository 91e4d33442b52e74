"""Consistency: what the document ``pack.toml`` says in one place must fit what it says in another.

Each function yields every contradiction it sees, so that whoever writes a pack need not find them one by one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from verifier.scheme.finding import Finding
from verifier.scheme.head import PackHead
from verifier.scheme.rule import Deed, Issuer, Listing, Role, TierRule

HEAD = "pack.toml"
DEEDS: dict[Role, tuple[Deed, ...]] = {
    "holder": ("assesses", "declares"),
    "assessor": ("attests",),
    "decider": ("decides",),
    "expert": ("confirms",),
    "executive": ("swears",),
    "technical_verifier": ("tests",),
    "registrar": ("registers",),
}
NEEDED: dict[Issuer, tuple[tuple[Deed, Listing | None], ...]] = {
    "body": (("attests", "evaluation"), ("decides", "evaluation")),
    "registrar": (("registers", "registrar"),),
    "holder": (("declares", None), ("registers", "registrar")),
}
"""What somebody must do, under which listing, for a mark that this issuer issues."""

_NEVER = re.compile(r"認定|認証必須|\bmandatory\b", re.IGNORECASE)
_NEVER_OF_A_DECLARATION = re.compile(r"認定|認証|取得|\bmandatory\b|\bcertif|\bobtained\b", re.IGNORECASE)


def head_faults(head: PackHead) -> Iterator[Finding]:
    """Yield everything in which the document contradicts itself."""
    yield from _level_faults(head)
    yield from _version_faults(head)
    for category, count in Counter(category.id for category in head.categories).items():
        if count > 1:
            yield _fault("category_twice", id=category)
    if any(_leaves_out(tier) for tier in head.tiers) and head.limits is None:
        yield _fault("limits_missing")
    for tier in head.tiers:
        yield from _count_faults(tier)
        yield from _part_faults(tier)
        yield from _basis_faults(tier)
        yield from _wording_faults(tier)


def _level_faults(head: PackHead) -> Iterator[Finding]:
    issuable = [tier.level for tier in head.tiers]
    for level, count in Counter([*issuable, *(tier.level for tier in head.declared)]).items():
        if count > 1:
            yield _fault("level_twice", level=level)
    if issuable != sorted(issuable):
        yield _fault("level_order")
    if (head.closed is None) != bool(head.tiers):
        yield _fault("closed_tiers")


def _version_faults(head: PackHead) -> Iterator[Finding]:
    change = head.transition
    own = (change.accepted_from, change.evaluations_until, change.marks_until)
    for days in (own, *((None, one.evaluations_until, one.marks_until) for one in change.replaces)):
        fixed = [day for day in days if day is not None]
        if fixed != sorted(fixed):
            yield _fault("transition_order")
    replaced = Counter(one.version for one in change.replaces)
    if head.version in (*replaced, change.replaced_by) or any(count > 1 for count in replaced.values()):
        yield _fault("transition_version")


def _leaves_out(tier: TierRule) -> bool:
    return tier.counts.criteria_listed != tier.counts.criteria


def _count_faults(tier: TierRule) -> Iterator[Finding]:
    counts = tier.counts
    if counts.criteria is not None and counts.criteria_listed > counts.criteria:
        yield _fault("counts_exceeded", level=tier.level)
    if tier.items == "criteria" and _leaves_out(tier):
        yield _fault("items_incomplete", level=tier.level)


def _part_faults(tier: TierRule) -> Iterator[Finding]:
    for (role, deed), count in Counter((part.role, part.deed) for part in tier.parts).items():
        if deed not in DEEDS[role]:
            yield _fault("part_wrong", level=tier.level, role=role, deed=deed)
        if count > 1:
            yield _fault("part_twice", level=tier.level, role=role, deed=deed)
    for part in tier.parts:
        if (part.listing is None) != (not part.listed_at):
            yield _fault("part_unlisted", level=tier.level, role=part.role)
    given = {(part.deed, part.listing) for part in tier.parts}
    for needed, listing in NEEDED[tier.issuer]:
        if (needed, listing) not in given:
            yield _fault("part_missing", level=tier.level, issuer=tier.issuer, deed=needed, listing=listing or "-")
    for duty, count in Counter(duty.code for duty in tier.duties).items():
        if count > 1:
            yield _fault("duty_twice", level=tier.level, duty=duty)


def _basis_faults(tier: TierRule) -> Iterator[Finding]:
    if tier.technical_verification != (tier.assurance.technical_test != "none"):
        yield _fault("verification_assurance", level=tier.level)
    if tier.expert_confirmation != (tier.assurance.assessor == "expert"):
        yield _fault("expert_assurance", level=tier.level)
    if (tier.basis == "self_declared") != (tier.assurance.assessor == "self"):
        yield _fault("basis_assurance", level=tier.level)
    if (tier.issuer, tier.basis) in {("body", "self_declared"), ("holder", "evaluation")}:
        yield _fault("basis_issuer", level=tier.level)
    # Where no body evaluates, an expert and an executive must stand behind what the applicant says of itself.
    vouched = tier.has("confirms") and tier.has("swears")
    if (tier.issuer, tier.basis) == ("registrar", "evaluation") and not vouched:
        yield _fault("nobody_vouches", level=tier.level)


def _wording_faults(tier: TierRule) -> Iterator[Finding]:
    forbidden = _NEVER_OF_A_DECLARATION if tier.basis == "self_declared" else _NEVER
    for words in (tier.label, tier.method, tier.wording.held, *(duty.label for duty in tier.duties)):
        for text in (words.ja, words.en):
            if found := forbidden.search(text):
                yield _fault("wording_forbidden", level=tier.level, word=found[0])


def _fault(code: str, **values: object) -> Finding:
    return Finding(code, HEAD, values={name: str(value) for name, value in values.items()})
