// Closed JSON schemas, out of the generated tables: strict types, no unknown member. See schema.py.
// A member that this version does not know may change the meaning of those it knows: that is "needs a newer verifier".

import { characters } from "./encoding.js";
import { NewerVersionError, StatementError } from "./errors.js";
import { isMarkId } from "./markid.js";
import { SCHEMAS } from "./tables.js";

const compiled = new Map();

const isPart = (value) => value.issuer !== null || value.mapping !== null;
const oneOnly = (value) => !(value.issuer !== null && value.mapping !== null);
/** What members of one object have to say together: the validators of verifier/statement/recognition.py. */
const AGREES = {
  Part: oneOnly,
  AgreementInForce: oneOnly,
  AgreementStopped: (value) =>
    oneOnly(value) &&
    (value.existing === "stop_now") === (value.until === null) &&
    !(value.until !== null && value.until <= value.effective) &&
    !(value.reason === "integrity" && value.existing !== "stop_now"),
};

export { isPart };

/**
 * The value under a schema, with null for what may be missing and is.
 * Throws NewerVersionError for another version or an unknown member, StatementError for every other fault.
 */
export function readModel(name, value, what) {
  const faults = [];
  const read = follow({ $ref: name }, value, [], faults);
  if (faults.length === 0) return read;
  const where = faults
    .slice(0, 3)
    .map((fault) => `${fault.path.join(".") || what}: ${fault.says}`)
    .join("; ");
  if (faults.every((fault) => fault.says === "unknown member" || fault.path.join(".") === "v")) {
    throw new NewerVersionError(`${what} has a version or member unknown here: ${where}`);
  }
  throw new StatementError(`${what} is outside its schema: ${where}`);
}

function follow(schema, value, path, faults) {
  const fault = (says) => {
    faults.push({ path, says });
    return value;
  };
  if (schema.$ref) return followObject(schema.$ref, value, path, faults);
  if (schema.anyOf) {
    const [inner] = schema.anyOf.filter((one) => one.type !== "null");
    return value === null ? null : follow(inner, value, path, faults);
  }
  if ("const" in schema) return value === schema.const ? value : fault(`is not ${schema.const}`);
  switch (schema.type) {
    case "string":
      return typeof value === "string" && fitsText(schema, value) ? value : fault("not the text that is needed");
    case "integer":
      return Number.isInteger(value) && fitsNumber(schema, value) ? value : fault("not the number that is needed");
    case "boolean":
      return typeof value === "boolean" ? value : fault("is neither true nor false");
    case "array":
      if (!Array.isArray(value)) return fault("not a list");
      if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity)) {
        return fault("a list of another length");
      }
      return value.map((item, at) => follow(schema.items ?? {}, item, [...path, at], faults));
    case "object":
      return followMap(schema, value, path, faults);
    default:
      return value;
  }
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function followMap(schema, value, path, faults) {
  if (!isObject(value)) faults.push({ path, says: "not an object" });
  else if (isObject(schema.additionalProperties)) {
    for (const [name, member] of Object.entries(value)) {
      follow(schema.additionalProperties, member, [...path, name], faults);
    }
  }
  return value;
}

function followObject(name, value, path, faults) {
  const schema = SCHEMAS[name];
  if (!isObject(value)) {
    faults.push({ path, says: "not an object" });
    return value;
  }
  const before = faults.length;
  const read = {};
  for (const [member, inner] of Object.entries(schema.properties ?? {})) {
    if (Object.hasOwn(value, member)) read[member] = follow(inner, value[member], [...path, member], faults);
    else if ((schema.required ?? []).includes(member)) faults.push({ path: [...path, member], says: "missing" });
    else read[member] = inner.default ?? null;
  }
  for (const member of Object.keys(value)) {
    if (!Object.hasOwn(schema.properties ?? {}, member)) {
      faults.push({ path: [...path, member], says: "unknown member" });
    }
  }
  const agrees = AGREES[name];
  if (agrees && faults.length === before && !agrees(read)) faults.push({ path, says: "contradicts itself" });
  return read;
}

function fitsText(schema, value) {
  if (schema.format === "mark-id" && !isMarkId(value)) return false;
  if (schema.enum && !schema.enum.includes(value)) return false;
  if (schema.pattern && !pattern(schema.pattern).test(value)) return false;
  if (schema.minLength === undefined && schema.maxLength === undefined) return true;
  const length = characters(value);
  return length >= (schema.minLength ?? 0) && length <= (schema.maxLength ?? Infinity);
}

function fitsNumber(schema, value) {
  return (
    value >= (schema.minimum ?? -Infinity) &&
    value <= (schema.maximum ?? Infinity) &&
    value > (schema.exclusiveMinimum ?? -Infinity) &&
    value < (schema.exclusiveMaximum ?? Infinity)
  );
}

function pattern(source) {
  // \s is Unicode white space to the judge of the server; JavaScript's own \s is another set.
  const text = source.replaceAll("\\s", "\\p{White_Space}").replaceAll('\\"', '"');
  if (!compiled.has(source)) compiled.set(source, new RegExp(text, "u"));
  return compiled.get(source);
}
