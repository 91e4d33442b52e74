// The examination: what is presented, the evidence at hand, and the checks made so far. See examine/examination.py.

import { EvidenceError, MarkError, UnavailableError } from "./errors.js";
import { markUri } from "./names.js";

export class Examination {
  constructor(presented, bundle, pinned, now, asOf, ownPolicy) {
    Object.assign(this, { presented, bundle, pinned, root: pinned, now, asOf, ownPolicy });
    Object.assign(this, { checks: [], headlines: new Set(), latest: null, knownAt: null, opened: new Map() });
    Object.assign(this, { chains: new Map(), included: new Set(), heads: new Map(), faults: new Map() });
    Object.assign(this, { keys: new Map(), bodies: new Map(), schemes: new Map(), experts: new Map() });
    Object.assign(this, { marks: new Map(), corrections: new Map(), isOutdated: false, issuers: new Map() });
    Object.assign(this, { signers: new Map(), seconds: new Map(), usedSeconds: new Set() });
    Object.assign(this, { mark: null, issuance: null, attestation: null, trustList: null, directoryTime: null });
  }

  /** The URI of the mark that is examined, in the registry that the root describes. */
  get ownUri() {
    return markUri(this.root.host, this.presented.id);
  }

  /** Say whether the entry is proven to stand at its index. */
  isLogged(entry) {
    return this.included.has(`${entry.index} ${entry.leafText}`);
  }

  /** Why an object's history could not be read to its end. */
  faultOf(uri) {
    return this.faults.get(uri) ?? new UnavailableError(`the log's entries about ${uri} are not at hand`);
  }

  passed(name, asOf = null) {
    this.checks.push({ name, result: "passed", reason: "ok", detail: "", asOf });
  }

  failed(name, reason, detail = "", headline = "not_confirmed") {
    this.checks.push({ name, result: "failed", reason, detail, asOf: null });
    this.headlines.add(headline);
  }

  unknown(name, reason, detail = "") {
    this.checks.push({ name, result: "unknown", reason, detail, asOf: null });
    this.headlines.add("not_confirmed");
  }

  /** Make a check: the value, and it passed; or null, and how it failed is noted. */
  async made(name, check, reason, headline) {
    try {
      const value = await check();
      this.passed(name);
      return value ?? true;
    } catch (error) {
      this.note(name, error, reason, headline);
      return null;
    }
  }

  /** Note an error as a failed check, or as one that could not be made. What is no error of the judge goes on. */
  note(name, error, reason, headline) {
    if (error instanceof UnavailableError) this.unknown(name, error.code, error.message);
    else if (error instanceof EvidenceError) this.failed(name, reason, error.message, headline);
    else throw error;
  }

  result(name) {
    return this.checks.find((check) => check.name === name)?.result ?? null;
  }
}

/** The value of what may fail as evidence does, null where it does. */
export async function orNull(work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MarkError) return null;
    throw error;
  }
}
