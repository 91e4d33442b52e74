"""The vectors of the log's formats: they hold, and the generator still writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.vectors.generate_log import FILES, serialize
from verifier.encoding import unb64u
from verifier.errors import EvidenceError
from verifier.log.note import open_note, parse_note, parse_vkey
from verifier.log.policy_file import parse_policy, serialize_policy
from verifier.log.tlog_proof import TlogProof

FOLDER = Path(__file__).parent.parent / "vectors"


def cases(name: str) -> list[Any]:
    read = json.loads((FOLDER / name).read_text(encoding="utf-8"))["cases"]
    return [pytest.param(case, id=case["name"]) for case in read]


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_committed_vectors_are_what_the_generator_writes(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == serialize(FILES[name]())


@pytest.mark.parametrize("name", sorted(FILES))
def test_each_vector_has_a_name_of_its_own(name: str) -> None:
    names = [case["name"] for case in FILES[name]()["cases"]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", cases("note.json"))
def test_a_note_vector_is_judged_as_it_says(case: dict[str, Any]) -> None:
    given = case["input"]
    data = unb64u(given["note_b64u"]) if "note_b64u" in given else given["note"].encode()
    if not case["valid"]:
        with pytest.raises(EvidenceError):
            open_note(parse_note(data), [parse_vkey(key) for key in given["keys"]])
        return
    note = parse_note(data)
    signed_by = [signature.name for signature in open_note(note, [parse_vkey(key) for key in given["keys"]])]
    assert {"text": note.text, "signed_by": signed_by} == case["expect"]
    assert note.serialize() == data


@pytest.mark.parametrize("case", cases("tlog-proof.json"))
def test_a_proof_vector_is_judged_as_it_says(case: dict[str, Any]) -> None:
    data, policy = case["input"]["proof"].encode(), case["input"]["policy"].encode()
    leaf = unb64u(case["input"]["leaf"])
    if not case["valid"]:
        with pytest.raises(EvidenceError):
            TlogProof.parse(data).verify(leaf, parse_policy(policy))
        return
    proof = TlogProof.parse(data)
    cosigned = proof.verify(leaf, parse_policy(policy))
    assert {
        "index": proof.index,
        "size": proof.checkpoint.checkpoint.size,
        "time": cosigned.time,
        "witnesses": list(cosigned.witnesses),
    } == case["expect"]
    assert proof.serialize() == data
    assert serialize_policy(parse_policy(policy)) == policy
