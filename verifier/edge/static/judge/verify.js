// The judge in the browser: evidence in, verdict out, by the same checks, codes and headlines as verifier/verify.py.
// Pure: no network, no clock, no storage; the caller pins the trust root. That both judges agree is a test.

import { EvidenceError, UnavailableError, WrongUseError } from "./errors.js";
import { emptyBundle } from "./bundle.js";
import { headlineOf, judgeDemand } from "./demand.js";
import { replayEntries } from "./entries.js";
import { Examination, orNull } from "./examination.js";
import {
  checkIssuer,
  checkRegistration,
  checkSeal,
  checkSignature,
  findIssuance,
  readList,
} from "./issuance_evidence.js";
import { checkDating, checkLog, checkTrustRoot, readEntries } from "./log_evidence.js";
import { parseMark, parseScan } from "./mark.js";
import { checkPresentState, checkValidityPeriod } from "./present_evidence.js";
import { listedKey } from "./root.js";
import { CHECKS, CONSTANTS, HEADLINES } from "./tables.js";
import { checkUnread, unread } from "./unread_evidence.js";

const SEVERITY = ["failed", "unknown", "passed"];
const ORDER = Object.keys(HEADLINES);

/** What a text shows: a mark's token or the text of its QR. Throws EvidenceError, NewerVersionError. */
export async function present(text) {
  const stripped = text.trim();
  if (stripped.slice(0, 200).includes("/m/") || /^https?:/.test(stripped)) {
    const seal = parseScan(stripped);
    return { id: seal.id, host: seal.host, seal };
  }
  const mark = await parseMark(stripped);
  return { id: mark.id, host: mark.host, mark };
}

/**
 * The verdict on a token or a scanned text; one that cannot be read is forged.
 * ``asked`` holds bundle (null for none), root (pinned), now and asOf (UTC seconds), live, demand (see demand.js) and
 * witnesses (the asker's own policy).
 */
export async function verifyText(text, asked) {
  const asOf = asked.asOf ?? asked.now;
  let presented;
  try {
    presented = await present(text);
  } catch (error) {
    if (error instanceof EvidenceError) {
      const check = { name: "format", result: "failed", reason: error.code, detail: error.message, asOf: null };
      return finished({ headline: "forged", checks: [check], asOf });
    }
    if (!(error instanceof UnavailableError)) throw error;
    const examined = await begin(await unread(text.trim()), asked);
    await checkUnread(examined, text.trim(), error);
    return verdict(examined, asked, false);
  }
  return verify(presented, asked);
}

/** The verdict on what is presented; see ``verifyText``. */
export async function verify(presented, asked) {
  const examined = await begin(presented, asked);
  examined.passed("format");
  await readList(examined);
  await findIssuance(examined);
  if (!(await checkRegistry(examined))) return verdict(examined, asked, false);
  await checkSignature(examined);
  await checkSeal(examined);
  await checkRegistration(examined);
  await checkIssuer(examined);
  await checkDating(examined);
  await checkPresentState(examined);
  checkValidityPeriod(examined);
  return verdict(examined, asked, !asked.bundle || asked.bundle.mark === null);
}

async function begin(presented, { bundle, root, now, asOf, witnesses }) {
  if (!(now > 0)) throw new WrongUseError("now must be a time after 1970");
  const evidence = bundle ?? emptyBundle(root.origin);
  const examined = new Examination(presented, evidence, root, now, asOf ?? now, witnesses ?? null);
  await checkTrustRoot(examined);
  await checkLog(examined);
  await readEntries(examined);
  await replayEntries(examined);
  return examined;
}

async function checkRegistry(examined) {
  const { presented, root } = examined;
  if (presented.host === root.host) {
    examined.passed("registry");
    return true;
  }
  if (await isLookAlike(examined)) {
    const detail = `${presented.host} is not the registry of this mark, ${root.host} is`;
    examined.failed("registry", "look_alike_host", detail, "forged");
  } else {
    examined.headlines.delete("not_confirmed");
    const detail = `${presented.host} is not known here`;
    examined.checks.push({ name: "registry", result: "unknown", reason: "unknown_registry", detail, asOf: null });
    examined.headlines.add("unknown_registry");
  }
  return false;
}

/** Say whether the id or the digits under a foreign host belong to a mark of the known registry. */
async function isLookAlike(examined) {
  if (examined.issuance) return true;
  const { seal } = examined.presented;
  if (!seal) return false;
  const moved = seal.under(examined.root.host);
  const keys = [...examined.keys.values()].map((record) => record.key);
  const listed = await listedKey(examined.trustList, seal.content.issuer_no, seal.content.key_no);
  for (const key of listed ? [...keys, listed] : keys) {
    const fits = await orNull(async () => {
      const { signingInput } = await moved.token(key.kid);
      await key.verify(seal.signature, signingInput);
      return true;
    });
    if (fits) return true;
  }
  return false;
}

function verdict(examined, { live = false, demand = { all: [] } }, isBare) {
  const mark = shown(examined);
  const demanded = mark ? judgeDemand(demand, mark, examined.now, examined.directoryTime) : [];
  let headlines = new Set([...examined.headlines, ...demanded.map(headlineOf).filter(Boolean)]);
  const isOnlyOpen = headlines.size === 1 && headlines.has("not_confirmed");
  if (isBare && isOnlyOpen && examined.result("seal") === "passed") headlines = new Set(["seal_only"]);
  const { environment, zone } = examined.root.content;
  if (environment === "sandbox" && examined.result("registry") === "passed") headlines.add("test_mark");
  if (!headlines.size) headlines.add(live && isRecent(examined) ? "valid" : "valid_offline");
  return finished({
    headline: ORDER.find((one) => headlines.has(one)),
    checks: oneEach([...examined.checks, ...demanded]),
    asOf: examined.asOf,
    knownAt: examined.directoryTime,
    mark,
    index: examined.issuance?.index ?? null,
    successor: examined.isOutdated ? examined.presented.id : (examined.marks.get(examined.ownUri)?.successor ?? null),
    environment,
    zone,
  });
}

/** The checks in their order, and of several under one name the worst: the first must not hide it. */
function oneEach(checks) {
  const worst = new Map();
  const sorted = [...checks].sort((one, other) => SEVERITY.indexOf(one.result) - SEVERITY.indexOf(other.result));
  for (const check of sorted) if (!worst.has(check.name)) worst.set(check.name, check);
  return CHECKS.filter((name) => worst.has(name)).map((name) => worst.get(name));
}

function isRecent(examined) {
  const { directoryTime, now } = examined;
  return directoryTime !== null && now - directoryTime <= CONSTANTS.LIVE_WITHIN;
}

/** The JSON form of a verdict: docs/specification/verdict.md. */
function finished({ headline, checks, asOf, knownAt, mark, index, successor, environment, zone }) {
  return {
    headline,
    exit: HEADLINES[headline],
    as_of: asOf,
    known_at: knownAt ?? null,
    environment: environment ?? null,
    zone: zone ?? "UTC",
    index: index ?? null,
    successor: successor ?? null,
    mark: mark ?? null,
    checks: checks.map(({ name, result, reason, detail, asOf: at }) => ({
      name,
      result,
      reason,
      ...(detail ? { detail } : {}),
      ...(at === null ? {} : { as_of: at }),
    })),
  };
}

function shown({ mark, presented }) {
  if (!mark) return presented.seal ? shownBySeal(presented.seal) : null;
  const { content, id, iss: issuer, nbf, exp } = mark;
  const { scheme, tier, number, criteria, basis, scope_kind, scope_summary, covered, ot, org } = content;
  const holder = { holder: org.name, holder_latin: org.name_latin, identifiers: org.identifiers };
  const scope = { scope_kind, scope_summary, covered, domains: org.domains ?? [], ot };
  return { id, issuer, ...holder, scheme, tier, number, criteria, basis, ...scope, nbf, exp };
}

function shownBySeal(seal) {
  const { scheme, tier, subject, name, nbf, exp, scope_kind, issuer_no } = seal.content;
  const known = { id: seal.id, issuer: `https://${seal.host}/e/${issuer_no}`, holder: name, holder_latin: null };
  const unknown = { number: null, criteria: null, basis: null };
  const scope = { scope_kind, scope_summary: null, covered: [], domains: [], ot: null };
  return { ...known, identifiers: [subject], scheme, tier, ...unknown, ...scope, nbf, exp };
}
