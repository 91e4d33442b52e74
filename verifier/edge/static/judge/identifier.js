// Identifiers of organisations, each in its register's normal form: see identifier.py.

import { MalformedError } from "./errors.js";
import { normaliseMarkId } from "./markid.js";

export const SOLE_PROPRIETOR = "x";
const UEN_TYPES =
  "CC CD CH CL CM CP CS CX DP FB FC FM FN GA GB GS HS LL LP MB MC MD MH MM MQ NB NR PA PB PF RF RP SM SS TC TU VH XL";
const UEN_OTHER = "ABCDEFGHJKLMNPQRSTUVWX0123456789";

/** The identifier of ICD-value, or of thirteen bare digits (ICD 0188). Throws MalformedError. */
export function parseIdentifier(text) {
  const typed = text.normalize("NFKC").trim();
  if (/^[Tt]?[0-9]{13}$/.test(typed)) return made("0188", corporateNumber(typed));
  const at = typed.indexOf("-");
  const code = (at < 0 ? typed : typed.slice(0, at)).toLowerCase();
  if (at < 0 || !Object.hasOwn(REGISTERS, code)) throw new MalformedError("unknown kind of identifier");
  return made(code, REGISTERS[code](typed.slice(at + 1).trim()));
}

function made(icd, value) {
  return { icd, value, text: `${icd}-${value}` };
}

const weighted = (digits, weights) => [...weights].reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0);

function matching(value, form, complaint) {
  if (!form.test(value)) throw new MalformedError(complaint);
  return value;
}

function corporateNumber(value) {
  const digits = value.toUpperCase().replace(/^T/, "").replace(/[- ]/g, "");
  const backwards = [...digits.slice(1)].reverse();
  const check = 9 - (weighted(backwards, [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]) % 9);
  if (!/^[0-9]{13}$/.test(digits) || String(check) !== digits[0]) throw new MalformedError("not a corporate number");
  return digits;
}

function lei(value) {
  const text = matching(value.toUpperCase(), /^[A-Z0-9]{18}[0-9]{2}$/, "an LEI has 20 letters and digits");
  const number = [...text].map((sign) => parseInt(sign, 36)).join("");
  if (BigInt(number) % 97n !== 1n) throw new MalformedError("the check digits of the LEI do not fit");
  return text;
}

function uen(value) {
  const text = value.toUpperCase().trim();
  if (!isUen(text)) throw new MalformedError("not a Singapore UEN");
  return text;
}

function isUen(text) {
  const year = String(new Date().getFullYear());
  if (/^[0-9]{8}[A-Z]$/.test(text)) {
    return text.at(-1) === "XMKECAWLJDB"[weighted(text, [10, 4, 9, 3, 8, 2, 7, 1]) % 11];
  }
  if (/^[0-9]{9}[A-Z]$/.test(text)) {
    const check = "ZKCMDNERGWH"[weighted(text, [10, 8, 6, 4, 9, 7, 5, 3, 1]) % 11];
    return text.slice(0, 4) <= year && text.at(-1) === check;
  }
  const isOther = /^[RST][0-9]{2}[A-Z]{2}[0-9]{4}[A-Z0-9]$/.test(text);
  if (!isOther || !UEN_TYPES.split(" ").includes(text.slice(3, 5))) return false;
  if (text[0] === "T" && text.slice(1, 3) > year.slice(2)) return false;
  const values = [...text].map((sign) => UEN_OTHER.indexOf(sign));
  const rest = (weighted(values, [4, 3, 5, 3, 10, 2, 2, 5, 7]) - 5) % 11;
  return text.at(-1) === UEN_OTHER[(rest + 11) % 11];
}

function ukCompany(value) {
  const padded = /^[0-9]+$/.test(value) ? value.padStart(8, "0") : value.toUpperCase();
  return matching(padded, /^([0-9]{8}|[A-Z]{2}[0-9]{6}|R[0-9]{7})$/, "not a UK company number");
}

const REGISTERS = {
  "0188": corporateNumber,
  "0199": lei,
  "0060": (value) => matching(value.replaceAll("-", ""), /^[0-9]{9}$/, "a D-U-N-S number has nine digits"),
  "0195": uen,
  uk: ukCompany,
  uei: (value) => matching(value.toUpperCase(), /^[A-HJ-NP-Z1-9][A-HJ-NP-Z0-9]{11}$/, "a UEI has twelve signs"),
  euid: (value) =>
    matching(value.toUpperCase(), /^[A-Z]{2}[A-Z0-9]{1,30}\.[A-Z0-9-]{1,40}(_[A-Z0-9])?$/, "not an EUID"),
  [SOLE_PROPRIETOR]: normaliseMarkId,
};
