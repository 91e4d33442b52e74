// Replay of a bundle's entries in the order of the log: who signed each, and what it makes true.
// See examine/entries.py.

import { parseToken } from "./envelope.js";
import { MarkError, NotFoundError, RefusedError } from "./errors.js";
import { orNull } from "./examination.js";
import { checkMayDecide, checkSpeaksForMark, reportDuty } from "./mark_rules.js";
import { authorityUri, parseName } from "./names.js";
import { foldBody, foldExpert, foldKey, foldMark, foldScheme, nextState } from "./records.js";
import { checkSigned } from "./signers.js";
import { APPROVAL, ATTESTATION, eventOf } from "./statement.js";
import { CONSTANTS } from "./tables.js";

/**
 * Take every entry whose place in the log is proven, in order; note for each object the first one that fails.
 * A statement that takes away counts even where the log does not show it: whoever signed it cannot take it back.
 */
export async function replayEntries(examined) {
  await readSeconds(examined);
  const entries = [...examined.chains.values()].flat().sort((one, other) => one.index - other.index);
  for (const entry of entries) {
    const uri = entry.statement.object;
    const isLogged = examined.isLogged(entry);
    if (examined.faults.has(uri) || !(isLogged || entry.statement.kind.effect === "taking_away")) continue;
    try {
      checkPlace(examined, entry);
      await take(examined, entry);
    } catch (error) {
      if (!(error instanceof MarkError)) throw error;
      // Anybody can put a statement into a bundle: what the log does not show and does not hold says nothing.
      if (isLogged) examined.faults.set(uri, error);
    }
  }
}

async function readSeconds(examined) {
  const tokens = examined.bundle.approvals.map((one) => [one, APPROVAL]);
  if (examined.bundle.attestation !== null) tokens.push([examined.bundle.attestation, ATTESTATION]);
  for (const [compact, typ] of tokens) {
    const token = await orNull(() => parseToken(compact, typ));
    if (token) examined.seconds.set(token.digest, compact);
  }
}

function checkPlace(examined, entry) {
  const { statement } = entry;
  if (statement.prev !== (examined.heads.get(statement.object) ?? null)) {
    throw new NotFoundError(`entry ${statement.prev} of the object's history is not at hand`);
  }
  if (!examined.isLogged(entry) && statement.iat > examined.now + CONSTANTS.CLOCK_SKEW) {
    throw new RefusedError("the statement is dated in the future");
  }
}

async function take(examined, entry) {
  const { statement } = entry;
  const uri = statement.object;
  const second = (statement.second && examined.seconds.get(statement.second)) ?? null;
  const [first, other] = await checkSigned(statement, second, entry.index, examined.root, examined.keys);
  if (statement.second !== null && examined.usedSeconds.has(statement.second)) {
    throw new RefusedError("the second person's token was used before");
  }
  await fold(examined, entry, first, other);
  examined.heads.set(uri, entry.index);
  if (statement.second !== null) examined.usedSeconds.add(statement.second);
  const bodies = [first, other].filter((one) => one && one.entity !== authorityUri(examined.root.host));
  const known = examined.signers.get(uri) ?? [];
  examined.signers.set(uri, [...known, ...bodies.map((signer) => [entry, signer])]);
}

async function fold(examined, entry, first, other) {
  const { statement } = entry;
  const uri = statement.object;
  const { kind, value } = parseName(uri);
  switch (kind) {
    case "k":
      examined.keys.set(value, await foldOwnKey(examined, entry, first.entity));
      break;
    case "e":
      examined.bodies.set(uri, foldBody(examined.bodies.get(uri), entry));
      break;
    case "s":
      examined.schemes.set(uri, foldScheme(examined.schemes.get(uri), entry));
      break;
    case "x":
      examined.experts.set(uri, foldExpert(examined.experts.get(uri), entry));
      break;
    case "m":
      examined.marks.set(uri, foldOwnMark(examined, entry, first));
      if (statement.type === "mark.issued" && other) examined.issuers.set(uri, [entry, first, other]);
      if (statement.type === "mark.corrected") {
        examined.corrections.set(uri, [...(examined.corrections.get(uri) ?? []), entry]);
      }
      break;
    default:
      nextState(kind, examined.heads.has(uri) ? "published" : null, eventOf(statement));
  }
}

function foldOwnKey(examined, entry, entity) {
  const record = examined.keys.get(parseName(entry.statement.object).value);
  if (record && ![record.body, authorityUri(examined.root.host)].includes(entity)) {
    throw new RefusedError("somebody else's statement about this key");
  }
  return foldKey(record, entry);
}

function foldOwnMark(examined, entry, first) {
  const { statement } = entry;
  const record = examined.marks.get(statement.object);
  if (record) {
    const authority = authorityUri(examined.root.host);
    const { zone } = examined.root.content;
    const duty = (one) => reportDuty(one.issued, [...examined.schemes.values()], zone);
    checkSpeaksForMark(record, statement, first, { authority, duty });
    if (first.entity !== authority) checkMayDecide(examined.bodies.get(first.entity), statement, entry.index);
  }
  return foldMark(record, entry);
}
