// A second opinion on recognition decisions: written from docs/specification/recognition-decision.md, in another
// language and without any code of the product. Reads a file of vectors, prints one receipt a line.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const DAY = 86400;
const COVERING = new Set(["equal-to", "equivalent-to", "superset-of"]);
const NONE = 0, PARTIAL = 1, FULL = 2;
const COVER_WORDS = ["none", "partial", "full"];
const ASSESSORS = ["self", "expert", "accredited_body"];
const TESTS = ["none", "remote", "hands_on"];
const STATUSES = ["proposed", "announced", "declined", "provisional", "in_force", "suspended", "terminated"];
const EXISTING = ["keep_until", "show_under_review", "stop_now"];
const OUTCOME_OF = { in_force: "passed", under_review: "undecided", not_in_force: "failed" };

// RFC 8785 for what receipts hold: objects, arrays, strings, integers, booleans and null.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Error("not an integer");
  return JSON.stringify(value);
}

const digest = (value) => createHash("sha256").update(canonical(value), "utf8").digest("base64url");
const list = (names) => [...names].sort(byCodePoint).join(", ") || "-";

function byCodePoint(left, right) {
  const a = [...left], b = [...right];
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const difference = a[at].codePointAt(0) - b[at].codePointAt(0);
    if (difference) return difference;
  }
  return a.length - b.length;
}

const gate = (code, outcome, facts = {}, until = null) => ({ code, outcome, facts, until });
const passedIf = (condition) => (condition ? "passed" : "failed");
const least = (numbers) => (numbers.length ? Math.min(...numbers) : null);

// --- timelines -------------------------------------------------------------------------------------------------------

function compareArrays(left, right) {
  for (let at = 0; at < left.length; at += 1) if (left[at] !== right[at]) return left[at] - right[at];
  return 0;
}

function rank(event) {
  const strictness = event.status === "in_force" ? 0 : 1 + STATUSES.indexOf(event.status);
  return [
    event.effective_from, event.recorded_at, strictness, -(event.existing_until ?? 0), EXISTING.indexOf(event.existing),
  ];
}

function latest(events, at) {
  const effective = events.filter((event) => event.effective_from <= at);
  const ended = effective.filter((event) => event.status === "terminated");
  const among = ended.length ? ended : effective;
  return among.reduce((best, event) => (best && compareArrays(rank(best), rank(event)) >= 0 ? best : event), null);
}

function nextEnd(events, asOf, keeps) {
  const ends = events
    .filter((event) => event.effective_from > asOf && event.status !== "in_force")
    .map((event) => (keeps && event.existing === "keep_until" ? event.existing_until ?? null : event.effective_from));
  return least(ends.filter((end) => end !== null));
}

function standing(timeline, { asOf, knownAt, recognisedAt, unlessTold }) {
  const known = timeline.filter((event) => event.recorded_at <= knownAt);
  const event = latest(known, asOf);
  const status = event ? event.status : unlessTold;
  if (status === "in_force") {
    return { word: "in_force", status, until: nextEnd(known, asOf, recognisedAt !== null) };
  }
  const end = event?.existing_until ?? null;
  if (!event || recognisedAt === null || end === null || asOf >= end) {
    return { word: "not_in_force", status, until: null };
  }
  const before = latest(known, recognisedAt);
  if ((before ? before.status : unlessTold) !== "in_force") return { word: "not_in_force", status, until: null };
  const later = nextEnd(known, asOf, true);
  const until = later ? Math.min(end, later) : end;
  return { word: event.existing === "keep_until" ? "in_force" : "under_review", status, until };
}

const times = (question) => ({
  asOf: question.as_of, knownAt: question.known_at, recognisedAt: question.recognised_at ?? null,
});

function listedStanding(entry, issued, question) {
  const timeline = entry.timeline ?? [];
  const then = standing(timeline, {
    asOf: issued, knownAt: question.known_at, recognisedAt: null, unlessTold: "in_force",
  });
  if (!(entry.begins <= issued && issued < entry.ends) || then.word !== "in_force") {
    return { word: "not_in_force", status: then.status, until: null };
  }
  return standing(timeline, { ...times(question), unlessTold: "in_force" });
}

// --- coverage --------------------------------------------------------------------------------------------------------

const denies = (row) => row.relation === "no-relationship" || row.qualifier === "blocked";
const contains = (row, held) => COVERING.has(row.relation) && row.sources.every((source) => held.controls.has(source));
const waits = (row, held) =>
  row.qualifier === "addressable" && contains(row, held) && !held.conditions.has(row.condition);

function rowCover(row, held) {
  if (contains(row, held) && row.qualifier !== "restricted" && !waits(row, held)) return FULL;
  return row.sources.some((source) => held.controls.has(source)) ? PARTIAL : NONE;
}

function coverOf(criterion, mappings, held) {
  const rows = mappings.map((one) => [one.sha256, one.rows.filter((row) => row.target === criterion)]);
  const denied = new Set(rows.flatMap(([, found]) => found.filter(denies).flatMap((row) => row.sources)));
  const answers = [], used = [], wanted = new Set();
  let cancelled = false;
  for (const [pin, found] of rows) {
    const claims = found.filter((row) => !denies(row));
    const standingRows = claims.filter((row) => !row.sources.some((source) => denied.has(source)));
    cancelled ||= standingRows.length < claims.length;
    answers.push(Math.max(NONE, ...standingRows.map((row) => rowCover(row, held))));
    for (const row of standingRows) {
      if (rowCover(row, held) !== NONE) used.push([pin, row.number]);
      if (waits(row, held)) wanted.add(row.condition);
    }
  }
  const cover = answers.length ? Math.min(...answers) : NONE;
  used.sort((a, b) => byCodePoint(a[0], b[0]) || a[1] - b[1]);
  return {
    cover: COVER_WORDS[cover],
    conflict: cancelled || new Set(answers).size > 1,
    rows: used.map(([pin, number]) => `${pin}#${number}`),
    conditions: cover === FULL ? [] : [...wanted].sort(byCodePoint),
  };
}

// --- gates -----------------------------------------------------------------------------------------------------------

const dayIn = (zone, at) =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    new Date(at * 1000),
  );

function versionAlive(head, certificate) {
  const day = dayIn(head.zone, certificate.issued);
  return head.versions.some((version) => {
    const last = (version.last_day ?? {})[certificate.level];
    const begun = version.first_day !== undefined && version.first_day <= day;
    return version.id === certificate.version && begun && (last === undefined || day <= last);
  });
}

function missingScope(asked, assessed) {
  return ["entities", "sites", "systems"].flatMap((kind) =>
    (asked[kind] ?? [])
      .filter((name) => !(assessed[kind] ?? []).includes(name))
      .map((name) => `${kind}:${name}`),
  );
}

function commonGates(q) {
  const { certificate, agreement, scheme, home } = q;
  const words = agreement.status_words, status = certificate.status ?? null;
  const required = new Set([...(agreement.requires ?? []), ...(scheme.head.documents ?? [])]);
  const missing = [...required].filter((one) => !(certificate.documents ?? []).includes(one));
  const inForce = standing(agreement.timeline ?? [], { ...times(q), unlessTold: null });
  const excluded = (agreement.scope.excluded ?? []).filter((tag) => (certificate.scope_tags ?? []).includes(tag));
  const pins = agreement.mappings, given = new Set(q.mappings.map((one) => one.sha256));
  const wanted = new Set(pins.map((pin) => pin.sha256));
  const drawn = new Set(q.mappings.flatMap((one) => one.head.source.versions));
  const fits = q.mappings.every(
    ({ head }) =>
      head.source.scheme === certificate.scheme &&
      head.source.versions.includes(certificate.version) &&
      head.target.scheme === home.scheme &&
      head.target.version === home.version,
  );
  let state = "undecided";
  if (status !== null && words.valid.includes(status)) state = "passed";
  else if (status !== null && [...(words.suspended ?? []), ...(words.invalid ?? [])].includes(status)) state = "failed";
  return [
    gate("certificate_original", passedIf(certificate.basis === "evaluation"), { basis: certificate.basis }),
    gate("certificate_authentic", certificate.evidence === "authenticated" ? "passed" : "undecided"),
    gate(
      "certificate_current", passedIf(certificate.issued <= q.as_of && q.as_of < certificate.expires),
      { issued: certificate.issued, expires: certificate.expires }, certificate.expires,
    ),
    gate("certificate_status", state, { status: status || "-" }),
    gate("certificate_documents", passedIf(!missing.length), { missing: list(missing) }),
    gate(
      "scheme_version_pinned",
      passedIf(
        certificate.scheme === agreement.foreign.scheme && agreement.foreign.versions.includes(certificate.version),
      ),
      { version: certificate.version, pinned: list(agreement.foreign.versions) },
    ),
    gate("scheme_version_alive", passedIf(versionAlive(scheme.head, certificate)), {
      version: certificate.version, issued: certificate.issued,
    }),
    gate(
      "home_criteria_pinned",
      passedIf(
        home.scheme === agreement.home.scheme && home.version === agreement.home.version &&
          home.sha256 === agreement.home.sha256,
      ),
      { version: home.version, pinned: agreement.home.version },
    ),
    gate(
      "agreement_in_force", OUTCOME_OF[inForce.word], { agreement: agreement.id, status: inForce.status || "none" },
      inForce.until,
    ),
    gate(
      "agreement_not_ended", passedIf(q.as_of < agreement.not_after), { not_after: agreement.not_after },
      agreement.not_after,
    ),
    gate("scope_allowed", passedIf(agreement.scope.kinds.includes(certificate.scope_kind) && !excluded.length), {
      scope: certificate.scope_kind, excluded: list(new Set(excluded)),
    }),
    scopeGate(q),
    issuerGate(q),
    mappingGate(q, pins, pins.length > 0 && wanted.size === given.size && [...wanted].every((one) => given.has(one)), given),
    gate("mappings_fit", passedIf(fits), { version: certificate.version, drawn: list(drawn) }),
  ];
}

function scopeGate(q) {
  if (!q.scope) return gate("scope_included", "passed", { missing: "-" });
  if (!q.certificate.scope) return gate("scope_included", "undecided", { missing: "-" });
  const missing = missingScope(q.scope, q.certificate.scope);
  return gate("scope_included", passedIf(!missing.length), { missing: list(new Set(missing)) });
}

function issuerGate(q) {
  const { certificate } = q;
  const found = q.agreement.issuers
    .filter((entry) => entry.id === certificate.issuer)
    .map((entry) => listedStanding(entry, certificate.issued, q))
    .filter((one) => one.word !== "not_in_force");
  const key = (one) => [one.word === "in_force" ? 1 : 0, one.until || 2 ** 53];
  const best = found.reduce((a, b) => (a && compareArrays(key(a), key(b)) >= 0 ? a : b), null);
  return gate(
    "issuer_listed", best ? OUTCOME_OF[best.word] : "failed", { issuer: certificate.issuer }, best ? best.until : null,
  );
}

function mappingGate(q, pins, complete, given) {
  const found = pins.map((pin) => standing(pin.timeline ?? [], { ...times(q), unlessTold: "in_force" }));
  const words = new Set(found.map((one) => one.word));
  let outcome = "failed";
  if (complete && !words.has("not_in_force")) outcome = words.has("under_review") ? "undecided" : "passed";
  const until = least(found.map((one) => one.until).filter((one) => one !== null));
  return gate("mappings_pinned", outcome, { pinned: String(pins.length), given: String(given.size) }, until);
}

const missingAssurance = (required, held) => [
  ...(ASSESSORS.indexOf(held.assessor) < ASSESSORS.indexOf(required.assessor) ? ["assessor"] : []),
  ...(TESTS.indexOf(held.technical_test) < TESTS.indexOf(required.technical_test) ? ["technical_test"] : []),
];

function closingDates(q, tier) {
  const closing = new Map();
  for (const one of q.supplements ?? []) {
    const fits =
      one.holder === q.certificate.holder && one.criteria_sha256 === q.home.sha256 && one.issued <= q.as_of &&
      q.as_of < one.expires && !missingAssurance(tier.assurance, one.assurance).length;
    const ends = (q.evaluators ?? [])
      .filter((evaluator) => evaluator.id === one.evaluator)
      .map((evaluator) => listedStanding(evaluator, one.issued, q))
      .filter((found) => found.word === "in_force")
      .map((found) => (found.until === null ? one.expires : Math.min(one.expires, found.until)));
    if (!fits || !ends.length) continue;
    for (const criterion of one.criteria) {
      closing.set(criterion, Math.max(Math.max(...ends), closing.get(criterion) ?? 0));
    }
  }
  return closing;
}

function heldBy(q) {
  const { head, controls } = q.scheme, { certificate } = q;
  const names = head.levels.map((level) => level.id);
  const reached = new Set(["", ...names.slice(0, names.indexOf(certificate.level) + 1)]);
  const excluded = new Set(certificate.excluded_controls ?? []);
  const ids = controls.filter((one) => reached.has(one.lowest_level ?? "")).map((one) => one.id);
  return {
    controls: new Set(ids.filter((id) => !excluded.has(id))),
    conditions: new Set(certificate.conditions_met ?? []),
  };
}

// --- the decision ----------------------------------------------------------------------------------------------------

function decideTier(q, tier, common) {
  const pins = new Set(q.agreement.mappings.map((pin) => pin.sha256));
  const used = q.mappings.filter((one) => pins.has(one.sha256));
  const held = heldBy(q), criteria = {};
  const names = [...new Set(tier.criteria)].sort(byCodePoint);
  for (const name of names) criteria[name] = coverOf(name, used, held);
  const raw = names.filter((name) => criteria[name].cover !== "full"), limit = q.agreement.max_supplement;
  const closing = raw.length <= limit ? closingDates(q, tier) : new Map();
  const gaps = raw.filter((name) => !closing.has(name));
  const level = q.scheme.head.levels.find((one) => one.id === q.certificate.level);
  const cap = q.agreement.cap_by_level[q.certificate.level] ?? 0;
  const end = (q.recognised_at ?? q.as_of) + tier.max_days * DAY;
  const missing = missingAssurance(tier.assurance, level.assurance);
  const count = (word) => String(names.filter((name) => criteria[name].cover === word).length);
  const gates = [
    ...common,
    gate("level_cap", passedIf(tier.level <= cap), { level: q.certificate.level, cap: cap ? String(cap) : "-" }),
    gate("recognition_term", passedIf(q.as_of < end), { days: String(tier.max_days) }, end),
    gate("criteria_known", names.length === tier.criteria_count ? "passed" : "undecided", {
      known: String(names.length), all: String(tier.criteria_count),
    }),
    gate("assurance", missing.length ? "failed" : "passed", {
      missing: missing.map((one) => `${one}=${tier.assurance[one]}`).join(", ") || "-",
    }),
    gate(
      "coverage", gaps.length ? (raw.length <= limit ? "open" : "failed") : "passed",
      {
        criteria: String(names.length), partial: count("partial"), none: count("none"), gaps: String(gaps.length),
        limit: String(limit),
      },
      least(raw.filter((name) => closing.has(name)).map((name) => closing.get(name))),
    ),
  ];
  const outcomes = new Set(gates.map((one) => one.outcome));
  const verdict = outcomes.has("failed") ? "not_recognised"
    : outcomes.has("undecided") ? "undecided"
    : outcomes.has("open") ? "conditional" : "recognised";
  const until = verdict === "recognised" ? least(gates.map((one) => one.until).filter((one) => one !== null)) : null;
  return { tier: `${q.home.scheme}/${tier.level}`, verdict, until, gates, criteria, gaps };
}

function receipt(q) {
  const common = commonGates(q);
  const tiers = q.home.tiers
    .filter((tier) => tier.level <= q.target.level)
    .sort((a, b) => a.level - b.level)
    .map((tier) => decideTier(q, tier, common));
  const home = {
    scheme: q.home.scheme, version: q.home.version, pack: q.home.sha256,
    tiers: q.home.tiers.map((tier) => ({
      tier: `${q.home.scheme}/${tier.level}`, criteria: [...tier.criteria].sort(byCodePoint),
      criteria_count: tier.criteria_count, assurance: tier.assurance, max_days: tier.max_days,
    })),
  };
  return canonical({
    receipt: "recognition",
    engine: 1,
    inputs: {
      agreement: digest(q.agreement),
      certificate: digest(q.certificate),
      scheme: q.scheme.sha256,
      home: digest(home),
      mappings: q.mappings.map((one) => one.sha256).sort(byCodePoint),
      supplements: (q.supplements ?? []).map(digest).sort(byCodePoint),
      evaluators: (q.evaluators ?? []).map(digest).sort(byCodePoint),
    },
    as_of: q.as_of,
    known_at: q.known_at,
    recognised_at: q.recognised_at ?? null,
    target: `${q.target.scheme}/${q.target.level}`,
    scope: q.scope ?? null,
    tiers,
  });
}

const vectors = JSON.parse(readFileSync(process.argv[2], "utf8"));
for (const one of vectors.cases) {
  const whole = { ...vectors.shared, ...one.case, mappings: one.case.mappings.map((pin) => vectors.mappings[pin]) };
  process.stdout.write(`${receipt(whole)}\n`);
}
