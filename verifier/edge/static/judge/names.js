// Names: every thing that is signed about has one URI under the authority's host. See names.py.

import { MalformedError } from "./errors.js";
import { parseIdentifier } from "./identifier.js";
import { isMarkId } from "./markid.js";
import { NAME_KINDS } from "./tables.js";

export const HOST = /^[a-z0-9](?:[a-z0-9.-]{0,60}[a-z0-9])?$/;
export const NUMBER = /^[1-9][0-9]{0,8}$/;
export const KID = /^[A-Za-z0-9_-]{43}$/;
const SCHEME = /^[a-z0-9]+(?:[.-][a-z0-9]+)*$/;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$/;
const LABEL = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const SINGLE = ["trust", "directory", "policy", "log"];
const NAME = new RegExp(`^https://([^/]{1,62})/(${NAME_KINDS.join("|")})(?:/([^?#]{1,120}))?$`, "u");

export const authorityUri = (host) => `https://${host}`;
export const logOrigin = (host) => `${host}/log`;
export const bodyUri = (host, no) => `https://${host}/e/${no}`;
export const markUri = (host, id) => `https://${host}/m/${id}`;
export const keyUri = (host, kid) => `https://${host}/k/${kid}`;
export const schemeUri = (host, scheme, version) => `https://${host}/s/${scheme}/${version}`;
export const directoryUri = (host) => `https://${host}/directory`;
export const rootUri = (host) => `https://${host}/trust`;
export const trustMarkType = (host, scheme, level) => `https://${host}/tm/${scheme}/${level}`;

/** The parts of a URI of this system. Throws MalformedError for anything else. */
export function parseName(uri) {
  const matched = NAME.exec(uri);
  if (!matched || !HOST.test(matched[1])) throw new MalformedError("not a name of this system");
  const name = { host: matched[1], kind: matched[2], value: matched[3] ?? "" };
  if (!valueFits(name)) throw new MalformedError("not a name of this system");
  return name;
}

function valueFits({ kind, value }) {
  switch (kind) {
    case "e":
      return NUMBER.test(value);
    case "m":
      return isMarkId(value);
    case "k":
      return KID.test(value);
    case "o":
      return parseIdentifier(value).text === value;
    case "s": {
      const at = value.indexOf("/");
      return at >= 0 && SCHEME.test(value.slice(0, at)) && VERSION.test(value.slice(at + 1));
    }
    default:
      return SINGLE.includes(kind) ? value === "" : LABEL.test(value);
  }
}
