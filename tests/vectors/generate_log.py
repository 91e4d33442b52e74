"""Writes note.json and tlog-proof.json: golden and rejection vectors of the log's formats, the same on every run.

Run it from the root of the repository: ``python -m tests.vectors.generate_log``. Keys are derived from their names and
protect nothing. A rejected input differs from an accepted one in the single respect that ``why`` names.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier.encoding import b64, b64u, sha256
from verifier.log.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from verifier.log.cosignature import Cosigner
from verifier.log.merkle import EMPTY_ROOT, leaf_hash
from verifier.log.note import Note, NoteSigner
from verifier.log.tlog_proof import TlogProof
from verifier.log.tree import MemoryTree, inclusion_path

FOLDER = Path(__file__).parent
ORIGIN = "registry.example/log"
TIME = 1_800_000_000
SPEC_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_SIGNATURE = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
SPEC_NOTE = f"This is an example message.\n\n\u2014 example.com/foo {SPEC_SIGNATURE}\n"

Case = dict[str, Any]


def private_key(name: str) -> Ed25519PrivateKey:
    """Return the key of a name."""
    return Ed25519PrivateKey.from_private_bytes(sha256(f"shirushi test vector {name}".encode()))


def _case(name: str, given: dict[str, Any], why: str, expect: dict[str, Any] | None = None) -> Case:
    return {"name": name, "input": given, "valid": expect is not None, "expect": expect, "why": why}


# --- signed notes ---


def note_vectors() -> dict[str, Any]:
    """Return the content of note.json."""
    return {
        "format": "signed note and verifier key",
        "spec": "c2sp.org/signed-note@v1.0.0",
        "cases": [*_accepted_notes(), *_rejected_texts(), *_rejected_signatures(), *_rejected_keys()],
    }


def _given(note: str, *keys: str) -> dict[str, Any]:
    return {"note": note, "keys": list(keys or (SPEC_VKEY,))}


def _accepted_notes() -> list[Case]:
    signer, text = (
        NoteSigner("example.com/\u6728\u661f", private_key("utf-8 name")),
        "caff\u00e8\n\n\ntwo empty lines\n",
    )
    utf8 = Note(text, (signer.sign(text),)).serialize().decode()
    noise = "".join(NoteSigner(f"other.example/{at}", private_key("noise")).sign("x\n").line for at in range(20))
    good = {"text": "This is an example message.\n", "signed_by": ["example.com/foo"]}
    same_name = NoteSigner("example.com/foo", private_key("noise")).sign("x\n").line
    return [
        _case("the vector of the Go implementation", _given(SPEC_NOTE), "published test vector", good),
        _case(
            "UTF-8 and empty lines in the text",
            _given(utf8, str(signer.key)),
            "the text ends at the last empty line",
            {"text": text, "signed_by": [signer.key.name]},
        ),
        _case("21 signatures of which one is known", _given(SPEC_NOTE + noise), "unknown keys are ignored", good),
        _case(
            "a line of the same name with another key id",
            _given(SPEC_NOTE + same_name),
            "name and key id together make a key",
            good,
        ),
    ]


def _rejected_texts() -> list[Case]:
    raw = _given(SPEC_NOTE.replace("example message", "\u0001 message"))
    bad_utf8 = {"note_b64u": b64u(SPEC_NOTE.encode().replace(b"This", b"\xff\xfe\xfd")), "keys": [SPEC_VKEY]}
    head, _, lines = SPEC_NOTE.partition("\n\n")
    return [
        _case("CRLF line ends", _given(SPEC_NOTE.replace("\n", "\r\n")), "no control character but newline"),
        _case("a control character", raw, "no control character but newline"),
        _case("a tab", _given(SPEC_NOTE.replace("an example", "an\texample")), "no control character but newline"),
        _case("not UTF-8", bad_utf8, "a note is UTF-8"),
        _case("no empty line", _given(f"{head}\n{lines}"), "text and signatures are separated by an empty line"),
        _case("no signature", _given(f"{head}\n\n"), "at least one signature line"),
        _case("no final newline", _given(SPEC_NOTE.removesuffix("\n")), "each signature line ends in a newline"),
        _case("an empty line at the end", _given(SPEC_NOTE + "\n"), "what follows the last empty line is signatures"),
        _case("another text", _given(SPEC_NOTE.replace("This", "That")), "the signature of a known key fails"),
    ]


def _rejected_signatures() -> list[Case]:
    bad = b64(bytes([0x53, 0x0D, 0x90, 0x3A]) + bytes(64))
    line = "\u2014 example.com/foo "
    return [
        _case("a hyphen for the dash", _given(SPEC_NOTE.replace("\u2014", "-")), "a line begins with U+2014"),
        _case("two spaces before the name", _given(SPEC_NOTE.replace("\u2014 ", "\u2014  ")), "one space each"),
        _case("two spaces after the name", _given(SPEC_NOTE.replace("foo ", "foo  ")), "one space each"),
        _case("a space after the base64", _given(SPEC_NOTE.replace("=\n", "= \n")), "one space each"),
        _case("no padding", _given(SPEC_NOTE.replace("=\n", "\n")), "base64 is canonical"),
        _case("spare bits that are not zero", _given(SPEC_NOTE.replace("QM=", "QN=")), "base64 is canonical"),
        _case("the URL alphabet", _given(SPEC_NOTE.replace("2ONncAl", "2ON-cAl")), "the standard alphabet"),
        _case("a plus in the name", _given(SPEC_NOTE.replace("com/foo", "com+foo")), "names hold no plus"),
        _case("a no-break space in the name", _given(SPEC_NOTE.replace("m/f", "m\u00a0f")), "names hold no space"),
        _case("only a key id", _given(SPEC_NOTE + line + "Uw2QOg==\n"), "a signature is longer than its key id"),
        _case("an unknown key only", _given(SPEC_NOTE, str(_note_key("stranger"))), "no known key has signed"),
        _case("a second line of a known key fails", _given(f"{SPEC_NOTE}{line}{bad}\n"), "one failure rejects all"),
        _case("101 signatures", _given(SPEC_NOTE + SPEC_NOTE.split("\n\n")[1] * 100), "at most 100 signatures"),
    ]


def _note_key(name: str) -> Any:
    return NoteSigner(f"{name}.example", private_key(name)).key


def _rejected_keys() -> list[Case]:
    prime = 2**255 - 19
    order_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
    weak = {
        "the identity point": (1).to_bytes(32, "little"),
        "the point of order 2": (prime - 1).to_bytes(32, "little"),
        "a point of order 4": bytes(32),
        "a point of order 4 with the sign bit": bytes(31) + b"\x80",
        "a point of order 8": bytes.fromhex(order_8),
        "a point in its second encoding": (prime + 3).to_bytes(32, "little"),
    }
    cases = [_case(name, _given(SPEC_NOTE, _vkey(1, key)), "not an honest Ed25519 key") for name, key in weak.items()]
    public = _note_key("type").public
    return [
        *cases,
        _case("a key of 31 bytes", _given(SPEC_NOTE, _vkey(1, public[:31])), "an Ed25519 key is 32 bytes"),
        _case("a key of an unknown type", _given(SPEC_NOTE, _vkey(0x7F, public)), "types 1, 4 and 6 are used"),
        _case("a cosigner's key on a note", _given(SPEC_NOTE, _vkey(4, public)), "notes are signed with type 1"),
        _case("a foreign key id", _given(SPEC_NOTE, SPEC_VKEY.replace("530d", "530e")), "the id is of name and key"),
        _case("a key id in capitals", _given(SPEC_NOTE, SPEC_VKEY.replace("530d", "530D")), "the id is lower case"),
        _case(
            "a key without a name", _given(SPEC_NOTE, SPEC_VKEY.removeprefix("example.com/foo")), "names are not empty"
        ),
    ]


def _vkey(kind: int, public: bytes, name: str = "example.com/foo") -> str:
    data = bytes([kind]) + public
    key_id = sha256(name.encode() + b"\n" + data)[:4]
    return f"{name}+{key_id.hex()}+{b64(data)}"


# --- proofs ---

LOG = NoteSigner(ORIGIN, private_key("log"))
WITNESSES = tuple(Cosigner(f"witness.example/w{at}", private_key(f"witness {at}")) for at in range(1, 5))
STRANGER = Cosigner("stranger.example/w1", private_key("stranger witness"))
POLICY = "".join(
    (
        f"log {LOG.key}\n",
        *(f"witness W{at} {witness.key}\n" for at, witness in enumerate(WITNESSES, 1)),
        "group majority 3 W1 W2 W3 W4\n",
        "quorum majority\n",
    )
)


def proof_vectors() -> dict[str, Any]:
    """Return the content of tlog-proof.json."""
    return {
        "format": "proof file with witness policy; leaf is the hash of the entry in base64url",
        "spec": "c2sp.org/tlog-proof@v1, tlog-checkpoint@v1.0.0, tlog-cosignature@v1.0.1, tlog-policy; RFC 6962",
        "cases": [
            *_accepted_proofs(),
            *_rejected_forms(),
            *_rejected_checkpoints(),
            *_rejected_paths(),
            *_rejected_quorums(),
            *_rejected_policies(),
        ],
    }


def _entry(index: int) -> bytes:
    return f"entry {index}".encode()


def _tree(size: int) -> MemoryTree:
    tree = MemoryTree()
    for index in range(size):
        tree.append(leaf_hash(_entry(index)))
    return tree


def _cosigned(checkpoint: Checkpoint, cosigners: tuple[Cosigner, ...] = WITNESSES[:3]) -> SignedCheckpoint:
    signed = sign_checkpoint(checkpoint, LOG)
    return signed.adding(*(cosigner.cosign(signed, TIME + at) for at, cosigner in enumerate(cosigners)))


def _proof(index: int, size: int, cosigners: tuple[Cosigner, ...] = WITNESSES[:3]) -> TlogProof:
    tree = _tree(size)
    signed = _cosigned(Checkpoint(ORIGIN, size, tree.root()), cosigners)
    return TlogProof(index, tuple(inclusion_path(tree, index, size)), signed, _entry(index))


def _show(proof: TlogProof | str, policy: str = POLICY, leaf: bytes | None = None) -> dict[str, Any]:
    text = proof if isinstance(proof, str) else proof.serialize().decode()
    return {"proof": text, "leaf": b64u(leaf if leaf is not None else leaf_hash(_entry(5))), "policy": policy}


def _met(proof: TlogProof, time: int = TIME + 2, witnesses: tuple[Cosigner, ...] = WITNESSES[:3]) -> dict[str, Any]:
    return {
        "index": proof.index,
        "size": proof.checkpoint.checkpoint.size,
        "time": time,
        "witnesses": sorted(witness.key.name for witness in witnesses),
    }


def _accepted_proofs() -> list[Case]:
    proof, all_four = _proof(5, 11), _proof(5, 11, WITNESSES)
    single, last = _proof(0, 1), _proof(10, 11)
    extended = _cosigned(replace(proof.checkpoint.checkpoint, extensions=("an extension line", "another")))
    ahead = replace(proof, checkpoint=_first_last(proof.checkpoint))
    late = proof.checkpoint.adding(*(WITNESSES[at].cosign(proof.checkpoint, TIME + 9000) for at in range(4)))
    no_quorum = f"log {LOG.key}\nquorum none\n"
    return [
        _case("three of four witnesses", _show(proof), "met at the third time", _met(proof)),
        _case(
            "four of four witnesses",
            _show(all_four),
            "met when three had cosigned",
            _met(all_four, witnesses=WITNESSES),
        ),
        _case("a log of one entry", _show(single, leaf=leaf_hash(_entry(0))), "the path is empty", _met(single)),
        _case("the last leaf", _show(last, leaf=leaf_hash(_entry(10))), "levels without a sibling", _met(last)),
        _case("no extra line", _show(replace(proof, extra=None)), "extra is optional", _met(proof)),
        _case("cosignatures above the log's line", _show(ahead), "lines may stand in any order", _met(proof)),
        _case(
            "extension lines",
            _show(replace(proof, checkpoint=extended)),
            "they are opaque and cosigned with the rest",
            _met(proof),
        ),
        _case(
            "a witness that cosigned again later",
            _show(replace(proof, checkpoint=late)),
            "its earliest time counts, once",
            _met(proof, witnesses=WITNESSES),
        ),
        _case(
            "a stranger's cosignature beside the quorum",
            _show(replace(proof, checkpoint=proof.checkpoint.adding(STRANGER.cosign(proof.checkpoint, TIME)))),
            "unknown keys are ignored",
            _met(proof),
        ),
        _case("a policy without a quorum", _show(proof, no_quorum), "met at 0", _met(proof, 0, ())),
    ]


def _first_last(signed: SignedCheckpoint) -> SignedCheckpoint:
    first, *rest = signed.note.signatures
    return replace(signed, note=Note(signed.note.text, (*rest, first)))


def _rejected_forms() -> list[Case]:
    good = _proof(5, 11).serialize().decode()
    extra = f"extra {b64(_entry(5))}\n"
    hash_line = good.split("\n")[3]
    return [
        _case("another version", _show(good.replace("@v1", "@v2", 1)), "the first line is fixed"),
        _case("CRLF line ends", _show(good.replace("\n", "\r\n")), "lines end in a newline"),
        _case("extra twice", _show(good.replace(extra, extra * 2)), "one extra line"),
        _case("extra after index", _show(good.replace(extra, "").replace("index 5\n", f"index 5\n{extra}")), "order"),
        _case("an empty extra", _show(good.replace(extra, "extra \n")), "no extra data, no line"),
        _case("extra without padding", _show(good.replace(extra, extra.replace("=", ""))), "base64 is canonical"),
        _case("no index", _show(good.replace("index 5\n", "")), "the index is required"),
        _case("an index with a leading zero", _show(good.replace("index 5", "index 05")), "no leading zeros"),
        _case("a negative index", _show(good.replace("index 5", "index -5")), "digits only"),
        _case("an index in other digits", _show(good.replace("index 5", "index \u0665")), "ASCII digits"),
        _case("an index of 2**63", _show(good.replace("index 5", f"index {2**63}")), "below 2**63"),
        _case("a hash of 31 bytes", _show(good.replace(hash_line, b64(bytes(31)))), "hashes are 32 bytes"),
        _case("a hash without padding", _show(good.replace(hash_line, hash_line[:-1])), "base64 is canonical"),
        _case("64 hashes", _show(good.replace(hash_line, "\n".join([hash_line] * 64))), "a path has at most 63"),
        _case("no empty line", _show(good.replace(f"\n\n{ORIGIN}", f"\n{ORIGIN}")), "an empty line ends the path"),
        _case("no checkpoint", _show(good.partition("\n\n")[0] + "\n\n"), "the checkpoint is required"),
    ]


def _rejected_checkpoints() -> list[Case]:
    proof = _proof(5, 11)
    head = proof.checkpoint.checkpoint
    other = NoteSigner(ORIGIN, private_key("another log key"))
    elsewhere = NoteSigner("elsewhere.example/log", private_key("log"))
    unsigned = replace(proof.checkpoint, note=Note(proof.checkpoint.note.text, proof.checkpoint.note.signatures[1:]))
    return [
        _case(
            "a size with a leading zero", _show(_text(proof, f"{ORIGIN}\n011\n{b64(head.root)}\n")), "no leading zeros"
        ),
        _case("an empty origin", _show(_text(proof, f"\n11\n{b64(head.root)}\n")), "no line is empty"),
        _case("two lines", _show(_text(proof, f"{ORIGIN}\n11\n")), "origin, size and root are required"),
        _case("a root of 31 bytes", _show(_text(proof, f"{ORIGIN}\n11\n{b64(head.root[1:])}\n")), "roots are 32 bytes"),
        _case("an empty extension line", _show(_text(proof, head.serialize() + "\nmore\n")), "no line is empty"),
        _case("no signature of the log", _show(replace(proof, checkpoint=unsigned)), "the log has to sign"),
        _case("another key of the same origin", _show(_signed(proof, head, other)), "the key has to be in the policy"),
        _case(
            "another origin under the log's key",
            _show(_signed(proof, replace(head, origin="elsewhere.example/log"), elsewhere)),
            "the origin has to be in the policy",
        ),
        _case("another root", _show(_text(proof, replace(head, root=EMPTY_ROOT).serialize(), resign=False)), "signed"),
        _case(
            "an extension line that the log did not sign",
            _show(_text(proof, head.serialize() + "added\n", resign=False)),
            "the whole text is signed",
        ),
    ]


def _text(proof: TlogProof, text: str, *, resign: bool = True) -> str:
    # A text that does not parse as a checkpoint: everything about it is right but its form.
    old = proof.checkpoint.note
    signatures = [LOG.sign(text), *old.signatures[1:]] if resign else list(old.signatures)
    note = Note(text, tuple(signatures)).serialize().decode()
    return proof.serialize().decode().partition("\n\n")[0] + "\n\n" + note


def _signed(proof: TlogProof, head: Checkpoint, signer: NoteSigner) -> TlogProof:
    signed = sign_checkpoint(head, signer)
    return replace(proof, checkpoint=signed.adding(*(witness.cosign(signed, TIME) for witness in WITNESSES[:3])))


def _rejected_paths() -> list[Case]:
    proof = _proof(5, 11)
    path = proof.path
    empty = replace(proof, index=0, path=(), checkpoint=_cosigned(Checkpoint(ORIGIN, 0, EMPTY_ROOT)))
    return [
        _case("another leaf", _show(proof, leaf=leaf_hash(b"another")), "the path has to lead to the root"),
        _case("an entry hashed as a node", _show(proof, leaf=sha256(_entry(5))), "leaves are hashed with 0x00"),
        _case("another index", _show(replace(proof, index=4)), "the index says which side a hash stands on"),
        _case("an index equal to the size", _show(replace(proof, index=11)), "the index is below the size"),
        _case("a proof from an empty log", _show(empty), "an empty log holds nothing"),
        _case("a path that is too short", _show(replace(proof, path=path[:-1])), "one hash per level"),
        _case("a path that is too long", _show(replace(proof, path=(*path, path[0]))), "one hash per level"),
        _case("no path", _show(replace(proof, path=())), "one hash per level"),
        _case("a path in reverse", _show(replace(proof, path=path[::-1])), "from the leaf to the root"),
    ]


def _rejected_quorums() -> list[Case]:
    proof = _proof(5, 11, WITNESSES[:2])
    signed = proof.checkpoint
    twice = signed.adding(WITNESSES[0].cosign(signed, TIME + 50), WITNESSES[1].cosign(signed, TIME + 51))
    elsewhere = sign_checkpoint(replace(signed.checkpoint, origin="elsewhere.example/log"), LOG)
    renamed = Cosigner("witness.example/w3", private_key("stranger witness"))
    key = WITNESSES[2].key
    plain = NoteSigner(key.name, private_key("witness 3")).sign(signed.note.text)
    plain = replace(plain, key_id=key.id, signature=TIME.to_bytes(8, "big") + plain.signature)

    def with_line(signature: Any) -> dict[str, Any]:
        return _show(replace(proof, checkpoint=signed.adding(signature)))

    return [
        _case("two of four witnesses", _show(proof), "three are required"),
        _case("two witnesses, each twice", _show(replace(proof, checkpoint=twice)), "a witness counts once"),
        _case("a stranger as the third", with_line(STRANGER.cosign(signed, TIME)), "unknown keys are ignored"),
        _case("a stranger under a witness's name", with_line(renamed.cosign(signed, TIME)), "the key decides"),
        _case("a cosignature of another origin", with_line(WITNESSES[2].cosign(elsewhere, TIME)), "the text is signed"),
        _case("a cosignature with another time", with_line(_later(signed)), "the time is signed"),
        _case(
            "a cosignature without a time",
            with_line(WITNESSES[2].cosign(signed, 0)),
            "an undated cosignature dates nothing",
        ),
        _case("a note signature as a cosignature", with_line(plain), "the message begins with cosignature/v1"),
    ]


def _later(signed: SignedCheckpoint) -> Any:
    line = WITNESSES[2].cosign(signed, TIME)
    return replace(line, signature=(TIME + 1).to_bytes(8, "big") + line.signature[8:])


def _rejected_policies() -> list[Case]:
    proof = _proof(5, 11)
    w1 = f"witness W1 {WITNESSES[0].key}\n"
    copied = Cosigner("copy.example/w1", private_key("witness 1")).key
    group = "group majority 3 W1 W2 W3 W4\n"

    def policy(old: str, new: str) -> dict[str, Any]:
        return _show(proof, POLICY.replace(old, new))

    return [
        _case("no log", policy(f"log {LOG.key}\n", ""), "a policy alone has to name the log"),
        _case("no quorum line", policy("quorum majority\n", ""), "exactly one quorum line"),
        _case("two quorum lines", policy("quorum majority\n", "quorum majority\n" * 2), "exactly one quorum line"),
        _case("an undefined quorum", policy("quorum majority", "quorum minority"), "names are defined above"),
        _case("one key under two names", policy(w1, f"{w1}witness W5 {copied}\n"), "a key is one witness"),
        _case("one name twice", policy(w1, f"{w1}witness W1 {STRANGER.key}\n"), "a name is defined once"),
        _case("a member twice", policy("3 W1 W2 W3 W4", "3 W1 W1 W2 W3"), "a member stands once in the file"),
        _case("a member in two groups", policy(group, f"group a any W1\n{group}"), "a member stands once in the file"),
        _case("a threshold of 0", policy("majority 3", "majority 0"), "from 1 to the number of members"),
        _case("a threshold above the members", policy("majority 3", "majority 5"), "from 1 to the number of members"),
        _case("a group named none", policy("majority", "none"), "none is predefined"),
        _case("a group before its members", _show(proof, f"{group}{POLICY.replace(group, '')}"), "defined above"),
        _case("a witness key as the log", policy(f"log {LOG.key}", f"log {WITNESSES[0].key}"), "logs have type 1"),
        _case("a log key as a witness", policy(w1, f"witness W1 {LOG.key}\n"), "witnesses have type 4 or 6"),
        _case("a carriage return", policy("\n", "\r\n"), "no control character but tab and newline"),
        _case("no final newline", _show(proof, POLICY.removesuffix("\n")), "each line ends in a newline"),
        _case("an unknown line", policy(w1, f"{w1}trust W1\n"), "log, witness, group, quorum"),
    ]


def serialize(vectors: dict[str, Any]) -> str:
    """Return the text of a vector file."""
    return json.dumps(vectors, ensure_ascii=False, indent=1) + "\n"


FILES = {"note.json": note_vectors, "tlog-proof.json": proof_vectors}


def main() -> None:
    """Write the files."""
    for name, vectors in FILES.items():
        (FOLDER / name).write_text(serialize(vectors()), encoding="utf-8")


if __name__ == "__main__":
    main()
