"""Writes the golden and rejection vectors of this product's own formats, the same on every run.

Run it from the root of the repository: ``python -m tests.vectors.generate_formats``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.statement_samples import SAMPLES
from tests.vectors.evidence_vectors import bundle_vectors, directory_vectors
from tests.vectors.generate_log import FOLDER, serialize
from tests.vectors.second_vectors import attestation_vectors
from tests.vectors.sole_vectors import with_sole_proprietors
from tests.vectors.status_vectors import status_vectors
from tests.vectors.token_vectors import mark_vectors, seal_vectors, statement_vectors
from tests.vectors.unlisted_vectors import with_unlisted

FILES: dict[str, Callable[[], dict[str, Any]]] = {
    "mark.json": lambda: with_unlisted(with_sole_proprietors(mark_vectors())),
    "seal.json": seal_vectors,
    "statement.json": lambda: statement_vectors(SAMPLES),
    "attestation.json": attestation_vectors,
    "directory.json": directory_vectors,
    "bundle.json": bundle_vectors,
    "status-list.json": status_vectors,
}


def main() -> None:
    """Write the files."""
    for name, vectors in FILES.items():
        (FOLDER / name).write_text(serialize(vectors()), encoding="utf-8")


if __name__ == "__main__":
    main()
