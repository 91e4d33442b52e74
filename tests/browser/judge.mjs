// Puts every question of a file (one JSON object a line) to the browser's judge; writes one verdict a line.

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;
const place = new URL("../../verifier/edge/static/judge/", import.meta.url);
const { verifyText } = await import(new URL("verify.js", place));
const { parseBundle } = await import(new URL("bundle.js", place));
const { pin } = await import(new URL("root.js", place));
const { parsePolicy } = await import(new URL("witness_policy.js", place));
const { utf8 } = await import(new URL("encoding.js", place));

for await (const line of createInterface({ input: createReadStream(process.argv[2], "utf-8") })) {
  const asked = JSON.parse(line);
  let answer;
  try {
    answer = await verifyText(asked.text, {
      bundle: asked.bundle === null ? null : parseBundle(utf8(asked.bundle)),
      root: await pin(JSON.parse(asked.root)),
      now: asked.now,
      asOf: asked.as_of,
      live: asked.live,
      demand: asked.demand,
      witnesses: asked.witnesses === null ? null : await parsePolicy(asked.witnesses),
    });
  } catch (error) {
    answer = { error: error.code ?? String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
