// Reads what the product published, as strangers do: jose, @openid-federation/core and the @sd-jwt packages, unmodified.
// Input: a file with {now, anchor, body, answers: {url: {status, type, body}}, ...}, and in `parts` what to read if not
// all of it. Output: one JSON object.

import { readFileSync } from "node:fs";
import { resolveTrustChains } from "@openid-federation/core";
import { getListFromStatusListJWT } from "@sd-jwt/jwt-status-list";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { createLocalJWKSet, decodeJwt, importJWK, compactVerify, jwtVerify } from "jose";

const given = JSON.parse(readFileSync(process.argv[2], "utf8"));
const currentDate = new Date(given.now * 1000);
const RealDate = Date;
// One of the libraries takes the time from the machine: here it is the time of the registry.
globalThis.Date = class extends RealDate {
  constructor(...parts) {
    super(...(parts.length ? parts : [given.now * 1000]));
  }
  static now() {
    return given.now * 1000;
  }
};

// Nothing here reaches a network: what is fetched was taken from the reader beforehand.
globalThis.fetch = async (input, options) => {
  const url = String(input.url ?? input);
  const plain = new URL(url);
  // The federation library names the issuer beside the subject; a reader ignores what it does not know.
  plain.searchParams.delete("iss");
  const answer = given.answers[url] ?? given.answers[String(plain)];
  if (!answer) throw new Error(`not published: ${url}`);
  return new Response(answer.body, { status: answer.status, headers: { "content-type": answer.type } });
};

async function fetched(url) {
  return (await fetch(url)).text();
}

async function verified(token, jwks, typ, requiredClaims) {
  const keys = createLocalJWKSet(jwks);
  const read = await jwtVerify(token, keys, { typ, algorithms: ["ES256"], currentDate, requiredClaims });
  return read.payload;
}

async function refused(token, jwks, typ) {
  try {
    await verified(token, jwks, typ, []);
    return "";
  } catch (error) {
    return error.code;
  }
}

async function federation() {
  const verifyJwtCallback = async ({ jwt, jwk }) => {
    try {
      await compactVerify(jwt, await importJWK(jwk, "ES256"));
      return true;
    } catch {
      return false;
    }
  };
  const chains = await resolveTrustChains({ entityId: given.body, trustAnchorEntityIds: [given.anchor], verifyJwtCallback });
  return chains.map((one) => ({ length: one.chain.length, anchor: one.trustAnchorEntityId ?? one.chain.at(-1).iss }));
}

async function tokens() {
  const authority = await fetched(`${given.anchor}/.well-known/openid-federation`);
  const entity = await verified(authority, given.anchorKeys, "entity-statement+jwt", ["iss", "sub", "exp", "jwks"]);
  const endpoints = entity.metadata.federation_entity;
  const statement = await verified(
    await fetched(`${endpoints.federation_fetch_endpoint}?sub=${encodeURIComponent(given.body)}`),
    entity.jwks,
    "entity-statement+jwt",
    ["iss", "sub", "exp", "jwks"],
  );
  const mark = await verified(given.mark, statement.jwks, "trust-mark+jwt", ["trust_mark_type", "sub", "exp"]);
  const status = await verified(given.status, entity.jwks, "trust-mark-status-response+jwt", ["trust_mark", "status"]);
  const over = await verified(await fetched(endpoints.federation_historical_keys_endpoint), entity.jwks, "jwk-set+jwt", ["keys"]);
  return {
    mark: [mark.iss, mark.sub, mark.trust_mark_type],
    status: [status.status, status.trust_mark === given.mark],
    over: over.keys.length,
    swapped: await refused(given.mark, entity.jwks, "trust-mark+jwt"),
    retyped: await refused(given.status, entity.jwks, "trust-mark+jwt"),
  };
}

async function statusList() {
  const { idx, uri } = decodeJwt(given.mark).status.status_list;
  const token = await fetched(uri);
  const list = await verified(token, given.statusKeys, "statuslist+jwt", ["sub", "status_list", "ttl"]);
  const aggregation = JSON.parse(await fetched(list.status_list.aggregation_uri));
  return { status: getListFromStatusListJWT(token).getStatus(idx), aggregation: aggregation.status_lists };
}

async function credential() {
  const { subtle } = globalThis.crypto;
  const hasher = async (data, alg) => {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    return new Uint8Array(await subtle.digest(alg === "sha-256" ? "SHA-256" : alg, bytes));
  };
  const seen = [];
  const verifier = async (signed, signature) => {
    const issuer = decodeJwt(`${signed}.${signature}`).iss;
    const at = new URL(issuer);
    const known = JSON.parse(await fetched(`${at.origin}/.well-known/jwt-vc-issuer${at.pathname}`));
    await compactVerify(`${signed}.${signature}`, createLocalJWKSet(known.jwks));
    return known.issuer === issuer;
  };
  const library = new SDJwtVcInstance({
    hasher,
    hashAlg: "sha-256",
    verifier,
    statusListFetcher: async (uri) => fetched(uri),
    statusVerifier: async (signed, signature) => Boolean(await compactVerify(`${signed}.${signature}`, createLocalJWKSet(given.statusKeys))),
    statusValidator: async (status) => {
      seen.push(status);
    },
    loadTypeMetadataFormat: false,
  });
  const shown = await library.present(given.credential, { name: true, scope_summary: true });
  const read = await library.verify(shown, { currentDate: given.now });
  const type = JSON.parse(await fetched(read.payload.vct));
  return {
    shown: Object.keys(read.payload).sort(),
    name: read.payload.name,
    statuses: seen,
    type: type.vct === read.payload.vct,
  };
}

const readers = { federation, tokens, statusList, credential };
const told = {};
for (const part of given.parts ?? Object.keys(readers)) told[part] = await readers[part]();
console.log(JSON.stringify(told));
