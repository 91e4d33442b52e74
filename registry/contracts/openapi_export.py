"""Writes the OpenAPI documents from the applications themselves: `python -m registry.contracts.openapi_export`.

What the documents say is promised at once, since the main branch is always releasable: where nothing is broken,
`openapi/released/` becomes what they are. A document that breaks a promise leaves its promise as it was, and the exit
code is 1. With --check nothing is written, and the exit code is 1 when a document differs from its application, breaks
a promise, or holds what is not promised yet.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.admission.api import create_api
from registry.contracts.openapi_breaking import breaks
from registry.log.service import Registry
from registry.portal.desk import Desk
from registry.portal.portal_database import PortalDatabase
from registry.portal.service import create_portal
from registry.root.ceremony import hold_ceremony
from registry.root.founding import DEMONSTRATION, demonstration_places
from registry.verification.service import create_verification
from registry.web.problem_codes import with_problems
from verifier.injected import seeded_entropy

FOLDER = Path(__file__).parents[2] / "openapi"
RELEASED = "released"
_COMMAND = "python -m registry.contracts.openapi_export"
_HOST = "shirushi.example"
_READ_PLANE = "read-plane.json"


def documents() -> dict[str, str]:
    """Return the OpenAPI documents by the names of their files."""
    entropy = seeded_entropy("openapi 2")
    places = demonstration_places(_HOST, {name: Ed25519PrivateKey.generate() for name, *_ in DEMONSTRATION})
    ceremony = hold_ceremony(
        host=_HOST, zone="UTC", environment="sandbox", witnesses=places, quorum=1, now=1, entropy=entropy
    )
    with tempfile.TemporaryDirectory() as folder:
        public = Path(folder) / "public"
        registry = Registry(
            database=Path(folder) / "registry.db",
            public=public,
            root=ceremony.root,
            directory_signer=ceremony.keys.directory,
            status_signer=ceremony.keys.status,
            organisation="",
            clock=lambda: 1,
            entropy=entropy,
        )
        signer = ceremony.keys.receipt
        private = Path(folder) / "verification"
        verification = create_verification(public, private, trust_root=ceremony.root, now=lambda: 1, signer=signer)
        desk = Desk(PortalDatabase(Path(folder) / "portal.db"), _HOST, lambda: 1, entropy, to_loopback=False)
        portal = create_portal(desk, public, trust_root=ceremony.root)
        made = {
            "registry.json": create_api(registry, signer),
            "verification.json": verification.api,
            "portal.json": portal.api,
        }
        schemas = {name: app.openapi() for name, app in made.items()}
        registry.database.close()
        desk.database.close()
    texts = {
        name: json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        for name, schema in schemas.items()
    }
    # Written by hand but for the problems, in an order of its own.
    plane = with_problems(_read(FOLDER / _READ_PLANE), _READ_PLANE.removesuffix(".json"))
    return {**texts, _READ_PLANE: json.dumps(plane, indent=2, ensure_ascii=False) + "\n"}


def main() -> int:
    """Write the documents and what they promise, or with --check compare them. Returns the exit code."""
    made, is_check = documents(), "--check" in sys.argv[1:]
    if not is_check:
        for name, text in made.items():
            (FOLDER / name).write_text(text, "utf-8")
    faults = [f"{name} is out of date: {_COMMAND}" for name in made if _held(name) != made[name]]
    faults += broken_promises()
    faults += unpromised() if is_check else []
    if not is_check:
        promise()
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def broken_promises(folder: Path = FOLDER) -> list[str]:
    """Return what the documents of a folder no longer hold of what was promised."""
    found = []
    for path in sorted((folder / RELEASED).glob("*.json")):
        found += _broken(path, folder / path.name)
    return found


def unpromised(folder: Path = FOLDER) -> list[str]:
    """Return which documents of a folder hold what is not promised yet: what no promise names could be taken away."""
    found = []
    for path in sorted(folder.glob("*.json")):
        old, new = _read(folder / RELEASED / path.name), _read(path)
        missing = _operations(new) - _operations(old)
        found += [f"{path.name}: {one} is promised nowhere: {_COMMAND}" for one in sorted(missing)]
        if not missing and old != new:
            found += [f"{path.name}: differs from {RELEASED}/{path.name}: {_COMMAND}"]
    return found


def promise(folder: Path = FOLDER) -> None:
    """Let each document of a folder that breaks nothing be what is promised from now on."""
    (folder / RELEASED).mkdir(exist_ok=True)
    for path in folder.glob("*.json"):
        promised = folder / RELEASED / path.name
        if not _broken(promised, path):
            promised.write_bytes(path.read_bytes())


def _broken(promised: Path, document: Path) -> list[str]:
    return [f"{document.name}: {one}" for one in breaks(_read(promised), _read(document))]


def _operations(document: dict[str, Any]) -> set[str]:
    return {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {"paths": {}}


def _held(name: str) -> str:
    path = FOLDER / name
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    raise SystemExit(main())
