"""What the supplier's place keeps and refuses: answers, who gave them, who approves, what goes out and comes in."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from issuer.answers import ItemAnswer
from issuer.intake import read_holder, read_scope
from issuer.supplier.answering import LONGEST_EVIDENCE, LONGEST_REASON, MOST_FILES
from issuer.supplier.approving import standing_approval, steps_of
from issuer.supplier.bringing import Sent, bring_sheet, draft_from
from issuer.supplier.client_requests import answer_request, find_request, take_request
from issuer.supplier.outgoing import answer_sheet, application_file
from issuer.supplier.supplier_database import migration_config
from issuer.supplier.tables import METADATA
from issuer.template import read_answers
from tests.issuer.test_reuse import CATALOGUE, MAPPING
from tests.supplier.filled import HOLDER, ITEMS, PACK, level_request, met, sheet
from verifier.encoding import canonical
from verifier.errors import ConflictError, MalformedError, MarkError, NotFoundError, RefusedError, StatementError
from verifier.level_request import pair

if TYPE_CHECKING:
    from pathlib import Path

    from issuer.supplier.place import SupplierPlace

ME, OTHER = "me", "other"


@pytest.fixture
def begun(place: SupplierPlace) -> SupplierPlace:
    """A self-assessment of level 3 that says who applies for what."""
    place.begin(3, by=ME)
    holder = read_holder(name=HOLDER["name"], identifiers=[HOLDER["identifier"]])
    scope = read_scope(kind="company", summary=HOLDER["summary"])
    place.describe(place.need().undertaking.profile.model_copy(update={"holder": holder, "scope": scope}))
    return place


def fill(place: SupplierPlace, items: tuple[str, ...] = ITEMS, *, by: str = ME) -> None:
    bring_sheet(place, Sent("a.xlsx", sheet(met(items))), by=by, replacing=False)


def test_what_is_exported_is_read_by_the_evaluator_as_what_was_kept(begun: SupplierPlace) -> None:
    texts = ("規程\n第2章", "-1", "'=x", "+81", "@見本", "a,b\"c'", "１２３", "x" * LONGEST_REASON, "tab\tbed", "")
    for item, text in zip(ITEMS, texts, strict=False):
        begun.answer(item, ("met", text, text[:LONGEST_EVIDENCE]), seen=0, by=ME)
    begun.attach(ITEMS[0], "C:\\文書\\規程 (第2版).pdf", b"rules", by=ME)
    kept = begun.need().answers
    assert kept[0].evidence.splitlines()[-1].startswith("規程 (第2版).pdf (SHA-256 ")
    for form in ("xlsx", "csv"):
        data = answer_sheet(begun.need(), form)  # type: ignore[arg-type]  # parametrised by hand
        assert read_answers(data, filename=f"a.{form}", pack=PACK, level=3) == kept


def test_the_application_says_whether_the_holder_is_to_be_unlisted(begun: SupplierPlace) -> None:
    assert "unlisted" not in json.loads(application_file(begun.need(), ()))["holder"]
    profile = begun.need().undertaking.profile
    holder = read_holder(name=HOLDER["name"], identifiers=[HOLDER["identifier"]], unlisted=True)
    begun.describe(profile.model_copy(update={"holder": holder}))
    assert json.loads(application_file(begun.need(), ()))["holder"]["unlisted"] is True


def test_a_sheet_that_went_out_comes_back_as_the_same_answers_and_files(begun: SupplierPlace) -> None:
    fill(begun)
    begun.attach(ITEMS[0], "規程.pdf", b"rules", by=ME)
    kept = begun.need()
    data = answer_sheet(kept, "xlsx")
    begun.begin(3, by=ME)
    assert begun.need().given == {}
    brought = bring_sheet(begun, Sent("a.xlsx", data), by=ME, replacing=False)
    assert (brought.taken, brought.same, brought.kept) == (len(ITEMS), 0, ())
    assert begun.need().answers == kept.answers
    again = bring_sheet(begun, Sent("a.xlsx", data), by=ME, replacing=False)
    assert (again.taken, again.same) == (0, len(ITEMS))
    assert begun.need().answers == kept.answers


def test_an_answer_that_is_there_stays_unless_it_is_to_be_replaced_and_then_it_can_be_read_again(
    begun: SupplierPlace,
) -> None:
    begun.answer(ITEMS[0], ("not_met", "来年度", ""), seen=0, by=ME)
    brought = bring_sheet(begun, Sent("a.xlsx", sheet(met(ITEMS))), by=OTHER, replacing=False)
    assert brought.kept == (ITEMS[0],)
    assert begun.need().given[ITEMS[0]].word == "not_met"
    bring_sheet(begun, Sent("a.xlsx", sheet(met(ITEMS))), by=OTHER, replacing=True)
    earlier = begun.earlier_answers(ITEMS[0])
    assert [(one.word, one.by, one.source) for one in earlier] == [("met", OTHER, "a.xlsx"), ("not_met", ME, "")]


def test_a_sheet_with_a_fault_changes_nothing_and_tells_the_place(begun: SupplierPlace) -> None:
    wrong = (*met(ITEMS[:3]), ItemAnswer(ITEMS[3], "not_applicable"))
    with pytest.raises(MalformedError, match="row 8, column F"):
        bring_sheet(begun, Sent("a.csv", sheet(wrong, form="csv")), by=ME, replacing=True)
    assert begun.need().given == {}


def test_of_two_who_answer_at_once_the_second_is_told_and_nothing_is_lost(begun: SupplierPlace) -> None:
    first = begun.answer(ITEMS[0], ("met", "", "規程"), seen=0, by=ME)
    with pytest.raises(ConflictError):
        begun.answer(ITEMS[0], ("not_met", "", ""), seen=0, by=OTHER)
    assert begun.need().given[ITEMS[0]] == first
    # The very same again is no conflict: the page was sent twice.
    assert begun.answer(ITEMS[0], ("met", "", "規程"), seen=0, by=OTHER) == first
    assert begun.answer(ITEMS[0], ("not_met", "", ""), seen=first.no, by=OTHER).by == OTHER


@pytest.mark.parametrize(
    "says",
    [
        ("yes", "", ""),
        ("not_applicable", " ", ""),
        ("met", "x" * (LONGEST_REASON + 1), ""),
        ("met", "", "x" * (LONGEST_EVIDENCE + 1)),
        ("met", "=1+1", ""),
        ("met", "\x1b[31m", ""),
    ],
)
def test_an_answer_that_no_sheet_could_carry_is_refused(begun: SupplierPlace, says: tuple[str, str, str]) -> None:
    with pytest.raises(MalformedError):
        begun.answer(ITEMS[0], says, seen=0, by=ME)
    assert begun.need().given == {}


def test_an_item_that_the_level_does_not_have_is_not_answered(begun: SupplierPlace) -> None:
    with pytest.raises(MalformedError):
        begun.answer("9-9-9-9", ("met", "", ""), seen=0, by=ME)
    with pytest.raises(RefusedError):
        begun.begin(5, by=ME)


def test_a_file_is_known_by_its_digest_and_can_be_removed(begun: SupplierPlace) -> None:
    for number in range(MOST_FILES):
        begun.attach(ITEMS[0], f"{number}.pdf", str(number).encode(), by=ME)
    for data in (b"0", b"new"):
        with pytest.raises(RefusedError):
            begun.attach(ITEMS[0], "a.pdf", data, by=ME)
    begun.detach(begun.need().attached[ITEMS[0]][0].no)
    with pytest.raises(NotFoundError):
        begun.detach(1)
    assert begun.need().attached[ITEMS[0]][0].name == "1.pdf"


def test_an_officer_who_answered_nothing_approves_this_very_result(begun: SupplierPlace) -> None:
    fill(begun)
    asked = begun.need().whole_sha256
    with pytest.raises(RefusedError, match="whoever answered"):
        begun.approve(asked, officer=ME, name="回答 担当")
    approval = begun.approve(asked, officer=OTHER, name="承認 役員")
    assert standing_approval(begun.need(), begun.approvals()) == approval
    assert json.loads(application_file(begun.need(), begun.approvals()))["approved"]["by"] == "承認 役員"
    given = begun.need().given[ITEMS[0]]
    begun.answer(ITEMS[0], ("met", "別の理由", ""), seen=given.no, by=ME)
    assert standing_approval(begun.need(), begun.approvals()) is None
    with pytest.raises(RefusedError, match="changed meanwhile"):
        begun.approve(asked, officer=OTHER, name="承認 役員")


def test_a_scope_or_holder_that_was_put_in_after_the_approval_is_not_approved(begun: SupplierPlace) -> None:
    fill(begun)
    asked = begun.need().whole_sha256
    profile = begun.need().undertaking.profile
    assert profile.scope is not None
    assert profile.holder is not None
    changes = (
        {"scope": profile.scope.model_copy(update={"scope_summary": "別の会社の全部"})},
        {"holder": profile.holder.model_copy(update={"name": "別の会社"})},
    )
    for change in changes:
        begun.describe(profile)
        begun.approve(asked, officer=OTHER, name="承認 役員")
        begun.describe(profile.model_copy(update=change))
        assert standing_approval(begun.need(), begun.approvals()) is None
        assert json.loads(application_file(begun.need(), begun.approvals()))["approved"] is None
        with pytest.raises(RefusedError, match="changed meanwhile"):
            begun.approve(asked, officer=OTHER, name="承認 役員")


def test_nothing_open_and_nothing_unmet_is_approved(begun: SupplierPlace) -> None:
    fill(begun, ITEMS[1:])
    for word in ("unanswered", "not_met"):
        if word == "not_met":
            begun.answer(ITEMS[0], (word, "", ""), seen=0, by=ME)
        with pytest.raises(RefusedError, match=ITEMS[0]):
            begun.approve(begun.need().whole_sha256, officer=OTHER, name="承認 役員")


def test_the_steps_say_what_is_next_and_go_back_when_something_opens(begun: SupplierPlace) -> None:
    def now() -> str:
        return next(step for step, state in steps_of(begun.need(), begun.approvals()).items() if state == "now")

    assert now() == "answers"
    fill(begun)
    assert now() == "expert"
    profile = begun.need().undertaking.profile
    begun.describe(profile.model_validate({**profile.members(), "expert": {"name": "見本 専門家"}}))
    assert now() == "approval"
    begun.approve(begun.need().whole_sha256, officer=OTHER, name="承認 役員")
    assert now() == "package"
    begun.answer(ITEMS[0], ("not_met", "", ""), seen=begun.need().given[ITEMS[0]].no, by=ME)
    assert now() == "gaps"


def test_another_questionnaire_gives_proposals_and_no_answers(begun: SupplierPlace) -> None:
    text = io.StringIO("statement_id,answer,evidence\n")
    rows = (CATALOGUE / "uk.ncsc.cyber-essentials" / "statements.csv").read_text("utf-8").splitlines()[1:]
    known = [row.partition(",")[0] for row in rows]
    text = io.StringIO()
    text.write("statement_id,answer,evidence\n" + "".join(f"{one},yes,report {one}\n" for one in known))
    count = draft_from(begun, Sent("ce.csv", text.getvalue().encode()), Sent(MAPPING.name, MAPPING.read_bytes()))
    progress = begun.need()
    assert count == len(progress.drafts) > 0
    assert progress.given == {}
    assert all(one.because and one.source == "ce.csv" for one in progress.drafts.values())


def test_the_answer_to_a_request_names_it_and_the_last_one_counts(place: SupplierPlace) -> None:
    request = level_request()
    for _ in range(2):
        take_request(place, request.serialize(), by=ME)
    with pytest.raises(StatementError):
        answer_request(place, request.sha256, "proposes_date", day="", words="", by=ME)
    answer_request(place, request.sha256, "proposes_date", day="2099-12-01", words="", by=ME)
    last = answer_request(place, request.sha256, "accepts", day="2099-12-01", words="進めます", by=ME)
    assert find_request(place, request.sha256) == pair([request], [last])[0]


def test_a_request_that_was_changed_on_its_way_is_refused(place: SupplierPlace) -> None:
    members = {**level_request().model_dump(mode="json"), "more": 1}
    for data in (b"{}", canonical(members), level_request().serialize().replace(b":", b": ", 1)):
        with pytest.raises(MarkError):
            take_request(place, data, by=ME)
    with pytest.raises(NotFoundError):
        find_request(place, level_request().sha256)


def test_another_year_begins_empty_and_keeps_organisation_and_scope(begun: SupplierPlace) -> None:
    fill(begun)
    before = begun.need().undertaking
    begun.begin(4, by=ME)
    now = begun.need()
    assert (now.undertaking.profile, now.undertaking.level, now.given) == (before.profile, 4, {})
    assert replace(before, id=0).pack == now.undertaking.pack


def test_the_database_is_its_owners_alone_and_its_migrations_lead_to_the_tables(
    place: SupplierPlace, tmp_path: Path
) -> None:
    assert (tmp_path / "supplier.db").stat().st_mode & 0o077 == 0
    with create_engine("sqlite://").connect() as connection:
        config: Any = migration_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        context = MigrationContext.configure(connection, opts={"version_table": "supplier_version"})
        assert compare_metadata(context, METADATA) == []
        command.downgrade(config, "base")
        left = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name LIKE 'supplier_a%'").all()
        assert left == []
