// Which version of a mark is shown: the one that the log names last, one that a correction took the place of, or none.
// See examine/mark_version.py.

import { EvidenceError, NotFoundError, RefusedError } from "./errors.js";
import * as rules from "./issuance_rules.js";
import { sealFitsMark } from "./mark.js";
import { CONSTANTS } from "./tables.js";

/** The entries that name bytes of the mark, the newest first: its corrections, then its issuance. */
function versionEntries(examined) {
  const corrections = [...(examined.corrections.get(examined.ownUri) ?? [])].reverse();
  return examined.issuance ? [...corrections, examined.issuance] : corrections;
}

const markDigest = (entry) => entry.statement.public.mark_sha256 ?? null;
const sealDigest = (entry) => entry.statement.public.seal_sha256 ?? null;

/** Check that the mark is, word for word, the newest version; a corrected one sets ``isOutdated``. */
export function checkShownMark(examined, issuance, mark) {
  const versions = versionEntries(examined);
  const [named] = versions.filter((entry) => markDigest(entry) === mark.token.digest);
  if (!named) {
    if (isNewer(examined, mark)) {
      throw new NotFoundError("the mark is younger than the evidence: it may be a correction that is not shown");
    }
    rules.checkMarkIsIssued(issuance.statement, mark);
  } else if (named.statement.type === "mark.corrected") {
    rules.checkMarkFits(issuance.statement, mark);
    rules.checkMarkIsCorrected(named.statement, mark);
  } else {
    rules.checkMarkIsIssued(issuance.statement, mark);
  }
  if (named && named !== versions[0]) {
    if (!examined.presented.mark && !examined.isOutdated) {
      throw new NotFoundError("the corrected mark is not at hand");
    }
    examined.isOutdated = true;
  }
}

/** The entry that names the seal, null when it may be newer than the evidence; a corrected one is outdated. */
export async function checkShownSeal(examined, seal) {
  const versions = versionEntries(examined);
  let found = null;
  for (const entry of versions) {
    if ((await seal.token(entry.statement.token.kid)).digest === sealDigest(entry)) {
      found = entry;
      break;
    }
  }
  if (!found) {
    if (examined.now - (examined.knownAt ?? 0) > CONSTANTS.LONGEST_DENIAL) return null;
    throw new RefusedError("the log holds another QR seal under this id");
  }
  const { mark } = examined;
  if (found !== versions[0]) {
    examined.isOutdated ||= Boolean(examined.presented.seal);
  } else if (mark && mark.token.digest === markDigest(found) && !isItsSeal(mark, seal)) {
    throw new RefusedError("the QR seal tells another story than the mark");
  }
  return found;
}

/** Say whether the mark was signed after the evidence, and says what the mark of the log says. */
export function isNewer(examined, mark) {
  if (!examined.issuance || examined.knownAt === null || mark.iat <= examined.knownAt) return false;
  try {
    rules.checkMarkFits(examined.issuance.statement, mark);
    return true;
  } catch (error) {
    if (error instanceof EvidenceError) return false;
    throw error;
  }
}

/** Say whether the mark is the version that the attestation was about. */
export function isAsIssued(examined, mark) {
  return examined.issuance !== null && markDigest(examined.issuance) === mark.token.digest;
}

function isItsSeal(mark, seal) {
  return seal.host === mark.host && seal.id === mark.id && sealFitsMark(seal.content, mark);
}
