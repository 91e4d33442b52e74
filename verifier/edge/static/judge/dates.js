// Calendar rules of a scheme: instants are UTC seconds, the calendar runs in the scheme's zone. See dates.py.

const DAY = 86400;
const formats = new Map();

function format(zone) {
  if (!formats.has(zone)) {
    const parts = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" };
    const made = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
      ...parts,
      second: "numeric",
      hourCycle: "h23",
      era: "short",
      timeZone: zone,
    });
    formats.set(zone, made);
  }
  return formats.get(zone);
}

export function isZone(name) {
  try {
    return /^[A-Za-z]/.test(name) && Boolean(format(name));
  } catch {
    return false;
  }
}

function clock(instant, zone) {
  const parts = Object.fromEntries(
    format(zone)
      .formatToParts(instant * 1000)
      .map((one) => [one.type, one.value]),
  );
  const names = ["year", "month", "day", "hour", "minute", "second"];
  return Object.fromEntries(names.map((name) => [name, Number(parts[name])]));
}

function utc(year, month, day, hour = 0, minute = 0, second = 0) {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime() / 1000;
}

function offset(instant, zone) {
  const at = clock(instant, zone);
  return utc(at.year, at.month, at.day, at.hour, at.minute, at.second) - instant;
}

/** The calendar day of an instant in that zone. */
export function localDate(instant, zone) {
  const { year, month, day } = clock(instant, zone);
  return { year, month, day };
}

/** The first second of that day in that zone. */
export function dayStart({ year, month, day }, zone) {
  const local = utc(year, month, day);
  const before = offset(local - DAY, zone);
  const first = local - before;
  if (offset(first, zone) === before) return first;
  // A change of the clock lies between: midnight is of the new time, unless the change skipped it.
  const second = local - offset(first, zone);
  return offset(second, zone) === local - second ? second : first;
}

/** The day so many days later. */
export function plusDays({ year, month, day }, days) {
  const date = new Date(utc(year, month, day + days) * 1000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** The first second after a term: 00:00 of the same day of the month, that many months on, or of its last day. */
export function termEnd(start, months, zone) {
  const first = localDate(start, zone);
  const index = first.month - 1 + months;
  const year = first.year + Math.floor(index / 12);
  const month = (index % 12) + 1;
  const last = new Date(utc(year, month + 1, 0) * 1000).getUTCDate();
  return dayStart({ year, month, day: Math.min(first.day, last) }, zone);
}
