"""Act 3, the supplier: what is left to do, what a client asks, and a code to print that anyone can read."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from registry.scenario import cast
from registry.scenario.served import wall_clock
from registry.scenario.tour.act import supplier
from registry.scenario.tour.consoles import Wanted, look_in
from verifier.dates import local_date
from verifier.edge.drawing.qr import decode_qr
from verifier.seal import parse_scan

if TYPE_CHECKING:
    from pathlib import Path

    from registry.scenario.tour.act import Act
    from verifier.seal import ScannedSeal

ITEMS = 81
"""The criteria of ★3."""

CLIENT = cast.SUPPLIER_4


def show_mark(act: Act) -> None:
    """Prepare, answer a client, print the code. Raises ProofError for a broken promise."""
    _prepare(act)
    _assess_oneself(act)
    package = package_of(act, 1)
    _answer(act)
    texts = decode_qr((package / "qr.png").read_bytes())
    act.see("the QR of the package is read by an independent decoder", len(texts), 1)
    act.see(
        "it opens the page of the mark under the registry's own host", texts[0].partition("#")[0], _address(package)
    )
    _print(act, package, texts)
    evidence = ("--offline", "--bundle", package / "bundle.json", "--root", act.ground.root, "--json")
    told = json.loads(act.run("verify", package / "qr.png", *evidence, "--expect", supplier(1).identifier, alone=True))
    act.see("without a network it is valid, of this company", told["headline"], "valid_offline")
    told = json.loads(act.run("verify", package / "qr.png", *evidence, "--expect", supplier(2).identifier, expect=1))
    act.see("and of no other company", told["headline"], "subject_mismatch")
    told = json.loads(act.run("verify", package.name, "--via", act.ground.read, *evidence[3:]))
    act.see("asked of the registry it is valid now", told["headline"], "valid")
    act.picture("mark", f"/m/{package.name}")
    act.picture("guide", "/start")


def package_of(act: Act, number: int) -> Path:
    """Return the package of a supplier's mark. Raises StopIteration where none was issued."""
    marks = act.ground.folder / "2-evaluator/marks"
    wanted = supplier(number).identifier
    packages = (one for one in sorted(marks.iterdir()) if one.is_dir())
    return next(one for one in packages if _scanned(one).content.subject == wanted)


def _scanned(package: Path) -> ScannedSeal:
    (text,) = decode_qr((package / "qr.png").read_bytes())
    return parse_scan(text)


def _print(act: Act, package: Path, texts: list[str]) -> None:
    """Take the artwork for print; where there is a browser, look at it as a camera does."""
    for form in ("svg", "pdf"):
        (act.folder / f"artwork.{form}").write_bytes(act.get(f"/m/{package.name}/artwork.{form}").content)
    seen = act.ground.pictures.look(f"{act.ground.read}/m/{package.name}/artwork.svg")
    for picture in seen:
        (act.folder / "artwork.png").write_bytes(picture)
        act.see("the artwork for print shows the same code", decode_qr(picture), texts)


def _prepare(act: Act) -> None:
    act.run("issuer", "template", "--tier", 3, "--out", "empty.xlsx")
    empty = json.loads(act.run("readiness", "empty.xlsx", "--level", 3, "--json", expect=1))
    items = empty["progress"]["items"]
    act.see("an empty sheet is not ready, and every open item is named", (items, len(empty["todo"])), (ITEMS, ITEMS))
    filled = act.ground.folder / "2-evaluator/answers.xlsx"
    sent = json.loads(act.run("readiness", filled, "--level", 3, "--json"))
    act.see("the sheet that was sent in is ready, and nothing is left", (sent["ready"], sent["todo"]), (True, []))


def _assess_oneself(act: Act) -> None:
    """Begin a self-assessment on the pages: one answer is kept, and all that is left is counted."""
    words = f"1 of {ITEMS} answered"
    wanted = Wanted(("supplier", "console"), ("--dir", "place"), "Sample Answerer", "answerer", "/", words, _one_answer)
    look_in(act, wanted)


def _one_answer(page: Any) -> None:
    page.check("#level-3")
    page.click("form[action='/begin'] button")
    page.goto(f"{page.url.rpartition('/')[0]}/items")
    page.click("main a[href^='/items/']")
    page.check("input[name=answer][value=met]")
    page.click("button[name=then][value=stay]")
    page.wait_for_load_state()


def _answer(act: Act) -> None:
    own, by = supplier(1), local_date(wall_clock(), cast.ZONE) + timedelta(days=180)
    (act.folder / "requests").mkdir()
    names = ("--client", f"{CLIENT.identifier}={CLIENT.name}", "--supplier", f"{own.identifier}={own.name}")
    asked = (*names, "--tier", "jp.meti.scs/3")
    why = ("--need", "図面を預ける / It keeps our drawings", "--because", "confidential")
    cost = ("--cost-contact", "調達部 / Procurement")
    act.run("request", "new", *asked, *why, "--by", by, *cost, "--out", "requests/asked.json")
    act.run("request", "answer", "requests/asked.json", "--says", "accepts", "--out", "requests/answered.json")
    act.run("directory", "pull", "--from", act.ground.read, "--dir", "copy", "--root", act.ground.root)
    copy = ("--directory", "copy", "--root", act.ground.root)
    told = json.loads(act.run("request", "status", "requests", *copy, "--json", alone=True))
    act.see(
        "the client sees on its own machine that what it asked for is there",
        [one["verdict"] for one in told],
        ["meets"],
    )


def _address(package: Path) -> str:
    return f"https://{cast.HOST}/m/{package.name}"
