"""Reading a pack out of its three files: every fault is found, and a pack with one error is no pack.

Pure; reading the files from a disk is the caller's. The linter and the parser are the same code, so that nothing passes
the one and fails the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from verifier.names import LABEL
from verifier.scheme.consistency import HEAD, head_faults
from verifier.scheme.finding import Finding
from verifier.scheme.head import PackHead
from verifier.scheme.pack import Criterion, Requirement, SchemePack
from verifier.scheme.rule import TierRule
from verifier.scheme.tables import Row, files_digest, refused, scan_rows, scan_toml

REQUIREMENTS, CRITERIA = "requirements.csv", "criteria.csv"
FILES = frozenset({HEAD, REQUIREMENTS, CRITERIA})
REQUIREMENT_COLUMNS = ("requirement_id", "category", "lowest_tier", "label_ja", "label_en")
CRITERION_COLUMNS = ("criterion_id", "requirement_id", "lowest_tier", "label_ja", "label_en")


def parse_pack(files: Mapping[str, bytes]) -> SchemePack:
    """Return the pack of these three files. Raises MalformedError naming the file and row of the first error."""
    pack, findings = read_pack(files)
    if pack is None:
        raise refused(next(finding for finding in findings if finding.severity == "error"))
    return pack


def read_pack(files: Mapping[str, bytes]) -> tuple[SchemePack | None, tuple[Finding, ...]]:
    """Return the pack, and everything that is wrong or doubtful in it; with one error there is no pack."""
    if files.keys() != FILES:
        return None, (Finding("files", HEAD, values={"files": ", ".join(sorted(FILES))}),)
    head, faults = scan_toml(files[HEAD], PackHead, file=HEAD)
    tables = _Tables(files)
    if head is None:
        return None, (*faults, *tables.findings)
    findings = [*head_faults(head), *tables.findings]
    requirements = _requirements(tables, head, findings)
    criteria = _criteria(tables, head, requirements, findings)
    # A row that could not be read is missed by every count: only whole tables are counted.
    if not any(finding.severity == "error" and finding.file != HEAD for finding in findings):
        for tier in head.tiers:
            findings += _count_faults(tier, requirements.values(), criteria)
    findings += _doubts(head, requirements.values())
    if any(finding.severity == "error" for finding in findings):
        return None, tuple(findings)
    return SchemePack(head, tuple(requirements.values()), criteria, files_digest(files)), tuple(findings)


@dataclass
class _Tables:
    """The rows of both tables, and what is wrong with their shape."""

    files: Mapping[str, bytes]
    requirements: tuple[Row, ...] = ()
    criteria: tuple[Row, ...] = ()
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.requirements, faults = scan_rows(self.files[REQUIREMENTS], file=REQUIREMENTS, columns=REQUIREMENT_COLUMNS)
        self.criteria, more = scan_rows(self.files[CRITERIA], file=CRITERIA, columns=CRITERION_COLUMNS)
        self.findings = [*faults, *more]


def _requirements(tables: _Tables, head: PackHead, findings: list[Finding]) -> dict[str, Requirement]:
    known = {category.id for category in head.categories}
    levels = {tier.level for tier in head.tiers}
    found: dict[str, Requirement] = {}
    for row in tables.requirements:
        name, faults = row["requirement_id"], list(_row_faults(row, "requirement_id", found, levels))
        if row["category"] not in known:
            faults.append(row.finding("category_unknown", id=row["category"][:60]))
        findings += faults
        if not faults:
            label_ja, label_en = row["label_ja"], row["label_en"]
            found[name] = Requirement(name, row["category"], int(row["lowest_tier"]), label_ja, label_en)
    return found


def _criteria(
    tables: _Tables, head: PackHead, requirements: Mapping[str, Requirement], findings: list[Finding]
) -> tuple[Criterion, ...]:
    levels = {tier.level for tier in head.tiers}
    named = {row["requirement_id"] for row in tables.requirements}
    found: dict[str, Criterion] = {}
    for row in tables.criteria:
        name, owner = row["criterion_id"], row["requirement_id"]
        faults = list(_row_faults(row, "criterion_id", found, levels))
        if owner not in named:
            faults.append(row.finding("requirement_unknown", id=owner[:60]))
        elif not faults and owner in requirements and int(row["lowest_tier"]) < requirements[owner].lowest_tier:
            lowest = requirements[owner].lowest_tier
            faults.append(row.finding("criterion_level", level=row["lowest_tier"], id=owner, lowest=lowest))
        findings += faults
        if not faults:
            found[name] = Criterion(name, owner, int(row["lowest_tier"]), row["label_ja"], row["label_en"])
    return tuple(found.values())


def _row_faults(row: Row, column: str, taken: Mapping[str, object], levels: set[int]) -> Iterable[Finding]:
    name = row[column]
    if not LABEL.fullmatch(name):
        yield row.finding("id_form", id=name[:60])
    elif name in taken:
        yield row.finding("id_twice", id=name)
    if row["lowest_tier"] not in map(str, levels):
        yield row.finding("level_unknown", level=row["lowest_tier"][:20])
    for label in ("label_ja", "label_en"):
        if not row[label].strip():
            yield row.finding("label_missing", member=label)


def _count_faults(
    tier: TierRule, requirements: Iterable[Requirement], criteria: Iterable[Criterion]
) -> Iterable[Finding]:
    wanted = {row.id for row in requirements if row.lowest_tier <= tier.level}
    listed = [row for row in criteria if row.lowest_tier <= tier.level]
    for code, file, found, declared in (
        ("requirement_count", REQUIREMENTS, len(wanted), tier.counts.requirements),
        ("criteria_count", CRITERIA, len(listed), tier.counts.criteria_listed),
    ):
        if found != declared:
            values = {"level": str(tier.level), "found": str(found), "declared": str(declared)}
            yield Finding(code, file, values=values)
    # A requirement without a criterion would be met by nobody having looked at it.
    bare = wanted - {row.requirement for row in listed}
    if tier.items == "criteria":
        for name in sorted(bare):
            yield Finding("requirement_bare", CRITERIA, values={"id": name, "level": str(tier.level)})


def _doubts(head: PackHead, requirements: Iterable[Requirement]) -> Iterable[Finding]:
    used = {requirement.category for requirement in requirements}
    for category in head.categories:
        if category.id not in used:
            yield Finding("category_empty", HEAD, values={"id": category.id})
    if head.closed is None and not head.transition.is_dated:
        yield Finding("no_transition", HEAD)
