// Witness policies (C2SP tlog-policy): which logs count and whose cosignatures suffice. See log/policy_file.py and
// log/tlog_policy.py.

import { EvidenceError, KeyRefusedError, MalformedError, ProofError } from "./errors.js";
import { COSIGNATURE_TYPES, NOTE_KEY, cosignedTimes, openNote, parseVkey } from "./note.js";

const MOST = 128;
const NONE = "none";
const WORDS = { log: [1, 2], witness: [2, 3], group: [3, MOST], quorum: [1, 1] };

/** The policy of a file's text. Throws MalformedError, KeyRefusedError. */
export async function parsePolicy(text) {
  if (text.length > 262_144) throw new MalformedError("a policy is at most 262144 bytes long");
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text) || !text.endsWith("\n")) {
    throw new MalformedError("a policy is lines that end in a newline, without other control characters but tab");
  }
  const policy = { logs: [], witnesses: [], groups: [], quorum: "" };
  const known = { names: new Set([NONE]), members: new Set() };
  for (const line of text.split("\n")) {
    const [keyword, ...words] = line.split(/[ \t]+/).filter(Boolean);
    if (!keyword || keyword.startsWith("#")) continue;
    const bounds = Object.hasOwn(WORDS, keyword) ? WORDS[keyword] : null;
    if (!bounds) throw new MalformedError("a policy line begins with log, witness, group or quorum");
    if (words.length < bounds[0] || words.length > bounds[1]) {
      throw new MalformedError(`a ${keyword} line of a policy has another number of words`);
    }
    await READERS[keyword](policy, known, words);
    if (Math.max(policy.logs.length, policy.witnesses.length, policy.groups.length) > MOST) {
      throw new MalformedError(`a policy defines at most ${MOST} logs, witnesses and groups each`);
    }
  }
  if (!policy.quorum) throw new MalformedError("a policy has exactly one quorum line");
  for (const listed of [policy.logs, policy.witnesses]) {
    // The Ed25519 cosignature does not name its cosigner: under two names, one key would be two witnesses.
    if (new Set(listed.map((one) => String(one.key.raw))).size !== listed.length) {
      throw new KeyRefusedError("two logs or witnesses of the policy have the same key");
    }
  }
  return policy;
}

function define(known, name) {
  if (known.names.has(name)) throw new MalformedError("a policy defines each name once, and never the name none");
  known.names.add(name);
}

const READERS = {
  async log(policy, _, [text]) {
    const key = await parseVkey(text);
    if (key.type !== NOTE_KEY) throw new KeyRefusedError("a log of a policy signs with an Ed25519 note key");
    policy.logs.push({ key });
  },
  async witness(policy, known, [name, text]) {
    const key = await parseVkey(text);
    if (!COSIGNATURE_TYPES.includes(key.type)) throw new KeyRefusedError("a witness cosigns with another type of key");
    define(known, name);
    policy.witnesses.push({ name, key });
  },
  group(policy, known, [name, rule, ...members]) {
    for (const member of members) {
      // Once in the whole file: otherwise one witness would contribute to the quorum along two ways.
      if (known.members.has(member) || !known.names.has(member) || member === NONE) {
        throw new MalformedError("a group member is a name defined above that no group holds yet");
      }
      known.members.add(member);
    }
    define(known, name);
    policy.groups.push({ name, threshold: threshold(rule, members.length), members });
  },
  quorum(policy, known, [name]) {
    if (policy.quorum || !known.names.has(name)) {
      throw new MalformedError("a policy has one quorum line, which names a witness or group defined above, or none");
    }
    policy.quorum = name;
  },
};

function threshold(rule, members) {
  if (rule === "all") return members;
  if (rule === "any") return 1;
  if (!/^[1-9][0-9]{0,3}$/.test(rule) || Number(rule) > members) {
    throw new MalformedError("the rule of a group is all, any, or a number from 1 to its members");
  }
  return Number(rule);
}

async function asProof(says, work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EvidenceError) throw new ProofError(`${says}: ${error.message}`);
    throw error;
  }
}

/** Check that a log of this policy signed the checkpoint of its own origin. Throws ProofError. */
export async function checkLog(policy, signed) {
  const keys = policy.logs.map((log) => log.key).filter((key) => key.name === signed.origin);
  if (!keys.length) throw new ProofError(`the policy knows no log of the origin ${signed.origin}`);
  await asProof("the log's signature is missing or bad", () => openNote(signed.note, keys));
}

/** When the cosignatures met the quorum (UTC seconds). Throws ProofError. */
export async function checkQuorum(policy, signed) {
  const keys = policy.witnesses.map((witness) => witness.key);
  const times = await asProof("a witness's cosignature is bad", () => cosignedTimes(signed, keys));
  const byName = new Map(policy.witnesses.map((one) => [one.name, times.get(one.key.text)]));
  const time = quorumTime(policy, byName);
  if (time === null) {
    throw new ProofError(`the quorum of witnesses is not met: ${times.size} of ${keys.length} cosigned`);
  }
  return time;
}

/** The smallest time at which these cosignatures, by witness name, meet the quorum; null when they never do. */
export function quorumTime(policy, times) {
  return policy.quorum === NONE ? 0 : timeOf(policy, policy.quorum, times);
}

function timeOf(policy, name, times) {
  const group = policy.groups.find((one) => one.name === name);
  if (!group) return times.get(name) ?? null;
  const met = group.members.map((member) => timeOf(policy, member, times)).filter((time) => time !== null);
  met.sort((one, other) => one - other);
  return met.length >= group.threshold ? met[group.threshold - 1] : null;
}
