// Mark ids: 25 random symbols and one check symbol of the ISO/IEC 7064 hybrid system MOD 33,32. See markid.py.

import { MalformedError } from "./errors.js";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const FORM = new RegExp(`^[${ALPHABET}]{26}$`);
const TYPED = { i: "1", l: "1", o: "0", "-": "", " ": "" };

export function isMarkId(text) {
  return FORM.test(text) && checkSymbol(text.slice(0, -1)) === text.at(-1);
}

/** The canonical id of what a person typed. Throws MalformedError. */
export function normaliseMarkId(text) {
  const canonical = text
    .trim()
    .toLowerCase()
    .replace(/[ilo\- ]/g, (sign) => TYPED[sign]);
  if (!isMarkId(canonical)) throw new MalformedError("this is not a mark id");
  return canonical;
}

function checkSymbol(symbols) {
  let product = 32;
  for (const symbol of symbols) product = (((product + ALPHABET.indexOf(symbol)) % 32 || 32) * 2) % 33;
  return ALPHABET[(33 - product) % 32];
}
