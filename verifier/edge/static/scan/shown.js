// A verdict as people read it, with the words and signs that the page brought along. Text is only ever set as text.

const words = () => JSON.parse(document.getElementById("words").textContent);
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** Text of others without what steers the reading direction. */
export const plain = (text) => String(text).replace(UNSHOWN, "\ufffd");
export const filled = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

function icon(name) {
  const drawn = document.getElementById(`icon-${name}`).content.cloneNode(true);
  return element("span", { class: `icon icon-${name}`, "aria-hidden": "true" }, drawn);
}

/** An instant (UTC seconds) in the zone's calendar and exactly in UTC. */
export function moment(instant, zone) {
  const { locale } = words();
  const options = { dateStyle: "long", timeStyle: "short", timeZone: zone, hourCycle: "h23" };
  const said = new Intl.DateTimeFormat(locale, options).format(instant * 1000);
  const utc = utcText(instant);
  const time = element("time", { datetime: utc }, `${said} ${zoneName(instant, zone)}`);
  return [time, " ", element("span", { class: "utc" }, utc)];
}

const utcText = (instant) => `${new Date(instant * 1000).toISOString().slice(0, 19)}Z`;

function zoneName(instant, zone) {
  if (zone === "Asia/Tokyo") return "JST";
  const short = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "short" });
  return short.formatToParts(instant * 1000).find((part) => part.type === "timeZoneName").value;
}

/** How long something lasts that ends at an instant: its last day, where a day ends then. ``says`` has both forms. */
export function lastDay(instant, zone, says) {
  const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: zone, hourCycle: "h23" });
  const isWhole = clock.format(instant * 1000) === "00:00:00";
  const [time, ...utc] = moment(instant, zone);
  const [last] = day(instant - 1, zone);
  const told = { day: last.textContent, zone: zoneName(instant, zone), moment: time.textContent };
  return [element("time", { datetime: utcText(instant) }, filled(isWhole ? says.last_day : says.before, told)), ...utc];
}

export function day(instant, zone) {
  const said = new Intl.DateTimeFormat(words().locale, { dateStyle: "long", timeZone: zone }).format(instant * 1000);
  return [element("time", { datetime: new Date(instant * 1000).toISOString() }, said)];
}

export function facts(rows) {
  const shown = rows.filter(([, content]) => content !== null);
  const made = shown.map(([label, content]) =>
    element("div", {}, element("dt", {}, label), element("dd", {}, ...content)),
  );
  return element("dl", { class: "facts" }, ...made);
}

const text = (value) => (value ? [element("bdi", {}, plain(value))] : null);

/** The parts of an answer: status, mark, checks. ``notes`` are what the page has to add, each with its tone. */
export function verdictParts(verdict, notes) {
  return [status(verdict, notes), verdict.mark ? mark(verdict, verdict.mark) : null, checks(verdict)].filter(Boolean);
}

function status(verdict, notes) {
  const { headlines, labels } = words();
  const said = headlines[verdict.headline];
  const known = verdict.known_at === null ? [labels.known_at_none] : moment(verdict.known_at, verdict.zone);
  const successor = verdict.successor
    ? element("p", {}, element("a", { href: `/m/${verdict.successor}` }, labels.successor))
    : null;
  const answer = element(
    "div",
    { class: "answer" },
    element("p", { class: "kind" }, said.answer),
    element("h2", { id: "headline", class: "headline" }, said.title),
    element("p", {}, said.explanation),
    ...notes.map(({ text: told, tone }) => element("p", { class: `note tone-${tone}` }, told)),
    successor,
    element("p", { class: "next" }, element("strong", {}, labels.next), " ", said.next),
    facts([
      [labels.as_of, moment(verdict.as_of, verdict.zone)],
      [labels.known_at, known],
    ]),
  );
  const attributes = {
    class: `status tone-${said.tone}`,
    "aria-labelledby": "headline",
    "data-headline": verdict.headline,
  };
  return element("section", attributes, icon(said.icon), answer);
}

export function isRegistered({ headline, checks: made }) {
  const hasPassed = (name) => made.some((check) => check.name === name && check.result === "passed");
  return headline !== "forged" && hasPassed("signature") && hasPassed("registration");
}

function mark(verdict, shown) {
  const { labels, registers, schemes, scope_kinds: kinds, ot, tiers, self_declared: declared } = words();
  const isDeclared = shown.basis ? shown.basis === "self_declared" : declared.includes(shown.tier);
  const rows = shown.identifiers.map((one) => {
    const [code, ...rest] = one.split("-");
    return registers[code] ? [registers[code], text(rest.join("-"))] : [labels.identifier, text(one)];
  });
  const issuer = /\/e\/([0-9]+)$/.exec(shown.issuer);
  return element(
    "section",
    { class: "card", "aria-labelledby": "holder" },
    element("p", { class: "claim" }, isRegistered(verdict) ? labels.claim_registered : labels.claim_unconfirmed),
    element("h3", { id: "holder", class: "holder" }, element("bdi", {}, plain(shown.holder))),
    shown.holder_latin
      ? element("p", { class: "latin", lang: "en" }, element("bdi", {}, plain(shown.holder_latin)))
      : null,
    element("p", { class: "tier" }, stars(shown.tier, isDeclared ? tiers.self_declared : tiers.evaluation)),
    element("p", { class: "scheme" }, schemes[shown.scheme] ?? plain(shown.scheme)),
    facts([
      ...rows,
      [labels.from, day(shown.nbf, verdict.zone)],
      [labels.until, day(shown.exp - 1, verdict.zone)],
      [labels.number, text(shown.number)],
      [labels.id, text(shown.id)],
      [labels.scope, text(shown.scope_summary)],
      [labels.scope_kind, text(kinds[shown.scope_kind])],
      [labels.covered, shown.covered.length ? shown.covered.map((one) => element("bdi", {}, plain(one))) : null],
      [labels.ot, text(shown.ot && ot[shown.ot])],
      [labels.criteria, text(shown.criteria)],
      [labels.issuer, issuer ? text(filled(labels.issuer_number, { no: issuer[1] })) : null],
      [labels.domains, shown.domains.length ? shown.domains.map((one) => element("bdi", {}, plain(one))) : null],
      [labels.log_index, verdict.index === null ? null : text(verdict.index)],
    ]),
    element("p", { class: "small" }, labels.match),
  );
}

function stars(level, said) {
  const drawn = element("span", { class: "drawn", "aria-hidden": "true" }, "★".repeat(level));
  const told = [element("span", { class: "level" }, `★${level}`), " ", element("span", { class: "words" }, said)];
  return element("span", { class: "stars" }, drawn, " ", ...told);
}

function checks(verdict) {
  const { groups, labels } = words();
  const made = groups.map((group) => checkGroup(group, verdict)).filter(Boolean);
  return element(
    "section",
    { class: "card", "aria-labelledby": "checks" },
    element("h3", { id: "checks" }, labels.checks),
    ...made,
  );
}

function checkGroup({ title, checks: names }, verdict) {
  const { results, summaries } = words();
  const found = verdict.checks.filter((check) => names.includes(check.name));
  if (!found.length) return null;
  const worst = ["failed", "unknown", "passed"].find((one) => found.some((check) => check.result === one));
  const passed = found.filter((check) => check.result === "passed").length;
  const summary = element(
    "summary",
    {},
    element("span", { class: `tone-${results[worst].tone}` }, icon(results[worst].icon)),
    element("span", { class: "group-title" }, title),
    element("span", { class: "count" }, summaries[found.length][passed]),
  );
  const lines = found.map((check) => checkLine(check, verdict.zone));
  const attributes = { class: "group", open: worst === "passed" ? null : "" };
  return element("details", attributes, summary, element("ul", { class: "checks" }, ...lines));
}

function checkLine(check, zone) {
  const { checks: names, results, reasons, fallback, labels } = words();
  const result = results[check.result];
  const isPassed = check.result === "passed";
  const told = isPassed
    ? { text: names[check.name].passed, next: "" }
    : (reasons[check.reason] ?? fallback[check.result]);
  const asOf =
    check.as_of === undefined
      ? null
      : element("p", { class: "small" }, labels.check_as_of, " ", ...moment(check.as_of, zone));
  const detail = check.detail
    ? element(
        "p",
        { class: "small" },
        labels.detail,
        " ",
        element("code", {}, check.reason),
        " ",
        element("bdi", { lang: "en" }, plain(check.detail)),
      )
    : null;
  const title = element("h4", {}, names[check.name].title, " ", element("span", { class: "result" }, result.word));
  const body = element(
    "div",
    {},
    title,
    element("p", {}, told.text),
    element("p", { class: "todo" }, told.next),
    asOf,
    detail,
  );
  const attributes = { class: `tone-${result.tone}`, "data-check": check.name, "data-result": check.result };
  return element("li", attributes, icon(result.icon), body);
}
