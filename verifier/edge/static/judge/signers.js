// Who signed a statement, and whether they might: the table of kinds with keys and log indices. See replay/signers.py.

import { parseToken, verifyToken } from "./envelope.js";
import { NotFoundError, RefusedError, SignatureError } from "./errors.js";
import { authorityUri } from "./names.js";
import { keyCounts } from "./records.js";
import { counts } from "./root.js";
import { ATTESTATION, approvalSubject, parseApproval } from "./statement.js";
import { CONSTANTS } from "./tables.js";

function mayBe(signer, role) {
  return role === "body_holder" ? ["assessor", "decider"].includes(signer.role) : signer.role === role;
}

/**
 * The first and the second signer (or null) of a statement at that index of the log: both signatures verify, both keys
 * counted there, their roles are one of the ways to sign this type, and the second person is another one.
 */
export async function checkSigned(statement, second, index, root, keys) {
  const first = await findSigner(statement.token, statement.iss, index, root, keys);
  await verifyToken(statement.token, first.key);
  const ways = statement.kind.signings.filter(([role]) => mayBe(first, role));
  if (!ways.length) throw new RefusedError(`a key in the role ${first.role} may not sign ${statement.type}`);
  if (statement.second === null) {
    if (ways.every(([, other]) => other)) throw new RefusedError(`${statement.type} needs a second person`);
    return [first, null];
  }
  if (second === null) throw new NotFoundError("the second person's token is not at hand");
  const other = await secondSigner(statement, second, ways, index, root, keys);
  if (other.holder === first.holder || other.key.kid === first.key.kid) {
    throw new RefusedError("the second person is the first one again");
  }
  if (other.entity !== first.entity) throw new RefusedError("the second person acts for somebody else");
  return [first, other];
}

async function findSigner(token, iss, index, root, keys) {
  const signer = (await rootSigner(token.kid, index, root)) ?? bodySigner(token.kid, index, keys);
  if (!signer) throw new NotFoundError(`the key ${token.kid} is not known`);
  if (signer.entity !== iss) throw new RefusedError("the key belongs to another entity than the one that speaks");
  return signer;
}

async function rootSigner(kid, index, root) {
  const found = (await root.keys()).get(kid);
  if (!found) return null;
  const { listed, key } = found;
  if (!counts(listed, index)) throw new RefusedError("the authority's key did not count at that place of the log");
  return { key, holder: listed.holder, entity: authorityUri(root.host), role: listed.role };
}

function bodySigner(kid, index, keys) {
  const record = keys.get(kid);
  if (!record) return null;
  if (!keyCounts(record, index)) throw new RefusedError("the body's key did not count at that place of the log");
  return { key: record.key, holder: record.holder, entity: record.body, role: record.role };
}

async function secondToken(statement, second) {
  if (statement.type === "mark.issued") {
    const token = await parseToken(second, ATTESTATION);
    return { token, iss: String(token.payload.iss) };
  }
  const approval = await parseApproval(second, statement.log);
  if (approval.subject !== (await approvalSubject(statement))) {
    throw new RefusedError("the approval is for something else");
  }
  return approval;
}

async function secondSigner(statement, second, ways, index, root, keys) {
  const { token, iss } = await secondToken(statement, second);
  if (token.digest !== statement.second) throw new SignatureError("the statement names another second token");
  const { iat, exp } = token.payload;
  if (!(iat - CONSTANTS.CLOCK_SKEW <= statement.iat && statement.iat < exp)) {
    throw new RefusedError("the second person's token is not of this time");
  }
  const signer = await findSigner(token, iss, index, root, keys);
  try {
    await verifyToken(token, signer.key);
  } catch (error) {
    // The digest is over what was signed: a signature that was damaged on the way is no fault of the statement.
    if (error instanceof SignatureError) throw new NotFoundError("the second person's token at hand is damaged");
    throw error;
  }
  if (!ways.some(([, role]) => role && mayBe(signer, role))) {
    throw new RefusedError(`a key in the role ${signer.role} may not be the second person for ${statement.type}`);
  }
  return signer;
}
