"""Records the examples of the OpenAPI documents: `python -m tests.openapi.record_examples`.

The demonstration's story is played in one process; what goes over HTTP in it, and a question of every kind to the
verification service, becomes the examples. Names and numbers are the demonstration's.
"""

from __future__ import annotations

import base64
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from recognition.authenticate.edge.guarded_http import GuardedHttp
from registry.contracts.openapi_examples import FOLDER
from registry.portal.assertion import TYPE
from registry.portal.delivering import Delivering
from registry.portal.desk import Desk
from registry.portal.letters import AGAIN, Letters
from registry.portal.paths import PREFIX, TOKEN
from registry.portal.portal_database import PortalDatabase
from registry.portal.service import Portal, create_portal
from registry.scenario import cast
from registry.scenario.one_process import OneProcess, one_process
from registry.scenario.story import IssuedMark, Story
from registry.verification.service import create_verification
from registry.web.in_process import InProcessTransport
from verifier.edge.mail import Letter
from verifier.encoding import b64u, digest
from verifier.injected import Entropy
from verifier.markid import new_mark_id

START = 1_795_305_600
API = {
    "/api/v1/reservations": "reserve",
    "/api/v1/statements": "submit_statement",
    "/api/v1/statements/batch": "submit_statements",
    "/api/v1/objects": "object_head",
    "/api/v1/health": "health",
}
ELSEWHERE = ("/verify/document-key.pem", "/sandbox/fixtures.json")
"""What no demonstration in one process serves: the certificate of a key for documents, and what a sandbox has."""
Examples = dict[str, dict[str, Any]]


def media_type(message: httpx.Request | httpx.Response) -> str:
    return str(message.headers["content-type"]).partition(";")[0]


def example_of(media: str, body: bytes) -> Any:
    """Return a body as an example: JSON as it is, text as text, and nothing of what no document can hold."""
    return json.loads(body) if media.endswith("json") and media != "application/x-ndjson" else body.decode()


def note(examples: Examples, operation: str, answer: httpx.Response, **parameters: str) -> None:
    """Keep the shortest request that was answered well, and its answer."""
    request, found = answer.request, examples.setdefault(operation, {"responses": {}})
    if parameters:
        found["parameters"] = parameters
    body = request.content
    is_text = media_type(request).startswith(("application/json", "text/")) if body else False
    status = str(answer.status_code)
    if is_text and status not in found["responses"]:
        found.setdefault("request", {media_type(request): example_of(media_type(request), body)})
    media = media_type(answer) if answer.content else ""
    if media and not media.startswith("application/vnd"):
        found["responses"].setdefault(status, {})[media] = example_of(media, answer.content)


def record_api(world: OneProcess, folder: Path) -> tuple[Examples, tuple[IssuedMark, ...]]:
    """Play the story; return what its API answered first."""
    heard: list[httpx.Response] = []
    http = world.stage.http
    http.event_hooks = {"response": [heard.append]}
    marks = Story(world.stage, tell=lambda heading, detail: None).play(folder)
    examples: Examples = {}
    own = [one for one in heard if one.request.url.path in API and one.request.url.host == "api"]
    for answer in own:
        answer.read()
    submitted = [one for one in own if one.request.url.path == "/api/v1/statements"]
    # The issue of a mark: the statement with everything that can travel with one.
    whole = next(one for one in submitted if '"seal"' in one.request.content.decode())
    reserved = next(one for one in own if one.request.url.path == "/api/v1/reservations")
    note(examples, "submit_statement", whole)
    note(examples, "reserve", reserved)
    again = http.post(whole.request.url, json=json.loads(whole.request.content))
    assert again.status_code == 200
    note(examples, "submit_statement", again)
    together = {"statements": [json.loads(whole.request.content)]}
    note(examples, "submit_statements", http.post("http://api/api/v1/statements/batch", json=together))
    uri = f"https://{cast.HOST}/m/{marks[0].issued.mark_id}"
    note(examples, "object_head", http.get("http://api/api/v1/objects", params={"uri": uri}), uri=uri)
    note(examples, "health", http.get("http://api/api/v1/health"))
    return examples, marks


def record_verification(world: OneProcess, private: Path, marks: tuple[IssuedMark, ...]) -> Examples:
    """Ask a question of every kind and return the answers."""
    root, signer = world.ceremony.root, world.ceremony.keys.receipt
    made = create_verification(world.public, private, trust_root=root, now=world.clock, signer=signer)
    made.index.refresh()
    made.jobs.start()
    examples: Examples = {}
    policy = {"version": 1, "tier": "jp.meti.scs/3"}
    mark = marks[0].issued.mark_id
    at = "http://verification/verification/v1"
    with httpx.Client(transport=InProcessTransport({"verification": made.served})) as http:
        asked = {"identifier": cast.SUPPLIER_3.identifier, "policy": policy, "nonce": "an-order-of-2027"}
        note(examples, "look_up", http.post(f"{at}/lookups", json=asked))
        note(examples, "mark", http.get(f"{at}/marks/{mark}"), id=mark)
        note(examples, "mark", http.get(f"{at}/marks/{new_mark_id(world.stage.entropy)}"), id=mark)
        picture = world.stage.http.get(f"http://read/m/{mark}/qr.png").content
        answered = http.post(f"{at}/lookups/image", content=picture, headers={"content-type": "image/png"})
        note(examples, "look_up_image", answered)
        examples["look_up_image"]["request"] = {"image/png": base64.b64encode(picture).decode()}
        wanted = {"name": cast.SUPPLIER_3.name, "least_tier": 3, "limit": 20}
        note(examples, "search", http.post(f"{at}/searches", json=wanted))
        note(examples, "export_search", http.post(f"{at}/searches/export", json=wanted))
        suppliers = [
            {"identifier": cast.SUPPLIER_3.identifier, "name": cast.SUPPLIER_3.name, "tier": "★3"},
            {"name": "名前だけ"},
        ]
        begun = http.post(f"{at}/checks", json={"suppliers": suppliers, "policy": policy})
        note(examples, "check_list", begun)
        address, secret = "http://verification" + begun.json()["progress"], begun.json()["check"]
        while (progress := http.get(address)).json()["state"] != "done":
            time.sleep(0.05)
        note(examples, "check_progress", progress, check=secret)
        note(examples, "check_rows", http.get(f"{address}/rows"), check=secret)
        for kind in ("csv", "receipt"):
            note(examples, "check_result", http.get(f"{address}/{kind}"), check=secret, kind="csv")
        note(examples, "forget_check", http.delete(address), check=secret)
        listed, demanded = (
            f"法人番号,名称\n{cast.SUPPLIER_4.identifier[5:]},{cast.SUPPLIER_4.name}\n",
            json.dumps(policy),
        )
        files = {"suppliers": ("suppliers.csv", listed.encode("cp932"))}
        note(examples, "check_file", http.post(f"{at}/checks/file", files=files, data={"policy": demanded}))
        examples["check_file"]["request"] = {"multipart/form-data": {"suppliers": listed, "policy": demanded}}
        note(examples, "health", http.get(f"{at}/health"))
    # What they answer is a file, of which the document shows the first line.
    for operation in ("mark_document", "recognition_document"):
        examples[operation] = {"parameters": {"id": mark}, "responses": {}}
    made.jobs.stop()
    return examples


def record_portal(world: OneProcess, folder: Path) -> Examples:
    """Let a client watch a mark that begins to be valid, and its webhook fail; return the answers."""
    clock, entropy = [1], world.stage.entropy
    database = PortalDatabase(folder / "portal.db")
    database.migrate()
    desk = Desk(database, cast.HOST, lambda: clock[0], entropy, to_loopback=False)
    # Nothing is sent anywhere: the name of the receiver leads to no address.
    nowhere = GuardedHttp(resolve=lambda host, port: [])
    letters: list[Letter] = []
    mail = Letters(f"portal@{cast.HOST}", letters.append)
    made = create_portal(desk, world.public, trust_root=world.ceremony.root, http=nowhere, letters=mail)
    clock[0] = world.clock() - 86_400
    own = Client(made, entropy)
    key = ec.generate_private_key(ec.SECP256R1())
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    signing = made.clients.add("Example portal", jwk=public)[0].id
    with httpx.Client(transport=InProcessTransport({"portal": made.served}), base_url="http://portal") as own.http:
        claims = {"iss": signing, "sub": signing, "aud": f"https://{cast.HOST}{TOKEN}", "jti": entropy(16).hex()}
        assertion = jwt.encode({**claims, "exp": clock[0] + 300}, key, "ES256")
        form = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": assertion}
        note(own.examples, "token", own.http.post(TOKEN, data=form))
        own.examples["token"]["request"] = {"application/x-www-form-urlencoded": form}
        wanted = {"subject": cast.SUPPLIER_3.identifier, "label": "S-0017"}
        watch = own.ask("add_watch", "POST", "watches", wanted)
        own.ask("add_watch", "POST", "watches", wanted)
        made.watching.step()
        order = {"url": "https://hooks.example.org/shirushi"}
        end = own.ask("add_endpoint", "POST", "endpoints", order)["id"]
        tried = own.ask("try_endpoint", "POST", f"endpoints/{end}/test", endpoint=end)["id"]
        clock[0] = world.clock()
        made.watching.step()
        Delivering(database, nowhere, desk.now, entropy, schedule=(0,)).step()
        for one, path in (("watches", "watches"), ("endpoints", "endpoints"), ("deliveries", "deliveries")):
            own.ask(f"list_{one}", "GET", path)
        sent = own.ask("delivery", "GET", f"deliveries/{tried}", delivery=tried)
        own.ask("list_events", "GET", f"events?limit=1&after={sent['event']}")
        own.ask("watch", "GET", f"watches/{watch['id']}", watch=watch["id"])
        own.ask("replay_delivery", "POST", f"deliveries/{tried}/replay", delivery=tried)
        own.ask("rotate_secret", "POST", f"endpoints/{end}/secrets", endpoint=end)
        for kind in ("atom", "json"):
            address = str(watch[f"feed_{kind}"])
            answer = own.http.get(address.removeprefix(f"https://{cast.HOST}"))
            note(own.examples, f"feed_{kind}", answer, secret=address.split("/")[-2])
        own.ask("delete_watch", "DELETE", f"watches/{watch['id']}", watch=watch["id"])
        own.ask("delete_endpoint", "DELETE", f"endpoints/{end}", endpoint=end)
        for kind in ("atom", "json"):
            number = cast.SUPPLIER_3.identifier
            note(own.examples, f"number_{kind}", own.http.get(f"{PREFIX}/numbers/{number}/feed.{kind}"), number=number)
        order = {"address": "security@example.org", "period": "weekly", "lang": "ja"}
        own.ask("set_digest", "PUT", "digest", order)
        own.ask("confirm_digest", "POST", "digest/confirmation", {"code": _code(letters[-1].body)})
        own.ask("digest", "GET", "digest")
        own.ask("delete_digest", "DELETE", "digest")
        note_followings(own, made, (letters, clock))
        note_boxes(own, entropy, until=clock[0] + 86_400)
        note(own.examples, "health", own.http.get(f"{PREFIX}/health"))
    database.close()
    return own.examples


def note_followings(own: Client, portal: Portal, house: tuple[list[Letter], list[int]]) -> None:
    """Follow a number by mail, and end it; ``house`` are the letters that left, and the clock."""
    letters, clock = house
    order = {"number": cast.SUPPLIER_3.identifier, "address": "holder@example.org", "lang": "ja"}
    note(own.examples, "add_following", own.http.post(f"{PREFIX}/followings", json=order))
    portal.followings.step()
    said = letters[-1].body.partition("/follow/confirm/")[2][:43]
    answer = own.http.post(f"{PREFIX}/followings/confirmation", json={"code": said, "lang": "ja"})
    note(own.examples, "confirm_following", answer)
    # Asked again, a letter carries what ends it.
    clock[0] += AGAIN
    own.http.post(f"{PREFIX}/followings", json=order)
    portal.followings.step()
    end = {"code": letters[-1].unsubscribe.rpartition("/")[2]}
    note(own.examples, "end_following", own.http.post(f"{PREFIX}/followings/end", json=end))


def note_boxes(own: Client, entropy: Entropy, *, until: int) -> None:
    """Leave the box of a one-time link, and open it."""
    box = {"id": digest(b"box"), "sealed": b64u(entropy(540)), "until": until}
    note(own.examples, "add_box", own.http.post(f"{PREFIX}/boxes", json=box))
    note(own.examples, "open_box", own.http.post(f"{PREFIX}/boxes/opening", json={"id": box["id"]}))


def _code(letter: str) -> str:
    return next(line.strip() for line in letter.splitlines() if line.startswith("  "))


class Client:
    """A client of the portal that keeps what it is answered."""

    http: httpx.Client

    def __init__(self, portal: Portal, entropy: Entropy) -> None:
        self.examples: Examples = {}
        self._entropy = entropy
        self._key = portal.clients.add("Example portal")[1]

    def ask(self, operation: str, method: str, path: str, body: Any = None, **parameters: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._key}"}
        if method == "POST":
            headers["Idempotency-Key"] = parameters["Idempotency-Key"] = self._entropy(12).hex()
        answer = self.http.request(method, f"{PREFIX}/{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        note(self.examples, operation, answer, **parameters)
        return dict(answer.json()) if answer.content else {}


def record_read_plane(world: OneProcess, mark_id: str) -> None:
    """Put into the document what is answered at addresses that name no object, and about a mark that is sent."""
    file = Path(__file__).parents[2] / "openapi/read-plane.json"
    document = json.loads(file.read_text("utf-8"))
    for path, methods in document["paths"].items():
        if "get" in methods and not methods["get"].get("parameters"):
            if path in ELSEWHERE:
                continue
            answer = world.stage.http.get(f"http://read{path}")
            assert answer.status_code == 200, path
            (content,) = methods["get"]["responses"]["200"]["content"].values()
            content["example"] = example_of(media_type(answer), answer.content)
    for _ in range(2):
        world.pass_time(1)
    status, token = "/federation/trust-mark-status", world.stage.http.get(f"http://read/m/{mark_id}.jwt").text
    answer = world.stage.http.post(f"http://read{status}", data={"trust_mark": token})
    assert answer.status_code == 200, answer.text
    (asked,) = document["paths"][status]["post"]["requestBody"]["content"].values()
    (content,) = document["paths"][status]["post"]["responses"]["200"]["content"].values()
    asked["example"], content["example"] = {"trust_mark": token}, answer.text
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with one_process(folder / "data", seed="openapi examples", start=START) as world:
            api, marks = record_api(world, folder / "marks")
            record_read_plane(world, marks[0].issued.mark_id)
            verification = record_verification(world, folder / "verification", marks)
            portal = record_portal(world, folder)
    FOLDER.mkdir(exist_ok=True)
    for document, examples in (("registry", api), ("verification", verification), ("portal", portal)):
        text = json.dumps(examples, indent=1, ensure_ascii=False, sort_keys=True)
        (FOLDER / f"{document}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
