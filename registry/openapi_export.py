"""Writes openapi/registry.json from the application itself: `python -m registry.openapi_export`.

With --check, nothing is written and the exit code is 1 when the file differs from the application.
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
from verifier.injected import seeded_entropy

FILE = Path(__file__).parents[1] / "openapi/registry.json"
_HOST = "shirushi.example"


def document() -> str:
    """Return the OpenAPI document of the write API."""
    entropy = seeded_entropy("openapi 2")
    places = demonstration_places(_HOST, {name: Ed25519PrivateKey.generate() for name, *_ in DEMONSTRATION})
    ceremony = hold_ceremony(
        host=_HOST, zone="UTC", environment="sandbox", witnesses=places, quorum=1, now=1, entropy=entropy
    )
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry(
            database=Path(folder) / "registry.db",
            public=Path(folder) / "public",
            root=ceremony.root,
            directory_signer=ceremony.keys.directory,
            status_signer=ceremony.keys.status,
            organisation="",
            clock=lambda: 1,
            entropy=entropy,
        )
        schema = create_api(registry, ceremony.keys.receipt).openapi()
        registry.database.close()
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the document, or with --check compare it. Returns the exit code."""
    text = document()
    if "--check" not in sys.argv[1:]:
        FILE.write_text(text, "utf-8")
        return 0
    if FILE.exists() and FILE.read_text("utf-8") == text:
        return 0
    print(f"{FILE.name} is out of date: python -m registry.openapi_export")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
