"""How each vector file of generate_published.py is read: what this product makes of an input, as JSON."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from registry.admission.reserve import check_assertion, read_wish
from registry.witness.decision import Decline, Head, decide
from tests.vectors.cases import FOLDER, replaced
from tests.vectors.evidence_vectors import patched
from tests.vectors.generate_published import FILES
from verifier.admission_receipt import parse_admission_receipt, verify_admission_receipt
from verifier.dates import term_end
from verifier.directory.delta import parse_delta
from verifier.directory.files import open_shard, parse_index
from verifier.directory.proven import read_pointer
from verifier.directory.record import parse_line, subject_key
from verifier.directory.tree import split_run
from verifier.encoding import b64u, canonical, read_object, unb64u
from verifier.errors import MalformedError
from verifier.identifier import parse_identifier
from verifier.keys import import_jwk, import_jwks
from verifier.log.add_checkpoint import parse_add_checkpoint, parse_size
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.cosignature import cosigned_times
from verifier.log.note import parse_vkey
from verifier.log.policy_file import parse_policy
from verifier.log.tile import encode_entries, entries_path, parse_entries, parse_tile, tile_path, tiles_between
from verifier.log.tlog_policy import quorum_time
from verifier.markid import normalise_mark_id
from verifier.names import parse_name
from verifier.statement.commitment import check_disclosure, commit, read_disclosure
from verifier.statement.document import read_document, write_document
from verifier.tier import parse_tier
from verifier.trust.entity_configuration import parse_entity_configuration, verify_entity_configuration
from verifier.trust.recognition_list import read_recognition_list
from verifier.trust.root import TrustRoot, follow, parse_root, pin
from verifier.trust.trustlist import read_trust_list
from verifier.verdict import Result
from verifier.verdict_json import parse_verdict

Given = dict[str, Any]
VECTORS: dict[str, Any] = {name: json.loads((FOLDER / name).read_text(encoding="utf-8")) for name in FILES}

# --- the log ---------------------------------------------------------------------------------------------------------


def read_checkpoint(given: Given) -> Given:
    data = given["note"].encode()
    signed = SignedCheckpoint.parse(data)
    checkpoint = signed.verify(parse_vkey(given["log"]), given["origin"])
    times = cosigned_times(signed, [parse_vkey(key) for key in given["witnesses"]])
    assert signed.serialize() == data
    return {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": b64u(checkpoint.root),
        "extensions": list(checkpoint.extensions),
        "times": {key.name: time for key, time in times.items()},
    }


def read_tile(given: Given) -> Given:
    match given["kind"]:
        case "path" if given["level"] == "entries":
            return {"path": entries_path(given["index"], given["width"])}
        case "path":
            return {"path": tile_path(given["level"], given["index"], given["width"])}
        case "growth":
            return {"tiles": [tile.path for tile in tiles_between(given["old"], given["new"])]}
        case "encode":
            return {"data": b64u(encode_entries([bytes(length) for length in given["lengths"]]))}
        case "tile":
            hashes = parse_tile(unb64u(given["data"]), given["width"])
            return {"hashes": [b64u(one) for one in hashes]}
    entries = parse_entries(unb64u(given["data"]), given["width"])
    assert b64u(encode_entries(entries)) == given["data"]
    return {"entries": [b64u(entry) for entry in entries]}


def read_policy(given: Given) -> Given:
    data = unb64u(given["policy_b64u"]) if "policy_b64u" in given else given["policy"].encode()
    return {"met": quorum_time(parse_policy(data), given["times"])}


def read_witness(given: Given) -> Given:
    if "answer" in given:
        return {"size": parse_size(given["answer"].encode())}
    request = parse_add_checkpoint(given["request"].encode())
    assert request.serialize() == given["request"].encode()
    origin = request.signed.checkpoint.origin
    keys = [key for key in map(parse_vkey, VECTORS["witness.json"]["keys"]) if key.name == origin]
    cosigned = Head(given["cosigned"]["size"], unb64u(given["cosigned"]["root"]))
    answer, size = decide(request, keys, cosigned), request.signed.checkpoint.size
    if not isinstance(answer, Decline):
        return {"status": 200, "size": size}
    told = {"body": answer.body, "content_type": answer.content_type} if answer.status == 409 else {}
    return {"status": answer.status, "size": size, **told}


# --- the authority ---------------------------------------------------------------------------------------------------


def root_file(given: Given) -> bytes:
    """Return the file that a case of trust-root.json describes."""
    file = VECTORS["trust-root.json"]["bases"][given["base"]]
    if given["signed"]:
        text = replaced(unb64u(file["signed"]).decode(), *(tuple(change) for change in given["signed"]))
        file = file | {"signed": b64u(text.encode())}
    return canonical(patched(file, given["file"])) + b"\n"


@cache
def base(name: str) -> TrustRoot:
    """Return a base of trust-root.json, followed from the first."""
    files = [canonical(VECTORS["trust-root.json"]["bases"][one]) + b"\n" for one in ("1", name)]
    return follow(pin(files[0]), files[1:])


def read_root(given: Given) -> Given:
    data = root_file(given)
    match given["op"]:
        case "parse":
            root = parse_root(data)
        case "pin":
            root = pin(data)
        case _:
            root = follow(base("1"), [data])
    assert root.serialize() == data
    content = root.content
    kids = {key.kid: key.role for key in content.keys}
    return {"version": content.version, "host": content.host, "sha256": root.sha256, "kids": kids}


def read_list(given: Given) -> Given:
    found = read_trust_list(given["token"], base(given["root"]))
    bodies = []
    for body in found.bodies:
        keys = {str(key.no): found.key(body.no, key.no) for key in body.keys}
        deciders = {number: key.kid for number, key in keys.items() if key is not None}
        bodies.append({"no": body.no, "uri": body.uri, "deciders": deciders})
    return {"host": found.host, "iat": found.iat, "exp": found.exp, "bodies": bodies}


def read_entity(given: Given) -> Given:
    root, found = base(given["root"]), parse_entity_configuration(given["token"])
    listed = root.keys.get(found.token.kid)
    key = listed[1] if listed and listed[0].role == "directory" else None
    verify_entity_configuration(found, root.host, key)
    issuers = {kind: list(uris) for kind, uris in found.issuers.items()}
    return {"host": found.host, "exp": found.exp, "kids": list(found.keys), "issuers": issuers}


def read_receipt(given: Given) -> Given:
    receipt = parse_admission_receipt(given["token"])
    verify_admission_receipt(receipt, base(given["root"]))
    return {
        "log": receipt.log,
        "statement_sha256": receipt.statement_sha256,
        "index": receipt.index,
        "publish_by": receipt.publish_by,
    }


def read_keys(given: Given) -> Given:
    return {kid: key.algorithm for kid, key in import_jwks(given["keys"]).items()}


def read_recognitions(given: Given) -> Given:
    found = read_recognition_list(given["token"], base(given["root"]))
    agreements = {one.uri: [event.status for event in one.events] for one in found.agreements}
    mappings = {one.uri: one.status for one in found.mappings}
    return {"size": found.size, "exp": found.exp, "agreements": agreements, "mappings": mappings}


def read_pinned_document(given: Given) -> Given:
    files = read_document(given["text"], sha256=given["sha256"])
    assert write_document(files) == given["text"]
    return {"files": {name: data.decode() for name, data in files.items()}}


# --- desks -----------------------------------------------------------------------------------------------------------


def read_assertion(given: Given) -> Given:
    wish = read_wish(given["token"], scheme=given["scheme"], level=given["level"])
    key = import_jwk(given["key"])
    check_assertion(wish, host=given["host"], key=key, body=given["body"], now=given["now"])
    return {"iss": wish.assertion.payload["iss"], "jti": wish.assertion.payload["jti"], "kid": wish.assertion.kid}


def read_body_name(given: Given) -> Given:
    shown = read_object(given["text"].encode())
    if shown.keys() != {"object", "disclosures"} or shown["object"] != given["object"]:
        raise MalformedError("another file than that of the body")
    if not isinstance(shown["disclosures"], list):
        raise MalformedError("the disclosures are a list")
    disclosures = [read_disclosure(one) for one in shown["disclosures"]]
    for one in disclosures:
        check_disclosure(one, log=given["log"], object=given["object"], sd=tuple(given["sd"]))
    return {"names": [one.value for one in disclosures if one.name == "name"]}


# --- directory, names, commitments, verdict --------------------------------------------------------------------------


def read_directory_file(given: Given) -> Given:
    data = given["text"].encode()
    match given["kind"]:
        case "pointer":
            return vars(read_pointer(data))
        case "record":
            record = parse_line(data)
            assert canonical(record.members()) == data
            return {"subject": record.subject, "members": record.members(), "key": b64u(subject_key(record.subject))}
        case "index":
            index = parse_index(data)
            members = {"log": index.log, "size": index.size, "bits": index.bits, "root": index.root}
            return {**members, "shards": list(index.shards)}
        case "shard":
            _, runs = open_shard(parse_index(given["index"].encode()), given["number"], data)
            return {"lines": [line.decode() for run in runs for line in split_run(run)]}
    delta = parse_delta(data)
    assert delta.serialize() == data
    members = {"log": delta.log, "from": delta.since, "size": delta.size, "bits": delta.bits, "root": b64u(delta.root)}
    return {**members, "lines": [line.data.decode() for line in delta.lines]}


def read_name(given: Given) -> Given:
    match given["kind"]:
        case "name":
            return vars(parse_name(given["text"]))
        case "identifier":
            return {"identifier": str(parse_identifier(given["text"]))}
        case "mark_id":
            return {"id": normalise_mark_id(given["text"])}
        case "tier":
            return vars(parse_tier(given["text"]))
    return {"ends": term_end(given["start"], given["months"], given["zone"])}


def read_commitment(given: Given) -> Given:
    disclosure = read_disclosure(given["disclosure"])
    place: Any = {"log": given["log"], "object": given["object"]}
    check_disclosure(disclosure, **place, sd=tuple(given["sd"]))
    return {"commitment": commit(**place, disclosure=disclosure)}


def read_verdict(given: Given) -> Given:
    verdict = parse_verdict(canonical(given["verdict"]))
    assert verdict.members() == given["verdict"]
    passed = [check.name.value for check in verdict.checks if check.result is Result.PASSED]
    return {"headline": verdict.headline.value, "exit": verdict.exit_code, "passed": passed}


READ = {
    "admission-receipt.json": read_receipt,
    "body-name.json": read_body_name,
    "checkpoint.json": read_checkpoint,
    "client-assertion.json": read_assertion,
    "commitment.json": read_commitment,
    "directory-files.json": read_directory_file,
    "document.json": read_pinned_document,
    "entity-configuration.json": read_entity,
    "key.json": read_keys,
    "names.json": read_name,
    "recognition-list.json": read_recognitions,
    "tile.json": read_tile,
    "tlog-policy.json": read_policy,
    "trust-list.json": read_list,
    "trust-root.json": read_root,
    "verdict.json": read_verdict,
    "witness.json": read_witness,
}
