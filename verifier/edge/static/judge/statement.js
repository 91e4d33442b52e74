// Statements and the second persons' tokens: see statement/claims.py, approval.py, attestation.py.

import { canonical, digest } from "./encoding.js";
import { audienceIs, parseToken } from "./envelope.js";
import { MalformedError, NewerVersionError, StatementError } from "./errors.js";
import { parseName } from "./names.js";
import { isPart, readModel } from "./schema.js";
import { KINDS, MODELS } from "./tables.js";

export const ATTESTATION = "evaluation-attestation+jwt";
export const APPROVAL = "approval+jwt";

/** The statement of a token; its signature and the right to make it are not checked here. */
export async function parseStatement(compact) {
  const token = await parseToken(compact, "statement+jwt");
  if (token.payload.v !== 1) throw new NewerVersionError("the statement's version is unknown to this version");
  const claims = readModel(MODELS.statement, token.payload, "statement");
  const kind = Object.hasOwn(KINDS, claims.type) ? KINDS[claims.type] : null;
  if (!kind) throw new NewerVersionError("the statement's type is unknown to this version");
  const said = readModel(kind.schema, claims.public, `public part of ${claims.type}`);
  checkObject(kind, claims.object, claims.log);
  if (claims.sd.join() !== [...new Set(claims.sd)].sort().join()) {
    throw new StatementError("commitments must be sorted and unique");
  }
  return { ...claims, token, kind, public: said };
}

function checkObject(kind, uri, log) {
  let name;
  try {
    name = parseName(uri);
  } catch (error) {
    if (error instanceof MalformedError) throw new StatementError(`the object is not a name: ${error.message}`);
    throw error;
  }
  if (name.kind !== kind.object) throw new StatementError("this type of statement is about something else");
  if (log !== `${name.host}/log`) throw new StatementError("the object belongs to another authority than the log");
}

/** What a second person approves: SHA-256(JCS({log, type, object, public, sd})). */
export function approvalSubject(statement) {
  const { log, type, object, sd } = statement;
  return digest(canonical({ log, type, object, public: statement.token.payload.public, sd }));
}

/** The event that a statement is to the machine of its object. */
export function eventOf(statement) {
  switch (statement.type) {
    case "evidence.sealed":
      return `${statement.type} ${statement.public.kind}`;
    case "mapping.published":
      return `${statement.type} ${statement.public.status}`;
    case "agreement.in_force":
    case "agreement.suspended":
    case "agreement.terminated":
      return isPart(statement.public) ? `${statement.type} part` : statement.type;
    default:
      return statement.type;
  }
}

export async function parseApproval(compact, log) {
  const token = await parseToken(compact, APPROVAL);
  const claims = readModel(MODELS.approval, token.payload, "approval");
  audienceIs(token, log);
  return { token, iss: claims.iss, subject: claims.subject };
}

export async function parseAttestation(compact, log) {
  const token = await parseToken(compact, ATTESTATION);
  const says = readModel(MODELS.attestation, token.payload, "attestation");
  audienceIs(token, log);
  return { token, iss: says.iss, iat: says.iat, exp: says.exp, says };
}
