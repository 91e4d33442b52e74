"""One policy file, one answer: for one mark on the command line and of the service, and for a row of a list.

Every member of the file has rows here. Where the answers differ by design, the specification says so in the words that
stand beside the row.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registry.scenario.simulator import DAY
from tests.check.conftest import Desk
from tests.check.suppliers import scoped
from tests.directory.test_copying import Plane
from verifier.answer import Judge, answer_about_mark
from verifier.answer_receipt import AskedFor
from verifier.dates import local_date, utc_text
from verifier.edge.main import run
from verifier.requirement import Requirement, parse_requirement

SPECIFICATION = Path(__file__).parents[2] / "docs/specification/policy.md"
ZONE = "Asia/Tokyo"


@dataclass(frozen=True)
class Row:
    """A policy asked about a holder's mark and an organisation, so many days from now, and what each judge says.

    ``mark`` is the exit code for one mark, ``listed`` for the row. ``differs`` is what the specification says of it.
    """

    mark: int
    listed: int
    policy: Mapping[str, Any] = field(default_factory=dict)
    holder: str = "good"
    subject: str = ""
    days: int = 0
    evidence_hours: int = 0
    differs: str = ""


IN_60_DAYS = "valid_until in 60 days"
"""Two days after the end of the term of the mark ``in_grace``."""

ROWS: dict[str, tuple[Row, ...]] = {
    "version": (Row(0, 0),),
    "name": (Row(0, 0, {"name": "First-tier suppliers"}),),
    "tier": (
        Row(0, 0, {"tier": "jp.meti.scs/4"}, holder="higher"),
        Row(1, 1, {"tier": "jp.meti.scs/4"}),
        Row(1, 1, {"tier": "jp.ipa.security-action/1"}),
    ),
    "scope": (
        Row(0, 0, {"scope": ["unit"]}, holder="unit"),
        Row(1, 1, {"scope": ["unit"]}),
        Row(1, 1, holder="unit"),
    ),
    "covered": (
        Row(0, 0, {"covered": True}, holder="group_head", subject="group"),
        Row(1, 1, {"covered": False}, holder="group_head", subject="group"),
        Row(0, 0, {"covered": False}, holder="group_head"),
        Row(0, 0, {"covered": False}),
        Row(1, 1, {"covered": False}, subject="absent"),
    ),
    "ot": (
        Row(0, 0, {"ot": "any"}),
        Row(1, 2, {"ot": "included"}, differs="A directory does not tell about operational technology."),
    ),
    "recognition": (
        Row(0, 0, {"recognition": ["unilateral"]}),
        Row(1, 1, holder="recognised"),
        Row(
            *(1, 0, {"recognition": ["unilateral"]}),
            holder="recognised",
            differs="`recognition` does not bear on one mark:",
        ),
    ),
    "max_age_hours": (
        Row(0, 0, {"max_age_hours": 2}, evidence_hours=1),
        Row(2, 2, {"max_age_hours": 2}, evidence_hours=3),
    ),
    "grace_days": (
        Row(1, 1, holder="in_grace", days=60),
        Row(1, 0, {"grace_days": 10}, holder="in_grace", days=60, differs="The grace is the buyer's own."),
        Row(1, 1, {"grace_days": 1}, holder="in_grace", days=60),
    ),
    "valid_until": (
        Row(0, 0, {"valid_until": IN_60_DAYS}),
        Row(1, 1, {"valid_until": IN_60_DAYS}, holder="in_grace"),
        Row(0, 0, {"valid_until": IN_60_DAYS, "grace_days": 10}, holder="in_grace"),
        Row(1, 1, {"valid_until": IN_60_DAYS, "grace_days": 1}, holder="in_grace"),
    ),
}


def test_every_member_of_the_policy_file_has_its_rows() -> None:
    assert set(ROWS) == set(Requirement.model_fields)


@pytest.mark.parametrize("row", [row for rows in ROWS.values() for row in rows], ids=str)
def test_a_mark_and_a_row_are_judged_alike_or_the_specification_says_why_not(
    row: Row, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if row.holder == "recognised":
        _give_a_mark_of_a_unit(desk, desk.registry.holders["recognised"][0])
    told = Judges(desk, row, monkeypatch, capsys)
    verified, answered, listed = told.verified(), told.answered(), told.listed()
    assert (verified["exit"], verified["checks"]) == (answered["exit"], answered["checks"])
    assert (verified["exit"], listed) == (row.mark, row.listed), verified
    assert (row.mark != row.listed) == bool(row.differs)
    assert row.differs in SPECIFICATION.read_text("utf-8")


def test_the_members_of_a_group_are_told_that_they_do_not_hold_the_mark_themselves(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = Row(1, 1, {"covered": False}, holder="group_head", subject="group")
    verdict = Judges(desk, row, monkeypatch, capsys).verified()
    (check,) = [one for one in verdict["checks"] if one["name"] == "requirement"]
    assert (verdict["headline"], check["result"], check["reason"]) == (
        *("below_requirement", "failed"), "group_not_accepted",
    )  # fmt: skip
    assert [one["result"] for one in verdict["checks"] if one["name"] == "subject"] == ["passed"]


class Judges:
    """The judges that read a policy file, asked one question each."""

    def __init__(
        self, desk: Desk, row: Row, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        registry, self.desk, self.capsys = desk.registry, desk, capsys
        self.began = registry.world.sim.now
        self.now = self.began + row.evidence_hours * 3600
        self.as_of = self.now + row.days * DAY
        self.subject = registry.holders[row.subject or row.holder][0]
        self.mark = registry.marks[registry.holders[row.holder][0]]
        for place in ("verifier.edge.command.verify_command", "verifier.edge.check.supplier_list"):
            monkeypatch.setattr(f"{place}.time.time", lambda: self.now)
        monkeypatch.setenv("XDG_STATE_HOME", str(desk.path("state")))
        desk.write("asked.toml", _toml({"version": 1, "tier": "jp.meti.scs/3", **row.policy}, self.began))

    def verified(self) -> dict[str, Any]:
        """Ask `shirushi verify`."""
        bundle = self.desk.write("bundle.json", self.desk.registry.world.bundle(self.mark).serialize())
        said = ["--policy", str(self.desk.path("asked.toml")), "--expect", self.subject, "--at", utc_text(self.as_of)]
        code = run(["verify", str(bundle), "--offline", "--root", str(self.desk.path("root.json")), *said, "--json"])
        verdict: dict[str, Any] = json.loads(self.capsys.readouterr().out)
        assert verdict["exit"] == code
        return verdict

    def answered(self) -> dict[str, Any]:
        """Ask what the verification service answers with."""
        world = self.desk.registry.world
        asked = AskedFor(mark=self.mark, subject=self.subject, as_of=self.as_of)
        requirement = parse_requirement(self.desk.path("asked.toml").read_bytes())
        judge = Judge(world.pinned, self.now)
        verdict: dict[str, Any] = answer_about_mark(asked, world.bundle(self.mark), judge, requirement=requirement)[
            "verdict"
        ]
        return verdict

    def listed(self) -> int:
        """Ask `shirushi check` about a list of one row."""
        rows = f"法人番号\r\n{self.subject.partition('-')[2]}\r\n"
        self.desk.write("one.csv", rows.encode("utf-8-sig"))
        self.desk.path("policy.toml").write_bytes(self.desk.path("asked.toml").read_bytes())
        code = self.desk.run("check", "--at", utc_text(self.as_of), "--json", name="one.csv")
        self.capsys.readouterr()
        return code


def _toml(policy: Mapping[str, Any], began: int) -> str:
    in_60_days: date = local_date(began + 60 * DAY, ZONE)
    members = {name: in_60_days.isoformat() if one == IN_60_DAYS else json.dumps(one) for name, one in policy.items()}
    return "".join(f"{name} = {value}\n" for name, value in members.items())


def _give_a_mark_of_a_unit(desk: Desk, holder: str) -> None:
    registry = desk.registry
    issuance = registry.world.prepare(identifier=holder, idx=99)
    registry.marks[holder] = registry.world.issue(scoped(issuance, scope_kind="unit"), directory=False)
    Plane(registry.world).show()
    registry.copy_to(desk.path("copy"))
