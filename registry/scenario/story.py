"""The main job from the first accreditation to a verified mark, through the doors that every user goes through.

Operators and evaluators reach the registry over HTTP only, and every signature is real. Each act tells what it did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from issuer.case import Case
from issuer.database import Database
from issuer.desk import Desk
from issuer.identity import ROLES, Identity, Signers, prove_key
from issuer.issue import Issued, Waiting
from issuer.submit import RegistryClient
from issuer.trust import newest
from registry.desk.operator_desk import Accreditation, OperatorDesk
from registry.scenario import cast
from registry.scenario.answers import filled_sheet
from registry.scenario.stage import Stage
from verifier.dates import term_end
from verifier.envelope import DAY
from verifier.names import body_uri
from verifier.scheme.pack import SchemePack
from verifier.scheme.shipped import load_shipped
from verifier.signer import SoftwareSigner

LOOKS = 240
ACCREDITED_MONTHS = 36

Tell = Callable[[str, str], None]


@dataclass(frozen=True)
class IssuedMark:
    """A mark of the story: who holds it, at which level, and its package."""

    level: int
    holder: cast.Organisation
    issued: Issued


class Story:
    """The story on one stage; ``tell`` takes a heading and a sentence for each thing that was done.

    ``signers`` are the keys of the evaluation body, where they are not to be made here.
    """

    def __init__(self, stage: Stage, *, tell: Tell, signers: Signers | None = None) -> None:
        self._stage = stage
        self._tell = tell
        self._signers = signers
        self._pack: SchemePack = load_shipped(cast.SCHEME, cast.VERSION)
        first, second = stage.operators
        self.authority = OperatorDesk(
            host=stage.root.host,
            first=first,
            second=second,
            http=stage.http,
            addresses=stage.addresses,
            clock=stage.clock,
            entropy=stage.entropy,
            pause=lambda: stage.pass_time(0.5),
        )

    def play(self, marks: Path) -> tuple[IssuedMark, ...]:
        """Play all acts and return the issued marks, whose packages lie under ``marks``."""
        return self.award_both(self.prepare(), marks)

    def award_both(self, desk: Desk, marks: Path) -> tuple[IssuedMark, ...]:
        """Play both cases at a desk that is prepared and return the issued marks."""
        three = self.award(desk, cast.SUPPLIER_3, 3, marks)
        four = self.award(desk, cast.SUPPLIER_4, 4, marks)
        return three, four

    def prepare(self) -> Desk:
        """Publish the criteria, accredit the bodies, list the keys; return the evaluation body's desk."""
        self._publish_criteria()
        self._accredit()
        return self._open_desk()

    def _publish_criteria(self) -> None:
        admitted = self.authority.publish_scheme(self._pack.statement_public())
        detail = f"{self._pack.scheme} {self._pack.version}, digest {self._pack.digest}: log entry {admitted.index}"
        self._tell("Criteria published", detail)

    def _accredit(self) -> None:
        begins = self._stage.clock() - 30 * DAY
        ends = term_end(begins, ACCREDITED_MONTHS, cast.ZONE)
        scope: list[dict[str, object]] = [
            {"scheme": self._pack.scheme, "level": level, "criteria_sha256": self._pack.digest} for level in (3, 4)
        ]
        roles: tuple[tuple[int, str, cast.Organisation, list[dict[str, object]]], ...] = (
            (cast.BODY_NO, "evaluation", cast.BODY, scope),
            (cast.TESTER_NO, "technical_verification", cast.TESTER, []),
        )
        for no, role, organisation, rows in roles:
            admitted = self.authority.accredit(
                Accreditation(
                    no=no,
                    role=role,
                    identifier=organisation.identifier,
                    name=organisation.name,
                    scope=rows,
                    begins=begins,
                    ends=ends,
                )
            )
            self._tell("Body accredited", f"{organisation.name}, number {no}, {role}: log entry {admitted.index}")

    def _open_desk(self) -> Desk:
        stage = self._stage
        identity = Identity(stage.root.host, cast.BODY_NO, cast.PLACES)
        signers = self._signers or {role: SoftwareSigner.generate(stage.entropy) for role in ROLES}
        for role in ROLES:
            proof = prove_key(identity, role, signers, at=stage.clock(), entropy=stage.entropy)
            admitted = self.authority.add_key(proof)
            holder = identity.holder(role)
            self._tell("Key listed", f"{role} of body {cast.BODY_NO}, holder {holder}: log entry {admitted.index}")
        stage.pass_time(1)
        registry = RegistryClient(
            stage.http,
            read=stage.addresses.read,
            api=stage.addresses.api,
            root=lambda fetcher: newest(stage.root, fetcher),
        )
        return Desk(Database(stage.desk), identity, signers, registry, stage.clock, stage.entropy)

    def award(
        self, desk: Desk, supplier: cast.Organisation, level: int, marks: Path, *, supersedes: str | None = None
    ) -> IssuedMark:
        """Play one case from the application to the package; ``supersedes`` names the mark that the new one follows."""
        case = desk.open_case(cast.application(supplier, level))
        self._tell(f"★{level} case opened", f"{supplier.name}: case {case.id} reserves mark {_reserved(case)}")
        sheet = filled_sheet(self._pack, level)
        desk.import_answers(case.id, sheet, f"answers-{level}.xlsx")
        self._tell("Answers imported", f"{len(self._pack.items_for(level))} items out of a filled .xlsx, all met")
        self._stage.pass_time(1)
        self._confirm(desk, case.id, level)
        self._stage.pass_time(1)
        desk.attest(case.id)
        self._tell("Assessor attests", f"holder {desk.identity.holder('assessor')} signs the attestation of this mark")
        self._stage.pass_time(1)
        desk.decide(case.id, "granted", supersedes=desk.registry.mark(supersedes) if supersedes else None)
        self._tell("Another person decides", f"holder {desk.identity.holder('decider')} grants ★{level}")
        waiting = Waiting(LOOKS, self._stage.pass_time)
        issued = desk.issue(case.id, marks, waiting=waiting, progress=lambda number, what: None)
        self._tell(f"★{level} issued", f"mark {issued.mark_id}, number {issued.number}: log entry {issued.index}")
        return IssuedMark(level, supplier, issued)

    def _confirm(self, desk: Desk, case_id: str, level: int) -> None:
        if level == 3:
            desk.confirm_by_expert(case_id, kind="body_holder", by=desk.identity.holder("assessor"))
            self._tell("Expert confirms", "a security expert of the body confirms the self-assessment")
            desk.swear_oath(case_id, officer="代表取締役")
            self._tell("Executive oath", "an executive of the supplier swears that the answers are true")
            return
        tester = body_uri(self._stage.root.host, cast.TESTER_NO)
        desk.record_technical_verification(case_id, body=tester, date=self._stage.clock())
        self._tell("Technical verification", f"report of {cast.TESTER.name} (body {cast.TESTER_NO}) is referenced")


def _reserved(case: Case) -> str:
    return case.reservation.mark if case.reservation else "nothing"
