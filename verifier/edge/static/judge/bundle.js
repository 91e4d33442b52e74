// The bundle: everything that judges one mark without a network. See bundle.py. Nothing in it is trusted yet.

import { readObject, unb64u, utf8 } from "./encoding.js";
import { MalformedError } from "./errors.js";
import { readModel } from "./schema.js";
import { CONSTANTS, MODELS } from "./tables.js";

/** The bundle of a file's bytes. Throws MalformedError, StatementError, NewerVersionError. */
export function parseBundle(bytes) {
  if (bytes.length > CONSTANTS.BUNDLE_MAX_BYTES) throw new MalformedError("the bundle is larger than 4 MiB");
  const model = readModel(MODELS.bundle, readObject(bytes), "bundle");
  return {
    ...model,
    statements: model.statements.map((one) => ({ ...one, path: one.path.map(unb64u) })),
    anchor: model.anchor && earlier(model.anchor),
    first: model.first && { ...earlier(model.first), path: model.first.path.map(unb64u) },
    directory: model.directory && directoryPart(model.directory),
  };
}

/** A bundle without any evidence. */
export function emptyBundle(log) {
  const lists = { approvals: [], statements: [], trust_roots: [] };
  const missing = ["mark", "seal", "attestation", "anchor", "first", "latest", "directory", "trust_list"];
  return { v: 1, log, ...lists, ...Object.fromEntries(missing.map((name) => [name, null])) };
}

const earlier = (part) => ({ note: part.checkpoint, consistency: part.consistency.map(unb64u) });

function directoryPart(part) {
  const buckets = part.buckets.map((one) => ({ ...one, lines: one.lines.map(utf8), path: one.path.map(unb64u) }));
  return { entry: part.entry, anchor: earlier(part.anchor), buckets };
}
