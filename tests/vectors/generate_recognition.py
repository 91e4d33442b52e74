"""Write the vectors of recognition decisions: questions with the digest of the receipt that each of them gives.

Run as ``python -m tests.vectors.generate_recognition``. What all cases share stands once; mappings stand once each.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from recognition.case_file import case_members
from recognition.decide import decide
from recognition.receipt import receipt_bytes
from tests.recognition import worlds
from tests.recognition.worlds import questions_from
from verifier.encoding import digest

PLACE = Path(__file__).parent / "recognition.json"
COUNT = 240


def vectors() -> dict[str, Any]:
    """Return the document."""
    shared = {name: case_members(worlds.question())[name] for name in ("case", "version", "home", "scheme")}
    mappings: dict[str, Any] = {}
    cases = []
    for number in range(COUNT):
        question = questions_from(random.Random(f"vector {number}"))
        case = case_members(question)
        for name, value in shared.items():
            assert case.pop(name) == value
        mappings |= {one["sha256"]: one for one in case["mappings"]}
        case["mappings"] = [one["sha256"] for one in case["mappings"]]
        decision = decide(question)
        cases.append(
            {
                "name": f"{number}: {decision.verdict.word}",
                "case": case,
                "receipt_sha256": digest(receipt_bytes(question, decision)),
            }
        )
    return {
        "format": "recognition-decision",
        "spec": "docs/specification/recognition-decision.md",
        "shared": shared,
        "mappings": mappings,
        "cases": cases,
    }


def text() -> str:
    """Return the file's text: one case a line, so that a change shows."""
    document = vectors()
    cases = ",\n".join(json.dumps(one, sort_keys=True, ensure_ascii=False) for one in document.pop("cases"))
    head = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return f'{head[:-1]}, "cases": [\n{cases}\n]}}\n'


if __name__ == "__main__":
    PLACE.write_text(text(), "utf-8")
