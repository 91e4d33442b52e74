"""A client that knows Token Status List only finds all lists by one address and reads them with other people's code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from token_status_list import BitArray

from tests.federation.conftest import AUTHORITY, opened
from verifier.envelope import parse_token, sign_token
from verifier.errors import MalformedError, TrustRootError
from verifier.mark import parse_mark
from verifier.status_list import (
    ENTRIES,
    TYP,
    Status,
    aggregation_uri,
    read_aggregation,
    read_status_list,
    sign_status_list,
    write_aggregation,
)

if TYPE_CHECKING:
    from tests.registry.conftest import Office, World

HOST = "shirushi.example"


def fetched(world: World, uri: str, media_type: str) -> bytes:
    answer = world.http.get(uri.replace(AUTHORITY, "http://read"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.headers["access-control-allow-origin"] == "*"
    return answer.content


def listed(world: World, uri: str) -> dict[str, Any]:
    status = world.ceremony.keys.status
    keys = {"keys": [{**status.jwk, "kid": status.kid}]}
    return opened(fetched(world, uri, "application/statuslist+jwt"), keys, "statuslist+jwt")


def test_all_lists_are_found_by_the_address_in_one_and_read_by_an_independent_library(office: Office) -> None:
    world, signers = office
    active, suspended = world.issue(signers), world.issue(signers)
    world.desk.suspend_mark(suspended, reason="nonconformity", lift_by=world.clock() + 86_400 * 30)
    world.settle()
    marks = [parse_mark((world.public / f"m/{one}.jwt").read_bytes()) for one in (active, suspended)]
    reference = marks[0].token.payload["status"]["status_list"]
    token = listed(world, reference["uri"])
    assert (token["sub"], token["ttl"]) == (reference["uri"], 3600)
    aggregation = token["status_list"]["aggregation_uri"]
    named = json.loads(fetched(world, aggregation, "application/json"))
    assert named == {"status_lists": [reference["uri"]]}
    (uri,) = named["status_lists"]
    library = BitArray.load({name: listed(world, uri)["status_list"][name] for name in ("bits", "lst")})
    assert [library[mark.status_idx] for mark in marks] == [0, 2]
    unused = next(idx for idx in range(ENTRIES) if idx not in {mark.status_idx for mark in marks})
    assert library[unused] == 1


def test_the_library_reads_every_place_of_a_list_as_this_product_does(world: World) -> None:
    entries = bytes((idx * 7) % 3 for idx in range(ENTRIES))
    status, root = world.ceremony.keys.status, world.ceremony.root
    token = sign_status_list(entries, host=HOST, no=3, size=1, iat=world.clock(), signer=status)
    library = BitArray.load(parse_token(token, TYP).payload["status_list"])
    assert [library[idx] for idx in range(ENTRIES)] == list(entries) == list(read_status_list(token, root).entries)


def test_an_address_of_the_aggregation_under_another_host_is_refused(world: World) -> None:
    status, root = world.ceremony.keys.status, world.ceremony.root
    given: dict[str, Any] = {"host": HOST, "no": 1, "size": 1, "iat": world.clock(), "signer": status}
    entries = bytes([Status.INVALID]) * ENTRIES
    named = sign_status_list(entries, **given, aggregation_uri=aggregation_uri(HOST))
    assert read_status_list(named, root).entries == read_status_list(sign_status_list(entries, **given), root).entries
    for uri in ("https://elsewhere.example/status/lists", f"{AUTHORITY}/status/1"):
        payload = parse_token(named, TYP).payload
        payload["status_list"]["aggregation_uri"] = uri
        with pytest.raises(TrustRootError):
            read_status_list(sign_token(payload, typ=TYP, signer=status), root)


def test_an_aggregation_names_lists_of_this_authority_and_nothing_else() -> None:
    assert read_aggregation(write_aggregation(HOST, [3, 1]), HOST) == (1, 3)
    assert read_aggregation(write_aggregation(HOST, []), HOST) == ()
    for data in (b"[]", b"{}", b'{"status_lists":[1]}', b'{"status_lists":"x"}', b"{"):
        with pytest.raises(MalformedError):
            read_aggregation(data, HOST)
    for uri in ("https://elsewhere.example/status/1", f"{AUTHORITY}/status/0", f"{AUTHORITY}/m/1"):
        with pytest.raises(TrustRootError):
            read_aggregation(json.dumps({"status_lists": [uri]}).encode(), HOST)


def test_a_list_written_by_the_library_is_read_here(world: World) -> None:
    library = BitArray.of_size(2, ENTRIES)
    for idx in range(0, ENTRIES, 5):
        library[idx] = idx % 3
    status = world.ceremony.keys.status
    token = sign_status_list(bytes(ENTRIES), host=HOST, no=1, size=1, iat=world.clock(), signer=status)
    payload = parse_token(token, TYP).payload
    payload["status_list"] = library.dump()
    read = read_status_list(sign_token(payload, typ=TYP, signer=status), world.ceremony.root)
    assert list(read.entries) == [library[idx] for idx in range(ENTRIES)]
