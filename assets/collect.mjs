// Copies what pages load of the packages in package-lock.json, with their licences, to where the reader serves it.
// manifest.json says of each file how long it is, and its digest, which pages demand of the browser (SRI).

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const TAKEN = { qr: { files: ["index.js", "decode.js"], licences: ["LICENSE", "LICENSE-MIT"] } };
const target = new URL("../verifier/edge/static/vendor/", import.meta.url);

rmSync(target, { recursive: true, force: true });
const packages = [];
for (const [name, { files, licences }] of Object.entries(TAKEN)) {
  const source = new URL(`node_modules/${name}/`, import.meta.url);
  const { version, license } = JSON.parse(readFileSync(new URL("package.json", source), "utf-8"));
  mkdirSync(new URL(`${name}/`, target), { recursive: true });
  const copied = [...files, ...licences].map((file) => {
    copyFileSync(new URL(file, source), new URL(`${name}/${file}`, target));
    const bytes = readFileSync(new URL(file, source));
    const integrity = `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
    return {
      path: `${name}/${file}`,
      size: bytes.length,
      integrity,
      kind: files.includes(file) ? "module" : "licence",
    };
  });
  packages.push({ name, version, license, files: copied });
}
writeFileSync(new URL("manifest.json", target), `${JSON.stringify({ packages }, null, 1)}\n`);
for (const { name, version, files } of packages) {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  console.log(`${name} ${version}: ${files.length} files, ${size} bytes`);
}
