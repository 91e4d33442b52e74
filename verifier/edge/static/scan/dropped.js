// A file that somebody drops: what it is, and the text in it that is to be judged. Everything else is told apart, so
// that each gets an answer of its own. The server reads files by the same rules (verifier/edge/dropped_file.py).

import { parseBundle } from "../judge/bundle.js";
import { readObject, unb64u, utf8 } from "../judge/encoding.js";
import { MarkError, NewerVersionError } from "../judge/errors.js";
import { orNull } from "../judge/examination.js";
import { normaliseMarkId } from "../judge/markid.js";
import { asLatin, attachedFiles, isEncrypted, isPdf } from "./attached.js";

export const MOST_BYTES = 20_000_000;
const LONGEST_TEXT = 20_000;
const MARK = "trust-mark+jwt";
const HEIC = ["ftypheic", "ftypheix", "ftypmif1", "ftyphevc", "ftypavif"];
const PICTURES = [/^.PNG/s, /^\u00ff\u00d8\u00ff/, /^GIF8/, /^BM/, /^II\*\0/, /^MM\0\*/, /^RIFF.{4}WEBP/s];
const ARCHIVES = [/^PK\u0003\u0004/, /^7z\u00bc\u00af/, /^Rar!/, /^\u001f.\u0008/s];
const ADDRESS = /^(?:https?:\/\/[^/\s]+)?\/?m\/([^/?#.]+)(?:\.[a-z-]+|\/[a-z.-]+)?\/?(?:\?[^#]*)?$/;

const RECOGNISED = /^https?:\/\/[^/\s]+\/r\/[A-Za-z0-9][A-Za-z0-9._-]*\/?(?:[?#].*)?$/s;

/** Say whether a text is an address of a recognised foreign assessment by its look, at whatever host. */
export const namesRecognition = (text) => !text.includes("/m/") && RECOGNISED.test(text.trim());

/** Say whether a text looks like a mark's token or like the text of a QR, be it damaged or forged. */
export const claimsMark = (text) => isAddress(text) || /^eyJ|\.eyJ/.test(text);

const isAddress = (text) => text.toLowerCase().includes("/m/");

/** Nothing can be checked in the file; ``why`` says what it is instead. */
export class Unreadable extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/** What is in a file: {kind, text}. ``decode`` reads codes out of a picture. Throws Unreadable. */
export async function readDropped(bytes, { types, decode }) {
  const latin = asLatin(bytes.slice(0, 2000));
  if (!latin.trim()) throw new Unreadable("empty");
  if (bytes.length > MOST_BYTES) throw new Unreadable("too_large");
  if (isPdf(latin)) return { kind: "document", text: await markOf(bytes) };
  if (HEIC.includes(latin.slice(4, 12))) throw new Unreadable("picture_heic");
  if (PICTURES.some((one) => one.test(latin)))
    return { kind: "picture", text: oneMark(await codes(bytes, "", "picture", decode)) };
  if (ARCHIVES.some((one) => one.test(latin))) throw new Unreadable("archive");
  if (latin.includes("<svg"))
    return { kind: "drawing", text: oneMark(await codes(bytes, "image/svg+xml", "drawing", decode)) };
  const text = textOf(bytes);
  return text.startsWith("{") ? ofBundle(text) : ofText(text, types);
}

function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim();
  } catch {
    throw new Unreadable("unknown");
  }
}

async function markOf(bytes) {
  if (isEncrypted(asLatin(bytes))) throw new Unreadable("document_locked");
  const files = await attachedFiles(bytes).catch((error) => {
    throw error instanceof MarkError ? new Unreadable("document_broken") : error;
  });
  const texts = files.map((one) => new TextDecoder().decode(one).trim());
  const marks = [...new Set(texts.filter((one) => typeOf(one) === MARK))];
  if (marks.length > 1) throw new Unreadable("several");
  if (marks.length) return marks[0];
  throw new Unreadable(texts.some((one) => "foreign_level" in members(one)) ? "recognised" : "document_without_mark");
}

async function codes(bytes, type, kind, decode) {
  const found = await decode(new Blob([bytes], { type }));
  if (!found) throw new Unreadable(kind === "picture" ? "picture_unreadable" : "drawing_unread");
  if (!found.length) throw new Unreadable(kind === "picture" ? "picture_without_code" : "drawing_unread");
  return found;
}

/** The one mark among the texts of codes. Throws Unreadable. */
export function oneMark(texts) {
  const claimed = [...new Set(texts.filter(claimsMark))];
  const addresses = claimed.filter(isAddress);
  const marks = addresses.length ? addresses : claimed;
  if (marks.length > 1) throw new Unreadable("several");
  if (!marks.length) throw new Unreadable(texts.some(namesRecognition) ? "recognised" : "other_code");
  return marks[0];
}

function ofBundle(text) {
  let bundle;
  try {
    bundle = parseBundle(utf8(text));
  } catch (error) {
    if (error instanceof NewerVersionError) throw new Unreadable("bundle_newer");
    const said = members(text);
    if ("headline" in said && "checks" in said) throw new Unreadable("verdict");
    throw new Unreadable("mark" in said ? "bundle_unreadable" : "other_json");
  }
  if (bundle.mark === null) throw new Unreadable("bundle_without_mark");
  return { kind: "bundle", text };
}

async function ofText(text, types) {
  const typ = typeOf(text);
  if (typ === MARK) return { kind: "token", text };
  if (typ !== null && types.includes(typ)) throw new Unreadable("other_token");
  if (namesRecognition(text)) throw new Unreadable("recognised");
  if (text.length > LONGEST_TEXT) throw new Unreadable("text_without_mark");
  const id = await orNull(async () => normaliseMarkId(ADDRESS.exec(text)?.[1] ?? text));
  const isLikely = text.slice(0, 200).includes("/m/") || text.startsWith("eyJ");
  if (!id && !(isLikely && (text.includes("#") || text.length > 60))) throw new Unreadable("text_without_mark");
  return { kind: "text", text };
}

function typeOf(text) {
  if (!text.startsWith("eyJ")) return null;
  try {
    return readObject(unb64u(text.split(".")[0])).typ ?? null;
  } catch {
    return null;
  }
}

function members(text) {
  try {
    return readObject(utf8(text));
  } catch {
    return {};
  }
}
