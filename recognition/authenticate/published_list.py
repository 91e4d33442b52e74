"""Imported lists: a scheme's own published list, pinned by digest by two operators, and looked up in without a network.

Preferred over asking a registry per certificate: nobody abroad learns who trades with whom. A certificate that the list
does not hold is not confirmed; it is not invalid by that, since a list may lag behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from recognition.authenticate.claims import look_at, read_certificate, read_number
from recognition.authenticate.record import Authenticated, Claimed, Trail, Undecided
from recognition.authenticate.scheme_profile import ListForm, Profile
from recognition.authenticate.two_operators import Office, approval_subject, check_two
from verifier.encoding import digest, read_json
from verifier.envelope import DAY
from verifier.errors import EvidenceError, MalformedError, NewerVersionError, RefusedError, StatementError
from verifier.schema import Closed, Digest, Instant, Nonce, One, Uri
from verifier.scheme.rule import SchemeId
from verifier.scheme.tables import read_rows

MAX_BYTES = 64 * 1_048_576
MAX_ROWS = 500_000
KIND = "imported_list"


class ImportedList(Closed):
    """The record that two operators approve: which bytes, read how, from where, and until when they count."""

    v: One
    scheme: SchemeId
    source: Uri
    form: Literal["csv", "json"]
    sha256: Digest
    profile_sha256: Digest
    rows: Annotated[int, Field(ge=1, le=MAX_ROWS)]
    published_at: Instant
    fresh_until: Instant
    imported_at: Instant
    nonce: Nonce

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.published_at <= self.imported_at < self.fresh_until:
            raise ValueError("a list is published, then imported, then grows old")
        return self

    @property
    def subject(self) -> str:
        """Return what the two operators sign."""
        return approval_subject(KIND, self)


@dataclass(frozen=True)
class PublishedList:
    """A list that two operators pinned, its rows by certificate number."""

    record: ImportedList
    profile: Profile
    approved_by: tuple[str, str]
    rows: Mapping[str, Mapping[str, Any]]

    def find(self, claimed: Claimed, *, now: int) -> Authenticated | Undecided:
        """Return the certificate of the row that bears the number, if it says what is claimed and the list is fresh."""
        record, form = self.record, self.profile.head.list_
        assert form is not None
        inputs = {"list": record.sha256, "record": record.subject, "profile": record.profile_sha256}
        trail = Trail("published_list", record.scheme, "two_operators", now, inputs).passed("digest", "two_operators")
        bounds = {"said_at": record.published_at, "fresh_until": record.fresh_until}
        if now >= record.fresh_until:
            return trail.failed("fresh").undecided("stale", **bounds)
        if now < record.imported_at:
            return trail.failed("fresh").undecided("not_of_this_time", **bounds)
        trail = trail.passed("fresh")
        row = self.rows.get(claimed.number)
        if row is None:
            return trail.failed("listed").undecided("not_listed", **bounds)
        try:
            certificate = read_certificate(dict(row), self.profile, issuer=form.issuer, status=None)
        except (EvidenceError, NewerVersionError):
            return trail.passed("listed").failed("facts").undecided("outside_profile", **bounds)
        if names := claimed.contradictions(certificate):
            return trail.passed("listed", "facts").failed(*names).undecided("contradicts_the_claim", **bounds)
        trail = trail.passed("listed", "facts", "holder")
        if certificate.status is None:
            trail = trail.warned("status_unknown")
        bounds["fresh_until"] = min(bounds["fresh_until"], certificate.expires)
        return trail.authenticated(certificate, assurance="substantial", **bounds)


def describe_list(
    data: bytes, profile: Profile, *, source: str, published_at: int, imported_at: int, nonce: str
) -> ImportedList:
    """Return the record of a list for two operators to approve. Raises MalformedError or StatementError."""
    form = _form(profile)
    return ImportedList(
        v=1,
        scheme=profile.scheme,
        source=source,
        form=form.form,
        sha256=digest(data),
        profile_sha256=profile.digest,
        rows=len(_rows(data, profile, form)),
        published_at=published_at,
        fresh_until=published_at + form.fresh_days * DAY,
        imported_at=imported_at,
        nonce=nonce,
    )


def open_list(
    data: bytes, record: ImportedList, approvals: Sequence[str], *, profile: Profile, office: Office, now: int
) -> PublishedList:
    """Return the list if these are the bytes that two operators approved, read by the profile that they approved.

    Raises EvidenceError.
    """
    form = _form(profile)
    if (record.scheme, record.profile_sha256, record.form) != (profile.scheme, profile.digest, form.form):
        raise RefusedError("the list was approved under another profile")
    if digest(data) != record.sha256:
        raise RefusedError("the list is not the one that was approved", hint="Its bytes have another digest.")
    if record.fresh_until > record.published_at + form.fresh_days * DAY:
        raise RefusedError("the list would count longer than its profile allows")
    holders = check_two(record.subject, approvals, office, recorded_at=record.imported_at, now=now)
    rows = _rows(data, profile, form)
    if len(rows) != record.rows:
        raise MalformedError("the list has another number of rows than was approved")
    return PublishedList(record, profile, holders, rows)


def _form(profile: Profile) -> ListForm:
    if profile.head.list_ is None:
        raise RefusedError(f"{profile.scheme} publishes no list", hint="Its profile has no [list].")
    return profile.head.list_


def _rows(data: bytes, profile: Profile, form: ListForm) -> dict[str, dict[str, Any]]:
    if len(data) > MAX_BYTES:
        raise MalformedError(f"the list is longer than {MAX_BYTES} bytes")
    rows: dict[str, dict[str, Any]] = {}
    for place, row in enumerate(_table(data, form), 1):
        try:
            number = read_number(row, profile)
        except StatementError as error:
            raise MalformedError(f"row {place}: {error.message}") from error
        if number in rows:
            # Two rows of one number are two answers to one question.
            raise MalformedError(f"row {place}: the certificate {number[:40]!r} stands there twice")
        rows[number] = row
    if not 1 <= len(rows) <= MAX_ROWS:
        raise MalformedError(f"a list has 1 to {MAX_ROWS} rows")
    return rows


def _table(data: bytes, form: ListForm) -> list[dict[str, Any]]:
    if form.form == "csv":
        read = read_rows(data, file="list.csv", columns=tuple(form.columns))
        return [dict(row.cells) for row in read]
    value = read_json(data)
    rows = look_at(value, form.rows_at) if form.rows_at is not None else value
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise MalformedError("the list holds no rows where its profile says")
    return rows
