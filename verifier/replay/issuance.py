"""The rules of issuance, one function a rule, used alike by admission, by verification and by replay.

Each function returns nothing when the rule holds and raises RefusedError, in the words of the rule, when it does not.
"""

from __future__ import annotations

from collections.abc import Iterable

from verifier.dates import day_start, local_date, term_end
from verifier.envelope import CLOCK_SKEW
from verifier.errors import RefusedError
from verifier.mark import Mark
from verifier.names import parse_name, scheme_uri
from verifier.replay.listed_records import ExpertRecord
from verifier.replay.records import BodyRecord
from verifier.replay.signers import SignedBy
from verifier.seal import ScannedSeal, seal_fits_mark
from verifier.statement import Statement
from verifier.statement.attestation import Attestation
from verifier.statement.public import MarkIssued, SchemePublished, TierTerms

ISSUERS = {"body": "evaluation", "registrar": "registrar"}
"""The role of a body that issues, by what a tier says of its issuer."""


def issued_of(statement: Statement) -> MarkIssued:
    """Return the public part of a mark.issued statement. Raises RefusedError for another type."""
    if not isinstance(statement.public, MarkIssued):
        raise RefusedError("not a statement that issues a mark")
    return statement.public


def check_mark_is_issued(statement: Statement, mark: Mark) -> None:
    """The mark is, word for word, the one that the statement issues."""
    if mark.token.digest != issued_of(statement).mark_sha256:
        raise RefusedError("the log holds another mark under this id")
    check_mark_fits(statement, mark)
    if statement.token.kid != mark.token.kid:
        raise RefusedError("mark and statement were signed with different keys")
    if abs(mark.iat - statement.iat) > CLOCK_SKEW:
        raise RefusedError("mark and statement were not signed together")
    if issued_of(statement).seal_sha256 != mark.content.seal_sha256:
        raise RefusedError("mark and statement name different seals")


def check_mark_fits(statement: Statement, mark: Mark) -> None:
    """The mark says what the statement that issues it says; a correction changes none of it."""
    public = issued_of(statement)
    said = (statement.iss, public.scheme, public.tier, public.sub, public.scope_kind, public.covered)
    shown = (
        mark.iss,
        mark.content.scheme,
        mark.content.tier,
        mark.sub,
        mark.content.scope_kind,
        mark.content.covered,
    )
    if said != shown or parse_name(statement.object).value != mark.id:
        raise RefusedError("mark and statement name different issuers, tiers, holders or scopes")
    dates = (public.nbf, public.exp, public.status.list, public.status.idx)
    if dates != (mark.nbf, mark.exp, mark.status_no, mark.status_idx):
        raise RefusedError("mark and statement differ in dates or status place")
    if statement.log != mark.content.log:
        raise RefusedError("mark and statement name different logs")


def check_seal_is_issued(statement: Statement, mark: Mark, seal: ScannedSeal, *, kid: str) -> None:
    """The QR seal is the one that the statement and the mark name, and it tells the same story."""
    if seal.digest(kid) != issued_of(statement).seal_sha256:
        raise RefusedError("the log holds another QR seal under this id")
    if (seal.host, seal.id) != (mark.host, mark.id) or not seal_fits_mark(seal.content, mark):
        raise RefusedError("the QR seal tells another story than the mark")


def check_attestation(statement: Statement, mark: Mark, attestation: Attestation) -> None:
    """The assessor attested exactly this mark: same id, holder, tier, criteria and scope, before the decision."""
    check_attested(statement, mark, attestation)
    if attestation.says.holder_sha256 != mark.content.org.digest:
        raise RefusedError("the assessor attested another mark, holder, tier, criteria set or scope")


def check_attested(statement: Statement, mark: Mark, attestation: Attestation) -> None:
    """The assessor attested this mark, whatever corrections changed in names, domains and listing since."""
    public, says = issued_of(statement), attestation.says
    if attestation.token.digest != statement.second:
        raise RefusedError("the statement names another attestation")
    attested = (says.mark, says.sub, says.scheme, says.tier, says.criteria_sha256, says.scope_sha256)
    issued = (mark.id, public.sub, public.scheme, public.tier, public.criteria_sha256, mark.content.scope_sha256)
    if attested != issued:
        raise RefusedError("the assessor attested another mark, holder, tier, criteria set or scope")
    if attestation.iss != statement.iss:
        raise RefusedError("assessor and decider act for different bodies")
    if not says.evaluated.begins < says.evaluated.ends <= attestation.iat <= statement.iat < attestation.exp:
        raise RefusedError("evaluation, attestation and decision are not in their order")


def check_two_persons(decider: SignedBy, assessor: SignedBy) -> None:
    """Assessor and decider are two holders with two keys of one body."""
    if decider.role != "decider" or assessor.role != "assessor":
        raise RefusedError("a mark needs an assessor's and a decider's key")
    if decider.holder == assessor.holder or decider.key.kid == assessor.key.kid:
        raise RefusedError("assessor and decider are the same person")
    if decider.entity != assessor.entity:
        raise RefusedError("assessor and decider act for different bodies")


def check_accreditation(statement: Statement, attestation: Attestation, body: BodyRecord, *, index: int) -> None:
    """The body was accredited for this scheme, tier and criteria version when it evaluated and when it decided."""
    public = issued_of(statement)
    if body.uri != statement.iss:
        raise RefusedError("the accreditation is another body's")
    terms = body.active_terms(index)
    if terms is None:
        raise RefusedError("the body was not accredited at that place of the log")
    wanted = (public.scheme, public.tier, public.criteria_sha256)
    if body.role not in ISSUERS.values() or wanted not in {
        (row.scheme, row.level, row.criteria_sha256) for row in terms.scope
    }:
        raise RefusedError("the body is not accredited for this scheme, tier and criteria version")
    evaluated = attestation.says.evaluated
    if not terms.begins <= evaluated.begins < evaluated.ends <= terms.ends:
        raise RefusedError("the body was not accredited while it evaluated")
    if not terms.begins <= statement.iat < terms.ends:
        raise RefusedError("the body was not accredited when it decided")


def check_issuer(terms: TierTerms, body: BodyRecord) -> None:
    """Whoever issues is whom the tier names: an evaluation body, or a registrar after others have vouched."""
    if terms.issuer == "holder":
        raise RefusedError("the tier is a holder's own declaration: no mark is issued for it")
    if body.role != ISSUERS[terms.issuer]:
        raise RefusedError(f"marks of this tier are issued by a body in the role {ISSUERS[terms.issuer]}")


def check_expert(terms: TierTerms, attestation: Attestation, expert: ExpertRecord | None, *, index: int) -> None:
    """Where the tier needs it, an expert confirmed the answers who was listed on that day."""
    confirmed = attestation.says.confirmed
    if confirmed is None:
        if needs_expert(terms):
            raise RefusedError("this tier needs a listed expert's confirmation and the attestation names none")
        return
    if expert is None or expert.uri != confirmed.expert:
        raise RefusedError("the expert who confirmed the answers is not listed")
    if not expert.is_listed(confirmed.date, index=index):
        raise RefusedError("the expert was not listed when the answers were confirmed")
    if confirmed.date > attestation.iat:
        raise RefusedError("the expert's confirmation lies after the attestation")


def needs_expert(terms: TierTerms) -> bool:
    """Say whether marks of a tier need a listed expert: where no body evaluates, nobody else has looked."""
    return bool(terms.expert_confirmation) or (terms.issuer == "registrar" and terms.basis == "evaluation")


def check_technical_verification(attestation: Attestation, verifier: BodyRecord | None, *, index: int) -> None:
    """A listed technical verification body stands behind the attestation, listed on the day of its test."""
    tv = attestation.says.tv
    if tv is None:
        raise RefusedError("this tier needs a technical verification and the attestation names none")
    if verifier is None or verifier.uri != tv.body or verifier.role != "technical_verification":
        raise RefusedError("the technical verification's body is not listed for that")
    terms = verifier.active_terms(index)
    if terms is None or not terms.begins <= tv.date < terms.ends:
        raise RefusedError("the technical verification's body was not listed at its date")
    if tv.date > attestation.iat:
        raise RefusedError("the technical verification lies after the attestation")


def tier_terms(statement: Statement, scheme: SchemePublished) -> TierTerms:
    """Return what the published scheme says of the issued tier. Raises RefusedError when it says nothing."""
    public = issued_of(statement)
    if scheme.scheme != public.scheme or scheme.sha256 != public.criteria_sha256:
        raise RefusedError("the criteria version of the mark is not the published one")
    for terms in scheme.tiers:
        if terms.level == public.tier:
            return terms
    raise RefusedError(f"the scheme does not award level {public.tier}")


def check_not_replaced(statement: Statement, schemes: Iterable[SchemePublished]) -> None:
    """No later version in the log has ended issuance under the criteria of the mark; the earliest end counts."""
    public = issued_of(statement)
    for later in schemes:
        until = later.replaced_issuable_until
        is_replaced = (later.scheme, later.replaces) == (public.scheme, public.criteria_sha256)
        if is_replaced and until is not None and statement.iat >= until:
            raise RefusedError(f"version {later.version} replaced the criteria: no mark is issued under them any more")


def check_term(statement: Statement, mark: Mark, scheme: SchemePublished, terms: TierTerms, *, zone: str) -> None:
    """The mark lasts no longer than its tier's term, and names the criteria version and the basis of its scheme."""
    # A corrected mark was signed later than it was decided.
    decided = min(mark.iat, statement.iat)
    if mark.nbf < day_start(local_date(decided, zone), zone):
        raise RefusedError("the mark claims to be valid from before the day of its decision")
    if mark.exp > term_end(mark.nbf, terms.term_months, zone):
        raise RefusedError(f"the mark lasts longer than the {terms.term_months} months of its tier")
    if mark.content.criteria != scheme.version or mark.content.basis != terms.basis:
        raise RefusedError("the mark names another criteria version or basis than its scheme")


def criteria_uri(mark: Mark) -> str:
    """Return the object whose history holds the criteria of a mark."""
    return scheme_uri(mark.host, mark.content.scheme, mark.content.criteria)
