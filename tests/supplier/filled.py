"""Filled answer sheets and other files for tests of the supplier's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from issuer.answers import ItemAnswer
from issuer.template import write_template
from verifier.level_request import LevelRequest
from verifier.schema import read_model
from verifier.scheme.shipped import load_shipped

if TYPE_CHECKING:
    from issuer.answers import Answers
    from issuer.template import Form

PACK = load_shipped("jp.meti.scs", "2026-03-27")
ITEMS = tuple(item.id for item in PACK.items_for(3))
HOLDER = {
    "name": "見本工業株式会社",
    "identifier": "0188-7000012050002",
    "kind": "company",
    "summary": "全社のIT基盤",
}


def met(items: tuple[str, ...]) -> Answers:
    """Return answers that say of each item that it is met."""
    return tuple(ItemAnswer(one, "met", f"規程 {one} による", f"文書管理台帳 {one}") for one in items)


def sheet(answers: Answers, *, form: Form = "xlsx") -> bytes:
    """Return a sheet of level 3 that is filled with these answers."""
    return write_template(PACK, 3, form=form, answers=answers)


def level_request(**changes: object) -> LevelRequest:
    """Return a client's request."""
    members = {
        "v": 1,
        "id": "AAAAAAAAAAAAAAAAAAAAAA",
        "made": "2026-11-01",
        "client": {"name": "見本商事株式会社", "identifier": "0188-5010001067883"},
        "supplier": {"name": HOLDER["name"], "identifier": HOLDER["identifier"]},
        "tier": "jp.meti.scs/3",
        "reasons": ["confidential"],
        "need": "図面と試験データの取扱いをお願いしているため",
        "by": "2099-10-01",
        "cost_contact": "購買部 03-0000-0000",
    }
    return read_model(LevelRequest, {**members, **changes}, what="request")
