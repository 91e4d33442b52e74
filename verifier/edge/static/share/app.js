// The page /s: opens what stands behind the "#" of its own address, or in a pasted link, and judges the mark here.
// Out goes the mark's id, to this page's own host, and of a one-time link the id of its box; nothing else.

import { unb64u } from "../judge/encoding.js";
import { MarkError, UnavailableError } from "../judge/errors.js";
import { hasEd25519 } from "../judge/keys.js";
import { parseMark } from "../judge/mark.js";
import { evidenceFor, keepNewest, pinnedRoot } from "../scan/evidence.js";
import { judgeQuestion } from "../scan/question.js";
import { element, facts, filled, isRegistered, lastDay, moment, plain, verdictParts } from "../scan/shown.js";
import { boxId, nameStanding, openBox, readFragment } from "./share.js";

const TAKING = "/s/boxes/opening";
const part = (id) => document.getElementById(id);
const { says, share: words } = JSON.parse(part("words").textContent);
const now = () => Math.floor(Date.now() / 1000);
let waiting = null;

class Mistake extends Error {
  constructor(which, host = "") {
    super(which);
    this.which = which;
    this.host = host;
  }
}

function tell(message, tone = "open") {
  part("told").replaceChildren(element("p", { class: `note tone-${tone}` }, message));
}

function show(...parts) {
  part("told").replaceChildren();
  const result = part("result");
  result.replaceChildren(...parts);
  result.hidden = false;
  result.focus({ preventScroll: true });
  result.scrollIntoView({ block: "start" });
}

function shareCard(share, standing, zone) {
  const { labels, names } = words;
  const { text, tone } = names[standing];
  return element(
    "section",
    { class: "card", "aria-labelledby": "shown", "data-name": standing },
    element("h2", { id: "shown" }, labels.title),
    facts([
      [labels.name, share.name ? [element("bdi", {}, plain(share.name.value))] : null],
      [labels.to, [element("bdi", {}, plain(share.to))]],
      [labels.until, lastDay(share.until, zone, words)],
      [labels.made, moment(share.made, zone)],
    ]),
    element("p", { class: `note tone-${tone}` }, text),
    element("p", { class: "small" }, labels.words),
  );
}

async function judge(share) {
  const pinned = await pinnedRoot(now());
  if (share.host !== pinned.root.host) throw new Mistake("other_host", share.host);
  if (now() >= share.until) throw new Mistake("ended");
  const evidence = await evidenceFor(share.mark, pinned.root);
  const asked = { ...evidence, root: pinned.root, now: now(), demand: { all: [] }, ownHost: location.host };
  const question = { id: share.mark, host: null, text: null, bundle: null };
  const verdict = await judgeQuestion(question, asked);
  await keepNewest(pinned.root, evidence.bundle);
  const mark = evidence.bundle.mark === null ? null : await parseMark(evidence.bundle.mark);
  const standing = await nameStanding(share, mark, isRegistered(verdict));
  const notes = [verdict.exit === 0 ? says.verified_here : says.judged_here];
  if (evidence.wasKept) notes.push(says.kept);
  else if (!evidence.live) notes.push(says.no_evidence);
  const told = notes.map((text) => ({ text, tone: "plain" }));
  show(shareCard(share, standing, pinned.root.content.zone), ...verdictParts(verdict, told));
}

async function takeBox(secret) {
  const body = JSON.stringify({ id: await boxId(secret) });
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(TAKING, { method: "POST", body, headers, redirect: "error" }).catch(() => null);
  if (answer?.status === 404) throw new Mistake("gone");
  if (!answer?.ok) throw new Mistake("unavailable");
  return openBox(secret, unb64u((await answer.json()).sealed));
}

async function safely(work) {
  part("result").hidden = true;
  tell(says.working);
  try {
    await work();
  } catch (error) {
    const isUnread = error instanceof MarkError && !(error instanceof UnavailableError);
    if (error instanceof Mistake) tell(filled(words.mistakes[error.which], { host: plain(error.host) }), "bad");
    else tell(isUnread ? words.mistakes.unreadable : says.failed, "bad");
  }
}

async function openFragment(fragment) {
  part("once").hidden = true;
  await safely(async () => {
    const { share, secret } = readFragment(fragment);
    if (share) return judge(share);
    // A box is opened by a person, never by a program that only follows the link.
    waiting = secret;
    part("told").replaceChildren();
    part("once").hidden = false;
    return null;
  });
}

async function openWaiting() {
  const secret = waiting;
  waiting = null;
  part("once").hidden = true;
  await safely(async () => judge(await takeBox(secret)));
}

function takeFragment() {
  const fragment = location.hash.slice(1);
  if (!fragment) return null;
  // What the link shows does not stay in the address; the same page in the other language takes it along.
  history.replaceState(null, "", location.pathname + location.search);
  document.querySelectorAll(".languages a").forEach((one) => (one.hash = fragment));
  return openFragment(fragment);
}

async function begin() {
  part("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = part("link").value.trim();
    part("link").value = "";
    openFragment(typed.slice(typed.indexOf("#") + 1));
  });
  part("open").addEventListener("click", openWaiting);
  window.addEventListener("hashchange", takeFragment);
  if (!(await hasEd25519())) tell(says.no_ed25519, "bad");
  await takeFragment();
  document.documentElement.setAttribute("data-share", "ready");
}

begin();
