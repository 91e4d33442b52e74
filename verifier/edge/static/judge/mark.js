// The mark (trust-mark+jwt) and the QR seal: see mark.py and seal.py.

import { b64u, canonical, digest, readJson, same, utf8, withoutNull } from "./encoding.js";
import { parseToken } from "./envelope.js";
import { MalformedError, NewerVersionError, StatementError } from "./errors.js";
import { SOLE_PROPRIETOR, parseIdentifier } from "./identifier.js";
import { isMarkId } from "./markid.js";
import { HOST, NUMBER, logOrigin, markUri, parseName, trustMarkType } from "./names.js";
import { readModel } from "./schema.js";
import { CONSTANTS, MODELS } from "./tables.js";

export const SCANNED =
  /^https:\/\/([a-z0-9](?:[a-z0-9.-]{0,60}[a-z0-9])?)\/m\/([0-9a-hjkmnp-tv-z]{26})#([1-9][0-9]{0,2399})$/;
const SEAL = "qr-seal+jwt";
const SEAL_TYPES = ["t", "n", "t", "t", "n", "n", "t", "n", "n", "n", "n"];
const SEAL_NAMES = [
  "scheme",
  "tier",
  "subject",
  "name",
  "nbf",
  "exp",
  "scope_kind",
  "status_no",
  "status_idx",
  "issuer_no",
  "key_no",
];
const SCOPE_KINDS = ["group", "company", "unit"];

/** The mark with all its claims agreeing with each other; its signature is not checked. */
export async function parseMark(compact) {
  const token = await parseToken(compact, "trust-mark+jwt");
  const claims = readModel(MODELS.mark, token.payload, "mark");
  const issuer = parseName(claims.iss);
  const statusNo = await checkAgreement(claims, issuer.host);
  if (issuer.kind !== "e") throw new StatementError("a mark is issued by a body");
  const { jti: id, iss, sub, iat, nbf, exp, scs: content } = claims;
  const statusIdx = claims.status.status_list.idx;
  return { token, host: issuer.host, id, iss, sub, iat, nbf, exp, statusNo, statusIdx, content };
}

async function checkAgreement(claims, host) {
  const { scs } = claims;
  const kind = trustMarkType(host, scs.scheme, scs.tier);
  if (claims.trust_mark_type !== kind || claims.id !== kind) {
    throw new StatementError("trust_mark_type and id must name the tier of the mark");
  }
  if (claims.ref !== markUri(host, claims.jti) || scs.log !== logOrigin(host)) {
    throw new StatementError("ref and log must lie under the host of the issuer");
  }
  if ([...scs.org.identifiers, ...scs.covered].some((one) => parseIdentifier(one).text !== one)) {
    throw new StatementError("identifiers stand in the normal form of their register");
  }
  if (!scs.org.identifiers.some((one) => claims.sub === `https://${host}/o/${one}`)) {
    throw new StatementError("sub must be one of the holder's identifiers");
  }
  checkSoleProprietor(scs.org);
  const { scope_kind, covered, scope_summary, ot } = scs;
  if ((await digest(canonical({ scope_kind, covered, scope_summary, ot }))) !== scs.scope_sha256) {
    throw new StatementError("scope_sha256 does not fit the scope");
  }
  if (!(claims.nbf < claims.exp) || claims.nbf - claims.iat > CONSTANTS.EARLIEST_ISSUE) {
    throw new StatementError("the dates of the mark do not fit each other");
  }
  const { uri } = claims.status.status_list;
  const prefix = `https://${host}/status/`;
  const number = uri.startsWith(prefix) ? uri.slice(prefix.length) : "";
  if (!NUMBER.test(number)) throw new MalformedError("the status list does not lie under the host of the issuer");
  return Number(number);
}

function checkSoleProprietor(org) {
  const isOne = org.identifiers.some((one) => parseIdentifier(one).icd === SOLE_PROPRIETOR);
  if (isOne !== (org.name_sd !== null)) {
    throw new StatementError("a sole proprietor's name stands as a commitment, and nobody else's does");
  }
  const shown = [org.name, org.name_latin, org.identifiers.length, org.domains];
  if (isOne && !same(shown, [CONSTANTS.SOLE_NAME, CONSTANTS.SOLE_NAME_LATIN, 1, null])) {
    throw new StatementError("a sole proprietor's mark shows a name, a domain or a further number");
  }
  if (isOne && org.unlisted) {
    throw new StatementError("a sole proprietor's mark says that it is unlisted, which it is by its number");
  }
}

/** What an assessor attests about the holder: SHA-256 of its canonical members. */
export const holderDigest = (org) => digest(canonical(withoutNull(org)));

/** The name as it fits the seal: NFC, cut with an ellipsis at 87 bytes of UTF-8. */
function sealName(name) {
  const text = name.normalize("NFC");
  if (utf8(text).length <= CONSTANTS.SEAL_NAME_BYTES) return text;
  const kept = [...text];
  while (utf8(kept.join("")).length > CONSTANTS.SEAL_NAME_BYTES - 3) kept.pop();
  return `${kept.join("")}…`;
}

function sealContent(value) {
  if (!Array.isArray(value) || value.length !== 11) throw new MalformedError("the seal has not eleven members");
  const fits = { t: (one) => typeof one === "string", n: Number.isInteger };
  if (!value.every((one, at) => fits[SEAL_TYPES[at]](one))) {
    throw new MalformedError("a member of the seal has a wrong type");
  }
  const content = Object.fromEntries(SEAL_NAMES.map((name, at) => [name, value[at]]));
  const { nbf, exp } = content;
  if (!SCOPE_KINDS.includes(content.scope_kind) || !(0 < nbf && nbf < exp && exp < CONSTANTS.MAX_TIME)) {
    throw new MalformedError("the seal's scope or dates are out of bounds");
  }
  if (parseIdentifier(content.subject).text !== content.subject || sealName(content.name) !== content.name) {
    throw new MalformedError("the seal's subject is not in normal form");
  }
  const least = Math.min(content.tier, content.status_no, content.issuer_no, content.key_no);
  if (least < 1 || content.status_idx < 0) throw new MalformedError("a number in the seal is out of bounds");
  return content;
}

const encodeContent = (content) => JSON.stringify(SEAL_NAMES.map((name) => content[name]));

/** What a scanned seal says before any signature is checked; host and id are the text's own. */
class ScannedSeal {
  constructor(host, id, content, signature) {
    Object.assign(this, { host, id, content, signature, encoded: encodeContent(content) });
  }

  /** The token that a key with this kid would have signed for this host and id. */
  token(kid) {
    const header = `{"alg":"ES256","kid":"${kid}","typ":"${SEAL}"}`;
    const payload = `{"v":1,"h":"${this.host}","i":"${this.id}","c":${this.encoded}}`;
    return parseToken(`${b64u(utf8(header))}.${b64u(utf8(payload))}.${b64u(this.signature)}`, SEAL);
  }

  /** The same digits under another host. */
  under(host) {
    return new ScannedSeal(host, this.id, this.content, this.signature);
  }
}

/** What a seal token says. Throws EnvelopeError, MalformedError, NewerVersionError. */
export async function readSeal(compact) {
  const token = await parseToken(compact, SEAL);
  const { payload } = token;
  if (Object.keys(payload).sort().join() !== "c,h,i,v" || (payload.v !== 1 && payload.v !== true)) {
    throw new NewerVersionError("the seal's profile is unknown to this version");
  }
  if (typeof payload.h !== "string" || !HOST.test(payload.h)) throw new MalformedError("the seal names no host");
  if (typeof payload.i !== "string" || !isMarkId(payload.i)) throw new MalformedError("the seal names no mark");
  const scanned = new ScannedSeal(payload.h, payload.i, sealContent(payload.c), token.signature);
  if ((await scanned.token(token.kid)).digest !== token.digest)
    throw new MalformedError("the seal is not in its one form");
  return scanned;
}

/** What a scanned text says. Throws MalformedError, or NewerVersionError for another profile. */
export function parseScan(text) {
  const matched = SCANNED.exec(text);
  if (!matched) throw new MalformedError("this is not the text of a mark's QR");
  const [, host, id, digits] = matched;
  if (!isMarkId(id)) throw new MalformedError("the mark id in the QR has a wrong check symbol");
  const hex = BigInt(digits).toString(16);
  const packed = Uint8Array.from((hex.length % 2 ? `0${hex}` : hex).match(/../g), (pair) => parseInt(pair, 16));
  if (packed[0] !== 1) throw new NewerVersionError("the QR's profile is unknown to this version");
  const encoded = packed.slice(1, -64);
  const content = sealContent(readJson(encoded, 1));
  const scanned = new ScannedSeal(host, id, content, packed.slice(-64));
  if (!same([...utf8(scanned.encoded)], [...encoded])) throw new MalformedError("the seal is not in its one form");
  return scanned;
}

/** Say whether a seal and a mark tell the same story. */
export function sealFitsMark(content, mark) {
  const scs = mark.content;
  const { scheme, tier, subject, name, nbf, exp, scope_kind, status_no, status_idx, issuer_no } = content;
  return same(
    [scheme, tier, subject, name, nbf, exp, scope_kind, status_no, status_idx, String(issuer_no)],
    [
      scs.scheme,
      scs.tier,
      parseName(mark.sub).value,
      sealName(scs.org.name),
      mark.nbf,
      mark.exp,
      scs.scope_kind,
      mark.statusNo,
      mark.statusIdx,
      parseName(mark.iss).value,
    ],
  );
}
