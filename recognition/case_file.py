"""The case file: one JSON document with every input of a decision, so that anybody can make it again.

Parts that are files elsewhere (scheme, mappings, the home pack) stand here as what the decision reads of them, beside
the digest that pins the files. A case proves nothing by itself: ``check_against`` compares it with an agreement folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationError

from recognition.agreement import Agreement, Listed
from recognition.certificate import Certificate, Scope, Supplement
from recognition.home import HomeCriteria, HomeTier
from recognition.mapping import ControlMapping, MappingHead, MappingRow, Qualifier
from recognition.question import Question
from recognition.relation import Relation
from recognition.scheme import Control, ForeignScheme
from recognition.scheme_head import SchemeHead
from recognition.timeline import Moment
from verifier.encoding import canonical, read_object
from verifier.errors import RefusedError, StatementError
from verifier.faults import faults_text
from verifier.schema import Closed, Digest, Label, Level, Many
from verifier.scheme.assurance import Assurance
from verifier.tier import Tier

if TYPE_CHECKING:
    from recognition.treaty import Treaty

_Name = Annotated[str, Field(max_length=64)]


class _Tier(Closed):
    level: Level
    criteria: Many[Label]
    criteria_count: Annotated[int, Field(ge=0)]
    assurance: Assurance
    max_days: Annotated[int, Field(ge=1)]


class _Home(Closed):
    scheme: _Name
    version: _Name
    sha256: Digest
    tiers: Many[_Tier]


class _Control(Closed):
    id: Label
    lowest_level: _Name = ""


class _Scheme(Closed):
    sha256: Digest
    head: SchemeHead
    controls: Many[_Control]


class _Row(Closed):
    number: Annotated[int, Field(ge=2)]
    sources: Many[Label]
    target: Label
    relation: Relation
    qualifier: Qualifier = ""
    condition: _Name = ""


class _Mapping(Closed):
    sha256: Digest
    head: MappingHead
    rows: Many[_Row]


class _Target(Closed):
    scheme: _Name
    level: Level


class _Case(Closed):
    case: Literal["recognition-case"]
    version: Literal[1]
    home: _Home
    agreement: Agreement
    scheme: _Scheme
    mappings: Many[_Mapping]
    certificate: Certificate
    target: _Target
    as_of: Moment
    known_at: Moment
    recognised_at: Moment | None = None
    supplements: Many[Supplement] = ()
    evaluators: Many[Listed] = ()
    scope: Scope | None = None


def write_case(question: Question) -> bytes:
    """Return the case file of a question."""
    return canonical(case_members(question))


def case_members(question: Question) -> dict[str, Any]:
    """Return the JSON object of a case file."""
    home, scheme = question.home, question.scheme
    case = _Case(
        case="recognition-case",
        version=1,
        home=_Home(
            scheme=home.scheme,
            version=home.version,
            sha256=home.sha256,
            tiers=tuple(
                _Tier(
                    level=tier.tier.level,
                    criteria=tuple(sorted(tier.criteria)),
                    criteria_count=tier.criteria_count,
                    assurance=tier.assurance,
                    max_days=tier.max_days,
                )
                for tier in home.tiers
            ),
        ),
        agreement=question.agreement,
        scheme=_Scheme(
            sha256=scheme.digest,
            head=scheme.head,
            controls=tuple(_Control(id=one.id, lowest_level=one.lowest_level) for one in scheme.controls),
        ),
        mappings=tuple(_mapping(one) for one in question.mappings),
        certificate=question.certificate,
        target=_Target(scheme=question.target.scheme, level=question.target.level),
        as_of=question.as_of,
        known_at=question.known_at,
        recognised_at=question.recognised_at,
        supplements=question.supplements,
        evaluators=question.evaluators,
        scope=question.scope,
    )
    return case.members()


def read_case(data: bytes) -> Question:
    """Return the question of a case file. Raises MalformedError, StatementError or WrongUseError."""
    case = _read(data)
    home = case.home
    tiers = tuple(
        HomeTier(Tier(home.scheme, one.level), frozenset(one.criteria), one.criteria_count, one.assurance, one.max_days)
        for one in home.tiers
    )
    controls = tuple(Control(one.id, "", "", one.lowest_level) for one in case.scheme.controls)
    mappings = tuple(
        ControlMapping(
            one.head,
            tuple(
                MappingRow(
                    row.number,
                    frozenset(row.sources),
                    row.target,
                    row.relation,
                    qualifier=row.qualifier,
                    condition=row.condition,
                )
                for row in one.rows
            ),
            one.sha256,
        )
        for one in case.mappings
    )
    return Question(
        home=HomeCriteria(home.scheme, home.version, home.sha256, tiers),
        agreement=case.agreement,
        scheme=ForeignScheme(case.scheme.head, controls, case.scheme.sha256),
        mappings=mappings,
        certificate=case.certificate,
        target=Tier(case.target.scheme, case.target.level),
        as_of=case.as_of,
        known_at=case.known_at,
        recognised_at=case.recognised_at,
        supplements=case.supplements,
        evaluators=case.evaluators,
        scope=case.scope,
    )


def _read(data: bytes) -> _Case:
    read_object(data)
    try:
        # As JSON: days are texts there, and dates in TOML.
        return _Case.model_validate_json(data)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        where = faults_text(faults[:3], whole="file")
        raise StatementError(f"the case file is outside its schema: {where}") from error


def check_against(question: Question, treaty: Treaty, home: HomeCriteria) -> None:
    """Check that a case says of scheme, mappings and home criteria what their own files say.

    Raises RefusedError naming what differs. What the log says of the agreement, its timelines, is compared elsewhere.
    """
    wanted = {one.digest: _mapping(one) for one in treaty.mappings}
    if {one.digest: _mapping(one) for one in question.mappings} != wanted:
        raise RefusedError("the case has other mappings than the agreement's folder")
    shown = [(one.id, one.lowest_level) for one in treaty.scheme.controls]
    if (
        question.scheme.head != treaty.scheme.head
        or [(c.id, c.lowest_level) for c in question.scheme.controls] != shown
    ):
        raise RefusedError("the case describes the foreign scheme otherwise than its files")
    if question.home != home:
        raise RefusedError("the case has other home criteria than the pack")
    bare = question.agreement.model_copy(
        update={
            "timeline": (),
            "issuers": tuple(one.model_copy(update={"timeline": ()}) for one in question.agreement.issuers),
            "mappings": tuple(one.model_copy(update={"timeline": ()}) for one in question.agreement.mappings),
        }
    )
    if bare != treaty.agreement:
        raise RefusedError("the case has other terms than the agreement's folder")


def _mapping(mapping: ControlMapping) -> _Mapping:
    rows = tuple(
        _Row(
            number=row.number,
            sources=tuple(sorted(row.sources)),
            target=row.target,
            relation=row.relation,
            qualifier=row.qualifier,
            condition=row.condition,
        )
        for row in mapping.rows
    )
    return _Mapping(sha256=mapping.digest, head=mapping.head, rows=rows)
