"""Vectors of the trust root, and the roots under which the vectors of the authority's tokens are judged.

A file is too long to stand in every case. A case names a base; ``signed`` replaces text in its decoded signed part,
``file`` changes the file by JSON Patch (RFC 6902). A case of ``parse`` is judged before any signature is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

from registry.root.ceremony import Ceremony, MadeCustodian, WitnessPlace, hold_ceremony
from registry.scenario.simulated_log import HOST
from tests.vectors.cases import Case, accepted, committed, rejected, vector_file
from tests.vectors.generate_log import STRANGER, WITNESSES
from verifier.encoding import b64u, canonical, read_object, unb64u
from verifier.injected import seeded_entropy
from verifier.keys import P256_ORDER
from verifier.signer import SoftwareSigner
from verifier.trust.root import CustodianKeys, TrustRoot, parse_root, sign_root

FILE = "trust-root.json"
NOW = 1_795_305_600
CUT, TURN = 50, 100
"""Where the second root cuts the first directory key off, and where it turns from the first receipt key to the next."""

Change = tuple[str, str]


@cache
def ceremony(host: str = HOST) -> Ceremony:
    """Return the keys and the first root of the vectors."""
    places = [
        WitnessPlace(f"W{number}", str(one.key), f"Operator {number}", "JP")
        for number, one in enumerate(WITNESSES, start=1)
    ]
    return hold_ceremony(
        host=host, zone="Asia/Tokyo", environment="demonstration", witnesses=places, quorum=3, now=NOW,
        entropy=seeded_entropy("vector ceremony"),
    )  # fmt: skip


def next_key(role: str) -> SoftwareSigner:
    """Return the key that the second root adds for a role."""
    return SoftwareSigner.generate(seeded_entropy(f"vector second {role}"))


@cache
def root(name: str) -> TrustRoot:
    """Return a base: the committed one where it says the same, under its committed signatures."""
    made = BASES[name]()
    if (kept := committed(FILE).get("bases", {}).get(name)) is None:
        return made
    read = parse_root(canonical(kept))
    return read if (read.signed, _holders(read)) == (made.signed, _holders(made)) else made


def _holders(one: TrustRoot) -> list[str]:
    return [signature.holder for signature in one.signatures]


def _first() -> TrustRoot:
    held = ceremony()
    return sign_root(held.root.content.members(), _signing(held.custodians))


def _signing(custodians: tuple[MadeCustodian, ...]) -> list[CustodianKeys]:
    return [CustodianKeys(one.holder, one.es256, one.ml_dsa_65) for one in custodians]


def _fourth() -> MadeCustodian:
    entropy = seeded_entropy("vector custodian 4")
    return MadeCustodian(
        "custodian-4", SoftwareSigner.generate(entropy), MLDSA65PrivateKey.from_seed_bytes(entropy(32))
    )


def _second(host: str = HOST, version: int = 2) -> TrustRoot:
    held = ceremony(host)
    content: dict[str, Any] = held.root.content.members() | {"version": version, "issued": NOW + 60}
    fourth, lattice = _fourth(), b64u(_fourth().ml_dsa_65.public_key().public_bytes_raw())
    joined = {"holder": fourth.holder, "es256": fourth.es256.jwk, "ml_dsa_65": lattice}
    content["custodians"] = [*content["custodians"][1:], joined]
    keys = {key["role"]: key for key in content["keys"]}
    keys["directory"]["cutoff"], keys["receipt"]["until"] = CUT, TURN
    content["keys"] += [_listed("directory", CUT), _listed("receipt", TURN)]
    signing = _signing((*held.custodians, fourth))
    # Two who are in both thresholds are enough for a base that is refused for something else.
    return sign_root(content, signing if (host, version) == (HOST, 2) else signing[1:3])


def _listed(role: str, begins: int) -> dict[str, Any]:
    signer = next_key(role)
    return {"jwk": signer.jwk, "kid": signer.kid, "role": role, "holder": f"{role}-2", "from": begins}


BASES: dict[str, Callable[[], TrustRoot]] = {
    "1": _first,
    "2": _second,
    "2 of another host": lambda: _second("other.example"),
    "3": lambda: _second(version=3),
}


def root_vectors() -> dict[str, Any]:
    """Return the content of trust-root.json."""
    bases = {name: read_object(root(name).serialize()) for name in BASES}
    return vector_file(
        "trust root: parse (nobody has vouched), pin (its own threshold), follow (from base 1)",
        "docs/specification/trust-root.md",
        [*_parsed(), *_contents(), *_lists(), *_files(), *_thresholds(), *_followed()],
        bases=bases,
    )


# --- what a root says ------------------------------------------------------------------------------------------------


def _given(op: str, base: str, *signed: Change, file: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"op": op, "base": base, "signed": [list(change) for change in signed], "file": file or []}


def _read(name: str) -> dict[str, Any]:
    content = root(name).content
    return {
        "version": content.version,
        "host": content.host,
        "sha256": root(name).sha256,
        "kids": {key.kid: key.role for key in content.keys},
    }


def _parsed() -> list[Case]:
    unsigned = [{"op": "replace", "path": "/signatures", "value": []}]
    return [
        accepted("a root", _given("parse", "1"), "keeps every rule", _read("1")),
        accepted("a root nobody signed", _given("parse", "1", file=unsigned), "nobody has vouched for it", _read("1")),
    ]


def _content(name: str, why: str, *changes: Change, error: str = "refused") -> Case:
    return rejected(name, _given("parse", "1", *changes), why, error=error)


def _contents() -> list[Case]:
    content = root("1").content
    issued, expires = f'"issued":{content.issued}', f'"expires":{content.expires}'
    late = content.issued + 397 * 86_400 + 1

    def case(name: str, old: str, new: str, why: str, *, error: str = "refused") -> Case:
        return _content(name, why, (old, new), error=error)

    return [
        case("another form", '"v":1,', '"v": 1,', "the signed part is canonical"),
        case("members out of order", '"threshold":2,"v":1', '"v":1,"threshold":2', "the signed part is canonical"),
        case("another format version", '"v":1,', '"v":2,', "v is 1", error="newer"),
        case("an unknown member", '"v":1,', '"v":1,"va":1,', "never skipped", error="newer"),
        case("no version", '"version":1,', "", "the member is required"),
        case("version 0", '"version":1', '"version":0', "versions begin with 1"),
        case("an unknown environment", '"demonstration"', '"staging"', "the environment is one of three"),
        case("a host in capitals", f'"host":"{HOST}"', f'"host":"{HOST.upper()}"', "hosts are lower case"),
        case("another log", f'"log":"{HOST}/log"', f'"log":"{HOST}/other"', "the log is HOST/log"),
        case("an unknown zone", "Asia/Tokyo", "Asia/Edo", "the zone is known"),
        case("an end at the beginning", expires, f'"expires":{content.issued}', "the interval is not empty"),
        case("a life of 397 days and a second", expires, f'"expires":{late}', "at most 397 days"),
        case("an issue date as text", issued, f'"issued":"{content.issued}"', "dates are integers"),
        case("a threshold of 0", '"threshold":2', '"threshold":0', "the threshold is at least 1"),
        case("a threshold of 4", '"threshold":2', '"threshold":4', "the threshold can be met"),
        case("a role that is none", '"role":"status"', '"role":"owner"', "the role is one of four"),
        case("a negative index", '"from":0', '"from":-1', "indices are not negative"),
    ]


def _lists() -> list[Case]:
    content = root("1").content
    first, second = content.custodians[:2]
    shared = [(second.es256[axis], first.es256[axis]) for axis in ("x", "y")]
    kids = (f'"kid":"{content.keys[1].kid}"', f'"kid":"{content.keys[0].kid}"')
    witness = (f'"vkey":"{WITNESSES[0].key}"', f'"vkey":"{STRANGER.key}"')
    operator = ('"operator":"Operator 2"', '"operator":"Operator 1"')
    return [
        _content("a custodian twice", "no custodian stands twice", (f'"{second.holder}"', f'"{first.holder}"')),
        _content("one ES256 key for two", "a key is of one custodian", *shared),
        _content("one ML-DSA key for two", "a key is of one custodian", (second.ml_dsa_65, first.ml_dsa_65)),
        _content("a short ML-DSA key", "an ML-DSA-65 key is 1,952 bytes", (first.ml_dsa_65, first.ml_dsa_65[:-1])),
        _content("a kid twice", "no kid stands twice", kids),
        _content("a witness that is not in the policy", "witnesses are those of the policy", witness),
        _content("one operator for two groups", "an operator counts once towards the quorum", operator),
        _content("a policy that contradicts itself", "the policy can be read", ("quorum witnesses", "quorum nobody")),
        _content("a country in lower case", "countries are two capitals", ('"country":"JP"', '"country":"jp"')),
    ]


def _files() -> list[Case]:
    def case(name: str, step: dict[str, Any], why: str, *, error: str = "refused") -> Case:
        return rejected(name, _given("parse", "1", file=[step]), why, error=error)

    signed = b64u(root("1").signed)
    listed = {"op": "replace", "path": "/signed", "value": b64u(b"[]")}
    added = {"op": "add", "path": "/later", "value": 1}
    return [
        case("an unknown member of the file", added, "never skipped", error="newer"),
        case("no signatures", {"op": "remove", "path": "/signatures"}, "the member is required"),
        case("padding", {"op": "replace", "path": "/signed", "value": signed + "="}, "base64url without padding"),
        case("a signed list", listed, "the signed part is an object"),
        case("a signature without ML-DSA", {"op": "remove", "path": "/signatures/0/ml_dsa_65"}, "both are required"),
    ]  # fmt: skip


# --- who signed it ---------------------------------------------------------------------------------------------------


def _left_out(*positions: int) -> list[dict[str, Any]]:
    return [{"op": "remove", "path": f"/signatures/{at}"} for at in sorted(positions, reverse=True)]


def _thresholds() -> list[Case]:
    signatures = [one.members() for one in root("1").signatures]
    first, second, _ = signatures
    value = unb64u(first["es256"])
    twin = b64u(value[:32] + (P256_ORDER - int.from_bytes(value[32:])).to_bytes(32))

    def case(name: str, why: str, *shown: dict[str, Any]) -> Case:
        steps = [{"op": "replace", "path": "/signatures", "value": list(shown)}]
        return rejected(name, _given("pin", "1", file=steps), why)

    return [
        accepted("three of three", _given("pin", "1"), "the threshold is two", _read("1")),
        accepted("two of three", _given("pin", "1", file=_left_out(0)), "the threshold is two", _read("1")),
        rejected("one of three", _given("pin", "1", file=_left_out(0, 1)), "the threshold is two"),
        case("one custodian twice", "keys are counted, not signatures", first, first),
        case("a custodian under two names", "the holder's own keys sign", first, first | {"holder": second["holder"]}),
        case("a stranger", "custodians sign", first, second | {"holder": "stranger"}),
        case("ES256 by another", "both signatures verify", first, second | {"es256": first["es256"]}),
        case("ML-DSA by another", "both signatures verify", first, second | {"ml_dsa_65": first["ml_dsa_65"]}),
        case("ES256 in its high-S form", "s is low", first | {"es256": twin}, second),
        rejected(
            "another content", _given("pin", "1", ('"threshold":2', '"threshold":1')), "the bytes are signed"
        ),
    ]  # fmt: skip


def _followed() -> list[Case]:
    def refused(name: str, file: list[dict[str, Any]], why: str) -> Case:
        return rejected(name, _given("follow", "2", file=file), why)

    return [
        accepted("the next version", _given("follow", "2"), "both thresholds are met", _read("2")),
        accepted(
            "by two who are in both", _given("follow", "2", file=_left_out(0, 3)), "both thresholds are met", _read("2")
        ),
        accepted("the same version again", _given("follow", "1"), "it is passed over", _read("1")),
        refused("without the old threshold", _left_out(0, 1), "version n's custodians agree"),
        refused("without the new threshold", _left_out(2, 3), "version n+1's custodians agree"),
        rejected("a missing version", _given("follow", "3"), "versions have no gaps"),
        rejected("another host", _given("follow", "2 of another host"), "the host never changes"),
    ]
