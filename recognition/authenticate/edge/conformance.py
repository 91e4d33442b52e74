"""The conformance kit: what a foreign operator runs at home, against its own look-up, before anybody relies on it.

It asks as our look-up asks, with the same limits and the same judge, and then as a careless asker would. Each check has
a name that stays, and advice. Required ones decide the exit code; recommended ones only speak.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from recognition.authenticate.addresses import certificate_address, check_address
from recognition.authenticate.claims import look_at
from recognition.authenticate.edge.guarded_http import NotReached, Reached
from recognition.authenticate.edge.registry_client import GONE, Fetching
from recognition.authenticate.kept_answers import Answer
from recognition.authenticate.look_up import MEDIA_TYPES, judge_answer, look_up_form, start_look_up
from recognition.authenticate.record import Authenticated, Claimed, Undecided
from recognition.authenticate.scheme_profile import Claim, DateClaim, HolderClaim, Profile
from verifier.encoding import read_object
from verifier.errors import MalformedError, RefusedError
from verifier.injected import Clock

Result = Literal["passed", "failed", "not_made"]
QUICK_SECONDS, SMALL_BYTES, BURST, CLOCK_SECONDS = 2.0, 16_384, 10, 120
NOBODYS = "no-such-certificate-000"
ODD_NUMBERS = ("a b", "a/b", "a..b", "0" * 64, "a:b", "A.1-2_3", "1e9", "null")
# `encrypted` can only be left out on this machine: any other address is refused without it.
RECOMMENDED = frozenset({"encrypted", "quick", "small", "burst", "caching", "sparing", "state"})


@dataclass(frozen=True)
class Finding:
    """What came of one check, with what was met where it did not pass."""

    name: str
    result: Result
    met: str = ""

    @property
    def required(self) -> bool:
        """Tell whether the check decides the exit code."""
        return self.name not in RECOMMENDED


@dataclass(frozen=True)
class Report:
    """Every finding, in the order in which they were made."""

    url: str
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """Return 0 when every required check passed, 2 when nothing could be reached, 1 otherwise."""
        if any(finding.name == "reached" and finding.result == "failed" for finding in self.findings):
            return 2
        return int(any(finding.required and finding.result != "passed" for finding in self.findings))


def aimed_at(profile: Profile, url: str) -> Profile:
    """Return the profile with its look-up at another address; ``{certificate}`` is added where it is missing."""
    template = url if "{certificate}" in url else f"{url.rstrip('/')}/{{certificate}}"
    form = look_up_form(profile).model_copy(update={"address": template})
    return replace(profile, head=profile.head.model_copy(update={"look_up": form}))


def run_kit(profile: Profile, claimed: Claimed, http: Fetching, *, clock: Clock, allow_loopback: bool) -> Report:
    """Return what the kit finds, asking for a certificate that is known to be valid and for some that nobody has."""
    kit = _Kit(profile, claimed, http, clock, allow_loopback)
    return Report(look_up_form(profile).address, tuple(kit.findings()))


@dataclass(frozen=True)
class _Kit:
    profile: Profile
    claimed: Claimed
    http: Fetching
    clock: Clock
    allow_loopback: bool

    def findings(self) -> Iterator[Finding]:
        """Yield the findings; what depends on an answer that did not come could not be made."""
        address = self._address(self.claimed.number)
        try:
            checked = check_address(address, allow_loopback=self.allow_loopback)
        except RefusedError as error:
            yield Finding("address", "failed", error.message)
            yield Finding("reached", "not_made")
            return
        yield Finding("address", "passed")
        yield Finding(
            "encrypted",
            "passed" if checked.scheme == "https" else "not_made",
            "" if checked.scheme == "https" else "http, on this machine only",
        )
        found = self._fetch(self.claimed.number)
        if isinstance(found, NotReached):
            yield Finding("reached", "failed", found.reason)
            return
        yield Finding("reached", "passed")
        yield _passed_if("answers_200", found.status == 200, str(found.status))
        yield _passed_if("direct", not found.redirected, "redirected")
        yield from self._content(found)
        yield from self._manners(found)
        yield from self._strangers()
        yield self._burst()

    def _content(self, found: Reached) -> Iterator[Finding]:
        ended = self._judged(found)
        results = {check.name: check.result for check in ended.record.checks}
        for name in ("media_type", "readable", "facts", "number", "holder"):
            reason = ended.record.reason or ""
            result = results.get(name, "not_made")
            yield Finding(name, result, "" if result == "passed" else reason)
        if isinstance(ended, Undecided):
            yield Finding("state", "not_made")
            yield Finding("confirms", "failed", ended.record.reason or "")
            return
        yield _passed_if("state", ended.certificate.status is not None, "no word for its state")
        yield Finding("confirms", "passed")
        again = self._fetch(self.claimed.number)
        other = self._judged(again) if isinstance(again, Reached) else None
        same = isinstance(other, Authenticated) and other.certificate == ended.certificate
        yield _passed_if("same_twice", same, "two questions, two answers")

    def _manners(self, found: Reached) -> Iterator[Finding]:
        yield _passed_if("quick", found.seconds <= QUICK_SECONDS, f"{found.seconds:.1f} s")
        yield _passed_if("small", len(found.body) <= SMALL_BYTES, f"{len(found.body)} bytes")
        yield self._clock(found)
        limit = look_up_form(self.profile).fresh_seconds
        age = _max_age(found.headers.get("cache-control", ""))
        yield _passed_if("caching", age is not None and age <= limit, found.headers.get("cache-control", "no header"))
        surplus = self._surplus(found)
        yield _passed_if("sparing", not surplus, ", ".join(surplus[:8]))

    def _clock(self, found: Reached) -> Finding:
        try:
            theirs = parsedate_to_datetime(found.headers.get("date", "")).timestamp()
        except (ValueError, TypeError, OverflowError):
            return Finding("clock", "failed", "no Date header")
        away = abs(theirs - self.clock())
        return _passed_if("clock", away <= CLOCK_SECONDS, f"{away:.0f} s apart")

    def _strangers(self) -> Iterator[Finding]:
        nobody = self._fetch(NOBODYS)
        met = nobody.reason if isinstance(nobody, NotReached) else str(nobody.status)
        yield _passed_if("unknown_is_404", isinstance(nobody, Reached) and nobody.status in GONE, met)
        odd = {number: self._fetch(number) for number in ODD_NUMBERS}
        bad = [number for number, found in odd.items() if not _is_plain_no(found)]
        yield _passed_if("odd_numbers", not bad, ", ".join(repr(number[:12]) for number in bad))

    def _burst(self) -> Finding:
        failures = sum(not _is_ok(self._fetch(self.claimed.number)) for _ in range(BURST))
        return _passed_if("burst", failures == 0, f"{failures} of {BURST} failed")

    def _surplus(self, found: Reached) -> list[str]:
        if look_up_form(self.profile).answer == "jwt":
            return []
        try:
            facts = read_object(found.body)
        except MalformedError:
            return []
        read = {pointer.split("/")[1] for pointer in _pointers(self.profile) if look_at(facts, pointer) is not None}
        return sorted(facts.keys() - read)

    def _judged(self, found: Reached) -> Authenticated | Undecided:
        now = self.clock()
        answer = Answer(found.body, found.media_type, now)
        return judge_answer(answer, self.claimed, self.profile, trail=start_look_up(self.profile, now=now))

    def _fetch(self, number: str) -> Reached | NotReached:
        (accept,) = MEDIA_TYPES[look_up_form(self.profile).answer]
        return self.http.fetch(self._address(number), accept=accept)

    def _address(self, number: str) -> str:
        return certificate_address(look_up_form(self.profile).address, number)


def _passed_if(name: str, condition: object, met: str) -> Finding:
    return Finding(name, "passed") if condition else Finding(name, "failed", met)


def _is_plain_no(found: Reached | NotReached) -> bool:
    return isinstance(found, Reached) and 400 <= found.status < 500 and found.status != 429


def _is_ok(found: Reached | NotReached) -> bool:
    return isinstance(found, Reached) and found.status == 200


def _max_age(header: str) -> int | None:
    """Return for how many seconds anybody between may keep an answer, None where the header does not bound it."""
    words = {word.strip().lower() for word in header.split(",")}
    if words & {"no-store", "no-cache"}:
        return 0
    ages = [word.partition("=")[2] for word in words if word.startswith(("max-age=", "s-maxage="))]
    return max(map(int, ages)) if ages and all(age.isdigit() and len(age) < 10 for age in ages) else None


def _pointers(profile: Profile) -> Iterator[str]:
    claims = profile.head.claims
    for name in type(claims).model_fields:
        claim: Any = getattr(claims, name)
        if isinstance(claim, Claim | DateClaim | HolderClaim) and claim.at is not None:
            yield claim.at
