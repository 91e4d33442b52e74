"""Small worlds to decide in: a home scheme of two tiers, a foreign one of two levels, and everything in force."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date
from typing import Any

from hypothesis import strategies as st

from recognition.agreement import Agreement, ForeignSide, HomeSide, Listed, PinnedMapping, ScopeRule, StatusWords
from recognition.certificate import Certificate, Scope, Supplement
from recognition.home import HomeCriteria, HomeTier
from recognition.mapping import QUALIFIERS, ControlMapping, MappingHead, MappingRow, MappingSource, MappingTarget
from recognition.question import Question
from recognition.relation import RELATIONS
from recognition.scheme import Control, ForeignLevel, ForeignScheme, ForeignVersion, SchemeHead
from recognition.timeline import Event
from verifier.encoding import digest
from verifier.scheme.assurance import Assurance
from verifier.scheme.rule import Words
from verifier.tier import Tier

DAY = 86_400
NOW = 1_800_000_000
ISSUED = NOW - 100 * DAY
WORDS = Words(ja="試験", en="test")
PIN = digest(b"pack")
CONTROLS = ("s1", "s2", "s3")
LOW = ("c1", "c2", "c3")
HIGH = ("c1", "c2", "c3", "c4")
THREE, FOUR = Tier("home", 3), Tier("home", 4)
EXPERT = Assurance(assessor="expert", technical_test="none")
BODY = Assurance(assessor="accredited_body", technical_test="hands_on")
SELF = Assurance(assessor="self", technical_test="none")

HOME = HomeCriteria(
    "home",
    "1",
    PIN,
    (HomeTier(THREE, frozenset(LOW), 3, EXPERT, 365), HomeTier(FOUR, frozenset(HIGH), 4, BODY, 1095)),
)
SCHEME = ForeignScheme(
    SchemeHead(
        id="foreign",
        zone="Europe/London",
        validity_months=12,
        operator="operator",
        label=WORDS,
        notice=WORDS,
        levels=(
            ForeignLevel(id="basic", label=WORDS, assurance=SELF),
            ForeignLevel(id="checked", label=WORDS, assurance=EXPERT),
            ForeignLevel(id="tested", label=WORDS, assurance=BODY),
        ),
        versions=(ForeignVersion(id="1", name="One", first_day=date(2020, 1, 1)),),
        sources=(),
    ),
    tuple(Control(name, "theme", name) for name in CONTROLS),
    digest(b"scheme"),
)


def event(effective: int, status: str = "in_force", *, recorded: int | None = None, **members: Any) -> Event:
    """Return an event, recorded when it takes effect unless told otherwise."""
    recorded_at = effective if recorded is None else recorded
    return Event.model_validate({"effective_from": effective, "recorded_at": recorded_at, "status": status, **members})


def row(sources: str, target: str, relation: str, *, number: int = 2, qualifier: str = "") -> MappingRow:
    """Return a mapping row; sources are separated by spaces, a condition stands behind the qualifier and a colon."""
    found = next(known for known in RELATIONS if known == relation)
    word, _, condition = qualifier.partition(":")
    known_word = next(one for one in QUALIFIERS if one == word)
    return MappingRow(number, frozenset(sources.split()), target, found, qualifier=known_word, condition=condition)


def mapping(rows: Iterable[MappingRow], *, name: str = "m") -> ControlMapping:
    """Return a mapping whose digest is a function of its name and rows."""
    listed = tuple(rows)
    head = MappingHead(
        id=name,
        status="complete",
        notice=WORDS,
        source=MappingSource(scheme="foreign", versions=("1",)),
        target=MappingTarget(scheme="home", version="1"),
    )
    text = "\n".join(
        f"{sorted(one.sources)} {one.target} {one.relation} {one.qualifier}:{one.condition}" for one in listed
    )
    return ControlMapping(head, listed, digest(f"{name}\n{text}".encode()))


FULL = mapping([row("s1", "c1", "equal-to"), row("s2", "c2", "superset-of"), row("s2 s3", "c3", "equivalent-to")])
EVERYTHING = mapping([*FULL.rows, row("s3", "c4", "superset-of")], name="everything")


def agreement(given: Iterable[ControlMapping] = (FULL,), **changes: Any) -> Agreement:
    """Return an agreement in force for long that pins these mappings, with some members changed."""
    members: dict[str, Any] = {
        "id": "agreement",
        "direction": "inbound",
        "kind": "bilateral",
        "depth": 1,
        "foreign": ForeignSide(scheme="foreign", versions=("1",)),
        "home": HomeSide(scheme="home", version="1", sha256=PIN),
        "mappings": tuple(PinnedMapping(sha256=one.digest) for one in given),
        "cap_by_level": {"basic": 4, "checked": 4, "tested": 4},
        "scope": ScopeRule(kinds=("company", "group")),
        "issuers": (Listed(id="issuer", begins=1, ends=NOW + 3650 * DAY),),
        "status_words": StatusWords(valid=("valid",), suspended=("suspended",), invalid=("withdrawn",)),
        "max_supplement": 0,
        "not_after": NOW + 3650 * DAY,
        "timeline": (event(NOW - 1000 * DAY),),
        **changes,
    }
    return Agreement.model_validate(members)


def certificate(**changes: Any) -> Certificate:
    """Return an authenticated, valid certificate of the level that was tested, with some members changed."""
    members: dict[str, Any] = {
        "scheme": "foreign",
        "version": "1",
        "level": "tested",
        "basis": "evaluation",
        "evidence": "authenticated",
        "issuer": "issuer",
        "holder": "holder",
        "scope_kind": "company",
        "status": "valid",
        "issued": ISSUED,
        "expires": NOW + 265 * DAY,
        **changes,
    }
    return Certificate.model_validate(members)


def supplement(*criteria: str, **changes: Any) -> Supplement:
    """Return a supplement of these criteria by an accredited evaluator, with some members changed."""
    members: dict[str, Any] = {
        "holder": "holder",
        "evaluator": "evaluator",
        "criteria_sha256": PIN,
        "criteria": criteria,
        "assurance": BODY,
        "issued": NOW - 10 * DAY,
        "expires": NOW + 50 * DAY,
        **changes,
    }
    return Supplement.model_validate(members)


EVALUATORS = (Listed(id="evaluator", begins=1, ends=NOW + 3650 * DAY),)


def question(pinned: Iterable[ControlMapping] = (FULL,), **changes: Any) -> Question:
    """Return a question about ★3-like tier 3 that is recognised unless something is changed."""
    given = tuple(pinned)
    members: dict[str, Any] = {
        "home": HOME,
        "agreement": agreement(given),
        "scheme": SCHEME,
        "mappings": given,
        "certificate": certificate(),
        "target": THREE,
        "as_of": NOW,
        "known_at": NOW,
        "evaluators": EVALUATORS,
        **changes,
    }
    return Question(**members)


QUALIFIED = ("", "", "", "", "restricted", "addressable:k1", "addressable:k2", "blocked")


def _random_rows(chance: random.Random) -> list[MappingRow]:
    """Return a few rows; half of the relations cover."""
    relations = (*RELATIONS, "equal-to", "superset-of", "superset-of")
    return [
        row(
            " ".join(chance.sample(CONTROLS, chance.randint(1, 2))),
            chance.choice(HIGH),
            chance.choice(relations),
            number=number,
            qualifier=chance.choice(QUALIFIED),
        )
        for number in range(2, 2 + chance.randint(0, 8))
    ]


def _random_event(chance: random.Random) -> Event:
    """Return any event around the present."""
    effective, recorded = (NOW + chance.randint(-400, 400) * DAY for _ in range(2))
    existing = chance.choice(("stop_now", "keep_until", "show_under_review"))
    until = None if existing == "stop_now" else effective + chance.randint(1, 200) * DAY
    status = chance.choice(("in_force", "suspended", "terminated", "provisional"))
    return event(effective, status, recorded=recorded, existing=existing, existing_until=until)


def _random_supplement(chance: random.Random) -> Supplement:
    """Return a supplement, most of the time one that counts."""
    issued = NOW - chance.randint(-2, 100) * DAY
    return supplement(
        *sorted(chance.sample(HIGH, chance.randint(1, 4))),
        issued=issued,
        expires=issued + chance.randint(1, 300) * DAY,
        assurance=chance.choice((BODY, BODY, BODY, EXPERT, SELF)),
    )


CHANCE = random.Random(81)
MAPPINGS = (EVERYTHING, FULL, *{one.digest: one for one in (mapping(_random_rows(CHANCE)) for _ in range(60))}.values())
EVENTS = tuple(_random_event(CHANCE) for _ in range(60))
SUPPLEMENTS = (supplement(*HIGH), *(_random_supplement(CHANCE) for _ in range(40)))
IN_FORCE = (event(NOW - 1000 * DAY),)
TIMELINES = (IN_FORCE, *((*IN_FORCE, *CHANCE.sample(EVENTS, CHANCE.randint(1, 3))) for _ in range(80)))

# Whole objects are drawn from a seed: drawing their parts one by one takes ten times as long as deciding.
seeds = st.integers(0, 2**32)
row_lists = seeds.map(lambda seed: _random_rows(random.Random(seed)))
mappings = st.sampled_from(MAPPINGS)
events = st.sampled_from(EVENTS)
supplements = st.sampled_from(SUPPLEMENTS)
moments = st.integers(-400, 400).map(lambda days: NOW + days * DAY)


def questions(**changes: Any) -> st.SearchStrategy[Question]:
    """Draw questions: mappings, level, limits, supplements, timelines and dates, with some members fixed."""
    return seeds.map(lambda seed: _random_question(random.Random(seed), changes))


def questions_from(chance: random.Random) -> Question:
    """Return any question, from a given chance."""
    return _random_question(chance, {})


def _random_question(chance: random.Random, changes: dict[str, Any]) -> Question:
    drawn = chance.choice(((EVERYTHING,), (EVERYTHING,), chance.sample(MAPPINGS, 2), chance.sample(MAPPINGS, 1)))
    given = {one.digest: one for one in drawn}.values()
    cap = chance.choice((3, 4))
    timeline, issuer_timeline = (chance.choice((*[IN_FORCE] * 3, chance.choice(TIMELINES))) for _ in range(2))
    members: dict[str, Any] = {
        "agreement": agreement(
            given,
            max_supplement=chance.choice((0, 1, 4)),
            cap_by_level={"basic": cap, "checked": cap, "tested": cap},
            timeline=timeline,
            issuers=(Listed(id="issuer", begins=1, ends=NOW, timeline=issuer_timeline),),
            not_after=NOW + chance.choice((0, 1, 30 * DAY, *[3000 * DAY] * 5)),
        ),
        "certificate": certificate(
            level=chance.choice(("basic", "checked", "tested", "tested")),
            expires=NOW + chance.choice((0, 1, 20 * DAY, *[265 * DAY] * 5)),
            excluded_controls=chance.choice(((), (), (), ("s1",), ("s2", "s3"))),
            conditions_met=chance.choice(((), ("k1",), ("k1", "k2"))),
            scope=chance.choice((None, Scope(entities=("e1", "e2"), sites=("p1",), systems=("it",)))),
        ),
        "target": chance.choice((THREE, FOUR)),
        "supplements": tuple(chance.sample(SUPPLEMENTS, chance.choice((0, 0, 1, 4)))),
        "recognised_at": chance.choice((None, NOW - 50 * DAY, NOW)),
        "scope": chance.choice((None, None, None, Scope(entities=("e1",)), Scope(entities=("e3",), sites=("p1",)))),
        **changes,
    }
    return question(given, **members)
