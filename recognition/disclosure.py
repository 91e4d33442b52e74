"""The cross-border disclosure register of one agreement, and the gate that every export passes.

The three steps of handling data that crosses a border, after METI's manual on data that is shared internationally:
say what data goes where, assess the three risks for each class, choose an action. A field that the register does not
allow to a jurisdiction is not sent; each disclosure that is made is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, StringConstraints, model_validator

from verifier.encoding import b64u, canonical, digest, sha256
from verifier.errors import RefusedError
from verifier.schema import Closed, Label, Many
from verifier.scheme.rule import Text

Jurisdiction = Annotated[str, StringConstraints(pattern=r"^(?:[A-Z]{2}|EU)$")]
Risk = Literal["localisation", "government_access", "mandatory_sharing"]
Level = Literal["none", "low", "high", "unknown"]
Action = Literal["send", "commitment", "pseudonym", "consent", "not_sent"]
RISKS: tuple[Risk, ...] = get_args(Risk)
ACTIONS: tuple[Action, ...] = get_args(Action)


class Place(Closed):
    """Where a class of data comes to lie: a mirror, a witness, a mail host, the partner's registry."""

    name: Label
    kind: Literal["registry", "mirror", "witness", "mail", "partner", "other"]
    jurisdiction: Jurisdiction
    operator: Text


class Assessed(Closed):
    """The three risks of one class of data in one jurisdiction; ``private`` is the risk by private actors."""

    jurisdiction: Jurisdiction
    localisation: Level
    government_access: Level
    mandatory_sharing: Level
    private: Level
    action: Action
    reason: Text

    @model_validator(mode="after")
    def _sends_only_what_was_assessed(self) -> Self:
        risks = (self.localisation, self.government_access, self.mandatory_sharing, self.private)
        if self.action == "send" and ("unknown" in risks or "high" in risks):
            raise ValueError("data in clear goes only where every risk is known and none is high")
        return self


class DataClass(Closed):
    """Fields that are handled alike: public facts, names, scope texts, findings."""

    id: Label
    fields: Annotated[Many[Label], Field(min_length=1)]
    personal: bool
    assessed: Many[Assessed]

    @model_validator(mode="after")
    def _is_assessed_once(self) -> Self:
        seen = [one.jurisdiction for one in self.assessed]
        if len(set(seen)) != len(seen):
            raise ValueError("a jurisdiction is assessed twice")
        return self


class DisclosureRegister(Closed):
    """The document ``disclosure.toml``. It is out of force from its review date on: nothing is sent any more then."""

    partner: Jurisdiction
    review_by: date
    places: Many[Place]
    classes: Annotated[Many[DataClass], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_each_field_once(self) -> Self:
        fields = [field for one in self.classes for field in one.fields]
        if len(set(fields)) != len(fields):
            raise ValueError("a field belongs to two classes")
        if len({one.id for one in self.classes}) != len(self.classes):
            raise ValueError("a class is named twice")
        return self

    def action(self, field: str, jurisdiction: str) -> tuple[Action, str]:
        """Return what is done with a field for a jurisdiction, and why. What nobody assessed is not sent."""
        for one in self.classes:
            if field not in one.fields:
                continue
            for found in one.assessed:
                if found.jurisdiction == jurisdiction:
                    return found.action, found.reason
            return "not_sent", f"{one.id} was not assessed for {jurisdiction}"
        return "not_sent", "the register does not name this field"


@dataclass(frozen=True)
class Passed:
    """What became of one field at the border."""

    field: str
    action: Action
    reason: str


@dataclass(frozen=True)
class Disclosed:
    """The members that may cross, what became of each field, and the record of the disclosure."""

    members: dict[str, Any]
    passed: tuple[Passed, ...]
    record: dict[str, Any]


@dataclass(frozen=True)
class Crossing:
    """To whom data goes, for which agreement, on what day; the fields that the holder consented to."""

    agreement: str
    jurisdiction: str
    recipient: str
    day: date
    at: int
    consented: frozenset[str] = frozenset()


def disclose(
    members: Mapping[str, Any], register: DisclosureRegister | None, crossing: Crossing, *, secret: bytes
) -> Disclosed:
    """Return what of these members may cross the border.

    ``secret`` (32 bytes) makes commitments and pseudonyms: the same value gives the same pseudonym under one secret,
    and nobody finds the value without it. Raises RefusedError without a register or after its review date.
    """
    if register is None:
        raise RefusedError(
            f"{crossing.agreement} has no disclosure register: nothing crosses the border",
            hint="Add disclosure.toml to the agreement and have the next version announced.",
        )
    if crossing.day >= register.review_by:
        raise RefusedError(
            f"the disclosure register was to be reviewed by {register.review_by}: nothing is sent until it is",
            hint="Assess it again and announce the next version of the agreement.",
        )
    passed, crossed = [], {}
    for field, value in sorted(members.items()):
        action, reason = register.action(field, crossing.jurisdiction)
        shown = _acted(field, value, action, crossing, secret)
        if shown is not None:
            crossed[field] = shown
        passed.append(Passed(field, action, reason))
    return Disclosed(crossed, tuple(passed), _record(crossed, passed, crossing))


def report(register: DisclosureRegister, *, today: date) -> list[dict[str, Any]]:
    """Return one row a class and jurisdiction: fields, places, risks, action, and whether the review is due."""
    rows = []
    for one in register.classes:
        for found in one.assessed:
            places = [place.name for place in register.places if place.jurisdiction == found.jurisdiction]
            rows.append(
                {
                    "class": one.id,
                    "fields": [*one.fields],
                    "personal": one.personal,
                    "jurisdiction": found.jurisdiction,
                    "places": places,
                    **{risk: getattr(found, risk) for risk in (*RISKS, "private")},
                    "action": found.action,
                    "reason": found.reason,
                    "review_by": register.review_by.isoformat(),
                    "review_due": today >= register.review_by,
                }
            )
    return rows


def unassessed(register: DisclosureRegister) -> Iterable[str]:
    """Yield, in words, what lies somewhere that no class was assessed for."""
    for place in register.places:
        for one in register.classes:
            if all(found.jurisdiction != place.jurisdiction for found in one.assessed):
                yield f"{one.id} is not assessed for {place.jurisdiction}, where {place.name} stands"


def _acted(field: str, value: Any, action: Action, crossing: Crossing, secret: bytes) -> Any:
    match action:
        case "send":
            return value
        case "consent":
            return value if field in crossing.consented else None
        case "commitment":
            return {"sha256": _keyed("commitment", field, value, secret)}
        case "pseudonym":
            return {"pseudonym": _keyed("pseudonym", field, value, secret)[:22]}
        case "not_sent":
            return None


def _keyed(what: str, field: str, value: Any, secret: bytes) -> str:
    return b64u(sha256(secret + canonical([what, field, value])))


def _record(crossed: dict[str, Any], passed: list[Passed], crossing: Crossing) -> dict[str, Any]:
    """Say what was disclosed without saying it again: the fields, the actions and a digest of what went."""
    return {
        "agreement": crossing.agreement,
        "jurisdiction": crossing.jurisdiction,
        "recipient": crossing.recipient,
        "at": crossing.at,
        "fields": {one.field: one.action for one in passed},
        "sent_sha256": digest(canonical(crossed)),
    }
