// Trust roots and the trust list: see trust/root.py and trust/trustlist.py. The caller pins a root; a later one counts
// when the custodians of the old and of the new version agreed to it, each with ES256 and ML-DSA-65.

import { bytesEqual, canonical, concat, digest, readObject, unb64u, utf8 } from "./encoding.js";
import { parseToken, verifyToken } from "./envelope.js";
import { EvidenceError, TrustRootError } from "./errors.js";
import { isZone } from "./dates.js";
import { importJwk } from "./keys.js";
import { verifyMldsa } from "./mldsa.js";
import { HOST, authorityUri, logOrigin } from "./names.js";
import { parseVkey } from "./note.js";
import { readModel } from "./schema.js";
import { CONSTANTS, MODELS } from "./tables.js";
import { parsePolicy } from "./witness_policy.js";

const CONTEXT = utf8("shirushi-trust-root-v1\n");

/** The trust root of a file's JSON; nobody has vouched for it yet. Throws MalformedError, TrustRootError. */
export async function parseRoot(value) {
  if (canonical(value).length >= CONSTANTS.ROOT_MAX_BYTES) throw new TrustRootError("the trust root file is too large");
  const file = readModel(MODELS.rootFile, value, "trust root file");
  const signed = unb64u(file.signed);
  const content = await readContent(signed);
  return new TrustRoot(content, signed, file.signatures, await digest(signed));
}

/** The root that the caller chose to trust, after checking that it fulfils its own threshold. */
export async function pin(value) {
  const root = await parseRoot(value);
  await checkThreshold(root, root.content);
  return root;
}

/** The newest root reachable from the pinned one. Throws TrustRootError where a step is missing or not agreed. */
export async function follow(pinned, successors) {
  const roots = [];
  for (const one of successors) roots.push(await parseRoot(one));
  roots.sort((one, other) => one.content.version - other.content.version);
  let current = pinned;
  for (const root of roots) {
    if (root.content.version <= current.content.version) continue;
    if (root.content.version !== current.content.version + 1 || root.host !== current.host) {
      throw new TrustRootError("a version of the trust root is missing from the chain");
    }
    await checkThreshold(root, current.content);
    await checkThreshold(root, root.content);
    current = root;
  }
  return current;
}

class TrustRoot {
  constructor(content, signed, signatures, sha256) {
    Object.assign(this, { content, signed, signatures, sha256, host: content.host, origin: content.log });
  }

  /** The authority's keys by kid: what is listed and the key. */
  async keys() {
    if (!this.known) {
      this.known = new Map();
      for (const listed of this.content.keys) {
        this.known.set(listed.kid, { listed, key: await importJwk({ ...listed.jwk, kid: listed.kid }) });
      }
    }
    return this.known;
  }

  /** The witness policy with the witnesses and log keys whose windows hold at that tree size. */
  async policyAt(size) {
    const policy = (this.policy ??= await parsePolicy(this.content.policy));
    const counting = new Set();
    for (const one of [...this.content.witnesses, ...this.content.log_keys]) {
      if (holds(one, size)) counting.add((await parseVkey(one.vkey)).text);
    }
    const keep = (listed) => listed.filter((one) => counting.has(one.key.text));
    return { ...policy, logs: keep(policy.logs), witnesses: keep(policy.witnesses) };
  }
}

/** Say whether a log index lies in a window. */
export const holds = (window, index) => window.from <= index && (window.until === null || index < window.until);
/** Say whether a key of the root may sign the entry at that index. */
export const counts = (listed, index) => holds(listed, index) && (listed.cutoff === null || index < listed.cutoff);

async function readContent(signed) {
  const value = readObject(signed);
  if (!bytesEqual(canonical(value), signed)) throw new TrustRootError("the signed part is not canonical JSON");
  const content = readModel(MODELS.rootContent, value, "trust root");
  if (!HOST.test(content.host) || content.log !== logOrigin(content.host)) {
    throw new TrustRootError("the trust root's host and log do not fit each other");
  }
  const lists = [
    content.custodians.map((one) => one.holder),
    content.keys.map((one) => one.kid),
    content.custodians.map((one) => `${one.es256.x} ${one.es256.y}`),
    content.custodians.map((one) => one.ml_dsa_65),
  ];
  if (lists.some((each) => new Set(each).size !== each.length)) {
    throw new TrustRootError("the trust root lists a custodian or a key twice");
  }
  if (!isZone(content.zone)) throw new TrustRootError("the trust root's time zone is unknown");
  if (content.threshold > content.custodians.length) throw new TrustRootError("the threshold cannot be met");
  await checkPolicy(content);
  if (!(content.issued < content.expires && content.expires <= content.issued + CONSTANTS.ROOT_LONGEST_LIFE)) {
    throw new TrustRootError("a trust root lives 13 months at most");
  }
  return content;
}

async function checkPolicy(content) {
  const policy = await parsePolicy(content.policy);
  const operators = new Map(content.witnesses.map((one) => [one.vkey, one.operator]));
  const listed = new Set(policy.witnesses.map((one) => one.key.text));
  if (listed.size !== operators.size || [...listed].some((vkey) => !operators.has(vkey))) {
    throw new TrustRootError("the trust root's witnesses are not those of its policy");
  }
  const voices = new Map(policy.witnesses.map((one) => [one.name, new Set([operators.get(one.key.text)])]));
  for (const group of policy.groups) {
    voices.set(group.name, new Set(group.members.flatMap((member) => [...voices.get(member)])));
  }
  const quorum = policy.groups.find((group) => group.name === policy.quorum);
  const heard = new Set();
  for (const member of quorum?.members ?? []) {
    for (const voice of voices.get(member)) {
      if (heard.has(voice)) throw new TrustRootError("an operator of witnesses would count twice towards the quorum");
    }
    voices.get(member).forEach((voice) => heard.add(voice));
  }
}

async function checkThreshold(root, judges) {
  const listed = new Map(judges.custodians.map((one) => [one.holder, one]));
  const agreed = new Set();
  for (const signature of root.signatures) {
    const custodian = listed.get(signature.holder);
    if (custodian && (await agrees(root.signed, signature, custodian))) {
      agreed.add((await importJwk(custodian.es256)).kid);
    }
  }
  if (agreed.size < judges.threshold) {
    throw new TrustRootError(
      `trust root version ${root.content.version} carries ${agreed.size} of ${judges.threshold} needed signatures`,
    );
  }
}

async function agrees(signed, signature, custodian) {
  const message = concat(CONTEXT, signed);
  try {
    await (await importJwk(custodian.es256)).verify(unb64u(signature.es256), message);
    verifyMldsa(65, unb64u(custodian.ml_dsa_65), unb64u(signature.ml_dsa_65), message);
    return true;
  } catch (error) {
    if (error instanceof EvidenceError) return false;
    throw error;
  }
}

/** The trust list signed by a directory key of this root. Throws EvidenceError of several kinds. */
export async function readTrustList(compact, root) {
  const token = await parseToken(compact, "trust-list+jwt");
  const found = (await root.keys()).get(token.kid);
  if (!found || found.listed.role !== "directory" || found.listed.cutoff !== null) {
    throw new TrustRootError("the trust list is not signed by a directory key of the trust root");
  }
  await verifyToken(token, found.key);
  const claims = readModel(MODELS.trustList, token.payload, "trust list");
  if (claims.iss !== authorityUri(root.host) || claims.log !== root.origin || !claims.hosts.includes(root.host)) {
    throw new TrustRootError("the trust list is another authority's");
  }
  return { token, bodies: claims.bodies };
}

/** The body with that number in a trust list. */
export const listedBody = (list, no) => list?.bodies.find((body) => body.no === no) ?? null;

/** A body's decider key by its number: only deciders sign marks and seals. */
export async function listedKey(list, bodyNo, keyNo) {
  const found = listedBody(list, bodyNo)?.keys.find((key) => key.no === keyNo && key.role === "decider");
  return found ? importJwk({ ...found.jwk, kid: found.kid }) : null;
}
