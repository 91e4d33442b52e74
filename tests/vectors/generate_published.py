"""Writes the vectors of what an authority and its log publish, of names, of the witness protocol and of verdicts.

Run it from the root of the repository: ``python -m tests.vectors.generate_published``. The same bytes come out on every
run: signatures that hold randomness (ML-DSA) are taken from the committed files as long as they fit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.vectors.authority_vectors import entity_vectors, key_vectors, receipt_vectors, trust_list_vectors
from tests.vectors.cases import FOLDER
from tests.vectors.desk_vectors import assertion_vectors, body_name_vectors
from tests.vectors.directory_vectors import directory_file_vectors
from tests.vectors.generate_log import serialize
from tests.vectors.log_vectors import checkpoint_vectors, policy_vectors, tile_vectors
from tests.vectors.name_vectors import commitment_vectors, name_vectors
from tests.vectors.root_vectors import root_vectors
from tests.vectors.treaty_vectors import document_vectors, recognition_list_vectors
from tests.vectors.verdict_vectors import verdict_vectors
from tests.vectors.witness_vectors import witness_vectors

FILES: dict[str, Callable[[], dict[str, Any]]] = {
    "admission-receipt.json": receipt_vectors,
    "body-name.json": body_name_vectors,
    "checkpoint.json": checkpoint_vectors,
    "client-assertion.json": assertion_vectors,
    "commitment.json": commitment_vectors,
    "directory-files.json": directory_file_vectors,
    "document.json": document_vectors,
    "entity-configuration.json": entity_vectors,
    "key.json": key_vectors,
    "names.json": name_vectors,
    "recognition-list.json": recognition_list_vectors,
    "tile.json": tile_vectors,
    "tlog-policy.json": policy_vectors,
    "trust-list.json": trust_list_vectors,
    "trust-root.json": root_vectors,
    "verdict.json": verdict_vectors,
    "witness.json": witness_vectors,
}


def main() -> None:
    """Write the files."""
    for name, vectors in FILES.items():
        (FOLDER / name).write_text(serialize(vectors()), encoding="utf-8")


if __name__ == "__main__":
    main()
