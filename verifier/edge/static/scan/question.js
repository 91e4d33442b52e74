// What somebody showed: a bundle, the text of a QR, a token, an address or a typed id. Nothing of it is ever opened.

import { parseBundle } from "../judge/bundle.js";
import { utf8 } from "../judge/encoding.js";
import { UnavailableError, WrongUseError } from "../judge/errors.js";
import { orNull } from "../judge/examination.js";
import { parseMark } from "../judge/mark.js";
import { normaliseMarkId } from "../judge/markid.js";
import { unread } from "../judge/unread_evidence.js";
import { present, verify, verifyText } from "../judge/verify.js";
import { Unreadable, claimsMark, namesRecognition } from "./dropped.js";

const ADDRESS =
  /^(?:https?:\/\/([^/\s]{1,80}))?\/?m\/([0-9A-Za-z-]{26,40})(?:\.[a-z-]+|\/[a-z.-]+)?\/?(?:\?[^#]*)?$/;

const SHORTEST_TEXT = 60;

/** The question of a text: {id, host, text, bundle}. Throws WrongUseError or Unreadable for what can be no mark. */
export async function readQuestion(typed) {
  const text = typed.trim();
  if (text.startsWith("{")) return ofBundle(text);
  const address = ADDRESS.exec(text);
  const id = await orNull(async () => normaliseMarkId(address ? address[2] : text));
  if (id) return { id, host: address?.[1]?.toLowerCase() ?? null, text: null, bundle: null };
  if (namesRecognition(text)) throw new Unreadable("recognised");
  // A short text without digits was typed, and mistyped: whatever else looks like a mark's is for the judge.
  const isWhole = text.includes("#") || text.length > SHORTEST_TEXT;
  if (!claimsMark(text) || !isWhole) throw new WrongUseError("neither an id nor the text of a QR");
  const shown = (await orNull(() => present(text))) ?? (await unread(text));
  return { id: shown.id || null, host: shown.host || null, text, bundle: null };
}

async function ofBundle(text) {
  const bundle = parseBundle(utf8(text));
  if (bundle.mark === null) throw new UnavailableError("the bundle holds no mark");
  const { id, host } = await parseMark(bundle.mark);
  return { id, host, text: bundle.mark, bundle };
}

/** The verdict on a question by the evidence for its id; ``ownHost``, the page's address, stands for the root's. */
export async function judgeQuestion(question, { bundle, root, now, live, demand, ownHost }) {
  const asked = { bundle, root, now, live, demand };
  if (question.text !== null) return verifyText(question.text, asked);
  const host = [null, ownHost].includes(question.host) ? root.host : question.host;
  const mark = bundle.mark !== null && host === root.host ? await parseMark(bundle.mark) : undefined;
  return verify({ id: question.id, host, mark }, asked);
}
