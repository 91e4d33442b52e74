"""The pages of the log explorer: checkpoint and witnesses, one entry with its proof, consistency between two sizes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from verifier.edge.i18n import plain, translator
from verifier.edge.page.account import Fact, Link, banners
from verifier.edge.page.grid import Cell, Grid, Tag, grid
from verifier.edge.page.tree_picture import consistency_picture, inclusion_picture, path_ranges
from verifier.edge.page.wording import witness_appearance
from verifier.edge.rendering import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.i18n import Translator

_PAGES = frozenset("emosarn")
"""Kinds of names that have a page of their own."""


def explore_page(answer: Mapping[str, Any], *, environment: str, zone: str, lang: str) -> str:
    """Return the page of the newest checkpoint and a page of entries."""
    t = translator(lang)
    before = answer["newer"] and answer["entries"][0]["index"] + 1
    return render(
        "explore.html",
        lang=lang,
        path="/explore",
        query={"before": str(before)} if before else {},
        title=t.gettext("explore.title"),
        banners=banners(environment, t),
        facts=_checkpoint_facts(answer, zone, t),
        quorum=[_group(one, t) for one in answer["quorum"] if len(one["members"]) > 1],
        witnesses=_witnesses(answer["witnesses"], zone, t),
        entries=_entries(answer["entries"], zone, t),
        newer=[f"/explore?before={answer['newer']}"] if answer["newer"] else [],
        older=[f"/explore?before={answer['older']}"] if answer["older"] else [],
        size=str(answer["checkpoint"]["size"]),
    )


def entry_page(answer: Mapping[str, Any], *, environment: str, zone: str, lang: str) -> str:
    """Return the page of one entry."""
    t = translator(lang)
    index, size, told = answer["index"], answer["checkpoint"]["size"], answer["statement"]
    return render(
        "entry.html",
        lang=lang,
        path=f"/explore/{index}",
        title=t.gettext("explore.entry.title", entry=str(index)),
        banners=banners(environment, t),
        kinds=[told["type"]] if told else [],
        unread=[] if told else [t.gettext("explore.entry.unread")],
        facts=_entry_facts(answer, zone, t),
        content=json.dumps(told, ensure_ascii=False, indent=2) if told else plain(answer["entry"]),
        picture=inclusion_picture(index, size),
        description=t.gettext("explore.picture.inclusion", entry=str(index), size=str(size), number=_count(answer)),
        proof=_proof(
            [
                {"from": start, "to": end, "hash": one}
                for (start, end), one in zip(path_ranges(index, size), answer["proof"], strict=True)
            ],
            t,
        ),
        size=str(size),
        command=f"shirushi explain entry {index} \\\n  --root trust-root.json",
    )


def consistency_page(answer: Mapping[str, Any], *, environment: str, zone: str, lang: str) -> str:
    """Return the page of the proof between two sizes."""
    t = translator(lang)
    old, new, newest = answer["from"]["size"], answer["to"]["size"], answer["checkpoint"]["size"]
    sizes = {"old": str(old), "new": str(new)}
    return render(
        "consistency.html",
        lang=lang,
        path="/explore/consistency",
        query={"from": sizes["old"], "to": sizes["new"]},
        title=t.gettext("explore.consistency.title"),
        banners=banners(environment, t),
        explanation=t.gettext("explore.consistency.proven", **sizes),
        facts=_consistency_facts(answer, zone, t),
        sizes=sizes,
        newest=str(newest),
        chosen=lang,
        picture=consistency_picture(old, new),
        description=t.gettext("explore.picture.consistency", **sizes, number=_count(answer)),
        proof=_proof(answer["proof"], t),
    )


def _checkpoint_facts(answer: Mapping[str, Any], zone: str, t: Translator) -> list[Fact]:
    checkpoint = answer["checkpoint"]
    return [
        Fact(t.gettext("explore.log"), texts=(plain(answer["log"]),)),
        Fact(t.gettext("explore.size"), texts=(str(checkpoint["size"]),)),
        Fact(t.gettext("explore.root"), texts=(checkpoint["root"],)),
        Fact(t.gettext("explore.quorum_at"), moments=(t.moment(checkpoint["quorum_at"], zone),)),
        Fact(t.gettext("explore.file"), links=(Link(checkpoint["path"], checkpoint["path"]),)),
    ]


def _group(one: Mapping[str, Any], t: Translator) -> str:
    members = ", ".join(plain(name) for name in one["members"])
    number, total = str(one["threshold"]), str(len(one["members"]))
    return t.gettext("explore.quorum.rule", group=plain(one["group"]), threshold=number, total=total, members=members)


def _witnesses(rows: list[Mapping[str, Any]], zone: str, t: Translator) -> Grid:
    names = ("explore.witness", "explore.operator", "explore.algorithm", "explore.cosigned")
    cells = [
        (
            Cell(codes=(plain(one["name"]),)),
            Cell(texts=(f"{plain(one['operator'])} ({one['country']})",)),
            Cell(texts=(one["algorithm"],)),
            Cell(
                tags=(Tag(witness_appearance(one["cosigned_at"]), t.gettext(_cosigned(one))),),
                moments=(t.moment(one["cosigned_at"], zone),) if one["cosigned_at"] else (),
            ),
        )
        for one in rows
    ]
    return grid("witnesses", t.gettext("explore.witnesses"), tuple(map(t.gettext, names)), cells, empty="")


def _cosigned(one: Mapping[str, Any]) -> str:
    return "explore.cosigned.yes" if one["cosigned_at"] else "explore.cosigned.no"


def _entries(rows: list[Mapping[str, Any]], zone: str, t: Translator) -> Grid:
    names = ("explore.entry", "statistics.column.type", "explore.object", "explore.said")
    cells = [
        (
            Cell(links=(Link(str(one["index"]), f"/explore/{one['index']}"),)),
            Cell(codes=(one.get("type", "?"),)),
            Cell(links=_object_links(one["object"]), codes=_object_codes(one["object"])) if "object" in one else Cell(),
            Cell(moments=(t.moment(one["iat"], zone),) if "iat" in one else ()),
        )
        for one in rows
    ]
    return grid("entries", t.gettext("explore.entries"), tuple(map(t.gettext, names)), cells, empty="")


def _object_links(uri: str) -> tuple[Link, ...]:
    path = urlsplit(uri).path
    return (Link(path, path),) if path[1:2] in _PAGES and path[2:3] == "/" else ()


def _object_codes(uri: str) -> tuple[str, ...]:
    return () if _object_links(uri) else (urlsplit(uri).path or uri,)


def _entry_facts(answer: Mapping[str, Any], zone: str, t: Translator) -> list[Fact]:
    told, checkpoint, first = answer["statement"], answer["checkpoint"], answer["first_seen"]
    facts = []
    if told:
        links = _object_links(told["object"])
        facts += [
            Fact(t.gettext("explore.object"), texts=() if links else (told["object"],), links=links),
            Fact(t.gettext("explore.said"), moments=(t.moment(told["iat"], zone),)),
            Fact(t.gettext("explore.signer"), texts=(told["iss"],)),
        ]
        if told.get("prev") is not None:
            link = Link(t.gettext("schemes.entry", entry=str(told["prev"])), f"/explore/{told['prev']}")
            facts.append(Fact(t.gettext("explore.prev"), links=(link,)))
    facts.append(Fact(t.gettext("explore.leaf"), texts=(answer["leaf"],)))
    if first:
        path = (Link(first["path"], first["path"]),)
        facts.append(Fact(t.gettext("explore.first_seen"), moments=(t.moment(first["quorum_at"], zone),), links=path))
    proven = t.gettext("explore.proven_at", size=str(checkpoint["size"]))
    path = (Link(checkpoint["path"], checkpoint["path"]),)
    return [*facts, Fact(t.gettext("explore.proven"), texts=(proven, checkpoint["root"]), links=path)]


def _consistency_facts(answer: Mapping[str, Any], zone: str, t: Translator) -> list[Fact]:
    facts = []
    for name in ("from", "to"):
        one = answer[name]
        kept = (Link(one["checkpoint"], one["checkpoint"]),) if one["checkpoint"] else ()
        texts = (one["root"], *(() if kept else (t.gettext("explore.not_kept"),)))
        facts.append(Fact(t.gettext("explore.root_at", size=str(one["size"])), texts=texts, links=kept))
    checkpoint = answer["checkpoint"]
    anchored = t.gettext("explore.anchored.text", size=str(checkpoint["size"]), number=str(len(answer["onwards"])))
    moments = (t.moment(checkpoint["quorum_at"], zone),)
    return [*facts, Fact(t.gettext("explore.anchored"), texts=(anchored,), moments=moments)]


def _proof(rows: list[Mapping[str, Any]], t: Translator) -> Grid:
    names = ("explore.proof.no", "explore.proof.over", "explore.proof.hash")
    cells = [
        (
            Cell(texts=(str(no),)),
            Cell(texts=(_range(one["from"], one["to"] - 1, t),)),
            Cell(codes=(one["hash"],)),
        )
        for no, one in enumerate(rows, 1)
    ]
    empty = t.gettext("explore.proof.none")
    return grid("proof", t.gettext("explore.proof"), tuple(map(t.gettext, names)), cells, empty=empty)


def _range(first: int, last: int, t: Translator) -> str:
    if first == last:
        return t.gettext("schemes.entry", entry=str(first))
    return t.gettext("explore.proof.range", first=str(first), last=str(last))


def _count(answer: Mapping[str, Any]) -> str:
    return str(len(answer["proof"]))
