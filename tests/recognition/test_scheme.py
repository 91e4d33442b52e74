"""Foreign scheme files: Cyber Essentials as shipped, two versions alive at once, and faults refused."""

from __future__ import annotations

from importlib import resources

import pytest

from recognition.scheme import ForeignScheme, parse_scheme
from recognition.shipped import load_scheme, shipped_schemes
from verifier.dates import parse_instant
from verifier.errors import MalformedError, NotFoundError, RefusedError

CE = "uk.ncsc.cyber-essentials"


@pytest.fixture
def files() -> dict[str, bytes]:
    folder = resources.files("recognition").joinpath("catalogue", CE)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def scheme() -> ForeignScheme:
    return load_scheme(CE)


def test_cyber_essentials_has_33_statements_in_five_themes(scheme: ForeignScheme) -> None:
    assert len(scheme.controls) == len(scheme.control_ids) == 33
    assert len({control.theme for control in scheme.controls}) == 5


def test_only_plus_is_assessed_by_somebody_else(scheme: ForeignScheme) -> None:
    assert scheme.level("basic").assurance.members() == {"assessor": "self", "technical_test": "none"}
    assert scheme.level("plus").assurance.members() == {"assessor": "accredited_body", "technical_test": "hands_on"}
    with pytest.raises(RefusedError):
        scheme.level("gold")


@pytest.mark.parametrize(
    ("day", "level", "alive"),
    [
        ("2023-04-23", "basic", []),
        ("2023-04-24", "basic", ["3.1"]),
        ("2025-06-01", "basic", ["3.1", "3.2"]),
        ("2025-10-29", "basic", ["3.2"]),
        ("2025-10-29", "plus", ["3.1", "3.2"]),
        ("2026-10-27T22:59:00+00:00", "basic", ["3.2", "3.3"]),
        ("2026-10-28", "basic", ["3.3"]),
        ("2026-10-28", "plus", ["3.2", "3.3"]),
        ("2027-01-28", "plus", ["3.3"]),
    ],
)
def test_two_versions_are_alive_at_the_same_time(scheme: ForeignScheme, day: str, level: str, alive: list[str]) -> None:
    at = parse_instant(day, zone=scheme.head.zone)
    assert [version.id for version in scheme.alive(level=level, at=at)] == alive
    assert all(scheme.issues(version, level=level, at=at) for version in alive)
    assert not scheme.issues("9.9", level=level, at=at)


def test_the_catalogue_holds_the_scheme_and_nothing_by_another_name() -> None:
    assert [scheme.id for scheme in shipped_schemes()] == [CE]
    for name in ("mappings", "", "../catalogue"):
        with pytest.raises(NotFoundError):
            load_scheme(name)


FAULTS = {
    "a level twice": ("scheme.toml", b'id = "plus"', b'id = "basic"', "named twice"),
    "a version twice": ("scheme.toml", b'id = "3.2"', b'id = "3.1"', "named twice"),
    "an end for an unknown level": ("scheme.toml", b"basic = 2025-10-28", b"gold = 2025-10-28", "does not have"),
    "an unknown assessor": ("scheme.toml", b'assessor = "self"', b'assessor = "friend"', "assessor"),
    "an unknown member": ("scheme.toml", b"validity_months", b"grade = 1\nvalidity_months", "grade"),
    "a date as text": ("scheme.toml", b"first_day = 2023-04-24", b'first_day = "2023-04-24"', "first_day"),
    "a statement twice": ("statements.csv", b"\nCE-FW-2,", b"\nCE-FW-1,", "row 3"),
    "a bad id": ("statements.csv", b"\nCE-FW-1,", b"\n-FW-1,", "row 2"),
    "no theme": ("statements.csv", b"CE-FW-1,firewalls", b"CE-FW-1,", "row 2"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_scheme_with_a_fault_is_refused(files: dict[str, bytes], fault: str) -> None:
    name, old, new, complaint = FAULTS[fault]
    assert old in files[name]
    with pytest.raises(MalformedError, match=complaint):
        parse_scheme({**files, name: files[name].replace(old, new, 1)})


def test_a_scheme_is_exactly_two_files(files: dict[str, bytes]) -> None:
    with pytest.raises(MalformedError, match="exactly the files"):
        parse_scheme({"scheme.toml": files["scheme.toml"]})


def test_the_digest_pins_the_statements(files: dict[str, bytes], scheme: ForeignScheme) -> None:
    assert parse_scheme(files).digest == scheme.digest
    changed = {**files, "statements.csv": files["statements.csv"].replace(b"removed", b"deleted")}
    assert parse_scheme(changed).digest != scheme.digest
