"""The demonstration's body in an OpenID federation: its own configuration, made at its desk, published by the operator.

A body without a decider's key, such as one for technical verification, has none to sign with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from issuer.entity_configuration import make_entity_configuration
from registry.publishing.body_configuration import take_body_configuration
from verifier.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from pathlib import Path

    from issuer.desk import Desk
    from registry.scenario.stage import Stage
    from verifier.trust.trust_chain import FederatedBody

LOOKS = 120


def federate(desk: Desk, stage: Stage, public: Path, *, organisation: str) -> FederatedBody:
    """Sign the body's configuration and publish it, once a directory tells of the body. Raises as both do."""
    for look in range(1, LOOKS + 1):
        try:
            own = make_entity_configuration(desk, organisation=organisation)
            return take_body_configuration(own.encode(), public, root=stage.root, now=stage.clock())
        except (NotFoundError, RefusedError):
            # The next directory names its keys, and the authority's statement comes with that.
            if look == LOOKS:
                raise
            stage.pass_time(0.5)
    raise AssertionError("the last look returns or raises")
