"""Act 1, the operators: a body is designated and its keys are listed, and nobody could have done it alone."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from registry.scenario import cast
from registry.scenario.served import wall_clock
from registry.scenario.tour.consoles import Wanted, look_in
from verifier.dates import local_date

if TYPE_CHECKING:
    from registry.scenario.tour.act import Act

ASSESSOR, DECIDER = "h-4c1d", "h-9a70"
_PROOF = re.compile(r"^eyJ[A-Za-z0-9_.-]+$", re.MULTILINE)


def designate(act: Act) -> None:
    """Publish the criteria, accredit the body, list its keys. Raises ProofError for a broken promise."""
    ground, today = act.ground, local_date(wall_clock(), cast.ZONE)
    office = ("--dir", ground.data.path)
    pack = ("--scheme", cast.SCHEME, "--version", cast.VERSION)
    published = act.say("registry", "publish-scheme", *office, *pack)
    window = ("--from", today - timedelta(days=30), "--until", today + timedelta(days=1000))
    named = ("--no", cast.BODY_NO, "--name", cast.BODY.name, "--identifier", cast.BODY.identifier)
    levels = ("--level", 3, "--level", 4)
    accredited = act.say("registry", "accredit", *office, *named, *pack, *levels, *window)
    proofs = _open_desk(act)
    act.see("the desk makes a key for each of its three roles, and proofs of them", len(proofs), 3)
    listed = [act.say("registry", "add-key", *office, act.write(f"proof-{no}.jwt", proof)) for no, proof in proofs]
    for what, index in (("the criteria", published), ("the body", accredited), ("each key", listed[-1])):
        told = _explained(act, index)
        by = {told["signed"]["holder"], told["approved"]["holder"]}
        act.see(f"two operators say so of {what}, and both signatures hold", (told["signatures"], len(by)), ("hold", 2))
    act.until_listed(listed[-1])
    body = act.json(f"/e/{cast.BODY_NO}")
    act.see("anyone may ask for the body, and it is active", body["record"]["state"], "active")
    act.see("its name is told beside the log, which holds no more than a commitment", body["name"], cast.BODY.name)
    act.run("registry", "accredit", *office, *named, *pack, *levels, *window, expect=1)
    act.see("the same number is not given twice", act.json(f"/e/{cast.BODY_NO}")["record"]["head"], accredited)
    office_pages = Wanted(
        ("registry", "console"), ("--data", ground.data.path), "Sample Operator", "operator", "/bodies", cast.BODY.name
    )
    look_in(act, office_pages)
    scheme = f"/s/{cast.SCHEME}/{cast.VERSION}"
    for name, path in (("bodies", "/bodies"), ("body", f"/e/{cast.BODY_NO}"), ("scheme", scheme)):
        act.picture(name, path)


def _open_desk(act: Act) -> list[tuple[int, str]]:
    ground = act.ground
    printed = act.run(
        *("issuer", "init", "--desk", ground.desk, "--host", cast.HOST, "--body", cast.BODY_NO),
        *("--read", ground.read, "--api", ground.api, "--root", ground.root),
        *("--assessor", ASSESSOR, "--decider", DECIDER, "--passphrase-file", ground.passphrase),
    )
    return list(enumerate(_PROOF.findall(printed), start=1))


def _explained(act: Act, index: int) -> dict[str, Any]:
    told = act.run("explain", "entry", index, "--from", act.ground.read, "--root", act.ground.root, "--json")
    return dict(json.loads(told))
