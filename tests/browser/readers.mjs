// Reads the inputs of the shared vectors with the judge of the browser: one {format, input} a line, one answer a line.

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;
const from = (name) => import(new URL(`../../verifier/edge/static/judge/${name}.js`, import.meta.url));
const [
  dates,
  directory,
  encoding,
  envelope,
  errors,
  identifier,
  keys,
  mark,
  markid,
  names,
  note,
  policy,
  root,
  said,
  mldsa,
] = await Promise.all(
  ["dates", "directory", "encoding", "envelope", "errors", "identifier", "keys", "mark", "markid", "names", "note"]
    .concat(["witness_policy", "root", "statement", "mldsa"])
    .map(from),
);
const [schema, tables] = await Promise.all(["schema", "tables"].map(from));
const bytes = encoding.unb64u;

async function verified(token, jwk) {
  await envelope.verifyToken(token, await keys.importJwk(jwk));
  return token;
}

const READ = {
  async mark(given) {
    const read = await mark.parseMark(given.token);
    await verified(read.token, given.key);
    const { host, id, iss, sub, iat, nbf, exp, content } = read;
    const { scheme, tier, org, scope_sha256 } = content;
    return {
      host,
      id,
      iss,
      sub,
      iat,
      nbf,
      exp,
      scheme,
      tier,
      holder: org.name,
      scope_sha256,
      digest: read.token.digest,
    };
  },
  async seal(given) {
    const seal = mark.parseScan(given.text);
    const key = await keys.importJwk(given.key);
    const token = await seal.token(key.kid);
    await envelope.verifyToken(token, key);
    return { host: seal.host, id: seal.id, c: JSON.parse(seal.encoded), token: token.compact };
  },
  async statement(given) {
    const read = await said.parseStatement(given.token);
    await verified(read.token, given.key);
    const approval_subject = await said.approvalSubject(read);
    return { type: read.type, object: read.object, digest: read.token.digest, approval_subject };
  },
  async attestation(given) {
    const read = given.typ === said.APPROVAL ? said.parseApproval : said.parseAttestation;
    const { token } = await read(given.token, given.log);
    await verified(token, given.key);
    return { digest: token.digest, payload: token.payload };
  },
  async directory(given) {
    const proof = { bucket: given.bucket, lines: given.lines.map(encoding.utf8), path: given.path.map(bytes) };
    const record = await directory.lookUp(proof, given.subject, given.bits, bytes(given.root));
    return { record: record && encoding.withoutNull(record) };
  },
  async checkpoint(given) {
    const signed = note.parseCheckpoint(given.note);
    const key = await note.parseVkey(given.log);
    if (signed.origin !== given.origin || key.name !== given.origin) throw new errors.ProofError("another log");
    await note.openNote(signed.note, [key]);
    const witnesses = await Promise.all(given.witnesses.map(note.parseVkey));
    const times = await note.cosignedTimes(signed, witnesses);
    const byName = Object.fromEntries(
      witnesses.filter((one) => times.has(one.text)).map((one) => [one.name, times.get(one.text)]),
    );
    return { origin: signed.origin, size: signed.size, root: encoding.b64u(signed.root), times: byName };
  },
  async "tlog-policy"(given) {
    return { met: policy.quorumTime(await policy.parsePolicy(given.policy), new Map(Object.entries(given.times))) };
  },
  async "trust-root"(given) {
    const file = encoding.readObject(encoding.utf8(given.file));
    const read =
      given.op === "follow"
        ? await root.follow(await root.pin(given.pinned), [file])
        : await { parse: root.parseRoot, pin: root.pin }[given.op](file);
    const { version, host, keys: listed } = read.content;
    await read.keys();
    const kids = Object.fromEntries(listed.map((key) => [key.kid, key.role]));
    return { version, host, sha256: read.sha256, kids };
  },
  async "trust-list"(given) {
    const list = await root.readTrustList(given.token, await root.follow(await root.pin(given.pinned), [given.newest]));
    const bodies = [];
    for (const body of list.bodies) {
      const deciders = {};
      for (const key of body.keys) {
        const found = await root.listedKey(list, body.no, key.no);
        if (found) deciders[key.no] = found.kid;
      }
      bodies.push({ no: body.no, uri: body.uri, deciders });
    }
    const { iat, exp } = list.token.payload;
    return { iat, exp, bodies };
  },
  async key(given) {
    const read = {};
    for (const jwk of given.keys) {
      const key = await keys.importJwk(jwk);
      if (key.kid in read) throw new errors.KeyRefusedError("the key set names a kid twice");
      read[key.kid] = key.algorithm;
    }
    return read;
  },
  names(given) {
    if (given.kind === "name") return names.parseName(given.text);
    if (given.kind === "identifier") return { identifier: identifier.parseIdentifier(given.text).text };
    if (given.kind === "mark_id") return { id: markid.normaliseMarkId(given.text) };
    return { ends: dates.termEnd(given.start, given.months, given.zone) };
  },
  public(given) {
    schema.readModel(tables.KINDS[given.type].schema, given.public, "public part");
    return { good: true };
  },
  days: (given) => ({ starts: given.days.map(([day, zone]) => dates.dayStart(day, zone)) }),
  mldsa(given) {
    mldsa.verifyMldsa(given.set, bytes(given.key), bytes(given.signature), bytes(given.message));
    return { good: true };
  },
  json: (given) => ({ canonical: new TextDecoder().decode(encoding.canonical(encoding.readJson(bytes(given.data)))) }),
};

for await (const line of createInterface({ input: createReadStream(process.argv[2], "utf-8") })) {
  const { format, input } = JSON.parse(line);
  let answer;
  try {
    answer = { read: await READ[format](input) };
  } catch (error) {
    if (!(error instanceof errors.MarkError)) answer = { crash: String(error.stack) };
    else answer = { error: error instanceof errors.NewerVersionError ? "newer" : "refused" };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
