// What an asker demands of a mark that is judged: see policy.py. A demand never turns a verdict greener.
// A demand is one of {atLeast: {scheme, level}}, {about: "0188-..."}, {heldBy: "0188-..."},
// {freshWithin: seconds}, {scopeIn: [kinds]}, {withOt: true}, {validThrough: instant}, {all: []}, {any: []}.

const HEADLINES = { requirement: "below_requirement", subject: "subject_mismatch" };

const passed = (name, asOf = null) => ({ name, result: "passed", reason: "ok", detail: "", asOf });

/** The checks of a demand on a mark; ``now`` and ``knownAt`` (or null) in UTC seconds. */
export function judgeDemand(demand, mark, now, knownAt) {
  if (demand.all) return demand.all.flatMap((one) => judgeDemand(one, mark, now, knownAt));
  if (demand.any) {
    const judged = demand.any.map((one) => judgeDemand(one, mark, now, knownAt));
    return judged.find((checks) => checks.every((check) => check.result === "passed")) ?? judged[0] ?? [];
  }
  if (demand.atLeast) return [atLeast(demand.atLeast, mark)];
  if (demand.about) return [about(demand.about, mark)];
  if (demand.heldBy) return heldBy(demand.heldBy, mark);
  if (demand.scopeIn) return [required(demand.scopeIn.includes(mark.scope_kind), "scope_too_narrow")];
  if (demand.withOt) return [withOt(mark)];
  if (demand.validThrough) return [required(mark.exp >= demand.validThrough, "ends_early")];
  const isFresh = knownAt !== null && now - knownAt <= demand.freshWithin;
  const stale = { name: "freshness", result: "unknown", reason: "stale", detail: "", asOf: knownAt };
  return [isFresh ? passed("freshness", knownAt) : stale];
}

function required(holds, reason) {
  return holds ? passed("requirement") : { name: "requirement", result: "failed", reason, detail: "", asOf: null };
}

function withOt(mark) {
  if (mark.ot !== null) return required(mark.ot === "included", "ot_excluded");
  return { name: "requirement", result: "unknown", reason: "ot_unknown", detail: "", asOf: null };
}

function atLeast({ scheme, level }, mark) {
  if (mark.scheme === scheme && mark.tier >= level) return passed("requirement");
  const detail = `${mark.scheme}/${mark.tier} is held, ${scheme}/${level} is demanded`;
  return { name: "requirement", result: "failed", reason: "below_requirement", detail, asOf: null };
}

function about(subject, mark) {
  if ([...mark.identifiers, ...mark.covered].includes(subject)) return passed("subject");
  const detail = `the mark is held by ${mark.identifiers.join(", ")}, not by ${subject}`;
  return { name: "subject", result: "failed", reason: "subject_mismatch", detail, asOf: null };
}

function heldBy(subject, mark) {
  const isHolder = mark.identifiers.includes(subject);
  const isSpokenOf = isHolder || mark.covered.includes(subject);
  return [about(subject, mark), ...(isSpokenOf ? [required(isHolder, "group_not_accepted")] : [])];
}

/** The headline that a demand's check calls for, null where it passed. */
export function headlineOf(check) {
  if (check.result === "passed") return null;
  return check.result === "failed" ? (HEADLINES[check.name] ?? "not_confirmed") : "not_confirmed";
}
