"""A person in business: the mark shows a random number and what they are; the name is a commitment that is erasable."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from issuer.case import Event
from issuer.intake import Application, name_commitment, read_scope, read_sole_proprietor
from issuer.scoping import erase_person
from registry.scenario.simulated_log import HOST
from tests.issuer.conftest import DAY, PACK, filled_sheet
from tests.issuer.test_case import case, step
from verifier.bundle import parse_bundle
from verifier.errors import MalformedError, RefusedError, StatementError
from verifier.identifier import parse_identifier
from verifier.injected import seeded_entropy
from verifier.mark import MarkDraft, parse_mark, sign_mark
from verifier.names import body_uri, log_origin, org_uri
from verifier.signer import SoftwareSigner
from verifier.statement.commitment import check_disclosure, read_disclosure
from verifier.verdict import Headline
from verifier.verify import verify_text

if TYPE_CHECKING:
    from pathlib import Path

    from tests.issuer.conftest import Evaluator
    from verifier.mark import Mark

NAME = "架空 太郎"
HOLDER, PERSON = read_sole_proprietor(name=NAME, host=HOST, entropy=seeded_entropy("sole"))
SCOPE = read_scope(kind="company", summary="全事業")


def opened(evaluator: Evaluator) -> str:
    holder, person = read_sole_proprietor(name=NAME, host=HOST, entropy=evaluator.sim.entropy)
    return evaluator.desk.open_case(Application(PACK.scheme, PACK.version, 3, holder, SCOPE, person)).id


def mark_of(**org: Any) -> Mark:
    holder = HOLDER.model_copy(update=org)
    signer = SoftwareSigner.generate(seeded_entropy("key"))
    draft = MarkDraft(
        host=HOST,
        id="0123456789abcdefghjkmnpqry",
        iss=body_uri(HOST, 1001),
        sub=org_uri(HOST, parse_identifier(holder.identifiers[0])),
        nbf=1_793_577_600,
        exp=1_793_577_600 + 300 * DAY,
        status_no=1,
        status_idx=0,
        number="SCS3-000001",
        scheme=PACK.scheme,
        tier=3,
        criteria=PACK.version,
        basis="evaluation",
        holder=holder,
        scope=SCOPE,
    )
    draft = replace(draft, id=HOLDER.identifiers[0].removeprefix("x-"))
    return parse_mark(sign_mark(draft, iat=1_793_577_600, seal_sha256="A" * 43, nonce="A" * 22, signer=signer))


def test_a_sole_proprietor_has_a_random_number_and_no_name() -> None:
    other, _ = read_sole_proprietor(name=NAME, host=HOST, entropy=seeded_entropy("another"))
    assert other.identifiers != HOLDER.identifiers
    assert (HOLDER.name, HOLDER.name_latin, HOLDER.domains) == ("個人事業主", "Sole proprietor", None)
    assert NAME not in str(HOLDER.members())
    again, _ = read_sole_proprietor(
        name=NAME, host=HOST, entropy=seeded_entropy("later"), number=HOLDER.identifiers[0].removeprefix("x-")
    )
    assert again.identifiers == HOLDER.identifiers
    with pytest.raises(MalformedError):
        read_sole_proprietor(name=NAME, host=HOST, entropy=seeded_entropy("x"), number="12345")


def test_only_the_salt_opens_the_commitment() -> None:
    identifier = parse_identifier(HOLDER.identifiers[0])
    assert name_commitment(PERSON, host=HOST, identifier=identifier) == HOLDER.name_sd
    guessed = PERSON.model_copy(update={"salt": "A" * 22})
    assert name_commitment(guessed, host=HOST, identifier=identifier) != HOLDER.name_sd


def test_a_sole_proprietors_mark_is_one_that_the_judge_reads() -> None:
    assert mark_of().content.org == HOLDER


@pytest.mark.parametrize(
    "org",
    [
        {"name": NAME},
        {"name_latin": "Taro Kaku"},
        {"domains": ("taro.example",)},
        {"name_sd": None},
        {"identifiers": (HOLDER.identifiers[0], "0188-1180301018771")},
        {"identifiers": ("0188-1180301018771",)},
    ],
)
def test_a_mark_that_shows_a_person_or_hides_a_company_is_refused(org: dict[str, Any]) -> None:
    with pytest.raises(StatementError, match="sole proprietor"):
        mark_of(**org)


def test_a_person_is_no_group() -> None:
    group = read_scope(kind="group", summary="全事業", covered=["5010005007126"])
    with pytest.raises(RefusedError, match="no group"):
        step(case(holder=HOLDER, scope=group), Event.SUBMIT)


def test_a_sole_proprietors_mark_is_issued_without_the_name_and_the_holder_can_show_it(
    evaluator: Evaluator, tmp_path: Path
) -> None:
    case_id = opened(evaluator)
    evaluator.desk.import_answers(case_id, filled_sheet(3), "a.xlsx")
    evaluator.desk.confirm_by_expert(case_id, kind="body_holder", by="h-99aa")
    evaluator.desk.swear_oath(case_id, officer=NAME)
    evaluator.sim.now += 3600
    evaluator.desk.attest(case_id)
    evaluator.sim.now += DAY
    evaluator.sim.publish_directory()
    evaluator.sim.publish()
    evaluator.desk.decide(case_id, "granted")
    issued = evaluator.issue(case_id, tmp_path)
    public = [issued.folder / name for name in ("mark.jwt", "bundle.json", "attestation.jwt", "qr.svg")]
    assert all(NAME not in path.read_text("utf-8") for path in public)
    text = (issued.folder / "mark.jwt").read_text()
    mark, bundle = parse_mark(text), parse_bundle((issued.folder / "bundle.json").read_bytes())
    verdict = verify_text(text, bundle=bundle, root=evaluator.sim.root, now=evaluator.sim.now)
    assert (verdict.headline, verdict.mark.holder if verdict.mark else "") == (Headline.VALID_OFFLINE, "個人事業主")
    assert NAME not in str(mark.token.payload)
    assert all(NAME.encode() not in entry for entry in evaluator.sim.entries)
    shown = json.loads((issued.folder / "name.json").read_text())
    log, about = shown.pop("log"), shown.pop("object")
    assert (log, about) == (log_origin(HOST), mark.sub)
    assert mark.content.org.name_sd is not None
    check_disclosure(read_disclosure(shown), log=log, object=about, sd=(mark.content.org.name_sd,))


def test_the_name_is_erased_at_the_desk_and_the_holder_stays_the_same(evaluator: Evaluator) -> None:
    case_id = opened(evaluator)
    before = evaluator.desk.case(case_id)
    after = erase_person(evaluator.desk, case_id)
    assert after.holder == before.holder
    with evaluator.desk.database.transaction() as session:
        tables = ("desk_case", "desk_event", "desk_answer")
        kept = [str(session.connection().exec_driver_sql(f"SELECT * FROM {table}").all()) for table in tables]
    assert NAME not in "".join(kept)
    with pytest.raises(RefusedError, match="holds no person"):
        erase_person(evaluator.desk, case_id)
