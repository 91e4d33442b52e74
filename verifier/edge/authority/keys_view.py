"""Keys of bodies: the list, one key, adding one from its own proof, and the revocation with what it voids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.authority.cards import Card, Field, FormView, choices
from verifier.edge.authority.words import REVOCATIONS, act_words, body_way, history, key_tag, reason_words
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact, Link
from verifier.edge.page.grid import Cell, grid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from verifier.edge.i18n import Translator
    from verifier.edge.page.grid import Grid

    Typed = Callable[[str, str], str]

_SHORT = 12


def keys_cards(keys: Sequence[Mapping[str, Any]], typed: Typed, t: Translator) -> tuple[Card, ...]:
    """Return the list of all keys and the form that adds one."""
    title = t.gettext("operator.keys.title")
    return (Card("list", title, grids=(_grid("list", keys, t),)), add_key_card(typed, t))


def body_keys_card(body: Mapping[str, Any], t: Translator) -> Card:
    """Return the keys of one body and the number that the next one takes."""
    return Card(
        "keys",
        t.gettext("operator.keys.title"),
        texts=(t.gettext("operator.keys.next", no=str(body["next_key"])),),
        grids=(_grid("keys", body["keys"], t),),
        links=(Link(act_words("key_added", t), "/keys#add"),),
    )


def add_key_card(typed: Typed, t: Translator) -> Card:
    """Return the form that takes a proof of possession."""
    field = Field(
        "proof",
        t.gettext("operator.keys.proof"),
        "area",
        typed("proof", ""),
        hints=(t.gettext("operator.keys.proof.hint"),),
        attributes="required",
    )
    form = FormView("/keys", t.gettext("operator.propose"), (field,))
    return Card("add", act_words("key_added", t), texts=(t.gettext("operator.keys.add.text"),), forms=(form,))


def key_cards(key: Mapping[str, Any], zone: str, t: Translator) -> tuple[Card, ...]:
    """Return one key, its history and what may be said about it."""
    cutoff = () if key["cutoff"] is None else (Fact(t.gettext("operator.keys.cutoff"), texts=(str(key["cutoff"]),)),)
    about = Card(
        "about",
        t.gettext("operator.keys.one", kid=key["kid"][:_SHORT]),
        facts=(
            Fact(t.gettext("table.state"), texts=(key_tag(key["state"], t).word,)),
            Fact(t.gettext("operator.keys.kid"), texts=(key["kid"],)),
            Fact(t.gettext("bodies.body"), links=(body_way(key["body"], key["body_name"], t),)),
            Fact(t.gettext("fact.role"), texts=(t.gettext(f"operator.key_role.{key['role']}"),)),
            Fact(t.gettext("operator.keys.holder"), texts=(plain(key["holder"]),)),
            *cutoff,
        ),
    )
    retire = FormView(
        f"/keys/{key['kid']}/retire", t.gettext("operator.alone.say"), notes=(t.gettext("operator.keys.retire"),)
    )
    retiring = () if key["state"] != "active" else (Card("retire", act_words("key_retired", t), forms=(retire,)),)
    revoking = Card(
        "revoke",
        act_words("key_revoked", t),
        links=(Link(t.gettext("operator.keys.revoke"), f"/keys/{key['kid']}/revoke"),),
    )
    entries = Card("history", t.gettext("operator.history"), happenings=history(key["history"], zone, t))
    return (about, *retiring, revoking, entries)


def revoke_cards(
    key: Mapping[str, Any], preview: Mapping[str, Any] | None, typed: Typed, marks: Callable[..., Grid], t: Translator
) -> tuple[Card, ...]:
    """Return the question where to cut off and, once that is known, what it voids and the form that proposes it."""
    kid = key["kid"]
    ask = FormView(
        f"/keys/{kid}/revoke/look",
        t.gettext("operator.keys.look"),
        (
            Field(
                "cutoff",
                t.gettext("operator.keys.cutoff"),
                "text",
                typed("cutoff", ""),
                hints=(t.gettext("operator.keys.cutoff.hint"),),
                attributes="inputmode=numeric",
            ),
            Field(
                "since",
                t.gettext("operator.keys.since"),
                "date",
                typed("since", ""),
                hints=(t.gettext("operator.keys.since.hint"),),
            ),
        ),
        looks="quiet",
    )
    title = f"{act_words('key.revoked', t)}: {kid[:_SHORT]}"
    asking = Card("where", title, texts=(t.gettext("operator.keys.revoke.text"),), forms=(ask,))
    if preview is None:
        return (asking,)
    options = choices(((one, reason_words(one, t)) for one in REVOCATIONS), (typed("reason", "compromised"),))
    form = FormView(
        f"/keys/{kid}/revoke",
        t.gettext("operator.propose"),
        (
            Field("at", "", "hidden", str(preview["cutoff"])),
            Field("reason", t.gettext("operator.reason"), "select", options=options),
        ),
        (t.gettext("operator.two_people"),),
    )
    return (asking, cutoff_card(preview, marks, t), Card("form", t.gettext("operator.keys.revoke"), forms=(form,)))


def cutoff_card(preview: Mapping[str, Any], marks: Callable[..., Grid], t: Translator) -> Card:
    """Return what a cut-off leaves valid and what it voids."""
    numbers = {name: str(preview[name]) for name in ("cutoff", "before", "after")}
    return Card(
        "cutoff",
        t.gettext("operator.keys.cutoff.title"),
        texts=(t.gettext("operator.keys.cutoff.text"),),
        warnings=(t.gettext("operator.keys.cutoff.affects", **numbers),),
        grids=(marks("voided", preview["marks"]),),
    )


def _grid(name: str, keys: Sequence[Mapping[str, Any]], t: Translator) -> Grid:
    columns = ("table.state", "operator.keys.kid", "bodies.body", "fact.role", "operator.keys.holder")
    cells = [
        (
            Cell(tags=(key_tag(one["state"], t),)),
            Cell(
                links=(Link(one["kid"][:_SHORT], f"/keys/{one['kid']}"),),
                texts=(t.gettext("operator.keys.no", no=str(one["no"])),),
            ),
            Cell(links=(body_way(one["body"], one["body_name"], t),)),
            Cell(texts=(t.gettext(f"operator.key_role.{one['role']}"),)),
            Cell(codes=(plain(one["holder"]),)),
        )
        for one in keys
    ]
    return grid(
        name,
        t.gettext("operator.keys.title"),
        tuple(map(t.gettext, columns)),
        cells,
        empty=t.gettext("operator.keys.none"),
    )
