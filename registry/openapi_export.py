"""Writes the OpenAPI documents from the applications themselves: `python -m registry.openapi_export`.

With --check, nothing is written and the exit code is 1 when a file differs from its application.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.api import create_api
from registry.ceremony import hold_ceremony
from registry.founding import DEMONSTRATION, demonstration_places
from registry.service import Registry
from registry.verification.service import create_verification
from verifier.injected import seeded_entropy

FOLDER = Path(__file__).parents[1] / "openapi"
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
        made = {"registry.json": create_api(registry, signer), "verification.json": verification.api}
        schemas = {name: app.openapi() for name, app in made.items()}
        registry.database.close()
    return {
        name: json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        for name, schema in schemas.items()
    }


def main() -> int:
    """Write the documents, or with --check compare them. Returns the exit code."""
    made = documents()
    if "--check" not in sys.argv[1:]:
        for name, text in made.items():
            (FOLDER / name).write_text(text, "utf-8")
        return 0
    stale = [name for name, text in made.items() if _held(name) != text]
    for name in stale:
        print(f"{name} is out of date: python -m registry.openapi_export")
    return 1 if stale else 0


def _held(name: str) -> str:
    path = FOLDER / name
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    raise SystemExit(main())
