"""The demonstration: what UK Cyber Essentials would count for under a draft agreement that nobody has signed.

Everything here is a draft, and the decision says so. No agreement is in force, so the answer is "not recognised"
whatever the mapping says; the mapping's own answer, its gaps and the missing assurance are shown beside that.
"""

from __future__ import annotations

from recognition.agreement import Agreement, ForeignSide, HomeSide, Listed, PinnedMapping, ScopeRule, StatusWords
from recognition.certificate import Certificate
from recognition.decide import decide
from recognition.decision import Decision
from recognition.home import home_criteria
from recognition.question import Question
from recognition.scheme import ForeignScheme
from recognition.shipped import load_mapping, load_scheme
from recognition.timeline import LAST_MOMENT
from verifier.dates import term_end
from verifier.errors import RefusedError
from verifier.schema import read_model
from verifier.scheme.pack import SchemePack
from verifier.scheme.rule import Words
from verifier.scheme.shipped import load_shipped
from verifier.tier import Tier

SCHEME = "uk.ncsc.cyber-essentials"
MAPPING = "ce-to-scs3-draft"
HOME = ("jp.meti.scs", "2026-03-27")
TARGET = Tier("jp.meti.scs", 3)
MONTH = 30 * 86_400
DRAFT = Words(
    ja="草案・デモ用：この協定は実在せず、発効していません。",
    en="Draft, demonstration: this agreement does not exist and is not in force.",
)


def demonstration_pack() -> SchemePack:
    """Return the scheme pack on whose tiers the demonstration decides."""
    return load_shipped(*HOME)


def draft_agreement() -> Agreement:
    """Return the terms that the demonstration assumes: both levels up to ★3, at most 20 criteria by supplement."""
    scheme, pack = load_scheme(SCHEME), demonstration_pack()
    return Agreement(
        id="draft-uk-ce",
        direction="inbound",
        kind="bilateral",
        depth=1,
        foreign=ForeignSide(scheme=scheme.id, versions=tuple(version.id for version in scheme.head.versions)),
        home=HomeSide(scheme=pack.scheme, version=pack.version, sha256=pack.digest),
        mappings=(PinnedMapping(sha256=load_mapping(MAPPING).digest),),
        cap_by_level={level.id: TARGET.level for level in scheme.head.levels},
        scope=ScopeRule(kinds=("group", "company")),
        issuers=(Listed(id=scheme.head.operator, begins=1, ends=LAST_MOMENT),),
        status_words=StatusWords(valid=("valid",), invalid=("withdrawn", "expired")),
        max_supplement=20,
        not_after=LAST_MOMENT,
        draft=DRAFT,
    )


def stated_certificate(
    scheme: ForeignScheme,
    *,
    level: str,
    issued: int,
    version: str | None = None,
    expires: int | None = None,
    holder: str | None = None,
) -> Certificate:
    """Return a certificate as somebody states it: nobody has authenticated it or asked for its present state.

    Without a version it is the newest that was issued on that day, without an end the scheme's own term. Raises
    RefusedError for a level that the scheme has not or a day of no issue, StatementError for facts no certificate has.
    """
    scheme.level(level)
    alive = scheme.alive(level=level, at=issued)
    if version is None and not alive:
        raise RefusedError(f"{scheme.id} issued no certificate of level {level} on that day")
    stated = {
        "scheme": scheme.id,
        "version": version or alive[-1].id,
        "level": level,
        "basis": "evaluation",
        "evidence": "stated",
        "issuer": scheme.head.operator,
        "holder": holder,
        "scope_kind": "company",
        "status": None,
        "issued": issued,
        "expires": expires or term_end(issued, scheme.months(level), scheme.head.zone),
    }
    return read_model(Certificate, stated, what="certificate")


def draft_question(certificate: Certificate, *, target: Tier, as_of: int) -> Question:
    """Return the question about a Cyber Essentials certificate under the draft agreement. Raises WrongUseError."""
    return Question(
        home=home_criteria(demonstration_pack()),
        agreement=draft_agreement(),
        scheme=load_scheme(SCHEME),
        mappings=(load_mapping(MAPPING),),
        certificate=certificate,
        target=target,
        as_of=as_of,
        known_at=as_of,
    )


def demonstration_question(level: str, now: int) -> Question:
    """Return the question about a made-up certificate of level "basic" or "plus" that was issued a month ago."""
    certificate = stated_certificate(load_scheme(SCHEME), level=level, issued=now - MONTH)
    return draft_question(certificate, target=TARGET, as_of=now)


def demonstration_decision(level: str, now: int) -> Decision:
    """Return the decision on the demonstration's question: the honest "not recognised", with every reason."""
    return decide(demonstration_question(level, now))
