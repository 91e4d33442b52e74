"""What the pages of the console work with: one folder and its two desks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recognition.console.agreement_desk import AgreementDesk
from recognition.console.mapping_desk import MappingDesk
from recognition.console.operator_folder import Noted, OperatorFolder

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.edge.console.visit import Visit

MAPPER, APPROVER, SIGNATORY = "mapper", "approver", "signatory"
KEY = "operator"


@dataclass(frozen=True)
class Desks:
    """One operator's folder with its desks."""

    folder: OperatorFolder
    mappings: MappingDesk
    agreements: AgreementDesk


def open_desks(path: Path) -> Desks:
    """Return the desks over a folder."""
    folder = OperatorFolder(path)
    mappings = MappingDesk(folder)
    return Desks(folder, mappings, AgreementDesk(folder, mappings))


def noted(visit: Visit, what: str, about: str = "") -> Noted:
    """Return the line of a history that says what this person did now."""
    return Noted(visit.now, visit.person.id, visit.person.name, what, about)
