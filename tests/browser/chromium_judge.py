"""The judge of the browser in a browser: questions put to the modules of a served page, each verdict with its time."""

from __future__ import annotations

import json
from typing import Any

JUDGE = """async (asked) => {
  const [{ verifyText }, { parseBundle }, { pin }, { parsePolicy }, { utf8 }] = await Promise.all(
    ["verify", "bundle", "root", "witness_policy", "encoding"].map((name) => import(`/static/judge/${name}.js`)));
  const roots = new Map();
  const rootOf = async (text) => {
    if (!roots.has(text)) roots.set(text, await pin(JSON.parse(text)));
    return roots.get(text);
  };
  const answers = [];
  for (const one of JSON.parse(asked)) {
    const root = await rootOf(one.root);
    const witnesses = one.witnesses === null ? null : await parsePolicy(one.witnesses);
    const started = performance.now();
    let answer;
    try {
      const bundle = one.bundle === null ? null : parseBundle(utf8(one.bundle));
      const how = { root, now: one.now, asOf: one.as_of, live: one.live, demand: one.demand, witnesses };
      answer = await verifyText(one.text, { bundle, ...how });
    } catch (error) {
      answer = { error: error.code ?? String(error.stack) };
    }
    answers.push({ answer, milliseconds: performance.now() - started });
  }
  return JSON.stringify(answers);
}"""
FLOOR = """async (rounds) => {
  const text = crypto.getRandomValues(new Uint8Array(1500));
  const took = {};
  const kinds = { "P-256": [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }],
                  Ed25519: [{ name: "Ed25519" }, { name: "Ed25519" }] };
  for (const [name, [kind, how]] of Object.entries(kinds)) {
    const pair = await crypto.subtle.generateKey(kind, false, ["sign", "verify"]);
    const signature = await crypto.subtle.sign(how, pair.privateKey, text);
    took[name] = [];
    for (let at = 0; at < rounds; at += 1) {
      const started = performance.now();
      if (!(await crypto.subtle.verify(how, pair.publicKey, signature, text))) throw new Error("refused");
      took[name].push(performance.now() - started);
    }
  }
  return took;
}"""
AT_ONCE = 200


def judge_in_chromium(page: Any, questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return {answer, milliseconds} of each question, judged by the modules that the open page's host serves."""
    answers: list[dict[str, Any]] = []
    for start in range(0, len(questions), AT_ONCE):
        answers += json.loads(page.evaluate(JUDGE, json.dumps(questions[start : start + AT_ONCE])))
    return answers


def webcrypto_alone(page: Any, rounds: int) -> dict[str, list[float]]:
    """Return how many milliseconds WebCrypto takes to check one signature, by algorithm."""
    took: dict[str, list[float]] = page.evaluate(FLOOR, rounds)
    return took
