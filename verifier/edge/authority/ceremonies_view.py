"""The trust root on a page: its versions, keys and custodians, and what the next ceremony has to bring together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.authority.cards import Card
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact, Link
from verifier.edge.page.grid import Cell, Grid, Tag, grid
from verifier.edge.page.wording import standing_appearance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verifier.edge.i18n import Translator

COMMANDS = """shirushi registry root rotate --dir DATA --out root-{next}.json
shirushi registry root show root-{next}.json --after DATA/public/trust/{now}.json
shirushi registry root sign root-{next}.json --holder CUSTODIAN --keys FOLDER --after DATA/public/trust/{now}.json
shirushi registry root publish root-{next}.json --dir DATA"""


def ceremonies_cards(answer: Mapping[str, Any], zone: str, t: Translator) -> tuple[Card, ...]:
    """Return the cards of the page."""
    now = answer["version"]
    due = (t.gettext("operator.root.is_due"),) if answer["is_due"] else ()
    state = Card(
        "root",
        t.gettext("operator.root.title"),
        texts=(t.gettext("operator.root.text"),),
        warnings=due,
        facts=(
            Fact(t.gettext("operator.root.current"), texts=(t.gettext("operator.root.version", version=str(now)),)),
            Fact(t.gettext("operator.root.digest"), texts=(answer["sha256"],)),
            Fact(t.gettext("operator.root.expires"), moments=(t.moment(answer["expires"], zone),)),
            Fact(t.gettext("operator.root.next"), moments=(t.moment(answer["due_at"], zone),)),
        ),
    )
    number = {"threshold": str(answer["threshold"]), "number": str(len(answer["custodians"]))}
    needs = Card(
        "next",
        t.gettext("operator.root.needs"),
        points=(
            t.gettext("operator.root.needs.custodians", **number),
            t.gettext("operator.root.needs.keys"),
            t.gettext("operator.root.needs.witnesses", number=str(answer["quorum"])),
            t.gettext("operator.root.needs.operators"),
        ),
        facts=(Fact(t.gettext("operator.root.custodians"), texts=tuple(map(plain, answer["custodians"]))),),
        codes=(COMMANDS.format(next=now + 1, now=now),),
    )
    keys = Card("keys", t.gettext("operator.root.keys"), grids=(_keys([*answer["keys"], *answer["log_keys"]], t),))
    return (state, needs, keys, *(_version(one, zone, t) for one in answer["versions"]))


def _keys(rows: Sequence[Mapping[str, Any]], t: Translator) -> Grid:
    columns = ("table.state", "fact.role", "operator.keys.holder", "operator.keys.kid", "operator.root.window")
    cells = [
        (
            Cell(tags=(_counts(one["counts"], t),)),
            Cell(texts=(t.gettext(f"operator.root.role.{one['role']}"),)),
            Cell(codes=(plain(one["holder"]),) if one["holder"] else ()),
            Cell(codes=(plain(one["id"]),)),
            Cell(texts=(_window(one),)),
        )
        for one in rows
    ]
    return grid("keys", t.gettext("operator.root.keys"), tuple(map(t.gettext, columns)), cells, empty="")


def _counts(counts: object, t: Translator) -> Tag:
    is_on = bool(counts)
    word = t.gettext("operator.root.counts" if is_on else "operator.root.ended")
    return Tag(standing_appearance("active" if is_on else "expired"), word)


def _window(one: Mapping[str, Any]) -> str:
    return f"[{one['from']}, {'…' if one['until'] is None else one['until']})"


def _version(one: Mapping[str, Any], zone: str, t: Translator) -> Card:
    no = str(one["version"])
    agreed = ", ".join(map(plain, one["agreed"]))
    return Card(
        f"version-{no}",
        t.gettext("operator.root.version", version=no),
        facts=(
            Fact(t.gettext("operator.root.issued"), moments=(t.moment(one["issued"], zone),)),
            Fact(t.gettext("operator.root.expires"), moments=(t.moment(one["expires"], zone),)),
            Fact(t.gettext("operator.root.signed_by"), texts=(agreed,)),
            Fact(t.gettext("operator.root.digest"), texts=(one["sha256"],)),
        ),
        codes=("\n".join(plain(line) for line in one["changes"]),) if one["changes"] else (),
        links=(Link(t.gettext("operator.root.file", version=no), f"/ceremonies/{no}.json"),),
    )
