"""An agreement's folder on a disk: reading one, and the first draft that somebody fills in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from recognition.treaty import DISCLOSURE, MAPPING_FOLDER, SCHEME_FOLDER, TERMS
from verifier.errors import NotFoundError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recognition.scheme import ForeignScheme
    from verifier.scheme.pack import SchemePack

MOST_BYTES = 1_000_000
_YEAR = timedelta(days=365)

_TERMS = """\
# What counts, how far, and until when. Days begin in the time zone of the home scheme.
id = "{id}"
kind = "bilateral"
max_supplement = {max_supplement}
requires = []
not_after = {not_after}
review_by = {review_by}
existing = "keep_until"
label = {{ ja = "{label_ja}の承認", en = "Recognition of {label_en}" }}

[foreign]
scheme = "{foreign}"
versions = [{versions}]

[home]
scheme = "{home}"
version = "{home_version}"
sha256 = "{home_sha256}"

[cap_by_level]
{caps}

[scope]
kinds = ["group", "company"]

[status_words]
{statuses}

[comment]
opens = {opens}
closes = {closes}

[duties]
incident_hours = 72
suspension_hours = 24
new_version_days = 90

[[issuers]]
id = "{operator}"
from = {opens}
"""

_DISCLOSURE = """\
# What may be told to the partner's country, class by class: where it goes, the four risks, what is done.
# Nothing that is not assessed here is ever sent. Nothing at all is sent from the review day on.
partner = "XX"
review_by = {review_by}

[[places]]
name = "partner-registry"
kind = "partner"
jurisdiction = "XX"
operator = "the partner's registry"

[[classes]]
id = "public-facts"
fields = ["identifier", "tier", "scheme", "criteria", "issued", "expires", "status", "issuer"]
personal = false

[[classes.assessed]]
jurisdiction = "XX"
localisation = "unknown"
government_access = "unknown"
mandatory_sharing = "unknown"
private = "unknown"
action = "not_sent"
reason = "not assessed yet"
"""


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the files of an agreement's folder by their path in it. Raises NotFoundError, WrongUseError."""
    if not folder.is_dir():
        raise NotFoundError(f"{folder} is not a folder", hint="`shirushi agreement new` makes one.")
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    if sum(path.stat().st_size for path in paths) > MOST_BYTES:
        raise WrongUseError(f"{folder} holds more than {MOST_BYTES} bytes")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder that does not exist yet. Raises WrongUseError."""
    if folder.exists():
        raise WrongUseError(f"{folder} exists", hint="Choose another folder.")
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@dataclass(frozen=True)
class FirstTerms:
    """The terms that a first draft begins with; ``caps`` says up to which tier each level counts."""

    opens: date
    closes: date
    review_by: date
    not_after: date
    caps: Mapping[str, int]
    max_supplement: int = 10


def usual_terms(scheme: ForeignScheme, pack: SchemePack, *, today: date) -> FirstTerms:
    """Return the terms that a draft begins with where nobody says otherwise: every level up to the lowest tier."""
    lowest = min(rule.level for rule in pack.tiers)
    caps = {level.id: lowest for level in scheme.head.levels}
    return FirstTerms(today, today + timedelta(days=30), today + _YEAR, today + 3 * _YEAR, caps)


def first_draft(
    label: str,
    *,
    scheme: ForeignScheme,
    scheme_files: Mapping[str, bytes],
    mapping_files: Mapping[str, bytes],
    pack: SchemePack,
    today: date,
    wished: FirstTerms | None = None,
) -> dict[str, bytes]:
    """Return an agreement's folder to be filled in: the terms, what may cross the border, the scheme, a mapping."""
    first = wished or usual_terms(scheme, pack, today=today)
    terms = _TERMS.format(
        id=label,
        foreign=scheme.id,
        label_ja=scheme.head.label.ja,
        label_en=scheme.head.label.en,
        versions=", ".join(f'"{version.id}"' for version in scheme.head.versions),
        home=pack.scheme,
        home_version=pack.version,
        home_sha256=pack.digest,
        caps="\n".join(f"{_key(level)} = {cap}" for level, cap in first.caps.items()),
        statuses=_statuses(scheme),
        operator=scheme.head.operator,
        opens=first.opens,
        closes=first.closes,
        review_by=first.review_by,
        not_after=first.not_after,
        max_supplement=first.max_supplement,
    )
    return {
        TERMS: terms.encode(),
        DISCLOSURE: _DISCLOSURE.format(review_by=first.review_by).encode(),
        **{f"{SCHEME_FOLDER}{name}": data for name, data in scheme_files.items()},
        **{f"{MAPPING_FOLDER}{name}": data for name, data in mapping_files.items()},
    }


def _statuses(scheme: ForeignScheme) -> str:
    words: dict[str, list[str]] = {"valid": [], "suspended": [], "invalid": []}
    for status in scheme.head.statuses:
        words.setdefault(status.means, []).append(f'"{status.word}"')
    return "\n".join(f"{meaning} = [{', '.join(words[meaning])}]" for meaning in ("valid", "suspended", "invalid"))


def _key(level: str) -> str:
    return level if level.replace("-", "").replace("_", "").isalnum() and level.isascii() else f'"{level}"'
