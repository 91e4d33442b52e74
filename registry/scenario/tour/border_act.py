"""Act 5, the foreign operator: an agreement that both sides sign counts, until one of them stops it."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx

from registry.data_folder import DIRECTORY
from registry.scenario import cast
from registry.scenario.border import LABEL, OPERATOR_NO, SCHEME, BorderStory
from registry.scenario.served import PASSPHRASE_FILE, served_stage, wall_clock
from registry.scenario.story import Story
from registry.scenario.tour.consoles import Wanted, look_in
from registry.verification.paths import LOOK_UPS
from verifier.dates import local_date
from verifier.edge.keystore import load_signer

if TYPE_CHECKING:
    from registry.scenario.tour.act import Act

HELD_BACK = "h-partner"


def agree(act: Act) -> None:
    """Announce, begin, recognise, suspend. Raises ProofError for a broken promise."""
    today = local_date(wall_clock(), cast.ZONE)
    ground, office = act.ground, ("--dir", act.ground.data.path)
    token = _folder(act)
    act.run("agreement", "check", "agreement")
    home = ("--host", cast.HOST, "--no", OPERATOR_NO, "--passphrase-file", ground.passphrase)
    proof = act.run("agreement", "key", "--out", "partner.pem", *home, "--holder", HELD_BACK)
    named = ("--no", OPERATOR_NO, "--name", cast.PARTNER.name_latin, "--identifier", cast.PARTNER.identifier)
    window = ("--from", today - timedelta(days=1), "--until", today + timedelta(days=1000))
    treaty = ("registry", "agreement")
    act.say(*treaty, "list-operator", *office, *named, "--scheme", SCHEME, *window)
    act.say("registry", "add-key", *office, act.write("proof.jwt", proof.strip().splitlines()[-1]))
    act.run(*treaty, "announce", *office, LABEL, expect=2)
    act.see("nothing is announced that the other side did not sign", standing(act), "")
    sent = ("--key", "partner.pem", "--read", ground.read, "--api", ground.api, "--root", ground.root)
    act.run("agreement", "propose", "agreement", "--version", 1, *home, *sent)
    act.until(lambda: LABEL in act.get("/a").text, "the proposal is shown")
    announced = act.say(*treaty, "announce", *office, LABEL)
    act.until_listed(announced)
    act.see("two operators announce it for public comment", standing(act), "announced")
    act.until_listed(act.say(*treaty, "begin", *office, LABEL))
    act.see("public comment is over: it is in force", standing(act), "in_force")
    recognised = (*treaty, "recognise", *office, LABEL, "--token", act.write("certificate.jwt", token))
    index = act.say(*recognised, "--out", "receipt.json")
    act.until_listed(index)
    act.until(lambda: verdict(act) != "not_found", "the service has seen the recognition")
    act.see("a certificate of the partner counts for who accepts it", verdict(act), "recognised")
    _stop(act)


def _stop(act: Act) -> None:
    suspended = act.say(
        *("registry", "agreement", "suspend", "--dir", act.ground.data.path, LABEL),
        *("--reason", "integrity", "--existing", "stop_now"),
    )
    act.until_listed(suspended)
    act.see("suspended: nothing counts by it any more", standing(act), "suspended")
    act.until(lambda: verdict(act) != "recognised", "the service has seen the suspension")
    act.see("the certificate is no longer taken for a tier", verdict(act), "not_confirmed")
    told = act.run("agreement", "show", LABEL, "--from", act.ground.read, "--root", act.ground.root, expect=1)
    act.see("anyone reads from the log that and why it is not in force", "integrity" in told, True)
    _own_pages(act)
    for name, path in (("agreements", "/a"), ("agreement", f"/a/{LABEL}")):
        act.picture(name, path)


def _own_pages(act: Act) -> None:
    """Look at the operator's own place, which is a folder of its own with a key of its own."""
    ground = act.ground
    act.run(
        *("foreign", "init", "place", "--host", cast.HOST, "--no", OPERATOR_NO, "--scheme", SCHEME),
        *("--root", ground.root, "--api", ground.api, "--read", ground.read, "--passphrase-file", ground.passphrase),
    )
    words = f"https://{cast.HOST}/e/{OPERATOR_NO}"
    look_in(act, Wanted(("foreign", "console"), ("--dir", "place"), "Sample Mapper", "mapper", "/", words))


def standing(act: Act) -> str:
    """Return how the agreement stands now by the signed recognition list; empty where the list has none."""
    answer = act.get(f"/a/{LABEL}")
    return str(answer.json()["state"]) if answer.status_code == HTTPStatus.OK else ""


def verdict(act: Act) -> str:
    """Return what the verification service says of the partner's supplier, to whoever accepts such agreements."""
    policy = {"version": 1, "tier": "jp.meti.scs/3", "recognition": ["bilateral"]}
    asked = {"identifier": cast.SUPPLIER_5.identifier, "policy": policy}
    answer = httpx.post(f"{act.ground.running.urls['verification']}{LOOK_UPS}", json=asked, timeout=20)
    return str(answer.json()["answer"]["outcome"]["verdict"])


def _folder(act: Act) -> str:
    """Write the partner's folder, whose time for comment is over, and return a certificate under its key."""
    data = act.ground.data
    with served_stage(data, act.ground.running) as stage:
        authority = Story(stage, tell=lambda heading, detail: None).authority
        signer = load_signer(data.key(DIRECTORY), (data.path / PASSPHRASE_FILE).read_bytes().strip())
        border = BorderStory(stage, authority, directory=signer, tell=lambda heading, detail: None)
        files, token = border.folder(), border.certificate()
    for name, content in files.items():
        place = act.folder / "agreement" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return token
