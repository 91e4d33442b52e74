"""The readers of the browser's judge read the shared vectors as those of Python do, and refuse what those refuse."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import mldsa

from tests.statement_samples import DIGEST, SAMPLES
from tests.vectors.published_readers import VECTORS as PUBLISHED
from tests.vectors.published_readers import root_file
from verifier.dates import day_start
from verifier.encoding import b64u, canonical, read_json
from verifier.errors import MarkError, NewerVersionError
from verifier.schema import read_model
from verifier.statement.kinds import KINDS

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(shutil.which("node") is None, reason="node runs the judge of the browser: it is not installed"),
]

HERE = Path(__file__).parent
FOLDER = HERE.parent / "vectors"
FORMATS = (
    "mark", "seal", "statement", "attestation", "directory", "checkpoint", "tlog-policy", "trust-root", "trust-list",
    "key", "names",
)  # fmt: skip
OUTSIDE = {
    "attestation": lambda given: given["typ"] == "key-proof+jwt",
    "directory": lambda given: "index" in given,
    "tlog-policy": lambda given: "policy_b64u" in given,
    "names": lambda given: given["kind"] == "tier",
}
"""What the judge of a browser never reads: proofs of new keys, whole directories, policies that are not UTF-8."""


def answers(questions: list[dict[str, Any]], place: Path) -> list[dict[str, Any]]:
    place.write_text("".join(json.dumps(one) + "\n" for one in questions), encoding="utf-8")
    ran = subprocess.run(["node", HERE / "readers.mjs", place], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.split("\n") if line]


def in_doubles(value: Any) -> Any:
    """Return JSON whose numbers are those of JavaScript: a size or a time beyond 2**53 is shown rounded."""
    return json.loads(json.dumps(value), parse_int=float)


def given_of(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return a case's input as the browser gets it: files whole, roots with what they are followed from."""
    if name not in ("trust-root", "trust-list"):
        return given
    bases = PUBLISHED["trust-root.json"]["bases"]
    if name == "trust-list":
        return {**given, "pinned": bases["1"], "newest": bases[given["root"]]}
    return {"op": given["op"], "file": root_file(given).decode(), "pinned": bases["1"]}


@pytest.mark.parametrize("name", FORMATS)
def test_a_vector_is_read_alike(name: str, tmp_path: Path) -> None:
    cases = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["cases"]
    inside = [case for case in cases if not OUTSIDE.get(name, lambda given: False)(case["input"])]
    assert len(inside) > 8
    questions = [{"format": name, "input": given_of(name, case["input"])} for case in inside]
    wrong = []
    for case, answer in zip(inside, answers(questions, tmp_path / "asked.jsonl"), strict=True):
        if case["valid"]:
            read, expected = answer.get("read", {}), in_doubles(case["expect"])
            if not read or any(expected.get(member) != value for member, value in in_doubles(read).items()):
                wrong.append((case["name"], answer, case["expect"]))
        elif answer != {"error": case["expect"]["error"]}:
            wrong.append((case["name"], answer, case["expect"]))
    assert wrong == []


def test_days_begin_when_they_begin_in_python(tmp_path: Path) -> None:
    drawn = random.Random(7)
    zones = (
        "Asia/Tokyo",
        "Europe/London",
        "America/New_York",
        "America/Sao_Paulo",
        "Pacific/Apia",
        "Africa/Cairo",
        "UTC",
    )
    days = [(date(1999, 1, 1) + timedelta(days=drawn.randrange(20_000)), zone) for zone in zones for _ in range(400)]
    asked = [[{"year": day.year, "month": day.month, "day": day.day}, zone] for day, zone in days]
    (answer,) = answers([{"format": "days", "input": {"days": asked}}], tmp_path / "asked.jsonl")
    assert answer["read"]["starts"] == [day_start(day, zone) for day, zone in days]


@pytest.mark.parametrize("number", [44, 65])
def test_post_quantum_signatures_are_checked_alike(number: int, tmp_path: Path) -> None:
    kinds = {44: mldsa.MLDSA44PrivateKey, 65: mldsa.MLDSA65PrivateKey}
    questions, good = [], []
    for seed in range(6):
        key = kinds[number].from_seed_bytes(bytes([seed]) * 32)
        message = b"message %d" % seed * (seed + 1)
        signature, public = key.sign(message), key.public_key().public_bytes_raw()
        at = 7 + seed * 397
        flipped = signature[:at] + bytes([signature[at] ^ 4]) + signature[at + 1 :]
        for shown, text, is_good in ((signature, message, True), (flipped, message, False), (signature, b"x", False)):
            given = {"set": number, "key": b64u(public), "signature": b64u(shown), "message": b64u(text)}
            questions.append({"format": "mldsa", "input": given})
            good.append(is_good)
    told = answers(questions, tmp_path / "asked.jsonl")
    assert told == [{"read": {"good": True}} if one else {"error": "refused"} for one in good]


TEXTS = (
    '{"b":1,"a":[true,false,null]}', '{"a":1,"a":2}', "[1.0]", "[1e3]", "[-0]", "[01]", "NaN", "[9007199254740991]",
    "[9007199254740992]", "[-9007199254740991]", '"\\ud83d\\ude00"', '"\\ud83d"', '"\\u0000"', '"\x01"', "[1 2]",
    "[" * 9 + "]" * 9, "[" * 8 + "]" * 8, '{"\\u00e9":"\\/\\b\\u001f"}', "", " [ ] ", "[1,]", "tru", "\ufeff[]", "[1]x",
    '{"\U0001f600":1,"\uffee":2}', '"\u2028\x7f"', '{"a" 1}', "'a'", '"a', "\x0b[]", '{"__proto__":{"a":1}}',
)  # fmt: skip


def test_json_is_read_and_written_alike(tmp_path: Path) -> None:
    inputs = [*(text.encode() for text in TEXTS), b"\xff", b'"\xed\xa0\x80"']
    expected = []
    for data in inputs:
        try:
            expected.append({"read": {"canonical": canonical(read_json(data)).decode()}})
        except MarkError:
            expected.append({"error": "refused"})
    questions = [{"format": "json", "input": {"data": b64u(data)}} for data in inputs]
    told = answers(questions, tmp_path / "asked.jsonl")
    assert [(data, one) for data, one, other in zip(inputs, told, expected, strict=True) if one != other] == []


def python_reads(kind: str, public: Any) -> dict[str, Any]:
    """Return how Python reads a public part: accepted, refused or of a newer version."""
    try:
        read_model(KINDS[kind].schema, public, what=kind)
    except NewerVersionError:
        return {"error": "newer"}
    except MarkError:
        return {"error": "refused"}
    return {"read": {"good": True}}


def changed_publics(public: dict[str, Any]) -> Iterator[Any]:
    """Yield the public part, then what it becomes when one member is missing, of another kind or unknown."""
    yield public
    yield {**public, "later": 1}
    yield []
    for name, value in public.items():
        yield {other: said for other, said in public.items() if other != name}
        for lie in (None, 0, -1, 1, 2**31, 2**53, True, "", "x", "a b", f"{value}\n", [], [value], {}, [None]):
            yield {**public, name: lie}
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield {**public, name: [{**value[0], "later": 1}]}
            yield {**public, name: [dict(list(value[0].items())[1:])]}


def test_public_parts_are_read_alike(tmp_path: Path) -> None:
    asked = [(kind, one) for kind, (_, public) in SAMPLES.items() for one in changed_publics(public)]
    parts = {"issuer": [None, "b-1"], "mapping": [None, DIGEST], "until": [None, 5, 50]}
    choices = {**parts, "reason": ["administrative", "integrity"], "existing": ["keep_until", "stop_now"]}
    for chosen in product(*choices.values()):
        asked.append(("agreement.suspended", {"effective": 10, **dict(zip(choices, chosen, strict=True))}))
    assert {kind for kind, _ in asked} == KINDS.keys()
    questions = [{"format": "public", "input": {"type": kind, "public": one}} for kind, one in asked]
    told = answers(questions, tmp_path / "asked.jsonl")
    expected = [python_reads(kind, one) for kind, one in asked]
    assert {"read", "error"} == {name for one in expected for name in one}
    assert [(one, a, b) for one, a, b in zip(asked, expected, told, strict=True) if a != b] == []
