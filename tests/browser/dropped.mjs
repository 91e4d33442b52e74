// Reads files as the page /verify does: one {data} (base64url) a line, one {kind, text, signature} or {why} a line.
// Pictures are for browsers: none is decoded here.

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;
const place = new URL("../../verifier/edge/static/scan/", import.meta.url);
const { Unreadable, readDropped } = await import(new URL("dropped.js", place));
const { documentSignature } = await import(new URL("signed_pdf.js", place));
const { own, types } = JSON.parse(process.argv[3]);

for await (const line of createInterface({ input: createReadStream(process.argv[2], "utf-8") })) {
  const bytes = new Uint8Array(Buffer.from(JSON.parse(line).data, "base64url"));
  let answer;
  try {
    const { kind, text } = await readDropped(bytes, { types, decode: async () => null });
    const signature = kind === "document" ? await documentSignature(bytes, own) : null;
    answer = { kind, text, signature };
  } catch (error) {
    answer = error instanceof Unreadable ? { why: error.why } : { crash: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
