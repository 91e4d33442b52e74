// Checks on the issuance: signature, QR seal, registration, two persons, keys, accreditation, criteria.
// See examine/issuance_evidence.py.

import { checkTimes, parseToken, verifyToken } from "./envelope.js";
import { MarkError, NotFoundError, RefusedError, SignatureError, UnavailableError } from "./errors.js";
import { orNull } from "./examination.js";
import * as rules from "./issuance_rules.js";
import { parseMark, readSeal } from "./mark.js";
import { checkShownMark, checkShownSeal, isAsIssued, isNewer } from "./mark_version.js";
import { bodyUri, keyUri, parseName } from "./names.js";
import { keyCounts } from "./records.js";
import { listedBody, listedKey, readTrustList } from "./root.js";
import { ATTESTATION, parseAttestation } from "./statement.js";

/** Find the mark's token and the entry that issued it. */
export async function findIssuance(examined) {
  const { presented, bundle, root } = examined;
  const chain = examined.chains.get(examined.ownUri) ?? [];
  const isIssuance = (entry) => entry.statement.type === "mark.issued" && examined.isLogged(entry);
  examined.issuance = chain.find(isIssuance) ?? null;
  examined.mark = presented.mark ?? null;
  if (examined.mark || bundle.mark === null) return;
  try {
    const stored = await parseMark(bundle.mark);
    if (stored.host === root.host && stored.id === presented.id) examined.mark = stored;
  } catch (error) {
    examined.note("format", error, "mark", "forged");
  }
}

/** Read the trust list where one is at hand; a bad or old one is passed over: it only helps where entries lack. */
export async function readList(examined) {
  const { trust_list: compact } = examined.bundle;
  if (compact === null) return;
  examined.trustList = await orNull(async () => {
    const listed = await readTrustList(compact, examined.root);
    checkTimes(listed.token, examined.now);
    return listed;
  });
}

const issuerNo = (mark) => Number(parseName(mark.iss).value);

/** Check the signature of the mark by the issuer's key. */
export async function checkSignature(examined) {
  const { mark } = examined;
  if (!mark) {
    examined.unknown("signature", "missing", "the mark's token is not at hand");
    return;
  }
  const key = await keyOf(examined, mark);
  if (key) {
    await examined.made("signature", () => verifyToken(mark.token, key), "signature", "forged");
  } else if (isIssuedOtherwise(examined, mark)) {
    examined.failed("signature", "unknown_key", "the key never signed for this mark", "forged");
  } else if (examined.trustList && !listedBody(examined.trustList, issuerNo(mark))) {
    const detail = `${mark.iss} is not an accredited body of this registry`;
    examined.failed("signature", "unknown_issuer", detail, "unknown_issuer");
  } else {
    examined.unknown("signature", "key_missing", "the issuer's key is not at hand");
  }
}

async function keyOf(examined, mark) {
  const record = examined.keys.get(mark.token.kid);
  if (record) return record.key;
  const body = listedBody(examined.trustList, issuerNo(mark));
  const listed = body?.keys.find((key) => key.kid === mark.token.kid);
  return listed ? listedKey(examined.trustList, body.no, listed.no) : null;
}

function isIssuedOtherwise(examined, mark) {
  if (!examined.issuance) return false;
  const record = examined.marks.get(examined.ownUri);
  const named = [examined.issuance.statement.public, ...(record?.versions ?? [])].map((one) => one.mark_sha256);
  return !named.includes(mark.token.digest) && !isNewer(examined, mark);
}

/** Check the QR seal: signed by the issuer, for this host and id, and the one that the log names. */
export async function checkSeal(examined) {
  const { presented, bundle, root } = examined;
  const shown = Boolean(presented.seal);
  try {
    const seal = presented.seal ?? (bundle.seal ? await readSeal(bundle.seal) : null);
    if (!seal || seal.host !== root.host || seal.id !== presented.id) {
      if (shown) throw new NotFoundError("the evidence is about another mark");
      return;
    }
    await checkSealSignature(examined, seal);
  } catch (error) {
    if (!(error instanceof MarkError)) throw error;
    // Nobody showed this seal: a bad one in the evidence says nothing about the mark that was shown.
    if (shown) examined.note("seal", error, "seal", "forged");
    else examined.unknown("seal", "missing", error.message);
    return;
  }
  examined.passed("seal");
}

async function checkSealSignature(examined, seal) {
  if (!examined.issuance || !examined.mark) {
    await checkByNumber(examined, seal);
    return;
  }
  const entry = await checkShownSeal(examined, seal);
  if (!entry) {
    await checkByNumber(examined, seal);
    throw new NotFoundError("the evidence is too old to deny this seal: it may be one of a correction");
  }
  const { kid } = entry.statement.token;
  const record = examined.keys.get(kid);
  if (!record) throw new NotFoundError("the issuer's key is not at hand");
  if (record.no !== seal.content.key_no) throw new SignatureError("the seal names another key number");
  await verifyToken(await seal.token(kid), record.key);
}

async function checkByNumber(examined, seal) {
  const { issuer_no: issuer, key_no: no } = seal.content;
  const body = bodyUri(examined.root.host, issuer);
  const records = [...examined.keys.values()];
  const record = records.find((one) => one.body === body && one.no === no && one.role === "decider");
  const key = record?.key ?? (await listedKey(examined.trustList, issuer, no));
  if (!key) throw new NotFoundError("the key that the seal names is not at hand");
  await verifyToken(await seal.token(key.kid), key);
}

/** Check that the log issues, under this id, exactly the mark at hand, whole and signed by whom it says. */
export async function checkRegistration(examined) {
  const { issuance, mark, ownUri } = examined;
  if (!issuance || !mark) {
    examined.unknown("registration", "missing", "the entry that issues this mark is not at hand");
    return;
  }
  try {
    checkShownMark(examined, issuance, mark);
  } catch (error) {
    examined.note("registration", error, "another_mark", "forged");
    return;
  }
  if (examined.issuers.has(ownUri) && examined.isOutdated) {
    examined.failed("registration", "corrected", "a correction took the place of these bytes", "superseded");
  } else if (examined.issuers.has(ownUri)) {
    examined.passed("registration");
  } else if (await isKeyVoid(examined, issuance)) {
    examined.note("registration", examined.faultOf(ownUri), "void_key", "void_key");
  } else {
    examined.note("registration", examined.faultOf(ownUri), "not_admissible", "forged");
  }
}

/** Check the two persons, their keys, the accreditation, the criteria and the technical verification. */
export async function checkIssuer(examined) {
  const found = examined.issuers.get(examined.ownUri);
  if (!found || !examined.mark) {
    await noteNoIssuer(examined);
    return;
  }
  const [entry, decider, assessor] = found;
  const persons = () => checkPersons(examined, entry, decider, assessor);
  await examined.made("two_persons", persons, "two_persons", "forged");
  await examined.made("keys", () => checkKeys(examined), "void_key", "void_key");
  const accredited = () => checkAccredited(examined, entry);
  await examined.made("accreditation", accredited, "not_accredited", "unknown_issuer");
  await checkCriteria(examined, entry);
}

async function noteNoIssuer(examined) {
  for (const name of ["two_persons", "keys", "accreditation", "criteria"]) {
    if (name === "keys" && examined.issuance && (await isKeyVoid(examined, examined.issuance))) {
      examined.failed(name, "void_key", examined.faultOf(examined.ownUri).message, "void_key");
    } else {
      examined.unknown(name, "missing", "the issuance is not proven");
    }
  }
}

async function checkPersons(examined, entry, decider, assessor) {
  const { bundle, mark } = examined;
  if (bundle.attestation === null) throw new NotFoundError("the assessor's attestation is not at hand");
  const attestation = await parseAttestation(bundle.attestation, entry.statement.log);
  // What a correction changed in names, domains and listing, the assessor approved with the correction.
  if (isAsIssued(examined, mark)) await rules.checkAttestation(entry.statement, mark, attestation);
  else rules.checkAttested(entry.statement, mark, attestation);
  rules.checkTwoPersons(decider, assessor);
  examined.attestation = attestation;
}

async function isKeyVoid(examined, issuance) {
  const second = examined.seconds.get(issuance.statement.second ?? "");
  const kids = [issuance.statement.token.kid];
  if (second) kids.push((await parseToken(second, ATTESTATION)).kid);
  const records = kids.map((kid) => examined.keys.get(kid)).filter(Boolean);
  return records.some((record) => !keyCounts(record, issuance.index));
}

function checkKeys(examined) {
  for (const [entry, signer] of examined.signers.get(examined.ownUri)) {
    const record = examined.keys.get(signer.key.kid);
    const uri = keyUri(examined.root.host, record.kid);
    const fault = examined.faults.get(uri);
    if (fault) throw new UnavailableError(`the history of ${uri} does not hold: ${fault.message}`);
    if (!keyCounts(record, entry.index) && entry.statement.kind.effect !== "taking_away") {
      throw new RefusedError(`the ${record.role}'s key is void for ${entry.statement.type}`);
    }
  }
}

function checkAccredited(examined, entry) {
  const { statement, index } = entry;
  const { attestation } = examined;
  const body = examined.bodies.get(statement.iss);
  if (!body) throw examined.faultOf(statement.iss);
  if (!attestation) throw new NotFoundError("without the attestation the dates of the evaluation are unknown");
  rules.checkAccreditation(statement, attestation, body, index);
  const scheme = examined.schemes.get(rules.criteriaUri(examined.mark));
  if (!scheme) return;
  const terms = rules.tierTerms(statement, scheme);
  const { confirmed } = attestation.says;
  rules.checkIssuer(terms, body);
  if (confirmed && !examined.experts.has(confirmed.expert)) throw examined.faultOf(confirmed.expert);
  rules.checkExpert(terms, attestation, confirmed && examined.experts.get(confirmed.expert), index);
}

async function checkCriteria(examined, entry) {
  const { mark, attestation } = examined;
  const uri = rules.criteriaUri(mark);
  const scheme = examined.schemes.get(uri);
  if (!scheme) {
    examined.note("criteria", examined.faultOf(uri), "criteria");
    return;
  }
  let terms;
  try {
    terms = rules.tierTerms(entry.statement, scheme);
    rules.checkTerm(entry.statement, mark, scheme, terms, examined.root.content.zone);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    examined.failed("criteria", "criteria", error.message, "forged");
    return;
  }
  examined.passed("criteria");
  if (!terms.technical_verification) return;
  if (!attestation) {
    examined.unknown("technical_verification", "missing", "the attestation is not at hand");
    return;
  }
  const { tv } = attestation.says;
  if (tv && !examined.bodies.has(tv.body)) {
    examined.note("technical_verification", examined.faultOf(tv.body), "technical_verification");
    return;
  }
  const verified = () => rules.checkTechnicalVerification(attestation, tv && examined.bodies.get(tv.body), entry.index);
  await examined.made("technical_verification", verified, "technical_verification", "unknown_issuer");
}
