"""The cast of the demonstration: invented organisations whose numbers no register has given to anybody.

Corporate numbers begin with four digits that name a registry office; 9999 names none, so these cannot be real.
"""

from __future__ import annotations

from dataclasses import dataclass

from stdnum.jp import cn

from issuer.identity import KeyPlace
from issuer.intake import Application, read_holder, read_scope
from verifier.statement.public import KeyRole

HOST = "shirushi.example"
ZONE = "Asia/Tokyo"
SCHEME, VERSION = "jp.meti.scs", "2026-03-27"

BODY_NO = 1001
TESTER_NO = 2001
WITNESSES = (
    ("w1", "Demonstration witness A", "JP"),
    ("w2", "Demonstration witness B", "GB"),
    ("w3", "Demonstration witness C", "DE"),
    ("w4", "Demonstration witness D", "SG"),
)
QUORUM = 3
PLACES: dict[KeyRole, KeyPlace] = {
    "assessor": KeyPlace("h-4c1d", 1),
    "decider": KeyPlace("h-9a70", 2),
    "desk": KeyPlace("h-desk", 3),
}


@dataclass(frozen=True)
class Organisation:
    """An invented organisation: its 法人番号 and its names."""

    identifier: str
    name: str
    name_latin: str


def _number(base: str) -> str:
    return f"0188-{cn.calc_check_digit(base)}{base}"


def invented(no: int, name: str, name_latin: str) -> Organisation:
    """Return another invented organisation; ``no`` has at most eight digits, those of the cast begin at 1."""
    return Organisation(_number(f"9999{no:08}"), name, name_latin)


BODY = Organisation(_number("999900001001"), "見本評価機構", "Sample Evaluation Institute")
TESTER = Organisation(_number("999900002001"), "見本技術検証株式会社", "Sample Technical Verification KK")
SUPPLIER_3 = Organisation(_number("999900000003"), "株式会社見本精機", "Sample Precision KK")
SUPPLIER_4 = Organisation(_number("999900000004"), "見本物流システム株式会社", "Sample Logistics Systems KK")
SUPPLIER_5 = Organisation(_number("999900000005"), "見本電子株式会社", "Sample Denshi KK")

PARTNER = Organisation(_number("999900009001"), "架空提携制度運営者", "Example Partner Operator")


def application(supplier: Organisation, level: int) -> Application:
    """Return a supplier's application for a level, for the whole company."""
    holder = read_holder(
        name=supplier.name,
        name_latin=supplier.name_latin,
        identifiers=(supplier.identifier,),
        domains=(f"{supplier.name_latin.split()[1].lower()}.example",),
    )
    scope = read_scope(
        kind="company", summary="全社の IT 基盤（本社・工場・クラウド）/ Company-wide IT base: offices, plants, cloud"
    )
    return Application(scheme=SCHEME, version=VERSION, level=level, holder=holder, scope=scope)
