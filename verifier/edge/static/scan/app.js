// The page /verify: a camera, a picture, a file or a text in; a verdict out, judged here. A scanned address is never
// opened: of what was scanned, only the id goes out, to this page's own host.

import { MarkError, UnavailableError, WrongUseError } from "../judge/errors.js";
import { parseIdentifier } from "../judge/identifier.js";
import { hasEd25519 } from "../judge/keys.js";
import { startCamera } from "./camera.js";
import { findDecoder, readPicture } from "./decoder.js";
import { MOST_BYTES, Unreadable, oneMark, readDropped } from "./dropped.js";
import { evidenceFor, keepNewest, pinRoot, pinnedRoot, refreshList } from "./evidence.js";
import { take } from "./hand_over.js";
import { judgeQuestion, readQuestion } from "./question.js";
import { element, filled, moment, plain, verdictParts } from "./shown.js";
import { documentSignature } from "./signed_pdf.js";

const STALE_AFTER = 2 * 3600;
const part = (id) => document.getElementById(id);
const { says, drop, token_types: types } = JSON.parse(part("words").textContent);
const now = () => Math.floor(Date.now() / 1000);
let pinned = null;
let stopCamera = null;

function tell(message, tone = "open") {
  const box = part("told");
  box.replaceChildren(element("p", { class: `note tone-${tone}` }, message));
  if (tone === "bad") box.scrollIntoView({ block: "nearest" });
}

function clear() {
  part("result").replaceChildren();
  part("result").hidden = true;
}

function showResult(...parts) {
  part("told").replaceChildren();
  const result = part("result");
  result.replaceChildren(...parts);
  result.hidden = false;
  result.focus({ preventScroll: true });
  result.scrollIntoView({ block: "start" });
}

function demand() {
  const typed = part("expect").value.trim();
  return typed ? { about: parseIdentifier(typed).text } : { all: [] };
}

function notesOn(question, verdict, evidence) {
  const notes = [verdict.exit === 0 ? says.verified_here : says.judged_here];
  const isForeign = question.host && ![pinned.root.host, location.host].includes(question.host);
  if (isForeign) notes.push(filled(says.other_host, { host: plain(question.host) }));
  if (verdict.headline === "forged" && verdict.mark)
    notes.push(filled(says.victim, { holder: plain(verdict.mark.holder) }));
  if (evidence.wasKept || question.bundle) notes.push(says.kept);
  else if (!evidence.live) notes.push(says.no_evidence);
  if (!evidence.live && verdict.known_at !== null && now() - verdict.known_at > STALE_AFTER) notes.push(says.stale);
  return notes.map((text) => ({ text, tone: "plain" }));
}

async function answer(typed, aboutFile = []) {
  clear();
  tell(says.working);
  try {
    const question = await readQuestion(typed);
    const wanted = demand();
    pinned ??= await pinnedRoot(now());
    const fetched = question.bundle ? null : await evidenceFor(question.id, pinned.root);
    const evidence = fetched ?? { bundle: question.bundle, live: false, wasKept: false };
    const asked = { ...evidence, root: pinned.root, now: now(), demand: wanted, ownHost: location.host };
    const verdict = await judgeQuestion(question, asked);
    pinned = { ...pinned, root: await keepNewest(pinned.root, evidence.bundle) };
    showRoot();
    showResult(...verdictParts(verdict, [...aboutFile, ...notesOn(question, verdict, evidence)]));
    return true;
  } catch (error) {
    if (error instanceof Unreadable) tell(drop.why[error.why], "bad");
    else if (error instanceof WrongUseError) tell(says.unreadable, "bad");
    else if (error instanceof MarkError && !(error instanceof UnavailableError))
      tell(`${says.unreadable} (${error.code})`, "bad");
    else tell(says.failed, "bad");
    return false;
  }
}

async function answerCodes(texts) {
  try {
    await answer(oneMark(texts));
    return true;
  } catch (error) {
    tell(error instanceof Unreadable ? drop.why[error.why] : says.failed, "bad");
    return false;
  }
}

async function answerFile(file) {
  clear();
  tell(says.working);
  try {
    if (file.size > MOST_BYTES) throw new Unreadable("too_large");
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { kind, text } = await readDropped(bytes, { types, decode: readCodes });
    const notes = [{ text: drop.kinds[kind], tone: "plain" }];
    if (kind === "document") notes.push(drop.signatures[await documentSignature(bytes, await documentKey())]);
    await answer(text, notes);
  } catch (error) {
    if (error instanceof Unreadable) tell(drop.why[error.why] ?? says.no_decoder, "bad");
    else tell(says.failed, "bad");
  }
}

async function readCodes(blob) {
  const decode = await findDecoder();
  if (!decode) throw new Unreadable("no_decoder");
  return readPicture(blob, decode);
}

async function documentKey() {
  const answered = await fetch("/verify/document-key.pem", { cache: "no-cache" }).catch(() => null);
  return answered?.ok ? answered.text() : null;
}

async function toggleCamera() {
  if (stopCamera) return endCamera();
  const decode = await findDecoder();
  if (!decode) return tell(says.no_decoder, "bad");
  part("viewer").hidden = false;
  try {
    const stop = await startCamera(part("video"), decode, async (texts) => {
      const isDone = await answerCodes(texts);
      if (isDone) endCamera();
      return isDone;
    });
    stopCamera = stop;
    part("camera").textContent = says.camera_stop;
  } catch {
    endCamera();
    tell(says.camera_failed, "bad");
  }
  return null;
}

function endCamera() {
  stopCamera?.();
  stopCamera = null;
  part("viewer").hidden = true;
  part("camera").textContent = says.camera_start;
}

function showRoot() {
  const { root, since } = pinned;
  const version = filled(says.root_version, { version: root.content.version, host: root.host });
  const digest = element("code", { class: "digest" }, root.sha256);
  const day = element("p", { class: "small" }, says.root_since, " ", ...moment(since, root.content.zone));
  part("root").replaceChildren(element("p", {}, version), element("p", {}, digest), day);
}

async function chooseRoot(file) {
  try {
    pinned = await pinRoot(JSON.parse(await file.text()), now());
    showRoot();
    tell(says.root_pinned);
  } catch {
    tell(says.root_bad, "bad");
  }
}

function listen() {
  part("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    answer(part("q").value);
  });
  part("camera").addEventListener("click", toggleCamera);
  // The same file chosen again is asked about again.
  part("file").addEventListener("click", ({ target }) => (target.value = ""));
  part("file").addEventListener("change", ({ target }) => target.files[0] && answerFile(target.files[0]));
  part("root-file").addEventListener("change", ({ target }) => target.files[0] && chooseRoot(target.files[0]));
  document.addEventListener("dragover", (event) => event.preventDefault());
  for (const [name, data] of [
    ["drop", "dataTransfer"],
    ["paste", "clipboardData"],
  ]) {
    document.addEventListener(name, (event) => {
      const [file] = event[data]?.files ?? [];
      if (!file) return;
      event.preventDefault();
      answerFile(file);
    });
  }
}

async function answerHandedOver() {
  const file = await take().catch(() => null);
  history.replaceState(null, "", location.pathname + location.search);
  if (file) await answerFile(file);
}

async function begin() {
  part("q").removeAttribute("maxlength");
  document.querySelectorAll("[data-scripted]").forEach((one) => one.removeAttribute("hidden"));
  part("camera").hidden = !navigator.mediaDevices?.getUserMedia;
  listen();
  if (!(await hasEd25519())) tell(says.no_ed25519, "bad");
  if (!(await findDecoder())) part("no-decoder").hidden = false;
  if ("serviceWorker" in navigator) {
    const registered = navigator.serviceWorker.register("/verify/worker.js", { scope: "/verify" });
    registered
      .then(() => navigator.serviceWorker.ready)
      .then(
        () => document.documentElement.setAttribute("data-offline", "ready"),
        () => {},
      );
  }
  try {
    pinned = await pinnedRoot(now());
    showRoot();
    await refreshList();
  } catch {
    part("root").replaceChildren(element("p", {}, says.root_missing));
  }
  if (location.hash === "#handed-over") await answerHandedOver();
  if (location.hash.startsWith("#q=")) answer(decodeURIComponent(location.hash.slice(3)));
  document.documentElement.setAttribute("data-scan", "ready");
}

begin();
