// Records: what the entries of one object, taken in order, say about it. See replay/records.py, listed_records.py and
// machines.py. Records are plain values that are never changed.

import { RefusedError } from "./errors.js";
import { importJwk } from "./keys.js";
import { parseName } from "./names.js";
import { eventOf } from "./statement.js";
import { MACHINES } from "./tables.js";

/** The state that an event leads to. Throws RefusedError when the table has no such step. */
export function nextState(objectKind, state, event) {
  const machine = Object.hasOwn(MACHINES, objectKind) ? MACHINES[objectKind] : null;
  if (!machine) throw new RefusedError(`this version does not keep a history for ${event}`);
  const step = `${state ?? ""}|${event}`;
  if (!Object.hasOwn(machine, step)) {
    throw new RefusedError(`${event} is not possible while the object is ${state ?? "unknown"}`);
  }
  return machine[step];
}

const stateOf = (record) => (record ? record.steps.at(-1).state : null);

/** The last state entered before that index, null when there was none. */
export function stateBefore(record, index) {
  return record.steps.filter((step) => step.index < index).at(-1)?.state ?? null;
}

function stepOf(state, entry) {
  const { kind } = parseName(entry.statement.object);
  return { index: entry.index, state: nextState(kind, state, eventOf(entry.statement)) };
}

function existing(record) {
  if (!record) throw new RefusedError("the history of the object does not begin with its first statement");
  return record;
}

const further = (record, step, members = {}) => ({ ...record, ...members, steps: [...record.steps, step] });

export function foldBody(record, entry) {
  const step = stepOf(stateOf(record), entry);
  const { type, object, public: said } = entry.statement;
  const terms = { index: entry.index, scope: said.scope, begins: said.from, ends: said.until };
  if (type === "body.accredited") {
    return { uri: object, no: said.no, role: said.role, terms: [terms], steps: [step] };
  }
  const known = existing(record);
  return type === "body.amended" ? further(known, step, { terms: [...known.terms, terms] }) : further(known, step);
}

/** The terms under which an entry at that index finds the body active, null when it is not. */
export function activeTerms(body, index) {
  if (stateBefore(body, index) !== "active") return null;
  return body.terms.filter((terms) => terms.index < index).at(-1);
}

export async function foldKey(record, entry) {
  const step = stepOf(stateOf(record), entry);
  const { type, public: said } = entry.statement;
  if (type === "key.added") {
    const { kid, body, role, holder, no } = said;
    return { kid, key: await importJwk({ ...said.jwk, kid }), body, role, holder, no, steps: [step], cutoff: null };
  }
  const known = existing(record);
  if (type !== "key.revoked") return further(known, step);
  if (known.cutoff !== null && said.cutoff_index >= known.cutoff) {
    throw new RefusedError("a later revocation may only lower the cut-off");
  }
  return further(known, step, { cutoff: said.cutoff_index });
}

/** Say whether the key may sign the entry at that index: added before it, not retired, not cut off. */
export function keyCounts(record, index) {
  const before = stateBefore(record, index);
  if (record.cutoff === null) return before === "active";
  const isRetired = record.steps.some((step) => step.state === "retired" && step.index < index);
  return before !== null && index < record.cutoff && !isRetired;
}

export function foldScheme(record, entry) {
  stepOf(record ? "published" : null, entry);
  if (entry.statement.type !== "scheme.published") throw new RefusedError("not a statement about a scheme");
  return entry.statement.public;
}

export function foldExpert(record, entry) {
  const step = stepOf(stateOf(record), entry);
  const { type, object, public: said } = entry.statement;
  if (type !== "expert.listed") return further(existing(record), step);
  const window = { index: entry.index, begins: said.from, ends: said.until };
  if (!record) return { uri: object, windows: [window], steps: [step] };
  return further(record, step, { windows: [...record.windows, window] });
}

/** Say whether an entry at that index finds the expert listed for that date. */
export function isListed(expert, date, index) {
  if (stateBefore(expert, index) !== "active") return false;
  const newest = expert.windows.filter((window) => window.index < index).at(-1);
  return newest.begins <= date && date < newest.ends;
}

export function foldMark(record, entry) {
  const step = stepOf(stateOf(record), entry);
  const { type, object, iss, public: said } = entry.statement;
  const { mark_sha256, seal_sha256 } = said;
  if (type === "mark.issued") {
    const none = { liftBy: null, successor: null, reports: [], extended: null };
    const versions = [{ mark_sha256, seal_sha256 }];
    return { uri: object, issuer: iss, issued: said, index: entry.index, versions, steps: [step], ...none };
  }
  const known = existing(record);
  const kept = step.state === "suspended" ? known : { ...known, liftBy: null };
  return further(kept, step, changedMark(kept, type, said));
}

function changedMark(record, type, said) {
  switch (type) {
    case "mark.suspended":
      return { liftBy: said.lift_by };
    case "mark.corrected":
      return { versions: [...record.versions, { mark_sha256: said.mark_sha256, seal_sha256: said.seal_sha256 }] };
    case "annual_report.filed":
      return { reports: [...record.reports, said.due], extended: null };
    case "duty.extended":
      return { extended: said.until };
    case "mark.scope_changed":
    case "mark.superseded":
      return { successor: said.successor };
    default:
      return {};
  }
}
