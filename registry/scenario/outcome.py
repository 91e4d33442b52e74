"""What the demonstration leaves behind: demo.json, the pinned root, and an offline verdict on every package."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from registry.data_folder import DataFolder
from registry.scenario import cast
from registry.scenario.story import IssuedMark
from verifier.bundle import parse_bundle
from verifier.edge.drawing.qr import decode_qr
from verifier.errors import MalformedError
from verifier.trust.root import pin
from verifier.verdict import Verdict
from verifier.verify import verify_text

SUMMARY = "demo.json"


def verify_package(folder: Path, root: Path, *, now: int) -> Verdict:
    """Return the verdict on a mark's package as a phone without a network reaches it: picture, bundle, pinned root."""
    texts = decode_qr((folder / "qr.png").read_bytes())
    if len(texts) != 1:
        raise MalformedError(f"{folder / 'qr.png'} does not show one code")
    bundle = parse_bundle((folder / "bundle.json").read_bytes())
    return verify_text(texts[0], bundle=bundle, root=pin(root.read_bytes()), now=now)


def pin_root(data: DataFolder) -> Path:
    """Copy version 1 of the trust root to where a verifier of the demonstration pins it, and return the place."""
    place = data.path / "trust" / "1.json"
    place.parent.mkdir(exist_ok=True)
    shutil.copyfile(data.public / "trust" / "1.json", place)
    return place


def write_summary(data: DataFolder, marks: tuple[IssuedMark, ...], recognised: str) -> Path:
    """Write demo.json and return its place; paths in it are relative to its folder."""
    summary: dict[str, Any] = {
        "host": cast.HOST,
        "root": "trust/1.json",
        "public": "public",
        "marks": [
            {
                "id": mark.issued.mark_id,
                "tier": mark.level,
                "holder": {"identifier": mark.holder.identifier, "name": mark.holder.name},
            }
            for mark in marks
        ],
        "recognised": [recognised],
    }
    place = data.path / SUMMARY
    place.write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return place


def read_marks(data: DataFolder) -> list[dict[str, Any]]:
    """Return the marks of an earlier demonstration."""
    summary = json.loads((data.path / SUMMARY).read_text(encoding="utf-8"))
    return list(summary["marks"])


def read_recognised(data: DataFolder) -> list[str]:
    """Return the recognitions of an earlier demonstration."""
    summary = json.loads((data.path / SUMMARY).read_text(encoding="utf-8"))
    return list(summary.get("recognised", []))
