// What is attached to a PDF (ISO 32000-2, 7.11.4), found without reading the PDF as a whole: a stream whose dictionary
// says that it is an attached file. Nothing is drawn or followed, and what is unpacked is capped. The reader on the
// server does the same (verifier/edge/pdf_attachments.py).

import { bytesEqual } from "../judge/encoding.js";
import { MalformedError } from "../judge/errors.js";

const MOST_FILES = 16;
const MOST_BYTES = 1_048_576;
const LONGEST_DICTIONARY = 2_000;

/** The bytes as text in which every byte is one character; those below 0x80 are what they are. */
export const asLatin = (bytes) => new TextDecoder("latin1").decode(bytes);

export const isPdf = (latin) => latin.slice(0, 1024).replace(/^[\u00ef\u00bb\u00bf \t\r\n]+/, "").startsWith("%PDF-");
export const isEncrypted = (latin) => /\/Encrypt[ \r\n\t]*[0-9<]/.test(latin);

/** The content of every attached file, each once. Throws MalformedError for what cannot be unpacked. */
export async function attachedFiles(bytes) {
  const latin = asLatin(bytes);
  const found = [];
  for (const match of latin.matchAll(/\/EmbeddedFile(?![A-Za-z])/g)) {
    const after = match.index + match[0].length;
    const opening = /stream\r?\n/.exec(latin.slice(after, after + LONGEST_DICTIONARY));
    if (!opening) continue;
    if (found.length === MOST_FILES) throw new MalformedError("too many attached files");
    const from = latin.slice(Math.max(0, match.index - LONGEST_DICTIONARY), match.index).lastIndexOf("obj");
    const first = from < 0 ? 0 : Math.max(0, match.index - LONGEST_DICTIONARY) + from;
    const dictionary = latin.slice(first, after + opening.index);
    const content = await unpacked(bytes, latin, after + opening.index + opening[0].length, dictionary);
    if (!found.some((one) => bytesEqual(one, content))) found.push(content);
  }
  return found;
}

async function unpacked(bytes, latin, start, dictionary) {
  const end = latin.indexOf("endstream", start);
  if (end < 0 || end + 9 > start + MOST_BYTES) throw new MalformedError("an attached file does not end");
  // An end of line before the word is not of the content; the last byte of the content may look like one.
  const ends = ["\r\n", "\n", ""].filter((one) => latin.slice(start, end).endsWith(one)).map((one) => end - one.length);
  if (!dictionary.includes("/Filter")) return bytes.slice(start, ends[0]);
  if (!dictionary.includes("/FlateDecode") || dictionary.includes("/DecodeParms"))
    throw new MalformedError("packed in a way that documents are not");
  for (const one of ends) {
    const content = await inflated(bytes.slice(start, one)).catch(() => null);
    if (content) return content;
  }
  throw new MalformedError("an attached file cannot be unpacked");
}

async function inflated(packed) {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MOST_BYTES) {
      await reader.cancel();
      throw new MalformedError("an attached file is too large");
    }
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
