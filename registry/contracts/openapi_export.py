"""Writes the OpenAPI documents from the applications themselves: `python -m registry.contracts.openapi_export`.

With --check, nothing is written, and the exit code is 1 when a file differs from its application or breaks what the
last release promised. With --release, what stands there now is promised: `openapi/released/`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

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
from verifier.injected import seeded_entropy

FOLDER = Path(__file__).parents[2] / "openapi"
RELEASED = FOLDER / "released"
_HOST = "shirushi.example"


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
    return {
        name: json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        for name, schema in schemas.items()
    }


def main() -> int:
    """Write the documents, or with --check compare them. Returns the exit code."""
    made = documents()
    if "--release" in sys.argv[1:]:
        RELEASED.mkdir(exist_ok=True)
        for path in FOLDER.glob("*.json"):
            (RELEASED / path.name).write_bytes(path.read_bytes())
        return 0
    if "--check" not in sys.argv[1:]:
        for name, text in made.items():
            (FOLDER / name).write_text(text, "utf-8")
        return 0
    out_of_date = (name for name in made if _held(name) != made[name])
    faults = [f"{name} is out of date: python -m registry.contracts.openapi_export" for name in out_of_date]
    faults += broken_promises()
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def broken_promises() -> list[str]:
    """Return what the documents no longer hold of what the last release promised."""
    found = []
    for path in sorted(RELEASED.glob("*.json")):
        old = json.loads(path.read_text("utf-8"))
        new = json.loads(_held(path.name) or '{"paths": {}}')
        found += [f"{path.name}: {one}" for one in breaks(old, new)]
    return found


def _held(name: str) -> str:
    path = FOLDER / name
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    raise SystemExit(main())
