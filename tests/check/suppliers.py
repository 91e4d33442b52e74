"""A registry with marks of every kind, and a supplier list about it with every kind of row. The same in every run."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from registry.scenario.simulated_life import accredit_registrar, declare
from registry.scenario.simulated_log import HOST
from registry.scenario.simulated_world import Issuance, World, attested, changed
from registry.scenario.simulator import DAY, SCHEME
from tests.directory.histories import ORGANISATIONS
from tests.directory.test_copying import Plane
from verifier.directory.copying import DirectoryCopy
from verifier.edge.directory_store import FolderStore
from verifier.encoding import digest
from verifier.injected import seeded_entropy
from verifier.markid import new_mark_id

POLICY = """
version = 1
name = "取引先に求めること"
tier = "jp.meti.scs/3"
recognition = ["unilateral"]
max_age_hours = 48
grace_days = 10
"""
HEADINGS = ("管理番号", "会社名", "法人番号", "LEI", "マークID", "必要レベル", "担当メモ")
GOOD, GROUP = 120, 12
LEI = "5493001KJTIIGC8Y1R12"


@dataclass
class Registry:
    """A registry with marks, by what is to be said about their holders: kind to identifiers or marks."""

    world: World
    holders: dict[str, list[str]] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    statements: list[str] = field(default_factory=list)

    def copy_to(self, folder: Path) -> None:
        """Pull a copy of the directory into a folder, and keep the trust root beside it."""
        now = self.world.sim.now
        DirectoryCopy(FolderStore(folder), self.world.pinned, now=now).pull(Plane(self.world))
        (folder.parent / "root.json").write_bytes(self.world.pinned.serialize())

    def suspend(self, holder: str) -> int:
        """Suspend a holder's mark, and publish a directory with its delta."""
        index = self.world.suspend(self.marks[holder], directory=False)
        Plane(self.world).show()
        return index

    def fork(self) -> Registry:
        """Return a copy that goes its own way."""
        return Registry(self.world.fork(), self.holders, self.marks, self.statements)


@cache
def built() -> Registry:
    """Return the registry; fork it before changing it."""
    world = World("suppliers")
    registry = Registry(world)
    numbers = iter(ORGANISATIONS)
    idx = iter(range(100, 1000))

    def issue(kind: str, **how: object) -> str:
        tier = int(str(how.pop("tier", 3)))
        holder = next(numbers)
        mark = world.issue(scoped(world.prepare(tier=tier, identifier=holder, idx=next(idx)), **how), directory=False)
        registry.holders.setdefault(kind, []).append(holder)
        registry.marks[holder] = mark
        return mark

    for _ in range(GOOD):
        issue("good")
    for _ in range(5):
        issue("higher", tier=4)
    covered = [next(numbers) for _ in range(GROUP)]
    issue("group_head", scope_kind="group", covered=tuple(covered))
    registry.holders["group"] = covered
    for _ in range(3):
        issue("unit", scope_kind="unit")
    for state, said in (("suspended", ""), ("cancelled", "mark.cancelled"), ("withdrawn", "mark.withdrawn")):
        mark = issue(state)
        if state == "suspended":
            world.suspend(mark, directory=False)
        elif state == "cancelled":
            world.change(said, mark, directory=False)
        else:
            world.change(said, mark, {"reason": "nonconformity"}, judged=False, directory=False)
    issue("expired", days=30)
    issue("in_grace", days=58)
    registrar = accredit_registrar(world)
    for _ in range(3):
        holder = next(numbers)
        declare(world, registrar, holder)
        registry.holders.setdefault("declared", []).append(holder)
    registry.holders["recognised"] = [next(numbers)]
    _recognise(registry, registry.holders["recognised"][0])
    registry.holders["absent"] = list(numbers)
    Plane(world).show()
    return registry


def scoped(issuance: Issuance, **how: object) -> Issuance:
    """Return an issuance with another scope (``scope_kind``, ``covered``) or a term of so many ``days``."""
    draft = issuance.draft
    told = {"scope_kind": how.get("scope_kind", "company"), "covered": how.get("covered", ())}
    scope = draft.scope.model_copy(update=told)
    term = int(str(how.get("days", 0)))
    exp = draft.nbf + term * DAY if term else draft.exp
    return attested(changed(issuance, scope=scope, exp=exp), scope_sha256=scope.digest)


def _recognise(registry: Registry, holder: str) -> None:
    sim = registry.world.sim
    agreement, terms = f"https://{HOST}/a/jp-uk", {"version": 1, "sha256": digest(b"terms"), "kind": "unilateral"}
    sim.say("agreement.announced", agreement, terms | {"scheme": "uk.ncsc.cyber-essentials"}, judged=False)
    in_force = terms | {"effective": sim.now, "legal_sha256": digest(b"law")}
    said = [sim.say("agreement.in_force", agreement, in_force, judged=False)]
    recorded = {
        "agreement": agreement,
        "scheme": SCHEME,
        "tier": 3,
        "sub": f"https://{HOST}/o/{holder}",
        "until": sim.now + 300 * DAY,
        "receipt_sha256": digest(b"receipt"),
    }
    said.append(sim.say("recognition.recorded", f"https://{HOST}/r/jp-uk-1", recorded, judged=False))
    registry.statements = [sim.entries[index].decode() for index in said]


def number(identifier: str) -> str:
    """Return the digits of an identifier."""
    return identifier.partition("-")[2]


def special_rows(registry: Registry) -> list[tuple[str, ...]]:
    """Return one row at least of every kind, in the columns of ``HEADINGS`` after the first."""
    of = {kind: [number(one) for one in found] for kind, found in registry.holders.items()}
    good, sim = registry.holders["good"], registry.world.sim
    qr = registry.world.qr(registry.marks[good[3]])
    foreign = qr.replace(HOST, "elsewhere.example")
    return [
        ("サンプル精機", of["good"][0], "", "", "", "=1+1"),
        ("T付き", f"T{of['good'][1]}", "", "", "", "+81-3-0000-0000"),
        ("全角", _wide(of["good"][2]), "", "", "", "-"),
        ("QR", "", "", qr, "", "@cmd"),
        ("トークン", "", "", registry.world.mark(registry.marks[good[4]]), "", ""),
        ("マークIDだけ", "", "", registry.marks[good[5]].upper(), "", ""),
        ("アドレス", "", "", f"https://{HOST}/m/{registry.marks[good[6]]}", "", ""),
        ("上の段階", of["higher"][0], "", "", "★4", ""),
        ("段階が足りない", of["good"][7], "", "", "★★★★", ""),
        ("グループ本体", of["group_head"][0], "", "", "", ""),
        ("グループの一社", of["group"][0], "", "", "", ""),
        ("一部門", of["unit"][0], "", "", "", ""),
        ("停止中", of["suspended"][0], "", "", "", ""),
        ("取下げ", of["cancelled"][0], "", "", "", ""),
        ("取消し", of["withdrawn"][0], "", "", "", ""),
        ("満了", of["expired"][0], "", "", "", ""),
        ("猶予", of["in_grace"][0], "", "", "", ""),
        ("自己宣言", of["declared"][0], "", "", "", ""),
        ("同等", of["recognised"][0], "", "", "", ""),
        ("見つからない", of["absent"][0], "", "", "", ""),
        ("LEIだけ", "", LEI, "", "", ""),
        ("LEI違い", "", LEI[:-1] + "3", "", "", ""),
        ("指数", "5.01E+12", "", "", "", ""),
        ("桁落ち", of["good"][8][1:], "", "", "", ""),
        ("小数", f"{of['good'][8]}.5", "", "", "", ""),
        ("検査数字", _wrong(of["good"][8]), "", "", "", ""),
        ("短い", "12345", "", "", "", ""),
        ("別の組織のマーク", of["absent"][1], "", registry.marks[good[9]], "", ""),
        ("写し", "", "", foreign, "", ""),
        ("別の登録簿", "", "", f"https://elsewhere.example/m/{_absent_mark()}", "", ""),
        ("無いマーク", "", "", _absent_mark(), "", ""),
        ("壊れたマーク", "", "", "zzzz", "", ""),
        ("段階不明", of["good"][10], "", "", "金", ""),
        ("株式会社サンプル精機", "", "", "", "", "名称だけ"),
        ("知らない会社", "", "", "", "", "名称だけ"),
        ("", "", "", "", "", "空の行"),
        ("重複", of["good"][0], "", "", "", str(sim.now > 0)),
    ]


def big_list(registry: Registry, count: int = 10_000, *, seed: int = 1) -> list[tuple[str, ...]]:
    """Return the rows of a list with headings: every kind of row, and thousands of ordinary ones."""
    chance = random.Random(seed)
    known = [one for kind in ("good", "higher", "group", "unit") for one in registry.holders[kind]]
    rows = special_rows(registry)
    while len(rows) < count:
        holder = chance.choice(known if chance.random() < 0.6 else registry.holders["absent"])
        rows.append((f"取引先{len(rows)}株式会社", number(holder), "", "", "", chance.choice(("", "", "要確認"))))
    return [HEADINGS, *((f"{place:05}", *row) for place, row in enumerate(rows, 1))]


def as_csv(rows: Sequence[Sequence[str]], encoding: str = "cp932", delimiter: str = ",") -> bytes:
    """Return rows as a spreadsheet programme writes them."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def _wide(text: str) -> str:
    return text.translate({ord("0") + value: ord("０") + value for value in range(10)})


def _wrong(digits: str) -> str:
    return f"{int(digits[0]) % 9 + 1}{digits[1:]}"


def _absent_mark() -> str:
    return new_mark_id(seeded_entropy("a mark that nobody issued"))
