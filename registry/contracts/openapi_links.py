"""The links of the OpenAPI documents: what of an answer names its object in the operations that may follow."""

from __future__ import annotations

from typing import Any


def followed_by(*operations: str, parameter: str, member: str) -> dict[str, Any]:
    """Return the links of an answer whose ``member`` is the ``parameter`` of each of these operations."""
    parameters = {parameter: f"$response.body#/{member}"}
    return {"links": {one: {"operationId": one, "parameters": parameters} for one in operations}}
