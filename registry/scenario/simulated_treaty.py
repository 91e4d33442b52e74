"""A foreign operator in a simulated registry, with its own key, and an agreement on its way into force."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY, OTHER_HOLDER, Body
from verifier.names import body_uri, log_origin
from verifier.scheme.tables import files_digest
from verifier.statement import Draft
from verifier.statement.document import write_document

if TYPE_CHECKING:
    from registry.scenario.simulated_world import World

FOREIGN = "example.partner"
AGREEMENT = f"https://{HOST}/a/jp-partner"
FILES = {"agreement.toml": b'id = "jp-partner"\n'}


@dataclass
class ForeignOperator:
    """Speaks for one foreign scheme. ``files`` are the terms that it signs when nothing else is said."""

    world: World
    body: Body
    files: dict[str, bytes] = field(default_factory=lambda: dict(FILES))

    def terms(self, version: int = 1, **changes: Any) -> dict[str, Any]:
        """Return the public part of a proposal or an announcement."""
        said = {"version": version, "sha256": files_digest(self.files), "scheme": FOREIGN, "kind": "bilateral"}
        return said | changes

    def propose(self, version: int = 1, *, uri: str = AGREEMENT, **changes: Any) -> int:
        """Sign and send terms, with their document."""
        draft = Draft(log_origin(HOST), "agreement.proposed", uri, self.terms(version, **changes))
        signer = self.body.keys["foreign_operator"]
        index = self.world.sim.speak(draft, signer, iss=self.body.uri, document=write_document(self.files))
        self.world.sim.publish()
        return index

    def announce(self, version: int = 1, *, document: bool = False, **changes: Any) -> int:
        """The authority announces the terms."""
        return self.decide("announced", self.terms(version, **changes), document=document)

    def begin(self, version: int = 1, *, part: dict[str, Any] | None = None, **changes: Any) -> int:
        """The authority puts the agreement, or a part of it, in force from now on."""
        terms = {key: value for key, value in self.terms(version).items() if key != "scheme"}
        return self.decide("in_force", terms | {"effective": self.world.sim.now} | (part or {}) | changes)

    def suspend(self, *, reason: str = "administrative", existing: str = "stop_now", **changes: Any) -> int:
        """The authority suspends the agreement, or a part of it, from now on."""
        said = {"reason": reason, "existing": existing, "effective": self.world.sim.now}
        return self.decide("suspended", said | changes)

    def decide(self, what: str, public: dict[str, Any], *, document: bool = False) -> int:
        """The authority says something about the agreement."""
        first, second = self.world.sim.ceremony.keys.operators
        draft = Draft(log_origin(HOST), f"agreement.{what}", AGREEMENT, public)
        beside = write_document(self.files) if document else None
        index = self.world.sim.speak(draft, first, second=second, document=beside)
        self.world.sim.publish()
        return index


def list_foreign_operator(world: World, no: int = 9001, *, schemes: tuple[str, ...] = (FOREIGN,)) -> ForeignOperator:
    """The authority lists a foreign operator with its key."""
    window = {"from": world.sim.now - DAY, "until": world.sim.now + 1000 * DAY}
    public = {"no": no, "role": "foreign_operator", "identifier": OTHER_HOLDER, "scope": [], "operates": [*schemes]}
    world.sim.say("body.accredited", body_uri(HOST, no), public | window)
    body = Body(no)
    world.sim.add_key(body, "foreign_operator", f"h-{no}", no=1)
    world.sim.publish()
    return ForeignOperator(world, body)
