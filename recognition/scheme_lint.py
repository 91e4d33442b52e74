"""What a foreign scheme's head must agree with itself about, and what it should not be silent about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from recognition.finding import RecognitionFinding, locate
from recognition.scheme_head import HEAD, SchemeHead

At = Callable[..., RecognitionFinding]
Item = TypeVar("Item")


def head_findings(head: SchemeHead, data: bytes, *, has_controls: bool) -> Iterator[RecognitionFinding]:
    """Yield what is wrong or doubtful in the head; ``data`` is its TOML, for the rows."""
    at = locate(HEAD, data)
    yield from _levels(head, at)
    yield from _versions(head, at)
    yield from _statuses(head, at)
    yield from _authentication(head, at)
    yield from _standing(head, at)
    yield from _gaps(head, at, has_controls=has_controls)
    if head.synthetic and not ("架空" in head.notice.ja and "synthetic" in head.notice.en.lower()):
        yield at("synthetic_unmarked", "notice")
    if not head.sources:
        yield at("source_missing", "sources")
    for number, source in enumerate(head.sources):
        if source.read_on is None:
            yield at("source_undated", f"sources.{number}", title=source.title)


def _levels(head: SchemeHead, at: At) -> Iterator[RecognitionFinding]:
    for number, name in _repeated(head.level_ids):
        yield at("level_named_twice", f"levels.{number}.id", level=name)
    for number, (lower, higher) in enumerate(zip(head.levels, head.levels[1:], strict=False), 1):
        if lower.assurance.missing_from(higher.assurance):
            yield at("level_weaker", f"levels.{number}.assurance", level=higher.id)


def _versions(head: SchemeHead, at: At) -> Iterator[RecognitionFinding]:
    for number, name in _repeated(version.id for version in head.versions):
        yield at("version_named_twice", f"versions.{number}.id", version=name)
    for number, version in enumerate(head.versions):
        for level, last in version.last_day.items():
            if level not in head.level_ids:
                yield at("version_level_unknown", f"versions.{number}.last_day", version=version.id, level=level)
            if version.first_day is not None and last < version.first_day:
                yield at("version_days_reversed", f"versions.{number}.last_day", version=version.id, level=level)


def _statuses(head: SchemeHead, at: At) -> Iterator[RecognitionFinding]:
    for number, word in _repeated(status.word for status in head.statuses):
        yield at("status_named_twice", f"statuses.{number}.word", word=word)
    if head.statuses and not any(status.means == "valid" for status in head.statuses):
        yield at("status_none_valid", "statuses.0")


def _authentication(head: SchemeHead, at: At) -> Iterator[RecognitionFinding]:
    for number, method in _repeated(way.method for way in head.authentication):
        yield at("authentication_twice", f"authentication.{number}.method", method=method)
    for number, way in enumerate(head.authentication):
        if way.method == "signed_token" and way.address is None:
            yield at("key_scheme_unbound", f"authentication.{number}.method")


def _standing(head: SchemeHead, at: At) -> Iterator[RecognitionFinding]:
    if head.standing == "informative":
        for member in ("levels", "validity_months", "statuses", "authentication"):
            if getattr(head, member):
                where = member if member == "validity_months" else f"{member}.0"
                yield at("informative_certifies", where, member=member)
        return
    if not head.levels:
        yield at("level_none", "standing")
    for number, level in enumerate(head.levels):
        if (level.validity_months or head.validity_months) is None and "validity" not in head.omitted:
            yield at("validity_missing", f"levels.{number}", level=level.id)


def _gaps(head: SchemeHead, at: At, *, has_controls: bool) -> Iterator[RecognitionFinding]:
    dated = all(version.first_day for version in head.versions)
    present: dict[str, bool] = {"controls": has_controls, "versions_days": dated}
    if head.standing != "informative":
        present["statuses"] = bool(head.statuses)
    for member, there in present.items():
        if not there and member not in head.omitted:
            yield at("gap_unstated", "omitted", member=member)
        # Some levels' controls or some versions' days may be left out while others stand.
        if there and member == "statuses" and member in head.omitted:
            yield at("gap_filled", f"omitted.{member}", member=member)


def _repeated(items: Iterable[Item]) -> Iterator[tuple[int, Item]]:
    seen: set[Item] = set()
    for number, item in enumerate(items):
        if item in seen:
            yield number, item
        seen.add(item)
