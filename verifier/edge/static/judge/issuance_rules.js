// The rules of issuance, one function a rule: see replay/issuance.py and replay/correction.py.
// Each throws RefusedError, in the words of the rule, when it does not hold.

import { dayStart, localDate, termEnd } from "./dates.js";
import { same } from "./encoding.js";
import { RefusedError } from "./errors.js";
import { holderDigest } from "./mark.js";
import { parseName, schemeUri } from "./names.js";
import { activeTerms, isListed } from "./records.js";
import { CONSTANTS } from "./tables.js";

const ISSUERS = { body: "evaluation", registrar: "registrar" };
const ANOTHER = "the assessor attested another mark, holder, tier, criteria set or scope";

function refuseUnless(holds, rule) {
  if (!holds) throw new RefusedError(rule);
}

export function checkMarkIsIssued(statement, mark) {
  const said = statement.public;
  refuseUnless(mark.token.digest === said.mark_sha256, "the log holds another mark under this id");
  checkMarkFits(statement, mark);
  refuseUnless(statement.token.kid === mark.token.kid, "mark and statement were signed with different keys");
  const apart = Math.abs(mark.iat - statement.iat);
  refuseUnless(apart <= CONSTANTS.CLOCK_SKEW, "mark and statement were not signed together");
  refuseUnless(said.seal_sha256 === mark.content.seal_sha256, "mark and statement name different seals");
}

export function checkMarkFits(statement, mark) {
  const { public: said } = statement;
  const { scheme, tier, scope_kind, covered } = mark.content;
  const told = [statement.iss, said.scheme, said.tier, said.sub, said.scope_kind, said.covered];
  const shown = [mark.iss, scheme, tier, mark.sub, scope_kind, covered];
  const isOne = same(told, shown) && parseName(statement.object).value === mark.id;
  refuseUnless(isOne, "mark and statement name different issuers, tiers, holders or scopes");
  const dates = [said.nbf, said.exp, said.status.list, said.status.idx];
  const fit = same(dates, [mark.nbf, mark.exp, mark.statusNo, mark.statusIdx]);
  refuseUnless(fit, "mark and statement differ in dates or status place");
  refuseUnless(statement.log === mark.content.log, "mark and statement name different logs");
}

export function checkMarkIsCorrected(correction, mark) {
  const said = correction.public;
  refuseUnless(mark.token.digest === said.mark_sha256, "the log holds another mark under this id");
  const isTogether = Math.abs(mark.iat - correction.iat) <= CONSTANTS.CLOCK_SKEW;
  refuseUnless(correction.token.kid === mark.token.kid && isTogether, "mark and correction were not signed together");
  refuseUnless(said.seal_sha256 === mark.content.seal_sha256, "mark and correction name different seals");
}

export async function checkAttestation(statement, mark, attestation) {
  checkAttested(statement, mark, attestation);
  refuseUnless(attestation.says.holder_sha256 === (await holderDigest(mark.content.org)), ANOTHER);
}

export function checkAttested(statement, mark, attestation) {
  const { public: said } = statement;
  const { says } = attestation;
  refuseUnless(attestation.token.digest === statement.second, "the statement names another attestation");
  const attested = [says.mark, says.sub, says.scheme, says.tier, says.criteria_sha256, says.scope_sha256];
  const issued = [mark.id, said.sub, said.scheme, said.tier, said.criteria_sha256, mark.content.scope_sha256];
  refuseUnless(same(attested, issued), ANOTHER);
  refuseUnless(attestation.iss === statement.iss, "assessor and decider act for different bodies");
  const { from, to } = says.evaluated;
  const inOrder = from < to && to <= attestation.iat && attestation.iat <= statement.iat;
  refuseUnless(inOrder && statement.iat < attestation.exp, "evaluation, attestation and decision are not in order");
}

export function checkTwoPersons(decider, assessor) {
  const areRoles = decider.role === "decider" && assessor.role === "assessor";
  refuseUnless(areRoles, "a mark needs an assessor's and a decider's key");
  const isOne = decider.holder === assessor.holder || decider.key.kid === assessor.key.kid;
  refuseUnless(!isOne, "assessor and decider are the same person");
  refuseUnless(decider.entity === assessor.entity, "assessor and decider act for different bodies");
}

export function checkAccreditation(statement, attestation, body, index) {
  const { public: said } = statement;
  refuseUnless(body.uri === statement.iss, "the accreditation is another body's");
  const terms = activeTerms(body, index);
  refuseUnless(terms, "the body was not accredited at that place of the log");
  const isListedFor = terms.scope.some((row) =>
    same([row.scheme, row.level, row.criteria_sha256], [said.scheme, said.tier, said.criteria_sha256]),
  );
  const isIssuer = Object.values(ISSUERS).includes(body.role);
  refuseUnless(isIssuer && isListedFor, "the body is not accredited for this scheme, tier and criteria version");
  const { from, to } = attestation.says.evaluated;
  const wasThen = terms.begins <= from && from < to && to <= terms.ends;
  refuseUnless(wasThen, "the body was not accredited while it evaluated");
  const wasWhen = terms.begins <= statement.iat && statement.iat < terms.ends;
  refuseUnless(wasWhen, "the body was not accredited when it decided");
}

export function checkIssuer(terms, body) {
  refuseUnless(terms.issuer !== "holder", "the tier is a holder's own declaration: no mark is issued for it");
  const role = ISSUERS[terms.issuer];
  refuseUnless(body.role === role, `marks of this tier are issued by a body in the role ${role}`);
}

export function checkExpert(terms, attestation, expert, index) {
  const { confirmed } = attestation.says;
  if (!confirmed) {
    const isNeeded = terms.expert_confirmation || (terms.issuer === "registrar" && terms.basis === "evaluation");
    refuseUnless(!isNeeded, "this tier needs a listed expert's confirmation and the attestation names none");
    return;
  }
  refuseUnless(expert?.uri === confirmed.expert, "the expert who confirmed the answers is not listed");
  const wasListed = isListed(expert, confirmed.date, index);
  refuseUnless(wasListed, "the expert was not listed when the answers were confirmed");
  refuseUnless(confirmed.date <= attestation.iat, "the expert's confirmation lies after the attestation");
}

export function checkTechnicalVerification(attestation, verifier, index) {
  const { tv } = attestation.says;
  refuseUnless(tv, "this tier needs a technical verification and the attestation names none");
  const isVerifier = verifier?.uri === tv.body && verifier.role === "technical_verification";
  refuseUnless(isVerifier, "the technical verification's body is not listed for that");
  const terms = activeTerms(verifier, index);
  const wasListed = terms && terms.begins <= tv.date && tv.date < terms.ends;
  refuseUnless(wasListed, "the technical verification's body was not listed at its date");
  refuseUnless(tv.date <= attestation.iat, "the technical verification lies after the attestation");
}

/** What the published scheme says of the issued tier. */
export function tierTerms(statement, scheme) {
  const said = statement.public;
  const isOne = scheme.scheme === said.scheme && scheme.sha256 === said.criteria_sha256;
  refuseUnless(isOne, "the criteria version of the mark is not the published one");
  const terms = scheme.tiers.find((tier) => tier.level === said.tier);
  refuseUnless(terms, `the scheme does not award level ${said.tier}`);
  return terms;
}

export function checkTerm(statement, mark, scheme, terms, zone) {
  // A corrected mark was signed later than it was decided.
  const decided = Math.min(mark.iat, statement.iat);
  const isLater = mark.nbf >= dayStart(localDate(decided, zone), zone);
  refuseUnless(isLater, "the mark claims to be valid from before the day of its decision");
  const isShort = mark.exp <= termEnd(mark.nbf, terms.term_months, zone);
  refuseUnless(isShort, `the mark lasts longer than the ${terms.term_months} months of its tier`);
  const isNamed = mark.content.criteria === scheme.version && mark.content.basis === terms.basis;
  refuseUnless(isNamed, "the mark names another criteria version or basis than its scheme");
}

/** The object whose history holds the criteria of a mark. */
export const criteriaUri = (mark) => schemeUri(mark.host, mark.content.scheme, mark.content.criteria);
