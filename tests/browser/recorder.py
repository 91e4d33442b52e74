"""A pytest plugin: every question that a test puts to the judge becomes a vector, with the answer that Python gives.

``pytest -p tests.browser.recorder tests/attacks`` writes one JSON object a line to the file named by
SHIRUSHI_VECTORS. The evidence is taken as a browser gets it, read back from its JSON form. Questions whose evidence
has no JSON form are counted in the last line and left out: no browser could be handed it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tests.browser.vectors import demand_of
from verifier import verify as judge
from verifier.bundle import Bundle, parse_bundle
from verifier.errors import MarkError
from verifier.log.policy_file import serialize_policy
from verifier.verdict import Verdict

PLACE = Path(os.environ["SHIRUSHI_VECTORS"])
_verify_text = judge.verify_text
_now: list[str] = [""]


def pytest_runtest_setup(item: Any) -> None:
    """Note which test is running."""
    _now[0] = item.nodeid


def _line(text: str, asked: dict[str, Any]) -> dict[str, Any]:
    bundle: Bundle | None = asked["bundle"]
    written = None if bundle is None else bundle.serialize()
    read = None if written is None else parse_bundle(written)
    expected = _verify_text(text, **{**asked, "bundle": read})
    own = asked.get("witnesses")
    return {
        "test": _now[0],
        "text": text,
        "bundle": None if written is None else written.decode(),
        "root": asked["root"].serialize().decode(),
        "now": asked["now"],
        "as_of": asked.get("as_of"),
        "live": asked.get("live", False),
        "demand": demand_of(asked["demand"]) if "demand" in asked else {"all": []},
        "witnesses": None if own is None else serialize_policy(own).decode(),
        "expect": expected.members(),
    }


def _recording(text: str, **asked: Any) -> Verdict:
    try:
        line = json.dumps(_line(text, asked), ensure_ascii=True)
    except (MarkError, UnicodeError):
        line = json.dumps({"test": _now[0], "without_json_form": True})
    with PLACE.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    return _verify_text(text, **asked)


judge.verify_text = _recording
