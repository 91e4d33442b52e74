// What may be said about a mark that exists, by whom and when, and its duty to report: see replay/mark_rules.py and
// replay/duties.py.

import { dayStart, localDate, plusDays, termEnd } from "./dates.js";
import { NotFoundError, RefusedError } from "./errors.js";
import { stateBefore } from "./records.js";
import { CONSTANTS } from "./tables.js";

const OVERDUE = "report_overdue";
const REPORT = "annual_report";
const AFTER_THE_DEADLINE = ["mark.withdrawn", "mark.annulled"];

/** The mark's own body or the authority speaks, within what the mark's state and duties allow. Throws RefusedError. */
export function checkSpeaksForMark(record, statement, first, rules) {
  if (![record.issuer, rules.authority].includes(first.entity)) {
    throw new RefusedError("the mark was issued by another body");
  }
  if (first.role === "directory") checkDue(record, statement, rules);
  if (isPastDeadline(record, statement) && !AFTER_THE_DEADLINE.includes(statement.type)) {
    throw new RefusedError("the suspension was not lifted in time: the mark has withdrawn itself");
  }
  checkType(record, statement, rules);
  if (statement.type === "mark.reinstated" && isOverdue(record, rules.duty(record), statement.iat)) {
    throw new RefusedError("the yearly report is overdue: it is filed before the suspension is lifted");
  }
}

function checkType(record, statement, rules) {
  const { type, iat, public: said } = statement;
  if (type === "mark.suspended" && !(iat < said.lift_by && said.lift_by <= iat + CONSTANTS.LONGEST_SUSPENSION)) {
    throw new RefusedError("a suspension ends within six months");
  }
  if (type === "annual_report.filed") checkReport(record, said, rules.duty(record), iat);
  if (type === "duty.extended") checkExtension(record, said, rules.duty(record));
  if (type === "mark.corrected" && iat >= record.issued.exp) {
    throw new RefusedError("a mark that has ended is not corrected");
  }
}

/** A body that is suspended or withdrawn decides nothing new about its marks; it may still take away. */
export function checkMayDecide(body, statement, index) {
  if (statement.kind.effect !== "grant") return;
  if (!body) throw new NotFoundError("the accreditation of the body that speaks is not at hand");
  if (stateBefore(body, index) !== "active") throw new RefusedError("the body was not accredited when it decided");
}

function checkDue(record, statement, rules) {
  const isDue =
    statement.type === "mark.suspended"
      ? statement.public.reason === OVERDUE && isOverdue(record, rules.duty(record), statement.iat)
      : statement.type === "mark.withdrawn" && isPastDeadline(record, statement);
  if (!isDue) throw new RefusedError(`nothing makes ${statement.type} due`);
}

const isPastDeadline = (record, statement) => record.liftBy !== null && statement.iat >= record.liftBy;

/** The mark's duty to report, null when its tier asks for none. Throws NotFoundError without the criteria. */
export function reportDuty(issued, schemes, zone) {
  const found = schemes.find((one) => one.scheme === issued.scheme && one.sha256 === issued.criteria_sha256);
  const terms = found?.tiers.find((tier) => tier.level === issued.tier);
  if (!terms) throw new NotFoundError("the criteria of the mark are not at hand: its duties are unknown");
  return terms.report ? { ...terms.report, zone } : null;
}

function period(duty, record) {
  const { nbf, exp } = record.issued;
  const number = record.reports.length + 1;
  const due = termEnd(nbf, duty.every_months * number, duty.zone);
  return due >= exp ? null : [termEnd(nbf, duty.every_months * (number - 1), duty.zone), due];
}

const daysAfter = (duty, instant, days) => dayStart(plusDays(localDate(instant, duty.zone), days), duty.zone);

function overdueAt(duty, record) {
  const next = period(duty, record);
  return next && Math.max(daysAfter(duty, next[1], duty.grace_days), record.extended ?? 0);
}

/** Say whether the mark's next report was overdue at that instant. */
export function isOverdue(record, duty, at) {
  const limit = duty && overdueAt(duty, record);
  return limit !== null && at >= limit;
}

function checkReport(record, filed, duty, at) {
  const next = duty && period(duty, record);
  if (!next) throw new RefusedError("no report is due for this mark");
  if (filed.due !== next[1]) throw new RefusedError(`the next report of this mark is due at ${next[1]}`);
  if (at < next[0]) throw new RefusedError("the year that the report is about has not begun");
}

function checkExtension(record, extended, duty) {
  const next = duty && extended.duty === REPORT ? period(duty, record) : null;
  if (!next) throw new RefusedError(`this mark has no duty ${extended.duty} that could be extended`);
  const longest = daysAfter(duty, next[1], duty.grace_days + CONSTANTS.LONGEST_EXTENSION_DAYS);
  const limit = Math.min(longest, record.issued.exp);
  if (!((overdueAt(duty, record) ?? 0) < extended.until && extended.until <= limit)) {
    throw new RefusedError("an extension ends later than the duty, within half a year and before the mark's end");
  }
}
