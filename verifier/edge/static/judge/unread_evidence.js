// Check on what this version cannot read: a mark with a member, or a QR with a profile, that it does not know.
// See examine/unread_evidence.py.

import { parseToken } from "./envelope.js";
import { orNull } from "./examination.js";
import { SCANNED, readSeal } from "./mark.js";
import { parseName } from "./names.js";

const MARK = "trust-mark+jwt";

/** The host and the id that the text claims, both empty where it claims none. */
export async function unread(text) {
  const scanned = SCANNED.exec(text);
  if (scanned) return { id: scanned[2], host: scanned[1] };
  const name = await orNull(async () => parseName(String((await parseToken(text, MARK)).payload.ref)));
  return name?.kind === "m" ? { id: name.value, host: name.host } : { id: "", host: "" };
}

/** Note that the text cannot be read, and that it is forged where the log proves another one under its id. */
export async function checkUnread(examined, text, error) {
  examined.note("format", error, error.code);
  const isOwn = examined.presented.host === examined.root.host;
  const record = isOwn ? examined.marks.get(examined.ownUri) : null;
  if (record && (await isAnother(examined, text, record.versions.at(-1)))) {
    examined.failed("registration", "another_mark", "the log holds another mark or QR under this id", "forged");
  }
}

async function isAnother(examined, text, newest) {
  if (!SCANNED.test(text)) return (await parseToken(text, MARK)).digest !== newest.mark_sha256;
  const compact = examined.bundle.seal ?? "";
  const logged = await orNull(async () => {
    await readSeal(compact);
    return parseToken(compact, "qr-seal+jwt");
  });
  // Where the logged seal is of the profile known here, a QR of another profile is not this mark's.
  return logged?.digest === newest.seal_sha256;
}
