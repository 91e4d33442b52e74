"""Gates that hold for every tier: the certificate, the agreement, the scope, the issuer and the pinned mappings.

Each is a small function of the question. None stops the others: a refusal lists every gate that failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from recognition.decision import Gate, Outcome
from recognition.listing import listed_standing, timeline_standing
from recognition.question import Question

OUTCOMES: dict[str, Outcome] = {"in_force": "passed", "under_review": "undecided", "not_in_force": "failed"}


def common_gates(question: Question) -> tuple[Gate, ...]:
    """Return the gates that do not depend on the tier, in the order of judgement."""
    return tuple(gate(question) for gate in GATES)


def _certificate_original(question: Question) -> Gate:
    # A recognised mark as an input would chain agreements that nobody signed.
    basis = question.certificate.basis
    return Gate("certificate_original", _passed_if(basis == "evaluation"), {"basis": basis})


def _certificate_authentic(question: Question) -> Gate:
    authentic = question.certificate.evidence == "authenticated"
    return Gate("certificate_authentic", "passed" if authentic else "undecided")


def _certificate_current(question: Question) -> Gate:
    certificate = question.certificate
    current = certificate.issued <= question.as_of < certificate.expires
    facts = {"issued": certificate.issued, "expires": certificate.expires}
    return Gate("certificate_current", _passed_if(current), facts, certificate.expires)


def _certificate_status(question: Question) -> Gate:
    words, status = question.agreement.status_words, question.certificate.status
    outcome: Outcome = "undecided"
    if status in words.valid:
        outcome = "passed"
    elif status in (*words.suspended, *words.invalid):
        outcome = "failed"
    return Gate("certificate_status", outcome, {"status": status or "-"})


def _certificate_documents(question: Question) -> Gate:
    # Without the documents that the scheme itself names, nobody can tell which controls the holder has.
    required = {*question.agreement.requires, *question.scheme.head.documents}
    missing = required - set(question.certificate.documents)
    return Gate("certificate_documents", _passed_if(not missing), {"missing": _list(missing)})


def _scheme_version_pinned(question: Question) -> Gate:
    certificate, foreign = question.certificate, question.agreement.foreign
    pinned = certificate.scheme == foreign.scheme and certificate.version in foreign.versions
    facts = {"version": certificate.version, "pinned": _list(foreign.versions)}
    return Gate("scheme_version_pinned", _passed_if(pinned), facts)


def _scheme_version_alive(question: Question) -> Gate:
    certificate = question.certificate
    alive = question.scheme.issues(certificate.version, level=certificate.level, at=certificate.issued)
    facts: dict[str, str | int] = {"version": certificate.version, "issued": certificate.issued}
    return Gate("scheme_version_alive", _passed_if(alive), facts)


def _home_criteria_pinned(question: Question) -> Gate:
    home, pinned = question.home, question.agreement.home
    same = (home.scheme, home.version, home.sha256) == (pinned.scheme, pinned.version, pinned.sha256)
    return Gate("home_criteria_pinned", _passed_if(same), {"version": home.version, "pinned": pinned.version})


def _agreement_in_force(question: Question) -> Gate:
    agreement = question.agreement
    found = timeline_standing(agreement.timeline, question=question, unless_told=None)
    facts = {"agreement": agreement.id, "status": found.status or "none"}
    return Gate("agreement_in_force", OUTCOMES[found.word], facts, found.until)


def _agreement_not_ended(question: Question) -> Gate:
    end = question.agreement.not_after
    return Gate("agreement_not_ended", _passed_if(question.as_of < end), {"not_after": end}, end)


def _scope_allowed(question: Question) -> Gate:
    rule, certificate = question.agreement.scope, question.certificate
    excluded = set(certificate.scope_tags) & set(rule.excluded)
    allowed = certificate.scope_kind in rule.kinds and not excluded
    return Gate("scope_allowed", _passed_if(allowed), {"scope": certificate.scope_kind, "excluded": _list(excluded)})


def _scope_included(question: Question) -> Gate:
    asked, assessed = question.scope, question.certificate.scope
    if asked is None:
        return Gate("scope_included", "passed", {"missing": "-"})
    if assessed is None:
        return Gate("scope_included", "undecided", {"missing": "-"})
    missing = asked.missing_from(assessed)
    return Gate("scope_included", _passed_if(not missing), {"missing": _list(missing)})


def _issuer_listed(question: Question) -> Gate:
    certificate = question.certificate
    standings = [
        listed_standing(entry, issued=certificate.issued, question=question)
        for entry in question.agreement.issuers
        if entry.id == certificate.issuer
    ]
    found = [one for one in standings if one.word != "not_in_force"]
    best = max(found, key=lambda one: (one.word == "in_force", one.until or 2**53), default=None)
    outcome = OUTCOMES[best.word] if best else "failed"
    return Gate("issuer_listed", outcome, {"issuer": certificate.issuer}, best.until if best else None)


def _mappings_pinned(question: Question) -> Gate:
    pins = question.agreement.mappings
    given = {mapping.digest for mapping in question.mappings}
    # Leaving one of several mappings out could only raise the answer, so all pinned ones are needed.
    complete = bool(pins) and {pin.sha256 for pin in pins} == given
    found = [timeline_standing(pin.timeline, question=question) for pin in pins]
    words = {one.word for one in found}
    outcome: Outcome = "failed"
    if complete and "not_in_force" not in words:
        outcome = "undecided" if "under_review" in words else "passed"
    until = min((one.until for one in found if one.until is not None), default=None)
    return Gate("mappings_pinned", outcome, {"pinned": str(len(pins)), "given": str(len(given))}, until)


def _mappings_fit(question: Question) -> Gate:
    certificate, home = question.certificate, question.home
    fits = all(
        mapping.head.source.scheme == certificate.scheme
        and certificate.version in mapping.head.source.versions
        and (mapping.head.target.scheme, mapping.head.target.version) == (home.scheme, home.version)
        for mapping in question.mappings
    )
    drawn = {version for mapping in question.mappings for version in mapping.head.source.versions}
    return Gate("mappings_fit", _passed_if(fits), {"version": certificate.version, "drawn": _list(drawn)})


def _passed_if(condition: object) -> Outcome:
    return "passed" if condition else "failed"


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "-"


GATES: tuple[Callable[[Question], Gate], ...] = (
    _certificate_original,
    _certificate_authentic,
    _certificate_current,
    _certificate_status,
    _certificate_documents,
    _scheme_version_pinned,
    _scheme_version_alive,
    _home_criteria_pinned,
    _agreement_in_force,
    _agreement_not_ended,
    _scope_allowed,
    _scope_included,
    _issuer_listed,
    _mappings_pinned,
    _mappings_fit,
)
