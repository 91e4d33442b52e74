"""The judge: evidence in, verdict out. Pure: no network, no disk, no clock; the caller pins the trust root.

Every check is made, whatever others found, so that a verdict tells all it knows. The headline is the first of the
closed list that fits. An answer without the network is never better than one with it.
"""

from __future__ import annotations

from verifier.bundle import Bundle
from verifier.errors import EvidenceError, MarkError, UnavailableError, WrongUseError
from verifier.examine.entries import own_uri, replay_entries
from verifier.examine.examination import Examination, Presented
from verifier.examine.issuance_evidence import (
    check_issuer,
    check_registration,
    check_seal,
    check_signature,
    find_issuance,
    read_list,
)
from verifier.examine.log_evidence import check_dating, check_log, check_trust_root, read_entries
from verifier.examine.present_evidence import check_present_state, check_validity_period
from verifier.examine.unread_evidence import check_unread, unread
from verifier.log.tlog_policy import Policy as WitnessPolicy
from verifier.mark import parse_mark
from verifier.policy import NOTHING, Facts, Policy
from verifier.seal import ScannedSeal, parse_scan
from verifier.trust.root import TrustRoot
from verifier.verdict import ORDER, Check, CheckName, Headline, Result, Shown, Verdict

LIVE_WITHIN = 2 * 3600
_SEVERITY = (Result.FAILED, Result.UNKNOWN, Result.PASSED)
_DEMANDED = {CheckName.REQUIREMENT: Headline.BELOW_REQUIREMENT, CheckName.SUBJECT: Headline.SUBJECT_MISMATCH}


def present(text: str) -> Presented:
    """Return what a text shows: a mark's token or the text of its QR.

    Raises EvidenceError or NewerVersionError when it is neither: then it is malformed, whatever it claims.
    """
    stripped = text.strip()
    if "/m/" in stripped[:200] or stripped.startswith(("http:", "https:")):
        seal = parse_scan(stripped)
        return Presented(seal.id, seal.host, seal=seal)
    mark = parse_mark(stripped)
    return Presented(mark.id, mark.host, mark=mark)


def verify_text(
    text: str,
    *,
    bundle: Bundle | None,
    root: TrustRoot,
    now: int,
    as_of: int | None = None,
    demand: Policy = NOTHING,
    live: bool = False,
    witnesses: WitnessPolicy | None = None,
) -> Verdict:
    """Return the verdict on a token or a scanned text; one that cannot be read is forged. See ``verify``."""
    try:
        presented = present(text)
    except EvidenceError as error:
        check = Check(CheckName.FORMAT, Result.FAILED, error.code, error.message)
        return Verdict(Headline.FORGED, (check,), as_of=now if as_of is None else as_of)
    except UnavailableError as error:
        case = _begin(unread(text.strip()), bundle, root, now, as_of=as_of, witnesses=witnesses)
        check_unread(case, text.strip(), error)
        return _verdict(case, demand, live=live, is_bare=False)
    return verify(
        presented, bundle=bundle, root=root, now=now, as_of=as_of, demand=demand, live=live, witnesses=witnesses
    )


def verify(
    presented: Presented,
    *,
    bundle: Bundle | None,
    root: TrustRoot,
    now: int,
    as_of: int | None = None,
    demand: Policy = NOTHING,
    live: bool = False,
    witnesses: WitnessPolicy | None = None,
) -> Verdict:
    """Return the verdict on what is presented.

    ``now`` is the present (UTC seconds): roots expire and evidence ages by it. ``as_of`` is the instant at which the
    mark's dates are judged, by default now; its state is the newest that the evidence shows. ``root`` is the trust
    root that the asker pinned; ``bundle`` the evidence at hand, None for none; ``live`` says that the evidence was
    fetched for this question; ``witnesses`` is the asker's own witness policy, demanded beside the root's. Raises
    WrongUseError only.
    """
    case = _begin(presented, bundle, root, now, as_of=as_of, witnesses=witnesses)
    case.passed(CheckName.FORMAT)
    read_list(case)
    find_issuance(case)
    if not _check_registry(case):
        return _verdict(case, demand, live=live, is_bare=False)
    check_signature(case)
    check_seal(case)
    check_registration(case)
    check_issuer(case)
    check_dating(case)
    check_present_state(case)
    check_validity_period(case)
    return _verdict(case, demand, live=live, is_bare=bundle is None or bundle.mark is None)


def _begin(
    presented: Presented,
    bundle: Bundle | None,
    root: TrustRoot,
    now: int,
    *,
    as_of: int | None,
    witnesses: WitnessPolicy | None,
) -> Examination:
    """Return the examination with the log's evidence read."""
    if now <= 0:
        raise WrongUseError("now must be a time after 1970")
    evidence = bundle or Bundle(log=root.origin)
    case = Examination(presented, evidence, root, now, now if as_of is None else as_of, witnesses)
    check_trust_root(case)
    check_log(case)
    read_entries(case)
    replay_entries(case)
    return case


def _check_registry(case: Examination) -> bool:
    if case.presented.host == case.root.host:
        case.passed(CheckName.REGISTRY)
        return True
    if _is_look_alike(case):
        detail = f"{case.presented.host} is not the registry of this mark, {case.root.host} is"
        case.failed(CheckName.REGISTRY, "look_alike_host", detail, headline=Headline.FORGED)
    else:
        case.headlines.discard(Headline.NOT_CONFIRMED)
        case.checks.append(
            Check(CheckName.REGISTRY, Result.UNKNOWN, "unknown_registry", f"{case.presented.host} is not known here")
        )
        case.headlines.add(Headline.UNKNOWN_REGISTRY)
    return False


def _is_look_alike(case: Examination) -> bool:
    """Say whether the id or the digits under a foreign host belong to a mark of the known registry."""
    if case.issuance is not None:
        return True
    seal = case.presented.seal
    if seal is None:
        return False
    moved = ScannedSeal(case.root.host, seal.id, seal.content, seal.encoded, seal.signature)
    keys = [record.key for record in case.keys.values()]
    listed = case.trust_list.key(seal.content.issuer_no, seal.content.key_no) if case.trust_list else None
    for key in [*keys, *([listed] if listed else [])]:
        try:
            key.verify(seal.signature, moved.token(key.kid).signing_input)
        except MarkError:
            continue
        return True
    return False


def _verdict(case: Examination, demand: Policy, *, live: bool, is_bare: bool) -> Verdict:
    shown = _shown(case)
    checks = list(case.checks)
    if shown is not None:
        checks += demand.judge(Facts(shown, case.now, case.directory_time))
    headlines = set(case.headlines)
    for check in checks[len(case.checks) :]:
        if check.result is Result.FAILED:
            headlines.add(_DEMANDED.get(check.name, Headline.NOT_CONFIRMED))
        elif check.result is Result.UNKNOWN:
            headlines.add(Headline.NOT_CONFIRMED)
    if is_bare and headlines == {Headline.NOT_CONFIRMED} and case.result(CheckName.SEAL) is Result.PASSED:
        headlines = {Headline.SEAL_ONLY}
    if case.root.content.environment == "sandbox" and case.result(CheckName.REGISTRY) is Result.PASSED:
        headlines.add(Headline.TEST_MARK)
    if not headlines:
        headlines.add(Headline.VALID if _is_live(case, live=live) else Headline.VALID_OFFLINE)
    return Verdict(
        headline=min(headlines, key=ORDER.index),
        checks=_one_each(checks),
        as_of=case.as_of,
        known_at=case.directory_time,
        mark=shown,
        index=case.issuance.index if case.issuance else None,
        successor=_successor(case),
        environment=case.root.content.environment,
        zone=case.root.content.zone,
    )


def _one_each(checks: list[Check]) -> tuple[Check, ...]:
    """Return the checks in their order, and of several under one name the worst: the first must not hide it."""
    worst: dict[CheckName, Check] = {}
    for check in sorted(checks, key=lambda one: _SEVERITY.index(one.result)):
        worst.setdefault(check.name, check)
    return tuple(worst[name] for name in CheckName if name in worst)


def _is_live(case: Examination, *, live: bool) -> bool:
    return live and case.directory_time is not None and case.now - case.directory_time <= LIVE_WITHIN


def _successor(case: Examination) -> str | None:
    if case.is_outdated:
        # The same mark, in the bytes of its newest correction.
        return case.presented.id
    mark = case.marks.get(own_uri(case))
    return mark.successor if mark else None


def _shown(case: Examination) -> Shown | None:
    mark, seal = case.mark, case.presented.seal
    if mark is not None:
        content = mark.content
        return Shown(
            id=mark.id,
            issuer=mark.iss,
            holder=content.org.name,
            holder_latin=content.org.name_latin,
            identifiers=content.org.identifiers,
            scheme=content.scheme,
            tier=content.tier,
            number=content.number,
            criteria=content.criteria,
            basis=content.basis,
            scope_kind=content.scope_kind,
            scope_summary=content.scope_summary,
            covered=content.covered,
            domains=content.org.domains or (),
            ot=content.ot,
            nbf=mark.nbf,
            exp=mark.exp,
        )
    return _shown_by_seal(seal) if seal else None


def _shown_by_seal(seal: ScannedSeal) -> Shown:
    return Shown(
        id=seal.id,
        issuer=f"https://{seal.host}/e/{seal.content.issuer_no}",
        holder=seal.content.name,
        holder_latin=None,
        identifiers=(seal.content.subject,),
        scheme=seal.content.scheme,
        tier=seal.content.tier,
        number=None,
        criteria=None,
        basis=None,
        scope_kind=seal.content.scope_kind,
        scope_summary=None,
        covered=(),
        domains=(),
        ot=None,
        nbf=seal.content.nbf,
        exp=seal.content.exp,
    )
