// Checks on the present: what the directory proves, the state of the mark, its dates. See examine/present_evidence.py.

import { b64u, unb64u } from "./encoding.js";
import { NotFoundError, ProofError, RefusedError } from "./errors.js";
import { bucketOf, lookUp, subjectKey } from "./directory.js";
import { witnessedEarlier } from "./log_evidence.js";
import { isOverdue, reportDuty } from "./mark_rules.js";
import { directoryUri, keyUri, rootUri } from "./names.js";
import { counts } from "./root.js";
import { CONSTANTS } from "./tables.js";

const ENDED = ["annulled", "withdrawn", "cancelled", "suspended", "superseded"];

/** Check that nothing later is hidden, and say in what state the mark is now. */
export async function checkPresentState(examined) {
  let records = new Map();
  try {
    const published = await publishedDirectory(examined);
    const found = new Map();
    for (const uri of objects(examined)) found.set(uri, await recordOf(published, uri));
    records = found;
    await checkAbsence(examined, records);
    checkHeads(examined, records);
    checkRootIsNewest(examined);
    examined.passed("directory", examined.directoryTime);
  } catch (error) {
    examined.note("directory", error, "directory");
  }
  checkState(examined, records.get(examined.ownUri) ?? null);
}

/** Check the mark's dates against the instant asked for: the half-open interval [nbf, exp). */
export function checkValidityPeriod(examined) {
  const dated = examined.mark ?? examined.presented.seal?.content;
  if (!dated) {
    examined.unknown("validity_period", "missing", "the mark's dates are not at hand");
    return;
  }
  const { nbf, exp } = dated;
  const signed = examined.mark ? firstSigned(examined, examined.mark) - CONSTANTS.CLOCK_SKEW : nbf;
  if (examined.asOf < Math.max(nbf, signed)) {
    examined.failed("validity_period", "not_yet_valid", "", "not_yet_valid");
  } else if (examined.asOf >= exp) {
    examined.failed("validity_period", "expired", "", "expired");
  } else {
    examined.passed("validity_period");
  }
}

function firstSigned(examined, mark) {
  if (!examined.issuance || !examined.corrections.has(examined.ownUri)) return mark.iat;
  return Math.min(mark.iat, examined.issuance.statement.iat);
}

/** The bundle's directory once the log and the directory key vouch for it; notes as of when it holds. */
async function publishedDirectory(examined) {
  const part = examined.bundle.directory;
  const chain = examined.chains.get(directoryUri(examined.root.host)) ?? [];
  const entry = part && chain.find((one) => one.index === part.entry);
  if (!entry) throw new NotFoundError("the directory is not at hand: the present state is not confirmed");
  const { statement } = entry;
  const { type, token, public: said } = statement;
  if (!examined.isLogged(entry) || type !== "directory.published") {
    throw new NotFoundError("the directory's place in the log is not proven");
  }
  const found = (await examined.root.keys()).get(token.kid);
  if (!found || found.listed.role !== "directory" || !counts(found.listed, entry.index)) {
    throw new RefusedError("the directory is not signed by a directory key of the trust root");
  }
  await found.key.verify(token.signature, token.signingInput);
  if (said.size > entry.index) throw new RefusedError("the directory claims to know later entries");
  examined.directoryTime = await dated(examined, part, statement, said.size);
  return { part, said };
}

/** When witnesses saw the anchor of the directory, which is over every entry that the anchor covers. */
async function dated(examined, part, { anchor }, size) {
  const [signed, time] = await witnessedEarlier(examined, part.anchor);
  if (!anchor || signed.size !== anchor.size || b64u(signed.root) !== anchor.root) {
    throw new ProofError("the directory's anchor shown is not the one that it names");
  }
  if (size < anchor.size) throw new RefusedError("the directory leaves out entries that its anchor covers");
  return time;
}

function objects(examined) {
  const { ownUri, root, attestation } = examined;
  const listed = [ownUri, rootUri(root.host)];
  const found = examined.issuers.get(ownUri);
  if (found) listed.push(found[0].statement.iss);
  const kids = (examined.signers.get(ownUri) ?? []).map(([, signer]) => signer.key.kid);
  listed.push(...[...new Set(kids.map((kid) => keyUri(root.host, kid)))].sort());
  if (attestation?.says.tv) listed.push(attestation.says.tv.body);
  if (attestation?.says.confirmed) listed.push(attestation.says.confirmed.expert);
  return listed;
}

/** The directory's record of an object; null is proven absence. Throws NotFoundError, ProofError. */
async function recordOf({ part, said }, uri) {
  const bucket = bucketOf(await subjectKey(uri), said.bits);
  const proof = part.buckets.find((one) => one.bucket === bucket);
  if (!proof) throw new NotFoundError(`the directory's part about ${uri} is not at hand`);
  const record = await lookUp(proof, uri, said.bits, unb64u(said.root));
  if (record && !record.object) throw new ProofError("the directory holds another kind of record under this name");
  return record;
}

async function checkAbsence(examined, records) {
  if (records.get(examined.ownUri) !== null) return;
  if (!examined.issuance) {
    checkNotYounger(examined);
    examined.headlines.add("not_found");
    return;
  }
  const { said } = await publishedDirectory(examined);
  if (said.size <= examined.issuance.index) {
    throw new NotFoundError("the directory is older than the mark: wait for the next one");
  }
  throw new RefusedError("the directory denies a mark that the log holds");
}

function checkNotYounger(examined) {
  const knownAt = examined.directoryTime ?? 0;
  if (examined.mark && examined.mark.iat > knownAt) {
    throw new NotFoundError("the directory is older than the mark: fetch the newest one");
  }
  if (examined.presented.seal && examined.now - knownAt > CONSTANTS.LONGEST_DENIAL) {
    throw new NotFoundError("the directory is too old to deny a seal, which does not say when it was signed");
  }
}

function checkHeads(examined, records) {
  for (const [uri, record] of records) {
    if (record === null) {
      if (uri !== examined.ownUri) throw new RefusedError(`the directory denies ${uri}, which the log holds`);
      continue;
    }
    const known = (examined.chains.get(uri) ?? []).find((one) => one.index === record.head);
    if (!known) throw new NotFoundError(`entry ${record.head} about ${uri} is later than those at hand`);
    if (known.leafText !== record.leaf) {
      throw new RefusedError(`the directory names another entry at index ${record.head}`);
    }
    if (examined.faults.has(uri)) throw examined.faults.get(uri);
  }
}

function checkRootIsNewest(examined) {
  const { type, public: said } = examined.chains.get(rootUri(examined.root.host)).at(-1).statement;
  if (type === "trust_root.published" && said.version > examined.root.content.version) {
    throw new NotFoundError(`the log names version ${said.version} of the trust root, which is not at hand`);
  }
}

function checkState(examined, record) {
  const mark = examined.marks.get(examined.ownUri) ?? null;
  const own = mark?.steps.at(-1).state ?? null;
  const states = [own, record?.state ?? null];
  const liftBy = record?.state === "suspended" ? record.until : (mark?.liftBy ?? null);
  // The deadline to lift a suspension withdraws the mark by the clock, whether or not the log says so already.
  if (states.includes("suspended") && liftBy !== null && examined.asOf >= liftBy) states.push("withdrawn");
  // So does a yearly report that did not come: it suspends the mark.
  if (own === "active" && isReportOverdue(examined, mark)) states.push("suspended");
  const ended = ENDED.find((state) => states.includes(state));
  if (ended) examined.failed("state", ended, "", ended);
  else if (record?.state === "active") examined.passed("state", examined.directoryTime);
  else examined.unknown("state", "missing", "the present state of the mark is not proven");
}

function isReportOverdue(examined, mark) {
  try {
    const duty = reportDuty(mark.issued, [...examined.schemes.values()], examined.root.content.zone);
    return isOverdue(mark, duty, examined.asOf);
  } catch (error) {
    // The check of the criteria says that they are not at hand.
    if (error instanceof NotFoundError) return false;
    throw error;
  }
}
