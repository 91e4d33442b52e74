// Checks on the log: trust root, checkpoint, witnesses, history, inclusion, dating. See examine/log_evidence.py.

import { b64u, bytesEqual, unb64u, utf8 } from "./encoding.js";
import { EvidenceError, MarkError, NotFoundError, ProofError } from "./errors.js";
import { leafHash, verifyConsistency, verifyInclusion } from "./merkle.js";
import { parseCheckpoint } from "./note.js";
import { follow } from "./root.js";
import { parseStatement } from "./statement.js";
import { CONSTANTS } from "./tables.js";
import { checkLog as logSigned, checkQuorum } from "./witness_policy.js";

const { CLOCK_SKEW, LONGEST_DATING } = CONSTANTS;

/** Follow the trust roots of the bundle from the pinned one; an expired root decides nothing. */
export async function checkTrustRoot(examined) {
  const work = () => follow(examined.pinned, examined.bundle.trust_roots);
  const root = await examined.made("trust_root", work, "root_not_agreed");
  examined.root = root ?? examined.pinned;
  if (root && examined.now >= root.content.expires) {
    examined.checks.pop();
    examined.unknown("trust_root", "root_expired", "the trust root has expired: fetch the newest one");
  }
}

/** Check the latest checkpoint, its witnesses, the history before it and the inclusion of every entry. */
export async function checkLog(examined) {
  const { latest } = examined.bundle;
  if (latest === null) {
    examined.unknown("checkpoint", "missing", "no checkpoint of the log is at hand");
    return;
  }
  const signed = await examined.made("checkpoint", () => open(examined, latest), "log_signature");
  if (!signed) return;
  const time = await cosigned(examined, signed);
  if (time === null) return;
  examined.latest = signed;
  examined.knownAt = time;
  examined.passed("witnesses", time);
  await examined.made("history", () => checkHistory(examined), "inconsistent");
  await examined.made("inclusion", () => checkInclusion(examined), "not_included");
}

/** Sort the bundle's statements into one chain for each object; what cannot be read is left out and noted. */
export async function readEntries(examined) {
  for (const logged of examined.bundle.statements) {
    let statement;
    try {
      statement = await parseStatement(logged.statement);
    } catch (error) {
      examined.note("format", error, "statement");
      continue;
    }
    if (statement.log !== examined.root.origin) continue;
    const leafText = b64u(await leafHash(utf8(statement.token.compact)));
    const entry = placed(examined, { index: logged.index, leafText, statement });
    const chain = examined.chains.get(statement.object) ?? [];
    examined.chains.set(statement.object, [...chain, entry]);
  }
  for (const chain of examined.chains.values()) chain.sort((one, other) => one.index - other.index);
}

function placed(examined, entry) {
  // An entry whose place is not proven goes behind all that is: it may take effect now, but not in the past.
  if (!examined.latest || examined.isLogged(entry)) return entry;
  return { ...entry, index: Math.max(entry.index, examined.latest.size) };
}

/** Check that the issuance lies between its anchor and its first covering checkpoint, as witnesses saw them. */
export async function checkDating(examined) {
  const { issuance } = examined;
  if (!issuance || !examined.latest) {
    examined.unknown("dating", "missing", "without the log's evidence the issuance has no date");
    return;
  }
  let bounds;
  try {
    bounds = await dates(examined, issuance);
  } catch (error) {
    examined.note("dating", error, "dating");
    return;
  }
  const { iat } = issuance.statement;
  const [lower, upper] = bounds;
  if (iat < lower - CLOCK_SKEW) {
    examined.failed("dating", "backdated", "the statement claims to be older than the checkpoint it names", "forged");
  } else if (iat > upper + CLOCK_SKEW) {
    examined.failed("dating", "postdated", "the statement is dated after the log had it", "forged");
  } else if (upper - lower > LONGEST_DATING) {
    examined.unknown("dating", "too_wide", "the checkpoints shown leave more than 24 hours open");
  } else {
    examined.passed("dating", upper);
  }
}

/** An earlier checkpoint that the latest one extends, and when its quorum of witnesses was met. */
export async function witnessedEarlier(examined, part) {
  const signed = await open(examined, part.note);
  await checkExtends(examined, signed, part);
  return [signed, await quorumTime(examined, signed)];
}

async function quorum(examined, signed) {
  const time = await checkQuorum(await examined.root.policyAt(signed.size), signed);
  return examined.ownPolicy ? Math.max(time, await checkQuorum(examined.ownPolicy, signed)) : time;
}

async function open(examined, note) {
  if (!examined.opened.has(note)) {
    const signed = parseCheckpoint(note);
    await logSigned(await examined.root.policyAt(signed.size), signed);
    examined.opened.set(note, signed);
  }
  return examined.opened.get(note);
}

async function cosigned(examined, signed) {
  try {
    return await quorum(examined, signed);
  } catch (error) {
    if (!(error instanceof MarkError)) throw error;
    // Too few witnesses prove nothing against the mark: the log's state was not confirmed.
    examined.unknown("witnesses", error instanceof EvidenceError ? "quorum" : error.code, error.message);
    return null;
  }
}

async function checkHistory(examined) {
  for (const part of [examined.bundle.anchor, examined.bundle.first]) {
    if (!part) throw new NotFoundError("an earlier checkpoint of the issuance is not at hand");
    await checkExtends(examined, await open(examined, part.note), part);
  }
}

async function checkExtends(examined, earlier, part) {
  const { latest } = examined;
  if (!latest) throw new NotFoundError("no latest checkpoint is at hand");
  const sizes = { oldSize: earlier.exact, newSize: latest.exact };
  await verifyConsistency({ ...sizes, oldRoot: earlier.root, newRoot: latest.root, path: part.consistency });
}

async function checkInclusion(examined) {
  const { exact: size, root } = examined.latest;
  for (const logged of examined.bundle.statements) {
    const leaf = await leafHash(utf8(logged.statement));
    await verifyInclusion({ leaf, index: BigInt(logged.index), size, path: logged.path, root });
    examined.included.add(`${logged.index} ${b64u(leaf)}`);
  }
}

async function dates(examined, issuance) {
  const { anchor } = issuance.statement;
  const { anchor: shown, first } = examined.bundle;
  if (!anchor || !shown || !first) {
    throw new NotFoundError("the anchor or the first covering checkpoint is not at hand");
  }
  const lower = await open(examined, shown.note);
  if (lower.size !== anchor.size || !bytesEqual(lower.root, unb64u(anchor.root))) {
    throw new ProofError("the anchor shown is not the one that the statement names");
  }
  const upper = await open(examined, first.note);
  const leaf = unb64u(issuance.leafText);
  const place = { index: BigInt(issuance.index), size: upper.exact };
  await verifyInclusion({ leaf, ...place, path: first.path, root: upper.root });
  return [await quorumTime(examined, lower), await quorumTime(examined, upper)];
}

async function quorumTime(examined, signed) {
  try {
    return await quorum(examined, signed);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new NotFoundError(`a checkpoint of the issuance lacks witnesses: ${error.message}`);
  }
}
